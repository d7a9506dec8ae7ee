import { byteLength } from '../fs/bytes.ts';
import type { Stat } from '../fs/stat.ts';
import type { Inode, Location } from './inode.ts';

/** statx(2). */
export const statOf = ({ mount, inode }: Location): Stat => ({
  dev: mount.dev ?? inode.volume.dev,
  ino: inode.ino,
  kind: inode.kind,
  mode: inode.mode,
  nlink: inode.nlink,
  uid: inode.uid,
  gid: inode.gid,
  size: inode.kind === 'dir' && !inode.origin ? 4096 : inode.size,
  blocks: inode.origin ? inode.origin.stat.blocks : blocksOf(inode),
  rdev: inode.rdev,
  atime: inode.atime,
  mtime: inode.mtime,
  ctime: inode.ctime,
  btime: inode.btime,
  mountId: mount.id,
  mountRoot: inode === mount.root,
  immutable: inode.immutable,
  appendOnly: inode.appendOnly,
});

/** In units of 512 bytes, of blocks of 4 KiB. */
const blocksOf = ({ kind, content, text, volume }: Inode): number => {
  if (kind === 'dir') return 8;
  if (kind === 'symlink') return byteLength(text ?? '') >= (volume.type.textBlockFrom ?? Infinity) ? 8 : 0;
  return content.room / 512;
};
