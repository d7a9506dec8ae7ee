import { byteLength } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import { type LinkText, linkText } from '../../fs/link-text.ts';
import { basename, dirname } from '../../fs/path.ts';
import type { Stat } from '../../fs/stat.ts';
import type { Atlas, Spot } from '../../scan/atlas.ts';
import { type Goal, leadsTo } from '../../scan/leads.ts';
import type { Place } from '../../trace/trace.ts';
import { Ground } from './ground.ts';
import { MovedPaths } from './moved-paths.ts';
import type { MovedThing } from './moved-thing.ts';
import { newText } from './new-text.ts';
import { stillLeads } from './still-leads.ts';

/** A link whose text has to change. Paths are physical. */
export interface Affected {
  readonly before: string;
  readonly path: string;
  readonly stat: Stat;
  readonly text: LinkText;
  readonly newText: LinkText;
  /** Where what it leads to is after the moves, or would be: only of a text that may be too long. */
  readonly end: string | undefined;
}

/** A link that leads to or through what was moved, or from it, and could not be read. */
export interface Unread {
  readonly path: string;
  readonly fault: Fault;
}

/** What a search has to say of the links of its census. */
export interface Findings {
  readonly affected: readonly Affected[];
  readonly unread: readonly Unread[];
}

/**
 * The links that need another text after the moves: of the census those that lead to or through what was moved, and those
 * that were moved themselves. `fs` is the tree as it was before.
 */
export function* affectedLinks(
  fs: Fs,
  root: Place,
  atlas: Atlas,
  things: readonly MovedThing[],
): Generator<void, Findings> {
  const moved = new MovedPaths(things);
  const ground = new Ground(fs, root);
  const affected: Affected[] = [];
  const unread: Unread[] = [];
  for (const before of yield* candidates(atlas, things)) {
    const path = moved.after(before);
    if (path === undefined) continue;
    const stat = fs.stat(root.handle, before.slice(1));
    const text = stat instanceof Fault ? stat : fs.readlink(root.handle, before.slice(1));
    if (stat instanceof Fault || text instanceof Fault) {
      if (text instanceof Fault && text.errno !== 'EINVAL' && text.errno !== 'ENOENT')
        unread.push({ path: before, fault: text });
      continue;
    }
    const wanted = newText(linkText(text), before, moved, ground);
    if (wanted !== text && !stillLeads(linkText(text), before, moved, ground)) {
      const end = byteLength(wanted) > longText ? ground.end(before) : undefined;
      affected.push({ before, path, stat, text, newText: wanted, end: end && moved.after(end) });
    }
  }
  return { affected: affected.toSorted((a, b) => (a.path < b.path ? -1 : 1)), unread };
}

/** Every file system takes a text of so many bytes. */
const longText = 255;

/** Physical paths, before the moves, of the links that may be concerned. */
function* candidates(atlas: Atlas, things: readonly MovedThing[]): Generator<void, ReadonlySet<string>> {
  const { census } = atlas;
  const found = new Set<string>();
  const goals = things.map((thing) => goalOf(atlas, thing));
  for (const leads of yield* leadsTo(atlas, goals)) for (const { link } of leads) found.add(atlas.linkPath(link));
  const trees = new Set(goals.flatMap((goal) => (goal?.kind === 'dir' ? [atlas.same(goal.spot)] : [])));
  const inside = new Map<Spot, boolean>();
  const isInside = (spot: Spot): boolean => {
    const known = inside.get(spot);
    if (known !== undefined) return known;
    const answer = [...trees].some((tree) => atlas.isWithin(spot, tree));
    inside.set(spot, answer);
    return answer;
  };
  if (trees.size > 0)
    for (let row = 0; row < census.links.count; row++)
      if (isInside(atlas.dirOf(row))) found.add(census.linkPhysicalPath(row));
  for (const { began, stat } of things) if (stat.kind === 'symlink') found.add(began);
  return found;
}

const goalOf = (atlas: Atlas, { began, stat }: MovedThing): Goal | undefined => {
  if (stat.kind === 'dir') {
    const spot = atlas.spotAt(began);
    return spot === undefined ? undefined : { kind: 'dir', spot, stat };
  }
  const spot = atlas.spotAt(dirname(began));
  if (spot === undefined) return undefined;
  const names = [{ spot, name: basename(began) }];
  return stat.kind === 'symlink' ? { kind: 'link', names } : { kind: 'file', stat, names };
};

/** Links, by the paths that they have now, which lead through one of those that were left as they are. */
export function* leadingThrough(
  atlas: Atlas,
  left: readonly { readonly link: Affected }[],
  things: readonly MovedThing[],
): Generator<void, readonly string[]> {
  const own = new Set(left.map(({ link }) => link.path));
  const goals = left.flatMap(({ link }): readonly Goal[] => {
    const spot = atlas.spotAt(dirname(link.before));
    return spot === undefined ? [] : [{ kind: 'link', names: [{ spot, name: basename(link.before) }] }];
  });
  if (goals.length === 0) return [];
  const moved = new MovedPaths(things);
  const found = new Set<string>();
  for (const leads of yield* leadsTo(atlas, goals))
    for (const { link } of leads) {
      const path = moved.after(atlas.linkPath(link));
      if (path !== undefined && !own.has(path)) found.add(path);
    }
  return [...found].sort();
}
