import type { Broken } from '../../jobs/remove/broken.ts';
import type { Retargeted } from '../../jobs/remove/mend.ts';
import type { Gone, Stays } from '../../jobs/remove/take.ts';
import type { Blind, Census } from '../../scan/census.ts';
import type { Step } from '../../sketch/step.ts';
import type { Holder } from '../holders.ts';

export interface Report {
  /** The working directory: paths below it are shown from there. */
  readonly here: string;
  readonly removed: readonly Removed[];
  readonly stays: readonly Stays[];
  readonly broken: readonly Broken[];
  readonly policy: Policy | undefined;
  readonly retargeted: readonly Retargeted[];
  readonly holders: readonly Holder[];
  /** Directories that were searched whole for links. */
  readonly searched: readonly string[];
  readonly census: Census | undefined;
  /** What could not be looked at and was asked for. */
  readonly blind: readonly Blind[];
  readonly steps: readonly Step[];
  readonly dryRun: boolean;
  /** Nothing was done: links would break, or somebody said no. */
  readonly held: 'links' | 'declined' | undefined;
  readonly id: string | undefined;
  /** For how long it is kept, in milliseconds. */
  readonly keep: number;
  /** Names that went for good, with --purge. */
  readonly purged: number | undefined;
  /** Names that went since their own time was over. */
  readonly expired: number;
  readonly problems: readonly string[];
}

export interface Removed extends Gone {
  /** Entries below a directory. */
  readonly entries: number;
  /** Bytes that come free once nothing of it is kept or open. */
  readonly frees: number;
  /** Files that live on by names elsewhere. */
  readonly shared: number;
}

export const policies = ['keep', 'remove', 'retarget'] as const;
export type Policy = (typeof policies)[number];
