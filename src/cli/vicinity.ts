import { Fault } from '../fs/fault.ts';
import { ancestors } from '../fs/path.ts';
import { liesIn } from '../fs/relative.ts';
import type { Census } from '../scan/census.ts';
import type { Option, Request, World } from './command.ts';
import { statOf } from './names/scope.ts';
import { openPhysical } from './open-physical.ts';
import type { SurveyOptions } from './survey.ts';

/** Entries that are looked at for links nearby, where nobody says how far to search: a fraction of a second. */
const nearbyMost = 100_000;

/** Where commands that change a tree look for links that lead there. */
export const inOption = {
  type: 'string',
  multiple: true,
  value: 'DIR',
  help: 'look for links below DIR; can be repeated (default: nearby, and on from there for 100,000 entries)',
} as const satisfies Option;

/**
 * What to walk: what --in names; or else the directories that physical paths lie in, and then those above, up to the
 * root, until many entries were seen. A walk begins with its last root and enters no directory twice.
 */
export const vicinity = (
  world: World,
  request: Request,
  paths: readonly string[],
): { readonly roots: readonly string[] } & Pick<SurveyOptions, 'enough'> => {
  const said = request.values('in');
  if (said.length > 0) return { roots: said };
  const above = [...new Set(paths.flatMap((path) => ancestors(path)))];
  const readable = above.filter((path) => mayBeRead(world, path));
  // The longest are the nearest.
  const roots = readable.toSorted((a, b) => a.length - b.length);
  return { roots, enough: ({ counts }) => counts.entries >= nearbyMost };
};

/** The highest directories that were searched whole. */
export const searchedWhole = (census: Census): readonly string[] => {
  const unread = [...census.unread].map((row) => census.physicalPath(row));
  const whole = census.roots.filter(({ physical }) => !unread.some((path) => liesIn(physical, path)));
  const highest = whole.filter(
    ({ physical }) => !whole.some((other) => other.physical !== physical && liesIn(other.physical, physical)),
  );
  return [...new Set(highest.map(({ path }) => path))];
};

const mayBeRead = (world: World, path: string): boolean => {
  if (statOf(world, path)?.kind !== 'dir') return false;
  const opened = openPhysical(world, path, 'read');
  if (opened instanceof Fault) return false;
  opened[Symbol.dispose]();
  return true;
};
