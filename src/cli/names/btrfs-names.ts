import { Fault } from '../../fs/fault.ts';
import type { Handle } from '../../fs/fs.ts';
import { sameFile } from '../../fs/identity.ts';
import { basename, dirname, join } from '../../fs/path.ts';
import type { World } from '../command.ts';
import { openPhysical } from '../open-physical.ts';
import type { File } from './file.ts';

/** What the file system itself says of a file's names. */
export interface Told {
  /** Physical paths, each checked to be this file. */
  readonly names: readonly string[];
  /** Names that cannot be seen through the mount that the file was reached by: paths from the subvolume's root. */
  readonly hidden: readonly string[];
}

/** src/kernel/btrfs.ts. */
export type InodePaths = (directory: Handle, ino: bigint) => readonly string[] | undefined;

/** The root of every subvolume (linux/btrfs_tree.h, BTRFS_FIRST_FREE_OBJECTID). */
const subvolumeRoot = 256n;

/** All names of a file on btrfs without a search; undefined where anything about them is doubtful. */
export const btrfsNames = (world: World, file: File, inodePaths: InodePaths): Told | undefined => {
  const { stat } = file;
  const paths = asked(world, dirname(file.path), (dir) => inodePaths(dir, stat.ino));
  if (paths?.length !== stat.nlink) return undefined;
  const base = baseOf(world, file, inodePaths);
  if (!base) return undefined;
  const names: string[] = [];
  const hidden: string[] = [];
  for (const path of paths) {
    const name = path.startsWith(base.below) ? join(base.path, path.slice(base.below.length)) : undefined;
    if (name !== undefined && isName(world, name, file)) names.push(name);
    else hidden.push(path);
  }
  return { names, hidden };
};

/** The highest directory of the file's subvolume that this mount shows, and what the subvolume's paths begin with there. */
const baseOf = (
  world: World,
  { path, stat }: File,
  inodePaths: InodePaths,
): { readonly path: string; readonly below: string } | undefined => {
  for (let at = dirname(path); ; at = dirname(at)) {
    const dir = asked(world, at, (handle) => {
      const found = world.fs.stat(handle, '');
      return found instanceof Fault ? undefined : found;
    });
    if (dir?.dev !== stat.dev || dir.mountId !== stat.mountId) return undefined;
    if (dir.ino === subvolumeRoot) return { path: at, below: '' };
    if (dir.mountRoot) {
      // A directory has one name.
      const own = asked(world, at, (handle) => inodePaths(handle, dir.ino));
      return own?.length === 1 ? { path: at, below: `${own[0]}/` } : undefined;
    }
    if (at === '/') return undefined;
  }
};

const isName = (world: World, path: string, { stat }: File): boolean =>
  asked(world, dirname(path), (dir) => {
    const found = world.fs.stat(dir, basename(path));
    return !(found instanceof Fault) && sameFile(found, stat) && found.mountId === stat.mountId;
  }) ?? false;

/** The answer to a question about the directory at a physical path; undefined where it cannot be opened. */
const asked = <T>(world: World, path: string, question: (dir: Handle) => T | undefined): T | undefined => {
  const opened = openPhysical(world, path, 'read');
  if (opened instanceof Fault) return undefined;
  using dir = opened;
  return question(dir);
};
