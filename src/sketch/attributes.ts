/** Calls that change what an inode says of itself. */
import type { Errno } from '../fs/errno.ts';
import type { Owner, Times } from '../fs/fs.ts';
import { isReadOnly, type Location } from './inode.ts';
import type { Actor } from './names.ts';
import { isInGroup, modeAfterChmod, modeAfterChown, owns, wants } from './permission.ts';

export const chmod = ({ sketch, who }: Actor, found: Location | Errno, mode: number): Errno | undefined => {
  if (typeof found === 'string') return found;
  const { inode } = found;
  if (isReadOnly(found)) return 'EROFS';
  if (inode.immutable || inode.appendOnly) return 'EPERM';
  if (inode.kind === 'symlink') return 'EOPNOTSUPP';
  if (!owns(who, inode)) return 'EPERM';
  const granted = modeAfterChmod(who, inode.gid, mode);
  if (sketch.overBase && !inode.home) return 'EOPNOTSUPP';
  const at = inode.home && sketch.spot({ mount: found.mount, inode: inode.home.dir }, inode.home.name);
  if (at) sketch.record({ kind: 'chmod', file: sketch.refer(inode), at, mode: granted, before: inode.mode });
  inode.mode = granted;
  inode.changed = true;
  inode.ctime = sketch.now();
  return undefined;
};

export const chown = ({ sketch, who }: Actor, found: Location | Errno, { uid, gid }: Owner): Errno | undefined => {
  if (typeof found === 'string') return found;
  const { inode } = found;
  if (isReadOnly(found)) return 'EROFS';
  if (inode.immutable || inode.appendOnly) return 'EPERM';
  const isRoot = who.uid === 0;
  const isOwner = who.uid === inode.uid;
  if (!isRoot && uid !== undefined && !(isOwner && uid === inode.uid)) return 'EPERM';
  if (!isRoot && gid !== undefined && !(isOwner && (gid === inode.gid || isInGroup(who, gid)))) return 'EPERM';
  // Taking those bits away is a change of mode (notify_change() in fs/attr.c).
  const mode = modeAfterChown(who, inode);
  if (mode !== inode.mode && !owns(who, inode)) return 'EPERM';
  if (sketch.overBase && !sketch.giveOwner(inode, { uid: uid ?? inode.uid, gid: gid ?? inode.gid }))
    return 'EOPNOTSUPP';
  inode.mode = mode;
  inode.uid = uid ?? inode.uid;
  inode.gid = gid ?? inode.gid;
  inode.ctime = sketch.now();
  return undefined;
};

export const setTimes = (
  { sketch, who }: Actor,
  found: Location | Errno,
  { atime, mtime }: Times,
): Errno | undefined => {
  if (typeof found === 'string') return found;
  const { inode } = found;
  if (isReadOnly(found)) return 'EROFS';
  const toNow = atime === 'now' && mtime === 'now';
  if (inode.immutable || (inode.appendOnly && !toNow)) return 'EPERM';
  if (!owns(who, inode)) {
    if (!toNow) return 'EPERM';
    const refused = sketch.allows(who, inode, wants.write);
    if (refused) return refused;
  }
  if (sketch.overBase) return 'EOPNOTSUPP';
  const now = sketch.now();
  const set = (time: bigint | 'now' | undefined, before: bigint): bigint => (time === 'now' ? now : (time ?? before));
  inode.atime = set(atime, inode.atime);
  inode.mtime = set(mtime, inode.mtime);
  inode.ctime = now;
  return undefined;
};
