import type { Difference } from './both-shells.ts';

/** Where the lab is otherwise than bash with coreutils, and why it may be. */
const reasons: readonly { readonly why: string; readonly fits: (difference: Difference) => boolean }[] = [];

/** Why a difference is none to mend; undefined for one that is. */
export const justified = (difference: Difference): string | undefined =>
  reasons.find(({ fits }) => fits(difference))?.why;
