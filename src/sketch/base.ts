import type { Errno } from '../fs/errno.ts';
import { Fault } from '../fs/fault.ts';
import type { Entry, Fs, Handle } from '../fs/fs.ts';
import type { LinkText } from '../fs/link-text.ts';
import type { Stat } from '../fs/stat.ts';
import type { Inode, Origin } from './inode.ts';
import { wants } from './permission.ts';

/** What a sketch is drawn over. It is only ever read, and taken to stand still meanwhile. */
export interface BaseOptions {
  readonly fs: Fs;
  /** The `/` of the sketch. */
  readonly root: Handle;
  /** What mountinfo says of a mount, by its id: limits and refusals of its file system are foreseen. */
  readonly mountOf?: (id: number) => MountFacts | undefined;
}

export interface MountFacts {
  readonly type: string;
  readonly readOnly: boolean;
  /** mount(8), nosymfollow. */
  readonly noSymlinks: boolean;
}

export type LinkOrErrno = { readonly text: LinkText } | { readonly errno: Errno };

/** Reads the base by physical paths from its root: none of them leads through a link. */
export class Base {
  readonly #fs: Fs;
  readonly #root: Handle;
  /** By inode and by wanted bit: what the base's own access(2) said. */
  readonly #allowed = new Map<Inode, (Errno | undefined)[]>();

  constructor({ fs, root }: BaseOptions) {
    this.#fs = fs;
    this.#root = root;
  }

  stat(path: string): Stat | Errno {
    const stat = this.#fs.stat(this.#root, path);
    return stat instanceof Fault ? stat.errno : stat;
  }

  /** An errno and a link text are both strings: they come apart. */
  text({ path }: Origin): LinkOrErrno {
    const text = this.#fs.readlink(this.#root, path);
    return text instanceof Fault ? { errno: text.errno } : { text };
  }

  entries({ path }: Origin): readonly Entry[] | Errno {
    const dir = this.#fs.open(this.#root, path || '.', { access: 'read', directory: true });
    if (dir instanceof Fault) return dir.errno;
    using held = dir;
    const entries = this.#fs.entries(held);
    return entries instanceof Fault ? entries.errno : entries;
  }

  read({ path }: Origin, bytes: Uint8Array, position: number): number | Errno {
    const file = this.#fs.open(this.#root, path, { access: 'read', nofollow: true });
    if (file instanceof Fault) return file.errno;
    using held = file;
    const count = this.#fs.read(held, bytes, position);
    return count instanceof Fault ? count.errno : count;
  }

  /** The base knows more than mode bits: access lists, read-only mounts, mapped owners. */
  allows(inode: Inode, { path }: Origin, bits: number): Errno | undefined {
    const known = this.#allowed.get(inode) ?? [];
    this.#allowed.set(inode, known);
    for (const [wanted, bit] of Object.entries(wants) as [keyof typeof wants, number][]) {
      if (!(bits & bit)) continue;
      if (!(bit in known)) known[bit] = this.#fs.access(this.#root, path, wanted)?.errno;
      if (known[bit]) return known[bit];
    }
    return undefined;
  }
}
