import type { Identity } from './identity.ts';

export type Kind = 'file' | 'dir' | 'symlink' | 'fifo' | 'socket' | 'char' | 'block' | 'unknown';

/** What statx(2) says of an inode. Times are nanoseconds since 1970. */
export interface Stat extends Identity {
  readonly kind: Kind;
  /** Permission bits with set-user-ID, set-group-ID and sticky: 0o7777. */
  readonly mode: number;
  /** Number of names (hard links). */
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; exact up to 2^53. */
  readonly size: number;
  /** Blocks of 512 bytes. */
  readonly blocks: number;
  readonly rdev: number;
  readonly atime: bigint;
  readonly mtime: bigint;
  readonly ctime: bigint;
  /** Birth time, where the file system keeps one. */
  readonly btime: bigint | undefined;
  /** The mount it was reached through, as /proc/self/mountinfo numbers it. */
  readonly mountId: number;
  /** It is the root of a mount (STATX_ATTR_MOUNT_ROOT). */
  readonly mountRoot: boolean;
  /** chattr +i: no link, rename or unlink will pass. */
  readonly immutable: boolean;
  /** chattr +a. */
  readonly appendOnly: boolean;
}

const S_IFMT = 0o170000;

/** The kind that the type bits of `st_mode` name (inode(7)). */
export const kindOfMode = (mode: number): Kind => {
  switch (mode & S_IFMT) {
    case 0o100000:
      return 'file';
    case 0o040000:
      return 'dir';
    case 0o120000:
      return 'symlink';
    case 0o010000:
      return 'fifo';
    case 0o140000:
      return 'socket';
    case 0o020000:
      return 'char';
    case 0o060000:
      return 'block';
    default:
      return 'unknown';
  }
};

/** `st_mode`, type bits and all. */
export const rawMode = ({ kind, mode }: Stat): number => mode | kindBits[kind];
const kindBits: Readonly<Record<Kind, number>> = {
  file: 0o100000,
  dir: 0o40000,
  symlink: 0o120000,
  fifo: 0o10000,
  socket: 0o140000,
  char: 0o20000,
  block: 0o60000,
  unknown: 0,
};
