import { Fault } from '../../fs/fault.ts';
import type { CommandIo, LabCommand } from '../session.ts';
import { parseMode } from './mode.ts';
import { complain, isDirectory, lstat, misused, open, parse, quoted, stat, word, writeText } from './tool.ts';

/** mkdir(1). */
export const mkdir: LabCommand = (io, words) => {
  const args = parse(io, words, 'm,mode: p,parents v,verbose');
  if (typeof args === 'number') return args;
  if (args.operands.length === 0) return misused(io, 'missing operand');
  const text = args.value('m');
  const mode = text === undefined ? undefined : parseMode(text);
  if (text !== undefined && mode === undefined) return complain(io, `invalid mode ${word(text)}`);
  let code = 0;
  for (const path of args.operands) {
    if (args.has('p') && !makeParents(io, path, args.has('v'))) {
      code = 1;
      continue;
    }
    const wanted = mode?.(0o777, true, io.fs.umask);
    const there = args.has('p') && isDirectory(io, path);
    const fault = there ? undefined : io.fs.mkdir(io.fs.cwd, path, 0o777);
    const loops = args.has('p') && fault?.errno === 'EEXIST' ? stat(io, path) : undefined;
    if (loops instanceof Fault && loops.errno === 'ELOOP') {
      code = complain(io, `cannot stat ${word(path)}: ${loops.reason}`);
      continue;
    }
    if (fault && !(args.has('p') && isDirectory(io, path))) {
      code = complain(io, `cannot create directory ${word(path)}: ${fault.reason}`);
      continue;
    }
    if (there) continue;
    if (args.has('v')) io.out(`${io.name}: created directory ${quoted(path)}\n`);
    if (wanted !== undefined) io.fs.chmod(io.fs.cwd, path, wanted, 'follow');
  }
  return code;
};

/** The directories above `path`, writable for their owner whatever the umask says. */
export const makeParents = (
  io: CommandIo,
  path: string,
  verbose: boolean,
  what = 'directory',
  told = 'created',
): boolean => {
  const parts = path.replace(/\/+$/, '');
  for (let at = parts.indexOf('/', 1); at > 0; at = parts.indexOf('/', at + 1)) {
    if (parts[at - 1] === '/') continue;
    const above = parts.slice(0, at);
    if (isDirectory(io, above)) {
      // It goes in there before it makes what comes next.
      const closed = io.fs.access(io.fs.cwd, above, 'search');
      if (!closed) continue;
      complain(io, `cannot create ${what} ${word(above)}: ${closed.reason}`);
      return false;
    }
    const fault = io.fs.mkdir(io.fs.cwd, above, 0o777);
    if (fault) {
      // What is there but is no directory is told of as such.
      const found = stat(io, above);
      const reason = found instanceof Fault || fault.errno !== 'EEXIST' ? fault.reason : 'Not a directory';
      complain(io, `cannot create ${what} ${word(above)}: ${reason}`);
      return false;
    }
    if (verbose) io.out(`${io.name}: ${told} directory ${quoted(above)}\n`);
  }
  return true;
};

/** rmdir(1). */
export const rmdir: LabCommand = (io, words) => {
  const args = parse(io, words, 'ignore-fail-on-non-empty p,parents v,verbose');
  if (typeof args === 'number') return args;
  if (args.operands.length === 0) return misused(io, 'missing operand');
  let code = 0;
  const remove = (path: string, what: string): boolean => {
    if (args.has('v')) io.out(`${io.name}: removing directory, ${quoted(path)}\n`);
    const fault = io.fs.rmdir(io.fs.cwd, path);
    if (!fault) return true;
    if (args.has('ignore-fail-on-non-empty') && (fault.errno === 'ENOTEMPTY' || fault.errno === 'EEXIST')) return false;
    const found = lstat(io, path.replace(/\/+$/, ''));
    const isLink =
      fault.errno === 'ENOTDIR' && path.endsWith('/') && !(found instanceof Fault) && found.kind === 'symlink';
    const end = isLink ? stat(io, path) : undefined;
    const followed = end instanceof Fault ? end.errno !== 'ENOTDIR' : end?.kind === 'dir';
    code = complain(
      io,
      `failed to remove ${what}${quoted(path)}: ${followed ? 'Symbolic link not followed' : fault.reason}`,
    );
    return false;
  };
  for (const path of args.operands) {
    if (!remove(path, '') || !args.has('p')) continue;
    for (let above = path.replace(/\/+$/, ''); above.includes('/'); ) {
      above = above.replace(/\/+[^/]*$/, '') || '/';
      if (!remove(above, 'directory ')) break;
    }
  }
  return code;
};

/** mktemp(1): names that are random only as far as a replay allows it. */
export const mktemp: LabCommand = (io, words) => {
  const args = parse(io, words, 'd,directory u,dry-run q,quiet p,tmpdir: t suffix:');
  if (typeof args === 'number') return args;
  if (args.operands.length > 1) return misused(io, 'too many templates');
  const [given] = args.operands;
  const template = (given ?? 'tmp.XXXXXXXXXX') + (args.value('suffix') ?? '');
  const places = /X{3,}(?!.*X{3})/.exec(template);
  if (!places) return complain(io, `too few X's in template ${word(template)}`);
  const dir = args.value('p') ?? (given === undefined || args.has('t') ? (io.variable('TMPDIR') ?? '/tmp') : undefined);
  for (let seed = io.session.clock.now() / 1000n; ; seed += 1n) {
    const name =
      template.slice(0, places.index) +
      letters(seed, places[0].length) +
      template.slice(places.index + places[0].length);
    const path = dir === undefined ? name : `${dir.replace(/(?<=.)\/+$/, '')}/${name}`;
    if (!(lstat(io, path) instanceof Fault)) continue;
    const fault = args.has('u')
      ? undefined
      : args.has('d')
        ? io.fs.mkdir(io.fs.cwd, path, 0o700)
        : writeText(io, path, '', { create: 'exclusive', mode: 0o600 });
    if (!fault) {
      io.out(`${path}\n`);
      return 0;
    }
    const kind = args.has('d') ? 'directory' : 'file';
    const shown = dir === undefined ? template : `${dir.replace(/(?<=.)\/+$/, '')}/${template}`;
    return args.has('q') ? 1 : complain(io, `failed to create ${kind} via template ${word(shown)}: ${fault.reason}`);
  }
};

const letters = (seed: bigint, count: number): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  let state = BigInt.asUintN(64, seed * 0x9e3779b97f4a7c15n + 0x632be59bd9b4e019n);
  let out = '';
  for (let i = 0; i < count; i++) {
    state = BigInt.asUintN(64, state * 0x5851f42d4c957f2dn + 0x14057b7ef767814fn);
    out += alphabet[Number((state >> 33n) % 62n)];
  }
  return out;
};

/** touch(1). */
export const touch: LabCommand = (io, words) => {
  const args = parse(io, words, 'a c,no-create d,date: f h,no-dereference m r,reference: t: time:');
  if (typeof args === 'number') return args;
  const which = args.last('a', 'm', 'time');
  const only = which === 'time' ? (/^(a|use)/.test(args.value('time') ?? '') ? 'a' : 'm') : which;
  const both = only === undefined || (args.has('a') && args.has('m'));
  const reference = args.value('r');
  if (args.has('t') && (args.has('d') || reference !== undefined))
    return misused(io, 'cannot specify times from more than one source');
  let source: { readonly atime: bigint; readonly mtime: bigint } | undefined;
  if (reference !== undefined) {
    const found = args.has('h') ? lstat(io, reference) : stat(io, reference);
    if (found instanceof Fault)
      return complain(io, `failed to get attributes of ${quoted(reference)}: ${found.reason}`);
    source = found;
  }
  const stamp = args.value('t');
  const text = args.value('d');
  if (stamp !== undefined) {
    const time = stampTime(stamp, io.session.clock.now());
    if (time === undefined) return complain(io, `invalid date format ${word(stamp)}`);
    source = { atime: time, mtime: time };
  } else if (text !== undefined) {
    const time = parseDate(text, source?.mtime ?? io.session.clock.now());
    if (time === undefined) return complain(io, `invalid date format ${word(text)}`);
    source = { atime: time, mtime: time };
  }
  if (args.operands.length === 0) return misused(io, 'missing file operand');
  let code = 0;
  for (const path of args.operands) {
    const fault = touched(io, path, {
      create: !args.has('c') && !args.has('h'),
      follow: !args.has('h'),
      times: {
        atime: both || only === 'a' ? (source?.atime ?? 'now') : undefined,
        mtime: both || only === 'm' ? (source?.mtime ?? 'now') : undefined,
      },
    });
    if (!fault || (fault.errno === 'ENOENT' && args.has('c'))) continue;
    code = complain(
      io,
      `${fault.call === 'utimensat' ? 'setting times of' : 'cannot touch'} ${quoted(path)}: ${fault.reason}`,
    );
  }
  return code;
};

interface Touch {
  readonly create: boolean;
  readonly follow: boolean;
  readonly times: { readonly atime: bigint | 'now' | undefined; readonly mtime: bigint | 'now' | undefined };
}

const touched = (io: CommandIo, path: string, { create, follow, times }: Touch): Fault | undefined => {
  const opened = create ? open(io, path, { access: 'write', create: 'if-missing', mode: 0o666 }) : undefined;
  if (opened && !(opened instanceof Fault)) opened[Symbol.dispose]();
  if (path === '') return new Fault('openat', 'ENOENT', '');
  const fault = io.fs.setTimes(io.fs.cwd, path, times, follow ? 'follow' : undefined);
  // The open is what was asked for first, unless it failed only since the file is a directory or may not be written.
  if (fault && opened instanceof Fault && opened.errno !== 'EISDIR') return opened;
  return fault;
};

const stampTime = (text: string, now: bigint): bigint | undefined => {
  const [, century, year, month, day, hour, minute, second] =
    /^(\d\d)?(\d\d)??(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(text) ?? [];
  if (month === undefined) return undefined;
  const yy = century !== undefined && year === undefined ? century : year;
  const full =
    yy === undefined
      ? new Date(Number(now / 1_000_000n)).getUTCFullYear()
      : century !== undefined && year !== undefined
        ? Number(century + year)
        : Number(yy) + (Number(yy) < 69 ? 2000 : 1900);
  const time = Date.UTC(full, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second ?? 0));
  const date = new Date(time);
  if (date.getUTCMonth() !== Number(month) - 1 || Number(hour) > 23 || Number(minute) > 59) return undefined;
  return BigInt(time) * 1_000_000n;
};

const seconds: Readonly<Record<string, number>> = {
  sec: 1,
  second: 1,
  min: 60,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  fortnight: 1_209_600,
  month: 2_629_800,
  year: 31_557_600,
};

/** The dates that people write most: `@0`, `2026-01-31 12:00`, `yesterday`, `2 hours ago`, `now`. */
export const parseDate = (text: string, now: bigint): bigint | undefined => {
  const unix = /^@(-?\d+)(?:\.(\d{1,9}))?$/.exec(text.trim());
  if (unix) return BigInt(unix[1] as string) * 1_000_000_000n + BigInt((unix[2] ?? '').padEnd(9, '0'));
  let rest = text.trim().toLowerCase();
  let time = now;
  const day =
    /^(\d{4})-(\d\d?)-(\d\d?)(?:[t ]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(?:z|utc|([-+])(\d\d):?(\d\d)?(?!\d))?(?![a-z])/.exec(
      rest,
    ) ?? /^(\d{4})(\d\d)(\d\d)(?: +(\d\d?):(\d\d)(?::(\d\d))?)?/.exec(rest);
  if (day) {
    const [
      all,
      year,
      month,
      date,
      hour = '0',
      minute = '0',
      second = '0',
      fraction = '',
      east,
      hours = '0',
      minutes = '0',
    ] = day;
    const at = new Date(
      Date.UTC(Number(year), Number(month) - 1, Number(date), Number(hour), Number(minute), Number(second)),
    );
    if (at.getUTCMonth() !== Number(month) - 1 || Number(hour) > 23 || Number(minute) > 59) return undefined;
    time = BigInt(at.getTime()) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
    const ahead = BigInt((Number(hours) * 60 + Number(minutes)) * 60) * 1_000_000_000n;
    time += east === '-' ? ahead : -ahead;
    rest = rest.slice(all.length).trim();
  }
  for (const part of rest.match(/(?:[+-]?\s*\d+\s*)?[a-z]+(?:\s+ago)?/g) ?? []) {
    const [, sign = '', count = '1', unit = '', ago] = /^([+-]?)\s*(\d*)\s*([a-z]+?)s?(\s+ago)?$/.exec(part) ?? [];
    if (['now', 'today'].includes(unit)) continue;
    const length = unit === 'yesterday' || unit === 'tomorrow' ? 86_400 : seconds[unit];
    if (length === undefined) return undefined;
    const back = unit === 'yesterday' || (sign === '-') !== (ago !== undefined);
    time += BigInt(length) * BigInt(count === '' ? 1 : count) * 1_000_000_000n * (back ? -1n : 1n);
  }
  return /^[\sa-z0-9+-]*$/.test(rest) && (day || rest !== '') ? time : undefined;
};

/** truncate(1): -s with a sign or a unit, and -r. */
export const truncate: LabCommand = (io, words) => {
  const args = parse(io, words, 'c,no-create o,io-blocks r,reference: s,size:');
  if (typeof args === 'number') return args;
  const text = args.value('s');
  const reference = args.value('r');
  const size = text === undefined ? undefined : /^\s*([+<>/%-]?)\s*(\d+)([KMGT]?)(B|iB)?$/i.exec(text);
  if (text !== undefined && !size) return complain(io, `Invalid number: ${word(text)}`);
  if (text === undefined && reference === undefined)
    return misused(io, `you must specify either ${word('--size')} or ${word('--reference')}`);
  if (reference !== undefined && size?.[1] === '')
    return misused(io, `you must specify a relative ${word('--size')} with ${word('--reference')}`);
  if (args.operands.length === 0) return misused(io, 'missing file operand');
  const source = reference === undefined ? undefined : stat(io, reference);
  if (source instanceof Fault) return complain(io, `cannot stat ${quoted(reference ?? '')}: ${source.reason}`);
  const [, sign = '', digits = '0', unit = '', suffix] = size ?? [];
  const number =
    Number(digits) *
    (suffix?.toUpperCase() === 'B' ? 1000 : 1024) ** (unit === '' ? 0 : 'KMGT'.indexOf(unit.toUpperCase()) + 1);
  let code = 0;
  for (const path of args.operands) {
    const opened = open(io, path, { access: 'write', mode: 0o666, ...(args.has('c') ? {} : { create: 'if-missing' }) });
    if (opened instanceof Fault) {
      if (!(args.has('c') && opened.errno === 'ENOENT'))
        code = complain(io, `cannot open ${quoted(path)} for writing: ${opened.reason}`);
      continue;
    }
    using handle = opened;
    const found = io.fs.stat(handle, '');
    const before = source?.size ?? (found instanceof Fault ? 0 : found.size);
    const fault = io.fs.truncate(handle, size ? newSize(before, sign, number) : before);
    if (fault) code = complain(io, `failed to truncate ${quoted(path)} at ${number} bytes: ${fault.reason}`);
  }
  return code;
};

const newSize = (before: number, sign: string, number: number): number => {
  switch (sign) {
    case '+':
      return before + number;
    case '-':
      return Math.max(0, before - number);
    case '<':
      return Math.min(before, number);
    case '>':
      return Math.max(before, number);
    case '/':
      return before - (before % number);
    case '%':
      return Math.ceil(before / number) * number;
    default:
      return number;
  }
};
