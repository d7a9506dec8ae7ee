import { byteLength } from '../fs/bytes.ts';
import type { Errno } from '../fs/errno.ts';
import { fileSystemOf } from '../fs/file-systems.ts';
import type { Entry } from '../fs/fs.ts';
import { identityKey } from '../fs/identity.ts';
import type { LinkText } from '../fs/link-text.ts';
import { join } from '../fs/path.ts';
import type { Kind, Stat } from '../fs/stat.ts';
import { Base, type BaseOptions, type LinkOrErrno, type MountFacts } from './base.ts';
import { Content } from './content.ts';
import type { Inode, Location, Mount, Origin, Volume } from './inode.ts';
import { type Credentials, permission, type StickyProtection } from './permission.ts';
import type { FileOwner, FileRef, Spot, Step } from './step.ts';

export interface SketchOptions {
  /** Type of the root's file system, for its limits; ext4 unless said otherwise. */
  readonly type?: string;
  /** What the sketch is drawn over; without it the sketch begins with an empty directory. */
  readonly base?: BaseOptions;
  /** Nanoseconds since 1970. */
  readonly now?: () => bigint;
  /** fs.protected_hardlinks and fs.protected_symlinks (proc_sys_fs(5)): on, as distributions have them. */
  readonly protectedHardlinks?: boolean;
  readonly protectedSymlinks?: boolean;
  /** fs.protected_regular and fs.protected_fifos: off unless said otherwise, as in the kernel itself. */
  readonly protectedRegular?: StickyProtection;
  readonly protectedFifos?: StickyProtection;
}

/** What a new volume of a sketch is. */
export interface VolumeOptions {
  readonly type?: string;
  readonly readOnly?: boolean;
  /** How many inodes there may be. */
  readonly inodes?: number;
  /** How many bytes of data there may be. */
  readonly bytes?: number;
}

/** NAME_MAX (limits.h). */
const nameMax = 255;
/** How much data a volume of a sketch takes: it is held in memory. */
const bytesMax = 2 ** 28;

/** What the processes of a sketch share: its mounts, inodes and names, and what they changed over a base. */
export class Machine {
  readonly protectedHardlinks: boolean;
  readonly protectedSymlinks: boolean;
  readonly #protected: { readonly file: StickyProtection; readonly fifo: StickyProtection };
  /** What was changed over the base. */
  readonly steps: Step[] = [];
  readonly root: Location;
  readonly now: () => bigint;
  readonly #base: Base | undefined;
  readonly #mountOf: (id: number) => MountFacts | undefined;
  readonly #volumes = new Map<number, Volume>();
  readonly #inodes = new Map<string, Inode>();
  /** What is mounted on an inode, the latest last. */
  readonly #covers = new Map<Inode, Mount[]>();
  #nextMount = 1;

  constructor(options: SketchOptions = {}) {
    this.protectedHardlinks = options.protectedHardlinks ?? true;
    this.protectedSymlinks = options.protectedSymlinks ?? true;
    this.#protected = { file: options.protectedRegular ?? 0, fifo: options.protectedFifos ?? 0 };
    this.now = options.now ?? (() => BigInt(Date.now()) * 1_000_000n);
    this.#mountOf = options.base?.mountOf ?? (() => undefined);
    this.#base = options.base && new Base(options.base);
    const stat = this.#base?.stat('');
    if (typeof stat === 'string') throw new Error(`the base of a sketch cannot be read: ${stat}`);
    const root = stat ? this.#known('', stat) : this.#newRoot(this.#newVolume({ type: options.type ?? 'ext4' }));
    const mount = this.#newMount(root, undefined, { id: stat?.mountId });
    this.root = { mount, inode: root };
  }

  /**
   * mount(8): a new volume, or with `source` what is seen there once more (`--bind`); `asCopy`: the files there are
   * told to be on a device of their own, as if they were others.
   */
  mount(
    on: Location,
    options: VolumeOptions & {
      readonly source?: Location;
      readonly noSymlinks?: boolean;
      readonly asCopy?: boolean;
    } = {},
  ): Errno | undefined {
    const { source, readOnly = false, noSymlinks = false, asCopy = false } = options;
    const root = source?.inode ?? this.#newRoot(this.#newVolume(options));
    if ((root.kind === 'dir') !== (on.inode.kind === 'dir')) return 'ENOTDIR';
    const dev = asCopy ? this.#newVolume({}).dev : undefined;
    const mount = this.#newMount(root, on, { baseId: source?.mount.baseId, dev });
    mount.readOnly = readOnly;
    mount.noSymlinks = noSymlinks;
    return undefined;
  }

  /** umount(8), of the mount whose root this is. */
  unmount({ mount, inode }: Location): Errno | undefined {
    if (inode !== mount.root || !mount.on) return 'EINVAL';
    const covers = this.#covers.get(mount.on.inode) as Mount[];
    for (const others of this.#covers.values()) if (others.some((other) => other.on?.mount === mount)) return 'EBUSY';
    covers.splice(covers.indexOf(mount), 1);
    if (covers.length === 0) this.#covers.delete(mount.on.inode);
    return undefined;
  }

  /** All mounts, in the order they were made: the root's is the first. */
  get mounts(): readonly Mount[] {
    const others = [...this.#covers.values()].flat();
    return [this.root.mount, ...others.sort((a, b) => a.id - b.id)];
  }

  /** What is reached where things are mounted on it, and on that. */
  top(location: Location): Location {
    let at = location;
    for (;;) {
      const { mount, inode } = at;
      const over = this.#covers.get(inode)?.findLast(({ on }) => on?.mount === mount);
      if (!over) return at;
      at = { mount: over, inode: over.root };
    }
  }

  isMountPoint(inode: Inode): boolean {
    return this.#covers.has(inode);
  }

  /** The name in a directory, not what is mounted on it; undefined where there is none. */
  child({ mount, inode: dir }: Location, name: string): Location | Errno | undefined {
    // A directory that was removed has no names, and Linux says so before it looks at one.
    if (dir.nlink === 0) return undefined;
    if (name.length > nameMax / 4 && byteLength(name) > nameMax) return 'ENAMETOOLONG';
    let inode = dir.entries.get(name);
    if (!inode && this.#base && dir.origin && !dir.entries.has(name)) {
      const loaded = this.#load(mount, dir, name, dir.origin.path === '' ? name : join(dir.origin.path, name));
      if (typeof loaded === 'string') return loaded;
      dir.entries.set(name, loaded);
      inode = loaded;
    }
    if (!inode) return undefined;
    if (inode.kind !== 'dir') inode.home = { dir, name };
    return { mount, inode };
  }

  /** All entries of a directory. */
  entries(dir: Inode): readonly Entry[] | Errno {
    const found: Entry[] = [];
    for (const [name, inode] of dir.entries) if (inode) found.push({ name, kind: inode.kind, ino: inode.ino });
    if (!this.#base || !dir.origin) return found;
    const below = this.#base.entries(dir.origin);
    if (typeof below === 'string') return below;
    return [...below.filter(({ name }) => !dir.entries.has(name)), ...found];
  }

  /** The text of a symlink. */
  textOf(link: Inode): LinkOrErrno {
    if (link.text !== undefined) return { text: link.text };
    const found = (this.#base as Base).text(link.origin as Origin);
    if ('text' in found) link.text = found.text;
    return found;
  }

  /** Whether someone may search, write or read. */
  allows(who: Credentials, inode: Inode, bits: number): Errno | undefined {
    if (this.#base && inode.origin && !inode.changed) return this.#base.allows(inode, inode.origin, bits);
    return permission(who, inode, bits);
  }

  /** Bytes of a file. */
  read(file: Inode, bytes: Uint8Array, position: number): number | Errno {
    if (this.#base && file.origin) return this.#base.read(file.origin, bytes, position);
    const count = Math.max(0, Math.min(bytes.length, file.size - position));
    file.content.read(bytes.subarray(0, count), position);
    return count;
  }

  /** How a file that stands in a sticky directory is kept from being opened as a new one. */
  protectionOf(kind: Kind): StickyProtection {
    // No setting turns it off for what is neither.
    return kind === 'file' || kind === 'fifo' ? this.#protected[kind] : 1;
  }

  get overBase(): boolean {
    return this.#base !== undefined;
  }

  /** A new inode without a name. */
  make(
    { volume, gid, mode: dirMode }: Pick<Inode, 'volume' | 'gid' | 'mode'>,
    kind: Kind,
    who: Credentials,
    mode: number,
    rest: { readonly text?: LinkText; readonly rdev?: number } = {},
  ): Inode | Errno {
    if (volume.freeInodes < 1) return 'ENOSPC';
    volume.freeInodes--;
    // A set-group-ID directory hands on its group, and the bit to directories (inode(7)).
    const inherits = (dirMode & 0o2000) !== 0;
    const now = this.now();
    return {
      volume,
      ino: volume.nextIno++,
      kind,
      mode: inherits && kind === 'dir' ? mode | 0o2000 : mode,
      uid: who.uid,
      gid: inherits ? gid : who.gid,
      nlink: 0,
      rdev: rest.rdev ?? 0,
      atime: now,
      mtime: now,
      ctime: now,
      btime: now,
      immutable: false,
      appendOnly: false,
      size: rest.text === undefined ? 0 : byteLength(rest.text),
      content: new Content(),
      text: rest.text,
      entries: new Map(),
      home: undefined,
      opens: 0,
      origin: undefined,
      changed: false,
      madeBy: this.#base && this.steps.length,
    };
  }

  /** The last name or descriptor of an inode went: its room is free again. */
  release(inode: Inode): void {
    if (inode.nlink > 0 || inode.opens > 0 || inode.origin) return;
    inode.volume.freeInodes++;
    inode.volume.freeBytes += inode.content.room;
    inode.content.cut(0);
  }

  record(step: Step): void {
    if (this.#base) this.steps.push(step);
  }

  /** A new symlink is made as its owner's; that of other files a plan does not change. */
  giveOwner({ madeBy }: Inode, owner: FileOwner): boolean {
    const step = madeBy === undefined ? undefined : this.steps[madeBy];
    if (step?.kind !== 'symlink') return false;
    this.steps[madeBy as number] = { ...step, owner };
    return true;
  }

  /** A name as a step has it. */
  spot(dir: Location, name: string): Spot {
    return { path: join(this.pathOf(dir), name), dir: this.refer(dir.inode) };
  }

  /** A file as a step has it. */
  refer(inode: Inode): FileRef {
    const { kind, madeBy, ino, btime } = inode;
    if (madeBy !== undefined) return { kind, madeBy };
    const known = { kind, dev: inode.volume.dev, ino, btime };
    if (kind !== 'symlink') return known;
    const text = this.textOf(inode);
    return 'errno' in text ? known : { ...known, text: text.text };
  }

  /** The physical path of a directory. */
  pathOf(directory: Location): string {
    const names: string[] = [];
    let { mount, inode } = directory;
    for (;;) {
      while (inode === mount.root && mount.on) ({ mount, inode } = mount.on);
      if (inode === mount.root || !inode.home) return `/${names.reverse().join('/')}`;
      names.push(inode.home.name);
      inode = inode.home.dir;
    }
  }

  /** Brings a name of the base into the sketch. */
  #load(mount: Mount, dir: Inode, name: string, path: string): Inode | Errno | undefined {
    const stat = (this.#base as Base).stat(path);
    if (stat === 'ENOENT') return undefined;
    if (typeof stat === 'string') return stat;
    const inode = this.#known(path, stat);
    if (stat.mountId === mount.baseId) {
      if (inode.kind === 'dir') inode.home = { dir, name };
      return inode;
    }
    // The base shows what is mounted there; what that covers nobody can see.
    const covered: Inode = { ...inode, entries: new Map(), home: { dir, name }, origin: undefined };
    this.#newMount(inode, { mount, inode: covered }, { id: stat.mountId });
    return covered;
  }

  /** The inode of what the base says. */
  #known(path: string, stat: Stat): Inode {
    const key = identityKey(stat);
    const before = this.#inodes.get(key);
    if (before) return before;
    const { dev, ino, kind, mode, uid, gid, nlink, rdev, atime, mtime, ctime, btime, immutable, appendOnly, size } =
      stat;
    // A file system may be read-only in one place and not in another: that is the mount's.
    const { type = 'ext4' } = this.#mountOf(stat.mountId) ?? {};
    const volume = this.#volumes.get(dev) ?? this.#newVolume({ type }, dev);
    const inode: Inode = {
      ...{ volume, ino, kind, mode, uid, gid, nlink, rdev, atime, mtime, ctime, btime, immutable, appendOnly, size },
      content: new Content(),
      text: undefined,
      entries: new Map(),
      home: undefined,
      opens: 0,
      origin: { path, stat },
      changed: false,
      madeBy: undefined,
    };
    this.#inodes.set(key, inode);
    return inode;
  }

  #newVolume(
    { type = 'ext4', readOnly = false, inodes = Infinity, bytes = bytesMax }: VolumeOptions,
    dev?: number,
  ): Volume {
    const volume: Volume = {
      dev: dev ?? 0x800001 + this.#volumes.size,
      type: fileSystemOf(type),
      typeName: type,
      readOnly,
      // Numbers of new files over a base are of no file there.
      nextIno: this.#base ? 1n << 63n : 2n,
      freeInodes: inodes,
      freeBytes: bytes,
    };
    this.#volumes.set(volume.dev, volume);
    return volume;
  }

  #newRoot(volume: Volume): Inode {
    const root = this.make({ volume, gid: 0, mode: 0 }, 'dir', { uid: 0, gid: 0, groups: [] }, 0o755);
    if (typeof root === 'string') throw new Error('a volume needs an inode for its root');
    root.nlink = volume.type.directoryLinks === 'one' ? 1 : 2;
    return root;
  }

  #newMount(
    root: Inode,
    on: Location | undefined,
    known: {
      readonly id?: number | undefined;
      readonly baseId?: number | undefined;
      readonly dev?: number | undefined;
    } = {},
  ): Mount {
    const { id = this.#nextMount, baseId = id, dev } = known;
    this.#nextMount = Math.max(this.#nextMount, id) + 1;
    const { readOnly = false, noSymlinks = false } = this.#mountOf(id) ?? {};
    const mount: Mount = { id, baseId, dev, volume: root.volume, root, on, readOnly, noSymlinks };
    if (on) this.#covers.set(on.inode, [...(this.#covers.get(on.inode) ?? []), mount]);
    return mount;
  }
}
