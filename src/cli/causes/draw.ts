import { deviceText } from '../../fs/identity.ts';
import type { End, Hop } from '../../trace/route.ts';
import type { Look } from '../command.ts';
import { displayWidth } from '../display-width.ts';
import { sizeText } from '../size-text.ts';
import type { Cause } from './cause.ts';
import type { Explanation } from './explain.ts';
import { kindPhrase } from './kind-phrase.ts';
import { speak } from './sentence.ts';

/** A route as people read it: the path, each link, the end, one sentence, and what to try. */
export function* draw(explanation: Explanation, look: Look): Iterable<string> {
  const { route, causes } = explanation;
  yield look.paint('bold', look.show(route.path));
  yield* drawRows([...hopRows(explanation, look), endRow(explanation, look)], look);
  yield* wrap(sentenceOf(explanation, look.show), look.width, '  ');
  for (const [i, cause] of causes.entries()) {
    if (i > 0) yield* wrap(`or ${speak(cause.because, look.show)}`, look.width, '  ');
    yield* remedy(cause, look);
  }
}

/** The whole answer in one sentence; the kernel's contradiction follows in its own. */
export const sentenceOf = ({ verdict, causes, contradiction }: Explanation, show: (name: string) => string): string => {
  const cause = causes[0] ? `; ${speak(causes[0].because, show)}` : '';
  const answer = contradiction?.errno ?? 'that it can be opened';
  const against = contradiction
    ? ` But the kernel answers ${answer}: something changed meanwhile, or a rule that only the kernel knows decides.`
    : '';
  return `${speak(verdict, show)}${cause}.${against}`;
};

function* remedy({ command, advice }: Cause, look: Look): Iterable<string> {
  if (command !== undefined) yield `    try: ${look.paint('bold', command)}`;
  if (advice) yield* wrap(`${command === undefined ? 'try' : 'or'}: ${speak(advice, look.show)}`, look.width, '    ');
}

/** One line of the picture; `notes` may move to a line of their own. */
interface Row {
  /** The margin of the first line and of those that follow it. */
  readonly margin: readonly [string, string];
  readonly left: readonly Piece[];
  readonly notes: readonly string[];
}

interface Piece {
  readonly text: string;
  readonly painted: string;
}

const hopRows = (explanation: Explanation, look: Look): readonly Row[] => {
  const { hops, end } = explanation.route;
  const first = end.kind === 'loop' ? hops.findIndex((hop) => hop.link === end.cycle[0]) : hops.length;
  const last = hops.length - 1;
  return hops.map((hop, i) => {
    const link = look.show(hop.link);
    const text = look.show(hop.text);
    return {
      margin: i < first ? plainMargin : cycleMargin(i === first, i === last),
      left: [
        { text: link, painted: look.paint('link', link) },
        { text: `-> ${text}`, painted: `-> ${text}` },
      ],
      notes: notesOf(hop, explanation, look),
    };
  });
};

const plainMargin = ['  ', '  '] as const;

const cycleMargin = (first: boolean, last: boolean): readonly [string, string] => {
  if (first && last) return ['↻ ', '  '];
  return [first ? '┌ ' : last ? '└ ' : '│ ', last ? '  ' : '│ '];
};

/** What a hop changes, and whose it is where that matters. */
const notesOf = (hop: Hop, { mounts, strangers }: Explanation, look: Look): readonly string[] => {
  const owner = strangers.get(hop.stat.uid);
  return [
    hop.style === 'magic' ? 'straight to its file' : hop.style,
    ...(hop.last ? [] : ['a directory on the way']),
    ...(hop.link === '/proc/self' || hop.link === '/proc/thread-self' ? ['the asking process: lw itself'] : []),
    ...(owner === undefined ? [] : [`belongs to ${look.show(owner)}`]),
    ...(hop.crosses ? [crossingNote(hop, hop.crosses, mounts, look)] : []),
  ];
};

const crossingNote = (
  hop: Hop,
  { dev, mountId }: NonNullable<Hop['crosses']>,
  mounts: Explanation['mounts'],
  look: Look,
): string => {
  const mount = mounts.get(mountId);
  if (!mount) return `into another file system (device ${deviceText(dev)})`;
  const same = dev === hop.stat.dev ? 'the same file system again, mounted at ' : '';
  return `into ${same}${look.show(mount.point)} (${mount.type})`;
};

const endRow = ({ route: { end } }: Explanation, look: Look): Row => {
  const row = (mark: string, style: 'good' | 'bad' | 'doubt', path: string, notes: readonly string[]): Row => {
    const text = look.show(path);
    return {
      margin: plainMargin,
      left: [{ text: `${mark} ${text}`, painted: `${look.paint(style, mark)} ${text}` }],
      notes,
    };
  };
  switch (end.kind) {
    case 'found':
      return row('=', 'good', end.path, foundNotes(end));
    case 'missing':
      return row('✗', 'bad', end.path, ['does not exist (ENOENT)']);
    case 'absent-volume':
      return row('?', 'doubt', end.mountPoint, ['not mounted (ENOENT)']);
    case 'loop':
      return row('✗', 'bad', end.cycle[0] ?? '', ['again, without end (ELOOP)']);
    case 'too-many-links':
      return row('✗', 'bad', end.path, ['one link too many (ELOOP)']);
    case 'not-a-directory':
      return row('✗', 'bad', end.path, [`${kindPhrase(end.stat.kind)}, not a directory (ENOTDIR)`]);
    case 'permission':
      return row('?', 'doubt', end.path, [`may not be ${end.cause === 'search' ? 'searched' : 'followed'} (EACCES)`]);
    case 'name-too-long':
      return row('✗', 'bad', end.path, ['too long (ENAMETOOLONG)']);
    case 'unknown':
      return row('?', 'doubt', end.path, [end.errno]);
  }
};

const foundNotes = ({ stat }: Extract<End, { kind: 'found' }>): readonly string[] => {
  const kind = kindPhrase(stat.kind).replace(/^an? /, '');
  const device = stat.kind === 'char' || stat.kind === 'block' ? ` ${deviceText(stat.rdev)}` : '';
  const inode = `inode ${stat.ino}`;
  if (stat.kind === 'dir') return [kind, inode];
  const names = stat.nlink === 1 ? '1 name' : `${stat.nlink} names`;
  return [kind + device, inode, names, ...(stat.kind === 'file' ? [sizeText(stat.size)] : [])];
};

/** Notes stand in one column where a line has room for them, else below it; a long line is broken before its arrow. */
function* drawRows(rows: readonly Row[], look: Look): Iterable<string> {
  const room = look.width ?? Number.POSITIVE_INFINITY;
  const fits = (row: Row): boolean => 4 + widthOf(row) + displayWidth(row.notes.join(', ')) <= room;
  const fitting = rows.filter(fits);
  const widest = Math.max(0, ...fitting.map(widthOf));
  const column = fitting.every((row) => 4 + widest + displayWidth(row.notes.join(', ')) <= room) ? widest : 0;
  for (const row of rows) {
    const [first, then] = row.margin;
    const notes = row.notes.join(', ');
    const whole = row.left.map((piece) => piece.painted).join(' ');
    if (fits(row)) {
      yield `${first}${whole}${' '.repeat(Math.max(0, column - widthOf(row)) + 2)}${look.paint('dim', notes)}`;
      continue;
    }
    const [head, ...tail] = 2 + widthOf(row) <= room ? [whole] : row.left.map((piece) => piece.painted);
    yield first + head;
    for (const piece of tail) yield `${then}  ${piece}`;
    for (const line of wrap(notes, look.width, `${then}    `)) yield look.paint('dim', line);
  }
}

const widthOf = (row: Row): number =>
  row.left.reduce((sum, piece) => sum + displayWidth(piece.text), row.left.length - 1);

/** Text in lines of at most `width` columns, broken at spaces; a longer word stays whole. */
function* wrap(text: string, width: number | undefined, indent: string): Iterable<string> {
  let line = '';
  for (const word of text.split(' ')) {
    if (line && width !== undefined && displayWidth(indent) + displayWidth(line) + 1 + displayWidth(word) > width) {
      yield indent + line;
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  yield indent + line;
}
