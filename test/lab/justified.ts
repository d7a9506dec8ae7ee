import type { Difference } from './both-shells.ts';

/** Where the lab is otherwise than bash with coreutils, and why it may be. */
export const reasons: readonly { readonly why: string; readonly fits: (difference: Difference) => boolean }[] = [
  {
    why: 'A directory has no order of its own: ext4 gives its entries by their hashes, the lab in the order in which they were made.',
    fits: ({ what, bash, lab }) => what !== 'code' && sortedLines(bash) === sortedLines(lab),
  },
  {
    why: 'Of several mistakes in the grammar of one line bash may name another one first; neither runs any of it.',
    fits: ({ what, bash, lab }) =>
      what === 'errors' && [bash, lab].every((text) => /^bash: (syntax error|unexpected EOF)/.test(text)),
  },
  {
    why: 'The parts of a pipe run one after the other in the lab, so a file that the end writes is not there when the beginning looks, and none is ended by signal 13.',
    fits: ({ lines, bash }) =>
      /^(find|ls|du|grep)\b.*\|.*>/.test(lines.at(-1) ?? '') || bash.includes('terminated by signal 13'),
  },
];

/** Why a difference is none to mend; undefined for one that is. */
export const justified = (difference: Difference): string | undefined =>
  reasons.find(({ fits }) => fits(difference))?.why;

const sortedLines = (text: string): string => text.split('\n').sort().join('\n');
