import type { Errno } from '../fs/errno.ts';
import type { Inode } from './inode.ts';

/** Who asks. The effective user 0 has every capability. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

export const wants = { search: 1, write: 2, read: 4 } as const;

const S_ISGID = 0o2000;
const groupExecutable = 0o2010;

export const isInGroup = (who: Credentials, gid: number): boolean => who.gid === gid || who.groups.includes(gid);

/** inode_owner_or_capable() in the kernel's fs/inode.c. */
export const owns = (who: Credentials, inode: Inode): boolean => who.uid === 0 || who.uid === inode.uid;

/** inode_permission() in fs/namei.c; `bits` are those of one class in a mode. */
export const permission = (who: Credentials, inode: Inode, bits: number): Errno | undefined => {
  if (bits & wants.write) {
    if (inode.volume.readOnly && ['file', 'dir', 'symlink'].includes(inode.kind)) return 'EROFS';
    if (inode.immutable) return 'EPERM';
  }
  if (who.uid === 0) return inode.kind !== 'dir' && bits & wants.search && !(inode.mode & 0o111) ? 'EACCES' : undefined;
  // The first class that fits decides, even where a later one would allow (path_resolution(7)).
  const shift = who.uid === inode.uid ? 6 : isInGroup(who, inode.gid) ? 3 : 0;
  return ((inode.mode >> shift) & bits) === bits ? undefined : 'EACCES';
};

/** In a sticky directory only the owner of the file or of the directory removes (unlink(2), EPERM). */
export const isStuck = (who: Credentials, dir: Inode, inode: Inode): boolean =>
  (dir.mode & 0o1000) !== 0 && who.uid !== inode.uid && who.uid !== dir.uid && who.uid !== 0;

/** fs.protected_regular or fs.protected_fifos: nowhere, in directories that anyone may write, or their group too. */
export type StickyProtection = 0 | 1 | 2;

/**
 * What open(2) with O_CREAT refuses to find in a directory like /tmp: may_create_in_sticky() in
 * fs/namei.c. `protection` is that of the file's kind; root is not exempt.
 */
export const isPlanted = (who: Credentials, dir: Inode, { uid }: Inode, protection: StickyProtection): boolean => {
  if (protection === 0 || (dir.mode & 0o1000) === 0 || uid === dir.uid || uid === who.uid) return false;
  return (dir.mode & 0o2) !== 0 || (protection === 2 && (dir.mode & 0o20) !== 0);
};

/** safe_hardlink_source() in fs/namei.c, but for reading and writing (proc_sys_fs(5), protected_hardlinks). */
export const isPlainFile = ({ kind, mode }: Inode): boolean =>
  kind === 'file' && (mode & 0o4000) === 0 && (mode & groupExecutable) !== groupExecutable;

/** A file's mode as a change of owner leaves it (chown(2)): always, whoever asks. */
export const modeAfterChown = (who: Credentials, { kind, mode, gid }: Inode): number => {
  if (kind === 'dir') return mode;
  const keepsGroup = (mode & S_ISGID) === 0 || ((mode & 0o10) === 0 && (who.uid === 0 || isInGroup(who, gid)));
  return mode & ~0o4000 & (keepsGroup ? 0o7777 : ~S_ISGID);
};

/** Only a member gives a file the set-group-ID bit of its group (chmod(2)). */
export const modeAfterChmod = (who: Credentials, gid: number, mode: number): number =>
  who.uid === 0 || isInGroup(who, gid) ? mode : mode & ~S_ISGID;
