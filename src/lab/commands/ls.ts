import { Fault } from '../../fs/fault.ts';
import { identityKey } from '../../fs/identity.ts';
import type { Kind, Stat } from '../../fs/stat.ts';
import { modeText } from '../../gnu/mode-text.ts';
import { quotedAs } from '../../gnu/quote.ts';
import type { CommandIo, LabCommand } from '../session.ts';
import { matches } from '../shell/pattern.ts';
import { groupName, human, listTime, timeText, userName } from './show-file.ts';
import { byVersion } from './text.ts';
import {
  type Args,
  byBytes,
  choice,
  complain,
  inDirectory,
  isDirectory,
  lstat,
  named,
  open,
  parse,
  quoted,
  stat,
} from './tool.ts';

const spec =
  'a,all A,almost-all b,escape B,ignore-backups c d,directory f F classify? g G,no-group h,human-readable si H,dereference-command-line hide: i,inode I,ignore: ' +
  'k,kibibytes l L,dereference m n,numeric-uid-gid N,literal o p q,hide-control-chars Q,quote-name quoting-style: r,reverse R,recursive s,size S sort: time: time-style: t u U v X 1 ' +
  'full-time color? file-type format: indicator-style: group-directories-first author zero';

/** One file to be listed. */
interface Item {
  /** As it is shown. */
  readonly name: string;
  readonly path: string;
  /** Undefined where nobody asked, or where it could not be told. */
  readonly stat: Stat | undefined;
  readonly kind: Kind;
  readonly ino: bigint | undefined;
  /** A link's text, and what it leads to. */
  readonly text: string | undefined;
  readonly leadsTo: Stat | undefined;
}

interface Listing {
  readonly io: CommandIo;
  readonly args: Args;
  readonly long: boolean;
  readonly time: 'mtime' | 'atime' | 'ctime';
  readonly order: 'name' | 'time' | 'size' | 'none' | 'extension' | 'version';
  /** `-m`: names in a row. */
  readonly commas: boolean;
  /** How names are quoted. */
  readonly quotes: string;
  readonly indicator: 'none' | 'slash' | 'type' | 'classify';
  readonly needsStat: boolean;
  code: number;
  wroteHeader: boolean;
}

/** ls(1) of coreutils, as it writes into a pipe: one name a line, and none in quotes. */
export const ls: LabCommand = (io, words) => {
  const args = parse(io, words, spec, 2);
  if (typeof args === 'number') return args;
  const listing = listingOf(io, args);
  if (typeof listing === 'number') return listing;
  const operands = args.operands.length > 0 ? args.operands : ['.'];
  const immediate = args.has('d');
  const follow = followOperands(listing, immediate);
  const files: Item[] = [];
  const dirs: Item[] = [];
  for (const path of operands) {
    const isDefault = args.operands.length === 0 && !immediate;
    const item = isDefault ? bareItem('.', '.', 'dir', undefined) : operandItem(listing, path, follow);
    if (item) (item.kind === 'dir' && !immediate ? dirs : files).push(item);
  }
  print(listing, sorted(listing, files));
  if (files.length > 0 && dirs.length > 0) io.out('\n');
  const headed = args.has('R') || files.length > 0 || args.operands.length > 1;
  for (const { path } of sorted(listing, dirs)) directory(listing, path, headed, []);
  return listing.code;
};

/** What each option with a word takes; synonyms stand together. */
const words = {
  sort: [['none'], ['time'], ['size'], ['extension'], ['version'], ['width']],
  time: [
    ['atime', 'access', 'use'],
    ['ctime', 'status'],
    ['mtime', 'modification'],
    ['birth', 'creation'],
  ],
  color: [
    ['always', 'yes', 'force'],
    ['never', 'no', 'none'],
    ['auto', 'tty', 'if-tty'],
  ],
  format: [['verbose', 'long'], ['commas'], ['horizontal', 'across'], ['vertical'], ['single-column']],
  'indicator-style': [['none'], ['slash'], ['file-type'], ['classify']],
  'quoting-style': [
    ...[['literal'], ['shell'], ['shell-always'], ['shell-escape'], ['shell-escape-always']],
    ...[['c'], ['c-maybe'], ['escape'], ['locale'], ['clocale']],
  ],
};

const listingOf = (io: CommandIo, args: Args): Listing | number => {
  const chosen = new Map<string, string>();
  for (const { name, value } of args.given) {
    if (!Object.hasOwn(words, name) || value === undefined) continue;
    const found = choice(io, `--${name}`, value, words[name as keyof typeof words]);
    if (typeof found === 'number') return found;
    chosen.set(name, found);
  }
  const absent = [...chosen].find(([name, value]) => notHere[name]?.includes(value));
  if (absent) return complain(io, `--${absent[0]}=${absent[1]} is not part of this lab`, 2);
  const [format, style] = [chosen.get('format'), chosen.get('quoting-style')];
  // -1 does not take -l back.
  const layout = args.last('l', 'g', 'o', 'n', 'full-time', 'm', 'format', ...(args.has('l') ? [] : ['1']));
  const long = layout === 'format' ? format === 'verbose' : layout !== undefined && layout !== 'm' && layout !== '1';
  const commas = layout === 'm' || (layout === 'format' && format === 'commas');
  const quoting = args.last('b', 'N', 'Q', 'quoting-style');
  const quotes =
    (quoting === 'quoting-style' ? style : { b: 'escape', N: 'literal', Q: 'c' }[quoting as string]) ?? 'literal';

  const named = chosen.get('time');
  const time = args.last('c', 'u', 'time');
  const byTime =
    time === 'c' || (time === 'time' && named === 'ctime')
      ? 'ctime'
      : time === undefined || (time === 'time' && named === 'mtime')
        ? 'mtime'
        : 'atime';
  const sort = args.last('S', 't', 'U', 'X', 'f', 'v', 'sort');
  const word = sort === 'sort' ? chosen.get('sort') : sort;
  const order =
    word === 't' || word === 'time' || (word === undefined && byTime !== 'mtime' && !long)
      ? 'time'
      : word === 'S' || word === 'size'
        ? 'size'
        : word === 'U' || word === 'f' || word === 'none'
          ? 'none'
          : word === 'X' || word === 'extension'
            ? 'extension'
            : word === 'v' || word === 'version'
              ? 'version'
              : 'name';
  const last = args.last('F', 'classify', 'p', 'file-type', 'indicator-style');
  const mark = last === 'indicator-style' ? chosen.get(last) : last;
  const indicator =
    mark === 'F' || mark === 'classify'
      ? 'classify'
      : mark === 'p' || mark === 'slash'
        ? 'slash'
        : mark === 'file-type'
          ? 'type'
          : 'none';
  const needsStat = long || order === 'time' || order === 'size' || args.has('s');
  return { io, args, long, commas, quotes, time: byTime, order, indicator, needsStat, code: 0, wroteHeader: false };
};

/** Columns need the width of a terminal, and some words mean what the sketch does not know. */
const notHere: Readonly<Record<string, readonly string[]>> = {
  format: ['horizontal', 'vertical'],
  sort: ['width'],
  time: ['birth'],
  color: ['always'],
};

/** Which links among the operands are looked through. */
const followOperands = ({ args, long, indicator }: Listing, immediate: boolean): 'no' | 'directories' | 'yes' => {
  if (args.has('L') || args.has('H')) return 'yes';
  return immediate || long || indicator === 'classify' ? 'no' : 'directories';
};

const operandItem = (listing: Listing, path: string, follow: 'no' | 'directories' | 'yes'): Item | undefined => {
  const { io } = listing;
  let found = follow === 'no' ? lstat(io, path) : stat(io, path);
  if (follow === 'directories' && (found instanceof Fault ? found.errno === 'ENOENT' : found.kind !== 'dir'))
    found = lstat(io, path);
  if (found instanceof Fault) {
    listing.code = complain(io, `cannot access ${quoted(path)}: ${found.reason}`, 2);
    return undefined;
  }
  return itemOf(listing, path, path, found);
};

const itemOf = (listing: Listing, name: string, path: string, found: Stat | Fault): Item | undefined => {
  if (found instanceof Fault) return undefined;
  const { io, long, indicator } = listing;
  let text: string | undefined;
  let leadsTo: Stat | undefined;
  if (found.kind === 'symlink' && long) {
    const read = io.fs.readlink(io.fs.cwd, path);
    if (read instanceof Fault)
      listing.code ||= complain(io, `cannot read symbolic link ${quoted(path)}: ${read.reason}`, 1);
    else text = read;
    if (indicator !== 'none') {
      const end = stat(io, path);
      if (!(end instanceof Fault)) leadsTo = end;
    }
  }
  return { name, path, stat: found, kind: found.kind, ino: found.ino, text, leadsTo };
};

/** `above`: the identities of the directories that it was come to through. */
const directory = (listing: Listing, path: string, headed: boolean, above: readonly string[]): void => {
  const { io, args, long } = listing;
  const fail = (what: string, fault: Fault): void => {
    listing.code = Math.max(
      listing.code,
      complain(io, `${what} ${quoted(path)}: ${fault.reason}`, above.length === 0 ? 2 : 1),
    );
  };
  const opened = open(io, path, { access: 'read', directory: true });
  if (opened instanceof Fault) {
    fail('cannot open directory', opened);
    return;
  }
  using dir = opened;
  const self = args.has('R') ? io.fs.stat(dir, '') : undefined;
  const key = !self || self instanceof Fault ? '' : identityKey(self);
  if (key !== '' && above.includes(key)) {
    listing.code = complain(io, `${named(path)}: not listing already-listed directory`, 2);
    return;
  }
  if (headed) {
    io.out(`${listing.wroteHeader ? '\n' : ''}${shownName(listing, path)}:\n`);
    listing.wroteHeader = true;
  }
  const entries = io.fs.entries(dir);
  if (entries instanceof Fault) {
    fail('reading directory', entries);
    return;
  }
  const dots = args.last('a', 'A', 'f');
  const own =
    dots === 'a' || dots === 'f' ? ['.', '..'].map((name) => ({ name, kind: 'dir' as Kind, ino: undefined })) : [];
  const items: Item[] = [];
  for (const entry of [...own, ...entries]) {
    const { name, kind } = entry;
    if (name.startsWith('.') && dots === undefined) continue;
    if (args.given.some((given) => isHidden(given, name, dots !== undefined))) continue;
    if (name.endsWith('~') && args.has('B')) continue;
    // Where the directory is `.` its entries are asked for, and named in messages, by their names alone.
    const item = entryItem(listing, path === '.' ? name : inDirectory(path, name), name, kind, entry.ino);
    if (item) items.push(item);
  }
  const list = sorted(listing, items);
  if (long || args.has('s')) {
    const blocks = list.reduce((sum, { stat: each }) => sum + (each?.blocks ?? 0), 0);
    io.out(`total ${args.has('h') ? human(blocks * 512) : Math.ceil(blocks / 2)}\n`);
  }
  print(listing, list);
  if (!args.has('R')) return;
  for (const { name, kind } of list) {
    if (kind !== 'dir' || name === '.' || name === '..') continue;
    directory(listing, inDirectory(path, name), true, [...above, key]);
  }
};

const isHidden = (option: Args['given'][number], name: string, showsAll: boolean): boolean =>
  (option.name === 'I' || (option.name === 'hide' && !showsAll)) &&
  (!name.startsWith('.') || (option.value as string).startsWith('.')) &&
  matches(option.value as string, name);

const entryItem = (
  listing: Listing,
  path: string,
  name: string,
  kind: Kind,
  ino: bigint | undefined,
): Item | undefined => {
  const { io, args, needsStat, indicator } = listing;
  const follow = args.last('L', 'H') === 'L';
  const asks =
    needsStat ||
    (ino === undefined && args.has('i')) ||
    (follow &&
      kind === 'symlink' &&
      (args.has('i') || indicator !== 'none' || args.has('R') || args.has('group-directories-first'))) ||
    (indicator === 'classify' && kind === 'file');
  const bare = bareItem(name, path, kind, ino);
  if (!asks) return bare;
  const found = follow ? stat(io, path) : lstat(io, path);
  if (found instanceof Fault) {
    listing.code = Math.max(listing.code, complain(io, `cannot access ${quoted(path)}: ${found.reason}`, 1));
    return { ...bare, ino: undefined };
  }
  const item = itemOf(listing, name, path, found) as Item;
  return follow || ino === undefined ? item : { ...item, ino };
};

const bareItem = (name: string, path: string, kind: Kind, ino: bigint | undefined): Item => ({
  ...{ name, path, kind, ino },
  stat: undefined,
  text: undefined,
  leadsTo: undefined,
});

const sorted = (listing: Listing, items: readonly Item[]): readonly Item[] => {
  const { args, order, time } = listing;
  if (order === 'none') return items;
  const key = (item: Item): bigint => (order === 'size' ? BigInt(item.stat?.size ?? 0) : (item.stat?.[time] ?? 0n));
  const ending = (item: Item): string => (item.name.includes('.') ? item.name.slice(item.name.lastIndexOf('.')) : '');
  const compare = (a: Item, b: Item): number => {
    const first =
      order === 'extension'
        ? byBytes(ending(a), ending(b))
        : order === 'version'
          ? byVersion(a.name, b.name)
          : order === 'name'
            ? 0
            : Number(key(b) - key(a));
    return first || byBytes(a.name, b.name);
  };
  const list = items.toSorted(args.has('r') ? (a, b) => compare(b, a) : compare);
  if (!args.has('group-directories-first')) return list;
  const isDir = ({ kind, path }: Item): boolean =>
    kind === 'dir' || (kind === 'symlink' && isDirectory(listing.io, path));
  return [...list.filter(isDir), ...list.filter((item) => !isDir(item))];
};

const print = (listing: Listing, items: readonly Item[]): void => {
  const { io, args, long, commas } = listing;
  const end = args.has('zero') ? '\0' : '\n';
  const rows = items.map((item) => [
    ...(args.has('i') ? [item.ino === undefined ? '?' : String(item.ino)] : []),
    ...(args.has('s') ? [item.stat ? blocksText(item.stat, args) : '?'] : []),
    ...(long ? longFields(listing, item) : []),
  ]);
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as Field).toString().length)),
  );
  const lines: string[] = [];
  for (const [index, item] of items.entries()) {
    const fields = (rows[index] as readonly Field[]).map((field, column) => {
      const width = widths[column] as number;
      return typeof field === 'string' ? field.padStart(width) : field.left.padEnd(width);
    });
    lines.push([...fields, shownName(listing, item.name) + tail(listing, item)].join(' '));
  }
  if (commas && lines.length > 0) io.out(rowOf(lines) + end);
  else for (const line of lines) io.out(line + end);
};

/** With commas, in lines of at most 80 characters. */
const rowOf = (names: readonly string[]): string => {
  let out = '';
  let column = 0;
  for (const [index, name] of names.entries()) {
    const width = Array.from(name).length;
    if (index > 0) {
      const fits = column + width + 2 < 80;
      out += fits ? ', ' : ',\n';
      column = fits ? column + 2 : 0;
    }
    out += name;
    column += width;
  }
  return out;
};

const shownName = ({ args, quotes }: Listing, name: string): string => {
  const shown = quotedAs(name, quotes);
  const hides = args.has('q') && ['literal', 'shell', 'shell-always'].includes(quotes);
  return hides ? shown.replace(/[\p{Cc}\p{Cs}]/gu, '?') : shown;
};

/** Right-aligned, or left-aligned. */
type Field = string | { readonly left: string; toString(): string };
const left = (text: string): Field => ({ left: text, toString: () => text });

const longFields = ({ io, args, time }: Listing, { stat: found, kind }: Item): readonly Field[] => {
  const owner = (name: string, number: number): Field => (args.has('n') ? String(number) : left(name));
  const withOwner = !args.has('g');
  const withGroup = !args.has('o') && !args.has('G');
  if (!found) {
    const unknown: Field[] = [left(`${modeText(kind, 0)[0]}?????????`), '?', '?', '?', '?', '           ?'];
    return unknown
      .filter((_, i) => (i !== 2 || withOwner) && (i !== 3 || withGroup))
      .map((field, i) => (i === 2 || i === 3 ? left(String(field)) : field));
  }
  return [
    left(modeText(found.kind, found.mode)),
    String(found.nlink),
    ...(withOwner ? [owner(userName(found.uid), found.uid)] : []),
    ...(withGroup ? [owner(groupName(found.gid), found.gid)] : []),
    ...(args.has('author') ? [owner(userName(found.uid), found.uid)] : []),
    found.kind === 'char' || found.kind === 'block'
      ? `${Math.floor(found.rdev / 0x100000)}, ${found.rdev % 0x100000}`
      : args.has('h')
        ? human(found.size)
        : String(found.size),
    timeOf(io, args, found[time]),
  ];
};

const timeOf = (io: CommandIo, args: Args, time: bigint): string => {
  const style = args.last('time-style', 'full-time') === 'full-time' ? 'full-iso' : args.value('time-style');
  if (style === 'full-iso') return timeText(time, '%F %T.%N %z');
  if (style === 'long-iso') return timeText(time, '%F %R');
  if (style?.startsWith('+')) return timeText(time, style.slice(1));
  return listTime(io, time);
};

const blocksText = ({ blocks }: Stat, args: Args): string =>
  args.has('h') ? human(blocks * 512) : String(Math.ceil(blocks / 2));

/** What follows the name: where a link leads, and a mark of its kind. */
const tail = (listing: Listing, { text, leadsTo, kind, stat: found }: Item): string => {
  if (text !== undefined)
    return ` -> ${shownName(listing, text)}${leadsTo ? mark(listing, leadsTo.kind, leadsTo) : ''}`;
  return mark(listing, kind, found);
};

const mark = ({ indicator }: Listing, kind: Kind, found: Stat | undefined): string => {
  if (indicator === 'none') return '';
  if (kind === 'dir') return '/';
  if (indicator === 'slash') return '';
  if (kind === 'file') return indicator === 'classify' && found && found.mode & 0o111 ? '*' : '';
  return { symlink: '@', fifo: '|', socket: '=' }[kind as string] ?? '';
};
