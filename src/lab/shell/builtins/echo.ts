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

/** printf(1) of bash: %s %b %q %c %d %i %u %o %x %X %f %e %g and %%, with flags, width and precision. */
export const printf: Builtin = (io, args) => {
  const [, into] = /^-v(.*)$/s.exec(args[0] ?? '') ?? [];
  const taken = into === undefined ? 0 : into === '' ? 2 : 1;
  const name = into === '' ? args[1] : into;
  const words = args.slice(args[taken] === '--' ? taken + 1 : taken);
  const format = words[0];
  if (format === undefined || (taken === 0 && /^-./.test(format) && words.length === args.length)) {
    const problem = format === undefined ? '' : `${format.slice(0, 2)}: invalid option\n`;
    if (problem === '') io.err(printfUsage);
    else complain(io, problem + printfUsage.trimEnd());
    return 2;
  }
  if (name !== undefined) {
    if (!/^[A-Za-z_]\w*$/.test(name)) return complain(io, `\`${name}': not a valid identifier`, 2);
    let text = '';
    const code = turns({ ...io, out: (piece) => (text += piece) }, format, words.slice(1));
    io.run.session.variables.set(name, text.replace(/\0.*/s, ''));
    return code;
  }
  return turns(io, format, words.slice(1));
};

const printfUsage = 'printf: usage: printf [-v var] format [arguments]\n';

/** The format, as often as there are words for it. */
const turns = (io: Parameters<Builtin>[0], format: string, values: readonly string[]): number => {
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
  const wrong = (why: string): void => {
    state.code = 1;
    complain(io, why);
  };
  const number = (text: string): bigint => {
    const found = /^\s*[-+]?(0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9]\d*)/.exec(text);
    if (/^['"]/.test(text)) return BigInt(text.codePointAt(1) ?? 0);
    if (text !== '' && found?.[0] !== text)
      wrong(`${text}: ${found && /^\s*[-+]?0\d/.test(text) ? 'invalid octal number' : 'invalid number'}`);
    if (!found) return 0n;
    const digits = found[1] as string;
    const size = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
    const value = found[0].trim().startsWith('-') ? -size : size;
    if (BigInt.asIntN(64, value) === value) return value;
    complain(io, `warning: ${text}: Numerical result out of range`);
    return value < 0n ? -(1n << 63n) : (1n << 63n) - 1n;
  };
  const fraction = (text: string): number => {
    const found = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(text);
    if (/^['"]/.test(text)) return text.codePointAt(1) ?? 0;
    if (text !== '' && found?.[0] !== text)
      wrong(`${text}: ${/^\s*[-+]?0\d/.test(text) ? 'invalid octal number' : 'invalid number'}`);
    return Number(found?.[0] ?? 0);
  };
  for (const { 0: token, 1: flags = '', 2: width, 3: precision, 4: kind, index } of format.matchAll(piece)) {
    if (token === '%%') out += '%';
    else if (kind === undefined) {
      if (token === '\\c') {
        io.out(wellMade(out));
        return true;
      }
      if (token.startsWith('%')) {
        io.out(wellMade(out));
        const next = format[index + token.length];
        if (format.startsWith('(', index + token.length)) wrong("`%(…)T' is not part of this small shell");
        else if (next === undefined) wrong(`\`${token}': missing format character`);
        else wrong(`\`${next}': invalid format character`);
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
        size === '*' ? Number(number(values[state.at++] ?? '')) : size === undefined ? undefined : Number(size),
      );
      if (!'sbqcdiuoxXfFeEgG'.includes(kind)) {
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
      else if (/[feg]/i.test(kind)) out += real(fraction(value), kind, flags, size, exact);
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

const numeral = (value: bigint, kind: string, flags: string, width: number, precision: number | undefined): string => {
  const base = kind === 'o' ? 8 : kind === 'x' || kind === 'X' ? 16 : 10;
  const isSigned = kind === 'd' || kind === 'i';
  const unsigned = value < 0n ? (isSigned ? -value : BigInt.asUintN(64, value)) : value;
  const digits = unsigned.toString(base).padStart(Math.min(precision ?? 0, widthMax), '0');
  const cased = kind === 'X' ? digits.toUpperCase() : digits;
  const sign = isSigned ? signOf(value < 0n, flags) : '';
  const prefix = flags.includes('#') && value !== 0n ? (base === 8 ? '0' : base === 16 ? `0${kind}` : '') : '';
  const zeros = flags.includes('0') && !flags.includes('-') && precision === undefined;
  if (precision === 0 && value === 0n) return padded(sign, flags, width);
  if (!zeros) return padded(sign + prefix + cased, flags, width);
  return sign + prefix + cased.padStart(Math.min(width, widthMax) - sign.length - prefix.length, '0');
};

const signOf = (isNegative: boolean, flags: string): string =>
  isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';

/** As toFixed, but what lies just between two goes to the even one. */
const fixed = (size: number, digits: number): string => {
  const long = size.toFixed(Math.min(100, digits + 40));
  const end = long.indexOf('.') + 1 + digits;
  const head = long.slice(0, digits === 0 ? end - 1 : end);
  return /^50*$/.test(long.slice(end)) && /[02468]$/.test(head) ? head : size.toFixed(digits);
};

const real = (value: number, kind: string, flags: string, width: number, precision = 6): string => {
  const size = Math.abs(value);
  const digits = Math.min(precision, 100);
  const scientific = (places: number): string => size.toExponential(places).replace(/e([-+])(\d)$/, 'e$10$2');
  let text = /f/i.test(kind) ? fixed(size, digits) : scientific(digits);
  if (/g/i.test(kind)) {
    const places = Math.max(digits, 1);
    const power = Number(/e(.*)$/.exec(size.toExponential(places - 1))?.[1] ?? 0);
    text = power < -4 || power >= places ? scientific(places - 1) : size.toFixed(places - 1 - power);
    if (!flags.includes('#')) text = text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '');
  }
  const cased = kind === kind.toUpperCase() ? text.toUpperCase() : text;
  const sign = signOf(value < 0 || Object.is(value, -0), flags);
  if (!flags.includes('0') || flags.includes('-')) return padded(sign + cased, flags, width);
  return sign + cased.padStart(Math.min(width, widthMax) - sign.length, '0');
};

/** What means something to bash where it stands. */
const special = /[\s'"\\|&;()<>!{}*[\]?^$`,]|^#|(?:^|(?<=[=:]))~/g;

/** As bash shows a word that it could read again. */
export const shellQuoted = (text: string): string => {
  if (text === '') return "''";
  if (!/[^ -~]/.test(text)) return text.replace(special, '\\$&');
  if (/^[^\p{Cc}\p{Cs}]*$/u.test(text)) return text.replace(special, '\\$&');
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
