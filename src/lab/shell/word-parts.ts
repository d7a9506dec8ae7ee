import { decodeBytes, encodeBytes } from '../../fs/bytes.ts';
import { isArithmetic, skipPiece } from './scan.ts';

/** A piece of a word: text, or what is to be put in its place. */
export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'parameter'; readonly parameter: Parameter; readonly quoted: boolean }
  | { readonly kind: 'command'; readonly script: string; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly text: string; readonly quoted: boolean };

/** `${name}` and what may be done to it. */
export interface Parameter {
  readonly name: string;
  /** `${#name}` */
  readonly length: boolean;
  /** `${!name}` */
  readonly indirect: boolean;
  /** `:-` and the like; empty without one. */
  readonly operator: string;
  readonly argument: string;
  /** As it was typed. */
  readonly text: string;
}

/** How a text is read: as a word, as within double quotes, or as a here-document. */
export type Reading = 'word' | 'double' | 'document';

/** `${…}` that makes no sense, or that this shell does not have: `missing` says so. */
interface BadWord {
  readonly bad: string;
  readonly missing?: string;
}

/** What bash has and this shell has not. */
const missingIn = (text: string): string | undefined => {
  if (/^[#!]?[A-Za-z_]\w*\[/.test(text)) return 'arrays are not part of this small shell';
  if (/^![A-Za-z_]\w*[*@]$/.test(text))
    return `\`\${${text}}', the names of variables, is not part of this small shell`;
  if (/^[A-Za-z_]\w*(?:~|@[EPAKak]$)/.test(text)) return `\`\${${text}}' is not part of this small shell`;
  return undefined;
};

/** The parts of a word, its quotes taken away; undefined where `${…}` makes no sense: then `bad` is it. */
export const wordParts = (raw: string, reading: Reading = 'word'): readonly Part[] | BadWord => {
  const parts: Part[] = [];
  const text = (piece: string, quoted: boolean): void => {
    const last = parts.at(-1);
    if (last?.kind === 'text' && last.quoted === quoted)
      parts[parts.length - 1] = { kind: 'text', text: last.text + piece, quoted };
    else parts.push({ kind: 'text', text: piece, quoted });
  };
  const inDouble = reading !== 'word';
  for (let at = 0; at < raw.length; ) {
    const char = raw[at] as string;
    const next = raw[at + 1];
    const end = char === '"' && inDouble ? at + 1 : skipPiece(raw, at);
    const stop = end < 0 ? raw.length : end;
    if (char === '\\') {
      if (next === '\n') at += 2;
      else if (inDouble && !'$`\\'.includes(next ?? ' ') && !(next === '"' && reading === 'double')) {
        text('\\', true);
        at++;
      } else {
        text(next ?? '\\', true);
        at += 2;
      }
    } else if (char === "'" && !inDouble) {
      text(raw.slice(at + 1, stop - 1), true);
      at = stop;
    } else if (char === '"' && reading === 'word') {
      const inner = wordParts(raw.slice(at + 1, stop - 1), 'double');
      if ('bad' in inner) return inner;
      if (inner.length === 0) text('', true);
      for (const part of inner) parts.push(part);
      at = stop;
    } else if (char === '"' && reading === 'double') {
      // Quotes within `"${x-"…"}"` go, and change nothing.
      at++;
    } else if (char === '`') {
      const script = raw.slice(at + 1, stop - 1).replace(/\\([$`\\])/g, '$1');
      parts.push({ kind: 'command', script, quoted: inDouble });
      at = stop;
    } else if (char === '$') {
      const found = dollar(raw, at, stop, inDouble);
      if ('bad' in found) return found;
      if (found.part.kind === 'text') text(found.part.text, found.part.quoted);
      else parts.push(found.part);
      at = found.end;
    } else {
      text(char, inDouble);
      at++;
    }
  }
  return parts;
};

const dollar = (
  raw: string,
  at: number,
  stop: number,
  quoted: boolean,
): { readonly part: Part; readonly end: number } | BadWord => {
  const next = raw[at + 1] ?? '';
  if (next === '(') {
    const inner = raw.slice(at + 2, stop - 1);
    if (isArithmetic(inner)) return { part: { kind: 'arithmetic', text: inner.slice(1, -1), quoted }, end: stop };
    return { part: { kind: 'command', script: inner, quoted }, end: stop };
  }
  if (next === '{') {
    const missing = missingIn(raw.slice(at + 2, stop - 1));
    if (missing !== undefined) return { bad: raw.slice(at, stop), missing };
    const parameter = parameterOf(raw.slice(at + 2, stop - 1));
    return parameter ? { part: { kind: 'parameter', parameter, quoted }, end: stop } : { bad: raw.slice(at, stop) };
  }
  if (next === "'" && !quoted)
    return { part: { kind: 'text', text: unescapeC(raw.slice(at + 2, stop - 1)), quoted: true }, end: stop };
  if (next === '"' && !quoted) return { part: { kind: 'text', text: '', quoted: true }, end: at + 1 };
  const name = /^(?:[A-Za-z_]\w*|[0-9@*#?$!-])/.exec(raw.slice(at + 1))?.[0];
  if (name === undefined) return { part: { kind: 'text', text: '$', quoted }, end: at + 1 };
  const parameter = { name, length: false, indirect: false, operator: '', argument: '', text: name };
  return { part: { kind: 'parameter', parameter, quoted }, end: at + 1 + name.length };
};

const parameterPattern =
  /^([#!]?)([A-Za-z_]\w*|\d+|[@*#?$!-])(?:(:[-=?+]|##?|%%?|\/[/#%]?|\^\^?|,,?|[-=?+]|:|@(?=[QULu]$))([\s\S]*))?$/;

const parameterOf = (text: string): Parameter | undefined => {
  if (/^[#?$!@*-]$/.test(text)) return { ...plain, name: text, text };
  const found = parameterPattern.exec(text);
  if (!found) return undefined;
  const [, prefix, name, operator = '', argument = ''] = found;
  if (prefix !== '' && operator !== '' && prefix === '#') return undefined;
  return { name: name as string, length: prefix === '#', indirect: prefix === '!', operator, argument, text };
};

const plain = { length: false, indirect: false, operator: '', argument: '' };

const controls: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

/** `$'…'`; `printf` and `echo -e` have the same escapes, but for octal ones. */
export const unescapeC = (text: string): string => {
  const cut = text.replace(
    /\\(?:([abeEfnrtv])|([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|c(.)|([\\'"?]))/gs,
    (_whole, control, octal, hex, short, long, ctrl, itself) => {
      if (control) return controls[control] as string;
      if (octal) return byteText(Number.parseInt(octal, 8) & 0xff);
      if (hex) return byteText(Number.parseInt(hex, 16));
      if (short ?? long) return codeText(Number.parseInt(short ?? long, 16));
      if (ctrl) return String.fromCharCode(ctrl.charCodeAt(0) & 0x1f);
      return itself;
    },
  );
  const nul = cut.indexOf('\0');
  return wellMade(nul < 0 ? cut : cut.slice(0, nul));
};

/** One byte as bytes.ts has it. */
export const byteText = (byte: number): string =>
  byte < 0x80 ? String.fromCharCode(byte) : String.fromCharCode(0xdc00 + byte);

const codeText = (code: number): string => {
  const isCharacter = code < 0x110000 && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : '\ufffd';
};

/** Bytes that are a character together become that character: a name has one spelling. */
export const wellMade = (text: string): string => (text.isWellFormed() ? text : decodeBytes(encodeBytes(text)));
