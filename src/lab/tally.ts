import type { Errno } from '../fs/errno.ts';

/** What the processes of a session have done since a line began. */
export interface Tally {
  readonly refused: Refused[];
  /** Refusals before this one are of others than the program that runs: of earlier ones, and of what it started. */
  settled: number;
  /** How many calls may still come. */
  calls: number;
}

/** A change that was refused: for a stopped arrow in the picture. */
export interface Refused {
  readonly call: string;
  readonly errno: Errno;
  /** Absolute but not physical: as the command gave them, after its working directory. Two for link and rename. */
  readonly paths: readonly string[];
  /** Why, where the errno alone does not say. */
  readonly reason?: string;
}
