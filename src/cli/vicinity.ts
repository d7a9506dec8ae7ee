import { Fault } from '../fs/fault.ts';
import { ancestors, join } from '../fs/path.ts';
import { liesIn } from '../fs/relative.ts';
import type { Census } from '../scan/census.ts';
import { configName } from './check/find-settings.ts';
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
  help: 'look for links below DIR; can be repeated (default: the project, and nearby)',
} as const satisfies Option;

/** For the help of commands that look for links so. */
export const vicinityDetails = `Links are looked for in the project (the nearest directory above that holds .git or \
linkwright.toml), then nearby: in the directory itself, then in those above it, until some 100,000 entries were seen. The \
answer says what was searched whole; what may not be read nearby is left out. --in DIR says beforehand what to search, and --in / is everything.`;

interface Vicinity extends Pick<SurveyOptions, 'enough'> {
  readonly roots: readonly string[];
  /** Whether an answer is incomplete without this place: not if it only happens to be nearby. */
  readonly isAsked: (path: string) => boolean;
}

/**
 * What to walk for links to what lies at physical paths: what --in names; or else the project, the directories that the
 * paths lie in, and then those above, up to the root, until many entries were seen. `trees` are walked in any case, whole. A
 * walk begins with its last root and enters no directory twice.
 */
export const vicinity = (
  world: World,
  request: Request,
  paths: readonly string[],
  trees: readonly string[] = [],
): Vicinity => {
  const said = request.values('in');
  if (said.length > 0) return { roots: [...said, ...trees], isAsked: () => true };
  const above = [...new Set(paths.flatMap((path) => ancestors(path)))];
  // The longest are the nearest.
  const nearby = above.filter((path) => mayBeRead(world, path)).toSorted((a, b) => a.length - b.length);
  const projects = new Set(paths.flatMap((path) => projectOf(world, path) ?? []));
  let before: number | undefined;
  return {
    roots: [...nearby, ...projects, ...trees],
    isAsked: (path) => [...projects, ...trees].some((top) => liesIn(top, path)),
    enough({ counts }, rootsLeft) {
      if (rootsLeft >= nearby.length) return false;
      before ??= counts.entries;
      return counts.entries - before >= nearbyMost;
    },
  };
};

/** The nearest directory above that is the top of somebody's work: not one like /tmp, where anybody may put a mark. */
const projectOf = (world: World, path: string): string | undefined =>
  ancestors(path).find(
    (above) =>
      above !== '/' &&
      [configName, '.git'].some((mark) => statOf(world, join(above, mark)) !== undefined) &&
      ((statOf(world, above)?.mode ?? 0) & 0o1002) !== 0o1002 &&
      mayBeRead(world, above),
  );

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
