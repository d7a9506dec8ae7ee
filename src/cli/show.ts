import { encodeBytes } from '../fs/bytes.ts';

/**
 * What a terminal would act on or a reader could not see: controls, bidirectional and zero-width
 * characters, line separators, every space but the usual one, and bytes that are no text.
 */
const hidden = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}`;
// Made when they are first wanted: Unicode's sets take a millisecond, and ln starts without them.
const unprintable = (): RegExp => (one ??= new RegExp(hidden, 'u'));
const everyUnprintable = (): RegExp => (every ??= new RegExp(hidden, 'gu'));
let one: RegExp | undefined;
let every: RegExp | undefined;
// A space at either end would not be seen; a name that looks quoted must not be mistaken for it.
const ambiguous = /^$|^\$'|^ | $/;

/** A name, path or link text as people read it: itself, or where that would mislead, bash's `$'…'`, which gives the same bytes back. */
export const show = (name: string): string =>
  unprintable().test(name) || ambiguous.test(name) ? `$'${escapeHidden(name.replace(/[\\']/g, '\\$&'))}'` : name;

/** A whole message, whatever names are in it: only line ends and colours are left to the terminal. */
export const harmless = (text: string): string =>
  unprintable().test(text)
    ? text
        .split(harmlessControls)
        .map((part, index) => (index % 2 === 0 ? escapeHidden(part) : part))
        .join('')
    : text;

/** The same with nothing but line ends left. */
export const plainLines = (text: string): string => text.split('\n').map(escapeHidden).join('\n');

// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC starts the colours that are let through.
const harmlessControls = /(\n|\x1b\[[0-9;]*m)/;

/** Text in which whatever a terminal would act on, or a reader could not see, is written out. */
export const escapeHidden = (text: string): string => text.replace(everyUnprintable(), escaped);

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\x1b': '\\e' };

const escaped = (char: string): string => {
  const code = char.codePointAt(0) as number;
  if (code >= 0xd800 && code <= 0xdfff) return `\\x${hex(encodeBytes(char)[0] as number, 2)}`;
  if (code < 0x80) return short[char] ?? `\\x${hex(code, 2)}`;
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
};

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');
