import type { Difference } from './both-shells.ts';

/** Where the lab is otherwise than bash with coreutils, and why it may be. */
export const reasons: readonly { readonly why: string; readonly fits: (difference: Difference) => boolean }[] = [
  {
    why: 'A directory has no order of its own: ext4 gives its entries by their hashes, the lab in the order in which they were made.',
    fits: ({ what, bash, lab }) => what !== 'code' && sortedLines(bash) === sortedLines(lab),
  },
];

/** Why a difference is none to mend; undefined for one that is. */
export const justified = (difference: Difference): string | undefined =>
  reasons.find(({ fits }) => fits(difference))?.why;

const sortedLines = (text: string): string => text.split('\n').sort().join('\n');
