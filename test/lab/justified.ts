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
  {
    why: "The ln here is the product's own: what it has just made it will not replace, not even with a backup (`ln --help`).",
    fits: ({ lines, wrote }) =>
      /\bln\b/.test(lines.at(-1) ?? '') &&
      wrote.lab.includes('will not overwrite just-created') &&
      !wrote.bash.includes('will not overwrite just-created'),
  },
  {
    why: 'A program keeps its output back until it ends where no terminal reads it, and complaints go out at once; the lab writes both at once.',
    fits: ({ what, lines, bash, lab }) =>
      what === 'output' && /2>&1|&>/.test(lines.at(-1) ?? '') && sortedCharacters(bash) === sortedCharacters(lab),
  },
  {
    why: 'A directory that is copied into itself: what is copied before that is noticed is what its order, that of inode numbers, puts first, and ext4 gives any number that is free.',
    fits: ({ what, lines, wrote }) => {
      const noticed = Object.values(wrote).map(
        (text) => /cannot copy a directory, '[^']*', into itself, '[^']*'/.exec(text)?.[0],
      );
      return (
        what !== 'code' &&
        /\bcp\b/.test((what === 'tree' ? lines : lines.slice(-1)).join('\n')) &&
        noticed[0] !== undefined &&
        noticed[0] === noticed[1]
      );
    },
  },
];

/** Why a difference is none to mend; undefined for one that is. */
export const justified = (difference: Difference): string | undefined =>
  reasons.find(({ fits }) => fits(difference))?.why;

const sortedCharacters = (text: string): string => [...text].sort().join('');
/** The lines in the files of a tree are told with escapes, in double quotes. */
const sortedLines = (text: string): string =>
  text
    .split(/\n|\\n|"/)
    .sort()
    .join('\n');
