import { Fault } from '../../fs/fault.ts';
import type { Handle } from '../../fs/fs.ts';
import { ancestors } from '../../fs/path.ts';
import type { Memory } from '../../scan/memory/memory.ts';
import { readMemory, type Unusable } from '../../scan/memory/store.ts';
import type { World } from '../command.ts';
import { placeInState, placeInTree } from './places.ts';

/** What is remembered of some directories, and of those above them. */
export interface Recalled {
  /** The nearest first. */
  readonly memories: readonly Memory[];
  /** Memories that are there and cannot be used, a sentence each; `show` makes names harmless. */
  readonly unusable: readonly string[];
}

/** `roots` are physical paths; `state`: the state directory, where there is one. */
export const recall = (
  world: World,
  roots: readonly string[],
  state: Handle | undefined,
  uid: number,
  show: (name: string) => string,
): Recalled => {
  const memories: Memory[] = [];
  const unusable: string[] = [];
  const dirs = new Set(roots.flatMap((root) => [root, ...ancestors(root)]));
  // The longest are the nearest.
  for (const dir of [...dirs].toSorted((a, b) => b.length - a.length)) {
    using inTree = placeInTree(world, dir, uid);
    using inState = state && placeInState(world, state, dir, uid, 'if-there');
    for (const place of [inTree, inState]) {
      if (!place) continue;
      const memory = readMemory(world.fs, place.dir, place.name, { uid, place: world.root, root: dir });
      if (memory === undefined) continue;
      if (typeof memory === 'string' || memory instanceof Fault)
        unusable.push(
          `what was remembered of ${show(dir)} cannot be used: ${unusableText(memory)} (${show(place.shown)})`,
        );
      else {
        memories.push(memory);
        break;
      }
    }
  }
  return { memories, unusable };
};

const unusableText = (why: Unusable): string => {
  if (why instanceof Fault) return why.reason;
  switch (why) {
    case 'torn':
      return 'the file is damaged';
    case 'later':
      return 'a later version of Linkwright wrote it';
    case 'of another user':
      return 'the file belongs to another user';
    case 'open to others':
      return 'others may write to the file';
  }
};
