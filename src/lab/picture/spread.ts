/** Something that wants to stand at a place, and how much room it takes from there on. */
export interface Wish {
  readonly at: number;
  readonly size: number;
  /** How much its wish counts. */
  readonly weight: number;
}

/**
 * Places in the same order, from `start` on, none within the room of another, and as near to the
 * wishes as can be: least squares by pooling neighbours that would overlap.
 */
export const spread = (wishes: readonly Wish[], start: number): readonly number[] => {
  interface Pool {
    readonly from: number;
    sum: number;
    weight: number;
  }
  const offsets: number[] = [];
  const pools: Pool[] = [];
  let offset = 0;
  wishes.forEach(({ at, size, weight }, index) => {
    offsets.push(offset);
    let pool: Pool = { from: index, sum: (at - offset) * weight, weight };
    offset += size;
    for (let above = pools.at(-1); above && mean(above) > mean(pool); above = pools.at(-1)) {
      pools.pop();
      pool = { from: above.from, sum: above.sum + pool.sum, weight: above.weight + pool.weight };
    }
    pools.push(pool);
  });
  const places: number[] = [];
  pools.forEach((pool, index) => {
    const end = pools[index + 1]?.from ?? wishes.length;
    for (let one = pool.from; one < end; one++) places.push(Math.max(start, mean(pool)) + (offsets[one] as number));
  });
  return places;
};

const mean = ({ sum, weight }: { readonly sum: number; readonly weight: number }): number => sum / weight;
