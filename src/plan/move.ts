import type { Identity } from '../fs/identity.ts';
import type { LinkText } from '../fs/link-text.ts';
import { join } from '../fs/path.ts';
import type { Kind } from '../fs/stat.ts';
import type { CopiedText, FileOwner } from '../sketch/step.ts';

/**
 * What a step is made of: one system call that is atomic, and of which the tree tells afterwards
 * whether it happened. New things are made under a name of the plan's own and then shifted to
 * their place; displaced things are shifted to such a name and kept.
 */
export type Move =
  | {
      readonly kind: 'make' | 'discard';
      readonly step: number;
      readonly file: number;
      readonly what: Making;
      readonly at: Slot;
    }
  /**
   * `empty`: it is an empty directory, as it is shifted forth or when it is shifted back. `copied`: so it is the original of
   * a copy, and goes only as long as both are alike.
   */
  | {
      readonly kind: 'shift';
      readonly step: number;
      readonly file: number;
      readonly from: Slot;
      readonly to: Slot;
      readonly empty?: Way;
      readonly copied?: Copied;
    }
  /** `file` comes from `from`, `other` from `to`. */
  | {
      readonly kind: 'swap';
      readonly step: number;
      readonly file: number;
      readonly other: number;
      readonly from: Slot;
      readonly to: Slot;
    }
  | {
      readonly kind: 'chmod';
      readonly step: number;
      readonly file: number;
      readonly at: Slot;
      readonly mode: number;
      readonly before: number;
    };

type Way = 'forth' | 'back';

/** Where the copy is. */
export interface Copied extends Pick<CopyMaking, 'texts'> {
  readonly way: Way;
  readonly file: number;
  readonly at: Slot;
}

export type Making =
  | { readonly kind: 'symlink'; readonly text: LinkText; readonly owner?: FileOwner }
  | { readonly kind: 'dir'; readonly mode: number }
  | { readonly kind: 'link'; readonly from: Slot }
  | CopyMaking;

/** A copy of a tree of another file system, with other texts for some of its links. */
export interface CopyMaking {
  readonly kind: 'copy';
  readonly source: number;
  readonly from: Slot;
  readonly texts: readonly CopiedText[];
}

/** A name in a directory. */
export interface Slot {
  readonly home: Home;
  /** The directory's path from its home when the move's turn comes: of the move itself and of its inverse. */
  readonly path: string;
  /** The directory, as a number in the table of files. */
  readonly dir: number;
  readonly name: string;
}

/** Where paths begin: at the plan's root, or at the state directory. */
export type Home = 'tree' | 'state';

/** A file that moves are about; they name it by its number in the plan's table. */
export interface PlannedFile {
  readonly kind: Kind;
  readonly text?: LinkText;
  /** Whose it will be, where that is another than who makes it. */
  readonly owner?: number;
  /** Which one it is; nothing as long as it has to be made. */
  readonly seen?: Seen;
}

export interface Seen extends Identity {
  /** Tells a reused inode number from the file that had it before. */
  readonly btime: bigint | undefined;
}

export const inverse = (move: Move): Move => {
  switch (move.kind) {
    case 'make':
      return { ...move, kind: 'discard' };
    case 'discard':
      return { ...move, kind: 'make' };
    case 'shift': {
      const { empty, copied } = move;
      return {
        ...move,
        from: move.to,
        to: move.from,
        ...(empty && { empty: turned(empty) }),
        ...(copied && { copied: { ...copied, way: turned(copied.way) } }),
      };
    }
    case 'swap':
      return { ...move, file: move.other, other: move.file };
    case 'chmod':
      return { ...move, mode: move.before, before: move.mode };
  }
};

const turned = (way: Way): Way => (way === 'forth' ? 'back' : 'forth');

/** What a move finds at a name and what it leaves there: numbers of files, undefined for nothing. */
export interface Effect {
  readonly slot: Slot;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

export const effectsOf = (move: Move): readonly Effect[] => {
  switch (move.kind) {
    case 'make':
    case 'discard': {
      const { file, what, at } = move;
      const made: Effect =
        move.kind === 'make'
          ? { slot: at, before: undefined, after: file }
          : { slot: at, before: file, after: undefined };
      if (move.kind === 'discard' || (what.kind !== 'link' && what.kind !== 'copy')) return [made];
      const source = what.kind === 'link' ? file : what.source;
      return [{ slot: what.from, before: source, after: source }, made];
    }
    case 'shift':
      return [
        { slot: move.from, before: move.file, after: undefined },
        { slot: move.to, before: undefined, after: move.file },
      ];
    case 'swap':
      return [
        { slot: move.from, before: move.file, after: move.other },
        { slot: move.to, before: move.other, after: move.file },
      ];
    case 'chmod':
      return [{ slot: move.at, before: move.file, after: move.file }];
  }
};

export const slotKey = ({ dir, name }: Pick<Slot, 'dir' | 'name'>): string => `${dir}/${name}`;

/** Only these change what paths mean. */
export const movesDirectory = (move: Move, files: readonly PlannedFile[]): boolean => {
  const moved = move.kind === 'swap' ? [move.file, move.other] : move.kind === 'shift' ? [move.file] : [];
  return moved.some((file) => files[file]?.kind === 'dir');
};

/** A path with its home, for comparing. */
export type HomedPath = `${Home}:${string}`;

export const dirPath = ({ home, path }: Slot): HomedPath => `${home}:${path}`;
export const slotPath = (slot: Slot): HomedPath => `${slot.home}:${join(slot.path, slot.name)}`;

/** A path with its home, taken apart. */
export const homed = (path: HomedPath): { readonly home: Home; readonly path: string } => {
  const colon = path.indexOf(':');
  return { home: path.slice(0, colon) as Home, path: path.slice(colon + 1) };
};
