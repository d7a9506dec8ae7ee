import type { Errno } from '../fs/errno.ts';
import type { LinkText } from '../fs/link-text.ts';
import type { Stat } from '../fs/stat.ts';

/** Linux follows 40 links in one lookup; the 41st is ELOOP. The count is total, not nesting (path_resolution(7)). */
export const maxLinks = 40;

/** How a path was resolved: every link that was followed, then where it ended. */
export interface Route {
  /** The path as asked. */
  readonly path: string;
  readonly hops: readonly Hop[];
  readonly end: End;
}

/** One symbolic link followed. Paths are physical: absolute from the root of the resolution, free of links and dots. */
export interface Hop {
  /** Where the link itself lies. */
  readonly link: string;
  readonly stat: Stat;
  readonly text: LinkText;
  /** `magic`: a link like /proc/self/fd/1, which leads to its file whatever its text says (proc(5)). */
  readonly style: 'relative' | 'absolute' | 'magic';
  /** The link was the last component of what was being resolved, not a directory on the way. */
  readonly last: boolean;
  /** Device and mount of the place that this link's text led to, where they differ from the link's own. */
  readonly crosses: Crossing | undefined;
}

export interface Crossing {
  readonly dev: number;
  readonly mountId: number;
}

export type End = Found | Failure;

export interface Found {
  readonly kind: 'found';
  readonly path: string;
  readonly stat: Stat;
}

/** Why a path leads nowhere; `errno` is what open(2) answers. */
export type Failure =
  | {
      readonly kind: 'missing';
      readonly errno: 'ENOENT';
      /** The first component that does not exist; creating it is the next step of a mend. */
      readonly path: string;
      /** The directory that lacks it. */
      readonly parent: string;
      readonly name: string;
      /** What would still follow below it; empty when the missing one is the last. */
      readonly rest: string;
    }
  | {
      /** Missing below a mount point whose volume is not mounted now. */
      readonly kind: 'absent-volume';
      readonly errno: 'ENOENT';
      readonly path: string;
      readonly mountPoint: string;
    }
  | {
      readonly kind: 'loop';
      readonly errno: 'ELOOP';
      /** The links of the cycle, in the order they are followed, each once. */
      readonly cycle: readonly string[];
    }
  | {
      /** More than 40 links without a cycle. */
      readonly kind: 'too-many-links';
      readonly errno: 'ELOOP';
      readonly path: string;
    }
  | {
      /** A file, where the path needs a directory. */
      readonly kind: 'not-a-directory';
      readonly errno: 'ENOTDIR';
      readonly path: string;
      readonly stat: Stat;
      readonly rest: string;
    }
  | {
      /** The directory may not be searched, so what it holds is unknown; or the kernel will not follow this link. */
      readonly kind: 'permission';
      readonly errno: 'EACCES';
      readonly path: string;
      readonly stat: Stat;
      readonly cause: 'search' | 'protected-symlink';
    }
  | {
      readonly kind: 'name-too-long';
      readonly errno: 'ENAMETOOLONG';
      readonly path: string;
      readonly what: 'name' | 'path';
      readonly bytes: number;
    }
  | {
      /** Another refusal: EIO, ESTALE, a mount that follows no links … It says nothing about the file. */
      readonly kind: 'unknown';
      readonly errno: Errno;
      readonly path: string;
      readonly call: string;
    };

export type Missing = Extract<Failure, { kind: 'missing' }>;

/** What a link is worth: a verdict on its end. */
export type Health = 'good' | 'broken' | 'unknown';

/** Unknown is not broken: what could not be looked at may well be there. */
export const health = (kind: End['kind']): Health => {
  switch (kind) {
    case 'found':
      return 'good';
    case 'permission':
    case 'unknown':
    case 'absent-volume':
      return 'unknown';
    case 'missing':
    case 'loop':
    case 'too-many-links':
    case 'not-a-directory':
    case 'name-too-long':
      return 'broken';
  }
};
