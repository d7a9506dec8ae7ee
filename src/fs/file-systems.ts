/** What a file system can do with links, as far as its type alone tells. Undefined: not known. */
export interface FileSystem {
  /** Several names for one inode (link(2)). */
  readonly hardLinks?: boolean;
  readonly symlinks?: boolean;
  /** Most names that one inode can have; Infinity where the file system sets no limit. */
  readonly namesMax?: number;
  /** Longest link text in bytes; `block`: one byte less than a block, and than a path. */
  readonly textMax?: number | 'block';
  /** The shortest link text that takes room of its own, outside the inode; Infinity where none does. */
  readonly textBlockFrom?: number;
  /** renameat2(2)'s RENAME_EXCHANGE. */
  readonly exchange?: boolean;
  /** renameat2(2)'s RENAME_NOREPLACE. */
  readonly noReplace?: boolean;
  /** Files can share their data (ioctl_ficlonerange(2)). */
  readonly reflink?: boolean;
  /**
   * What a directory's link count says: itself and its directories; the same until the limit of
   * names, then 1 for good; always 1.
   */
  readonly directoryLinks?: 'count' | 'count-to-limit' | 'one';
  /** How a rename onto a directory with entries is refused. */
  readonly fullDirectory?: 'ENOTEMPTY' | 'EEXIST';
  /**
   * An exchange is a change of both files only where a directory gets another parent, and of that
   * directory's entries, `..` being one: xfs_cross_rename() in the kernel's fs/xfs/xfs_inode.c.
   */
  readonly exchangeTouches?: 'parents';
  /** Names that differ in case only are one name; `directory`: in directories that are made so. */
  readonly foldsCase?: boolean | 'directory';
}

const ext4: FileSystem = {
  hardLinks: true,
  symlinks: true,
  namesMax: 65_000,
  textMax: 'block',
  textBlockFrom: 60,
  exchange: true,
  noReplace: true,
  reflink: false,
  directoryLinks: 'count-to-limit',
  foldsCase: 'directory',
};

const fat: FileSystem = { hardLinks: false, symlinks: false, reflink: false, foldsCase: true };
const network: FileSystem = { exchange: false, noReplace: false };

/**
 * By the type's name in /proc/self/mountinfo. Limits of ext4, xfs, btrfs and tmpfs were found by
 * reaching them on kernel 6.18; the flags of renameat2 are rename(2)'s and those that the
 * file system's own rename refuses with EINVAL. The ext4 driver serves ext3 as well.
 */
const known: Readonly<Record<string, FileSystem>> = {
  ext4,
  ext3: ext4,
  xfs: {
    hardLinks: true,
    symlinks: true,
    namesMax: 2 ** 31 - 1,
    textMax: 1023,
    exchange: true,
    noReplace: true,
    fullDirectory: 'EEXIST',
    exchangeTouches: 'parents',
  },
  btrfs: {
    hardLinks: true,
    symlinks: true,
    namesMax: 65_535,
    textBlockFrom: Infinity,
    exchange: true,
    noReplace: true,
    reflink: true,
    directoryLinks: 'one',
    foldsCase: false,
  },
  tmpfs: {
    hardLinks: true,
    symlinks: true,
    namesMax: Infinity,
    textMax: 4095,
    textBlockFrom: 128,
    exchange: true,
    noReplace: true,
    reflink: false,
    foldsCase: 'directory',
  },
  bcachefs: { hardLinks: true, symlinks: true, exchange: true, noReplace: true, reflink: true, foldsCase: 'directory' },
  f2fs: { hardLinks: true, symlinks: true, exchange: true, noReplace: true, reflink: false, foldsCase: 'directory' },
  ntfs3: { hardLinks: true, symlinks: true },
  zfs: { hardLinks: true, symlinks: true },
  nfs: network,
  nfs4: network,
  '9p': network,
  vfat: fat,
  msdos: fat,
  exfat: fat,
};

/** What is known of a type; nothing for a type that we have not met. */
export const fileSystemOf = (type: string): FileSystem =>
  Object.hasOwn(known, type) ? (known[type] as FileSystem) : {};

/** Types that keep no files: their entries are made up by the kernel as they are asked for. */
const made: ReadonlySet<string> = new Set([
  'autofs',
  'binfmt_misc',
  'bpf',
  'cgroup',
  'cgroup2',
  'configfs',
  'debugfs',
  'devpts',
  'efivarfs',
  'fusectl',
  'hugetlbfs',
  'mqueue',
  'nsfs',
  'proc',
  'pstore',
  'rpc_pipefs',
  'securityfs',
  'selinuxfs',
  'sysfs',
  'tracefs',
]);

export const keepsFiles = (type: string): boolean => !made.has(type);
