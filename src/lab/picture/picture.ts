import type { Errno } from '../../fs/errno.ts';
import type { Kind } from '../../fs/stat.ts';

/**
 * What the picture of a sketch shows, as data: bands of devices, each with its names, inodes and
 * data. Every `id` is made from an identity (device, inode, directory and name), so the same thing
 * has the same id in the picture before and after a change.
 */
export interface Picture {
  /** The path of the directory below which names are shown. */
  readonly root: string;
  readonly bands: readonly Band[];
}

/** A device: inode numbers mean something within it only. */
export interface Band {
  readonly id: string;
  /** `8:1`. */
  readonly device: string;
  /** `ext4`. */
  readonly type: string;
  readonly readOnly: boolean;
  readonly frames: readonly Frame[];
  /** In the order of the middle of their names. */
  readonly inodes: readonly InodeCard[];
}

/** The names that are seen through one mount. */
export interface Frame {
  readonly id: string;
  /** Where it is mounted. */
  readonly path: string;
  /** Of a bind mount: where the same entries stand already. They are drawn once more, but are no more names. */
  readonly same: string | undefined;
  readonly readOnly: boolean;
  readonly rows: readonly Row[];
}

/** A line of the names lane. */
export interface Row {
  readonly id: string;
  /**
   * `root`: where the mount begins. `name`: an entry. `dot`: `.` or `..`. `view`: an entry seen through a
   * bind mount. `ghost`: no entry, a link leads here. `refused`: where a change stopped. `folded`:
   * several that nothing happened to. `elsewhere`: a name that lies outside of what is shown.
   */
  readonly kind: 'root' | 'name' | 'dot' | 'view' | 'ghost' | 'refused' | 'folded' | 'elsewhere';
  /** The name as the file system has it; of a folded row, its first names. */
  readonly name: string;
  /** Physical. */
  readonly path: string;
  readonly depth: number;
  readonly fileKind: Kind | undefined;
  /** The card that its solid line leads to. */
  readonly inode: string | undefined;
  /** The process works here. */
  readonly here: boolean;
  /** What covers it: `tmpfs mount`, `bind mount`. */
  readonly mounted: string | undefined;
  /** How many names a folded row stands for. */
  readonly count: number;
  readonly stopped: Stopped | undefined;
}

/** A change that was refused. */
export interface Stopped {
  readonly call: string;
  readonly errno: Errno;
  readonly reason: string;
  /** The card that the name would have led to. */
  readonly to: string | undefined;
  /** That card lies in another band. */
  readonly crosses: boolean;
}

export interface InodeCard {
  readonly id: string;
  readonly ino: bigint;
  readonly device: string;
  readonly kind: Kind;
  readonly links: number;
  /** `rw-r--r--`. */
  readonly mode: string;
  readonly owner: string;
  readonly size: number;
  /** Paths of the names that are shown. */
  readonly names: readonly string[];
  /** How many of its names are not shown. */
  readonly hidden: number;
  /** `tail: fd 3, read`. */
  readonly opens: readonly string[];
  /** It lives by its descriptors alone. */
  readonly orphan: boolean;
  readonly data: Data | undefined;
}

export type Data =
  | {
      readonly kind: 'bytes';
      /** The first of them. */
      readonly text: string;
      readonly size: number;
    }
  | {
      readonly kind: 'link';
      readonly text: string;
      /** One for each directory that holds a name of the link: a relative text leads somewhere else from each. */
      readonly hops: readonly Hop[];
    };

/** From the text of a link to the name that it leads to next. */
export interface Hop {
  readonly id: string;
  /** The card of the link. */
  readonly inode: string;
  /** The name of the link that is followed. */
  readonly from: string;
  /** The row it leads to; undefined where the text leads to no place. */
  readonly to: string | undefined;
  /** The path of that name. */
  readonly next: string | undefined;
  /** Its place in the longest chain that it is a part of, from 1. */
  readonly number: number;
  /** Links that the text passes on its way. */
  readonly via: readonly string[];
  readonly ending: 'name' | 'ghost' | 'loop' | 'stopped';
  readonly errno: Errno | undefined;
  /** Where following it ends; undefined if it ends nowhere. */
  readonly end: string | undefined;
}
