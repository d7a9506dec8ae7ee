import type { Identity } from '../../fs/identity.ts';
import type { WalkOptions } from '../../scan/walk.ts';
import type { World } from '../command.ts';

/** File systems whose directories give the number of the inode that a name opens, unless a mount covers it. */
const honest = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'tmpfs', 'f2fs']);

/** Which entries of a walk may be names of some files: the others cost no call. */
export const candidates = (
  world: World,
  files: readonly (Identity & { readonly mountId: number })[],
): NonNullable<WalkOptions['wanted']> => {
  const mounts = world.mounts();
  // Lower halves: what else has the same one is told apart when it is looked at.
  const wanted = new Map<number, Set<number> | 'all'>();
  for (const { dev, ino, mountId } of files) {
    // By the mount: on btrfs a file's device is not the one that the list of mounts has.
    const type = mounts.find(({ id }) => id === mountId)?.type ?? world.fileSystemType(dev);
    const known = wanted.get(dev);
    if (!honest.has(type ?? '') || known === 'all') wanted.set(dev, 'all');
    else wanted.set(dev, (known ?? new Set()).add(Number(ino & 0xffffffffn)));
  }
  return (inoLow, _, dev) => {
    let inodes = wanted.get(dev);
    if (inodes === undefined) {
      // On a stacked file system a directory's device need not be that of the files in it.
      inodes = honest.has(world.fileSystemType(dev) ?? '') ? new Set() : 'all';
      wanted.set(dev, inodes);
    }
    return inodes === 'all' || inodes.has(inoLow);
  };
};
