import type { Candidate } from '../../jobs/repair/candidate.ts';
import type { Wound } from '../../jobs/repair/wound.ts';
import { lookOf } from '../look.ts';
import { plural } from '../plural.ts';
import { candidateLine } from './evidence-words.ts';

/** Puts a question to who sits at the terminal, after some lines; the line that is typed, undefined at the end of input. */
export type Talk = (lines: readonly string[], question: string) => string | undefined;

/** Candidates that are shown of each link. */
const shownMost = 6;

/** Asks for each link, or once for links that one change would mend, which candidate it is. Nothing is the usual answer. */
export const choose = (
  talk: Talk,
  open: readonly (readonly [Wound, readonly Candidate[]])[],
): ReadonlyMap<Wound, Candidate> => {
  const chosen = new Map<Wound, Candidate>();
  const look = lookOf(undefined, false);
  for (const group of grouped(open)) {
    const [first] = group;
    if (!first) continue;
    const [wound, candidates] = first;
    const shown = group.length > 1 ? candidates.slice(0, 1) : candidates.slice(0, shownMost);
    const title = `${look.show(wound.path)} -> ${look.show(wound.text)}`;
    const lines = [
      '',
      group.length > 1 ? `${title} and ${plural(group.length - 1, 'link')} more lead through what is missing` : title,
      ...shown.map((candidate, i) => `  ${i + 1}  ${candidateLine(candidate, look)}`),
    ];
    const answer = asked(talk, lines, shown.length);
    if (answer === 'none') return chosen;
    const picked = shown[answer - 1];
    if (picked) for (const [each, own] of group) chosen.set(each, group.length > 1 ? (own[0] as Candidate) : picked);
  }
  return chosen;
};

const asked = (talk: Talk, lines: readonly string[], most: number): number | 'none' => {
  const range = most === 1 ? '1' : `1-${most}`;
  for (let shown = lines; ; shown = []) {
    const answer = talk(shown, `which? ${range}, Enter to leave it, q to leave all that follow: `)?.trim();
    if (answer === undefined || answer === 'q') return 'none';
    if (answer === '') return 0;
    const number = /^\d{1,3}$/.test(answer) ? Number(answer) : 0;
    if (number >= 1 && number <= most) return number;
  }
};

/** Links whose best candidate comes by one and the same change belong together. */
const grouped = (
  open: readonly (readonly [Wound, readonly Candidate[]])[],
): readonly (readonly (readonly [Wound, readonly Candidate[]])[])[] => {
  const groups = new Map<string, (readonly [Wound, readonly Candidate[]])[]>();
  for (const each of open) {
    const [wound, [best]] = each;
    const group = best?.evidence.find((evidence) => evidence.kind === 'group');
    const key = group ? `${group.from}\0${group.to}` : `\0${wound.physical}`;
    const known = groups.get(key);
    if (known) known.push(each);
    else groups.set(key, [each]);
  }
  return [...groups.values()];
};
