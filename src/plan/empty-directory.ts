import { Fault } from '../fs/fault.ts';
import type { Fs, Handle } from '../fs/fs.ts';
import { type Identity, sameFile } from '../fs/identity.ts';

/**
 * Removes all that a directory holds, for good; how many names that were. Everything goes by its bare name from an open
 * directory: no link is followed, and what is mounted there is neither entered nor removed (EXDEV, EBUSY). A
 * directory in a directory is first moved up, so no tree is too deep.
 */
export const emptyDirectory = (fs: Fs, parent: Handle, name: string, expected: Identity): number | Fault => {
  const opened = openOnly(fs, parent, name);
  if (opened instanceof Fault) return opened;
  using top = opened;
  const stat = fs.stat(top, '');
  if (stat instanceof Fault) return stat;
  if (!sameFile(stat, expected)) return new Fault('openat2', 'ESTALE', name);
  const names = new Names();
  let removed = 0;
  for (;;) {
    const inside = removeFiles(fs, top);
    if (inside instanceof Fault) return inside;
    removed += inside.removed;
    if (inside.dirs.length === 0) return removed;
    for (const dir of inside.dirs) {
      const gone = removeOne(fs, top, dir, names);
      if (gone instanceof Fault) return gone;
      removed += gone;
    }
  }
};

/** Removes a directory; the directories in it that are not empty go up to `top`. */
const removeOne = (fs: Fs, top: Handle, name: string, names: Names): number | Fault => {
  const opened = openOnly(fs, top, name);
  if (opened instanceof Fault) return opened;
  using dir = opened;
  const inside = removeFiles(fs, dir);
  if (inside instanceof Fault) return inside;
  let { removed } = inside;
  for (const child of inside.dirs) {
    const refused = fs.rmdir(dir, child);
    if (!refused) removed++;
    else if (refused.errno !== 'ENOTEMPTY' && refused.errno !== 'EEXIST') return refused;
    else {
      const stuck = names.moveUp(fs, dir, child, top);
      if (stuck) return stuck;
    }
  }
  const refused = fs.rmdir(top, name);
  return refused ?? removed + 1;
};

/** Names for what is moved up: one that is taken is passed over. */
class Names {
  #next = 0;

  moveUp(fs: Fs, from: Handle, name: string, top: Handle): Fault | undefined {
    for (;;) {
      const refused = fs.rename(from, name, top, `.lw-${this.#next++}`, 'no-replace');
      if (refused?.errno !== 'EEXIST') return refused;
    }
  }
}

const openOnly = (fs: Fs, parent: Handle, name: string): Handle | Fault =>
  fs.open(parent, name, {
    access: 'path',
    directory: true,
    nofollow: true,
    resolve: { noSymlinks: true, noCrossing: true },
  });

/** Removes what is no directory; the names of the directories. */
const removeFiles = (fs: Fs, dir: Handle): { readonly removed: number; readonly dirs: readonly string[] } | Fault => {
  // A directory is read once from each opening.
  const opened = fs.open(dir, '.', { access: 'read', directory: true });
  if (opened instanceof Fault) return opened;
  using read = opened;
  const entries = fs.entries(read);
  if (entries instanceof Fault) return entries;
  const dirs: string[] = [];
  let removed = 0;
  for (const { name, kind } of entries) {
    const refused = kind === 'dir' ? undefined : fs.unlink(dir, name);
    if (kind === 'dir' || refused?.errno === 'EISDIR') dirs.push(name);
    else if (!refused) removed++;
    else if (refused.errno !== 'ENOENT') return refused;
  }
  return { removed, dirs };
};
