/** Fs on the running Linux. */
import { byteLength, decodeBytes, encodeBytes } from '../fs/bytes.ts';
import { errnoName } from '../fs/errno.ts';
import { Fault } from '../fs/fault.ts';
import type { Entry, Fs, Handle, OpenHow, Resolve } from '../fs/fs.ts';
import { linkText } from '../fs/link-text.ts';
import { dirent, direntType, statxField } from '../fs/probe.ts';
import { type Kind, kindOfMode, type Stat } from '../fs/stat.ts';
import * as abi from './abi.ts';
import { Descriptor, workingDirectory } from './handle.ts';
import { allocate, type Block, longSyscall, syscall } from './libc.ts';
import { untilCounted, untilSettled } from './until-settled.ts';

const { call } = abi.abi;

/** PATH_MAX: a path and its NUL (limits.h). */
const pathMax = 4096;

// One block serves every call: they are synchronous and leave nothing behind in it.
const place = {
  path: 0,
  second: pathMax,
  /** struct open_how, or two of struct timespec. */
  how: 2 * pathMax,
  statx: 2 * pathMax + 32,
  text: 2 * pathMax + 288,
  /** Entries of a directory, or bytes of a file. */
  data: 3 * pathMax + 288,
} as const;
const dataBytes = 32768;
/** Up to here arguments pass as ints, which is quicker. */
const positionMax = 2 ** 31 - 1;
const callFor = (position: number): typeof syscall => (position > positionMax ? longSyscall : syscall);
const block = allocate(place.data + dataBytes);
const address = (offset: number): number => block.address + offset;

export const kernel: Fs = {
  cwd: workingDirectory,

  open(at, path, how) {
    const name = how.resolve ? 'openat2' : 'openat';
    const long = put(path, place.path, name);
    if (long) return long;
    const fd = how.resolve ? openat2(at, how, how.resolve) : openat(at, how);
    return fd < 0 ? fault(name, fd, path) : new Descriptor(fd);
  },

  stat(at, path, follow) {
    const long = put(path, place.path, 'statx');
    if (long) return long;
    const flags = abi.AT_NO_AUTOMOUNT | emptyPath(path) | (follow ? 0 : abi.AT_SYMLINK_NOFOLLOW);
    const mask = abi.STATX_BASIC_STATS | abi.STATX_BTIME | abi.STATX_MNT_ID;
    const ask = (): number => syscall(call.statx, at.fd, address(place.path), flags, mask, address(place.statx));
    const result = follow ? untilCounted(ask) : ask();
    return result < 0 ? fault('statx', result, path) : readStat(block, place.statx);
  },

  readlink(at, path) {
    const long = put(path, place.path, 'readlinkat');
    if (long) return long;
    const length = syscall(call.readlinkat, at.fd, address(place.path), address(place.text), pathMax, 0);
    if (length < 0) return fault('readlinkat', length, path);
    return linkText(decodeBytes(block.bytes.subarray(place.text, place.text + length)));
  },

  entries(dir) {
    const found: Entry[] = [];
    for (;;) {
      const filled = syscall(call.getdents64, dir.fd, address(place.data), dataBytes, 0, 0);
      if (filled < 0) return fault('getdents64', filled, '');
      if (filled === 0) return found;
      readEntries(filled, found);
    }
  },

  access(at, path, wanted) {
    const bit = wanted === 'read' ? 4 : wanted === 'write' ? 2 : 1;
    return onPath('faccessat2', at, path, bit, abi.AT_EACCESS | emptyPath(path));
  },

  link(from, fromPath, to, path, follow) {
    const flags = (follow ? abi.AT_SYMLINK_FOLLOW : 0) | emptyPath(fromPath);
    return onTwoPaths('linkat', from, fromPath, to, path, flags);
  },

  symlink(text, to, path) {
    const long = put(text, place.path, 'symlinkat') ?? put(path, place.second, 'symlinkat');
    if (long) return long;
    return done('symlinkat', syscall(call.symlinkat, address(place.path), to.fd, address(place.second), 0, 0), path);
  },

  rename(from, fromPath, to, path, how) {
    const flags = how === 'exchange' ? abi.RENAME_EXCHANGE : how === 'no-replace' ? abi.RENAME_NOREPLACE : 0;
    return onTwoPaths('renameat2', from, fromPath, to, path, flags);
  },

  unlink: (at, path) => onPath('unlinkat', at, path, 0, 0),
  rmdir: (at, path) => onPath('unlinkat', at, path, abi.AT_REMOVEDIR, 0),
  mkdir: (at, path, mode) => onPath('mkdirat', at, path, mode, 0),

  mknod(at, path, kind, mode, rdev = 0) {
    return (
      put(path, place.path, 'mknodat') ??
      done(
        'mknodat',
        syscall(call.mknodat, at.fd, address(place.path), nodeType[kind] | mode, encodedDevice(rdev), 0),
        path,
      )
    );
  },

  chmod(at, path, mode, follow) {
    // fchmodat2 came with Linux 6.6; without flags the older call does.
    if (follow && path !== '') return onPath('fchmodat', at, path, mode, 0);
    return onPath('fchmodat2', at, path, mode, (follow ? 0 : abi.AT_SYMLINK_NOFOLLOW) | emptyPath(path));
  },

  chown(at, path, { uid = -1, gid = -1 }, follow) {
    const flags = (follow ? 0 : abi.AT_SYMLINK_NOFOLLOW) | emptyPath(path);
    return (
      put(path, place.path, 'fchownat') ??
      done('fchownat', syscall(call.fchownat, at.fd, address(place.path), uid | 0, gid | 0, flags), path)
    );
  },

  setTimes(at, path, { atime, mtime }, follow) {
    const long = put(path, place.path, 'utimensat');
    if (long) return long;
    putTime(atime, place.how);
    putTime(mtime, place.how + 16);
    const flags = (follow ? 0 : abi.AT_SYMLINK_NOFOLLOW) | emptyPath(path);
    return done('utimensat', syscall(call.utimensat, at.fd, address(place.path), address(place.how), flags, 0), path);
  },

  xattrs(at, path) {
    const refused = putXattrPath('llistxattr', at, path);
    if (refused) return refused;
    const length = syscall(call.llistxattr, address(place.path), address(place.data), dataBytes, 0, 0);
    if (length < 0) return fault('llistxattr', length, path);
    return decodeBytes(block.bytes.slice(place.data, place.data + length))
      .split('\0')
      .slice(0, -1);
  },

  xattr(at, path, name) {
    const refused = putXattrPath('lgetxattr', at, path) ?? put(name, place.second, 'lgetxattr');
    if (refused) return refused;
    const [where, which] = [address(place.path), address(place.second)];
    const length = syscall(call.lgetxattr, where, which, address(place.data), dataBytes, 0);
    return length < 0 ? fault('lgetxattr', length, path) : block.bytes.slice(place.data, place.data + length);
  },

  setXattr(at, path, name, value) {
    const refused = putXattrPath('lsetxattr', at, path) ?? put(name, place.second, 'lsetxattr');
    if (refused) return refused;
    if (value.length > dataBytes) return new Fault('lsetxattr', 'E2BIG', path);
    block.bytes.set(value, place.data);
    const [where, which] = [address(place.path), address(place.second)];
    return done('lsetxattr', syscall(call.lsetxattr, where, which, address(place.data), value.length, 0), path);
  },

  read(handle, bytes, position) {
    const wanted = Math.min(bytes.length, dataBytes);
    const count = callFor(position)(call.pread64, handle.fd, address(place.data), wanted, position, 0);
    if (count < 0) return fault('pread64', count, '');
    bytes.set(block.bytes.subarray(place.data, place.data + count));
    return count;
  },

  write(handle, bytes, position) {
    const wanted = Math.min(bytes.length, dataBytes);
    block.bytes.set(bytes.subarray(0, wanted), place.data);
    // With O_APPEND Linux appends whatever the position (pwrite(2), BUGS).
    const count = callFor(position)(call.pwrite64, handle.fd, address(place.data), wanted, position, 0);
    return count < 0 ? fault('pwrite64', count, '') : count;
  },

  truncate: (handle, size) => done('ftruncate', callFor(size)(call.ftruncate, handle.fd, size, 0, 0, 0), ''),
  sync: (handle) => done('fsync', syscall(call.fsync, handle.fd, 0, 0, 0, 0), ''),
  syncFs: (handle) => done('syncfs', syscall(call.syncfs, handle.fd, 0, 0, 0, 0), ''),
};

const fault = (name: string, result: number, path: string): Fault => new Fault(name, errnoName(-result), path);

const done = (name: string, result: number, path: string): Fault | undefined =>
  result < 0 ? fault(name, result, path) : undefined;

/** These calls know no handles before Linux 6.13: /proc names the directory. */
const putXattrPath = (name: string, at: Handle, path: string): Fault | undefined =>
  put(path.startsWith('/') || at.fd === abi.AT_FDCWD ? path : `/proc/self/fd/${at.fd}/${path}`, place.path, name);

const emptyPath = (path: string): number => (path === '' ? abi.AT_EMPTY_PATH : 0);

/** Writes a path where the kernel will read it; refuses what the kernel could not be told. */
const put = (path: string, offset: number, name: string): Fault | undefined => {
  if (putAscii(path, offset)) return undefined;
  if (byteLength(path) >= pathMax) {
    // Without an end: the kernel refuses it itself, when its turn comes.
    block.bytes.fill(0x78, offset, offset + pathMax);
    return undefined;
  }
  const bytes = encodeBytes(path);
  if (bytes.includes(0)) return new Fault(name, 'EINVAL', path);
  block.bytes.set(bytes, offset);
  block.bytes[offset + bytes.length] = 0;
  return undefined;
};

/** The quick way for nearly every path; false where it does not do. */
const putAscii = (path: string, offset: number): boolean => {
  const { length } = path;
  if (length >= pathMax) return false;
  for (let i = 0; i < length; i++) {
    const code = path.charCodeAt(i);
    if (code === 0 || code >= 0x80) return false;
    block.bytes[offset + i] = code;
  }
  block.bytes[offset + length] = 0;
  return true;
};

const onPath = (
  name: 'faccessat2' | 'fchmodat' | 'fchmodat2' | 'mkdirat' | 'unlinkat',
  at: Handle,
  path: string,
  a: number,
  b: number,
): Fault | undefined =>
  put(path, place.path, name) ?? done(name, syscall(call[name], at.fd, address(place.path), a, b, 0), path);

const onTwoPaths = (
  name: 'linkat' | 'renameat2',
  from: Handle,
  fromPath: string,
  to: Handle,
  path: string,
  flags: number,
): Fault | undefined =>
  put(fromPath, place.path, name) ??
  put(path, place.second, name) ??
  done(name, syscall(call[name], from.fd, address(place.path), to.fd, address(place.second), flags), path);

/** The type bits of `st_mode` (inode(7)). */
const nodeType = { file: 0o100000, fifo: 0o10000, socket: 0o140000, char: 0o20000, block: 0o60000 } as const;

/** struct timespec: seconds and nanoseconds, 64 bits each. */
const putTime = (time: bigint | 'now' | undefined, offset: number): void => {
  const start = offset / 8;
  const special = time === 'now' ? abi.UTIME_NOW : time === undefined ? abi.UTIME_OMIT : undefined;
  const nanoseconds = typeof time === 'bigint' ? ((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n : 0n;
  block.longs[start] = typeof time === 'bigint' ? BigInt.asUintN(64, (time - nanoseconds) / 1_000_000_000n) : 0n;
  block.longs[start + 1] = special === undefined ? nanoseconds : BigInt(special);
};

const openat = (at: Handle, how: OpenHow): number =>
  syscall(call.openat, at.fd, address(place.path), openFlags(how), how.mode ?? 0, 0);

/** struct open_how: flags, mode and resolve, 64 bits each (openat2(2)). */
const openat2 = (at: Handle, how: OpenHow, resolve: Resolve): number => {
  const start = place.how / 8;
  block.longs[start] = BigInt(openFlags(how));
  block.longs[start + 1] = BigInt(how.mode ?? 0);
  block.longs[start + 2] = BigInt(resolveFlags(resolve));
  return untilSettled(() => syscall(call.openat2, at.fd, address(place.path), address(place.how), 24, 0));
};

const openFlags = (how: OpenHow): number => {
  const access = { path: abi.O_PATH, read: abi.O_RDONLY, write: abi.O_WRONLY, 'read-write': abi.O_RDWR }[how.access];
  return (
    access |
    abi.O_CLOEXEC |
    (how.directory ? abi.abi.O_DIRECTORY : 0) |
    (how.nofollow ? abi.abi.O_NOFOLLOW : 0) |
    (how.create ? abi.O_CREAT : 0) |
    (how.create === 'exclusive' ? abi.O_EXCL : 0) |
    (how.truncate ? abi.O_TRUNC : 0) |
    (how.append ? abi.O_APPEND : 0)
  );
};

const resolveFlags = (resolve: Resolve): number =>
  (resolve.beneath ? abi.RESOLVE_BENEATH : 0) |
  (resolve.inRoot ? abi.RESOLVE_IN_ROOT : 0) |
  (resolve.noSymlinks ? abi.RESOLVE_NO_SYMLINKS : 0) |
  (resolve.noMagicLinks ? abi.RESOLVE_NO_MAGICLINKS : 0) |
  (resolve.noCrossing ? abi.RESOLVE_NO_XDEV : 0);

const readStat = ({ words, halves, longs }: Block, at: number): Stat => {
  const word = (field: number): number => words[(at + field) >> 2] as number;
  const long = (field: number): bigint => longs[(at + field) >> 3] as bigint;
  const time = (field: number): bigint => BigInt.asIntN(64, long(field)) * 1_000_000_000n + BigInt(word(field + 8));
  const mode = halves[(at + statxField.mode) >> 1] as number;
  const attributes = word(statxField.attributes);
  return {
    dev: device(word(statxField.devMajor), word(statxField.devMinor)),
    ino: long(statxField.ino),
    kind: kindOfMode(mode),
    mode: mode & 0o7777,
    nlink: word(statxField.nlink),
    uid: word(statxField.uid),
    gid: word(statxField.gid),
    size: Number(long(statxField.size)),
    blocks: Number(long(statxField.blocks)),
    rdev: device(word(statxField.rdevMajor), word(statxField.rdevMinor)),
    atime: time(statxField.atime),
    mtime: time(statxField.mtime),
    ctime: time(statxField.ctime),
    btime: word(statxField.mask) & abi.STATX_BTIME ? time(statxField.btime) : undefined,
    mountId: word(statxField.mountId),
    mountRoot: (attributes & abi.STATX_ATTR_MOUNT_ROOT) !== 0,
    immutable: (attributes & abi.STATX_ATTR_IMMUTABLE) !== 0,
    appendOnly: (attributes & abi.STATX_ATTR_APPEND) !== 0,
  };
};

const device = (major: number, minor: number): number => major * 0x100000 + minor;

/** new_encode_dev() in the kernel's include/linux/kdev_t.h. */
const encodedDevice = (rdev: number): number => {
  const minor = rdev & 0xfffff;
  return (minor & 0xff) | ((rdev >>> 20) << 8) | ((minor & 0xfff00) << 12);
};

const kindOfType: Readonly<Record<number, Kind>> = {
  [direntType.file]: 'file',
  [direntType.dir]: 'dir',
  [direntType.symlink]: 'symlink',
  [direntType.fifo]: 'fifo',
  [direntType.socket]: 'socket',
  [direntType.char]: 'char',
  [direntType.block]: 'block',
};

const readEntries = (filled: number, into: Entry[]): void => {
  for (let at = place.data; at < place.data + filled; at += block.halves[(at + dirent.length) >> 1] as number) {
    const start = at + dirent.name;
    const name = decodeBytes(block.bytes.subarray(start, block.bytes.indexOf(0, start)));
    if (name === '.' || name === '..') continue;
    const kind = kindOfType[block.bytes[at + dirent.type] as number] ?? 'unknown';
    into.push({ name, kind, ino: block.longs[at >> 3] as bigint });
  }
};
