/** Small random trees full of links, and paths through them. */
import { chmodSync, lchownSync } from 'node:fs';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs, Handle } from '../../src/fs/fs.ts';
import { linkText } from '../../src/fs/link-text.ts';
import { nobody } from '../scratch.ts';
import type { Random } from './random.ts';

/** One thing in the tree; its path is relative to the root and free of links. */
export type Item =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly text: string; readonly foreign: boolean }
  | { readonly kind: 'dir'; readonly path: string; readonly mode: number };

export interface Tree {
  /** Parents come before what they hold. */
  readonly items: readonly Item[];
}

const dirNames = ['a', 'b', 'c'];
// The last is the byte 0xFF, which no UTF-8 text holds.
const names = [...dirNames, 'd', '\udcff'];
const modes = [0o755, 0o755, 0o755, 0o755, 0o711, 0o644, 0o600, 0o000, 0o1777];

/** A tree below the root and below `fixed`, directories that are there already. */
export const randomTree = (random: Random, fixed: readonly string[]): Tree => {
  const items: Item[] = [];
  const dirs = ['', ...fixed];
  const taken = new Set(fixed);
  const fresh = (from: readonly string[]): string | undefined => {
    const path = below(random.pick(dirs), random.pick(from));
    if (taken.has(path)) return undefined;
    taken.add(path);
    return path;
  };
  const size = 3 + random.below(14);
  for (let i = 0; i < size; i++) {
    const kind = random.below(10);
    const path = fresh(kind < 3 ? dirNames : names);
    if (path === undefined) continue;
    if (kind < 3) {
      dirs.push(path);
      items.push({ kind: 'dir', path, mode: random.pick(modes) });
    } else if (kind < 5) items.push({ kind: 'file', path });
    else
      items.push({
        kind: 'link',
        path,
        text: randomPath(random, parentOf(path), [...taken]),
        foreign: random.oneIn(3),
      });
  }
  if (random.oneIn(6)) addChain(random, random.pick(dirs), [...taken], items);
  return { items };
};

/** Links one after the other, 38 to 43 in all: some hops lead through a link to a directory, which counts too. */
const addChain = (random: Random, dir: string, targets: readonly string[], items: Item[]): void => {
  const link = (name: string, text: string) =>
    items.push({ kind: 'link', path: below(dir, name), text, foreign: false });
  link('self', random.pick(['.', './', `/${dir}`, dir === '' ? '..' : `..//${dir.split('/').at(-1)}`]));
  let left = 38 + random.below(6);
  for (let i = 0; left > 0; i++) {
    const through = left > 1 && random.oneIn(4);
    left -= through ? 2 : 1;
    const start = `${random.oneIn(8) ? `/${dir}/` : ''}${through ? 'self/' : ''}`;
    link(
      `h${i}`,
      left > 0 ? `${start}h${i + 1}` : random.pick([...targets.map((target) => `/${target}`), 'h0', 'gone', '.', './']),
    );
  }
};

/** A path from `dir`, more often than not towards something that exists. */
export const randomPath = (random: Random, dir: string, known: readonly string[]): string => {
  const absolute = random.oneIn(4);
  const parts: string[] = [];
  if (known.length > 0 && !random.oneIn(5)) {
    const up = dir === '' ? [] : dir.split('/').map(() => '..');
    parts.push(...(absolute ? [] : up), ...random.pick(known).split('/'));
    if (random.oneIn(5)) parts.push(component(random));
    if (random.oneIn(5)) parts.splice(random.below(parts.length), 0, component(random));
  } else for (let left = 1 + random.below(5); left > 0; left--) parts.push(component(random));
  return `${absolute ? '/' : ''}${parts.join(random.oneIn(12) ? '//' : '/')}${random.oneIn(6) ? '/' : ''}` || '.';
};

const component = (random: Random): string => {
  const kind = random.below(24);
  if (kind < 5) return '..';
  if (kind < 7) return '.';
  if (kind === 7) return 'h0';
  if (kind === 8) return random.pick(['gone', 'again']);
  if (kind === 9 && random.oneIn(8)) return 'n'.repeat(255 + random.below(2));
  return random.pick(names);
};

/** Makes the tree. What cannot be made, because the tree is being shrunk, is left out. */
export const buildTree = (fs: Fs, root: Handle, rootPath: string, { items }: Tree, isRoot: boolean): void => {
  for (const item of items) {
    if (item.kind === 'dir') must(fs.mkdir(root, item.path, 0o755));
    else if (item.kind === 'link') {
      must(fs.symlink(linkText(item.text), root, item.path));
      if (isRoot && item.foreign && !item.path.includes('\udcff'))
        lchownSync(below(rootPath, item.path), nobody, nobody);
    } else {
      const made = fs.open(root, item.path, { access: 'write', create: 'exclusive', mode: 0o644 });
      if (made instanceof Fault) throw new Error(`cannot make ${item.path}: ${made.reason}`);
      made[Symbol.dispose]();
    }
  }
  for (const item of items.toReversed()) if (item.kind === 'dir') chmodSync(below(rootPath, item.path), item.mode);
};

export const removeTree = (fs: Fs, root: Handle, rootPath: string, { items }: Tree): void => {
  for (const item of items) if (item.kind === 'dir') chmodSync(below(rootPath, item.path), 0o755);
  for (const { kind, path } of items.toReversed()) must(kind === 'dir' ? fs.rmdir(root, path) : fs.unlink(root, path));
};

const must = (fault: Fault | undefined): void => {
  if (fault) throw new Error(`${fault.call} ${fault.path}: ${fault.reason}`);
};

const below = (dir: string, name: string): string => (dir === '' || dir.endsWith('/') ? dir + name : `${dir}/${name}`);

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
