import type { FileSystem } from '../fs/file-systems.ts';
import type { LinkText } from '../fs/link-text.ts';
import type { Kind, Stat } from '../fs/stat.ts';
import type { Content } from './content.ts';

/** A file system of a sketch: what the kernel calls a super block. */
export interface Volume {
  readonly dev: number;
  readonly type: FileSystem;
  /** The type as mount(8) names it: `ext4`. */
  readonly typeName: string;
  readOnly: boolean;
  /** The number of the next new inode. */
  nextIno: bigint;
  /** How many inodes and bytes of data there may be more before ENOSPC. */
  freeInodes: number;
  freeBytes: number;
}

/** A file itself. Everything but what it is may change. */
export interface Inode {
  readonly volume: Volume;
  readonly ino: bigint;
  readonly kind: Kind;
  mode: number;
  uid: number;
  gid: number;
  nlink: number;
  readonly rdev: number;
  atime: bigint;
  mtime: bigint;
  ctime: bigint;
  readonly btime: bigint | undefined;
  immutable: boolean;
  appendOnly: boolean;
  size: number;
  /** Of a regular file. */
  readonly content: Content;
  /** Of a symlink; not yet known of one in the base. */
  text: LinkText | undefined;
  /** Of a directory: its names. Over a base those asked for so far; undefined means that there is none. */
  readonly entries: Map<string, Inode | undefined>;
  /** A directory's own name; one name of anything else: the last that was used, if it is still there. */
  home: Home | undefined;
  /** Descriptors that hold it: with no name left it lives as long as they do. */
  opens: number;
  /** Where in the base it was found. */
  readonly origin: Origin | undefined;
  /** Mode or owner are no longer those of the base. */
  changed: boolean;
  /** The step that makes it. */
  readonly madeBy: number | undefined;
}

export interface Origin {
  /** From the base's root, without a first slash; empty for the root itself. */
  readonly path: string;
  readonly stat: Stat;
}

interface Home {
  readonly dir: Inode;
  readonly name: string;
}

/** One place where a volume, or a directory of it, is visible. */
export interface Mount {
  readonly id: number;
  /** The number that the base has for the mount which is seen through it; the same as `id` unless it is a bind mount. */
  readonly baseId: number;
  /** The device that files seen through it are told to be on, where that is not their own: they look like a copy. */
  readonly dev: number | undefined;
  readonly volume: Volume;
  readonly root: Inode;
  /** What it covers; undefined for the root of all. */
  readonly on: Location | undefined;
  readOnly: boolean;
  /** mount(8), nosymfollow. */
  noSymlinks: boolean;
}

/** An inode as it is reached: what the kernel calls a path. */
export interface Location {
  readonly mount: Mount;
  readonly inode: Inode;
}

export const sameLocation = (a: Location, b: Location): boolean => a.inode === b.inode && a.mount === b.mount;

export const isReadOnly = ({ mount }: Location): boolean => mount.readOnly || mount.volume.readOnly;
