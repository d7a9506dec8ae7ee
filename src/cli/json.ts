import { encodeBytes } from '../fs/bytes.ts';

/**
 * An answer as JSON text, in pieces. One line for each member and for each element of a member
 * that is a list, so that the text can be searched line by line and lists of any length stream.
 */
export function* jsonText(answer: Readonly<Record<string, unknown>>): Iterable<string> {
  let before = '{';
  for (const [key, value] of Object.entries(answer)) {
    if (value === undefined) continue;
    yield `${before}${member(key)}`;
    if (isIterable(value)) yield* lines(value);
    else yield text(value);
    before = ',\n';
  }
  yield before === '{' ? '{}\n' : '}\n';
}

function* lines(values: Iterable<unknown>): Iterable<string> {
  let before = '[\n';
  for (const value of values) {
    yield before + text(value);
    before = ',\n';
  }
  yield before === '[\n' ? '[]' : '\n]';
}

/** One value on one line. */
export const jsonLine = (value: unknown): string => text(value);

const text = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? string(value) : `{"bytes":"${base64(encodeBytes(value))}"}`;
    case 'number':
      if (!Number.isFinite(value)) throw new Error(`JSON has no ${value}`);
      return String(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (isIterable(value)) return `[${Array.from(value, text).join(',')}]`;
      return `{${Object.entries(value)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => member(key) + text(value))
        .join(',')}}`;
    default:
      throw new Error(`JSON has no ${typeof value}`);
  }
};

const member = (key: string): string => {
  if (!key.isWellFormed()) throw new Error('a JSON key cannot be bytes: put the name into a value');
  return `${string(key)}:`;
};

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

// JSON.stringify escapes C0 controls and what is not text; a terminal acts on these as well.
const hidden = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu;

const string = (value: string): string =>
  JSON.stringify(value).replace(hidden, (char) =>
    char
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );

const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
