import type { Identity } from '../fs/identity.ts';
import type { LinkText } from '../fs/link-text.ts';
import type { Kind } from '../fs/stat.ts';

/**
 * A change to a tree as data: what a job wrote into a sketch, what a dry run prints, what the
 * journal holds, what is executed and undone. Steps belong together in their order: the path of
 * a later one may go through what an earlier one made or moved.
 */
export type Step =
  | { readonly kind: 'link'; readonly file: FileRef; readonly from: Spot; readonly to: Spot }
  /** `owner`: where it is another than who makes it. */
  | { readonly kind: 'symlink'; readonly text: LinkText; readonly to: Spot; readonly owner?: FileOwner }
  /** `mode` is what the new directory has, the umask already applied. */
  | { readonly kind: 'mkdir'; readonly mode: number; readonly to: Spot }
  /** `replaced`: what stood at `to` and is no longer there; without it nothing may stand there. */
  | {
      readonly kind: 'rename';
      readonly file: FileRef;
      readonly from: Spot;
      readonly to: Spot;
      readonly replaced?: FileRef;
    }
  | {
      readonly kind: 'exchange';
      readonly file: FileRef;
      readonly from: Spot;
      readonly to: Spot;
      readonly other: FileRef;
    }
  | { readonly kind: 'unlink'; readonly file: FileRef; readonly at: Spot }
  | { readonly kind: 'rmdir'; readonly file: FileRef; readonly at: Spot }
  /** A directory with all that it holds, whatever that is when the step's turn comes. */
  | { readonly kind: 'take-away'; readonly file: FileRef; readonly at: Spot }
  /** Something moves to another file system: what is at `to` then is a copy, and the original goes away. */
  | {
      readonly kind: 'copy';
      readonly file: FileRef;
      readonly from: Spot;
      readonly to: Spot;
      readonly replaced?: FileRef;
      /** Whose the copy will be, if it can be. */
      readonly owner: number;
      /** Links in it that get another text in the copy. */
      readonly texts: readonly CopiedText[];
    }
  | {
      readonly kind: 'chmod';
      readonly file: FileRef;
      readonly at: Spot;
      readonly mode: number;
      readonly before: number;
    };

/** `path`: from the top of what is copied, empty for itself. */
export interface CopiedText {
  readonly path: string;
  readonly text: LinkText;
}

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** A name in a directory. */
export interface Spot {
  /** Physical, from the plan's root, `/a/b`: as it is when the step's turn comes. */
  readonly path: string;
  /** The directory that holds the name. */
  readonly dir: FileRef;
}

/** Which file: one that was there when the plan was made, or one that a step of the plan makes. */
export type FileRef = Witness | Made;

/** What a file was when it was looked at. */
export interface Witness extends Identity {
  readonly kind: Kind;
  /** Tells a reused inode number from the file that had it before. */
  readonly btime: bigint | undefined;
  /** A symlink's. */
  readonly text?: LinkText;
}

/** What the step with this index makes. */
export interface Made {
  readonly kind: Kind;
  readonly madeBy: number;
}
