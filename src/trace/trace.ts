import { byteLength } from '../fs/bytes.ts';
import type { Errno } from '../fs/errno.ts';
import { Fault } from '../fs/fault.ts';
import type { Fs, Handle, Resolve } from '../fs/fs.ts';
import { identityKey, sameFile } from '../fs/identity.ts';
import { type LinkText, linkText } from '../fs/link-text.ts';
import { dirname, join } from '../fs/path.ts';
import type { Stat } from '../fs/stat.ts';
import { type Failure, type Found, type Hop, maxLinks, type Route } from './route.ts';

/** An open directory and its physical path. */
export interface Place {
  readonly handle: Handle;
  readonly path: string;
}

export interface TraceOptions {
  /** Where a relative path starts. */
  readonly from: Place;
  /** What `/` is: absolute paths and link texts start here and `..` does not leave it. */
  readonly root: Place;
  /** `stay`: a final link is the end itself, as for lstat(2), unless a slash follows it. */
  readonly last?: 'follow' | 'stay';
  /** Physical paths of mount points whose volume is not mounted now. */
  readonly absentVolumes?: readonly string[];
  /**
   * Mounts that are known to follow links (mount(8), nosymfollow). A trace asks the kernel about
   * each mount once and notes the answer here: many traces with one set save that call.
   */
  readonly followingMounts?: Set<number>;
}

/**
 * Where a path leads, hop by hop: the walk of open(2) with O_PATH, one component at a time on
 * handles, so that permissions, limits and mounts are the kernel's own answers (path_resolution(7)).
 * Every path in the answer starts with `root.path` or `from.path` as given.
 */
export const trace = (fs: Fs, path: string, options: TraceOptions): Route => {
  using walk = new Walk(fs, options);
  const end = walk.resolve(path);
  return { path, hops: walk.hops, end };
};

/** PATH_MAX counts the NUL: 4095 bytes are the longest path (limits.h). */
const pathMax = 4096;

/** Where the walk stands. A directory that was opened as one is not asked more before someone wants to know. */
interface Standing extends Place {
  readonly stat: Stat | undefined;
}

/** A path or link text on the way of being resolved: the components that are still to come. */
interface Expansion {
  readonly names: readonly string[];
  at: number;
  readonly trailingSlash: boolean;
  /** Which hop's text it is; undefined for the path itself. */
  readonly hop: number | undefined;
  /** The link's directory and name: a link that is met while it is being expanded is a cycle. */
  readonly link: string;
}

/** A link that the walk met, and its place. */
interface Met {
  readonly name: string;
  readonly path: string;
  readonly stat: Stat;
  readonly last: boolean;
}

class Walk implements Disposable {
  readonly hops: Hop[] = [];
  readonly #fs: Fs;
  readonly #options: TraceOptions;
  readonly #followingMounts: Set<number>;
  readonly #expansions: Expansion[] = [];
  #here: Standing;
  /** The handle in `#here`, where it is ours to release. */
  #held: Handle | undefined;
  #root: Standing;
  /** Components to come in all expansions. */
  #pending = 0;
  /** A slash followed the last component: the end must be a directory, and a final link is followed. */
  #wantsDirectory = false;
  /** The first link met on each mount that perhaps follows none. */
  readonly #doubted = new Map<number, { readonly path: string; readonly hops: number }>();
  /** A directory that a magic link led to and that has no path of its own here. */
  #unnamed: string | undefined;

  constructor(fs: Fs, options: TraceOptions) {
    this.#fs = fs;
    this.#options = options;
    this.#followingMounts = options.followingMounts ?? new Set();
    this.#here = { ...options.from, stat: undefined };
    this.#root = { ...options.root, stat: undefined };
  }

  [Symbol.dispose](): void {
    this.#held?.[Symbol.dispose]();
    this.#held = undefined;
  }

  resolve(path: string): Found | Failure {
    const end = this.#walk(path);
    const doubted = [...this.#doubted.values()].at(-1);
    if (!doubted || ('errno' in end && end.errno === 'ELOOP')) return end;
    // The kernel answered ELOOP for a link that leads into no loop: its mount follows no links.
    // Links before it had that answer because they led to it.
    this.hops.length = doubted.hops;
    return { kind: 'unknown', errno: 'ELOOP', path: doubted.path, call: 'openat2' };
  }

  #walk(path: string): Found | Failure {
    if (path === '') return this.#missing('', '');
    const bytes = byteLength(path);
    if (bytes >= pathMax) return { kind: 'name-too-long', errno: 'ENAMETOOLONG', path, what: 'path', bytes };
    this.#expand(path, undefined, '');
    for (;;) {
      const failure = this.#finishExpansions();
      if (failure) return failure;
      const expansion = this.#expansions.at(-1);
      if (!expansion) break;
      const refused = this.#step(expansion);
      if (refused) return refused;
    }
    const stat = this.#look();
    return stat instanceof Fault ? this.#unknown(stat) : { kind: 'found', path: this.#here.path, stat };
  }

  /** Puts a path or link text before everything that is still to come. */
  #expand(text: string, hop: number | undefined, link: string): void {
    const names = text.split('/').filter((name) => name !== '');
    this.#pending += names.length;
    this.#expansions.push({ names, at: 0, trailingSlash: text.endsWith('/'), hop, link });
    if (text.startsWith('/')) this.#stand(this.#root, undefined);
  }

  /** Where a link's whole text is resolved, the walk stands at what it leads to. */
  #finishExpansions(): Failure | undefined {
    for (;;) {
      const top = this.#expansions.at(-1);
      if (!top || top.at < top.names.length) return undefined;
      this.#expansions.pop();
      if (top.hop === undefined) continue;
      const stat = this.#look();
      if (stat instanceof Fault) return this.#unknown(stat);
      const hop = this.hops[top.hop] as Hop;
      this.hops[top.hop] = { ...hop, crosses: crossing(hop.stat, stat) };
    }
  }

  /** One component, as walk_component() in the kernel's fs/namei.c. */
  #step(expansion: Expansion): Failure | undefined {
    const name = expansion.names[expansion.at++] as string;
    this.#pending--;
    if (name === '.') return this.#enter('.', this.#here.path);
    if (name === '..') return this.#ascend();
    const last = this.#pending === 0;
    if (last && expansion.trailingSlash) this.#wantsDirectory = true;
    return this.#descend(name, last);
  }

  #ascend(): Failure | undefined {
    const here = this.#look();
    if (here instanceof Fault) return this.#unknown(here);
    const root = this.#lookAtRoot();
    if (root instanceof Fault) return this.#unknown(root);
    // Even where `..` stays, the kernel wants permission to search.
    const { path } = this.#here;
    if (samePlace(here, root)) return this.#enter('.', path);
    const named = path !== this.#unnamed && !path.endsWith('/..');
    return this.#enter('..', named ? dirname(path) : join(path, '..'));
  }

  /** Steps to `.` or `..`. */
  #enter(name: '.' | '..', path: string): Failure | undefined {
    const opened = this.#fs.open(this.#here.handle, name, { access: 'path', directory: true });
    if (opened instanceof Fault) return this.#refused(opened, name);
    this.#stand({ handle: opened, path, stat: undefined }, opened);
    return undefined;
  }

  #descend(name: string, last: boolean): Failure | undefined {
    const path = join(this.#here.path, name);
    if (!last || this.#wantsDirectory) {
      // Most are directories; asking for one also makes the kernel mount what it mounts on demand.
      const opened = this.#fs.open(this.#here.handle, name, { access: 'path', directory: true, nofollow: true });
      if (!(opened instanceof Fault)) {
        this.#stand({ handle: opened, path, stat: undefined }, opened);
        return undefined;
      }
      if (opened.errno !== 'ENOTDIR') return this.#refused(opened, name);
    }
    const opened = this.#fs.open(this.#here.handle, name, { access: 'path', nofollow: true });
    if (opened instanceof Fault) return this.#refused(opened, name);
    const stat = this.#fs.stat(opened, '');
    if (stat instanceof Fault) {
      opened[Symbol.dispose]();
      return this.#unknown(stat, path);
    }
    const stays = last && this.#options.last === 'stay' && !this.#wantsDirectory;
    if (stat.kind === 'symlink' && !stays) {
      using link = opened;
      return this.#follow(link, { name, path, stat, last });
    }
    this.#stand({ handle: opened, path, stat }, opened);
    return this.#unfitFile(stat);
  }

  /** The refusal of a file where the path goes on or ends with a slash. */
  #unfitFile(stat: Stat): Failure | undefined {
    if (stat.kind === 'dir' || (this.#pending === 0 && !this.#wantsDirectory)) return undefined;
    return { kind: 'not-a-directory', errno: 'ENOTDIR', path: this.#here.path, stat, rest: this.#rest() };
  }

  /** A link is counted, then permitted, then read: the order of pick_link() in the kernel's fs/namei.c. */
  #follow(link: Handle, met: Met): Failure | undefined {
    const { name, path, stat, last } = met;
    const dir = this.#look();
    if (dir instanceof Fault) return this.#unknown(dir);
    const key = `${identityKey(dir)}:${dir.mountId}/${name}`;
    const active = this.#expansions.findIndex((expansion) => expansion.link === key);
    if (active !== -1) return { kind: 'loop', errno: 'ELOOP', cycle: this.#linksFrom(active) };
    if (this.hops.length === maxLinks) return { kind: 'too-many-links', errno: 'ELOOP', path };
    if (last && this.#isProtected(dir, stat, name))
      return { kind: 'permission', errno: 'EACCES', path, stat, cause: 'protected-symlink' };

    const text = this.#fs.readlink(link, '');
    if (mayBeMagic(stat, text)) {
      const file = this.#magicFile(name);
      if (file instanceof Fault) return this.#unknown(file, path);
      if (file) return this.#jump(file, text instanceof Fault ? linkText('') : text, met);
    }
    if (text instanceof Fault) return this.#unknown(text, path);
    this.#askMount(met);
    const style = text.startsWith('/') ? 'absolute' : 'relative';
    this.hops.push({ link: path, stat, text, style, last, crosses: undefined });
    this.#expand(text, this.hops.length - 1, key);
    return undefined;
  }

  #linksFrom(expansion: number): readonly string[] {
    return this.#expansions.slice(expansion).map(({ hop }) => (this.hops[hop as number] as Hop).link);
  }

  /**
   * fs.protected_symlinks (proc_sys_fs(5)): in a sticky directory that anyone may write to, the
   * kernel follows a final link of its directory's owner or of the follower only, root or not.
   * That comes before RESOLVE_NO_SYMLINKS' own ELOOP, so one call tells which.
   */
  #isProtected(dir: Stat, link: Stat, name: string): boolean {
    if ((dir.mode & 0o1002) !== 0o1002 || link.uid === dir.uid) return false;
    return this.#errnoOf(this.#here.handle, name, { noSymlinks: true }) === 'EACCES';
  }

  /**
   * The file that a magic link holds; nothing where it is a link like any other. In a root of
   * one's own the kernel follows none (openat2(2), RESOLVE_IN_ROOT).
   */
  #magicFile(name: string): Handle | Fault | undefined {
    const at = this.#here.handle;
    if (this.#errnoOf(at, name, { noMagicLinks: true }) !== 'ELOOP') return undefined;
    const file = this.#fs.open(at, name, { access: 'path' });
    if (file instanceof Fault) return undefined;
    if (this.#inOwnRoot()) return file;
    file[Symbol.dispose]();
    return new Fault('openat2', this.#errnoOf(at, name, { inRoot: true }) ?? 'ELOOP', name);
  }

  /** Whether `/` of this walk is that of the process. */
  #inOwnRoot(): boolean {
    const mine = this.#lookAtRoot();
    const own = this.#fs.stat(this.#fs.cwd, '/');
    return !(mine instanceof Fault) && !(own instanceof Fault) && samePlace(mine, own);
  }

  /** Goes to the file of a magic link. Its text is taken as the path only where that leads to the same file. */
  #jump(file: Handle, text: LinkText, { path, stat, last }: Met): Failure | undefined {
    const reached = this.#fs.stat(file, '');
    if (reached instanceof Fault) {
      file[Symbol.dispose]();
      return this.#unknown(reached, path);
    }
    const named = text.startsWith('/') ? this.#fs.stat(this.#fs.cwd, text) : undefined;
    const known = named !== undefined && !(named instanceof Fault) && samePlace(named, reached);
    this.hops.push({ link: path, stat, text, style: 'magic', last, crosses: crossing(stat, reached) });
    if (!known) this.#unnamed = path;
    this.#stand({ handle: file, path: known ? text : path, stat: reached }, file);
    return this.#unfitFile(reached);
  }

  /**
   * A mount with nosymfollow answers ELOOP for every link. RESOLVE_BENEATH keeps the question small:
   * a link that leads out of its directory is EXDEV, once it may be followed at all. An ELOOP may
   * also be a true loop: the rest of the walk tells.
   */
  #askMount(met: Met): void {
    const { mountId } = met.stat;
    if (this.#followingMounts.has(mountId) || this.#doubted.has(mountId)) return;
    const small = this.#errnoOf(this.#here.handle, met.name, { beneath: true });
    const errno = small === 'ELOOP' ? this.#followErrno(met) : small;
    if (errno === 'ELOOP') this.#doubted.set(mountId, { path: met.path, hops: this.hops.length });
    // The kernel looks at the mount after protected_symlinks: an EACCES may come from before.
    else if (errno !== 'EACCES') this.#followingMounts.add(mountId);
  }

  /**
   * What following this one link gives. RESOLVE_BENEATH does not know: where `..` would leave the
   * directory, Linux 6.18 starts the walk again without forgetting the links counted so far, and
   * more than 20 of them are ELOOP.
   */
  #followErrno({ name, path }: Met): Errno | undefined {
    if (this.#inOwnRoot()) return this.#errnoOf(this.#here.handle, name, {});
    const below = this.#options.root.path.replace(/\/$/, '');
    if (!path.startsWith(`${below}/`)) return 'ELOOP';
    return this.#errnoOf(this.#root.handle, path.slice(below.length), { inRoot: true });
  }

  #errnoOf(at: Handle, path: string, resolve: Resolve): Errno | undefined {
    const opened = this.#fs.open(at, path, { access: 'path', resolve });
    if (opened instanceof Fault) return opened.errno;
    opened[Symbol.dispose]();
    return undefined;
  }

  #stand(place: Standing, held: Handle | undefined): void {
    this.#held?.[Symbol.dispose]();
    this.#held = held;
    this.#here = place;
  }

  #look(): Stat | Fault {
    if (this.#here.stat) return this.#here.stat;
    const stat = this.#fs.stat(this.#here.handle, '');
    if (!(stat instanceof Fault)) this.#here = { ...this.#here, stat };
    return stat;
  }

  #lookAtRoot(): Stat | Fault {
    if (this.#root.stat) return this.#root.stat;
    const stat = this.#fs.stat(this.#root.handle, '');
    if (!(stat instanceof Fault)) this.#root = { ...this.#root, stat };
    return stat;
  }

  /** Says what the kernel's refusal of a name in the directory where the walk stands means. */
  #refused(fault: Fault, name: string): Failure {
    const path = join(this.#here.path, name);
    if (fault.errno === 'ENOENT') return this.#missing(path, name);
    if (fault.errno === 'ENAMETOOLONG')
      return { kind: 'name-too-long', errno: fault.errno, path, what: 'name', bytes: byteLength(name) };
    const stat = this.#look();
    if (stat instanceof Fault) return this.#unknown(fault, path);
    if (fault.errno === 'EACCES')
      return { kind: 'permission', errno: fault.errno, path: this.#here.path, stat, cause: 'search' };
    if (fault.errno === 'ENOTDIR')
      return {
        kind: 'not-a-directory',
        errno: fault.errno,
        path: this.#here.path,
        stat,
        rest: join(name, this.#rest()),
      };
    return this.#unknown(fault, path);
  }

  #missing(path: string, name: string): Failure {
    const rest = this.#rest();
    // Above the mount point only if the way down would have reached it.
    const wanted = join(path, rest);
    const mountPoint = this.#options.absentVolumes?.find((point) => isBelow(path, point) || isBelow(wanted, point));
    if (mountPoint !== undefined) return { kind: 'absent-volume', errno: 'ENOENT', path, mountPoint };
    return { kind: 'missing', errno: 'ENOENT', path, parent: this.#here.path, name, rest };
  }

  #unknown(fault: Fault, path: string = this.#here.path): Failure {
    return { kind: 'unknown', errno: fault.errno, path, call: fault.call };
  }

  /** What is still to come, as one path: empty at the end. */
  #rest(): string {
    return this.#expansions
      .toReversed()
      .flatMap(({ names, at }) => names.slice(at))
      .join('/');
  }
}

/**
 * Magic links live on file systems without a device of their own (major 0), and their size is not
 * that of their text: 0, or 64 in /proc/self/fd, whatever the text.
 */
const mayBeMagic = (link: Stat, text: LinkText | Fault): boolean =>
  link.dev < 0x100000 && (text instanceof Fault || link.size === 64 || link.size !== byteLength(text));

/** One directory through one mount: what `..` and a root are compared by. */
const samePlace = (a: Stat, b: Stat): boolean => sameFile(a, b) && a.mountId === b.mountId;

const crossing = (link: Stat, { dev, mountId }: Stat): Hop['crosses'] =>
  link.dev === dev && link.mountId === mountId ? undefined : { dev, mountId };

const isBelow = (path: string, point: string): boolean =>
  `${path}/`.startsWith(point.endsWith('/') ? point : `${point}/`);
