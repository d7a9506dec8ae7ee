import { encodeBytes } from '../fs/bytes.ts';

/**
 * How GNU programs show names in messages (gnulib's quotearg): always so that a shell reads the
 * same bytes back, and never with anything in it that a terminal would act on. `utf8` says
 * whether the locale's text is UTF-8; otherwise it is ASCII.
 */

/** In single quotes, controls as `$'\n'`: names in messages of ln (shell-escape-always). */
export const quote = (text: string, utf8: boolean): string => {
  if (text.includes("'") && [...text].every((char, index) => isPlain(char, index, text, utf8))) return `"${text}"`;
  let out = "'";
  let inEscapes = false;
  for (const char of text) {
    const code = escapeOf(char, utf8);
    if (code !== undefined) {
      out += inEscapes ? code : `'$'${code}`;
      inEscapes = true;
    } else if (char === "'") {
      // The quote that leaves the escapes is the first of these.
      out += "'\\''";
      inEscapes = false;
    } else {
      out += inEscapes ? `''${char}` : char;
      inEscapes = false;
    }
  }
  return `${out}'`;
};

/** As `quote`, but a name that needs no quotes has none: names that begin a message (shell-escape, and `:` is special). */
export const quoteIfNeeded = (text: string, utf8: boolean): string => {
  if (text === '' || text === '{' || text === '}' || /^[#~]|[\s!"$&'()*:;<=>?[\\^`|]/.test(text))
    return quote(text, utf8);
  for (const char of text) if (escapeOf(char, utf8) !== undefined) return quote(text, utf8);
  return text;
};

/** In the locale's own quotes, with C's escapes: values of options (locale). */
export const quoteValue = (text: string, utf8: boolean): string => {
  const [left, right] = utf8 ? '‘’' : "''";
  let out = '';
  for (const char of text) out += char === '\\' || char === right ? `\\${char}` : (escapeOf(char, utf8) ?? char);
  return `${left}${out}${right}`;
};

/** As `ls --quoting-style` has it, in a locale whose text is UTF-8. */
export const quotedAs = (text: string, style: string): string => {
  const escaped = (special: string): string =>
    Array.from(text, (char) => (special.includes(char) ? `\\${char}` : (escapeOf(char, true) ?? char))).join('');
  switch (style) {
    case 'c':
      return `"${escaped('"\\')}"`;
    case 'c-maybe':
      return escaped('"\\') === text ? text : `"${escaped('"\\')}"`;
    case 'escape':
      return escaped(' \\');
    case 'locale':
    case 'clocale':
      return quoteValue(text, true);
    case 'shell-escape-always':
      return quote(text, true);
    case 'shell-escape':
      return needsQuotes(text) ? quote(text, true) : text;
    case 'shell':
    case 'shell-always': {
      if (style === 'shell' && !needsQuotes(text)) return text;
      if (text.includes("'") && !/["$\\`!]/.test(text)) return `"${text}"`;
      return `'${text.replaceAll("'", "'\\''")}'`;
    }
    default:
      return text;
  }
};

const needsQuotes = (text: string): boolean =>
  text === '' ||
  text === '{' ||
  text === '}' ||
  /^[#~]|[\s!"$&'()*;<=>?[\\^`|]/.test(text) ||
  Array.from(text).some((char) => escapeOf(char, true) !== undefined);

const named: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
};

/** How an unprintable character is written; undefined for a printable one. */
const escapeOf = (char: string, utf8: boolean): string | undefined => {
  if (char >= ' ' && char <= '~') return undefined;
  if (utf8 && char > '\x7f' && !isUnprintable(char)) return undefined;
  return named[char] ?? Array.from(encodeBytes(char), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
};

/** iswprint(3) in glibc's UTF-8 locales; lone surrogates are bytes that are no text. */
const isUnprintable = (char: string): boolean => /[\p{Cc}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u.test(char);

/** What means itself between double quotes too, as gnulib counts it. */
const isPlain = (char: string, index: number, text: string, utf8: boolean): boolean => {
  if (escapeOf(char, utf8) !== undefined) return false;
  if (char === '#' || char === '~') return index === 0;
  if (char === '{' || char === '}') return text.length === 1;
  return !'!"$&()*;<=>?[\\^`|'.includes(char);
};
