/** Calls that change what a regular file holds. */
import type { Errno } from '../fs/errno.ts';
import type { Inode } from './inode.ts';
import type { Actor } from './names.ts';
import { modeAfterChown } from './permission.ts';

/** MAX_LFS_FILESIZE of ext4 with blocks of 4 KiB. */
const sizeMax = 16 * 2 ** 40 - 4096;

export const writeData = (actor: Actor, inode: Inode, position: number, bytes: Uint8Array): Errno | undefined => {
  const end = position + bytes.length;
  if (end > sizeMax) return 'EFBIG';
  const more = inode.content.roomFor(position, bytes.length);
  if (more > inode.volume.freeBytes) return 'ENOSPC';
  inode.volume.freeBytes -= more;
  inode.content.write(bytes, position);
  inode.size = Math.max(inode.size, end);
  changed(actor, inode);
  return undefined;
};

/** Cuts a file or makes it longer, by a hole. */
export const cutData = (actor: Actor, inode: Inode, size: number): Errno | undefined => {
  if (size > sizeMax) return 'EFBIG';
  inode.volume.freeBytes += inode.content.room;
  inode.content.cut(size);
  inode.volume.freeBytes -= inode.content.room;
  inode.size = size;
  changed(actor, inode);
  return undefined;
};

/** Who is not root and writes takes set-user-ID and set-group-ID away (write(2)). */
const changed = ({ sketch, who }: Actor, inode: Inode): void => {
  if (who.uid !== 0) inode.mode = modeAfterChown(who, inode);
  inode.mtime = inode.ctime = sketch.now();
};
