/** Numbers that differ between processors, from the kernel's headers. */
interface Abi {
  readonly call: Readonly<Record<Call, number>>;
  readonly O_DIRECTORY: number;
  readonly O_NOFOLLOW: number;
}

type Call =
  | 'close'
  | 'faccessat2'
  | 'fchmodat'
  | 'fchmodat2'
  | 'fchownat'
  | 'fanotify_init'
  | 'fanotify_mark'
  | 'fstatfs'
  | 'fsync'
  | 'ftruncate'
  | 'getdents64'
  | 'getrandom'
  | 'ioctl'
  | 'lgetxattr'
  | 'linkat'
  | 'llistxattr'
  | 'lsetxattr'
  | 'mkdirat'
  | 'mknodat'
  | 'openat'
  | 'openat2'
  | 'pread64'
  | 'pwrite64'
  | 'readlinkat'
  | 'renameat2'
  | 'statx'
  | 'symlinkat'
  | 'syncfs'
  | 'unlinkat'
  | 'utimensat';

/** arch/x86/entry/syscalls/syscall_64.tbl and asm-generic/fcntl.h. */
const x64: Abi = {
  call: {
    close: 3,
    ioctl: 16,
    pread64: 17,
    pwrite64: 18,
    fsync: 74,
    ftruncate: 77,
    fstatfs: 138,
    lsetxattr: 189,
    lgetxattr: 192,
    llistxattr: 195,
    getdents64: 217,
    openat: 257,
    mkdirat: 258,
    mknodat: 259,
    fchownat: 260,
    unlinkat: 263,
    linkat: 265,
    symlinkat: 266,
    readlinkat: 267,
    fchmodat: 268,
    utimensat: 280,
    fanotify_init: 300,
    fanotify_mark: 301,
    syncfs: 306,
    renameat2: 316,
    getrandom: 318,
    statx: 332,
    openat2: 437,
    faccessat2: 439,
    fchmodat2: 452,
  },
  O_DIRECTORY: 0o200000,
  O_NOFOLLOW: 0o400000,
};

/** asm-generic/unistd.h and arch/arm64/include/uapi/asm/fcntl.h. */
const arm64: Abi = {
  call: {
    lsetxattr: 6,
    lgetxattr: 9,
    llistxattr: 12,
    ioctl: 29,
    mknodat: 33,
    mkdirat: 34,
    unlinkat: 35,
    symlinkat: 36,
    linkat: 37,
    fstatfs: 44,
    ftruncate: 46,
    fchmodat: 53,
    fchownat: 54,
    openat: 56,
    close: 57,
    getdents64: 61,
    pread64: 67,
    pwrite64: 68,
    readlinkat: 78,
    fsync: 82,
    utimensat: 88,
    fanotify_init: 262,
    fanotify_mark: 263,
    syncfs: 267,
    renameat2: 276,
    getrandom: 278,
    statx: 291,
    openat2: 437,
    faccessat2: 439,
    fchmodat2: 452,
  },
  O_DIRECTORY: 0o40000,
  O_NOFOLLOW: 0o100000,
};

/** The table of one processor, as `process.arch` names it. */
export const abiOf = (arch: string): Abi => {
  if (arch === 'x64') return x64;
  if (arch === 'arm64') return arm64;
  throw new Error(`Linkwright runs on x86-64 and arm64 processors; this is ${arch}`);
};

export const abi: Abi = abiOf(process.arch);

// The same on both processors.
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_CLOEXEC = 0o2000000;
export const O_PATH = 0o10000000;

export const AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_EACCESS = 0x200;
export const AT_REMOVEDIR = 0x200;
export const AT_SYMLINK_FOLLOW = 0x400;
export const AT_NO_AUTOMOUNT = 0x800;
export const AT_EMPTY_PATH = 0x1000;

export const UTIME_NOW = 0x3fffffff;
export const UTIME_OMIT = 0x3ffffffe;

export const RENAME_NOREPLACE = 1;
export const RENAME_EXCHANGE = 2;

export const RESOLVE_NO_XDEV = 0x01;
export const RESOLVE_NO_MAGICLINKS = 0x02;
export const RESOLVE_NO_SYMLINKS = 0x04;
export const RESOLVE_BENEATH = 0x08;
export const RESOLVE_IN_ROOT = 0x10;

export const STATX_BASIC_STATS = 0x7ff;
export const STATX_BTIME = 0x800;
export const STATX_MNT_ID = 0x1000;
export const STATX_ATTR_IMMUTABLE = 0x10;
export const STATX_ATTR_APPEND = 0x20;
export const STATX_ATTR_MOUNT_ROOT = 0x2000;
