import type { Fault } from '../../fs/fault.ts';
import { type Experiment, experiment, saw, sentence } from './comparison.ts';
import { type Ground, need, needSymlink, newGround, statOf, symlink } from './ground.ts';

/** A length of text from which a symbolic link takes so many blocks. */
interface Step {
  readonly from: number;
  readonly blocks: number;
}

/** How much room the text of a symbolic link takes, found by making links with longer and longer texts. */
export const textRoom = (ground: Ground): { readonly experiment: Experiment; readonly brief: string | undefined } => {
  let brief: string | undefined;
  const done = experiment(
    'From which length a text takes a block',
    [
      'for n in $(seq 1 400); do\n  ln -s "$(head -c $n /dev/zero | tr "\\0" x)" link && stat -c "$n bytes: %b blocks" link && rm link\ndone | uniq -f 2',
      'for n in 1023 1024 4095 4096; do\n  ln -s "$(head -c $n /dev/zero | tr "\\0" x)" link && echo "$n bytes: made" && rm link\ndone',
    ],
    () => {
      using here = newGround(ground, 'texts');
      needSymlink(here, 'x', 'probe');
      const most = longest(here);
      const steps = stepsUpTo(most, (length) => blocksOf(here, length));
      brief = briefly(steps);
      return {
        observed: [
          ...steps.map(({ from, blocks }) => saw(`blocks from ${from} ${from === 1 ? 'byte' : 'bytes'}`, blocks)),
          saw('longest text in bytes', most),
        ],
        verdict: sentence(inWords(steps), `the longest text has ${most} bytes`),
      };
    },
  );
  return { experiment: done, brief };
};

/** symlink(7): never more than 4095 bytes. */
const textMax = 4095;

const longest = (here: Ground): number => {
  if (take(here, textMax) === undefined) return textMax;
  // Lengths up to `fits` do, those from `tooLong` do not.
  let fits = 1;
  let tooLong = textMax;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (take(here, middle) === undefined) fits = middle;
    else tooLong = middle;
  }
  return fits;
};

const take = (here: Ground, length: number): Fault | undefined => {
  const refused = symlink(here, 'x'.repeat(length), 'link');
  if (!refused) need(here.fs.unlink(here.dir, 'link'));
  else if (refused.errno !== 'ENAMETOOLONG') need(refused);
  return refused;
};

const blocksOf = (here: Ground, length: number): number => {
  need(symlink(here, 'x'.repeat(length), 'link'));
  const { blocks } = statOf(here, 'link');
  need(here.fs.unlink(here.dir, 'link'));
  return blocks;
};

const stride = 64;

/** Where the number of blocks changes: looked for between neighbours of a grid that differ. */
export const stepsUpTo = (most: number, blocksAt: (length: number) => number): readonly Step[] => {
  const steps: Step[] = [{ from: 1, blocks: blocksAt(1) }];
  for (let at = 1; at < most; ) {
    const next = Math.min(at + stride, most);
    const before = steps.at(-1)?.blocks;
    const blocks = blocksAt(next);
    if (blocks !== before) {
      let same = at;
      let other = next;
      while (other - same > 1) {
        const middle = (same + other) >> 1;
        if (blocksAt(middle) === before) same = middle;
        else other = middle;
      }
      steps.push({ from: other, blocks });
    }
    at = next;
  }
  return steps;
};

const inWords = (steps: readonly Step[]): string => {
  const [first, second] = steps as readonly [Step, ...Step[]];
  if (!second)
    return first.blocks === 0
      ? 'a text of any length takes no block of its own'
      : `stat counts ${first.blocks} blocks (${first.blocks / 2} KiB) for a text of any length`;
  const later = steps.slice(1).map(({ from, blocks }) => `${blocks} (${blocks / 2} KiB) from ${from} bytes on`);
  return `a text takes ${first.blocks === 0 ? 'no block' : `${first.blocks} blocks`} up to ${second.from - 1} bytes, ${later.join(', ')}`;
};

const briefly = (steps: readonly Step[]): string => {
  const [first, second] = steps as readonly [Step, ...Step[]];
  const size = (blocks: number): string => (blocks === 0 ? 'no block' : `${blocks / 2} KiB`);
  return second
    ? `an inode; ${size(second.blocks)} from ${second.from} bytes on`
    : `an inode; ${size(first.blocks)} by stat`;
};
