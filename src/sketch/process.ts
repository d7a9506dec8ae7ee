import { byteLength } from '../fs/bytes.ts';
import type { Errno } from '../fs/errno.ts';
import { Fault } from '../fs/fault.ts';
import type { Entry, Fs, Handle, NodeKind, OpenHow, Owner, Resolve, Times } from '../fs/fs.ts';
import type { LinkText } from '../fs/link-text.ts';
import type { Kind, Stat } from '../fs/stat.ts';
import { chmod, chown, setTimes } from './attributes.ts';
import { cutData, writeData } from './file-data.ts';
import { type Inode, isReadOnly, type Location } from './inode.ts';
import type { Machine } from './machine.ts';
import { moveByCopy, retextInCopy } from './move-by-copy.ts';
import {
  addDirectory,
  addFile,
  addLink,
  addNode,
  addSymlink,
  lookUp,
  pathMax,
  removeDirectory,
  removeFile,
  removeTree,
} from './names.ts';
import { type Credentials, isPlanted, wants } from './permission.ts';
import { rename } from './rename.ts';
import { statOf } from './stat-of.ts';
import { type Last, PathWalk } from './walk.ts';

/** An open file description. */
interface Open {
  readonly location: Location;
  readonly how: OpenHow;
  /** Who opened it. */
  readonly who: Credentials;
  /** The entries were read: there are no more until it is opened again. */
  atEnd: boolean;
}

/** A descriptor as others see it. */
export interface OpenFile {
  readonly fd: number;
  readonly location: Location;
  readonly access: OpenHow['access'];
}

/** A process of a sketch: its user, working directory and descriptors. Every call is that of the kernel. */
export class SketchProcess implements Fs {
  readonly cwd: Handle = { fd: -100, [Symbol.dispose]() {} };
  readonly sketch: Machine;
  /** As whom it acts: another one is what seteuid(2), setegid(2) and setgroups(2) do. */
  who: Credentials;
  umask: number;
  #root: Location;
  #here: Location;
  readonly #open = new Map<number, Open>();
  #nextFd = 3;

  constructor(sketch: Machine, who: Credentials, umask: number, root: Location, here: Location) {
    this.sketch = sketch;
    this.who = who;
    this.umask = umask;
    this.#root = root;
    this.#here = here;
  }

  /** The physical path of the working directory: getcwd(2). */
  get workingDirectory(): string {
    return this.sketch.pathOf(this.#here);
  }

  /** Where it stands, whether that still has a name or not. */
  get here(): Location {
    return this.#here;
  }

  /** What its descriptors hold, in the order of their numbers. */
  get openFiles(): readonly OpenFile[] {
    return [...this.#open].map(([fd, { location, how }]) => ({ fd, location, access: how.access }));
  }

  /** Where a path leads, following a final link. */
  locate(path: string): Location | Errno {
    return this.#find(this.cwd, path, true);
  }

  /** chdir(2). */
  chdir(path: string): Fault | undefined {
    const found = path === '' ? 'ENOENT' : this.#find(this.cwd, path, true, true);
    if (typeof found === 'string') return new Fault('chdir', found, path);
    const refused = this.sketch.allows(this.who, found.inode, wants.search);
    if (refused) return new Fault('chdir', refused, path);
    this.#here = found;
    return undefined;
  }

  /** chroot(2), and chdir to the new root. */
  chroot(path: string): Fault | undefined {
    const found = path === '' ? 'ENOENT' : this.#find(this.cwd, path, true, true);
    if (typeof found === 'string') return new Fault('chroot', found, path);
    this.#root = this.#here = found;
    return undefined;
  }

  open(at: Handle, path: string, how: OpenHow): Handle | Fault {
    const call = how.resolve ? 'openat2' : 'openat';
    const found = how.access === 'path' ? this.#openPath(at, path, how) : this.#openFile(at, path, how);
    return typeof found === 'string' ? new Fault(call, found, path) : this.#newHandle(found, how);
  }

  stat(at: Handle, path: string, follow?: 'follow'): Stat | Fault {
    const found = this.#find(at, path, follow !== undefined);
    return typeof found === 'string' ? new Fault('statx', found, path) : statOf(found);
  }

  readlink(at: Handle, path: string): LinkText | Fault {
    const found = this.#find(at, path, false);
    if (typeof found === 'string') return new Fault('readlinkat', found, path);
    if (found.inode.kind !== 'symlink') return new Fault('readlinkat', path === '' ? 'ENOENT' : 'EINVAL', path);
    const text = this.sketch.textOf(found.inode);
    return 'errno' in text ? new Fault('readlinkat', text.errno, path) : text.text;
  }

  entries(dir: Handle): readonly Entry[] | Fault {
    const open = this.#open.get(dir.fd);
    if (!open || open.how.access === 'path') return new Fault('getdents64', 'EBADF', '');
    const { inode } = open.location;
    if (inode.kind !== 'dir') return new Fault('getdents64', 'ENOTDIR', '');
    if (inode.nlink === 0) return new Fault('getdents64', 'ENOENT', '');
    if (open.atEnd) return [];
    open.atEnd = true;
    const found = this.sketch.entries(inode);
    return typeof found === 'string' ? new Fault('getdents64', found, '') : found;
  }

  access(at: Handle, path: string, wanted: 'read' | 'write' | 'search'): Fault | undefined {
    const found = this.#find(at, path, true);
    if (typeof found === 'string') return new Fault('faccessat2', found, path);
    const refused = this.sketch.allows(this.who, found.inode, wants[wanted]);
    if (refused) return new Fault('faccessat2', refused, path);
    const readOnly = wanted === 'write' && found.mount.readOnly && isStored(found.inode.kind);
    return readOnly ? new Fault('faccessat2', 'EROFS', path) : undefined;
  }

  link(from: Handle, fromPath: string, to: Handle, path: string, follow?: 'follow'): Fault | undefined {
    // A descriptor's file is linked by root, or with the credentials that opened it (linkat(2), AT_EMPTY_PATH).
    const open = fromPath === '' ? this.#open.get(from.fd) : undefined;
    if (open && open.who !== this.who && this.who.uid !== 0) return new Fault('linkat', 'ENOENT', path);
    return fault('linkat', path, addLink(this, this.#find(from, fromPath, follow !== undefined), this.#last(to, path)));
  }

  symlink(text: LinkText, to: Handle, path: string): Fault | undefined {
    return fault('symlinkat', path, addSymlink(this, text, this.#last(to, path)));
  }

  rename(from: Handle, fromPath: string, to: Handle, path: string, how?: 'no-replace' | 'exchange'): Fault | undefined {
    return fault('renameat2', path, rename(this, this.#last(from, fromPath), this.#last(to, path), how));
  }

  unlink(at: Handle, path: string): Fault | undefined {
    return fault('unlinkat', path, removeFile(this, this.#last(at, path)));
  }

  rmdir(at: Handle, path: string): Fault | undefined {
    return fault('unlinkat', path, removeDirectory(this, this.#last(at, path)));
  }

  /** No call of Linux: over a base, what is moved to another file system by copying it. Nothing of a directory is seen then. */
  moveByCopy(from: Handle, fromPath: string, to: Handle, path: string): Fault | undefined {
    return fault('renameat2', path, moveByCopy(this, this.#last(from, fromPath), this.#last(to, path)));
  }

  /** A link gets another text in the copy that is at `path`: `below` is its path in there, empty for the copy itself. */
  retextInCopy(at: Handle, path: string, below: string, text: LinkText): Fault | undefined {
    const found = this.#find(at, path, false);
    const refused = typeof found === 'string' ? found : retextInCopy(this.sketch, found.inode, below, text);
    return fault('symlinkat', path, refused);
  }

  /** No call of Linux: a directory goes with all that it holds, as one rename to a place aside would have it go. */
  takeAway(at: Handle, path: string): Fault | undefined {
    return fault('renameat2', path, removeTree(this, this.#last(at, path)));
  }

  mkdir(at: Handle, path: string, mode: number): Fault | undefined {
    return fault('mkdirat', path, addDirectory(this, this.#last(at, path), mode));
  }

  mknod(at: Handle, path: string, kind: NodeKind, mode: number, rdev?: number): Fault | undefined {
    return fault('mknodat', path, addNode(this, this.#last(at, path), kind, mode, rdev));
  }

  chmod(at: Handle, path: string, mode: number, follow?: 'follow'): Fault | undefined {
    const call = follow && path !== '' ? 'fchmodat' : 'fchmodat2';
    return fault(call, path, chmod(this, this.#find(at, path, follow !== undefined), mode & 0o7777));
  }

  chown(at: Handle, path: string, owner: Owner, follow?: 'follow'): Fault | undefined {
    return fault('fchownat', path, chown(this, this.#find(at, path, follow !== undefined), owner));
  }

  setTimes(at: Handle, path: string, times: Times, follow?: 'follow'): Fault | undefined {
    // Nothing to set is nothing to look for (utimensat(2)).
    if (times.atime === undefined && times.mtime === undefined) return undefined;
    return fault('utimensat', path, setTimes(this, this.#find(at, path, follow !== undefined), times));
  }

  xattrs(at: Handle, path: string): readonly string[] | Fault {
    const found = this.#find(at, path, false);
    return typeof found === 'string' ? new Fault('llistxattr', found, path) : [];
  }

  xattr(at: Handle, path: string): Uint8Array | Fault {
    const found = this.#find(at, path, false);
    return new Fault('lgetxattr', typeof found === 'string' ? found : 'ENODATA', path);
  }

  setXattr(at: Handle, path: string): Fault | undefined {
    const found = this.#find(at, path, false);
    return new Fault('lsetxattr', typeof found === 'string' ? found : 'EOPNOTSUPP', path);
  }

  read(handle: Handle, bytes: Uint8Array, position: number): number | Fault {
    const open = this.#open.get(handle.fd);
    if (!open?.how.access.startsWith('read')) return new Fault('pread64', 'EBADF', '');
    if (open.location.inode.kind === 'dir') return new Fault('pread64', 'EISDIR', '');
    const count = this.sketch.read(open.location.inode, bytes, position);
    return typeof count === 'string' ? new Fault('pread64', count, '') : count;
  }

  write(handle: Handle, bytes: Uint8Array, position: number): number | Fault {
    const open = this.#open.get(handle.fd);
    if (!open?.how.access.endsWith('write')) return new Fault('pwrite64', 'EBADF', '');
    const { inode } = open.location;
    if (inode.kind === 'char') return bytes.length;
    if (bytes.length === 0) return 0;
    const refused = writeData(this, inode, open.how.append ? inode.size : position, bytes);
    return refused ? new Fault('pwrite64', refused, '') : bytes.length;
  }

  truncate(handle: Handle, size: number): Fault | undefined {
    const open = this.#open.get(handle.fd);
    if (!open || open.how.access === 'path') return new Fault('ftruncate', 'EBADF', '');
    const { inode } = open.location;
    if (!open.how.access.endsWith('write') || inode.kind !== 'file') return new Fault('ftruncate', 'EINVAL', '');
    if (inode.appendOnly) return new Fault('ftruncate', 'EPERM', '');
    return fault('ftruncate', '', cutData(this, inode, size));
  }

  sync(handle: Handle): Fault | undefined {
    const open = this.#open.get(handle.fd);
    return open && open.how.access !== 'path' ? undefined : new Fault('fsync', 'EBADF', '');
  }

  syncFs(handle: Handle): Fault | undefined {
    return this.#open.has(handle.fd) ? undefined : new Fault('syncfs', 'EBADF', '');
  }

  // Paths

  #find(at: Handle, path: string, follow: boolean, directory = false): Location | Errno {
    if (path === '') return this.#held(at) ?? 'EBADF';
    const walk = this.#walk(at, path);
    return typeof walk === 'string' ? walk : walk.find(path, follow, directory);
  }

  #last(at: Handle, path: string): Last | Errno {
    if (path === '') return 'ENOENT';
    const walk = this.#walk(at, path);
    return typeof walk === 'string' ? walk : walk.toLast(path);
  }

  /** A walk that stands where the path begins. */
  #walk(at: Handle, path: string, resolve?: Resolve): PathWalk | Errno {
    if (byteLength(path) >= pathMax) return 'ENAMETOOLONG';
    const absolute = path.startsWith('/');
    if (absolute && resolve?.beneath) return 'EXDEV';
    const scoped = resolve?.beneath || resolve?.inRoot;
    const start = absolute && !scoped ? this.#root : this.#held(at);
    if (!start) return 'EBADF';
    if (start.inode.kind !== 'dir') return 'ENOTDIR';
    const walk = new PathWalk(this.sketch, this.who, this.#root, start, resolve);
    return (absolute ? walk.begin() : undefined) ?? walk;
  }

  #held(at: Handle): Location | undefined {
    return at.fd === this.cwd.fd ? this.#here : this.#open.get(at.fd)?.location;
  }

  // Opening

  #openPath(at: Handle, path: string, how: OpenHow): Location | Errno {
    if (how.resolve && (how.create || how.truncate || how.append || how.mode)) return 'EINVAL';
    if (how.resolve?.beneath && how.resolve.inRoot) return 'EINVAL';
    if (path === '') return 'ENOENT';
    const walk = this.#walk(at, path, how.resolve);
    return typeof walk === 'string' ? walk : walk.find(path, !how.nofollow, how.directory);
  }

  /** path_openat() in fs/namei.c. */
  #openFile(at: Handle, path: string, how: OpenHow): Location | Errno {
    if (how.create && how.directory) return 'EINVAL';
    if (how.resolve && ((how.mode && !how.create) || (how.resolve.beneath && how.resolve.inRoot))) return 'EINVAL';
    if (path === '') return 'ENOENT';
    const walk = this.#walk(at, path, how.resolve);
    if (typeof walk === 'string') return walk;
    let following = !how.nofollow && how.create !== 'exclusive';
    let directory = how.directory ?? false;
    for (let text = path; ; ) {
      const last = walk.toLast(text);
      if (typeof last === 'string') return last;
      if (last.kind === 'name' && how.create) {
        if (last.slash) return 'EISDIR';
        const there = lookUp(this.sketch, last);
        if (typeof there === 'string') return there;
        if (!there) return addFile(this, last, how.mode ?? 0);
      }
      if (last.kind === 'name' && last.slash) directory = following = true;
      const next = walk.intoLast(last, following);
      if (next === undefined) return this.#openExisting(last.dir.inode, walk.at, how, directory);
      if ('errno' in next) return next.errno;
      text = next.text;
    }
  }

  /** do_open() and may_open() in fs/namei.c. */
  #openExisting(dir: Inode, found: Location, how: OpenHow, directory: boolean): Location | Errno {
    const { inode } = found;
    const writes = how.access !== 'read';
    if (how.create === 'exclusive') return 'EEXIST';
    if (how.create && inode.kind === 'dir') return 'EISDIR';
    if (how.create && isPlanted(this.who, dir, inode, this.sketch.protectionOf(inode.kind))) return 'EACCES';
    if (directory && inode.kind !== 'dir') return 'ENOTDIR';
    const cuts = how.truncate === true && inode.kind === 'file';
    if (cuts && isReadOnly(found)) return 'EROFS';
    if (inode.kind === 'symlink') return 'ELOOP';
    if (inode.kind === 'dir' && (writes || how.truncate)) return 'EISDIR';
    const bits = (how.access === 'write' ? 0 : wants.read) | (writes || how.truncate ? wants.write : 0);
    const refused = this.sketch.allows(this.who, inode, bits);
    if (refused) return refused;
    if (inode.appendOnly && ((writes && !how.append) || how.truncate)) return 'EPERM';
    if (writes && isStored(inode.kind) && isReadOnly(found)) return 'EROFS';
    if (writes && inode.kind === 'file' && this.sketch.overBase) return 'EOPNOTSUPP';
    // There is nothing behind a socket or a device, but for the one that is always empty.
    if (inode.kind === 'socket' || inode.kind === 'block') return 'ENXIO';
    if (inode.kind === 'char' && inode.rdev !== nullDevice) return 'ENXIO';
    if (cuts) cutData(this, inode, 0);
    return found;
  }

  #newHandle(location: Location, how: OpenHow): Handle {
    const fd = this.#nextFd++;
    const open: Open = { location, how, who: this.who, atEnd: false };
    this.#open.set(fd, open);
    location.inode.opens++;
    return { fd, [Symbol.dispose]: () => this.#close(fd) };
  }

  #close(fd: number): void {
    const open = this.#open.get(fd);
    if (!open) return;
    this.#open.delete(fd);
    open.location.inode.opens--;
    this.sketch.release(open.location.inode);
  }
}

const fault = (call: string, path: string, errno: Errno | undefined): Fault | undefined =>
  errno && new Fault(call, errno, path);

/** 1:3 (devices.txt of the kernel): /dev/null. */
export const nullDevice = 0x100003;

/** What keeps its state in the file system itself. */
const isStored = (kind: Kind): boolean => kind === 'file' || kind === 'dir' || kind === 'symlink';
