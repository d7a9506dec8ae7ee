import type { LinkText } from '../../fs/link-text.ts';
import type { Candidate } from '../../jobs/repair/candidate.ts';
import type { Wound } from '../../jobs/repair/wound.ts';
import type { Advice } from './package-advice.ts';

/**
 * What became of a dangling link. `mended`: on proof; `chosen`: by who was asked; `along`: whole again since another link
 * is; `choice`: there are candidates, and nobody has chosen; `package`: something has to be installed; `waits`: another
 * link, elsewhere, is to blame; `absent`: it led to a file system that is not mounted now; `failed`: it could not be
 * changed; `lost`: nothing is known.
 */
export type Fate =
  | 'mended'
  | 'chosen'
  | 'along'
  | 'choice'
  | 'package'
  | 'waits'
  | 'absent'
  | 'pruned'
  | 'failed'
  | 'lost';

export interface Verdict {
  readonly wound: Wound;
  readonly candidates: readonly Candidate[];
  readonly fate: Fate;
  readonly chosen: Candidate | undefined;
  readonly newText: LinkText | undefined;
  readonly advice: Advice | undefined;
  /** Of one that failed. */
  readonly why: string | undefined;
}

/** Whether the link leads nowhere still. */
export const isLeft = ({ fate }: Verdict): boolean => !['mended', 'chosen', 'along', 'pruned'].includes(fate);
