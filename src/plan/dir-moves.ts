import { type HomedPath, type Move, movesDirectory, type PlannedFile, slotPath } from './move.ts';

/** The moves, in their order, that carry directories along: what a path means before and after them. */
export class DirMoves {
  readonly #moves: CarryingMove[] = [];
  /** By the path that is left, and by the one that is reached: which moves, in their order. */
  readonly #from = new Map<string, number[]>();
  readonly #to = new Map<string, number[]>();

  /** Others than those that move directories are passed over. */
  add(move: Move, files: readonly PlannedFile[]): void {
    if ((move.kind !== 'shift' && move.kind !== 'swap') || !movesDirectory(move, files)) return;
    const index = this.#moves.push(move) - 1;
    const from = slotPath(move.from);
    const to = slotPath(move.to);
    insert(this.#from, from, index);
    insert(this.#to, to, index);
    if (move.kind !== 'swap') return;
    insert(this.#from, to, index);
    insert(this.#to, from, index);
  }

  /** How many there are: a point in time for `after`. */
  get count(): number {
    return this.#moves.length;
  }

  /** Where what is at `path` after all of them was before the first. */
  before(path: HomedPath): HomedPath {
    for (let bound = this.#moves.length; ; ) {
      const index = latest(this.#to, path, bound);
      if (index < 0) return path;
      path = carried(path, this.#moves[index] as CarryingMove, 'back');
      bound = index;
    }
  }

  /** Every path that what is at `path` before the move `start` has from then on; the last is where it ends. */
  after(path: HomedPath, start = 0): readonly [HomedPath, ...HomedPath[]] {
    const paths: [HomedPath, ...HomedPath[]] = [path];
    for (let next = start; ; ) {
      const index = earliest(this.#from, path, next);
      if (index < 0) return paths;
      path = carried(path, this.#moves[index] as CarryingMove, 'forth');
      paths.push(path);
      next = index + 1;
    }
  }

  /** Whether one of them moves this path itself or something above it, from there or to there. */
  carries(path: HomedPath): boolean {
    return selfAndAbove(path).some((above) => this.#from.has(above) || this.#to.has(above));
  }
}

type CarryingMove = Extract<Move, { kind: 'shift' | 'swap' }>;

const insert = (map: Map<string, number[]>, path: string, index: number): void => {
  const indexes = map.get(path);
  if (!indexes) map.set(path, [index]);
  else if (indexes.at(-1) !== index) indexes.push(index);
};

/** The last of the moves below `bound` that concerns the path or something above it. */
const latest = (map: ReadonlyMap<string, readonly number[]>, path: string, bound: number): number =>
  Math.max(-1, ...selfAndAbove(path).map((above) => map.get(above)?.findLast((index) => index < bound) ?? -1));

/** The first of them from `start` on. */
const earliest = (map: ReadonlyMap<string, readonly number[]>, path: string, start: number): number => {
  const found = selfAndAbove(path)
    .map((above) => map.get(above)?.find((index) => index >= start))
    .filter((index) => index !== undefined);
  return found.length === 0 ? -1 : Math.min(...found);
};

/** `tree:/a/b`, `tree:/a`. No move takes the top itself away. */
const selfAndAbove = (path: string): readonly string[] => {
  const paths = [path];
  for (let end = path.lastIndexOf('/'); end > path.indexOf('/'); end = path.lastIndexOf('/', end - 1))
    paths.push(path.slice(0, end));
  return paths;
};

/** Where a move takes what is at `path`. */
const carried = (path: HomedPath, { kind, from, to }: CarryingMove, way: 'forth' | 'back'): HomedPath => {
  const [left, reached] = way === 'forth' ? [slotPath(from), slotPath(to)] : [slotPath(to), slotPath(from)];
  if (isWithin(path, left)) return (reached + path.slice(left.length)) as HomedPath;
  if (kind === 'swap' && isWithin(path, reached)) return (left + path.slice(reached.length)) as HomedPath;
  return path;
};

const isWithin = (path: string, top: string): boolean => path === top || path.startsWith(`${top}/`);
