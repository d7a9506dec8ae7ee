import { Fault } from '../fs/fault.ts';
import type { Fs, Handle } from '../fs/fs.ts';
import { identityKey, sameFile } from '../fs/identity.ts';
import type { LinkText } from '../fs/link-text.ts';
import { join } from '../fs/path.ts';
import type { Stat } from '../fs/stat.ts';
import { changeMode } from './change-mode.ts';

/** A name in an open directory. */
export interface Named {
  readonly dir: Handle;
  readonly name: string;
}

/** By the path in the tree, empty for its top: links that get another text in the copy. */
export type Texts = ReadonlyMap<string, LinkText>;

/** Something that the copy does not have of the original. */
export interface Loss {
  /** From the top of the tree. */
  readonly path: string;
  /** `user.comment`, `owner` … */
  readonly what: string;
  readonly fault: Fault;
}

/** Why there is no copy: a call was refused, or the original changed meanwhile. */
export interface NotCopied {
  readonly path: string;
  readonly why: Fault | 'modified';
}

/**
 * Copies a tree: contents with their holes, names that share a file, links, modes, owners, times and extended attributes.
 * Directories are closed to others until they are whole. Where it fails, what there is so far is left.
 */
export const copyTree = (
  fs: Fs,
  from: Named,
  to: Named,
  texts: Texts,
  lose: (loss: Loss) => void,
): NotCopied | undefined => {
  const stat = fs.stat(from.dir, from.name);
  return stat instanceof Fault ? { path: '', why: stat } : new Copier(fs, to, stat, texts, lose).copy(from, to, '');
};

class Copier {
  readonly #fs: Fs;
  readonly #top: Named;
  readonly #first: Stat;
  readonly #texts: Texts;
  readonly #lose: (loss: Loss) => void;
  /** Files of several names: the path of the first copy. */
  readonly #copied = new Map<string, string>();

  constructor(fs: Fs, top: Named, first: Stat, texts: Texts, lose: (loss: Loss) => void) {
    this.#fs = fs;
    this.#top = top;
    this.#first = first;
    this.#texts = texts;
    this.#lose = lose;
  }

  copy(from: Named, to: Named, path: string): NotCopied | undefined {
    const fs = this.#fs;
    const stat = fs.stat(from.dir, from.name);
    if (stat instanceof Fault) return { path, why: stat };
    // What is mounted in there stays where it is.
    if (stat.mountId !== this.#first.mountId || (stat.mountRoot && path !== ''))
      return { path, why: new Fault('renameat2', 'EBUSY', path) };
    const key = stat.kind === 'dir' || stat.nlink < 2 ? undefined : `${identityKey(stat)} ${this.#texts.get(path)}`;
    const earlier = key === undefined ? undefined : this.#copied.get(key);
    if (earlier !== undefined) {
      const refused = fs.link(this.#top.dir, join(this.#top.name, earlier), to.dir, to.name);
      return refused && { path, why: refused };
    }
    if (key !== undefined) this.#copied.set(key, path);
    return this.#contents(from, to, path, stat) ?? this.#attributes(from, to, path, stat);
  }

  #contents(from: Named, to: Named, path: string, stat: Stat): NotCopied | undefined {
    const fs = this.#fs;
    const orWhy = (why: Fault | undefined): NotCopied | undefined => why && { path, why };
    switch (stat.kind) {
      case 'dir':
        return orWhy(fs.mkdir(to.dir, to.name, 0o700)) ?? this.#directory(from, to, path);
      case 'file':
        return this.#file(from, to, path, stat);
      case 'symlink': {
        const text = this.#texts.get(path) ?? fs.readlink(from.dir, from.name);
        return orWhy(text instanceof Fault ? text : fs.symlink(text, to.dir, to.name));
      }
      case 'unknown':
        return { path, why: new Fault('mknodat', 'EOPNOTSUPP', path) };
      default:
        return orWhy(fs.mknod(to.dir, to.name, stat.kind, 0o600, stat.rdev));
    }
  }

  #directory(from: Named, to: Named, path: string): NotCopied | undefined {
    const fs = this.#fs;
    const how = { directory: true, nofollow: true } as const;
    const opened = fs.open(from.dir, from.name, { access: 'read', ...how });
    if (opened instanceof Fault) return { path, why: opened };
    using source = opened;
    const made = fs.open(to.dir, to.name, { access: 'path', ...how });
    if (made instanceof Fault) return { path, why: made };
    using target = made;
    const entries = fs.entries(source);
    if (entries instanceof Fault) return { path, why: entries };
    for (const { name } of entries) {
      const failed = this.copy({ dir: source, name }, { dir: target, name }, path === '' ? name : join(path, name));
      if (failed) return failed;
    }
    return undefined;
  }

  /** What the original is must be the same before and after. */
  #file(from: Named, to: Named, path: string, stat: Stat): NotCopied | undefined {
    const fs = this.#fs;
    const opened = fs.open(from.dir, from.name, { access: 'read', nofollow: true });
    if (opened instanceof Fault) return { path, why: opened };
    using source = opened;
    const before = fs.stat(source, '');
    if (before instanceof Fault) return { path, why: before };
    if (!sameFile(before, stat)) return { path, why: 'modified' };
    const made = fs.open(to.dir, to.name, { access: 'write', create: 'exclusive', nofollow: true, mode: 0o600 });
    if (made instanceof Fault) return { path, why: made };
    using target = made;
    const copied = copyBytes(fs, source, target, before.blocks * 512 < before.size);
    if (copied instanceof Fault) return { path, why: copied };
    const after = fs.stat(source, '');
    if (after instanceof Fault) return { path, why: after };
    const still = after.size === before.size && after.mtime === before.mtime && after.ctime === before.ctime;
    return still && copied === before.size ? undefined : { path, why: 'modified' };
  }

  #attributes(from: Named, to: Named, path: string, stat: Stat): NotCopied | undefined {
    const fs = this.#fs;
    const lose = (what: string, fault: Fault): void => this.#lose({ path, what, fault });
    let { mode } = stat;
    const made = fs.stat(to.dir, to.name);
    if (made instanceof Fault) return { path, why: made };
    if (made.uid !== stat.uid || made.gid !== stat.gid) {
      const refused = fs.chown(to.dir, to.name, { uid: stat.uid, gid: stat.gid });
      // To run as somebody else is not for the copy of another owner.
      if (refused) mode &= 0o1777;
      if (refused) lose('owner', refused);
      if (refused && made.gid !== stat.gid) fs.chown(to.dir, to.name, { gid: stat.gid });
    }
    const names = fs.xattrs(from.dir, from.name);
    for (const name of names instanceof Fault ? [] : names) {
      const value = fs.xattr(from.dir, from.name, name);
      const refused = value instanceof Fault ? value : fs.setXattr(to.dir, to.name, name, value);
      if (refused) lose(name, refused);
    }
    if (stat.kind !== 'symlink') {
      const opened = fs.open(to.dir, to.name, { access: 'path', nofollow: true });
      if (opened instanceof Fault) return { path, why: opened };
      using held = opened;
      const refused = changeMode(fs, held, mode);
      if (refused) lose('mode', refused);
    }
    const untimed = fs.setTimes(to.dir, to.name, { atime: stat.atime, mtime: stat.mtime });
    if (untimed) lose('times', untimed);
    return undefined;
  }
}

/** What one call of the kernel's takes. */
const pieceBytes = 32768;

/** How many bytes there were. With `hollow` what is only zeros is left out, which reads as zeros too. */
const copyBytes = (fs: Fs, from: Handle, to: Handle, hollow: boolean): number | Fault => {
  const piece = new Uint8Array(pieceBytes);
  let done = 0;
  let written = 0;
  for (;;) {
    const count = fs.read(from, piece, done);
    if (count instanceof Fault) return count;
    if (count === 0) break;
    const bytes = piece.subarray(0, count);
    if (!hollow || !isZero(bytes)) {
      for (let put = 0; put < count; ) {
        const more = fs.write(to, bytes.subarray(put), done + put);
        if (more instanceof Fault) return more;
        put += more;
      }
      written = done + count;
    }
    done += count;
  }
  return (written < done ? fs.truncate(to, done) : undefined) ?? done;
};

const isZero = (bytes: Uint8Array): boolean => {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
};
