import { join } from '../fs/path.ts';
import { filler, indentOf, quoteName, type Word, words } from './drawing-words.ts';
import type { Complaint, Drawn } from './drawn.ts';

/** A drawing as data, or all that is wrong with it. Wildcards are for goals only. */
export const parseDrawing = (text: string, use: 'start' | 'goal' = 'start'): Drawn | readonly Complaint[] => {
  const complaints: Complaint[] = [];
  const rows = text
    .split('\n')
    .map((row, index) => ({ row: row.trimEnd(), line: index + 1 }))
    .filter(({ row }) => row !== '');
  const margin = Math.min(...rows.map(({ row }) => indentOf(row)));
  const top = newNode(1, '', 'dir');
  const above: Node[] = [top];
  const labels = new Map<string, Node>();
  const paths = new Set<string>();
  for (const { row, line } of rows) {
    const say = (message: string): void => {
      complaints.push({ line, message });
    };
    const depth = (indentOf(row) - margin) / 2;
    const dir = above[depth];
    if (!dir) {
      say(Number.isInteger(depth) ? 'this is indented further than what it lies in' : 'indent by two spaces a step');
      continue;
    }
    above.length = depth + 1;
    if (dir.kind !== 'dir') {
      say(`only a directory holds names: write ${quoteName(dir.path)}/`);
      continue;
    }
    if (dir.mount?.kind === 'bind') {
      say('a bind mount shows what lies elsewhere: draw that there');
      continue;
    }
    const node = readRow(row.trim(), line, { dir, top, use, say });
    if (!node) continue;
    if (node === top) continue;
    if (paths.has(node.path)) say(`${quoteName(node.path)} is drawn twice`);
    paths.add(node.path);
    const twin = node.label === undefined || special.includes(node.label) ? undefined : labels.get(node.label);
    if (twin) joinTwins(twin, node, say);
    else if (node.label !== undefined) labels.set(node.label, node);
    dir.below.push(node);
    above.push(node);
  }
  return complaints.length > 0 ? complaints : top;
};

/** Labels of a goal that are not names of inodes. */
const special: readonly string[] = ['same', 'new', '?'];

type Node = { -readonly [key in keyof Drawn]: Drawn[key] } & { below: Node[] };

const newNode = (line: number, path: string, kind: Drawn['kind']): Node => ({
  ...{ line, path, kind, text: undefined, contents: undefined, label: undefined },
  ...{ mode: undefined, owner: undefined, mount: undefined, below: [], open: false },
});

interface RowContext {
  readonly dir: Node;
  readonly top: Node;
  readonly use: 'start' | 'goal';
  readonly say: (message: string) => void;
}

const readRow = (row: string, line: number, { dir, top, use, say }: RowContext): Node | undefined => {
  const read = words(row);
  if (typeof read === 'string') {
    say(read);
    return undefined;
  }
  const [first, ...rest] = read;
  if (!first) return undefined;
  if (use === 'goal' && row === '*') {
    dir.open = true;
    return undefined;
  }
  if (use === 'goal' && first.bare && first.text === 'absent' && rest.length === 1) {
    const name = (rest[0] as Word).text;
    return nameFits(name, say) ? newNode(line, join(dir.path, name).replace(/^\//, ''), 'absent') : undefined;
  }
  const { text: name, slash: isDir } = first;
  const isTop = name === '.' && isDir && dir === top;
  if (!isTop && !nameFits(name, say)) return undefined;
  const node = isTop ? top : newNode(line, join(dir.path, name).replace(/^\//, ''), isDir ? 'dir' : 'file');
  readAttributes(node, rest, use, say);
  return node;
};

const nameFits = (name: string, say: (message: string) => void): boolean => {
  const wrong =
    name === '' || name === '.' || name === '..'
      ? 'a name is missing here'
      : name.includes('/')
        ? `${quoteName(name)} is a path: draw each directory on a line of its own`
        : name.includes('\0')
          ? 'a name cannot hold the byte 0'
          : undefined;
  if (wrong) say(wrong);
  return !wrong;
};

const readAttributes = (
  node: Node,
  rest: readonly Word[],
  use: 'start' | 'goal',
  say: (message: string) => void,
): void => {
  const set = (kind: Drawn['kind'], what: string): void => {
    if (node.kind === 'file') node.kind = kind;
    else say(`${quoteName(node.path)} cannot be ${what} as well`);
  };
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] as Word;
    const next = (): string | undefined => {
      const found = rest[++at];
      return found && (found.slash ? `${found.text}/` : found.text);
    };
    const { text, bare, contents } = word;
    if (contents) {
      if (node.kind === 'file') node.contents = text;
      else say('only a file has contents');
    } else if (!bare) say(`${quoteName(text)} is one word too many`);
    else if (text === '->') {
      set('symlink', 'a link');
      const target = rest[at + 1];
      node.text = next();
      if (target?.bare && target.text === '*' && use === 'goal') node.text = undefined;
      else if (!node.text || node.text.includes('\0')) say('after -> comes the text of the link');
    } else if (text === 'fifo') set('fifo', 'a fifo');
    else if (text === '?' && use === 'goal') set('any', 'anything');
    else if (text === 'size') {
      const size = next() ?? '';
      if (/^\d{1,6}$/.test(size) && node.kind === 'file') node.contents = filler(Number(size));
      else say('after size comes a number of bytes below a million, and only a file has one');
    } else if (/^#/.test(text)) {
      node.label = text.slice(1);
      const known = use === 'goal' ? [...special] : [];
      if (!/^[\w-]+$/.test(node.label) && !known.includes(node.label))
        say(`${quoteName(text)} is no mark of an inode: those are #1 or #letter, in one word`);
      else if (use === 'start' && special.includes(node.label)) say(`${text} is for goals: call the inode otherwise`);
    } else if (/^0?[0-7]{3,4}$/.test(text)) {
      node.mode = Number.parseInt(text, 8);
      if (node.kind === 'symlink') say('a symlink has no mode of its own');
    } else if (/^@[^:]+(:.+)?$/.test(text)) {
      const [user, group] = text.slice(1).split(':') as [string, string?];
      node.owner = { user, group };
    } else if (text === 'mount' || text === 'bind') readMount(node, text, next, say);
    else if (text === 'ro' && node.mount) node.mount = { ...node.mount, readOnly: true };
    else if (/^\d+$/.test(text))
      say(`${text} means nothing here: a mode has three or four digits from 0 to 7, as 0644`);
    else say(`${quoteName(text)} means nothing here: a name with spaces is written in quotes`);
  }
};

const readMount = (
  node: Node,
  word: 'mount' | 'bind',
  next: () => string | undefined,
  say: (message: string) => void,
): void => {
  if (node.kind !== 'dir' || node.path === '') say('only a directory below the top is a place to mount on');
  if (word === 'mount') {
    const type = next() ?? '';
    if (!mountTypes.includes(type)) say(`mount what? One of ${mountTypes.join(', ')}`);
    else node.mount = { kind: 'volume', type, readOnly: false };
    return;
  }
  const [of, path = ''] = [next(), next()];
  if (of !== 'of' || path === '') say('write: bind of PATH');
  else node.mount = { kind: 'bind', of: path, readOnly: false };
};

const mountTypes: readonly string[] = ['ext4', 'tmpfs', 'xfs', 'btrfs', 'vfat'];

/** A second name of a file: what is said of either is said of the file. */
const joinTwins = (first: Node, second: Node, say: (message: string) => void): void => {
  if (first.kind === 'dir' || second.kind === 'dir')
    say(`a directory has one name only, and #${second.label} is ${quoteName(first.path)} already`);
  else if (first.kind !== second.kind && second.kind !== 'file' && second.kind !== 'any')
    say(`#${second.label} is ${quoteName(first.path)}, which is of another kind`);
  else if (second.contents !== undefined && (first.contents ?? second.contents) !== second.contents)
    say(`#${second.label} is one file, and ${quoteName(first.path)} says that it holds something else`);
  first.contents ??= second.contents;
  first.mode ??= second.mode;
  first.owner ??= second.owner;
};
