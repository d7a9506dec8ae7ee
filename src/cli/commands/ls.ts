/** lw ls: what stands in a directory, and which names belong together. */
import { errorText } from '../../fs/errno.ts';
import { Fault } from '../../fs/fault.ts';
import type { Entry } from '../../fs/fs.ts';
import { deviceText, identityKey } from '../../fs/identity.ts';
import type { LinkText } from '../../fs/link-text.ts';
import type { Kind, Stat } from '../../fs/stat.ts';
import { type End, type Health, health, type Route } from '../../trace/route.ts';
import { type Place, type TraceOptions, trace } from '../../trace/trace.ts';
import type { Command, Look, Request, Style, World } from '../command.ts';
import { displayWidth } from '../display-width.ts';
import { fit } from '../fit.ts';
import { openPhysical } from '../open-physical.ts';
import { show } from '../show.ts';

/** All that was listed. */
export interface Listing {
  readonly sections: readonly Section[];
  /** Sentences: what could not be looked at. */
  readonly problems: readonly string[];
  /** An operand that is missing or unreadable. */
  readonly failed: boolean;
}

/** The rows of one directory; those of the operands themselves come first, without a directory. */
export interface Section {
  readonly directory: string | undefined;
  readonly rows: readonly Row[];
}

/** One entry. */
export interface Row {
  /** As it is listed: the entry's name, or the operand as written. */
  readonly name: string;
  /** The name with the directory as the user wrote it. */
  readonly path: string;
  readonly kind: Kind;
  readonly ino: bigint;
  /** Undefined where the directory may be read but not searched. */
  readonly stat: Stat | undefined;
  readonly link: Link | undefined;
  /** This entry among all names of its inode; undefined for a directory and for a file with one name. */
  readonly group: Group | undefined;
}

/** The names of one inode in this listing. */
export interface Group {
  /** A letter that all of them carry, where there are at least two. */
  readonly mark: string | undefined;
  readonly here: number;
  readonly names: number;
}

/** Where a symbolic link leads. */
export interface Link {
  readonly text: LinkText | undefined;
  /** What the text says, as a physical path, when nothing on the way is a link. */
  readonly said: string | undefined;
  readonly end: End;
}

export const command: Command<Listing> = {
  name: 'ls',
  summary: 'entries with their inodes, names and where links end',
  operands: '[PATH…]',
  options: {
    all: { type: 'boolean', short: 'a', help: 'list entries whose names start with a dot too' },
    directory: { type: 'boolean', short: 'd', help: 'show a directory itself, not what it holds' },
    bytes: { type: 'boolean', help: 'exact sizes' },
    sort: {
      type: 'string',
      value: 'BY',
      oneOf: ['name', 'inode', 'size', 'names'],
      help: 'name (the default), inode, size or names; the largest size and the most names come first',
    },
  },
  details: `A directory is listed, the working directory if none is named; anything else is shown itself. A symbolic link to a directory is a link: write a slash after it to list what it leads to.

Each entry takes one line: its inode; what it is; how many names (hard links) the inode has and, when there are several, how many of them are in this listing, with a letter that all names of that inode carry; its size; its name. A symbolic link also shows its text after ->, then after => where it really ends when that is another path than the text says, then its state when that is not good: dangling, loop, not a directory, unknown. Unknown means that the way there could not be looked at; the link may well be good.

A directory always has one name, so its count of links, which counts its subdirectories, is left out; --json has it. In the place of a size a device shows its numbers.

Names sort as people count and whatever the locale: case aside, and with numbers by value (a2 before A10), equal ones by their code points. On a terminal long names are cut in the middle to keep one line an entry; where the line is too short even so, the size, the kind, or what stands after => gives way. Elsewhere nothing is cut.`,
  examples: [
    ['lw ls /usr/bin', 'list a directory'],
    ['lw ls --sort inode -a', 'put the names of one inode beside each other'],
    ['lw ls -d /bin /lib', 'show links and directories themselves'],
  ],

  run(world, request) {
    const operands = request.operands.length > 0 ? request.operands : ['.'];
    const { root, absentVolumes } = world;
    const following = { root, absentVolumes, followingMounts: new Set<number>() };
    const visit: Visit = { world, request, following, problems: [], names: new Map() };
    const seen = operands.map((operand) => look(visit, operand));
    const rows = seen.flatMap((each) => (each?.kind === 'itself' ? [each.row] : []));
    const directories = seen.filter((each) => each?.kind === 'directory');
    const compare = order(request.value('sort') ?? 'name');
    const sections = (rows.length > 0 ? [{ directory: undefined, rows }, ...directories] : directories).map(
      ({ directory, rows }) => ({ directory, rows: rows.sort(compare) }),
    );
    return { sections: withGroups(sections, visit.names), problems: visit.problems, failed: seen.includes(undefined) };
  },

  *render(listing, look, request) {
    const titled = listing.sections.length > 1 || request.operands.length > 1;
    let first = true;
    for (const { directory, rows } of listing.sections) {
      if (!first) yield '';
      first = false;
      if (titled && directory !== undefined) yield `${fit(directory, (look.width ?? Infinity) - 1, look.show)}:`;
      yield* table(rows, look, request.flag('bytes'));
    }
  },

  json: ({ sections }) => ({
    directories: sections.flatMap(({ directory }) => directory ?? []),
    entries: entriesAsJson(sections),
  }),

  *paths(listing) {
    for (const { rows } of listing.sections) for (const { path } of rows) yield path;
  },

  exitCode: (listing) => (listing.failed ? 1 : listing.problems.length > 0 ? 3 : 0),
  problems: (listing) => listing.problems,
};

// What there is.

interface Visit {
  readonly world: World;
  readonly request: Request;
  /** How links are followed, whatever directory they lie in. */
  readonly following: Omit<TraceOptions, 'from'>;
  readonly problems: string[];
  /** The entries seen of every inode with several names, each as its directory and name. */
  readonly names: Map<string, Set<string>>;
}

type Draft = Omit<Row, 'group'>;
type Seen =
  | { readonly kind: 'itself'; readonly row: Draft }
  | { readonly kind: 'directory'; readonly directory: string; readonly rows: Draft[] };

/** What an operand shows; undefined when it failed, and a problem says why. */
const look = (visit: Visit, operand: string): Seen | undefined => {
  const { world, request, following } = visit;
  const { end } = trace(world.fs, operand, { ...following, from: world.from, last: 'stay' });
  if (end.kind !== 'found') return failed(visit, `cannot look at ${show(operand)}: ${errorText(end.errno)}`);
  if (end.stat.kind !== 'dir') return lookAt(visit, operand, end.path);
  if (!request.flag('directory')) return lookInside(visit, operand, end.path);
  const { stat } = end;
  return {
    kind: 'itself',
    row: { name: operand, path: operand, kind: stat.kind, ino: stat.ino, stat, link: undefined },
  };
};

const failed = (visit: Visit, problem: string): undefined => {
  visit.problems.push(problem);
  return undefined;
};

/** The operand itself, looked at from its directory as an entry is. */
const lookAt = (visit: Visit, operand: string, path: string): Seen | undefined => {
  const slash = path.lastIndexOf('/');
  const parent = path.slice(0, slash) || '/';
  const directory = openPhysical(visit.world, parent, 'path');
  if (directory instanceof Fault) return failed(visit, `cannot look at ${show(operand)}: ${directory.reason}`);
  using handle = directory;
  const rowOf = entryReader(visit, { handle, path: parent });
  const row = rowOf(path.slice(slash + 1));
  if (row instanceof Fault) return failed(visit, `cannot look at ${show(operand)}: ${row.reason}`);
  return { kind: 'itself', row: { ...row, name: operand, path: operand } };
};

const lookInside = (visit: Visit, operand: string, path: string): Seen | undefined => {
  const directory = openPhysical(visit.world, path, 'read');
  if (directory instanceof Fault) return failed(visit, `cannot list ${show(operand)}: ${directory.reason}`);
  using handle = directory;
  const entries = visit.world.fs.entries(handle);
  if (entries instanceof Fault) return failed(visit, `cannot list ${show(operand)}: ${entries.reason}`);
  const shown = visit.request.flag('all') ? entries : entries.filter(({ name }) => !name.startsWith('.'));
  const rows = rowsOf(visit, { handle, path }, operand, shown);
  return { kind: 'directory', directory: operand, rows };
};

/** The rows of a directory's entries. One that has vanished meanwhile is no entry. */
const rowsOf = (visit: Visit, place: Place, operand: string, entries: readonly Entry[]): Draft[] => {
  const prefix = visit.request.operands.length === 0 ? '' : operand.endsWith('/') ? operand : `${operand}/`;
  const rowOf = entryReader(visit, place);
  const rows: Draft[] = [];
  const refused: Fault[] = [];
  for (const { name, kind, ino } of entries) {
    visit.world.progress(() => `${rows.length} of ${entries.length} entries`);
    const row = rowOf(name);
    const path = prefix + name;
    if (!(row instanceof Fault)) rows.push({ ...row, path });
    else if (row.errno !== 'ENOENT') {
      refused.push(row);
      rows.push({ name, path, kind, ino, stat: undefined, link: undefined });
    }
  }
  const [first] = refused;
  if (first)
    visit.problems.push(`cannot look at ${refused.length} of the entries of ${show(operand)}: ${first.reason}`);
  return rows;
};

/** Reads entries of one directory. */
const entryReader = ({ world, following, names }: Visit, place: Place): ((name: string) => Draft | Fault) => {
  const { fs } = world;
  const self = fs.stat(place.handle, '');
  const directory = self instanceof Fault ? place.path : identityKey(self);
  return (name) => {
    const stat = fs.stat(place.handle, name);
    if (stat instanceof Fault) return stat;
    if (hasSeveralNames(stat)) remember(names, identityKey(stat), `${directory}/${name}`);
    const link =
      stat.kind === 'symlink' ? linkOf(trace(fs, name, { ...following, from: place }), place.path) : undefined;
    return { name, path: name, kind: stat.kind, ino: stat.ino, stat, link };
  };
};

/** A directory's count of links is not a count of names. */
const hasSeveralNames = (stat: Stat): boolean => stat.nlink > 1 && stat.kind !== 'dir';

const remember = (names: Map<string, Set<string>>, inode: string, entry: string): void => {
  const seen = names.get(inode);
  if (seen) seen.add(entry);
  else names.set(inode, new Set([entry]));
};

const linkOf = ({ hops: [first], end }: Route, directory: string): Link => ({
  text: first?.text,
  said: first && physical(first.text, directory),
  end,
});

/** A link text as a path from the root, read as if nothing on the way were a link. */
const physical = (text: LinkText, directory: string): string => {
  const parts: string[] = [];
  for (const part of (text.startsWith('/') ? text : `${directory}/${text}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
};

/** Gives every inode with several names its letter, in the order in which they are met. */
const withGroups = (
  sections: readonly { readonly directory: string | undefined; readonly rows: readonly Draft[] }[],
  names: ReadonlyMap<string, ReadonlySet<string>>,
): Section[] => {
  const marks = new Map<string, string>();
  const groupOf = ({ stat }: Draft): Group | undefined => {
    if (!stat || !hasSeveralNames(stat)) return undefined;
    const inode = identityKey(stat);
    const here = names.get(inode)?.size ?? 1;
    if (here > 1 && !marks.has(inode)) marks.set(inode, letters(marks.size));
    return { mark: marks.get(inode), here, names: stat.nlink };
  };
  return sections.map(({ directory, rows }) => ({
    directory,
    rows: rows.map((row) => ({ ...row, group: groupOf(row) })),
  }));
};

/** A … Z, AA, AB … */
const letters = (index: number): string =>
  (index < 26 ? '' : letters(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26));

// In which order.

type Compare = (a: Draft, b: Draft) => number;

const order = (by: string): Compare => {
  if (by === 'inode') return (a, b) => (a.ino < b.ino ? -1 : a.ino > b.ino ? 1 : byName(a, b));
  if (by === 'size') return (a, b) => (b.stat?.size ?? -1) - (a.stat?.size ?? -1) || byName(a, b);
  if (by === 'names')
    return (a, b) => namesOf(b) - namesOf(a) || (namesOf(a) > 1 ? order('inode')(a, b) : byName(a, b));
  return byName;
};

const namesOf = ({ stat }: Draft): number => (!stat ? 0 : hasSeveralNames(stat) ? stat.nlink : 1);

const collator = new Intl.Collator('und', { numeric: true });

/** As people count, then by code units, so that the order is total and the same everywhere. */
const byName: Compare = (a, b) => collator.compare(a.name, b.name) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

// How it looks.

function* table(rows: readonly Row[], look: Look, exact: boolean): Generator<string> {
  if (rows.length === 0) return;
  const screen = look.width ?? Infinity;
  const gap = screen < 80 ? ' ' : '  ';
  const columns = fitting(
    [
      column(
        'inode',
        'right',
        rows.map(({ ino }) => String(ino)),
      ),
      column(
        'kind',
        'left',
        rows.map(({ kind }) => kindWords[kind]),
      ),
      column('names', 'left', rows.map(namesCell)),
      column(
        'size',
        'right',
        rows.map((row) => sizeCell(row, exact)),
      ),
    ],
    screen - leastRoom,
    gap,
  );
  const room = screen - widthOf(columns, gap);
  yield look.paint(
    'dim',
    fit(`${columns.map(({ head }) => head + gap).join('')}name`, screen, (head) => head),
  );
  for (const [i, row] of rows.entries())
    yield columns.map(({ cells }) => cells[i] + gap).join('') + nameCell(row, room, look);
}

interface Column {
  readonly name: string;
  readonly head: string;
  readonly cells: readonly string[];
}

/** Its cells are as wide as its widest. */
const column = (name: string, side: 'left' | 'right', cells: readonly string[]): Column => {
  const width = cells.reduce((most, cell) => Math.max(most, cell.length), name.length);
  const aligned = (cell: string): string => (side === 'left' ? cell.padEnd(width) : cell.padStart(width));
  return { name, head: aligned(name), cells: cells.map(aligned) };
};

/** Columns that a name, a link text and a state need to tell anything. */
const leastRoom = 28;

/** Where a line is short, the size is left out, then the kind. */
const fitting = (columns: readonly Column[], width: number, gap: string): readonly Column[] => {
  const without = (...names: string[]): readonly Column[] => columns.filter(({ name }) => !names.includes(name));
  const choices = [columns, without('size')];
  return choices.find((choice) => widthOf(choice, gap) <= width) ?? without('size', 'kind');
};

const widthOf = (columns: readonly Column[], gap: string): number =>
  columns.reduce((sum, { head }) => sum + head.length + gap.length, 0);

const kindWords: Readonly<Record<Kind, string>> = {
  file: 'file',
  dir: 'dir',
  symlink: 'link',
  fifo: 'fifo',
  socket: 'socket',
  char: 'char',
  block: 'block',
  unknown: '?',
};

const namesCell = ({ stat, group }: Row): string => {
  if (!stat) return '?';
  if (stat.kind === 'dir') return '-';
  if (!group) return '1';
  const here = group.here >= group.names ? 'all' : group.here;
  return `${group.names}, ${here} here${group.mark === undefined ? '' : ` ${group.mark}`}`;
};

const sizeCell = ({ stat }: Row, exact: boolean): string => {
  if (!stat) return '?';
  if (stat.kind === 'dir') return '-';
  if (stat.kind === 'char' || stat.kind === 'block') return deviceText(stat.rdev);
  return exact ? String(stat.size) : humanSize(stat.size);
};

/** In powers of 1024 with at most four figures, as ls -h writes it: 1023, 1.0K, 1023K, 1.0M. */
const humanSize = (bytes: number): string => {
  let size = bytes;
  let unit = 0;
  while (size >= 1023.5 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return (unit > 0 && size < 9.95 ? size.toFixed(1) : Math.round(size).toString()) + units[unit];
};

const units = ['', 'K', 'M', 'G', 'T', 'P', 'E'] as const;

/** A part of the last cell: what is fixed before it, and a name that may be cut. */
interface Part {
  readonly before: string;
  readonly name: string;
  readonly style: Style | undefined;
}

const nameCell = ({ name, kind, link }: Row, room: number, look: Look): string => {
  const after = kind === 'dir' && !name.endsWith('/') ? '/' : '';
  const state = link && stateOf(link.end);
  const elsewhere = link && endsElsewhere(link);
  const parts: Part[] = [{ before: '', name, style: kind === 'dir' ? 'dir' : link ? 'link' : undefined }];
  if (link?.text !== undefined) parts.push({ before: ' -> ', name: link.text, style: undefined });
  if (elsewhere !== undefined) parts.push({ before: ' => ', name: elsewhere, style: undefined });

  const [first = '', ...rest] = drawParts(parts, room - after.length - (state ? 2 + state.length : 0), look);
  return (
    first + after + rest.join('') + (state && link ? `  ${look.paint(styleOf[health(link.end.kind)], state)}` : '')
  );
};

/** As many of the parts as can be told from each other in that room, each cut to its share of it. */
const drawParts = (parts: readonly Part[], room: number, look: Look): readonly string[] => {
  const wanted = parts.map((part) => displayWidth(look.show(part.name)));
  const left = room - parts.reduce((sum, { before }) => sum + before.length, 0);
  const tellable = parts.length > 2 ? 8 : 6;
  const least = wanted.reduce((sum, width) => sum + Math.min(width, tellable), 0);
  if (left < least && parts.length > 1) return drawParts(parts.slice(0, -1), room, look);
  const shares = share(left, wanted);
  return parts.map(({ before, name, style }, i) => {
    const text = fit(name, shares[i] as number, look.show);
    return before + (style ? look.paint(style, text) : text);
  });
};

/** Columns for each name: all it wants where it wants less than an equal part of what is there. */
const share = (room: number, wanted: readonly number[]): number[] => {
  const given = wanted.map(() => 0);
  let left = room;
  const smallestFirst = wanted.map((_, i) => i).sort((a, b) => (wanted[a] as number) - (wanted[b] as number));
  for (const [taken, i] of smallestFirst.entries()) {
    given[i] = Math.max(0, Math.min(wanted[i] as number, Math.floor(left / (wanted.length - taken))));
    left -= given[i];
  }
  return given;
};

/** Where a link ends, when that is not where its text says, nor on the way there. */
const endsElsewhere = ({ said, end }: Link): string | undefined =>
  'path' in end && end.path !== said && !said?.startsWith(`${end.path}/`) ? end.path : undefined;

const stateOf = (end: End): string | undefined => {
  switch (end.kind) {
    case 'found':
      return undefined;
    case 'missing':
      return 'dangling';
    case 'loop':
      return 'loop';
    case 'too-many-links':
      return 'too many links';
    case 'not-a-directory':
      return 'not a directory';
    case 'name-too-long':
      return 'name too long';
    case 'absent-volume':
      return 'volume absent';
    case 'permission':
    case 'unknown':
      return 'unknown';
  }
};

const styleOf: Readonly<Record<Health, Style>> = { good: 'good', broken: 'bad', unknown: 'doubt' };

/** See schemas/ls.json. */
function* entriesAsJson(sections: readonly Section[]): Generator<Record<string, unknown>> {
  for (const { directory, rows } of sections)
    for (const row of rows) yield { directory: directory ?? null, ...asJson(row) };
}

const asJson = ({ name, path, kind, ino, stat, link, group }: Row): Record<string, unknown> => ({
  name,
  path,
  kind,
  inode: ino,
  device: stat ? deviceText(stat.dev) : null,
  links: stat?.nlink ?? null,
  here: group?.here ?? null,
  group: group?.mark ?? null,
  size: stat?.size ?? null,
  link: link
    ? {
        text: link.text ?? null,
        health: health(link.end.kind),
        end: link.end.kind,
        errno: 'errno' in link.end ? link.end.errno : null,
        path: 'path' in link.end ? link.end.path : null,
      }
    : null,
});
