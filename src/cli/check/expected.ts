import { show } from '../show.ts';
import { type Looked, type Placed, wasWalked } from './looked.ts';
import type { Settings } from './settings.ts';

/** Leaves out what `expect` entries know of, and tells of entries that are of no use any more. */
export const withoutExpected = (
  { expects, asked, shown, base }: Pick<Settings, 'expects' | 'asked' | 'shown' | 'base'>,
  looked: readonly Looked[],
  complete: boolean,
): { readonly left: readonly Placed[]; readonly expected: number; readonly notices: readonly string[] } => {
  const today = new Date().toISOString().slice(0, 10);
  const isOver = ({ until }: Settings['expects'][number]): boolean => until !== undefined && until < today;
  const used = new Set<unknown>();
  const left: Placed[] = [];
  let expected = 0;
  for (const { findings, placed } of looked)
    for (const finding of findings) {
      const place = placed(finding.physical);
      const entry = expects.find(({ rule, matches }) => rule === finding.rule && matches(place));
      if (entry) used.add(entry);
      if (entry && !isOver(entry)) expected++;
      else left.push({ finding, place });
    }
  const walkedAll = complete && wasWalked(base, looked);
  const notices = expects.flatMap((entry) => {
    const what = `${shown}:${entry.line}: ${entry.rule} of ${show(entry.path)}`;
    if (used.has(entry)) return isOver(entry) ? [`${what} was expected until ${entry.until} only`] : [];
    // Where not all was looked at, or the rule was not asked, the entry may still be right.
    const wasAsked = walkedAll && asked.some(({ rule }) => rule.id === entry.rule);
    return wasAsked ? [`${what} is expected, but is not found any more: the entry can go`] : [];
  });
  return { left, expected, notices };
};
