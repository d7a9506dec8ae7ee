import { Fault } from '../../fs/fault.ts';
import { quotedAs } from '../../gnu/quote.ts';
import type { CommandIo, LabCommand } from '../session.ts';
import { users } from '../users.ts';
import { parseDate } from './directories.ts';
import { parseMode } from './mode.ts';
import { groupName, timeText, userName } from './show-file.ts';
import {
  choice,
  complain,
  inDirectory,
  lastName,
  linesOf,
  lstat,
  misused,
  named,
  namesIn,
  open,
  parentOf,
  parse,
  quoted,
  readAll,
  readText,
  stat,
  word,
} from './tool.ts';

/** basename(1). */
export const basename: LabCommand = (io, words) => {
  const args = parse(io, words, 'a,multiple s,suffix: z,zero', 1, true);
  if (typeof args === 'number') return args;
  const [first, second, extra] = args.operands;
  if (first === undefined) return misused(io, 'missing operand');
  const several = args.has('a') || args.has('s');
  if (!several && extra !== undefined) return misused(io, `extra operand ${word(extra)}`);
  const suffix = several ? args.value('s') : second;
  for (const path of several ? args.operands : [first]) {
    const name = lastName(path);
    io.out(
      (suffix && name !== suffix && name.endsWith(suffix) && name !== '/' ? name.slice(0, -suffix.length) : name) +
        (args.has('z') ? '\0' : '\n'),
    );
  }
  return 0;
};

/** dirname(1). */
export const dirname: LabCommand = (io, words) => {
  const args = parse(io, words, 'z,zero');
  if (typeof args === 'number') return args;
  if (args.operands.length === 0) return misused(io, 'missing operand');
  for (const path of args.operands) io.out(parentOf(path) + (args.has('z') ? '\0' : '\n'));
  return 0;
};

/** date(1), of the lab's own clock. */
export const date: LabCommand = (io, words) => {
  const args = parse(io, words, 'd,date: I,iso-8601? R,rfc-email r,reference: u,utc universal');
  if (typeof args === 'number') return args;
  const [form, extra] = args.operands;
  if (extra !== undefined) return misused(io, `extra operand ${word(extra)}`);
  if (form !== undefined && !form.startsWith('+')) return complain(io, `invalid date ${word(form)}`);
  const text = args.value('d');
  const reference = args.value('r');
  const found = reference === undefined ? undefined : stat(io, reference);
  if (found instanceof Fault) return complain(io, `${named(reference ?? '')}: ${found.reason}`);
  const time = found
    ? found.mtime
    : text === undefined
      ? io.session.clock.now()
      : parseDate(text, io.session.clock.now());
  if (time === undefined) return complain(io, `invalid date ${word(text ?? '')}`);
  const precise = choice(io, '--iso-8601', args.value('I') ?? 'date', [
    ['hours'],
    ['minutes'],
    ['date'],
    ['seconds'],
    ['ns'],
  ]);
  if (typeof precise === 'number') return precise;
  const iso =
    { hours: '%FT%H+00:00', minutes: '%FT%R+00:00', seconds: '%FT%T+00:00', ns: '%FT%T,%N+00:00' }[precise] ?? '%F';
  const format = form?.slice(1) ?? (args.has('I') ? iso : args.has('R') ? '%a, %d %b %Y %T %z' : '%a %b %e %T %Z %Y');
  io.out(`${timeText(time, format)}\n`);
  return 0;
};

/** id(1), groups(1) and whoami(1). */
export const id: LabCommand = (io, words) => {
  const args = parse(io, words, 'g,group G,groups n,name r,real u,user');
  if (typeof args === 'number') return args;
  const [name] = args.operands;
  const other = name === undefined ? undefined : users.find((user) => user.name === name || String(user.uid) === name);
  if (name !== undefined && !other) return complain(io, `${word(name)}: no such user`);
  const who = other ?? io.fs.who;
  const groups = [who.gid, ...who.groups.filter((gid) => gid !== who.gid)];
  const show = (number: number, text: string): string => (args.has('n') ? text : String(number));
  if (args.has('u')) io.out(`${show(who.uid, userName(who.uid))}\n`);
  else if (args.has('G')) io.out(`${groups.map((gid) => show(gid, groupName(gid))).join(' ')}\n`);
  else if (args.has('g')) io.out(`${show(who.gid, groupName(who.gid))}\n`);
  else if (args.has('n') || args.has('r')) return complain(io, 'cannot print only names or real IDs in default format');
  else
    io.out(
      `uid=${who.uid}(${userName(who.uid)}) gid=${who.gid}(${groupName(who.gid)}) groups=${groups.map((gid) => `${gid}(${groupName(gid)})`).join(',')}\n`,
    );
  return 0;
};

export const whoami: LabCommand = (io, words) => {
  const args = parse(io, words, '');
  if (typeof args === 'number') return args;
  const [extra] = args.operands;
  if (extra !== undefined) return misused(io, `extra operand ${word(extra)}`);
  io.out(`${userName(io.fs.who.uid)}\n`);
  return 0;
};

/** sleep(1): the lab's clock goes on at once. */
export const sleep: LabCommand = (io, words) => {
  const args = parse(io, words, '');
  if (typeof args === 'number') return args;
  if (args.operands.length === 0) return misused(io, 'missing operand');
  for (const text of args.operands) {
    const time = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(text);
    if (!time) return misused(io, `invalid time interval ${word(text)}`);
    const seconds = Number(time[1]) * { s: 1, m: 60, h: 3600, d: 86400 }[(time[2] || 's') as 's' | 'm' | 'h' | 'd'];
    for (let i = 0; i < Math.min(seconds, 86400); i++) io.session.clock.tick();
  }
  return 0;
};

/** sync(1): in the lab everything is where it belongs. */
export const sync: LabCommand = (io, words) => {
  const args = parse(io, words, 'd,data f,file-system');
  if (typeof args === 'number') return args;
  let code = 0;
  for (const path of args.operands) {
    const opened = open(io, path, { access: 'read' });
    if (opened instanceof Fault) code = complain(io, `error opening ${quoted(path)}: ${opened.reason}`);
    else opened[Symbol.dispose]();
  }
  return code;
};

/** tree(1). */
export const tree: LabCommand = (io, words) => {
  const args = parse(io, words, 'a d F f i L: inodes noreport');
  if (typeof args === 'number') return args;
  const depth = Number(args.value('L') ?? Infinity);
  const count = { directories: 0, files: 0 };
  const below = (dir: string, prefix: string, level: number): void => {
    const names = level < Math.min(depth, 200) ? namesIn(io, dir) : [];
    if (names instanceof Fault) return;
    const items = names
      .filter((name) => args.has('a') || !name.startsWith('.'))
      .map((name) => ({ name, path: inDirectory(dir, name), found: lstat(io, inDirectory(dir, name)) }))
      .filter(
        ({ path, found }) =>
          !args.has('d') ||
          (!(found instanceof Fault) &&
            (found.kind === 'dir' ||
              (found.kind === 'symlink' && (stat(io, path) as { kind?: string }).kind === 'dir'))),
      );
    for (const [index, { name, path, found }] of items.entries()) {
      const isLast = index === items.length - 1;
      const kind = found instanceof Fault ? 'file' : found.kind;
      const text = kind === 'symlink' ? io.fs.readlink(io.fs.cwd, path) : undefined;
      const end = kind === 'symlink' ? stat(io, path) : found;
      const isDir = !(end instanceof Fault) && end.kind === 'dir';
      count[isDir ? 'directories' : 'files']++;
      const ino = args.has('inodes') && !(found instanceof Fault) ? `[${String(found.ino).padStart(7)}]  ` : '';
      const mark = args.has('F') && kind === 'dir' ? '/' : '';
      const shown = args.has('f') ? path : name;
      io.out(
        `${args.has('i') ? '' : `${prefix}${isLast ? '└── ' : '├── '}`}${ino}${shown}${mark}${typeof text === 'string' ? ` -> ${text}` : ''}\n`,
      );
      if (kind === 'dir') below(path, `${prefix}${isLast ? '    ' : '│\u00a0\u00a0 '}`, level + 1);
    }
  };
  let code = 0;
  for (const path of args.operands.length > 0 ? args.operands : ['.']) {
    const found = stat(io, path);
    if (found instanceof Fault || found.kind !== 'dir') {
      io.out(`${path}  [error opening dir]\n`);
      code = 2;
      continue;
    }
    io.out(`${path}\n`);
    count.directories++;
    below(path, '', 0);
  }
  const plural = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
  if (!args.has('noreport'))
    io.out(
      `\n${plural(count.directories, 'directory', 'directories')}${args.has('d') ? '' : `, ${plural(count.files, 'file', 'files')}`}\n`,
    );
  return code;
};

/** file(1): kinds, and of regular files whether they are text. */
export const file: LabCommand = (io, words) => {
  const args = parse(io, words, 'b,brief h,no-dereference L,dereference i,mime');
  if (typeof args === 'number') return args;
  if (args.operands.length === 0) {
    io.err('Usage: file [-bhL] FILE...\n');
    return 1;
  }
  const width = Math.max(...args.operands.map((path) => path.length));
  for (const path of args.operands)
    io.out(
      `${args.has('b') ? '' : `${path}: ${' '.repeat(width - path.length)}`}${description(io, path, args.has('L'))}\n`,
    );
  return 0;
};

const description = (io: CommandIo, path: string, follow: boolean): string => {
  const found = follow ? stat(io, path) : lstat(io, path);
  if (found instanceof Fault) return `cannot open \`${path}' (${found.reason})`;
  const bits = `${found.mode & 0o4000 ? 'setuid, ' : ''}${found.mode & 0o2000 ? 'setgid, ' : ''}${found.mode & 0o1000 ? 'sticky, ' : ''}`;
  if (found.kind === 'symlink') {
    const text = io.fs.readlink(io.fs.cwd, path);
    return `${stat(io, path) instanceof Fault ? 'broken ' : ''}symbolic link to ${text instanceof Fault ? '' : text}`;
  }
  if (found.kind !== 'file')
    return (
      bits + ({ dir: 'directory', fifo: 'fifo (named pipe)', socket: 'socket' }[found.kind as string] ?? found.kind)
    );
  if (found.size === 0) return `${bits}empty`;
  const opened = open(io, path, { access: 'read' });
  if (opened instanceof Fault) return `${bits}regular file, no read permission`;
  using handle = opened;
  const text = readAll(io, handle);
  if (text instanceof Fault) return `cannot read (${text.reason})`;
  if (/[\0\udc80-\udcff]/.test(text)) return `${bits}data`;
  const ends = text.includes('\n') ? '' : ', with no line terminators';
  if (text.startsWith('#!'))
    return `${bits}${(text.split('\n')[0] ?? '').includes('bash') ? 'Bourne-Again' : 'POSIX'} shell script, ASCII text executable${ends}`;
  return `${bits}${/[^\0-\x7f]/.test(text) ? 'Unicode text, UTF-8' : 'ASCII'} text${ends}`;
};

/** xargs(1). */
export const xargs: LabCommand = (io, words) => {
  const args = parse(
    io,
    words,
    '0,null a,arg-file: d,delimiter: I: i? L: n,max-args: r,no-run-if-empty t,verbose P,max-procs:',
    1,
    true,
  );
  if (typeof args === 'number') return args;
  for (const name of ['n', 'L', 'P'])
    for (const text of [args.value(name) ?? '1']) {
      if (!/^\d+$/.test(text)) return misused(io, `invalid number "${text}" for -${name} option`);
      if (Number(text) === 0 && name !== 'P') return misused(io, `value ${text} for -${name} option should be >= 1`);
    }
  const file = args.value('a');
  const read = file === undefined ? (io.stdin ?? '') : readText(io, file);
  if (read instanceof Fault) return complain(io, `Cannot open input file ${word(file ?? '')}: ${read.reason}`);
  const input = read;
  const place = args.value('I') ?? (args.has('i') ? (args.value('i') ?? '{}') : undefined);
  const delimiter = args.has('0')
    ? '\0'
    : args.value('d')?.replace('\\n', '\n').replace('\\t', '\t').replace('\\0', '\0');
  const items =
    delimiter !== undefined
      ? linesOf(input, delimiter)
      : place !== undefined
        ? linesOf(input)
            .map((line) => line.trimStart())
            .filter((line) => line !== '')
        : wordsOf(input);
  if (typeof items === 'string') return complain(io, items);
  const command = args.operands.length > 0 ? args.operands : ['echo'];
  const each = Number(args.value('n') ?? Infinity);
  const lines: string[][] = [];
  if (args.last('n', 'L', 'I', 'i') === 'L' && delimiter === undefined) {
    const given = linesOf(input).filter((line) => line.trim() !== '');
    const count = Number(args.value('L'));
    if (given.length === 0 && !args.has('r')) lines.push([...command]);
    for (let at = 0; at < given.length; at += count) {
      const some = wordsOf(given.slice(at, at + count).join('\n'));
      if (typeof some !== 'string') lines.push([...command, ...some]);
    }
  } else if (place !== undefined)
    for (const item of items) lines.push(command.map((part) => part.replaceAll(place, item)));
  else if (items.length === 0 && !args.has('r')) lines.push([...command]);
  else
    for (let at = 0; at < items.length; at += Math.min(each, items.length) || 1)
      lines.push([...command, ...items.slice(at, at + (each || 1))]);
  let code = 0;
  for (const line of lines) {
    if (args.has('t')) io.err(`${line.map((each) => quotedAs(each, 'shell-escape')).join(' ')}\n`);
    if (!line[0]?.includes('/') && !io.runs(line[0] ?? ''))
      return complain(io, `${line[0]}: No such file or directory`, 127);
    const ended = io.run(line, '');
    if (ended === 127 || ended === 126) return ended;
    if (ended === 255) return complain(io, `${line[0]}: exited with status 255; aborting`, 124);
    if (ended !== 0) code = 123;
  }
  return code;
};

/** Words with quotes and backslashes; a complaint where a quote is left open. */
const wordsOf = (text: string): readonly string[] | string => {
  const found: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === "'" || char === '"') {
      const end = text.indexOf(char, at + 1);
      const line = text.indexOf('\n', at);
      if (end < 0 || (line >= 0 && line < end))
        return `unmatched ${char === '"' ? 'double' : 'single'} quote; by default quotes are special to xargs unless you use the -0 option`;
      word = (word ?? '') + text.slice(at + 1, end);
      at = end;
    } else if (char === '\\') word = (word ?? '') + (text[++at] ?? '');
    else if (/\s/.test(char)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (word !== undefined) found.push(word);
  return found;
};

/** seq(1), of whole numbers. */
export const seq: LabCommand = (io, words) => {
  const args = parse(
    io,
    words.map((text) => (/^-\d/.test(text) ? `\0${text}` : text)),
    's,separator: w,equal-width',
    1,
    true,
  );
  if (typeof args === 'number') return args;
  if (args.operands[3] !== undefined) return misused(io, `extra operand ${word(args.operands[3].replace('\0', ''))}`);
  const numbers = args.operands.map((text) => Number(text.replace('\0', '')));
  if (numbers.length === 0) return misused(io, 'missing operand');
  const bad = args.operands.find((_, i) => !Number.isFinite(numbers[i]));
  if (bad !== undefined) return misused(io, `invalid floating point argument: ${word(bad)}`);
  const [first, step, last] =
    numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers;
  if (step === 0) return misused(io, `invalid Zero increment value: ${word('0')}`);
  /** As many decimals as the first number or the step has. */
  const places = Math.max(0, ...args.operands.slice(0, -1).map((text) => /\.(\d*)$/.exec(text)?.[1]?.length ?? 0));
  const list: string[] = [];
  for (
    let at = first as number;
    (step as number) > 0 ? at <= (last as number) : at >= (last as number);
    at += step as number
  ) {
    list.push(at.toFixed(places));
    if (list.length > 100_000) break;
  }
  const width = args.has('w') ? Math.max(...list.map((text) => text.length)) : 0;
  if (list.length > 0) io.out(`${list.map((text) => text.padStart(width, '0')).join(args.value('s') ?? '\n')}\n`);
  return 0;
};

/** mkfifo(1). */
export const mkfifo: LabCommand = (io, words) => {
  const args = parse(io, words, 'm,mode:');
  if (typeof args === 'number') return args;
  if (args.operands.length === 0) return misused(io, 'missing operand');
  const text = args.value('m');
  const mode = text === undefined ? undefined : parseMode(text);
  if (text !== undefined && mode === undefined) return complain(io, 'invalid mode');
  let code = 0;
  for (const path of args.operands) {
    const fault = io.fs.mknod(io.fs.cwd, path, 'fifo', 0o666);
    if (!fault && mode) io.fs.chmod(io.fs.cwd, path, mode(0o666, false, io.fs.umask));
    if (fault) code = complain(io, `cannot create fifo ${quoted(path)}: ${fault.reason}`);
  }
  return code;
};

/** env(1): what is known of the environment, or a command in another one. */
export const env: LabCommand = (io, words) => {
  const args = parse(io, words, 'i,ignore-environment u,unset: 0,null v', 125, true);
  if (typeof args === 'number') return args;
  const { variables, exported } = io.session;
  const before = { variables: [...variables], exported: [...exported] };
  const operands = [...args.operands];
  let isEmpty = args.has('i');
  if (operands[0] === '-') {
    isEmpty = true;
    operands.shift();
  }
  if (isEmpty) exported.clear();
  for (const { name, value } of args.given) if (name === 'u') exported.delete(value as string);
  const first = operands.findIndex((text) => !text.includes('='));
  for (const text of operands.slice(0, first < 0 ? undefined : first)) {
    const equals = text.indexOf('=');
    variables.set(text.slice(0, equals), text.slice(equals + 1));
    exported.add(text.slice(0, equals));
  }
  try {
    if (first < 0) {
      tellVariables(io, args.has('0') ? '\0' : '\n');
      return 0;
    }
    const code = io.run(operands.slice(first));
    const name = operands[first] as string;
    if (code === 127) complain(io, `${word(name)}: No such file or directory`);
    if (code === 127 && /\s/.test(name)) complain(io, 'use -[v]S to pass options in shebang lines');
    return code;
  } finally {
    variables.clear();
    for (const [name, value] of before.variables) variables.set(name, value);
    exported.clear();
    for (const name of before.exported) exported.add(name);
  }
};

/** printenv(1) */
export const printenv: LabCommand = (io, words) => {
  const args = parse(io, words, '0,null', 2, true);
  if (typeof args === 'number') return args;
  const end = args.has('0') ? '\0' : '\n';
  if (args.operands.length === 0) tellVariables(io, end);
  let code = 0;
  for (const name of args.operands) {
    const text = io.variable(name);
    if (text === undefined) code = 1;
    else io.out(text + end);
  }
  return code;
};

const tellVariables = (io: Parameters<LabCommand>[0], end: string): void => {
  for (const name of [...io.session.exported].sort()) {
    const text = io.variable(name);
    if (text !== undefined) io.out(`${name}=${text}${end}`);
  }
};
