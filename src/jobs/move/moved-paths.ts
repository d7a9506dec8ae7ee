import { liesIn } from '../../fs/relative.ts';
import { selfAndAncestors } from './paths.ts';

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

  /** The first of the moves from `start` on that concerns this path or something above it. */
  #firstTouching(path: string, start: number): number {
    let first = this.#moves.length;
    for (const above of selfAndAncestors(path)) {
      const index = this.#touching.get(above)?.find((each) => each >= start);
      if (index !== undefined && index < first) first = index;
    }
    return first;
  }
}
