import type { Fs } from '../../fs/fs.ts';
import type { LinkText } from '../../fs/link-text.ts';
import type { Stat } from '../../fs/stat.ts';
import type { Atlas } from '../../scan/atlas.ts';
import type { Census, Root } from '../../scan/census.ts';
import type { End, Missing, Route } from '../../trace/route.ts';
import type { Place } from '../../trace/trace.ts';

/** What rules look at. */
export interface Scene {
  readonly fs: Fs;
  /** `/` for link texts. */
  readonly root: Place;
  readonly absentVolumes: readonly string[];
  readonly census: Census;
  readonly atlas: Atlas;
  readonly thresholds: Thresholds;
  /** The type of the file system on a device, where that is known. */
  readonly fileSystemType: (dev: number) => string | undefined;
  /** The machine's own `/`, where `root` is another directory: an image, a chroot. */
  readonly outside: Place | undefined;
  /** What git keeps, where the tree is a work tree and somebody asked for it. */
  readonly git: GitIndex | undefined;
  /** Names that belong to one file each: declared in the configuration, or remembered from an earlier scan. */
  readonly declaredGroups: readonly DeclaredGroup[];
  /** What can be said of the members of an archive that a tree does not show. */
  readonly archive?: readonly ArchiveFact[];
  /** Mounts that are known to follow links: for `trace`. */
  readonly followingMounts: Set<number>;
}

export interface Thresholds {
  /** More hops than this are `deep-chain`. */
  readonly hops: number;
  /** Beginnings of absolute texts that are of one machine alone: /home, /tmp, /build. */
  readonly machinePaths: readonly string[];
  /** Bytes: a longer text is `target-too-long`. */
  readonly textLength: number;
}

/** One symbolic link; what costs a look is looked at when it is asked for, once. */
export interface LinkView {
  readonly row: number;
  readonly path: string;
  readonly physical: string;
  /** Physical path of the directory that holds it. */
  readonly dir: string;
  readonly text: LinkText;
  readonly end: End['kind'];
  readonly leadsToDir: boolean;
  /** Links followed to its end, itself included; more than 40 where it has none. */
  readonly hops: number;
  /** The root of the walk that it was found below. */
  readonly under: Root;
  /** The first component that does not exist, of a link that is `missing`. It costs less than `route`. */
  readonly missing: Omit<Missing, 'kind' | 'errno'> | undefined;
  /** What is no directory, of a link that is `not-a-directory`. It costs less than `route`, too. */
  readonly inTheWay: string | undefined;
  /** Hop by hop. */
  readonly route: Route;
  readonly stat: Stat | undefined;
}

/** The index of a git work tree. Paths are from its top, `a/b`. */
export interface GitIndex {
  /** Physical path of the work tree's top. */
  readonly top: string;
  /** Six octal digits of a tracked path: 120000 is a symbolic link, 160000 a submodule. */
  readonly mode: (path: string) => string | undefined;
  /** Whether something tracked lies below this directory. */
  readonly hasBelow: (path: string) => boolean;
  readonly isIgnored: (path: string) => boolean;
  /** What git stores for a tracked symbolic link. */
  readonly storedText: (path: string) => LinkText | undefined;
  readonly tracked: () => Iterable<{ readonly path: string; readonly mode: string }>;
}

export interface DeclaredGroup {
  /** Physical paths that should be names of one file. */
  readonly names: readonly string[];
  readonly from: 'declared' | 'remembered';
}

/** What is odd about a member of an archive; `name` is as it is stored, `physical` where it would lie. */
export type ArchiveFact = { readonly name: string; readonly physical: string } & (
  | {
      readonly kind: 'outside';
      /** Its name holds `..`; otherwise it is absolute. */
      readonly climbs: boolean;
    }
  | {
      /** A directory of its name is a link that the archive stores before it. */
      readonly kind: 'through';
      readonly link: string;
      readonly text: string;
      /** The link leads to a directory of the archive. */
      readonly stays: boolean;
    }
  /** An earlier member of the same name is a symbolic link. */
  | { readonly kind: 'over-link' }
  | { readonly kind: 'hard-link-outside' | 'hard-link-missing'; readonly target: string }
);
