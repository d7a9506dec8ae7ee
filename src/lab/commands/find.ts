import { Fault } from '../../fs/fault.ts';
import { sameFile } from '../../fs/identity.ts';
import { type Kind, rawMode, type Stat } from '../../fs/stat.ts';
import { modeText } from '../../gnu/mode-text.ts';
import type { CommandIo, LabCommand } from '../session.ts';
import { matches } from '../shell/pattern.ts';
import { parseDate } from './directories.ts';
import { LinearExpression } from './linear-expression.ts';
import { manualText } from './manual.ts';
import { parseMode } from './mode.ts';
import { mountsOf } from './mounts.ts';
import { groupName, groupNumber, listTime, timeText, userName, userNumber } from './show-file.ts';
import { asker, complain, inDirectory, lastName, lstat, open, parentOf, stat, word } from './tool.ts';

/** What a test is asked about. */
interface Found {
  readonly path: string;
  readonly operand: string;
  readonly depth: number;
  readonly stat: Stat;
}

interface Search {
  readonly io: CommandIo;
  follow: 'P' | 'H' | 'L';
  depthMin: number;
  depthMax: number;
  depthFirst: boolean;
  oneFileSystem: boolean;
  acts: boolean;
  prune: boolean;
  quit: boolean;
  code: number;
  readonly ends: (() => void)[];
}

type Test = (found: Found) => boolean;

class Misuse extends Error {}

const matcher = (pattern: string, ignoreCase: boolean): ((text: string) => boolean) =>
  ignoreCase ? (text) => matches(pattern.toLowerCase(), text.toLowerCase()) : (text) => matches(pattern, text);

/** find(1) of GNU findutils: the tests and actions that have to do with links, and those used most. */
export const find: LabCommand = (io, words) => {
  const search: Search = {
    io,
    ...{ follow: 'P', depthMin: 0, depthMax: Infinity, depthFirst: false, oneFileSystem: false },
    ...{ acts: false, prune: false, quit: false, code: 0, ends: [] },
  };
  let at = 0;
  for (; at < words.length && /^-[PHL]$/.test(words[at] as string); at++)
    search.follow = (words[at] as string)[1] as Search['follow'];
  if (words[at] === '--') at++;
  else if (/^-[DO]/.test(words[at] ?? ''))
    return complain(io, `the option ${words[at]?.slice(0, 2)} is not part of this lab`);
  if (words.includes('--help') || words.includes('-help')) {
    io.out(manualText(io.name));
    return 0;
  }
  const paths: string[] = [];
  for (; at < words.length && !/^-.|^[(!,)]$/.test(words[at] as string); at++) paths.push(words[at] as string);
  let test: Test;
  try {
    test = parsed(search, words.slice(at));
  } catch (error) {
    if (!(error instanceof Misuse)) throw error;
    return complain(io, error.message);
  }
  const whole: Test = search.acts
    ? test
    : (found) => {
        if (test(found)) io.out(`${found.path}\n`);
        return true;
      };
  for (const path of paths.length > 0 ? paths : ['.']) {
    if (search.quit) break;
    visit(search, whole, path, path, 0, [], undefined);
  }
  for (const end of search.ends) end();
  if (!canReturn(io, 'Failed to restore initial working directory')) search.code = 1;
  return search.code;
};

/** It goes about, and comes back to where it was called to end there and to run others. */
const canReturn = (io: CommandIo, problem: string): boolean => {
  const fault = io.fs.access(io.fs.cwd, '.', 'search');
  if (fault) complain(io, `${problem}: ${io.fs.workingDirectory}: ${fault.reason}`);
  return fault === undefined;
};

const visit = (
  search: Search,
  test: Test,
  path: string,
  operand: string,
  depth: number,
  above: readonly Stat[],
  device: number | undefined,
): void => {
  const { io } = search;
  if (search.quit) return;
  const follows = search.follow === 'L' || (search.follow === 'H' && depth === 0);
  let found = follows ? stat(io, path) : lstat(io, path);
  // Only a link that leads to nothing is itself what is found.
  if (found instanceof Fault && follows && found.errno === 'ENOENT') found = lstat(io, path);
  if (found instanceof Fault) {
    search.code = complain(io, `${word(path)}: ${found.reason}`);
    return;
  }
  const stats = found;
  const loop = stats.kind === 'dir' && above.find((each) => sameFile(each, stats));
  if (loop) {
    search.code = complain(
      io,
      `File system loop detected; ${word(path)} is part of the same file system loop as ${word(pathOfLoop(path, above.length - above.indexOf(loop)))}.`,
    );
    return;
  }
  const ask = (): void => {
    search.prune = false;
    if (depth >= search.depthMin) test({ path, operand, depth, stat: stats });
  };
  if (!search.depthFirst) ask();
  const enters =
    stats.kind === 'dir' &&
    depth < search.depthMax &&
    !(search.prune && !search.depthFirst) &&
    !(search.oneFileSystem && device !== undefined && device !== stats.dev) &&
    depth < 1000;
  if (enters && !search.quit) {
    const opened = open(io, path, { access: 'read', directory: true });
    const entries = opened instanceof Fault ? opened : io.fs.entries(opened);
    if (!(opened instanceof Fault)) opened[Symbol.dispose]();
    if (entries instanceof Fault) search.code = complain(io, `${word(path)}: ${entries.reason}`);
    else
      for (const { name } of entries)
        visit(search, test, inDirectory(path, name), operand, depth + 1, [...above, stats], device ?? stats.dev);
  }
  if (search.depthFirst && !search.quit) ask();
};

const pathOfLoop = (path: string, up: number): string => {
  let at = path;
  for (let i = 0; i < up; i++) at = parentOf(at);
  return at;
};

/** An expression of `!`, `-a`, `-o`, `,` and parentheses. */
const parsed = (search: Search, words: readonly string[]): Test => {
  let at = 0;
  const list = (): Test => {
    let left = either();
    while (words[at] === ',') {
      at++;
      const [first, second] = [left, either()];
      left = (found) => {
        first(found);
        return second(found);
      };
    }
    return left;
  };
  const either = (): Test => {
    let left = both();
    while (words[at] === '-o' || words[at] === '-or') {
      at++;
      const [first, second] = [left, both()];
      left = (found) => first(found) || second(found);
    }
    return left;
  };
  const both = (): Test => {
    let left = not();
    for (;;) {
      const next = words[at];
      if (next === '-a' || next === '-and') at++;
      else if (next === undefined || next === ')' || next === ',' || next === '-o' || next === '-or') return left;
      const [first, second] = [left, not()];
      left = (found) => first(found) && second(found);
    }
  };
  const not = (): Test => {
    const next = words[at];
    if (next === '!' || next === '-not') {
      at++;
      const test = not();
      return (found) => !test(found);
    }
    if (next === '-a' || next === '-and' || next === '-o' || next === '-or' || next === ',')
      throw new Misuse(`invalid expression; you have used a binary operator '${next}' with nothing before it.`);
    if (next === '(') {
      at++;
      if (at >= words.length)
        throw new Misuse(
          "invalid expression; expected to find a ')' but didn't see one. Perhaps you need an extra predicate after '('",
        );
      if (words[at] === ')') throw new Misuse('invalid expression; empty parentheses are not allowed.');
      const test = list();
      if (words[at] !== ')')
        throw new Misuse("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
      at++;
      return test;
    }
    if (next === undefined) throw new Misuse(`expected an expression after '${words[at - 1] ?? ''}'`);
    return primary(search, words, at++, (to) => {
      at = to;
    });
  };
  if (words.length === 0) return () => true;
  const test = list();
  if (words[at] === ')') throw new Misuse("you have too many ')'");
  if (at < words.length) throw new Misuse(`paths must precede expression: \`${words[at]}'`);
  return test;
};

const kinds: Readonly<Record<string, Kind>> = {
  f: 'file',
  d: 'dir',
  l: 'symlink',
  p: 'fifo',
  s: 'socket',
  c: 'char',
  b: 'block',
};

/** `+2`, `-2` or `2`. */
const number = (name: string, text: string): ((value: number) => boolean) => {
  const found = /^([-+]?)(\d+)$/.exec(text);
  if (!found) throw new Misuse(`invalid argument \`${text}' to \`${name}'`);
  const wanted = Number(found[2]);
  return found[1] === '+'
    ? (value) => value > wanted
    : found[1] === '-'
      ? (value) => value < wanted
      : (value) => value === wanted;
};

const typeTest = (name: string, text: string): ((kind: Kind) => boolean) => {
  const wanted = text.split(',').map((letter) => {
    if (!Object.hasOwn(kinds, letter))
      throw new Misuse(
        letter.length > 1
          ? `Must separate multiple arguments to ${name} using: ','`
          : `Unknown argument to ${name}: ${letter}`,
      );
    return kinds[letter];
  });
  return (kind) => wanted.includes(kind);
};

const primary = (search: Search, words: readonly string[], start: number, go: (to: number) => void): Test => {
  const { io } = search;
  const name = words[start] as string;
  const value = (): string => {
    const text = words[start + 1];
    if (text === undefined) throw new Misuse(`missing argument to \`${name}'`);
    go(start + 2);
    return text;
  };
  const reference = (path: string): Stat => {
    const found = search.follow === 'P' ? lstat(io, path) : stat(io, path);
    const itself = found instanceof Fault ? lstat(io, path) : found;
    if (itself instanceof Fault) throw new Misuse(`${word(path)}: ${itself.reason}`);
    return itself;
  };
  const day = 86_400_000_000_000n;
  const age = (time: bigint, unit: bigint): number => Number((io.session.clock.now() - time) / unit);
  const text = (path: string): string | undefined => {
    const found = io.fs.readlink(io.fs.cwd, path);
    return found instanceof Fault ? undefined : found;
  };
  switch (name) {
    case '-name':
    case '-iname': {
      const fits = matcher(value(), name === '-iname');
      return ({ path }) => fits(lastName(path));
    }
    case '-path':
    case '-wholename':
    case '-ipath': {
      const fits = matcher(value(), name === '-ipath');
      return ({ path }) => fits(path);
    }
    case '-regex': {
      const pattern = new LinearExpression(`^(?:${emacsPattern(value())})$`, 's');
      return ({ path }) => pattern.test(path);
    }
    case '-lname':
    case '-ilname': {
      const fits = matcher(value(), name === '-ilname');
      return ({ path, stat: { kind } }) => kind === 'symlink' && fits(text(path) ?? '');
    }
    case '-type': {
      const fits = typeTest(name, value());
      return ({ stat: { kind } }) => fits(kind);
    }
    case '-xtype': {
      const fits = typeTest(name, value());
      return ({ path, depth, stat: found }) => {
        const follows = search.follow === 'L' || (search.follow === 'H' && depth === 0);
        const other = follows ? lstat(io, path) : found.kind === 'symlink' ? stat(io, path) : found;
        if (!(other instanceof Fault)) return fits(other.kind);
        if (other.errno === 'ENOENT' || other.errno === 'ENOTDIR') return fits('symlink');
        search.code = complain(io, `${word(path)}: ${other.reason}`);
        return false;
      };
    }
    case '-samefile': {
      const wanted = reference(value());
      return ({ stat: found }) => sameFile(found, wanted);
    }
    case '-inum': {
      const fits = number(name, value());
      return ({ stat: { ino } }) => fits(Number(ino));
    }
    case '-links': {
      const fits = number(name, value());
      return ({ stat: { nlink } }) => fits(nlink);
    }
    case '-size': {
      const given = value();
      const [, count, unit] = /^([-+]?\d+)([cwbkMG]?)$/.exec(given) ?? [];
      if (count === undefined) {
        const type = /^[-+]?\d+(.)$/.exec(given)?.[1];
        throw new Misuse(type ? `invalid -size type \`${type}'` : `Invalid argument \`${given}' to -size`);
      }
      const fits = number(name, count);
      const bytes = { c: 1, w: 2, b: 512, k: 1024, M: 1048576, G: 1073741824 }[unit || 'b'] as number;
      return ({ stat: { size } }) => fits(Math.ceil(size / bytes));
    }
    case '-empty':
      return ({ path, stat: { kind, size } }) => {
        if (kind === 'file') return size === 0;
        if (kind !== 'dir') return false;
        const opened = open(io, path, { access: 'read', directory: true });
        if (opened instanceof Fault) {
          search.code = complain(io, `${word(path)}: ${opened.reason}`);
          return false;
        }
        using dir = opened;
        const entries = io.fs.entries(dir);
        return !(entries instanceof Fault) && entries.length === 0;
      };
    case '-newer':
    case '-anewer':
    case '-cnewer': {
      const than = reference(value()).mtime;
      const field = name === '-newer' ? 'mtime' : name === '-anewer' ? 'atime' : 'ctime';
      return ({ stat: found }) => found[field] > than;
    }
    case '-newermt': {
      const given = value();
      const than = parseDate(given, io.session.clock.now());
      if (than === undefined) throw new Misuse(`I cannot figure out how to interpret ${word(given)} as a date or time`);
      return ({ stat: found }) => found.mtime > than;
    }
    case '-mtime':
    case '-atime':
    case '-ctime': {
      const fits = number(name, value());
      return ({ stat: found }) => fits(age(found[`${name[1] as 'm' | 'a' | 'c'}time`], day));
    }
    case '-mmin':
    case '-amin':
    case '-cmin': {
      const fits = number(name, value());
      return ({ stat: found }) => fits(age(found[`${name[1] as 'm' | 'a' | 'c'}time`], day / 1440n));
    }
    case '-perm': {
      const given = value();
      const [, sign = '', rest = ''] = /^([-/]?)(.*)$/s.exec(given) ?? [];
      const mode = /^\+\d/.test(rest) ? undefined : parseMode(rest)?.(0, false, 0);
      if (mode === undefined) throw new Misuse(`invalid mode ${word(given)}`);
      return ({ stat: found }) =>
        sign === '-'
          ? (found.mode & mode) === mode
          : sign === '/'
            ? mode === 0 || (found.mode & mode) !== 0
            : found.mode === mode;
    }
    case '-user':
    case '-uid': {
      const given = value();
      const uid = userNumber(given);
      if (uid === undefined) throw new Misuse(`‘${given}’ is not the name of a known user`);
      return ({ stat: found }) => found.uid === uid;
    }
    case '-group':
    case '-gid': {
      const given = value();
      const gid = groupNumber(given);
      if (gid === undefined) throw new Misuse(`‘${given}’ is not the name of an existing group`);
      return ({ stat: found }) => found.gid === gid;
    }
    case '-nouser':
    case '-nogroup':
      return ({ stat: found }) => /^\d+$/.test(name === '-nouser' ? userName(found.uid) : groupName(found.gid));
    case '-readable':
    case '-writable':
    case '-executable': {
      const wanted = ({ '-readable': 'read', '-writable': 'write', '-executable': 'search' } as const)[name];
      return ({ path }) => io.fs.access(io.fs.cwd, path, wanted) === undefined;
    }
    case '-fstype': {
      const type = value();
      return ({ stat: { mountId } }) => mountsOf(io).find(({ id }) => id === mountId)?.type === type;
    }
    case '-true':
      return () => true;
    case '-false':
      return () => false;
    case '-maxdepth':
    case '-mindepth': {
      const given = value();
      if (!/^\d+$/.test(given))
        throw new Misuse(`Expected a positive decimal integer argument to ${name}, but got ${word(given)}`);
      search[name === '-maxdepth' ? 'depthMax' : 'depthMin'] = Number(given);
      return () => true;
    }
    case '-depth':
      search.depthFirst = true;
      return () => true;
    case '-xdev':
    case '-mount':
      search.oneFileSystem = true;
      return () => true;
    case '-follow':
      search.follow = 'L';
      return () => true;
    case '-noleaf':
    case '-warn':
    case '-nowarn':
      return () => true;
    case '-prune':
      return () => {
        search.prune = true;
        return true;
      };
    case '-quit':
      search.acts = true;
      return () => {
        search.quit = true;
        return true;
      };
    case '-print':
    case '-print0':
      search.acts = true;
      return ({ path }) => {
        io.out(path + (name === '-print' ? '\n' : '\0'));
        return true;
      };
    case '-printf': {
      const format = value();
      for (const letter of unknownDirectives(format))
        complain(io, `warning: unrecognized format directive \`%${letter}'`);
      search.acts = true;
      return (found) => {
        io.out(formatted(search, found, format));
        return true;
      };
    }
    case '-ls':
      search.acts = true;
      return (found) => {
        io.out(listed(io, found));
        return true;
      };
    case '-delete':
      search.acts = search.depthFirst = true;
      return ({ path, stat: { kind } }) => {
        if (path === '.') return true;
        const fault = kind === 'dir' ? io.fs.rmdir(io.fs.cwd, path) : io.fs.unlink(io.fs.cwd, path);
        if (fault) search.code = complain(io, `cannot delete ${word(path)}: ${fault.reason}`);
        return !fault;
      };
    case '-exec':
    case '-execdir':
    case '-ok':
      return execTest(search, words, start, go);
    default:
      if (missing.has(name)) throw new Misuse(`${name} is not part of this lab`);
      throw new Misuse(
        name.startsWith('-') ? `unknown predicate \`${name}'` : `paths must precede expression: \`${name}'`,
      );
  }
};

/** What the real one has besides. */
const missing = new Set(
  '-context -daystart -files0-from -fls -fprint -fprint0 -fprintf -ignore_readdir_race -iregex -newerXY -noignore_readdir_race -okdir -regextype -used'.split(
    ' ',
  ),
);

const execTest = (search: Search, words: readonly string[], start: number, go: (to: number) => void): Test => {
  const { io } = search;
  const name = words[start] as string;
  search.acts = true;
  let end = start + 1;
  while (end < words.length && words[end] !== ';' && !(words[end] === '+' && words[end - 1] === '{}')) end++;
  if (end >= words.length || end === start + 1) throw new Misuse(`missing argument to \`${name}'`);
  go(end + 1);
  const command = words.slice(start + 1, end);
  if (words[end] === '+' && command.filter((each) => each.includes('{}')).length > 1)
    throw new Misuse(`Only one instance of {} is supported with ${name} ... +`);
  const isThere = (): boolean => {
    const [program = ''] = command;
    const there = program.includes('/') || program === '{}' || io.runs(program);
    if (!there) complain(io, `${word(program)}: No such file or directory`);
    return there;
  };
  const run = (args: readonly string[], directory?: string): boolean => {
    if (!canReturn(io, 'Failed to change directory') || !isThere()) return false;
    return io.run(args, undefined, directory) === 0;
  };
  if (name === '-execdir' && words[end] === '+') throw new Misuse('-execdir … + is not part of this lab');
  if (words[end] === '+') {
    const paths: string[] = [];
    search.ends.push(() => {
      if (paths.length > 0 && !run([...command.slice(0, -1), ...paths])) search.code = 1;
    });
    return ({ path }) => {
      paths.push(path);
      return true;
    };
  }
  const answers = name === '-ok' ? asker(io, '') : undefined;
  return ({ path }) => {
    if (answers && !answers(`< ${command[0]} ... ${path} > ? `)) return false;
    if (name !== '-execdir') return run(command.map((each) => each.replaceAll('{}', path)));
    const last = lastName(path);
    const inside = last === '/' ? last : `./${last}`;
    return run(
      command.map((each) => each.replaceAll('{}', inside)),
      path.includes('/') ? parentOf(path) : '.',
    );
  };
};

/** The default kind of -regex, as far as it is JavaScript's too. */
const emacsPattern = (text: string): string =>
  text.replace(/\\([(){}|])|([(){}|])/g, (_, escaped?: string, plain?: string) => escaped ?? `\\${plain}`);

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  '0': '\0',
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  r: '\r',
  v: '\v',
};

const formatted = ({ io }: Search, { path, operand, depth, stat: found }: Found, format: string): string =>
  format.replace(
    /\\([nt0\\abfrv])|%([-0]*)(\d*)(?:\.\d+)?([TAC][@a-zA-Z+]|[a-zA-Z%])/g,
    (all, special?: string, flags = '', width = '', letter = '') => {
      if (special !== undefined) return escapes[special] as string;
      const text = directive(io, path, operand, depth, found, letter) ?? all;
      return flags.includes('-')
        ? text.padEnd(Number(width))
        : text.padStart(Number(width), flags.includes('0') ? '0' : ' ');
    },
  );

/** Letters of `-printf` that mean nothing. */
const unknownDirectives = (format: string): readonly string[] =>
  [...format.matchAll(/%(?:%|[-0]*\d*(?:\.\d+)?(?:[TAC].|([a-zA-Z])))/g)]
    .map(([, letter]) => letter)
    .filter((letter) => letter !== undefined && !'pfhPHdinsbkmMugUGDFlyYtac'.includes(letter)) as string[];

const directive = (
  io: CommandIo,
  path: string,
  operand: string,
  depth: number,
  found: Stat,
  letter: string,
): string | undefined => {
  const time = { T: found.mtime, A: found.atime, C: found.ctime }[letter[0] as string];
  if (letter.length === 2 && time !== undefined) {
    const nanoseconds = `${String(time % 1_000_000_000n).padStart(9, '0')}0`;
    if (letter[1] === '@') return `${time / 1_000_000_000n}.${nanoseconds}`;
    if (letter[1] === '+') return timeText(time, `%Y-%m-%d+%H:%M:%S.${nanoseconds}`);
    return timeText(time, `%${letter[1]}`).replace(
      /^(\d\d:\d\d:\d\d)$|^(\d\d)$/,
      letter[1] === 'T' || letter[1] === 'S' || letter[1] === 'X' ? `$&.${nanoseconds}` : '$&',
    );
  }
  switch (letter) {
    case 'p':
      return path;
    case 'f':
      return lastName(path);
    case 'h':
      return path.includes('/') ? path.replace(/\/[^/]*$/, '') : '.';
    case 'P':
      return path.slice(operand.length).replace(/^\//, '');
    case 'H':
      return operand;
    case 'd':
      return String(depth);
    case 'i':
      return String(found.ino);
    case 'n':
      return String(found.nlink);
    case 's':
      return String(found.size);
    case 'b':
      return String(found.blocks);
    case 'k':
      return String(Math.ceil(found.blocks / 2));
    case 'm':
      return found.mode.toString(8);
    case 'M':
      return modeText(found.kind, found.mode);
    case 'u':
      return userName(found.uid);
    case 'g':
      return groupName(found.gid);
    case 'U':
      return String(found.uid);
    case 'G':
      return String(found.gid);
    case 'D':
      return String(((found.dev % 0x100000) & 0xff) + Math.floor(found.dev / 0x100000) * 256);
    case 'F':
      return mountsOf(io).find(({ id }) => id === found.mountId)?.type ?? 'ext4';
    case 'l': {
      const text = found.kind === 'symlink' ? io.fs.readlink(io.fs.cwd, path) : '';
      return text instanceof Fault ? '' : text;
    }
    case 'y':
      return letterOf(found.kind);
    case 'Y': {
      if (found.kind !== 'symlink') return letterOf(found.kind);
      const end = stat(io, path);
      if (!(end instanceof Fault)) return letterOf(end.kind);
      return end.errno === 'ELOOP' ? 'L' : end.errno === 'ENOENT' || end.errno === 'ENOTDIR' ? 'N' : '?';
    }
    case 't':
      return timeText(found.mtime, `%a %b %e %T.${String(found.mtime % 1_000_000_000n).padStart(9, '0')}0 %Y`);
    case '%':
      return '%';
    default:
      return undefined;
  }
};

const letterOf = (kind: Kind): string => Object.entries(kinds).find(([, each]) => each === kind)?.[0] ?? 'U';

const listed = (io: CommandIo, { path, stat: found }: Found): string => {
  const text = found.kind === 'symlink' ? io.fs.readlink(io.fs.cwd, path) : undefined;
  const fields = [
    String(found.ino).padStart(9),
    String(Math.ceil(found.blocks / 2)).padStart(6),
    modeText(found.kind, rawMode(found)),
    String(found.nlink).padStart(3),
    userName(found.uid).padEnd(8),
    groupName(found.gid).padEnd(8),
    String(found.size).padStart(8),
    listTime(io, found.mtime),
  ];
  return `${fields.join(' ')} ${path}${typeof text === 'string' ? ` -> ${text}` : ''}\n`;
};
