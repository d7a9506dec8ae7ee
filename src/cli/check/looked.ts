import { liesIn } from '../../fs/relative.ts';
import type { Finding } from '../../jobs/check/finding.ts';
import type { Survey } from '../survey.ts';
import type { Source } from './source.ts';

/** What was found in one source, before anything that is known is left out. */
export interface Looked {
  readonly source: Source;
  readonly walked: Survey;
  readonly findings: readonly Finding[];
  /** A path of the source as one of the machine: what patterns and the baseline are about. */
  readonly placed: (physical: string) => string;
}

/** A finding with its place as patterns and the baseline know it. */
export interface Placed {
  readonly finding: Finding;
  readonly place: string;
}

/** Whether a place lies in what was walked. */
export const wasWalked = (place: string, looked: readonly Looked[]): boolean =>
  looked.some(({ walked, placed }) => walked.census.roots.some(({ physical }) => liesIn(placed(physical), place)));
