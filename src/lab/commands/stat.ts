import { Fault } from '../../fs/fault.ts';
import { rawMode, type Stat } from '../../fs/stat.ts';
import { modeText } from '../../gnu/mode-text.ts';
import type { CommandIo, LabCommand } from '../session.ts';
import { byteText } from '../shell/word-parts.ts';
import { mountsOf } from './mounts.ts';
import { fullTime, groupName, human, kindText, userName } from './show-file.ts';
import { complain, inDirectory, lstat, misused, named, open, parse, quoted, stat } from './tool.ts';

const usual =
  '  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\nDevice: %Hd,%Ld\tInode: %-10i  Links: %h\n' +
  'Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z\n Birth: %w\n';
const usualDevice = usual.replace('Links: %h', 'Links: %-5h Device type: %t,%T');

/** stat(1), of files; -f tells of their file systems. */
export const statCommand: LabCommand = (io, words) => {
  const args = parse(io, words, 'c,format: f,file-system L,dereference printf: t,terse');
  if (typeof args === 'number') return args;
  if (args.operands.length === 0) return misused(io, 'missing operand');
  const which = args.last('c', 'printf');
  const text = which === undefined ? undefined : (args.value(which) as string);
  const format = which === 'printf' ? plainEscapes(text ?? '') : text === undefined ? undefined : `${text}\n`;
  let code = 0;
  for (const path of args.operands) {
    const follow = args.has('L') || args.has('f');
    const found = follow ? stat(io, path) : lstat(io, path);
    if (found instanceof Fault) {
      const what = args.has('f') ? 'cannot read file system information for' : 'cannot statx';
      code = complain(io, `${what} ${quoted(path)}: ${found.reason}`);
    } else if (args.has('f')) io.out(fileSystem(io, path, found, format));
    else {
      const isDevice = found.kind === 'char' || found.kind === 'block';
      io.out(
        formatted(
          io,
          path,
          found,
          format ??
            (args.has('t') ? '%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n' : isDevice ? usualDevice : usual),
          format === undefined,
        ),
      );
    }
  }
  return code;
};

const plainEscapes = (text: string): string =>
  text.replace(
    /\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|([abefnrtv"\\]))/g,
    (_, octal?: string, hex?: string, letter?: string) =>
      octal === undefined && hex === undefined
        ? ({ a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }[letter as string] ??
          (letter as string))
        : byteText(Number.parseInt(octal ?? (hex as string), octal === undefined ? 16 : 8) & 0xff),
  );

const seconds = (time: bigint | undefined): string => String((time ?? 0n) / 1_000_000_000n);

/** Replaces each directive; `bare`: %N without quotes. */
const formatted = (io: CommandIo, path: string, found: Stat, format: string, bare: boolean): string => {
  const value = (letter: string): string | number | bigint => {
    switch (letter) {
      case 'n':
        return path;
      case 'N': {
        const text = found.kind === 'symlink' ? io.fs.readlink(io.fs.cwd, path) : undefined;
        const show = bare ? (name: string) => name : quoted;
        return show(path) + (typeof text === 'string' ? ` -> ${show(text)}` : '');
      }
      case 'a':
        return found.mode.toString(8);
      case 'A':
        return modeText(found.kind, found.mode);
      case 'b':
        return found.blocks;
      case 'B':
        return 512;
      case 'd':
        return deviceNumber(found.dev);
      case 'D':
        return deviceNumber(found.dev).toString(16);
      case 'Hd':
        return Math.floor(found.dev / 0x100000);
      case 'Ld':
        return found.dev % 0x100000;
      case 'f':
        return rawMode(found).toString(16);
      case 'F':
        return kindText(found);
      case 'g':
        return found.gid;
      case 'G':
        return groupName(found.gid);
      case 'h':
        return found.nlink;
      case 'i':
        return found.ino;
      case 'm':
        return mountsOf(io).find(({ id }) => id === found.mountId)?.point ?? '/';
      case 'o':
        return 4096;
      case 's':
        return found.size;
      case 't':
        return Math.floor(found.rdev / 0x100000).toString(16);
      case 'T':
        return (found.rdev % 0x100000).toString(16);
      case 'r':
        return deviceNumber(found.rdev);
      case 'R':
        return deviceNumber(found.rdev).toString(16);
      case 'u':
        return found.uid;
      case 'U':
        return userName(found.uid);
      case 'w':
        return found.btime === undefined ? '-' : fullTime(found.btime);
      case 'W':
        return seconds(found.btime);
      case 'x':
        return fullTime(found.atime);
      case 'X':
        return seconds(found.atime);
      case 'y':
        return fullTime(found.mtime);
      case 'Y':
        return seconds(found.mtime);
      case 'z':
        return fullTime(found.ctime);
      case 'Z':
        return seconds(found.ctime);
      default:
        return '?';
    }
  };
  return format.replace(
    /%([-0 +#]*)(\d*)(?:\.(\d+))?([HL]?[a-zA-Z%])/g,
    (_, flags: string, width: string, precision: string | undefined, letter: string) => {
      if (letter === '%') return '%';
      let text = String(value(letter));
      if (precision !== undefined && typeof value(letter) === 'string') text = text.slice(0, Number(precision));
      if (flags.includes('#') && letter === 'a') text = `0${text}`;
      if (flags.includes('-')) return text.padEnd(Number(width));
      return text.padStart(Number(width), flags.includes('0') ? '0' : ' ');
    },
  );
};

/** The device number as glibc's makedev(3) packs it. */
const deviceNumber = (dev: number): number => {
  const [major, minor] = [Math.floor(dev / 0x100000), dev % 0x100000];
  return (minor & 0xff) + major * 256 + Math.floor(minor / 256) * 0x100000;
};

const fileSystem = (io: CommandIo, path: string, found: Stat, format: string | undefined): string => {
  const type = mountsOf(io).find(({ id }) => id === found.mountId)?.type ?? 'ext4';
  const shown = type === 'ext4' ? 'ext2/ext3' : type;
  if (format === undefined)
    return `  File: "${path}"\n    ID: ${found.dev.toString(16)} Namelen: 255     Type: ${shown}\nBlock size: 4096       Fundamental block size: 4096\n`;
  return format.replace(
    /%([nTltSsi%])/g,
    (_, letter: string) =>
      ({ n: path, T: shown, l: '255', s: '4096', S: '4096', i: found.dev.toString(16), '%': '%' })[letter] ?? '?',
  );
};

/** namei(1) of util-linux: each name on the way, links and all. */
export const namei: LabCommand = (io, words) => {
  const args = parse(io, words, 'l,long m,modes n,nosymlinks o,owners v,vertical x,mountpoints');
  if (typeof args === 'number') return args;
  if (args.operands.length === 0) {
    io.err('namei: pathname argument is missing\n');
    return 1;
  }
  const modes = args.has('m') || args.has('l');
  const owners = args.has('o') || args.has('l');
  const vertical = args.has('v') || args.has('l');
  let code = 0;
  const widths = { user: 0, group: 0 };
  interface Row {
    readonly name: string;
    readonly depth: number;
    readonly stat: Stat | Fault;
    readonly text: string | undefined;
    readonly isMount: boolean;
  }
  const follow = (
    path: string,
    dir: string,
    depth: number,
    rows: Row[],
    links: { count: number },
  ): string | undefined => {
    let at = path.startsWith('/') ? '/' : dir;
    const names = path.split('/').filter((name) => name !== '');
    if (path.startsWith('/')) rows.push({ name: '/', depth, stat: lstat(io, '/'), text: undefined, isMount: true });
    for (const name of names) {
      const here = at === '' ? name : inDirectory(at, name);
      const found = lstat(io, here);
      const text = !(found instanceof Fault) && found.kind === 'symlink' ? io.fs.readlink(io.fs.cwd, here) : undefined;
      const shown = text instanceof Fault ? undefined : text;
      rows.push({ name, depth, stat: found, text: shown, isMount: !(found instanceof Fault) && found.mountRoot });
      if (found instanceof Fault) return undefined;
      if (shown === undefined || args.has('n')) at = here;
      else {
        if (++links.count > 255) return undefined;
        const end = follow(shown, at, depth + 1, rows, links);
        if (end === undefined) return undefined;
        at = end;
      }
    }
    return at;
  };
  for (const path of args.operands) {
    const rows: Row[] = [];
    const links = { count: 0 };
    follow(path, '', 0, rows, links);
    // What is missing counts as root's.
    for (const { stat: found } of rows) {
      const { uid, gid } = found instanceof Fault ? { uid: 0, gid: 0 } : found;
      widths.user = Math.max(widths.user, userName(uid).length);
      widths.group = Math.max(widths.group, groupName(gid).length);
    }
    io.out(`f: ${path}\n`);
    for (const { name, depth, stat: found, text, isMount } of rows) {
      const { kind, mode, uid, gid } =
        found instanceof Fault ? ({ kind: 'file', mode: 0, uid: 0, gid: 0 } as const) : found;
      const letters = modeText(kind, mode);
      const letter = isMount && args.has('x') && kind === 'dir' ? 'D' : letters.slice(0, 1);
      const fields = [letter + (modes ? letters.slice(1) : '')];
      if (owners) fields.push(userName(uid).padEnd(widths.user), groupName(gid).padEnd(widths.group));
      const prefix = fields.join(' ').replace(/./g, (char) => (found instanceof Fault ? ' ' : char));
      const indent = '  '.repeat(depth);
      const end = found instanceof Fault ? ` - ${found.reason}` : text === undefined ? '' : ` -> ${text}`;
      io.out(`${vertical ? `${prefix} ${indent}` : `${indent} ${prefix} `}${name}${end}\n`);
      if (found instanceof Fault) code = 1;
    }
    if (links.count > 255) io.err(`namei: ${path}: exceeded limit of symlinks\n`);
  }
  return code;
};

/** du(1): each inode once, however many names it has. */
export const du: LabCommand = (io, words) => {
  const args = parse(
    io,
    words,
    'a,all apparent-size b,bytes c,total d,max-depth: D,dereference-args h,human-readable H k L,dereference l,count-links m P s,summarize S,separate-dirs x,one-file-system inodes 0,null',
  );
  if (typeof args === 'number') return args;
  const depth = args.value('d');
  if (depth !== undefined && !/^\d+$/.test(depth)) return misused(io, `invalid maximum depth ${quoted(depth)}`);
  if (args.has('a') && args.has('s')) return misused(io, 'cannot both summarize and show all entries');
  const depthMax = args.has('s') ? 0 : depth === undefined ? Infinity : Number(depth);
  const seen = new Set<string>();
  const bytes = args.has('b');
  const size = (found: Stat): number =>
    args.has('inodes')
      ? 1
      : bytes || args.has('apparent-size')
        ? found.kind === 'file' || found.kind === 'symlink' || found.kind === 'dir'
          ? found.size
          : 0
        : found.blocks * 512;
  const show = (total: number): string => {
    if (args.has('inodes') || bytes) return String(total);
    if (args.has('h')) return human(total);
    return String(Math.ceil(total / (args.has('m') ? 1048576 : 1024)));
  };
  const print = (total: number, path: string): void => io.out(`${show(total)}\t${path}${args.has('0') ? '\0' : '\n'}`);
  let code = 0;
  const measure = (path: string, level: number, dev: number | undefined): number => {
    const follow = args.has('L') || (level === 0 && (args.has('D') || args.has('H')));
    const found = follow ? stat(io, path) : lstat(io, path);
    if (found instanceof Fault) {
      code = complain(io, `cannot access ${quoted(path)}: ${found.reason}`);
      return 0;
    }
    if (args.has('x') && dev !== undefined && dev !== found.dev) return 0;
    const key = `${found.dev}:${found.ino}`;
    if (!args.has('l') || found.kind === 'dir') {
      if ((found.nlink > 1 || found.kind === 'dir' || args.has('L')) && seen.has(key)) return 0;
      seen.add(key);
    }
    let total = size(found);
    if (found.kind === 'dir') {
      const opened = open(io, path, { access: 'read', directory: true });
      const entries = opened instanceof Fault ? opened : io.fs.entries(opened);
      if (!(opened instanceof Fault)) opened[Symbol.dispose]();
      if (entries instanceof Fault) code = complain(io, `cannot read directory ${quoted(path)}: ${entries.reason}`);
      else if (level < 1000)
        for (const { name } of entries) {
          const below = measure(inDirectory(path, name), level + 1, found.dev);
          const isDir = lstat(io, inDirectory(path, name));
          if (!args.has('S') || isDir instanceof Fault || isDir.kind !== 'dir') total += below;
        }
    }
    if (level === 0 || (level <= depthMax && (found.kind === 'dir' || args.has('a')))) print(total, path);
    return total;
  };
  let sum = 0;
  for (const path of args.operands.length > 0 ? args.operands : ['.']) sum += measure(path, 0, undefined);
  if (args.has('c')) print(sum, 'total');
  return code;
};

/** df(1): what is mounted, and how full it is: a volume of the lab has 256 MiB. */
export const df: LabCommand = (io, words) => {
  const args = parse(
    io,
    words,
    'a,all h,human-readable H i,inodes k l P,portability T,print-type t,type: x,exclude-type: total',
  );
  if (typeof args === 'number') return args;
  let code = 0;
  const mounts = mountsOf(io);
  let chosen = [...mounts];
  if (args.operands.length > 0) {
    chosen = [];
    for (const path of args.operands) {
      const found = stat(io, path);
      if (found instanceof Fault) {
        code = complain(io, `${named(path)}: ${found.reason}`);
        continue;
      }
      const mount = mounts.find(({ id }) => id === found.mountId);
      if (mount) chosen.push(mount);
    }
    if (chosen.length === 0) return code;
  } else chosen = chosen.filter((mount, i) => args.has('a') || chosen.findIndex(({ dev }) => dev === mount.dev) === i);
  const type = args.value('t');
  if (type !== undefined) chosen = chosen.filter((mount) => mount.type === type);
  const inodes = args.has('i');
  const shown = (bytes: number): string => (args.has('h') ? human(bytes) : String(Math.ceil(bytes / 1024)));
  const rows = chosen.map((mount) => {
    const [total, free] = inodes ? [65536, Math.min(65536, mount.freeInodes)] : [2 ** 28, mount.freeBytes];
    const used = total - free;
    const number = inodes ? String : shown;
    return [
      mount.source,
      ...(args.has('T') ? [mount.type] : []),
      number(total),
      number(used),
      number(free),
      `${total === 0 ? '-' : Math.ceil((100 * used) / total)}%`,
      mount.point,
    ];
  });
  const head = inodes
    ? ['Inodes', 'IUsed', 'IFree', 'IUse%']
    : args.has('h')
      ? ['Size', 'Used', 'Avail', 'Use%']
      : [args.has('P') ? '1024-blocks' : '1K-blocks', 'Used', 'Available', args.has('P') ? 'Capacity' : 'Use%'];
  const table = [['Filesystem', ...(args.has('T') ? ['Type'] : []), ...head, 'Mounted on'], ...rows];
  const widths =
    table[0]?.map((_, i) => Math.max(i === 0 ? 14 : 0, ...table.map((row) => (row[i] as string).length))) ?? [];
  for (const row of table)
    io.out(
      `${row.map((field, i) => (i === row.length - 1 ? field : i === 0 || (args.has('T') && i === 1) ? field.padEnd(widths[i] as number) : field.padStart(widths[i] as number))).join(' ')}\n`,
    );
  return code;
};
