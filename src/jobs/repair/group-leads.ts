import { join } from '../../fs/path.ts';
import type { Stat } from '../../fs/stat.ts';
import { type Candidate, isProven, type Lead } from './candidate.ts';
import type { Wound } from './wound.ts';

/** Members that are asked what they think, and changes of a prefix that are tried. */
const askedMost = 60;
const triedMost = 12;

/**
 * Links with the same gap are probably broken by one change: what the gap is called now. Where some of them have
 * evidence of their own for one such change, or one change explains all of them, that is evidence for the others.
 */
export function* groupLeads(
  all: ReadonlyMap<Wound, readonly Candidate[]>,
  lookUp: (path: string) => Stat | undefined,
): Iterable<readonly [Wound, readonly Lead[]]> {
  const groups = new Map<string, Wound[]>();
  for (const wound of all.keys()) {
    if (wound.because !== undefined || wound.absent !== undefined) continue;
    const known = groups.get(wound.gap);
    if (known) known.push(wound);
    else groups.set(wound.gap, [wound]);
  }
  for (const [gap, members] of groups) {
    const open = members.filter((wound) => !isProven(all.get(wound)?.[0] ?? nobody));
    if (members.length < 2 || open.length === 0) continue;
    const change = provenChange(all, members) ?? likelyChange(all, members, lookUp);
    if (!change) continue;
    const { to, proven } = change;
    for (const wound of open) {
      const path = wound.rest === '' ? to : join(to, wound.rest);
      // What is known of a link's own target speaks louder than what became of others.
      const votes = wound.was ? 0 : proven;
      if (lookUp(path))
        yield [wound, [{ path, evidence: { kind: 'group', from: gap, to, proven: votes, links: members.length } }]];
    }
  }
}

const nobody: Candidate = { path: '', stat: undefined as never, evidence: [] };

/** What the gap would have to be called for a candidate to be what was meant. */
const changeFor = ({ rest }: Wound, { path }: Candidate): string | undefined => {
  if (rest === '') return path;
  return path.endsWith(`/${rest}`) ? path.slice(0, -rest.length - 1) : undefined;
};

/** Where all members with proof agree. */
const provenChange = (
  all: ReadonlyMap<Wound, readonly Candidate[]>,
  members: readonly Wound[],
): { readonly to: string; readonly proven: number } | undefined => {
  const votes = new Map<string | undefined, number>();
  for (const wound of members) {
    const best = all.get(wound)?.[0];
    if (!best || !isProven(best)) continue;
    const to = changeFor(wound, best);
    votes.set(to, (votes.get(to) ?? 0) + 1);
  }
  const [[to, proven] = [undefined, 0], ...others] = votes;
  return to !== undefined && others.length === 0 ? { to, proven } : undefined;
};

/** The change that most members could live with, if all those that were asked can. */
const likelyChange = (
  all: ReadonlyMap<Wound, readonly Candidate[]>,
  members: readonly Wound[],
  lookUp: (path: string) => Stat | undefined,
): { readonly to: string; readonly proven: number } | undefined => {
  const asked = members.slice(0, askedMost);
  const votes = new Map<string, number>();
  for (const wound of asked)
    for (const candidate of all.get(wound) ?? []) {
      const to = changeFor(wound, candidate);
      if (to !== undefined) votes.set(to, (votes.get(to) ?? 0) + 1);
    }
  const tried = [...votes].toSorted((a, b) => b[1] - a[1]).slice(0, triedMost);
  for (const [to] of tried)
    if (asked.every(({ rest }) => lookUp(rest === '' ? to : join(to, rest)))) return { to, proven: 0 };
  return undefined;
};
