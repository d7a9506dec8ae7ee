import { byteLength } from '../fs/bytes.ts';
import type { Errno } from '../fs/errno.ts';
import { Fault } from '../fs/fault.ts';
import type { Entry, Fs, Handle, NodeKind, OpenHow, Owner, Resolve, Times } from '../fs/fs.ts';
import type { LinkText } from '../fs/link-text.ts';
import type { Kind, Stat } from '../fs/stat.ts';
import type { Inode, Location, Volume } from './inode.ts';
import {
  type Credentials,
  isInGroup,
  isPlainFile,
  isPlanted,
  isStuck,
  modeAfterChmod,
  modeAfterChown,
  owns,
  wants,
} from './permission.ts';
import type { Sketch } from './sketch.ts';
import { isBelow, type Last, PathWalk } from './walk.ts';

/** PATH_MAX counts the NUL: 4095 bytes are the longest path, and the longest link text. */
const pathMax = 4096;
/** MAX_LFS_FILESIZE of ext4 with blocks of 4 KiB. */
const sizeMax = 16 * 2 ** 40 - 4096;
const changeDir = wants.write | wants.search;

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

/** A place for a new name. */
interface Place {
  readonly dir: Location;
  readonly name: string;
}

/** A process of a sketch: its user, working directory and descriptors. Every call is that of the kernel. */
export class SketchProcess implements Fs {
  readonly cwd: Handle = { fd: -100, [Symbol.dispose]() {} };
  readonly sketch: Sketch;
  /** As whom it acts: another one is what seteuid(2), setegid(2) and setgroups(2) do. */
  who: Credentials;
  umask: number;
  #root: Location;
  #here: Location;
  readonly #open = new Map<number, Open>();
  #nextFd = 3;

  constructor(sketch: Sketch, who: Credentials, umask: number, root: Location, here: Location) {
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
    return fault('linkat', path, this.#link(this.#find(from, fromPath, follow !== undefined), to, path));
  }

  symlink(text: LinkText, to: Handle, path: string): Fault | undefined {
    return fault('symlinkat', path, this.#symlink(text, to, path));
  }

  rename(from: Handle, fromPath: string, to: Handle, path: string, how?: 'no-replace' | 'exchange'): Fault | undefined {
    return fault('renameat2', path, this.#rename(this.#last(from, fromPath), this.#last(to, path), how));
  }

  unlink(at: Handle, path: string): Fault | undefined {
    return fault('unlinkat', path, this.#unlink(this.#last(at, path)));
  }

  rmdir(at: Handle, path: string): Fault | undefined {
    return fault('unlinkat', path, this.#rmdir(this.#last(at, path)));
  }

  /** No call of Linux: over a base, what is moved to another file system by copying it. Nothing of a directory is seen then. */
  moveByCopy(from: Handle, fromPath: string, to: Handle, path: string): Fault | undefined {
    return fault('renameat2', path, this.#moveByCopy(this.#last(from, fromPath), this.#last(to, path)));
  }

  /** A link gets another text in the copy that is at `path`: `below` is its path in there, empty for the copy itself. */
  retextInCopy(at: Handle, path: string, below: string, text: LinkText): Fault | undefined {
    const found = this.#find(at, path, false);
    const refused = typeof found === 'string' ? found : this.#retextInCopy(found.inode, below, text);
    return fault('symlinkat', path, refused);
  }

  /** No call of Linux: a directory goes with all that it holds, as one rename to a place aside would have it go. */
  takeAway(at: Handle, path: string): Fault | undefined {
    return fault('renameat2', path, this.#takeAway(this.#last(at, path)));
  }

  mkdir(at: Handle, path: string, mode: number): Fault | undefined {
    return fault('mkdirat', path, this.#mkdir(at, path, mode & 0o1777 & ~this.umask));
  }

  mknod(at: Handle, path: string, kind: NodeKind, mode: number, rdev?: number): Fault | undefined {
    return fault('mknodat', path, this.#mknod(at, path, kind, mode, rdev));
  }

  chmod(at: Handle, path: string, mode: number, follow?: 'follow'): Fault | undefined {
    const call = follow && path !== '' ? 'fchmodat' : 'fchmodat2';
    return fault(call, path, this.#chmod(this.#find(at, path, follow !== undefined), mode & 0o7777));
  }

  chown(at: Handle, path: string, owner: Owner, follow?: 'follow'): Fault | undefined {
    return fault('fchownat', path, this.#chown(this.#find(at, path, follow !== undefined), owner));
  }

  setTimes(at: Handle, path: string, times: Times, follow?: 'follow'): Fault | undefined {
    // Nothing to set is nothing to look for (utimensat(2)).
    if (times.atime === undefined && times.mtime === undefined) return undefined;
    return fault('utimensat', path, this.#setTimes(this.#find(at, path, follow !== undefined), times));
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
    if (bytes.length === 0) return 0;
    const refused = this.#resize(inode, open.how.append ? inode.size : position, bytes);
    return refused ? new Fault('pwrite64', refused, '') : bytes.length;
  }

  truncate(handle: Handle, size: number): Fault | undefined {
    const open = this.#open.get(handle.fd);
    if (!open || open.how.access === 'path') return new Fault('ftruncate', 'EBADF', '');
    const { inode } = open.location;
    if (!open.how.access.endsWith('write') || inode.kind !== 'file') return new Fault('ftruncate', 'EINVAL', '');
    if (inode.appendOnly) return new Fault('ftruncate', 'EPERM', '');
    return fault('ftruncate', '', size > sizeMax ? 'EFBIG' : this.#cut(inode, size));
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

  /** filename_create() in the kernel's fs/namei.c: the checks for a name that is not there yet. */
  #placeFor(at: Handle, path: string, directory: boolean): Place | Errno {
    const last = this.#last(at, path);
    if (typeof last === 'string') return last;
    const { dir, name, kind, slash } = last;
    if (kind !== 'name') return 'EEXIST';
    const there = this.#lookUp(last);
    if (typeof there === 'string') return there;
    if (there) return 'EEXIST';
    if (slash && !directory) return 'ENOENT';
    return isReadOnly(dir) ? 'EROFS' : { dir, name };
  }

  #lookUp({ dir, name }: Place): Location | Errno | undefined {
    return dir.inode.nlink === 0 ? 'ENOENT' : this.sketch.child(dir, name);
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
        const there = this.#lookUp(last);
        if (typeof there === 'string') return there;
        if (!there) return this.#create(last, how);
      }
      if (last.kind === 'name' && last.slash) directory = following = true;
      const next = walk.intoLast(last, following);
      if (next === undefined) return this.#openExisting(last.dir.inode, walk.at, how, directory);
      if ('errno' in next) return next.errno;
      text = next.text;
    }
  }

  #create({ dir, name }: Place, how: OpenHow): Location | Errno {
    const refused = isReadOnly(dir) ? 'EROFS' : this.sketch.allows(this.who, dir.inode, changeDir);
    if (refused) return refused;
    if (this.sketch.overBase) return 'EOPNOTSUPP';
    return this.#add({ dir, name }, 'file', this.#modeOfNew({ dir }, how.mode ?? 0));
  }

  /** vfs_prepare_mode() in fs/namei.c: not a program with a group that its maker is not in. */
  #modeOfNew({ dir: { inode: dir } }: Pick<Place, 'dir'>, mode: number): number {
    const isForeign = (dir.mode & 0o2000) !== 0 && this.who.uid !== 0 && !isInGroup(this.who, dir.gid);
    const stripped = isForeign && (mode & 0o2010) === 0o2010 ? mode & ~0o2000 : mode;
    return stripped & 0o7777 & ~this.umask;
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
    // There is nothing behind a socket or a device.
    if (inode.kind === 'socket' || inode.kind === 'char' || inode.kind === 'block') return 'ENXIO';
    if (cuts) this.#cut(inode, 0);
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

  // Names

  /** vfs_link(). */
  #link(file: Location | Errno, to: Handle, path: string): Errno | undefined {
    if (typeof file === 'string') return file;
    const place = this.#placeFor(to, path, false);
    if (typeof place === 'string') return place;
    const { inode } = file;
    const { dir, name } = place;
    if (file.mount !== dir.mount) return 'EXDEV';
    if (this.sketch.protectedHardlinks && !owns(this.who, inode) && !this.#mayChange(inode)) return 'EPERM';
    const refused = this.sketch.allows(this.who, dir.inode, changeDir);
    if (refused) return refused;
    if (inode.immutable || inode.appendOnly || inode.kind === 'dir') return 'EPERM';
    if (inode.nlink === 0) return 'ENOENT';
    if (inode.nlink >= (inode.volume.type.namesMax ?? Infinity)) return 'EMLINK';
    const home = inode.home;
    if (this.sketch.overBase && !home) return 'EOPNOTSUPP';
    const from = home && this.sketch.spot({ mount: file.mount, inode: home.dir }, home.name);
    if (from)
      this.sketch.record({ kind: 'link', file: this.sketch.refer(inode), from, to: this.sketch.spot(dir, name) });
    inode.nlink++;
    inode.ctime = this.sketch.now();
    this.#put(dir.inode, name, inode);
    return undefined;
  }

  #mayChange(inode: Inode): boolean {
    return isPlainFile(inode) && this.sketch.allows(this.who, inode, wants.read | wants.write) === undefined;
  }

  #symlink(text: LinkText, to: Handle, path: string): Errno | undefined {
    if (text === '') return 'ENOENT';
    if (byteLength(text) >= pathMax) return 'ENAMETOOLONG';
    const place = this.#placeFor(to, path, false);
    if (typeof place === 'string') return place;
    const refused = this.sketch.allows(this.who, place.dir.inode, changeDir);
    if (refused) return refused;
    if (isTooLongIn(place.dir.inode.volume, text)) return 'ENAMETOOLONG';
    const made = this.#add(place, 'symlink', 0o777, { text });
    return typeof made === 'string' ? made : undefined;
  }

  #mkdir(at: Handle, path: string, mode: number): Errno | undefined {
    const place = this.#placeFor(at, path, true);
    if (typeof place === 'string') return place;
    const refused = this.sketch.allows(this.who, place.dir.inode, changeDir);
    if (refused) return refused;
    const { directoryLinks, namesMax = Infinity } = place.dir.inode.volume.type;
    if (directoryLinks !== 'count-to-limit' && place.dir.inode.nlink >= namesMax) return 'EMLINK';
    const made = this.#add(place, 'dir', mode);
    return typeof made === 'string' ? made : undefined;
  }

  #mknod(at: Handle, path: string, kind: NodeKind, mode: number, rdev?: number): Errno | undefined {
    const place = this.#placeFor(at, path, false);
    if (typeof place === 'string') return place;
    const refused = this.sketch.allows(this.who, place.dir.inode, changeDir);
    if (refused) return refused;
    // Anyone may make the character device 0:0, a whiteout (vfs_mknod() in fs/namei.c).
    const isWhiteout = kind === 'char' && (rdev ?? 0) === 0;
    if ((kind === 'char' || kind === 'block') && !isWhiteout && this.who.uid !== 0) return 'EPERM';
    if (this.sketch.overBase) return 'EOPNOTSUPP';
    const granted = this.#modeOfNew(place, mode);
    const made = this.#add(place, kind, granted, rdev === undefined ? {} : { rdev });
    return typeof made === 'string' ? made : undefined;
  }

  /** A new inode under a new name. */
  #add(
    { dir, name }: Place,
    kind: Kind,
    mode: number,
    rest: { readonly text?: LinkText; readonly rdev?: number } = {},
  ): Location | Errno {
    const { sketch } = this;
    const inode = sketch.make(dir.inode, kind, this.who, mode, rest);
    if (typeof inode === 'string') return inode;
    const to = sketch.spot(dir, name);
    if (kind === 'dir') sketch.record({ kind: 'mkdir', mode: inode.mode, to });
    if (rest.text !== undefined) sketch.record({ kind: 'symlink', text: rest.text, to });
    const counts = kind === 'dir' && inode.volume.type.directoryLinks !== 'one';
    inode.nlink = counts ? 2 : 1;
    if (kind === 'dir') oneDirMore(dir.inode);
    this.#put(dir.inode, name, inode);
    return { mount: dir.mount, inode };
  }

  #unlink(last: Last | Errno): Errno | undefined {
    if (typeof last === 'string') return last;
    const { dir, name, kind, slash } = last;
    if (kind !== 'name') return 'EISDIR';
    if (isReadOnly(dir)) return 'EROFS';
    const found = this.#lookUp(last);
    if (typeof found === 'string') return found;
    if (!found) return 'ENOENT';
    const { inode } = found;
    if (slash) return inode.kind === 'dir' ? 'EISDIR' : 'ENOTDIR';
    const refused = this.#mayRemove(dir.inode, inode, false);
    if (refused) return refused;
    if (this.sketch.isMountPoint(inode)) return 'EBUSY';
    this.sketch.record({ kind: 'unlink', file: this.sketch.refer(inode), at: this.sketch.spot(dir, name) });
    this.#take(dir.inode, name);
    this.#drop(inode, dir.inode, name);
    return undefined;
  }

  #rmdir(last: Last | Errno): Errno | undefined {
    if (typeof last === 'string') return last;
    const { dir, name, kind } = last;
    if (kind !== 'name') return ({ '/': 'EBUSY', '.': 'EINVAL', '..': 'ENOTEMPTY' } as const)[kind];
    if (isReadOnly(dir)) return 'EROFS';
    const found = this.#lookUp(last);
    if (typeof found === 'string') return found;
    if (!found) return 'ENOENT';
    const { inode } = found;
    const refused = this.#mayRemove(dir.inode, inode, true);
    if (refused) return refused;
    if (this.sketch.isMountPoint(inode)) return 'EBUSY';
    const entries = this.sketch.entries(inode);
    if (typeof entries === 'string') return entries;
    if (entries.length > 0) return 'ENOTEMPTY';
    this.sketch.record({ kind: 'rmdir', file: this.sketch.refer(inode), at: this.sketch.spot(dir, name) });
    oneDirLess(dir.inode);
    this.#take(dir.inode, name);
    this.#drop(inode, dir.inode, name);
    return undefined;
  }

  #moveByCopy(from: Last | Errno, to: Last | Errno): Errno | undefined {
    if (typeof from === 'string') return from;
    if (typeof to === 'string') return to;
    if (!this.sketch.overBase) return 'EOPNOTSUPP';
    if (from.kind !== 'name' || to.kind !== 'name') return 'EBUSY';
    if (isReadOnly(from.dir) || isReadOnly(to.dir)) return 'EROFS';
    const found = this.#lookUp(from);
    if (typeof found === 'string') return found;
    if (!found) return 'ENOENT';
    const there = this.#lookUp(to);
    if (typeof there === 'string') return there;
    const file = found.inode;
    const isDir = file.kind === 'dir';
    if (!isDir && (from.slash || to.slash)) return 'ENOTDIR';
    const refused =
      this.#mayRemove(from.dir.inode, file, isDir) ??
      (there
        ? this.#mayRemove(to.dir.inode, there.inode, isDir)
        : this.sketch.allows(this.who, to.dir.inode, changeDir)) ??
      (isDir || file.kind === 'file' ? this.sketch.allows(this.who, file, wants.read) : undefined);
    if (refused) return refused;
    if ([file, there?.inode].some((each) => each && this.sketch.isMountPoint(each))) return 'EBUSY';
    if (there && isDir) {
      const entries = this.sketch.entries(there.inode);
      if (typeof entries === 'string') return entries;
      if (entries.length > 0) return 'ENOTEMPTY';
    }
    return this.#copyFound(from, file, to, there?.inode);
  }

  #copyFound(from: Last, file: Inode, to: Last, there: Inode | undefined): Errno | undefined {
    const { sketch } = this;
    const text = file.kind === 'symlink' ? sketch.textOf(file) : undefined;
    if (text && 'errno' in text) return text.errno;
    const copy = sketch.make(
      to.dir.inode,
      file.kind,
      { ...file, groups: [] },
      file.mode,
      text ? { text: text.text } : {},
    );
    if (typeof copy === 'string') return copy;
    sketch.record({
      kind: 'copy',
      file: sketch.refer(file),
      from: sketch.spot(from.dir, from.name),
      to: sketch.spot(to.dir, to.name),
      ...(there && { replaced: sketch.refer(there) }),
      owner: file.uid,
      texts: [],
    });
    if (there) {
      this.#take(to.dir.inode, to.name);
      this.#drop(there, to.dir.inode, to.name);
    }
    this.#take(from.dir.inode, from.name);
    this.#drop(file, from.dir.inode, from.name);
    copy.nlink = 1;
    copy.size = file.size;
    this.#put(to.dir.inode, to.name, copy);
    return undefined;
  }

  #retextInCopy({ madeBy, volume }: Inode, below: string, text: LinkText): Errno | undefined {
    if (byteLength(text) >= pathMax || isTooLongIn(volume, text)) return 'ENAMETOOLONG';
    const step = madeBy === undefined ? undefined : this.sketch.steps[madeBy];
    if (step?.kind !== 'copy') return 'EOPNOTSUPP';
    this.sketch.steps[madeBy as number] = { ...step, texts: [...step.texts, { path: below, text }] };
    return undefined;
  }

  #takeAway(last: Last | Errno): Errno | undefined {
    if (typeof last === 'string') return last;
    const { dir, name, kind } = last;
    if (kind !== 'name') return 'EBUSY';
    if (isReadOnly(dir)) return 'EROFS';
    const found = this.#lookUp(last);
    if (typeof found === 'string') return found;
    if (!found) return 'ENOENT';
    const { inode } = found;
    const refused = this.#mayRemove(dir.inode, inode, true);
    if (refused) return refused;
    if (this.sketch.isMountPoint(inode)) return 'EBUSY';
    this.sketch.record({ kind: 'take-away', file: this.sketch.refer(inode), at: this.sketch.spot(dir, name) });
    this.#take(dir.inode, name);
    oneDirLess(dir.inode);
    this.#drop(inode, dir.inode, name);
    return undefined;
  }

  /** may_delete() in fs/namei.c. */
  #mayRemove(dir: Inode, inode: Inode, asDirectory: boolean): Errno | undefined {
    const refused = this.sketch.allows(this.who, dir, changeDir);
    if (refused) return refused;
    if (dir.appendOnly || isStuck(this.who, dir, inode) || inode.appendOnly || inode.immutable) return 'EPERM';
    if (asDirectory) return inode.kind === 'dir' ? undefined : 'ENOTDIR';
    return inode.kind === 'dir' ? 'EISDIR' : undefined;
  }

  /** do_renameat2() and vfs_rename(). */
  #rename(from: Last | Errno, to: Last | Errno, how?: 'no-replace' | 'exchange'): Errno | undefined {
    if (typeof from === 'string') return from;
    if (typeof to === 'string') return to;
    if (from.dir.mount !== to.dir.mount) return 'EXDEV';
    if (from.kind !== 'name') return 'EBUSY';
    if (to.kind !== 'name') return how === 'no-replace' ? 'EEXIST' : 'EBUSY';
    if (isReadOnly(from.dir)) return 'EROFS';
    const found = this.#lookUp(from);
    if (typeof found === 'string') return found;
    if (!found) return 'ENOENT';
    const there = this.#lookUp(to);
    if (typeof there === 'string') return there;
    if (there && how === 'no-replace') return 'EEXIST';
    if (!there && how === 'exchange') return 'ENOENT';
    return this.#renameFound(from, found.inode, to, there?.inode, how === 'exchange');
  }

  #renameFound(from: Last, file: Inode, to: Last, there: Inode | undefined, exchange: boolean): Errno | undefined {
    const isDir = file.kind === 'dir';
    const toDir = there?.kind === 'dir';
    if (exchange && !toDir && to.slash) return 'ENOTDIR';
    if (!isDir && (from.slash || (!exchange && to.slash))) return 'ENOTDIR';
    const apart = from.dir.inode !== to.dir.inode;
    if (apart && isDir && isBelow(to.dir.inode, file)) return 'EINVAL';
    if (apart && there && toDir && isBelow(from.dir.inode, there)) return exchange ? 'EINVAL' : 'ENOTEMPTY';
    if (file === there) return undefined;
    const refused =
      this.#mayRemove(from.dir.inode, file, isDir) ??
      (there
        ? this.#mayRemove(to.dir.inode, there, exchange ? toDir : isDir)
        : this.sketch.allows(this.who, to.dir.inode, changeDir)) ??
      // Moving a directory changes its `..`.
      (apart && isDir ? this.sketch.allows(this.who, file, wants.write) : undefined) ??
      (apart && exchange && toDir ? this.sketch.allows(this.who, there as Inode, wants.write) : undefined);
    if (refused) return refused;
    if (this.sketch.isMountPoint(file) || (there && this.sketch.isMountPoint(there))) return 'EBUSY';
    if (!exchange && there && toDir) {
      const entries = this.sketch.entries(there);
      if (typeof entries === 'string') return entries;
      if (entries.length > 0) return there.volume.type.fullDirectory ?? 'ENOTEMPTY';
    }
    this.#move(from, file, to, there, exchange);
    return undefined;
  }

  #move(from: Last, file: Inode, to: Last, there: Inode | undefined, exchange: boolean): void {
    const { sketch } = this;
    const spots = {
      file: sketch.refer(file),
      from: sketch.spot(from.dir, from.name),
      to: sketch.spot(to.dir, to.name),
    };
    const now = sketch.now();
    this.#take(from.dir.inode, from.name);
    if (file.kind === 'dir') oneDirLess(from.dir.inode);
    if (there) {
      this.#take(to.dir.inode, to.name);
      if (there.kind === 'dir') oneDirLess(to.dir.inode);
    }
    if (exchange && there) {
      sketch.record({ kind: 'exchange', ...spots, other: sketch.refer(there) });
      this.#put(from.dir.inode, from.name, there);
      if (there.kind === 'dir') oneDirMore(from.dir.inode);
    } else {
      sketch.record({ kind: 'rename', ...spots, ...(there ? { replaced: sketch.refer(there) } : {}) });
      if (there) this.#drop(there, to.dir.inode, to.name);
    }
    this.#put(to.dir.inode, to.name, file);
    if (file.kind === 'dir') oneDirMore(to.dir.inode);
    const both = exchange && there ? [file, there] : [file];
    if (both.length === 1 || file.volume.type.exchangeTouches !== 'parents')
      for (const moved of both) moved.ctime = now;
    else if (from.dir.inode !== to.dir.inode && both.some(({ kind }) => kind === 'dir'))
      for (const moved of both) {
        moved.ctime = now;
        if (moved.kind === 'dir') moved.mtime = now;
      }
  }

  #put(dir: Inode, name: string, inode: Inode): void {
    dir.entries.set(name, inode);
    inode.home = { dir, name };
    dir.mtime = dir.ctime = this.sketch.now();
  }

  #take(dir: Inode, name: string): void {
    if (dir.origin) dir.entries.set(name, undefined);
    else dir.entries.delete(name);
    dir.mtime = dir.ctime = this.sketch.now();
  }

  /** A name of an inode went. */
  #drop(inode: Inode, dir: Inode, name: string): void {
    const { home } = inode;
    if (inode.kind !== 'dir' && home?.dir === dir && home.name === name) inode.home = undefined;
    inode.nlink = inode.kind === 'dir' ? 0 : inode.nlink - 1;
    inode.ctime = this.sketch.now();
    this.sketch.release(inode);
  }

  // What an inode says of itself

  #chmod(found: Location | Errno, mode: number): Errno | undefined {
    if (typeof found === 'string') return found;
    const { inode } = found;
    if (isReadOnly(found)) return 'EROFS';
    if (inode.immutable || inode.appendOnly) return 'EPERM';
    if (inode.kind === 'symlink') return 'EOPNOTSUPP';
    if (!owns(this.who, inode)) return 'EPERM';
    const granted = modeAfterChmod(this.who, inode.gid, mode);
    if (this.sketch.overBase && !inode.home) return 'EOPNOTSUPP';
    const at = inode.home && this.sketch.spot({ mount: found.mount, inode: inode.home.dir }, inode.home.name);
    if (at)
      this.sketch.record({ kind: 'chmod', file: this.sketch.refer(inode), at, mode: granted, before: inode.mode });
    inode.mode = granted;
    inode.changed = true;
    inode.ctime = this.sketch.now();
    return undefined;
  }

  #chown(found: Location | Errno, { uid, gid }: Owner): Errno | undefined {
    if (typeof found === 'string') return found;
    const { inode } = found;
    if (isReadOnly(found)) return 'EROFS';
    if (inode.immutable || inode.appendOnly) return 'EPERM';
    const isRoot = this.who.uid === 0;
    const isOwner = this.who.uid === inode.uid;
    if (!isRoot && uid !== undefined && !(isOwner && uid === inode.uid)) return 'EPERM';
    if (!isRoot && gid !== undefined && !(isOwner && (gid === inode.gid || isInGroup(this.who, gid)))) return 'EPERM';
    // Taking those bits away is a change of mode (notify_change() in fs/attr.c).
    const mode = modeAfterChown(this.who, inode);
    if (mode !== inode.mode && !owns(this.who, inode)) return 'EPERM';
    if (this.sketch.overBase && !this.sketch.giveOwner(inode, { uid: uid ?? inode.uid, gid: gid ?? inode.gid }))
      return 'EOPNOTSUPP';
    inode.mode = mode;
    inode.uid = uid ?? inode.uid;
    inode.gid = gid ?? inode.gid;
    inode.ctime = this.sketch.now();
    return undefined;
  }

  #setTimes(found: Location | Errno, { atime, mtime }: Times): Errno | undefined {
    if (typeof found === 'string') return found;
    const { inode } = found;
    if (isReadOnly(found)) return 'EROFS';
    const toNow = atime === 'now' && mtime === 'now';
    if (inode.immutable || (inode.appendOnly && !toNow)) return 'EPERM';
    if (!owns(this.who, inode)) {
      if (!toNow) return 'EPERM';
      const refused = this.sketch.allows(this.who, inode, wants.write);
      if (refused) return refused;
    }
    if (this.sketch.overBase) return 'EOPNOTSUPP';
    const now = this.sketch.now();
    const set = (time: bigint | 'now' | undefined, before: bigint): bigint => (time === 'now' ? now : (time ?? before));
    inode.atime = set(atime, inode.atime);
    inode.mtime = set(mtime, inode.mtime);
    inode.ctime = now;
    return undefined;
  }

  /** Writes bytes into a file. */
  #resize(inode: Inode, position: number, bytes: Uint8Array): Errno | undefined {
    const end = position + bytes.length;
    if (end > sizeMax) return 'EFBIG';
    const more = inode.content.roomFor(position, bytes.length);
    if (more > inode.volume.freeBytes) return 'ENOSPC';
    inode.volume.freeBytes -= more;
    inode.content.write(bytes, position);
    inode.size = Math.max(inode.size, end);
    this.#removePrivileges(inode);
    inode.mtime = inode.ctime = this.sketch.now();
    return undefined;
  }

  /** Who is not root and writes takes set-user-ID and set-group-ID away (write(2)). */
  #removePrivileges(inode: Inode): void {
    if (this.who.uid !== 0) inode.mode = modeAfterChown(this.who, inode);
  }

  #cut(inode: Inode, size: number): undefined {
    inode.volume.freeBytes += inode.content.room;
    inode.content.cut(size);
    inode.volume.freeBytes -= inode.content.room;
    inode.size = size;
    this.#removePrivileges(inode);
    inode.mtime = inode.ctime = this.sketch.now();
    return undefined;
  }
}

const fault = (call: string, path: string, errno: Errno | undefined): Fault | undefined =>
  errno && new Fault(call, errno, path);

const isReadOnly = ({ mount }: Location): boolean => mount.readOnly || mount.volume.readOnly;

/** What keeps its state in the file system itself. */
const isStored = (kind: Kind): boolean => kind === 'file' || kind === 'dir' || kind === 'symlink';

const isTooLongIn = ({ type: { textMax } }: Volume, text: LinkText): boolean =>
  typeof textMax === 'number' && byteLength(text) > textMax;

/** A directory counts its subdirectories, whose `..` are names of it. */
const oneDirMore = (dir: Inode): void => {
  const { directoryLinks, namesMax = Infinity } = dir.volume.type;
  if (directoryLinks === 'one' || dir.nlink === 1) return;
  dir.nlink++;
  if (directoryLinks === 'count-to-limit' && dir.nlink > namesMax) dir.nlink = 1;
};

const oneDirLess = (dir: Inode): void => {
  if (dir.nlink > 2) dir.nlink--;
};

const statOf = ({ mount, inode }: Location): Stat => ({
  dev: mount.dev ?? inode.volume.dev,
  ino: inode.ino,
  kind: inode.kind,
  mode: inode.mode,
  nlink: inode.nlink,
  uid: inode.uid,
  gid: inode.gid,
  size: inode.kind === 'dir' && !inode.origin ? 4096 : inode.size,
  blocks: inode.origin ? inode.origin.stat.blocks : blocksOf(inode),
  rdev: inode.rdev,
  atime: inode.atime,
  mtime: inode.mtime,
  ctime: inode.ctime,
  btime: inode.btime,
  mountId: mount.id,
  mountRoot: inode === mount.root,
  immutable: inode.immutable,
  appendOnly: inode.appendOnly,
});

/** In units of 512 bytes, of blocks of 4 KiB. */
const blocksOf = ({ kind, content, text, volume }: Inode): number => {
  if (kind === 'dir') return 8;
  if (kind === 'symlink') return byteLength(text ?? '') >= (volume.type.textBlockFrom ?? Infinity) ? 8 : 0;
  return content.room / 512;
};
