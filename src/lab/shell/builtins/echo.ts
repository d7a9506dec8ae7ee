import { byteLength, decodeBytes, encodeBytes } from '../../../fs/bytes.ts';
import { type Builtin, complain } from '../builtin.ts';
import { byteText, unescapeC, wellMade } from '../word-parts.ts';

/** Its words with spaces between them; `-n` without an end of line, `-e` with escapes. */
export const echo: Builtin = (io, args) => {
  let newline = true;
  let escapes = false;
  let first = 0;
  for (const word of args) {
    if (!/^-[neE]+$/.test(word)) break;
    first++;
    for (const letter of word.slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  }
  const text = args.slice(first).join(' ');
  const { out, ends } = escapes ? escaped(text, true) : { out: text, ends: false };
  io.out(out + (newline && !ends ? '\n' : ''));
  return 0;
};

/** The text with escapes as `echo -e` and `%b` have them; `\c` ends all. */
const escaped = (text: string, leadingZero: boolean): { readonly out: string; readonly ends: boolean } => {
  let out = '';
  for (let at = 0; at < text.length; ) {
    if (text[at] !== '\\') {
      out += text[at++];
      continue;
    }
    const rest = text.slice(at);
    if (rest.startsWith('\\c')) return { out: wellMade(out), ends: true };
    const octal = (leadingZero ? /^\\0([0-7]{0,3})/ : /^\\0?([0-7]{1,3})/).exec(rest);
    const other = /^\\(?:[abeEfnrtv\\]|x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8})/.exec(rest);
    if (octal) out += byteText(Number.parseInt(octal[1] || '0', 8) & 0xff);
    else if (other) out += other[0] === '\\x00' || other[0] === '\\x0' ? '\0' : unescapeC(other[0]);
    else out += '\\';
    at += octal?.[0].length ?? other?.[0].length ?? 1;
  }
  return { out: wellMade(out), ends: false };
};

/** printf(1) of bash: %s %b %q %c %d %i %u %o %x %X and %%, with flags, width and precision. */
export const printf: Builtin = (io, args) => {
  const words = args[0] === '--' ? args.slice(1) : [...args];
  const format = words[0];
  if (format === undefined) {
    io.err('printf: usage: printf [-v var] format [arguments]\n');
    return 2;
  }
  if (/^-v/.test(format)) return complain(io, '-v is not part of this small shell', 2);
  const values = words.slice(1);
  const state = { at: 0, code: 0 };
  do {
    const before = state.at;
    const ends = once(io, format, values, state);
    if (ends || state.at === before) break;
  } while (state.at < values.length);
  return state.code;
};

const piece =
  /\\(?:[abfnrtve"'\\?]|[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|c)|%%|%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?[hlLjtz]*((?![hlLjtz])[A-Za-z])|%[-+ #0-9.hlLjtz]*|[^%\\]+|\\/gs;

/** One turn through the format; true if `\c` ended it. */
const once = (
  io: Parameters<Builtin>[0],
  format: string,
  values: readonly string[],
  state: { at: number; code: number },
): boolean => {
  let out = '';
  const number = (text: string): number => {
    const found = /^\s*[-+]?(0[xX][0-9A-Fa-f]+|\d+)/.exec(text);
    if (/^['"]/.test(text)) return text.codePointAt(1) ?? 0;
    if (text !== '' && found?.[0] !== text) {
      state.code = 1;
      complain(io, `${text}: invalid number`);
    }
    if (!found) return 0;
    const digits = found[1] as string;
    const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
    return found[0].trim().startsWith('-') ? -value : value;
  };
  for (const [token, flags = '', width, precision, kind] of format.matchAll(piece)) {
    if (token === '%%') out += '%';
    else if (kind === undefined) {
      if (token === '\\c') {
        io.out(wellMade(out));
        return true;
      }
      if (token.startsWith('%')) {
        io.out(wellMade(out));
        state.code = complain(io, `\`${token}': missing format character`);
        return true;
      }
      const octal = /^\\([0-7]{1,3})$/.exec(token);
      out += octal
        ? byteText(Number.parseInt(octal[1] as string, 8) & 0xff)
        : token.startsWith('\\')
          ? unescapeC(token)
          : token;
    } else {
      const sizes = [width, precision].map((size) =>
        size === '*' ? number(values[state.at++] ?? '') : size === undefined ? undefined : Number(size),
      );
      if (!'sbqcdiuoxX'.includes(kind)) {
        io.out(wellMade(out));
        complain(io, `\`${kind}': invalid format character`);
        state.code = 1;
        return true;
      }
      const value = values[state.at++] ?? '';
      const [size = 0, exact] = sizes;
      if (kind === 'b') {
        const { out: text, ends } = escaped(value, false);
        out += padded(cut(text, exact), flags, size);
        if (ends) {
          io.out(wellMade(out));
          return true;
        }
      } else if (kind === 's') out += padded(cut(value, exact), flags, size);
      else if (kind === 'c') out += padded(cut(value, 1) || '\0', flags, size);
      else if (kind === 'q') out += padded(shellQuoted(value), flags, size);
      else out += numeral(number(value), kind, flags, size, exact);
    }
  }
  io.out(wellMade(out));
  return false;
};

const widthMax = 10_000;

/** Widths and precisions are bytes. */
const cut = (text: string, bytes: number | undefined): string =>
  bytes === undefined ? text : decodeBytes(encodeBytes(text).subarray(0, bytes));

const padded = (text: string, flags: string, width: number): string => {
  const room = ' '.repeat(Math.max(0, Math.min(Math.abs(width), widthMax) - byteLength(text)));
  return flags.includes('-') || width < 0 ? text + room : room + text;
};

const numeral = (value: number, kind: string, flags: string, width: number, precision: number | undefined): string => {
  const base = kind === 'o' ? 8 : kind === 'x' || kind === 'X' ? 16 : 10;
  const unsigned = value < 0 && base !== 10 ? BigInt.asUintN(64, BigInt(value)) : Math.abs(value);
  const digits = unsigned.toString(base).padStart(Math.min(precision ?? 0, widthMax), '0');
  const cased = kind === 'X' ? digits.toUpperCase() : digits;
  const sign = value < 0 && base === 10 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const prefix = flags.includes('#') && value !== 0 ? (base === 8 ? '0' : base === 16 ? `0${kind}` : '') : '';
  const zeros = flags.includes('0') && !flags.includes('-') && precision === undefined;
  if (!zeros) return padded(sign + prefix + cased, flags, width);
  return sign + prefix + cased.padStart(Math.min(width, widthMax) - sign.length - prefix.length, '0');
};

/** As bash shows a word that it could read again. */
export const shellQuoted = (text: string): string => {
  if (text === '') return "''";
  if (!/[^ -~]/.test(text)) return text.replace(/[^\w@%+=:./-]/g, '\\$&').replace(/^\\?~/, '\\~');
  if (/^[^\p{Cc}\p{Cs}]*$/u.test(text))
    return text.replace(/[ -~]/g, (char) => (/[\w@%+=:./-]/.test(char) ? char : `\\${char}`));
  const named: Readonly<Record<string, string>> = {
    '\n': '\\n',
    '\t': '\\t',
    '\r': '\\r',
    '\x1b': '\\E',
    '\x07': '\\a',
    '\b': '\\b',
    '\f': '\\f',
    '\v': '\\v',
  };
  const inner = Array.from(text, (char) => {
    const code = char.codePointAt(0) as number;
    if (char === "'" || char === '\\') return `\\${char}`;
    if (named[char]) return named[char];
    if (code < 0x20 || code === 0x7f) return `\\${code.toString(8).padStart(3, '0')}`;
    return code >= 0xdc80 && code <= 0xdcff ? `\\${(code - 0xdc00).toString(8)}` : char;
  });
  return `$'${inner.join('')}'`;
};
