import type { Inode } from './inode.ts';
import type { Machine } from './machine.ts';

/** Gives a directory a name. */
export const put = (sketch: Machine, dir: Inode, name: string, inode: Inode): void => {
  dir.entries.set(name, inode);
  inode.home = { dir, name };
  dir.mtime = dir.ctime = sketch.now();
};

/** Takes a name out of a directory; the inode does not know of it yet. */
export const take = (sketch: Machine, dir: Inode, name: string): void => {
  if (dir.origin) dir.entries.set(name, undefined);
  else dir.entries.delete(name);
  dir.mtime = dir.ctime = sketch.now();
};

/** A name of an inode went. */
export const drop = (sketch: Machine, inode: Inode, dir: Inode, name: string): void => {
  const { home } = inode;
  if (inode.kind !== 'dir' && home?.dir === dir && home.name === name) inode.home = undefined;
  inode.nlink = inode.kind === 'dir' ? 0 : inode.nlink - 1;
  inode.ctime = sketch.now();
  sketch.release(inode);
};

/** A directory counts its subdirectories, whose `..` are names of it. */
export const oneDirMore = (dir: Inode): void => {
  const { directoryLinks, namesMax = Infinity } = dir.volume.type;
  if (directoryLinks === 'one' || dir.nlink === 1) return;
  dir.nlink++;
  if (directoryLinks === 'count-to-limit' && dir.nlink > namesMax) dir.nlink = 1;
};

export const oneDirLess = (dir: Inode): void => {
  if (dir.nlink > 2) dir.nlink--;
};
