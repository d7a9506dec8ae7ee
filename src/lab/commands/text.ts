import { byteLength, decodeBytes, encodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import { sameFile } from '../../fs/identity.ts';
import type { CommandIo, LabCommand } from '../session.ts';
import {
  type Args,
  byBytes,
  complain,
  isDirectory,
  linesOf,
  lstat,
  misused,
  named,
  open,
  parse,
  quoted,
  readText,
  stat,
  word,
  writeText,
} from './tool.ts';

/** cat(1). */
export const cat: LabCommand = (io, words) => {
  const args = parse(
    io,
    words,
    'b,number-nonblank n,number s,squeeze-blank v,show-nonprinting E,show-ends T,show-tabs A,show-all e t u',
  );
  if (typeof args === 'number') return args;
  const ends = args.has('E') || args.has('A') || args.has('e');
  const tabs = args.has('T') || args.has('A') || args.has('t');
  const hidden = args.has('v') || args.has('A') || args.has('e') || args.has('t');
  const numbers = args.has('b') ? 'filled' : args.has('n') ? 'all' : undefined;
  const isPlain = !ends && !tabs && !hidden && !numbers && !args.has('s');
  let number = 0;
  let code = 0;
  let atStart = true;
  let wasBlank = false;
  for (const path of args.operands.length > 0 ? args.operands : ['-']) {
    const own = path === '-' ? undefined : stat(io, path);
    if (
      own &&
      !(own instanceof Fault) &&
      io.stdout &&
      own.kind === 'file' &&
      sameFile(own, io.stdout) &&
      own.size > 0
    ) {
      code = complain(io, `${named(path)}: input file is output file`);
      continue;
    }
    const text = readText(io, path);
    if (text instanceof Fault) {
      code = complain(io, `${named(path)}: ${text.reason}`);
      continue;
    }
    if (isPlain) {
      io.out(text);
      continue;
    }
    for (const line of text.match(/[^\n]*\n|[^\n]+/g) ?? []) {
      const body = line.replace(/\n$/, '');
      const isBlank = atStart && line === '\n';
      if (isBlank && wasBlank && args.has('s')) continue;
      wasBlank = isBlank;
      if (atStart && (numbers === 'all' || (numbers === 'filled' && body !== '')))
        io.out(`${String(++number).padStart(6)}\t`);
      const shown = hidden ? visible(body, tabs) : tabs ? body.replaceAll('\t', '^I') : body;
      io.out(shown + (line.endsWith('\n') ? (ends ? '$\n' : '\n') : ''));
      atStart = line.endsWith('\n');
    }
  }
  return code;
};

const visible = (text: string, tabs: boolean): string =>
  Array.from(encodeBytes(text), (byte) => {
    const low = byte & 0x7f;
    const shown =
      low === 9 && byte < 128 && !tabs
        ? '\t'
        : low < 32
          ? `^${String.fromCharCode(low + 64)}`
          : low === 127
            ? '^?'
            : String.fromCharCode(low);
    return byte < 128 ? shown : `M-${shown}`;
  }).join('');

/** head(1). */
export const head: LabCommand = (io, words) => {
  const old = /^-(\d+)$/.exec(words[0] ?? '');
  const args = parse(
    io,
    old ? [`-n${old[1]}`, ...words.slice(1)] : words,
    'c,bytes: n,lines: q,quiet silent v,verbose z,zero-terminated',
  );
  if (typeof args === 'number') return args;
  const by = args.last('c', 'n') ?? 'n';
  const text = args.value(by) ?? '10';
  const number = countOf(text);
  const wrong = wrongCount(io, args);
  if (wrong || !number) return 1;
  const fromEnd = number.sign === '-';
  const { count } = number;
  return headed(
    io,
    args,
    (body) => {
      const all =
        by === 'c'
          ? Array.from(encodeBytes(body), (byte) => byte)
          : (body.match(args.has('z') ? /[^\0]*\0|[^\0]+/g : /[^\n]*\n|[^\n]+/g) ?? []);
      const kept = fromEnd ? all.slice(0, Math.max(0, all.length - count)) : all.slice(0, count);
      return by === 'c' ? decodeBytes(Uint8Array.from(kept as number[])) : kept.join('');
    },
    !fromEnd && count === 0,
  );
};

/** Says which of the numbers given is none. */
export const wrongCount = (io: CommandIo, args: Args): boolean => {
  const wrong = args.given.find(({ name, value }) => (name === 'n' || name === 'c') && !countOf(value ?? ''));
  if (wrong) complain(io, `invalid number of ${wrong.name === 'c' ? 'bytes' : 'lines'}: ${word(wrong.value ?? '')}`);
  return wrong !== undefined;
};

/** A number of lines or bytes: `10`, `-3`, `+2`, `1K`. */
export const countOf = (text: string): { readonly sign: string; readonly count: number } | undefined => {
  const [, sign = '', digits, unit = ''] = /^([-+]?)(\d+)(b|[kKMG](?:i?B)?)?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const base = /^.B$/.test(unit) ? 1000 : 1024;
  const size = unit === 'b' ? 512 : base ** (unit === '' ? 0 : ' KMG'.indexOf(unit[0]?.toUpperCase() ?? ''));
  return { sign, count: Number(digits) * size };
};

/** What head and tail do with several files. */
export const headed = (io: CommandIo, args: Args, cut: (text: string) => string, isEmpty = false): number => {
  const told = args.last('v', 'q', 'silent');
  const headers = told === 'v' || (args.operands.length > 1 && told === undefined);
  let code = 0;
  let wrote = false;
  for (const path of args.operands.length > 0 ? args.operands : ['-']) {
    const opened = path === '-' ? undefined : open(io, path, { access: 'read' });
    if (opened instanceof Fault) {
      code = complain(io, `cannot open ${quoted(path)} for reading: ${opened.reason}`);
      continue;
    }
    opened?.[Symbol.dispose]();
    if (headers) {
      io.out(`${wrote ? '\n' : ''}==> ${path === '-' ? 'standard input' : path} <==\n`);
      wrote = true;
    }
    if (isEmpty) continue;
    const text = readText(io, path);
    if (text instanceof Fault) code = complain(io, `error reading ${quoted(path)}: ${text.reason}`);
    else io.out(cut(text));
  }
  return code;
};

/** wc(1). */
export const wc: LabCommand = (io, words) => {
  const args = parse(io, words, 'c,bytes m,chars l,lines L,max-line-length w,words');
  if (typeof args === 'number') return args;
  const columns = (['l', 'w', 'm', 'c', 'L'] as const).filter((name) => args.has(name));
  const shown = columns.length > 0 ? columns : (['l', 'w', 'c'] as const);
  const rows: { readonly numbers: readonly number[]; readonly name: string }[] = [];
  const totals = shown.map(() => 0);
  let code = 0;
  let width = 1;
  let isOdd = false;
  for (const path of args.operands.length > 0 ? args.operands : ['-']) {
    const found = path === '-' ? io.stdinStat : stat(io, path);
    if (found === undefined || (!(found instanceof Fault) && found.kind !== 'file')) isOdd = true;
    else if (!(found instanceof Fault)) width += found.size;
  }
  width = args.operands.length <= 1 && shown.length === 1 ? 1 : isOdd ? 7 : String(Math.max(width - 1, 0)).length;
  if (isOdd) width = Math.max(width, args.operands.length <= 1 && shown.length === 1 ? 1 : 7);
  const print = (numbers: readonly number[], name: string): void =>
    io.out(
      `${numbers.map((number) => String(number).padStart(width)).join(' ')}${name === '' ? '' : ` ${name.includes('\n') ? named(name) : name}`}\n`,
    );
  const count = (text: string, name: string): void => {
    const numbers = shown.map((column) => {
      if (column === 'l') return text.split('\n').length - 1;
      if (column === 'w') return text.match(/[^\s]+/g)?.length ?? 0;
      if (column === 'c') return byteLength(text);
      if (column === 'm') return [...text].length;
      return Math.max(0, ...linesOf(text).map((line) => line.length));
    });
    for (const [i, number] of numbers.entries())
      totals[i] = shown[i] === 'L' ? Math.max(totals[i] as number, number) : (totals[i] as number) + number;
    rows.push({ numbers, name });
    print(numbers, name);
  };
  if (args.operands.length === 0) count(io.stdin ?? '', '');
  for (const path of args.operands) {
    const text = readText(io, path);
    if (text instanceof Fault) {
      code = complain(io, `${named(path)}: ${text.reason}`);
      if (text.errno === 'EISDIR') count('', path);
    } else count(text, path);
  }
  if (args.operands.length > 1) print(totals, 'total');
  return code;
};

/** sort(1): by bytes, numbers or versions; -k and -t. */
export const sort: LabCommand = (io, words) => {
  const args = parse(
    io,
    words,
    'b,ignore-leading-blanks c check? C f,ignore-case h,human-numeric-sort k,key: n,numeric-sort o,output: r,reverse s,stable t,field-separator: u,unique V,version-sort z,zero-terminated',
    2,
  );
  if (typeof args === 'number') return args;
  const end = args.has('z') ? '\0' : '\n';
  const separator = args.value('t')?.replace(/^\\0$/, '\0');
  if (separator === '') return complain(io, 'empty tab', 2);
  if (separator !== undefined && Array.from(separator).length > 1)
    return complain(io, `multi-character tab ${word(separator)}`, 2);
  const keys: Key[] = [];
  for (const { name, value = '' } of args.given) {
    if (name !== 'k') continue;
    const key = keyOf(value);
    if (typeof key === 'string') return complain(io, key, 2);
    keys.push(key);
  }
  const checks = args.last('c', 'check', 'C');
  if (checks !== undefined && args.operands[1] !== undefined)
    return complain(io, `extra operand ${quoted(args.operands[1])} not allowed with -${checks === 'C' ? 'C' : 'c'}`, 2);
  let lines: string[] = [];
  for (const path of args.operands) {
    const refused = path === '-' ? undefined : io.fs.access(io.fs.cwd, path, 'read');
    const what = checks === undefined ? 'cannot read' : 'open failed';
    if (refused) return complain(io, `${what}: ${named(path)}: ${refused.reason}`, 2);
  }
  for (const path of args.operands.length > 0 ? args.operands : ['-']) {
    const text = readText(io, path);
    if (text instanceof Fault) {
      const how = text.call === 'pread64' ? 'read failed' : 'cannot read';
      return complain(io, `${how}: ${named(path)}: ${text.reason}`, 2);
    }
    lines = lines.concat(linesOf(text, end));
  }
  const numbers = (text: string): number => Number(/^\s*-?\d*\.?\d*/.exec(text)?.[0] || 0) || 0;
  const units = (text: string): number =>
    numbers(text) * 1024 ** ' KMGTPE'.indexOf(/^\s*-?\d+\.?\d*([KMGTPE])/i.exec(text)?.[1]?.toUpperCase() ?? ' ');
  const compareBy = (a: string, b: string, flags: string): number => {
    const has = (flag: string): boolean => flags.includes(flag) || (!/[nhVfr]/.test(flags) && args.has(flag));
    const [left, right] = has('f') ? [a.toUpperCase(), b.toUpperCase()] : [a, b];
    const order = has('n')
      ? numbers(a) - numbers(b)
      : has('h')
        ? units(a) - units(b)
        : has('V')
          ? byVersion(a, b)
          : byBytes(left, right);
    return has('r') ? -order : order;
  };
  /** Where a field begins in a line, its number counted from 0; the line's end where there is none. */
  const place = (line: string, index: number): number => {
    const fields = separator === undefined ? (line.match(/[ \t]*[^ \t]+/g) ?? []) : line.split(separator);
    if (index >= fields.length) return line.length;
    return fields.slice(0, index).reduce((sum, each) => sum + each.length + (separator?.length ?? 0), 0);
  };
  const skipBlanks = (line: string, at: number): number => at + (/^[ \t]*/.exec(line.slice(at))?.[0].length ?? 0);
  const field = (line: string, { from, at, fromBlanks, to, until, toBlanks, flags }: Key): string => {
    const plain = flags === '' && args.has('b');
    const first = place(line, from - 1);
    const start = Math.min(line.length, (fromBlanks || plain ? skipBlanks(line, first) : first) + at - 1);
    if (to === undefined) return line.slice(start);
    if (until === 0) {
      const next = place(line, to);
      return line.slice(start, next < line.length ? next - (separator?.length ?? 0) : next);
    }
    const last = place(line, to - 1);
    return line.slice(start, (toBlanks || plain ? skipBlanks(line, last) : last) + until);
  };
  const compareKeys = (a: string, b: string): number => {
    if (keys.length === 0) return compareBy(a, b, '');
    for (const key of keys) {
      const order = compareBy(field(a, key), field(b, key), key.flags);
      if (order !== 0) return order;
    }
    return 0;
  };
  const last =
    args.has('s') || args.has('u')
      ? () => 0
      : (a: string, b: string) => (args.has('r') ? byBytes(b, a) : byBytes(a, b));
  if (args.has('c') || args.has('check') || args.has('C')) {
    const wrong = lines.findIndex(
      (line, i) => i > 0 && (compareKeys(lines[i - 1] as string, line) || last(lines[i - 1] as string, line)) > 0,
    );
    const quiet = args.has('C') || ['quiet', 'silent'].includes(args.value('check') ?? '');
    if (wrong < 0 || quiet) return Number(wrong >= 0);
    return complain(io, `${args.operands[0] ?? '-'}:${wrong + 1}: disorder: ${lines[wrong]}`);
  }
  let sorted = lines.toSorted((a, b) => compareKeys(a, b) || last(a, b));
  if (args.has('u')) sorted = sorted.filter((line, i) => i === 0 || compareKeys(sorted[i - 1] as string, line) !== 0);
  const text = sorted.map((line) => line + end).join('');
  const output = args.value('o');
  if (output === undefined) io.out(text);
  else {
    const fault = writeText(io, output, text);
    if (fault) return complain(io, `open failed: ${named(output)}: ${fault.reason}`, 2);
  }
  return 0;
};

/** `-k FROM[.AT][OPTIONS][,TO[.UNTIL][OPTIONS]]`: fields and characters count from 1. */
interface Key {
  readonly from: number;
  readonly at: number;
  readonly fromBlanks: boolean;
  readonly to: number | undefined;
  /** The last character; 0 for all of the field. */
  readonly until: number;
  readonly toBlanks: boolean;
  readonly flags: string;
}

const keyOf = (text: string): Key | string => {
  const found = /^(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*))?$/.exec(text);
  if (!found) {
    if (!/^\d/.test(text)) return `invalid number at field start: invalid count at start of ${word(text)}`;
    return `stray character in field spec: invalid field specification ${word(text)}`;
  }
  const [, from = '', at = '1', before = '', to, until = '0', after = ''] = found;
  if (Number(from) === 0 || to === '0') return `field number is zero: invalid field specification ${word(text)}`;
  if (Number(at) === 0) return `character offset is zero: invalid field specification ${word(text)}`;
  const unknown = /[dgiMR]/.exec(before + after);
  if (unknown) return `the option -${unknown[0]} is not part of this lab`;
  return {
    ...{ from: Number(from), at: Number(at), fromBlanks: before.includes('b') },
    ...{ to: to === undefined ? undefined : Number(to), until: Number(until), toBlanks: after.includes('b') },
    flags: (before + after).replaceAll('b', ''),
  };
};

export const byVersion = (a: string, b: string): number => {
  const [left, right] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i] ?? '', right[i] ?? ''];
    const order = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : byBytes(x, y);
    if (order !== 0) return order;
  }
  return 0;
};

/** uniq(1). */
export const uniq: LabCommand = (io, words) => {
  const args = parse(io, words, 'c,count d,repeated i,ignore-case u,unique z,zero-terminated');
  if (typeof args === 'number') return args;
  const [input = '-', output, extra] = args.operands;
  if (extra !== undefined) return misused(io, `extra operand ${word(extra)}`);
  const text = readText(io, input);
  if (text instanceof Fault)
    return complain(io, text.call === 'pread64' ? `error reading ${quoted(input)}` : `${named(input)}: ${text.reason}`);
  const key = (line: string): string => (args.has('i') ? line.toLowerCase() : line);
  const groups: { readonly line: string; count: number }[] = [];
  for (const line of linesOf(text)) {
    const group = groups.at(-1);
    if (group && key(group.line) === key(line)) group.count++;
    else groups.push({ line, count: 1 });
  }
  const kept = groups.filter(({ count }) => (!args.has('d') || count > 1) && (!args.has('u') || count === 1));
  const out = kept
    .map(({ line, count }) => `${args.has('c') ? `${String(count).padStart(7)} ` : ''}${line}\n`)
    .join('');
  if (output === undefined) io.out(out);
  else {
    const fault = writeText(io, output, out);
    if (fault) return complain(io, `${named(output)}: ${fault.reason}`);
  }
  return 0;
};

/** tee(1). */
export const tee: LabCommand = (io, words) => {
  const args = parse(io, words, 'a,append i,ignore-interrupts p');
  if (typeof args === 'number') return args;
  let code = 0;
  const text = io.stdin ?? '';
  io.out(text);
  for (const path of args.operands) {
    const fault = writeText(io, path, text, args.has('a') ? { append: true } : { truncate: true });
    if (fault) code = complain(io, `${named(path)}: ${fault.reason}`);
  }
  return code;
};

/** Of diffutils each line begins with the program's name. */
const misusedTwice = (io: CommandIo, problem: string): number =>
  complain(io, `${problem}\n${io.name}: Try '${io.name} --help' for more information.`, 2);

/** cmp(1). */
export const cmp: LabCommand = (io, words) => {
  const args = parse(io, words, 's,quiet silent l,verbose', 2);
  if (typeof args === 'number') return args;
  const silent = args.has('s') || args.has('silent');
  if (silent && args.has('l')) return misusedTwice(io, 'options -l and -s are incompatible');
  const [a, b = '-', ...skips] = args.operands;
  if (a === undefined) return misusedTwice(io, `missing operand after '${words.at(-1) ?? io.name}'`);
  for (const skip of skips.slice(0, 2))
    if (!/^\d+[a-zA-Z]*$/.test(skip)) return misusedTwice(io, `invalid --ignore-initial value '${skip}'`);
  if (skips[2] !== undefined) return misusedTwice(io, `extra operand '${skips[2]}'`);
  const texts: Uint8Array[] = [];
  // Both are opened before either is read.
  for (const path of [a, b]) {
    const opened = path === '-' ? undefined : open(io, path, { access: 'read' });
    if (opened instanceof Fault) return silent ? 2 : complain(io, `${path}: ${opened.reason}`, 2);
    opened?.[Symbol.dispose]();
  }
  const [one, other] = [stat(io, a), stat(io, b)];
  if (a !== '-' && b !== '-' && !(one instanceof Fault) && !(other instanceof Fault) && sameFile(one, other)) return 0;
  for (const path of [a, b]) {
    const text = readText(io, path);
    if (text instanceof Fault)
      return silent && text.call !== 'pread64' ? 2 : complain(io, `${path}: ${text.reason}`, 2);
    texts.push(encodeBytes(text));
  }
  const [left, right] = texts as [Uint8Array, Uint8Array];
  const [first, second] = [stat(io, a), stat(io, b)];
  if (silent && !(first instanceof Fault) && !(second instanceof Fault) && first.size !== second.size) return 1;
  let line = 1;
  const short = Math.min(left.length, right.length);
  let differs = false;
  for (let i = 0; i < short; i++) {
    if (left[i] !== right[i]) {
      if (args.has('l')) {
        const width = String(short).length;
        io.out(
          `${String(i + 1).padStart(width)} ${(left[i] as number).toString(8).padStart(3)} ${(right[i] as number).toString(8).padStart(3)}\n`,
        );
        differs = true;
        continue;
      }
      if (!silent) io.out(`${a} ${b} differ: byte ${i + 1}, line ${line}\n`);
      return 1;
    }
    if (left[i] === 10) line++;
  }
  if (left.length === right.length) return differs ? 1 : 0;
  if (!silent) {
    const [name, length] = left.length < right.length ? [a, left] : [b, right];
    const where =
      length.length === 0
        ? 'which is empty'
        : args.has('l')
          ? `after byte ${short}`
          : length.at(-1) === 10
            ? `after byte ${short}, line ${line - 1}`
            : `after byte ${short}, in line ${line}`;
    io.err(`cmp: EOF on ${name} ${where}\n`);
  }
  return 1;
};

/** diff(1): whether files are equal, and the lines that are not in diff's own form. */
export const diff: LabCommand = (io, words) => {
  const args = parse(io, words, 'q,brief s,report-identical-files r,recursive N,new-file', 2);
  if (typeof args === 'number') return args;
  const [a, b, extra] = args.operands;
  if (a === undefined) return misusedTwice(io, `missing operand after '${words.at(-1) ?? io.name}'`);
  if (b === undefined) return misusedTwice(io, `missing operand after '${a}'`);
  if (extra !== undefined) return misusedTwice(io, `extra operand '${extra}'`);
  const [aDir, bDir] = [isDirectory(io, a), isDirectory(io, b)];
  const join = (dir: string, other: string): string =>
    `${dir.replace(/\/+$/, '')}/${other.replace(/\/+$/, '').replace(/^.*\//, '')}`;
  if (aDir && bDir) return directories(io, args, a, b);
  const left = aDir && !bDir && !(lstat(io, b) instanceof Fault) ? join(a, b) : a;
  const right = bDir && !aDir && !(lstat(io, a) instanceof Fault) ? join(b, a) : b;
  return files(io, args, left, right);
};

type Flags = { has(name: string): boolean };

const directories = (io: CommandIo, args: Flags, a: string, b: string): number => {
  const names = new Map<string, number>();
  for (const [bit, dir] of [
    [1, a],
    [2, b],
  ] as const) {
    const opened = open(io, dir, { access: 'read', directory: true });
    if (opened instanceof Fault) return complain(io, `${dir}: ${opened.reason}`, 2);
    using handle = opened;
    const entries = io.fs.entries(handle);
    if (entries instanceof Fault) return complain(io, `${dir}: ${entries.reason}`, 2);
    for (const { name } of entries) names.set(name, (names.get(name) ?? 0) | bit);
  }
  let code = 0;
  for (const [name, where] of [...names].toSorted(([x], [y]) => byBytes(x, y))) {
    const [left, right] = [`${a.replace(/(?<=.)\/+$/, '')}/${name}`, `${b.replace(/(?<=.)\/+$/, '')}/${name}`];
    if (where !== 3) {
      io.out(`Only in ${where === 1 ? a : b}: ${name}\n`);
      code = Math.max(code, 1);
      continue;
    }
    const [x, y] = [isDirectory(io, left), isDirectory(io, right)];
    if (x && y) {
      if (args.has('r')) code = Math.max(code, directories(io, args, left, right));
      else io.out(`Common subdirectories: ${left} and ${right}\n`);
    } else code = Math.max(code, files(io, args, left, right, true));
  }
  return code;
};

const files = (io: CommandIo, args: Flags, a: string, b: string, within = false): number => {
  const [x, y] = [stat(io, a), stat(io, b)];
  if (!(x instanceof Fault) && !(y instanceof Fault) && x.kind !== y.kind && (x.kind === 'dir' || y.kind === 'dir')) {
    const kind = (found: typeof x): string =>
      found.kind === 'dir'
        ? 'directory'
        : found.kind === 'file'
          ? found.size === 0
            ? 'regular empty file'
            : 'regular file'
          : found.kind;
    io.out(`File ${a} is a ${kind(x)} while file ${b} is a ${kind(y)}\n`);
    return 1;
  }
  const [left, right] = [readText(io, a), readText(io, b)];
  let code = 0;
  for (const [path, text] of [
    [a, left],
    [b, right],
  ] as const)
    if (text instanceof Fault) code = complain(io, `${path}: ${text.reason}`, 2);
  if (code || left instanceof Fault || right instanceof Fault) return code;
  if (left === right) {
    if (args.has('s')) io.out(`Files ${a} and ${b} are identical\n`);
    return 0;
  }
  if (args.has('q')) {
    io.out(`Files ${a} and ${b} differ\n`);
    return 1;
  }
  if (within)
    io.out(
      `diff ${['r', 'u']
        .filter((flag) => args.has(flag))
        .map((flag) => `-${flag} `)
        .join('')}${a} ${b}\n`,
    );
  io.out(normalDiff(left, right));
  return 1;
};

/** The longest common subsequence, as commands `2c2`, `3d2`, `4a5`. Long texts are told of as a whole. */
const normalDiff = (left: string, right: string): string => {
  const [a, b] = [left.match(/[^\n]*\n|[^\n]+/g) ?? [], right.match(/[^\n]*\n|[^\n]+/g) ?? []];
  const table = a.length * b.length < 4_000_000 ? lengths(a, b) : undefined;
  let out = '';
  const show = (mark: string, lines: readonly string[]): string =>
    lines.map((line) => `${mark} ${line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`}`).join('');
  const range = (from: number, to: number): string => (to - from === 1 ? `${to}` : `${from + 1},${to}`);
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
      continue;
    }
    const [fromA, fromB] = [i, j];
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i] === b[j]) break;
      const down = table && i < a.length ? (table[i + 1]?.[j] ?? 0) : i < a.length ? 1 : -1;
      const across = table && j < b.length ? (table[i]?.[j + 1] ?? 0) : j < b.length ? 0 : -1;
      if (i < a.length && down >= across) i++;
      else j++;
    }
    const removed = a.slice(fromA, i);
    const added = b.slice(fromB, j);
    if (removed.length && added.length)
      out += `${range(fromA, i)}c${range(fromB, j)}\n${show('<', removed)}---\n${show('>', added)}`;
    else if (removed.length) out += `${range(fromA, i)}d${fromB}\n${show('<', removed)}`;
    else out += `${fromA}a${range(fromB, j)}\n${show('>', added)}`;
  }
  return out;
};

const lengths = (a: readonly string[], b: readonly string[]): readonly Uint32Array[] => {
  const table = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      (table[i] as Uint32Array)[j] =
        a[i] === b[j]
          ? ((table[i + 1] as Uint32Array)[j + 1] as number) + 1
          : Math.max((table[i + 1] as Uint32Array)[j] as number, (table[i] as Uint32Array)[j + 1] as number);
  return table;
};
