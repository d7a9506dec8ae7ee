import type { Errno } from '../fs/errno.ts';
import type { Resolve } from '../fs/fs.ts';
import { type Location, sameLocation } from './inode.ts';
import type { Machine } from './machine.ts';
import { type Credentials, wants } from './permission.ts';

/** Links in one resolution: 40 pass, the 41st is ELOOP, however they are nested (path_resolution(7)). */
const maxLinks = 40;

/** The last component of a path and the directory that it is looked up in. */
export interface Last {
  readonly dir: Location;
  readonly name: string;
  /** `/` for a path of slashes alone. */
  readonly kind: 'name' | '.' | '..' | '/';
  /** A slash follows it. */
  readonly slash: boolean;
}

/** One resolution of a path, in the order of checks of link_path_walk() in the kernel's fs/namei.c. */
export class PathWalk {
  at: Location;
  readonly #sketch: Machine;
  readonly #who: Credentials;
  readonly #root: Location;
  readonly #resolve: Resolve;
  /** The kernel looks for the root when the path first needs it. */
  #rootIsSet: boolean;
  #links = 0;
  /** What is to be walked of the link that the last step met. */
  #text: string | undefined;

  /** A walk of a path from where it starts: the root, if it begins with a slash. */
  constructor(sketch: Machine, who: Credentials, root: Location, start: Location, resolve: Resolve = {}) {
    this.#sketch = sketch;
    this.#who = who;
    this.#root = resolve.beneath || resolve.inRoot ? start : root;
    this.#rootIsSet = (resolve.beneath || resolve.inRoot) ?? false;
    this.#resolve = resolve;
    this.at = start;
  }

  /** Goes to the root. */
  begin(): Errno | undefined {
    if (this.#resolve.beneath) return 'EXDEV';
    this.at = this.#root;
    this.#rootIsSet = true;
    return undefined;
  }

  /** To where a whole path leads. */
  find(path: string, follow: boolean, wantsDirectory = false): Location | Errno {
    let text = path;
    let directory = wantsDirectory;
    let following = follow;
    for (;;) {
      const last = this.toLast(text);
      if (typeof last === 'string') return last;
      if (last.kind === 'name' && last.slash) directory = following = true;
      const next = this.intoLast(last, following);
      if (next === undefined) break;
      if ('errno' in next) return next.errno;
      text = next.text;
    }
    return directory && this.at.inode.kind !== 'dir' ? 'ENOTDIR' : this.at;
  }

  /** Through all components but the last. */
  toLast(text: string): Last | Errno {
    let rest = skipSlashes(text);
    if (rest === '') return { dir: this.at, name: '', kind: '/', slash: false };
    const above: string[] = [];
    for (;;) {
      const refused = this.#sketch.allows(this.#who, this.at.inode, wants.search);
      if (refused) return refused;
      const end = rest.indexOf('/');
      const name = end < 0 ? rest : rest.slice(0, end);
      const kind = name === '.' || name === '..' ? name : 'name';
      let after = end < 0 ? '' : skipSlashes(rest.slice(end));
      if (after === '') {
        const outer = above.pop();
        if (outer === undefined) return { dir: this.at, name, kind, slash: end >= 0 };
        after = outer;
      }
      const failed = this.#step(name, kind, true, false);
      if (failed) return failed;
      rest = after;
      if (this.#text !== undefined) {
        above.push(after);
        rest = this.#text;
      } else if (this.at.inode.kind !== 'dir') return 'ENOTDIR';
    }
  }

  /** The last component: the text of a link that is to be followed, or nothing where the walk has come to its end. */
  intoLast({ name, kind }: Last, follow: boolean): { readonly text: string } | { readonly errno: Errno } | undefined {
    const errno = this.#step(name, kind, follow, true);
    if (errno) return { errno };
    return this.#text === undefined ? undefined : { text: this.#text };
  }

  #step(name: string, kind: Last['kind'], follow: boolean, last: boolean): Errno | undefined {
    this.#text = undefined;
    if (kind === '..') return this.#ascend();
    if (kind !== 'name') return undefined;
    const child = this.#sketch.child(this.at, name);
    if (typeof child === 'string') return child;
    if (!child) return 'ENOENT';
    const top = this.#sketch.top(child);
    if (top.mount !== this.at.mount && this.#resolve.noCrossing) return 'EXDEV';
    if (top.inode.kind === 'symlink' && follow) return this.#follow(top, last);
    this.at = top;
    return undefined;
  }

  /** follow_dotdot() in fs/namei.c. */
  #ascend(): Errno | undefined {
    this.#rootIsSet = true;
    if (sameLocation(this.at, this.#root)) return this.#resolve.beneath ? 'EXDEV' : undefined;
    let { mount, inode } = this.at;
    while (inode === mount.root) {
      if (!mount.on) return this.#resolve.beneath ? 'EXDEV' : undefined;
      ({ mount, inode } = mount.on);
      if (inode === this.#root.inode && mount === this.#root.mount) return this.#resolve.beneath ? 'EXDEV' : undefined;
    }
    if (mount !== this.at.mount && this.#resolve.noCrossing) return 'EXDEV';
    const parent = inode.home?.dir;
    // A directory that was moved out of what a bind mount shows has no way up in it.
    if (!parent || !isBelow(parent, mount.root)) return 'ENOENT';
    const top = this.#sketch.top({ mount, inode: parent });
    if (top.mount !== mount && this.#resolve.noCrossing) return 'EXDEV';
    this.at = top;
    return undefined;
  }

  /** A link is counted, then permitted, then read: pick_link() in fs/namei.c. */
  #follow(link: Location, last: boolean): Errno | undefined {
    if (this.#links++ >= maxLinks) return 'ELOOP';
    if (last && this.#isProtected(link)) return 'EACCES';
    if (link.mount.noSymlinks || this.#resolve.noSymlinks) return 'ELOOP';
    const text = this.#sketch.textOf(link.inode);
    if ('errno' in text) return text.errno;
    if (!text.text.startsWith('/')) {
      this.#text = text.text;
      return undefined;
    }
    // Not knowing the root's mount counts as leaving it: nd_jump_root() in fs/namei.c.
    const crosses = this.#resolve.noCrossing && !(this.#rootIsSet && this.at.mount === this.#root.mount);
    const refused = crosses ? 'EXDEV' : this.begin();
    if (refused) return refused;
    const rest = skipSlashes(text.text);
    this.#text = rest === '' ? undefined : rest;
    return undefined;
  }

  /** fs.protected_symlinks (proc_sys_fs(5)); root is not exempt. */
  #isProtected({ inode }: Location): boolean {
    const dir = this.at.inode;
    return (
      this.#sketch.protectedSymlinks &&
      inode.uid !== this.#who.uid &&
      (dir.mode & 0o1002) === 0o1002 &&
      dir.uid !== inode.uid
    );
  }
}

const skipSlashes = (text: string): string => {
  let start = 0;
  while (text[start] === '/') start++;
  return start === 0 ? text : text.slice(start);
};

/** Whether a directory is the other one or lies below it. */
export const isBelow = (dir: Location['inode'], above: Location['inode']): boolean => {
  for (let at: Location['inode'] | undefined = dir; at; at = at.home?.dir) if (at === above) return true;
  return false;
};
