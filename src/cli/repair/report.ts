import type { Rewrite } from '../../jobs/repair/rewrite.ts';
import type { Step } from '../../sketch/step.ts';
import type { Kept } from '../memory/keep.ts';
import type { Recalled } from '../memory/recall.ts';
import type { Survey } from '../survey.ts';
import type { Verdict } from './verdict.ts';

/** What `lw repair` found and did. */
export interface Report {
  readonly survey: Survey;
  /** What was looked through for lost targets; undefined where nothing was looked for. */
  readonly searched: Survey | undefined;
  readonly verdicts: readonly Verdict[];
  /** Good links that get another text. */
  readonly rewrites: readonly Rewrite[];
  /** Of those, why some are left as they are. */
  readonly dropped: ReadonlyMap<string, string>;
  /** Links that are broken in other ways: they go round in circles, or on and on. */
  readonly otherwise: number;
  readonly recalled: Recalled;
  readonly kept: Kept | undefined;
  readonly steps: readonly Step[];
  readonly dryRun: boolean;
  readonly declined: boolean;
  readonly onlyRemembers: boolean;
  /** Links are not removed on the word of an incomplete scan. */
  readonly pruneRefused: boolean;
  readonly id: string | undefined;
}
