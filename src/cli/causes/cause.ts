import type { Sentence } from './sentence.ts';

type CauseKind =
  | 'not-expanded'
  | 'stray-space'
  | 'other-case'
  | 'unicode-form'
  | 'other-version'
  | 'other-ending'
  | 'spelling'
  | 'relative-to-elsewhere'
  | 'no-leading-slash'
  | 'made-for-other-root'
  | 'lock'
  | 'removed-from-package'
  | 'diverted'
  | 'alternatives'
  | 'companion-package'
  | 'empty-directory'
  | 'volume-absent'
  | 'newest-of-cycle'
  | 'points-at-itself'
  | 'chain-too-long'
  | 'trailing-slash'
  | 'file-as-directory'
  | 'permission-bits'
  | 'beyond-permission-bits'
  | 'protected-symlinks'
  | 'mount-follows-no-links';

/** What probably went wrong, and what shows it. */
export interface Cause {
  readonly kind: CauseKind;
  /** `likely` where the proof is complete: what it suggests was looked at and leads to something. */
  readonly certainty: 'likely' | 'possible';
  /** A clause that ends the sentence "… leads nowhere: ". */
  readonly because: Sentence;
  /** Existing paths that may have been meant, best first. */
  readonly suggests: readonly string[];
  /** A shell command to try. */
  readonly command?: string;
  /** What to do where no command says it. */
  readonly advice?: Sentence;
}
