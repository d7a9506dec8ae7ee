import { temporaryName } from '../../fs/temporary-name.ts';
import type { Memory } from '../../scan/memory/memory.ts';
import { remember } from '../../scan/memory/remember.ts';
import { writeMemory } from '../../scan/memory/store.ts';
import type { World } from '../command.ts';
import type { Work } from '../paced.ts';
import { show } from '../show.ts';
import type { Survey } from '../survey.ts';
import { digester, type Hash } from './digest.ts';
import type { MemoryPlace } from './places.ts';

export interface Keeping {
  /** Where the memory of the directory at a physical path belongs; undefined where none shall be kept. */
  readonly placeOf: (physical: string) => MemoryPlace | undefined;
  /** What was remembered before. */
  readonly memories: readonly Memory[];
  /** Names that were one file and are not any more are right as they are now. */
  readonly accept: boolean;
  /** Twelve characters that nobody can foresee. */
  readonly random: () => string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Remember the contents of files up to so many bytes. */
  readonly contents?: { readonly most: number; readonly hash: Hash };
}

export interface Kept {
  /** Links that are remembered now. */
  readonly links: number;
  readonly places: readonly string[];
  /** Why one could not be written, a sentence each. */
  readonly failed: readonly string[];
}

/** Remembers each root of a complete walk that had `remembers`; an incomplete one proves nothing, and changes no memory. */
export function* keepMemories(world: World, { census, atlas, failed }: Survey, how: Keeping): Work<Kept> {
  const kept = { links: 0, places: [] as string[], failed: [] as string[] };
  if (!census.complete || failed.length > 0) return kept;
  for (const [of, { physical }] of census.roots.entries()) {
    using place = how.placeOf(physical);
    if (!place) {
      kept.failed.push(
        `cannot remember the links of ${show(physical)}: there is no directory for it that is yours alone`,
      );
      continue;
    }
    const old = how.memories.find(({ root }) => root === physical);
    const digest = how.contents && digester(world, census, how.contents, old);
    const work = remember(atlas, {
      fs: world.fs,
      root: world.root,
      of,
      old,
      now: how.now,
      mountOf: (dev) => world.mounts().find((mount) => mount.dev === dev && mount.root === '/')?.point,
      accept: how.accept,
      ...(digest && { digest }),
    });
    let step = work.next();
    while (!step.done) {
      world.progress(() => 'remembering where links lead');
      yield;
      step = work.next();
    }
    const refused = writeMemory(world.fs, place.dir, place.name, step.value, temporaryName(how.random()));
    if (refused) kept.failed.push(`cannot remember the links of ${show(physical)}: ${refused.reason}`);
    else kept.places.push(place.shown);
  }
  kept.links = kept.places.length > 0 ? census.counts.links : 0;
  return kept;
}
