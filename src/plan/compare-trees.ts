import { Fault } from '../fs/fault.ts';
import type { Fs } from '../fs/fs.ts';
import { join } from '../fs/path.ts';
import type { Stat } from '../fs/stat.ts';
import type { Named, Texts } from './copy-tree.ts';

/**
 * Where a copy is not what its original is: a path from the top of both; nothing where they are alike. Contents are
 * known by size and time of change.
 */
export const differenceOf = (
  fs: Fs,
  original: Named,
  copy: Named,
  texts: Texts,
  path = '',
): string | Fault | undefined => {
  const a = fs.stat(original.dir, original.name);
  const b = fs.stat(copy.dir, copy.name);
  if (a instanceof Fault || b instanceof Fault) {
    const fault = a instanceof Fault ? a : (b as Fault);
    return fault.errno === 'ENOENT' ? path : fault;
  }
  if (a.kind !== b.kind) return path;
  switch (a.kind) {
    case 'dir':
      return differenceInside(fs, original, copy, texts, path);
    case 'file':
      return a.size === b.size && isTimeOf(a, b) ? undefined : path;
    case 'symlink': {
      const text = texts.get(path) ?? fs.readlink(original.dir, original.name);
      return text === fs.readlink(copy.dir, copy.name) ? undefined : path;
    }
    default:
      return a.rdev === b.rdev ? undefined : path;
  }
};

const differenceInside = (
  fs: Fs,
  original: Named,
  copy: Named,
  texts: Texts,
  path: string,
): string | Fault | undefined => {
  const how = { access: 'read', directory: true, nofollow: true } as const;
  const a = fs.open(original.dir, original.name, how);
  if (a instanceof Fault) return a;
  using left = a;
  const b = fs.open(copy.dir, copy.name, how);
  if (b instanceof Fault) return b;
  using right = b;
  const entries = fs.entries(left);
  if (entries instanceof Fault) return entries;
  const others = fs.entries(right);
  if (others instanceof Fault) return others;
  const names = new Set(entries.map(({ name }) => name));
  const more = others.find(({ name }) => !names.has(name));
  if (more) return inTree(path, more.name);
  for (const name of names) {
    const found = differenceOf(fs, { dir: left, name }, { dir: right, name }, texts, inTree(path, name));
    if (found !== undefined) return found;
  }
  return undefined;
};

const inTree = (path: string, name: string): string => (path === '' ? name : join(path, name));

/** Steps in which file systems keep times, in nanoseconds: the copy may be on one that rounds down. */
const steps = [1n, 100n, 1000n, 1_000_000n, 1_000_000_000n, 2_000_000_000n];

const isTimeOf = ({ mtime }: Stat, copy: Stat): boolean =>
  steps.some((step) => copy.mtime % step === 0n && mtime - copy.mtime >= 0n && mtime - copy.mtime < step);
