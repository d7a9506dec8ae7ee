/** Nanoseconds since 1970, the same in each run: replaying lines gives the same times. */
export interface Clock {
  now(): bigint;
  /** A second passes: before each line. */
  tick(): void;
}

/** Begins at 2026-01-01T00:00:00Z; each look is a microsecond later than the last. */
export const newClock = (): Clock => {
  let second = BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n;
  let looks = 0n;
  return {
    now: () => second + looks++ * 1000n,
    tick: () => {
      second += 1_000_000_000n;
      looks = 0n;
    },
  };
};
