import { decodeBytes, encodeBytes } from '../fs/bytes.ts';

/** A word of a row of a drawing. */
export interface Word {
  readonly text: string;
  /** It stood there without quotes, so it may mean something. */
  readonly bare: boolean;
  /** It stood in double quotes: what a file holds. */
  readonly contents: boolean;
  /** It ended with a slash outside of quotes, which is not in `text`. */
  readonly slash: boolean;
}

/** The words of a row, or what is wrong with it. */
export const words = (row: string): readonly Word[] | string => {
  const found: Word[] = [];
  let rest = row.trim();
  while (rest !== '') {
    const match = /^(?:\$'((?:[^'\\]|\\.)*)'|'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\s'"][^\s]*))(\/?)(?=\s|$)\s*/su.exec(
      rest,
    );
    if (!match) return `quotes do not match from here: ${rest.slice(0, 30)}; close them, and put a space behind`;
    const [whole, ansi, single, contents, bare, slash] = match;
    rest = rest.slice(whole.length);
    const escaped = ansi ?? contents;
    const text = escaped === undefined ? (single ?? bare ?? '') : readEscapes(escaped);
    if (text === undefined)
      return `this escape means nothing: ${whole.trim()}; known are \\n \\t \\r \\e \\" \\\\ \\xff \\u202e`;
    const isDir = bare?.endsWith('/') ?? slash === '/';
    found.push({
      text: bare?.endsWith('/') ? text.slice(0, -1) : text,
      bare: bare !== undefined,
      contents: contents !== undefined,
      slash: isDir,
    });
  }
  return found;
};

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  e: '\x1b',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** `\n`, `\t`, `\xff`, `\u202e`, `\U0001f600`; undefined for another one. */
const readEscapes = (text: string): string | undefined => {
  const bytes: number[] = [];
  for (const [piece] of text.matchAll(/\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\.|[^\\]+/gisu)) {
    if (piece.length === 4 && /^\\x/i.test(piece)) bytes.push(Number.parseInt(piece.slice(2), 16));
    else if (/^\\u./i.test(piece)) {
      const code = Number.parseInt(piece.slice(2), 16);
      if (!(code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) return undefined;
      bytes.push(...encodeBytes(String.fromCodePoint(code)));
    } else if (piece.startsWith('\\')) {
      const plain = escapes[piece.slice(1)];
      if (plain === undefined) return undefined;
      bytes.push(...encodeBytes(plain));
    } else bytes.push(...encodeBytes(piece));
  }
  return decodeBytes(Uint8Array.from(bytes));
};

/** A name or a text as a word of a drawing: itself where that is clear. */
export const quoteName = (name: string): string => {
  if (!hidden.test(name) && !/^$|[\s'"]|^[#$@*?-]|^absent$/.test(name)) return name;
  if (!hidden.test(name) && !name.includes("'")) return `'${name}'`;
  return `$'${writeEscapes(name, "'")}'`;
};

/** What a file holds, as a word of a drawing. */
export const quoteContents = (text: string): string => `"${writeEscapes(text, '"')}"`;

const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const everyHidden = new RegExp(`${hidden.source}|[\\\\'"]`, 'gu');

const writeEscapes = (text: string, quote: '"' | "'"): string =>
  text.replace(everyHidden, (char) => {
    if (char === '"' || char === "'") return char === quote ? `\\${char}` : char;
    const short = Object.keys(escapes).find((key) => escapes[key] === char);
    if (short !== undefined) return `\\${short}`;
    return [...encodeBytes(char)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  });

/** How many spaces a row begins with. */
export const indentOf = (row: string): number => row.length - row.trimStart().length;

/** What a drawing may hold, in bytes. */
export const sizeMax = 999_999;

/** That many bytes which are easy to look at. */
export const filler = (size: number): string => 'x'.repeat(Math.max(0, size - 1)) + (size > 0 ? '\n' : '');
