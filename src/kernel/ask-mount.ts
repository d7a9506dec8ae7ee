/** Questions to a mounted file system, on an open directory of it. None of them writes. */
import { type Errno, errnoName } from '../fs/errno.ts';
import type { Handle } from '../fs/fs.ts';
import { abi, STATX_BTIME } from './abi.ts';
import { watchGroup } from './fanotify.ts';
import { allocate, syscall } from './libc.ts';
import { statxMask } from './statx-mask.ts';

/** Bytes in a block, as statfs(2) says. */
export const blockSize = (directory: Handle): number | undefined =>
  syscall(abi.call.fstatfs, directory.fd, answer.address, 0, 0, 0) < 0 ? undefined : Number(answer.longs[1]);

/** Whether inodes here have a birth time (statx(2), STATX_BTIME). */
export const keepsBirthTime = (directory: Handle): boolean | undefined => {
  const mask = statxMask(directory);
  return mask === undefined ? undefined : (mask & STATX_BTIME) !== 0;
};

/** Whether this directory takes names that differ in case only for one (ioctl_iflags(2), FS_CASEFOLD_FL). */
export const foldsCase = (directory: Handle): boolean | undefined =>
  ask(directory, FS_IOC_GETFLAGS) ? undefined : ((answer.words[0] as number) & FS_CASEFOLD_FL) !== 0;

export interface XfsGeometry {
  readonly reflink: boolean;
  /** Made with `mkfs.xfs -n version=ci`. */
  readonly foldsCase: boolean;
  readonly inodeBytes: number;
}

/** ioctl_xfs_fsgeometry(2); its first version has all we need, on every kernel. */
export const xfsGeometry = (directory: Handle): XfsGeometry | undefined => {
  if (ask(directory, XFS_IOC_FSGEOMETRY_V1)) return undefined;
  const flags = answer.words[23] as number;
  return {
    inodeBytes: answer.words[6] as number,
    reflink: (flags & XFS_GEOMETRY_REFLINK) !== 0,
    foldsCase: (flags & XFS_GEOMETRY_DIRV2CI) !== 0,
  };
};

export interface BtrfsInfo {
  readonly nodeBytes: number;
  readonly sectorBytes: number;
}

/** linux/btrfs.h, BTRFS_IOC_FS_INFO. */
export const btrfsInfo = (directory: Handle): BtrfsInfo | undefined =>
  ask(directory, BTRFS_IOC_FS_INFO)
    ? undefined
    : { nodeBytes: answer.words[8] as number, sectorBytes: answer.words[9] as number };

/**
 * Whether btrfs tells this user all names of an inode (linux/btrfs.h, BTRFS_IOC_INO_PATHS). The
 * question is about the root of the subvolume, which has no name to tell: only EPERM means no.
 */
export const tellsInodePaths = (directory: Handle): boolean => {
  answer.longs.fill(0n);
  answer.longs[0] = BTRFS_ROOT_INODE;
  answer.longs[1] = BigInt(pathsBytes);
  answer.longs[6] = BigInt(answer.address + pathsAt);
  return syscall(abi.call.ioctl, directory.fd, BTRFS_IOC_INO_PATHS, answer.address, 0, 0) !== -EPERM;
};

/** Why one mark cannot watch this whole file system (fanotify_mark(2), FAN_MARK_FILESYSTEM); `yes` where it can. */
export const watchesWhole = (directory: Handle): 'yes' | Errno => {
  const group = watchGroup();
  if (typeof group === 'string') return group;
  using held = group;
  const flags = FAN_MARK_ADD | FAN_MARK_FILESYSTEM;
  const path = answer.address;
  answer.bytes.set([0x2e, 0]);
  const result = syscall(abi.call.fanotify_mark, held.fd, flags, FAN_CREATE | FAN_ONDIR, directory.fd, path);
  return result < 0 ? errnoName(-result) : 'yes';
};

/** True when it was refused; otherwise the answer lies in the block. */
const ask = (directory: Handle, request: number): boolean => {
  answer.longs.fill(0n);
  return syscall(abi.call.ioctl, directory.fd, request, answer.address, 0, 0) < 0;
};

/** The largest answer is struct btrfs_ioctl_fs_info_args, 1024 bytes. */
const answer = allocate(2048);
const pathsAt = 1024;
const pathsBytes = 1024;

const EPERM = 1;
const FS_IOC_GETFLAGS = 0x80086601;
const FS_CASEFOLD_FL = 0x40000000;
const XFS_IOC_FSGEOMETRY_V1 = 0x80705864;
const XFS_GEOMETRY_DIRV2CI = 0x1000;
const XFS_GEOMETRY_REFLINK = 0x100000;
const BTRFS_IOC_FS_INFO = 0x8400941f;
const BTRFS_IOC_INO_PATHS = 0xc0389423;
const BTRFS_ROOT_INODE = 256n;
const FAN_MARK_ADD = 0x1;
const FAN_MARK_FILESYSTEM = 0x100;
const FAN_CREATE = 0x100;
const FAN_ONDIR = 0x40000000;
