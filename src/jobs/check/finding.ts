import type { LinkText } from '../../fs/link-text.ts';

export type Severity = 'error' | 'warning' | 'info';

/** What a rule has to say of one place. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** As the user wrote the directory that is checked, and on from there. */
  readonly path: string;
  /** From the root of resolution, without links and dots on the way. */
  readonly physical: string;
  /** What a symbolic link stores. */
  readonly text?: LinkText;
  /** One sentence without its full stop. */
  readonly says: Words;
  /** Findings of one rule with the same cause are one mistake in many places: a renamed directory that breaks 400 links. */
  readonly cause?: Cause;
  /** The text that the link should store: where that is safe without asking anybody. */
  readonly fix?: LinkText;
}

export interface Cause {
  /** Equal for what belongs together. */
  readonly key: string;
  /** One sentence that holds for all places. */
  readonly says: Words;
}

/** A sentence in pieces: names apart from words, since each way of output writes them in its own way. */
export type Words = readonly (string | { readonly name: string })[];
