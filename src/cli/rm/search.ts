import { join } from '../../fs/path.ts';
import { liesIn } from '../../fs/relative.ts';
import { type Broken, type Candidate, findBroken } from '../../jobs/remove/broken.ts';
import type { Gone, Trial } from '../../jobs/remove/take.ts';
import type { Blind, Census } from '../../scan/census.ts';
import { type Lead, leadsTo } from '../../scan/leads.ts';
import type { Request, World } from '../command.ts';
import { following, goalOf, hasNames, namesOf } from '../goals.ts';
import { candidates } from '../names/candidates.ts';
import type { Work } from '../paced.ts';
import { survey, type WalkAids } from '../survey.ts';
import { searchedWhole, vicinity } from '../vicinity.ts';

/** What leads to what goes, as far as was searched. */
export interface Found {
  readonly broken: readonly Broken[];
  readonly census: Census;
  readonly blind: readonly Blind[];
  readonly searched: readonly string[];
  readonly failed: readonly string[];
  /** Physical paths of other names of what went. */
  readonly otherNames: ReadonlyMap<Gone, readonly string[]>;
}

/** Looks for links to what goes, and for its other names, and tries out which of the links break. */
export function* search(
  world: World,
  request: Request,
  aids: WalkAids | undefined,
  trial: Trial,
  gone: readonly Gone[],
): Work<Found> {
  const named = gone.flatMap(({ stat }) => (hasNames(stat) ? [stat] : []));
  const { roots, enough, isAsked } = vicinity(
    world,
    request,
    gone.map(({ path }) => path),
  );
  const walked = yield* survey(
    world,
    request,
    roots,
    {
      level: named.length > 0 ? 'full' : 'symlinks',
      ...(named.length > 0 && { wanted: candidates(world, named) }),
      ...(enough && { enough }),
    },
    aids,
  );
  const { census, atlas } = walked;
  const names = gone.map((each) => namesOf(census, each));
  const goals = gone.map((each, i) => goalOf(atlas, { ...each, missing: undefined }, names[i] ?? []));
  const leads = yield* following(world, leadsTo(atlas, goals));
  const broken = yield* following(world, findBroken(candidatesOf(census, leads.flat()), world, trial));
  const otherNames = new Map(
    gone.map((each, i) => [
      each,
      (names[i] ?? [])
        .map(({ spot, name }) => join(atlas.pathOf(spot), name))
        .filter((path) => !gone.some((other) => liesIn(other.path, path))),
    ]),
  );
  const searched = request.values('in').length > 0 ? request.values('in') : searchedWhole(census);
  const blind = census.blind.filter(({ path }) => isAsked(path));
  return { broken, census, blind, searched, failed: walked.failed, otherNames };
}

function* candidatesOf(census: Census, leads: readonly Lead[]): Iterable<Candidate> {
  for (const row of new Set(leads.map(({ link }) => link))) {
    const { path, text } = census.link(row);
    yield { path, physical: census.linkPhysicalPath(row), text };
  }
}
