import type { Fault } from './fault.ts';
import type { LinkText } from './link-text.ts';
import type { Kind, Stat } from './stat.ts';

/** What mknodat(2) can make. */
export type NodeKind = Extract<Kind, 'file' | 'fifo' | 'socket' | 'char' | 'block'>;

/**
 * The Linux calls that link work needs, in the kernel's own terms: synchronous, on open handles
 * and paths from them, each answering with a value or with a Fault. Names and paths are strings
 * as `bytes.ts` describes. A path of one component, given with the handle of its directory, is
 * free of races with renamed parents; every change is made that way.
 */
export interface Fs {
  /** The working directory: AT_FDCWD. Never closed. */
  readonly cwd: Handle;

  /** openat2(2). The caller releases the handle, best by `using`. */
  open(at: Handle, path: string, how: OpenHow): Handle | Fault;
  /** statx(2), of the link itself unless `follow`. The empty path asks of the handle. */
  stat(at: Handle, path: string, follow?: 'follow'): Stat | Fault;
  /** readlinkat(2). The empty path reads the link that the handle holds. */
  readlink(at: Handle, path: string): LinkText | Fault;
  /** getdents64(2), whole and in the directory's own order, without `.` and `..`. */
  entries(dir: Handle): readonly Entry[] | Fault;
  /** faccessat2(2) for the effective user: the Fault says why not. */
  access(at: Handle, path: string, wanted: 'read' | 'write' | 'search'): Fault | undefined;

  /** linkat(2): one more name `path` for the file at `fromPath`; the empty path names the file that `from` holds. */
  link(from: Handle, fromPath: string, to: Handle, path: string, follow?: 'follow'): Fault | undefined;
  /** symlinkat(2). */
  symlink(text: LinkText, to: Handle, path: string): Fault | undefined;
  /** renameat2(2): onto what stands there, only where nothing does, or swapping both. */
  rename(from: Handle, fromPath: string, to: Handle, path: string, how?: 'no-replace' | 'exchange'): Fault | undefined;
  /** unlinkat(2) of anything but a directory. */
  unlink(at: Handle, path: string): Fault | undefined;
  /** unlinkat(2) with AT_REMOVEDIR: an empty directory. */
  rmdir(at: Handle, path: string): Fault | undefined;
  /** mkdirat(2); the mode is cut by the umask. */
  mkdir(at: Handle, path: string, mode: number): Fault | undefined;
  /** mknodat(2); the mode is cut by the umask, `rdev` is a device's number. */
  mknod(at: Handle, path: string, kind: NodeKind, mode: number, rdev?: number): Fault | undefined;

  /** fchmodat2(2), of the link itself unless `follow`: then EOPNOTSUPP. The empty path is the handle's file. */
  chmod(at: Handle, path: string, mode: number, follow?: 'follow'): Fault | undefined;
  /** fchownat(2), of the link itself unless `follow`; undefined leaves an owner as it is. */
  chown(at: Handle, path: string, owner: Owner, follow?: 'follow'): Fault | undefined;
  /** utimensat(2), of the link itself unless `follow`; undefined leaves a time as it is. */
  setTimes(at: Handle, path: string, times: Times, follow?: 'follow'): Fault | undefined;

  /** llistxattr(2): the names of a file's extended attributes, of the link itself. Access lists are among them (acl(5)). */
  xattrs(at: Handle, path: string): readonly string[] | Fault;
  /** lgetxattr(2); a value of more than 32 KiB is ERANGE. */
  xattr(at: Handle, path: string, name: string): Uint8Array | Fault;
  /** lsetxattr(2). */
  setXattr(at: Handle, path: string, name: string, value: Uint8Array): Fault | undefined;

  /** pread(2): fills `bytes` from `position`; how many there were, 0 at the end. */
  read(handle: Handle, bytes: Uint8Array, position: number): number | Fault;
  /** pwrite(2), at the end if opened with `append`; how many were written. */
  write(handle: Handle, bytes: Uint8Array, position: number): number | Fault;
  /** ftruncate(2). */
  truncate(handle: Handle, size: number): Fault | undefined;
  /** fsync(2): what the handle holds is on the storage, a directory's entries included. */
  sync(handle: Handle): Fault | undefined;
  /** syncfs(2): the whole file system that holds it. */
  syncFs(handle: Handle): Fault | undefined;
}

/** An open file description. The number means something to the Fs that gave it alone. */
export interface Handle extends Disposable {
  readonly fd: number;
}

/** Owners to set; undefined leaves one as it is. */
export interface Owner {
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

/** Times to set, in nanoseconds since 1970; undefined leaves one as it is. */
export interface Times {
  readonly atime?: bigint | 'now' | undefined;
  readonly mtime?: bigint | 'now' | undefined;
}

/** What open(2) is asked for. */
export interface OpenHow {
  /** `path`: a place to act from, without reading it (O_PATH). */
  readonly access: 'path' | 'read' | 'write' | 'read-write';
  /** ENOTDIR unless it is a directory (O_DIRECTORY). */
  readonly directory?: boolean;
  /** Do not follow a final link: with `path` it is opened itself, otherwise ELOOP (O_NOFOLLOW). */
  readonly nofollow?: boolean;
  /** Make a missing file, with `mode`; `exclusive`: only a missing one (O_CREAT, O_EXCL). */
  readonly create?: 'if-missing' | 'exclusive';
  readonly truncate?: boolean;
  readonly append?: boolean;
  readonly mode?: number;
  readonly resolve?: Resolve;
}

/** openat2(2)'s RESOLVE flags. */
export interface Resolve {
  /** EXDEV for a path that leaves the handle (RESOLVE_BENEATH). */
  readonly beneath?: boolean;
  /** The handle is `/` for this path, as in a chroot (RESOLVE_IN_ROOT). */
  readonly inRoot?: boolean;
  /** ELOOP for any symbolic link (RESOLVE_NO_SYMLINKS). */
  readonly noSymlinks?: boolean;
  /** ELOOP for a link like /proc/self/fd/1 (RESOLVE_NO_MAGICLINKS). */
  readonly noMagicLinks?: boolean;
  /** EXDEV for a path that enters another mount (RESOLVE_NO_XDEV). */
  readonly noCrossing?: boolean;
}

/** One entry of a directory, as getdents64(2) gives it. */
export interface Entry {
  readonly name: string;
  /** `unknown` where the file system does not tell: ask `stat`. */
  readonly kind: Kind;
  /** At a mount point this is the covered inode, not the one that opening the name gives. */
  readonly ino: bigint;
}
