/**
 * The same reading calls for a walk over millions of entries: nothing is allocated per call.
 * Names go in and answers come out through one block of memory; descriptors are plain numbers;
 * a refusal is the negative error number.
 */
export interface Probe {
  /** The block. Its places are below; every other byte is the probe's own. */
  readonly bytes: Uint8Array;
  /** The same block, for the fields of dirents and of statx. Little-endian, as both our CPUs. */
  readonly halves: Uint16Array;
  readonly words: Uint32Array;

  /** Opens the directory named by the NUL-ended bytes at `name`: never a link, never through one. */
  openDir(parent: number, name: number): number;
  close(fd: number): void;
  /** Fills `dents` with records of struct linux_dirent64; bytes filled, 0 at the end. */
  getdents(fd: number): number;
  /** Fills `statx` for the name at `name`, of a final link itself. */
  lstat(dir: number, name: number): number;
  /** Fills `statx` for what the name at `name` leads to. */
  stat(dir: number, name: number): number;
  /** Fills `statx` for what the path at `name` leads to when the directory `root` is `/` (RESOLVE_IN_ROOT). */
  statInRoot(root: number, name: number): number;
  /** Fills `statx` for the descriptor itself. */
  fstat(fd: number): number;
  /** Fills `text` with the link text of the name at `name`, not NUL-ended; its bytes. */
  readlink(dir: number, name: number): number;
}

/** Places in the block, in bytes from its start. */
export const probeLayout = {
  /** A NUL-ended name or path that the caller wrote. */
  name: 0,
  nameBytes: 4352,
  /** struct statx. */
  statx: 4352,
  /** Link text: up to 4095 bytes. */
  text: 4608,
  textBytes: 4096,
  dents: 8704,
  dentsBytes: 131072,
  total: 139776,
} as const;

/** Field offsets in struct linux_dirent64 (getdents64(2)), in bytes. */
export const dirent = { ino: 0, length: 16, type: 18, name: 19 } as const;

/** Values of d_type (readdir(3)). */
export const direntType = { unknown: 0, fifo: 1, char: 2, dir: 4, block: 6, file: 8, symlink: 10, socket: 12 } as const;

/** Field offsets in struct statx (statx(2)), in bytes. */
export const statxField = {
  mask: 0,
  attributes: 8,
  nlink: 16,
  uid: 20,
  gid: 24,
  mode: 28,
  ino: 32,
  size: 40,
  blocks: 48,
  atime: 64,
  btime: 80,
  ctime: 96,
  mtime: 112,
  rdevMajor: 128,
  rdevMinor: 132,
  devMajor: 136,
  devMinor: 140,
  mountId: 144,
} as const;
