import type { Handle } from '../../fs/fs.ts';
import type { DeclaredGroup } from '../../jobs/check/scene.ts';
import { trace } from '../../trace/trace.ts';
import type { Request, World } from '../command.ts';
import type { Work } from '../paced.ts';
import { show } from '../show.ts';
import type { Survey } from '../survey.ts';
import { keepMemories } from './keep.ts';
import { type MemoryPlace, placeInState, placeInTree } from './places.ts';
import { recall } from './recall.ts';

/** What is remembered of directories that somebody looks at, and how it is brought up to date. */
export interface Renewal {
  /** Names that were one file when they were remembered. */
  readonly groups: readonly DeclaredGroup[];
  /** After a walk that had `remembers`; of one that was incomplete nothing is taken. */
  readonly renew: (walked: Survey) => Work<void>;
}

export interface RenewalAids {
  readonly existingState: (world: Pick<World, 'fs'>, request: Request) => Handle | undefined;
  readonly uid: () => number;
  readonly now: () => number;
  readonly random: () => string;
}

/**
 * Undefined where nothing is remembered of these directories and none has a `.linkwright`: who only looks at a tree writes
 * nothing that nobody has begun.
 */
export const renewalOf = (
  aids: RenewalAids,
  world: World,
  request: Request,
  operands: readonly string[],
): Renewal | undefined => {
  const uid = aids.uid();
  const roots = operands.flatMap((path) => {
    const { end } = trace(world.fs, path, world);
    return end.kind === 'found' ? [end.path] : [];
  });
  const withState = <T>(use: (state: Handle | undefined) => T): T => {
    using state = aids.existingState(world, request);
    return use(state);
  };
  const { memories } = withState((state) => recall(world, roots, state, uid, show));
  const own = memories.filter(({ root }) => roots.includes(root));
  const placeOf = (state: Handle | undefined, physical: string): MemoryPlace | undefined =>
    placeInTree(world, physical, uid) ??
    (state && own.some(({ root }) => root === physical)
      ? placeInState(world, state, physical, uid, 'if-there')
      : undefined);
  const isBegun = (state: Handle | undefined): boolean =>
    roots.some((root) => {
      using place = placeOf(state, root);
      return place !== undefined;
    });
  if (!withState(isBegun)) return undefined;
  return {
    groups: own.flatMap((memory) => memory.groups().map((names) => ({ names, from: 'remembered' as const }))),
    *renew(walked) {
      using state = aids.existingState(world, request);
      yield* keepMemories(world, walked, {
        placeOf: (physical) => placeOf(state, physical),
        memories,
        accept: false,
        random: aids.random,
        now: aids.now(),
      });
    },
  };
};
