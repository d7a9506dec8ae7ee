import { dirname } from '../../fs/path.ts';
import type { NameRow } from './name-row.ts';
import type { Hop } from './picture.ts';

/**
 * Hops by the card of their link, each with the row that it leads to and its place in the longest
 * chain that it is a part of. From each hop one way leads on, so a cycle has no way out.
 */
export const numberHops = (hops: readonly Hop[], rows: readonly NameRow[]): ReadonlyMap<string, readonly Hop[]> => {
  const rowOf = rowsByPath(rows);
  const numbers = placesOf(hops, nextHops(hops, rows));
  return Map.groupBy(
    hops.map((hop, index) => ({
      ...hop,
      to: hop.next === undefined ? undefined : rowOf.get(hop.next),
      number: numbers[index] as number,
    })),
    ({ inode }) => inode,
  );
};

/** A mount point is a name; what is mounted there has none of its own. */
const rowsByPath = (rows: readonly NameRow[]): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const kind of ['root', 'refused', 'elsewhere', 'ghost', 'view', 'name'])
    for (const { row } of rows) if (row.kind === kind && kind !== 'refused') found.set(row.path, row.id);
  return found;
};

/** For each hop the one that goes on from the name it leads to. */
const nextHops = (hops: readonly Hop[], rows: readonly NameRow[]): readonly (number | undefined)[] => {
  const byLink = new Map(hops.map(({ inode, from }, index) => [`${inode} ${dirname(from)}`, index]));
  const goesOn = new Map<string, number>();
  for (const { row } of rows) {
    const hop = row.kind === 'name' ? byLink.get(`${row.inode} ${dirname(row.path)}`) : undefined;
    if (hop !== undefined) goesOn.set(row.path, hop);
  }
  return hops.map(({ next }) => (next === undefined ? undefined : goesOn.get(next)));
};

const placesOf = (hops: readonly Hop[], next: readonly (number | undefined)[]): readonly number[] => {
  const numbers = hops.map(() => 1);
  const waiting = hops.map(() => 0);
  for (const to of next) if (to !== undefined) waiting[to] = (waiting[to] as number) + 1;
  // Whatever nobody leads to comes first. What stays is cycles.
  const ready = hops.flatMap((_, index) => (waiting[index] === 0 ? [index] : []));
  for (let at = ready.pop(); at !== undefined; at = ready.pop()) {
    const to = next[at];
    if (to === undefined) continue;
    numbers[to] = Math.max(numbers[to] as number, (numbers[at] as number) + 1);
    waiting[to] = (waiting[to] as number) - 1;
    if (waiting[to] === 0) ready.push(to);
  }
  const done = new Set(hops.flatMap((_, index) => (waiting[index] === 0 ? [index] : [])));
  for (const index of hops.keys()) {
    if (done.has(index)) continue;
    const cycle = cycleFrom(index, next);
    for (const one of cycle) done.add(one);
    const entry = cycle.reduce((best, one) => ((numbers[one] as number) > (numbers[best] as number) ? one : best));
    const start = cycle.indexOf(entry);
    const first = numbers[entry] as number;
    cycle.forEach((_, step) => {
      numbers[cycle[(start + step) % cycle.length] as number] = first + step;
    });
  }
  return numbers;
};

const cycleFrom = (start: number, next: readonly (number | undefined)[]): readonly number[] => {
  const cycle = [start];
  for (let at = next[start]; at !== undefined && at !== start; at = next[at]) cycle.push(at);
  return cycle;
};
