/** The two that are compared: the kernel, in a root of its own, and a sketch with the same mounts. */
import { readFileSync } from 'node:fs';
import { encodeBytes } from '../../src/fs/bytes.ts';
import { errnoName } from '../../src/fs/errno.ts';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs, Handle } from '../../src/fs/fs.ts';
import { type Identity, sameFile } from '../../src/fs/identity.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { allocate, syscall } from '../../src/kernel/libc.ts';
import type { Location } from '../../src/sketch/inode.ts';
import type { SketchOptions } from '../../src/sketch/machine.ts';
import type { StickyProtection } from '../../src/sketch/permission.ts';
import type { SketchProcess } from '../../src/sketch/process.ts';
import { Sketch } from '../../src/sketch/sketch.ts';
import { type User, users } from './sketch-script.ts';

export interface Side {
  /** An empty tree, but for the directories of `bare` and the mounts; root's view of it, without a umask. */
  begin(): Fs;
  /** From here on with this umask. */
  start(umask: number): void;
  as(user: User): Fs;
  /** chdir(2), for all users: an errno, or nothing. */
  chdir(path: string): string | undefined;
}

/** Mounted in this order: a second file system, and directories that are visible in a second place. */
const mounts: readonly Mount[] = [
  { at: 'mnt', of: undefined },
  { at: 's/v', of: 'mnt' },
  { at: 'bind', of: 's' },
  { at: 'ro', of: 't', readOnly: true },
  { at: 'nolinks', of: 's', noSymlinks: true },
  { at: 'over', of: 'over' },
];

interface Mount {
  readonly at: string;
  /** What is seen there; a new file system where it says nothing. */
  readonly of: string | undefined;
  readonly readOnly?: boolean;
  readonly noSymlinks?: boolean;
}

/** What is always there: directories, and `over`, a file. Root owns them and anyone may do anything with them. */
export const bare = ['s', 't', 'mnt', 'bind', 'ro', 'nolinks', 's/v', 'over'];

/** Each inode of them once. */
export const bareOnce = ['.', 's', 't', 'mnt', 'bind/v', 'over'];

/** What `bind` shows but not `s`: the directory that the mount on `s/v` covers. */
export const covered = 'bind/v';

/** A new sketch for each script, of this type of file system. */
export class SketchSide implements Side {
  readonly #options: SketchOptions;
  readonly #type: string;
  #process: SketchProcess | undefined;

  /** Reads the settings of this machine, which the kernel's side has. */
  constructor(type: string) {
    this.#type = type;
    const setting = (name: string): number => Number(readFileSync(`/proc/sys/fs/protected_${name}`, 'utf8'));
    this.#options = {
      protectedHardlinks: setting('hardlinks') !== 0,
      protectedSymlinks: setting('symlinks') !== 0,
      protectedRegular: setting('regular') as StickyProtection,
      protectedFifos: setting('fifos') as StickyProtection,
    };
  }

  begin(): Fs {
    // Each time is later than the one before, so that every change shows.
    let now = 1_700_000_000_000_000_000n;
    const sketch = new Sketch({ ...this.#options, type: this.#type, now: () => ++now });
    const root = sketch.process({ umask: 0 });
    this.#process = root;
    makeBare(root);
    for (const { at, of, ...options } of mounts) {
      const source = of === undefined ? {} : { source: located(root, of) };
      const refused = sketch.mount(located(root, at), { type: 'tmpfs', ...options, ...source });
      if (refused) throw new Error(`cannot mount on ${at}: ${refused}`);
    }
    for (const path of bareOnce) root.chmod(root.cwd, path, 0o777, 'follow');
    return root;
  }

  start(umask: number): void {
    this.#own.umask = umask;
  }

  as(user: User): Fs {
    this.#own.who = users[user];
    return this.#own;
  }

  chdir(path: string): string | undefined {
    return this.#own.chdir(path)?.errno;
  }

  get #own(): SketchProcess {
    if (!this.#process) throw new Error('not begun');
    return this.#process;
  }
}

const makeBare = (fs: Fs): void => {
  for (const path of bare)
    if (path === 'over') fs.mknod(fs.cwd, path, 'file', 0o666);
    else fs.mkdir(fs.cwd, path, 0o777);
};

const located = (process: SketchProcess, path: string): Location => {
  const found = process.locate(path);
  if (typeof found === 'string') throw new Error(`${path}: ${found}`);
  return found;
};

/** One directory's files on the kernel; there is one such side in a process, which has the directory as its root. */
export class KernelSide implements Side {
  #own: Own | undefined;

  /** `root` is an empty directory, the root of a mount, in a mount namespace of this process. */
  constructor(root: string) {
    process.chdir(root);
    must('chroot', syscall(number.chroot, text('.', 0), 0, 0, 0, 0));
  }

  begin(): Fs {
    const fs = this.as(0);
    setUmask(0);
    this.chdir('/');
    this.#own = this.#own ? clear(fs, this.#own) : mountAll(fs);
    for (const path of bareOnce) {
      fs.chown(fs.cwd, path, { uid: 0, gid: 0 });
      fs.chmod(fs.cwd, path, 0o777, 'follow');
    }
    return fs;
  }

  start(umask: number): void {
    setUmask(umask);
  }

  as(user: User): Fs {
    become(user);
    return kernel;
  }

  chdir(path: string): string | undefined {
    paths.bytes.set(encodeBytes(`${path}\0`).subarray(0, 4096));
    const result = syscall(number.chdir, paths.address, 0, 0, 0, 0);
    return result < 0 ? errnoName(-result) : undefined;
  }
}

/** The directories that are mounted somewhere else too. */
type Own = Readonly<Record<'s' | 't', Identity>>;

const mountAll = (fs: Fs): Own => {
  makeBare(fs);
  for (const mount of mounts) mountOne(mount);
  return { s: identityOf(fs, 's'), t: identityOf(fs, 't') };
};

/** Removes what a script has left; what is mounted, or seen through a mount, goes back to its place. */
const clear = (fs: Fs, own: Own): Own => {
  const kept = new Set(['mnt', 'bind', 'ro', 'nolinks', 'over']);
  const moved = (['s', 't'] as const).filter((name) => {
    kept.add(name);
    if (isAt(fs, name, own[name])) return false;
    kept.delete(name);
    const found = findIn(fs, fs.cwd, '', own[name]);
    if (found === undefined) return false;
    fs.rename(fs.cwd, found, fs.cwd, `.${name}`);
    kept.add(`.${name}`);
    return true;
  });
  empty(fs, '.', kept);
  for (const name of moved) fs.rename(fs.cwd, `.${name}`, fs.cwd, name);
  empty(fs, 's', new Set(['v']));
  empty(fs, covered, new Set());
  empty(fs, 'mnt', new Set());
  const over = fs.open(fs.cwd, 'over', { access: 'write', truncate: true });
  if (!(over instanceof Fault)) over[Symbol.dispose]();
  if (isAt(fs, 't', own.t)) {
    empty(fs, 't', new Set());
    return own;
  }
  fs.mkdir(fs.cwd, 't', 0o777);
  must('umount2', syscall(number.umount2, text('/ro', 0), 2, 0, 0, 0));
  mountOne(mounts.find(({ at }) => at === 'ro') as Mount);
  return { ...own, t: identityOf(fs, 't') };
};

const isAt = (fs: Fs, path: string, wanted: Identity): boolean => {
  const stat = fs.stat(fs.cwd, path);
  return !(stat instanceof Fault) && sameFile(stat, wanted);
};

const identityOf = (fs: Fs, path: string): Identity => {
  const stat = fs.stat(fs.cwd, path);
  if (stat instanceof Fault) throw new Error(`${path}: ${stat.reason}`);
  return stat;
};

/** The path of a directory that was moved, in the tree's own file system. */
const findIn = (fs: Fs, at: Handle, path: string, wanted: Identity): string | undefined => {
  using dir = opened(fs, path === '' ? '.' : path, 'read', at);
  for (const { name, kind } of listed(fs, dir)) {
    if (kind !== 'dir' || ['mnt', 'bind', 'ro', 'nolinks'].includes(`${path}${name}`)) continue;
    const below = path === '' ? name : `${path}/${name}`;
    if (isAt(fs, below, wanted)) return below;
    const found = findIn(fs, at, below, wanted);
    if (found !== undefined) return found;
  }
  return undefined;
};

const empty = (fs: Fs, path: string, kept: ReadonlySet<string>): void => {
  using dir = opened(fs, path, 'read');
  emptyDir(fs, dir, kept);
};

const emptyDir = (fs: Fs, dir: Handle, kept: ReadonlySet<string>): void => {
  for (const { name, kind } of listed(fs, dir)) {
    if (kept.has(name)) continue;
    if (kind !== 'dir') fs.unlink(dir, name);
    else if (fs.rmdir(dir, name)) {
      {
        using inner = opened(fs, name, 'read', dir);
        emptyDir(fs, inner, new Set());
      }
      const busy = fs.rmdir(dir, name);
      if (busy) throw new Error(`cannot remove ${name}: ${busy.reason}`);
    }
  }
};

const listed = (fs: Fs, dir: Handle) => {
  const entries = fs.entries(dir);
  if (entries instanceof Fault) throw new Error(`cannot list: ${entries.reason}`);
  return entries;
};

const opened = (fs: Fs, path: string, access: 'path' | 'read' = 'path', at: Handle = fs.cwd): Handle => {
  const handle = fs.open(at, path, { access, directory: true, nofollow: true });
  if (handle instanceof Fault) throw new Error(`cannot open ${path}: ${handle.reason}`);
  return handle;
};

/** As whom this process acts. */
let current: User = 0;
let umask = -1;

/** Only of this thread, and far cheaper than Node's calls, which interrupt all threads. */
const become = (user: User): void => {
  if (user === current) return;
  const { uid, gid, groups } = users[user];
  if (current !== 0) must('setresuid', syscall(number.setresuid, -1, 0, -1, 0, 0));
  scratch.words.set(groups);
  must('setgroups', syscall(number.setgroups, groups.length, scratch.address, 0, 0, 0));
  must('setresgid', syscall(number.setresgid, -1, gid, -1, 0, 0));
  if (uid !== 0) must('setresuid', syscall(number.setresuid, -1, uid, -1, 0, 0));
  current = user;
};

const setUmask = (mask: number): void => {
  if (mask !== umask) syscall(number.umask, mask, 0, 0, 0, 0);
  umask = mask;
};

const MS = { readOnly: 1, remount: 32, noSymFollow: 256, noAtime: 1024, bind: 4096 } as const;

const mountOne = ({ at, of, readOnly, noSymlinks }: Mount): void => {
  const target = text(`/${at}`, 0);
  const call = (source: string, flags: number): void => {
    must(`mount ${at}`, syscall(number.mount, text(source, 64), target, text('tmpfs', 128), flags, 0));
  };
  if (of === undefined) call('second', MS.noAtime);
  else {
    call(`/${of}`, MS.bind);
    const flags = (readOnly ? MS.readOnly : 0) | (noSymlinks ? MS.noSymFollow : 0);
    if (flags !== 0) call('none', MS.bind | MS.remount | MS.noAtime | flags);
  }
};

const scratch = allocate(256);
const paths = allocate(4096);

const text = (value: string, offset: number): number => {
  scratch.bytes.set(encodeBytes(`${value}\0`), offset);
  return scratch.address + offset;
};

const must = (what: string, result: number): void => {
  if (result < 0) throw new Error(`${what}: error ${-result}`);
};

const number =
  process.arch === 'arm64'
    ? { chroot: 51, chdir: 49, umask: 166, setgroups: 159, setresuid: 147, setresgid: 149, mount: 40, umount2: 39 }
    : { chroot: 161, chdir: 80, umask: 95, setgroups: 116, setresuid: 117, setresgid: 119, mount: 165, umount2: 166 };
