/**
 * The commands of pjdfstest's helper program, answered by a sketch:
 * `[-U umask] [-u uid] [-g gid,…] call arguments [: call arguments]…`. Each call prints the word `0`,
 * what it was asked for, or the errno that ends the command.
 */
import type { Errno } from '../../src/fs/errno.ts';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs, Handle, OpenHow } from '../../src/fs/fs.ts';
import { linkText } from '../../src/fs/link-text.ts';
import type { Stat } from '../../src/fs/stat.ts';
import { SketchProcess } from '../../src/sketch/process.ts';
import type { Sketch } from '../../src/sketch/sketch.ts';

export interface Answer {
  readonly status: 0 | 1;
  readonly lines: readonly string[];
}

/** What a command says that the helper program would not understand. */
class Misused extends Error {}

export const answer = (sketch: Sketch, here: string, args: readonly string[]): Answer => {
  const { uid, groups, umask, rest } = options(args);
  const there = sketch.process().locate(here);
  if (typeof there === 'string') return { status: 1, lines: [there] };
  // The user changes after the shell's working directory was taken over: nobody asks whether it may be searched.
  const who = { uid, gid: groups[0] ?? 0, groups };
  using call = new Calls(new SketchProcess(sketch, who, umask, sketch.root, there));
  const lines: string[] = [];
  for (const words of commands(rest)) {
    try {
      const said = call.one(words);
      lines.push(said instanceof Fault ? said.errno : said);
      if (said instanceof Fault) return { status: 1, lines };
    } catch (error) {
      if (!(error instanceof Misused)) throw error;
      return { status: 1, lines };
    }
  }
  return { status: 0, lines };
};

const options = (args: readonly string[]) => {
  let uid = 0;
  let groups: readonly number[] = [];
  let umask = 0;
  let at = 0;
  for (; args[at]?.startsWith('-'); at += 2) {
    const value = args[at + 1] ?? '';
    if (args[at] === '--') {
      at++;
      break;
    }
    if (args[at] === '-u') uid = number(value);
    else if (args[at] === '-g') groups = value.split(',').map(number);
    else if (args[at] === '-U') umask = number(value);
    else throw new Error(`unknown option ${args[at]}`);
  }
  return { uid, groups, umask, rest: args.slice(at) };
};

function* commands(words: readonly string[]) {
  for (let from = 0; from < words.length; ) {
    const colon = words.indexOf(':', from);
    const to = colon < 0 ? words.length : colon;
    yield words.slice(from, to);
    from = to + 1;
  }
}

/** An open file of a command: write(2) goes on where it left off. */
interface Open {
  readonly handle: Handle;
  offset: number;
}

/** The calls of one command, with the descriptors that it opened. */
class Calls implements Disposable {
  readonly #fs: Fs;
  readonly #open: Open[] = [];

  constructor(fs: Fs) {
    this.#fs = fs;
  }

  one([name = '', ...args]: readonly string[]): string | Fault {
    const arity = arities[name];
    if (!arity || args.length < arity[0] || args.length > arity[1]) throw new Misused(name);
    if (args.includes('DEADCODE') || args.includes('NULL')) return new Fault(name, 'EFAULT', '');
    const [a = '', b = '', c = '', d = '', e = '', f = '', g = ''] = args;
    const { cwd } = this.#fs;
    switch (name) {
      case 'open':
        return this.#openFile(cwd, a, b, c);
      case 'openat':
        return this.#openFile(this.#at(a), b, c, d);
      case 'create':
        return this.#create(a, number(b));
      case 'unlink':
        return done(this.#fs.unlink(cwd, a));
      case 'unlinkat':
        return done(c === 'AT_REMOVEDIR' ? this.#fs.rmdir(this.#at(a), b) : this.#fs.unlink(this.#at(a), b));
      case 'mkdir':
        return done(this.#fs.mkdir(cwd, a, number(b)));
      case 'mkdirat':
        return done(this.#fs.mkdir(this.#at(a), b, number(c)));
      case 'rmdir':
        return done(this.#fs.rmdir(cwd, a));
      case 'link':
        return done(this.#fs.link(cwd, a, cwd, b));
      case 'linkat':
        return done(
          this.#fs.link(this.#at(a), b, this.#at(c), d, e.includes('AT_SYMLINK_FOLLOW') ? 'follow' : undefined),
        );
      case 'symlink':
        return done(this.#fs.symlink(linkText(a), cwd, b));
      case 'symlinkat':
        return done(this.#fs.symlink(linkText(a), this.#at(b), c));
      case 'rename':
        return done(this.#fs.rename(cwd, a, cwd, b));
      case 'renameat':
        return done(this.#fs.rename(this.#at(a), b, this.#at(c), d));
      case 'mkfifo':
        return done(this.#fs.mknod(cwd, a, 'fifo', number(b)));
      case 'mkfifoat':
        return done(this.#fs.mknod(this.#at(a), b, 'fifo', number(c)));
      case 'mknod':
        return this.#mknod(cwd, a, b, number(c), number(d), number(e));
      case 'mknodat':
        return this.#mknod(this.#at(a), b, c, number(d), number(e), number(f));
      case 'bind':
        return this.#bind(a);
      case 'chmod':
        return done(this.#fs.chmod(cwd, a, number(b), 'follow'));
      case 'fchmod':
        return done(this.#fs.chmod(this.#at(a), '', number(b)));
      case 'lchmod':
        return done(this.#fs.chmod(cwd, a, number(b)));
      case 'fchmodat':
        return done(this.#fs.chmod(this.#at(a), b, number(c), followed(d)));
      case 'chown':
        return done(this.#fs.chown(cwd, a, owner(b, c), 'follow'));
      case 'fchown':
        return done(this.#fs.chown(this.#at(a), '', owner(b, c)));
      case 'lchown':
        return done(this.#fs.chown(cwd, a, owner(b, c)));
      case 'fchownat':
        return done(this.#fs.chown(this.#at(a), b, owner(c, d), followed(e)));
      case 'truncate':
        return done(this.#truncate(a, number(b)));
      case 'ftruncate':
        return done(cut(this.#fs, this.#at(a), number(b)));
      case 'stat':
        return told(this.#fs.stat(cwd, a, 'follow'), b);
      case 'fstat':
        return told(this.#fs.stat(this.#at(a), ''), b);
      case 'lstat':
        return told(this.#fs.stat(cwd, a), b);
      case 'fstatat':
        return told(this.#fs.stat(this.#at(a), b, followed(d)), c);
      case 'pathconf':
      case 'fpathconf':
        return String(limits[b] ?? 'unlimited');
      case 'pread':
        return this.#read(this.#at(a), number(b), number(c));
      case 'pwrite':
        return this.#write(this.#at(a), b, number(c));
      case 'write':
        return this.#append(number(a), b);
      case 'utimensat': {
        const times = { atime: time(c, d), mtime: time(e, f) };
        return done(this.#fs.setTimes(this.#at(a), b, times, followed(g)));
      }
      default:
        throw new Misused(name);
    }
  }

  #at(descriptor: string): Handle {
    if (descriptor === 'AT_FDCWD') return this.#fs.cwd;
    if (descriptor === 'BADFD') return { fd: -1, [Symbol.dispose]() {} };
    return this.#held(number(descriptor)).handle;
  }

  #held(index: number): Open {
    const open = this.#open[index];
    if (!open) throw new Misused(`descriptor ${index}`);
    return open;
  }

  #openFile(at: Handle, path: string, flags: string, mode: string): string | Fault {
    const asked = flags.split(/[,|]/);
    if (asked.includes('O_CREAT') !== (mode !== '')) throw new Misused('open');
    const handle = this.#fs.open(at, path, howOf(asked, mode));
    if (handle instanceof Fault) return handle;
    // A fifo would have to wait for its reader, and no other program runs (fifo(7)).
    if (asked.includes('O_NONBLOCK') && asked.includes('O_WRONLY')) {
      const stat = this.#fs.stat(handle, '');
      if (!(stat instanceof Fault) && stat.kind === 'fifo') {
        handle[Symbol.dispose]();
        return new Fault('openat', 'ENXIO', path);
      }
    }
    this.#open.push({ handle, offset: 0 });
    return '0';
  }

  #create(path: string, mode: number): string | Fault {
    const handle = this.#fs.open(this.#fs.cwd, path, { access: 'read', create: 'exclusive', mode });
    if (handle instanceof Fault) return handle;
    handle[Symbol.dispose]();
    return '0';
  }

  #mknod(at: Handle, path: string, type: string, mode: number, major: number, minor: number): string | Fault {
    const kinds = { c: 'char', b: 'block', f: 'fifo', o: 'file' } as const;
    if (type === 'd') return new Fault('mknodat', 'EPERM', path);
    const kind = kinds[type as keyof typeof kinds];
    if (!kind) throw new Misused(type);
    const rdev = kind === 'char' || kind === 'block' ? major * minors + minor : 0;
    return done(this.#fs.mknod(at, path, kind, mode, rdev));
  }

  /** bind(2) says EADDRINUSE where mknod(2) says EEXIST. */
  #bind(path: string): string | Fault {
    const fault = this.#fs.mknod(this.#fs.cwd, path, 'socket', 0o777);
    return fault?.errno === 'EEXIST' ? new Fault('bind', 'EADDRINUSE', path) : done(fault);
  }

  /** truncate(2), in the order of checks of vfs_truncate() in the kernel's fs/open.c. */
  #truncate(path: string, size: number): Fault | undefined {
    const refused = (errno: Errno): Fault => new Fault('truncate', errno, path);
    if (size < 0) return refused('EINVAL');
    const stat = this.#fs.stat(this.#fs.cwd, path, 'follow');
    if (stat instanceof Fault) return stat;
    if (stat.kind !== 'file') return refused(stat.kind === 'dir' ? 'EISDIR' : 'EINVAL');
    const handle = this.#fs.open(this.#fs.cwd, path, { access: 'write' });
    if (handle instanceof Fault) return handle;
    using held = handle;
    return cut(this.#fs, held, size);
  }

  #read(handle: Handle, count: number, position: number): string | Fault {
    const bytes = new Uint8Array(Math.min(count, 1024));
    const got = this.#fs.read(handle, bytes, position);
    return got instanceof Fault ? got : new TextDecoder().decode(bytes.subarray(0, got));
  }

  #write(handle: Handle, text: string, position: number): string | Fault {
    const written = this.#fs.write(handle, new TextEncoder().encode(text), position);
    return written instanceof Fault ? written : '0';
  }

  #append(index: number, text: string): string | Fault {
    const open = this.#held(index);
    const written = this.#write(open.handle, text, open.offset);
    if (!(written instanceof Fault)) open.offset += text.length;
    return written;
  }

  [Symbol.dispose](): void {
    for (const { handle } of this.#open) handle[Symbol.dispose]();
  }
}

/** Fewest and most arguments of each call. */
const arities: Readonly<Record<string, readonly [fewest: number, most: number]>> = {
  ...{ open: [2, 3], openat: [3, 4], create: [2, 2], unlink: [1, 1], unlinkat: [3, 3] },
  ...{ mkdir: [2, 2], mkdirat: [3, 3], rmdir: [1, 1], link: [2, 2], linkat: [5, 5] },
  ...{ symlink: [2, 2], symlinkat: [3, 3], rename: [2, 2], renameat: [4, 4] },
  ...{ mkfifo: [2, 2], mkfifoat: [3, 3], mknod: [5, 5], mknodat: [6, 6], bind: [1, 1] },
  ...{ chmod: [2, 2], fchmod: [2, 2], lchmod: [2, 2], fchmodat: [4, 4] },
  ...{ chown: [3, 3], fchown: [3, 3], lchown: [3, 3], fchownat: [5, 5] },
  ...{ truncate: [2, 2], ftruncate: [2, 2], stat: [2, 2], fstat: [2, 2], lstat: [2, 2], fstatat: [4, 4] },
  ...{ pathconf: [2, 2], fpathconf: [2, 2], pread: [3, 3], pwrite: [3, 3], write: [2, 2], utimensat: [7, 7] },
};

/** pathconf(3) of ext4. */
const limits: Readonly<Record<string, number>> = {
  _PC_NAME_MAX: 255,
  _PC_PATH_MAX: 4096,
  _PC_LINK_MAX: 65_000,
};

/** How many minor numbers there are to a major one in a `Stat`. */
const minors = 0x100000;

const done = (fault: Fault | undefined): string | Fault => fault ?? '0';

/** The negative sizes that `Fs` has no use for. */
const cut = (fs: Fs, handle: Handle, size: number): Fault | undefined =>
  size < 0 ? new Fault('ftruncate', 'EINVAL', '') : fs.truncate(handle, size);

const howOf = (flags: readonly string[], mode: string): OpenHow => {
  const writes = flags.includes('O_WRONLY');
  const access = flags.includes('O_RDWR') ? 'read-write' : writes ? 'write' : 'read';
  const create = !flags.includes('O_CREAT') ? undefined : flags.includes('O_EXCL') ? 'exclusive' : 'if-missing';
  return {
    access,
    directory: flags.includes('O_DIRECTORY'),
    nofollow: flags.includes('O_NOFOLLOW'),
    truncate: flags.includes('O_TRUNC'),
    append: flags.includes('O_APPEND'),
    ...(create && { create, mode: number(mode) }),
  };
};

const followed = (flags: string): 'follow' | undefined =>
  flags.includes('AT_SYMLINK_NOFOLLOW') ? undefined : 'follow';

const owner = (uid: string, gid: string) => ({ uid: idOf(uid), gid: idOf(gid) });

/** -1 leaves an owner as it is (chown(2)). */
const idOf = (text: string): number | undefined => {
  const id = number(text) >>> 0;
  return id === 0xffffffff ? undefined : id;
};

const time = (seconds: string, nanoseconds: string): bigint | 'now' | undefined => {
  if (nanoseconds === 'UTIME_NOW') return 'now';
  if (nanoseconds === 'UTIME_OMIT') return undefined;
  return BigInt(number(seconds)) * 1_000_000_000n + BigInt(number(nanoseconds));
};

/** strtoll(3) with base 0. */
const number = (text: string): number => {
  const [, minus, digits = ''] = /^(-?)(\d+|0x[0-9a-f]+)$/i.exec(text) ?? [];
  if (digits === '') throw new Misused(text);
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return minus ? -value : value;
};

const told = (stat: Stat | Fault, fields: string): string | Fault =>
  stat instanceof Fault
    ? stat
    : fields
        .split(',')
        .map((field) => (tell[field] ?? (() => 'unknown'))(stat))
        .join(',');

const second = 1_000_000_000n;

const tell: Readonly<Record<string, (stat: Stat) => string>> = {
  mode: ({ mode }) => `0${mode.toString(8)}`,
  inode: ({ ino }) => String(ino),
  nlink: ({ nlink }) => String(nlink),
  uid: ({ uid }) => String(uid | 0),
  gid: ({ gid }) => String(gid | 0),
  size: ({ size }) => String(size),
  blocks: ({ blocks }) => String(blocks),
  atime: ({ atime }) => String(atime / second),
  atime_ns: ({ atime }) => String(atime % second),
  mtime: ({ mtime }) => String(mtime / second),
  mtime_ns: ({ mtime }) => String(mtime % second),
  ctime: ({ ctime }) => String(ctime / second),
  ctime_ns: ({ ctime }) => String(ctime % second),
  major: ({ rdev }) => String(Math.floor(rdev / minors)),
  minor: ({ rdev }) => String(rdev % minors),
  type: ({ kind }) => (kind === 'file' ? 'regular' : kind),
};
