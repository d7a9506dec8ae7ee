import { decodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import { ancestors, basename, dirname, join } from '../../fs/path.ts';
import { liesIn } from '../../fs/relative.ts';
import { readWhole } from '../../fs/whole-file.ts';
import type { World } from '../command.ts';
import type { PatternSays } from '../excluder.ts';
import { openPhysical } from '../open-physical.ts';

/**
 * Whether git leaves a path out: by a .gitignore in its directory or above, up to the top of the work tree, and by
 * .git/info/exclude; the nearest has the last word (gitignore(5)). A directory called .git is left out.
 */
export const gitIgnores = (
  world: World,
  start: string,
  compile: (patterns: readonly string[]) => PatternSays,
): ((physical: string, isDir: boolean) => boolean) => {
  const top = [start, ...ancestors(start)].find((dir) => exists(world, dir, '.git')) ?? start;
  const read = (dir: string, name: string): PatternSays | undefined => {
    const bytes = bytesOf(world, dir, name);
    return bytes && compile(decodeBytes(bytes).split(/\r?\n/));
  };
  const exclude = read(join(top, '.git/info'), 'exclude');
  const known = new Map<string, PatternSays | undefined>();
  const ofDir = (dir: string): PatternSays | undefined => {
    if (!known.has(dir)) known.set(dir, read(dir, '.gitignore'));
    return known.get(dir);
  };
  return (physical, isDir) => {
    if (basename(physical) === '.git') return true;
    if (!liesIn(top, physical)) return false;
    for (let dir = dirname(physical); ; dir = dirname(dir)) {
      const word = wordOf(ofDir(dir), physical.slice(dir === '/' ? 1 : dir.length + 1), isDir);
      if (word) return word === 'leave out';
      if (dir === top) break;
    }
    return wordOf(exclude, physical.slice(top === '/' ? 1 : top.length + 1), isDir) === 'leave out';
  };
};

/**
 * Patterns about a directory hold for what is in it. That we are in it means that a nearer .gitignore keeps it, and then
 * they have no word here.
 */
const wordOf = (says: PatternSays | undefined, path: string, isDir: boolean): ReturnType<PatternSays> => {
  const word = says?.(path, isDir);
  if (word !== 'leave out') return word;
  const slash = path.lastIndexOf('/');
  return slash > 0 && says?.(path.slice(0, slash), true) === 'leave out' ? undefined : word;
};

const exists = (world: World, path: string, name: string): boolean => {
  const opened = openPhysical(world, path, 'path');
  if (opened instanceof Fault) return false;
  using dir = opened;
  return !(world.fs.stat(dir, name) instanceof Fault);
};

/** A .gitignore that cannot be read is none, as for git. */
const bytesOf = (world: World, path: string, name: string): Uint8Array | undefined => {
  const opened = openPhysical(world, path, 'path');
  if (opened instanceof Fault) return undefined;
  using dir = opened;
  const stat = world.fs.stat(dir, name);
  if (stat instanceof Fault || stat.kind !== 'file') return undefined;
  const bytes = readWhole(world.fs, dir, name);
  return bytes instanceof Fault ? undefined : bytes;
};
