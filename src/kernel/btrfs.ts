/** What btrfs knows without a search. */
import { decodeBytes } from '../fs/bytes.ts';
import type { Handle } from '../fs/fs.ts';
import { abi } from './abi.ts';
import { allocate, syscall } from './libc.ts';

/**
 * All names of an inode of the subvolume that a directory lies in, as paths from the subvolume's
 * root (linux/btrfs.h, BTRFS_IOC_INO_PATHS; the result is laid out as fs/btrfs/backref.c fills it).
 * Undefined where the kernel will not tell (it needs CAP_DAC_READ_SEARCH), where the inode is not
 * known, or where its paths need more than the 4096 bytes that the kernel gives them.
 */
export const inodePaths = (directory: Handle, ino: bigint): readonly string[] | undefined => {
  block.longs.fill(0n);
  block.longs[0] = ino;
  block.longs[1] = BigInt(containerBytes);
  block.longs[6] = BigInt(block.address + container);
  if (syscall(abi.call.ioctl, directory.fd, BTRFS_IOC_INO_PATHS, block.address, 0, 0) < 0) return undefined;
  const start = container / 4;
  const count = block.words[start + 2] as number;
  const missed = block.words[start + 3] as number;
  if (missed > 0) return undefined;
  return Array.from({ length: count }, (_, i) => {
    // Each value is where its path starts, counted from the first value.
    const at = values + Number(block.longs[values / 8 + i]);
    return decodeBytes(block.bytes.subarray(at, block.bytes.indexOf(0, at)));
  });
};

const BTRFS_IOC_INO_PATHS = 0xc0389423;
/** struct btrfs_ioctl_ino_path_args takes 56 bytes; struct btrfs_data_container has 16 before its values. */
const container = 64;
const values = container + 16;
const containerBytes = 4096;
const block = allocate(container + containerBytes);
