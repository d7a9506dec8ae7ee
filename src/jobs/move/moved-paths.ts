import { ancestors } from '../../fs/path.ts';
import { liesIn } from '../../fs/relative.ts';

/** A name that something had, and the one that it has now. Physical paths, as they are when its turn comes. */
export interface MovedName {
  readonly from: string;
  readonly to: string;
}

/** Where things are after some moves, one after the other: by names alone. */
export class MovedPaths {
  readonly #moves: readonly MovedName[];
  /** By a path that is left or reached: which moves, in their order. */
  readonly #touching = new Map<string, number[]>();

  constructor(moves: readonly MovedName[]) {
    this.#moves = moves;
    for (const [index, { from, to }] of moves.entries())
      for (const path of [from, to]) {
        const known = this.#touching.get(path);
        if (known) known.push(index);
        else this.#touching.set(path, [index]);
      }
  }

  /** Where what had this path before all moves is now; undefined where something else has taken its place. */
  after(path: string): string | undefined {
    for (let at = path, next = 0; ; next++) {
      next = this.#firstTouching(at, next);
      const move = this.#moves[next];
      if (!move) return at;
      const { from, to } = move;
      if (!liesIn(from, at)) return undefined;
      at = to + at.slice(from.length);
    }
  }

  /** What has this path after all moves was called so before them; undefined where nothing has it any more. */
  before(path: string): string | undefined {
    for (let at = path, bound = this.#moves.length; ; ) {
      bound = this.#lastTouching(at, bound);
      const move = this.#moves[bound];
      if (!move) return at;
      const { from, to } = move;
      if (!liesIn(to, at)) return undefined;
      at = from + at.slice(to.length);
    }
  }

  /** The first of the moves from `start` on that concerns this path or something above it. */
  #firstTouching(path: string, start: number): number {
    let first = this.#moves.length;
    for (const above of selfAndAncestors(path)) {
      const index = this.#touching.get(above)?.find((each) => each >= start);
      if (index !== undefined && index < first) first = index;
    }
    return first;
  }

  /** The last of the moves below `bound` that concerns this path or something above it; -1 where there is none. */
  #lastTouching(path: string, bound: number): number {
    let last = -1;
    for (const above of selfAndAncestors(path)) {
      const index = this.#touching.get(above)?.findLast((each) => each < bound);
      if (index !== undefined && index > last) last = index;
    }
    return last;
  }
}

const selfAndAncestors = (path: string): readonly string[] => [path, ...ancestors(path)];
