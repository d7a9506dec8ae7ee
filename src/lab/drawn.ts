/** What is wrong with a text that somebody wrote; lines count from 1. */
export interface Complaint {
  readonly line: number;
  readonly message: string;
}

/** One line of a drawing and what is drawn below it. */
export interface Drawn {
  /** In the drawing, from 1. */
  readonly line: number;
  /** From the drawing's top, without a first slash; empty for the top itself. */
  readonly path: string;
  readonly kind: 'file' | 'dir' | 'symlink' | 'fifo' | 'any' | 'absent';
  /** Of a symlink; undefined for any text. */
  readonly text: string | undefined;
  /** Of a file: bytes as the names of `bytes.ts`; undefined where nothing is said. */
  readonly contents: string | undefined;
  readonly label: string | undefined;
  readonly mode: number | undefined;
  readonly owner: DrawnOwner | undefined;
  readonly mount: DrawnMount | undefined;
  readonly below: readonly Drawn[];
  /** Anything else may be here too. */
  readonly open: boolean;
}

interface DrawnOwner {
  readonly user: string;
  readonly group: string | undefined;
}

export type DrawnMount =
  | { readonly kind: 'volume'; readonly type: string; readonly readOnly: boolean }
  | { readonly kind: 'bind'; readonly of: string; readonly readOnly: boolean };
