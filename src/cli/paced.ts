import type { World } from './command.ts';

/** Long work that stops now and then: to let signals arrive, or until something it needs is there. */
export type Work<Result> = Generator<unknown, Result, unknown>;

/** Does work at the world's pace. Where nothing can interrupt it, as in a sketch, it is done at once, without a promise. */
export const paced = <Result>({ pause }: Pick<World, 'pause'>, work: Work<Result>): Result | Promise<Result> =>
  pause ? withPauses(pause, work) : atOnce(work);

/** What there is already, or will be; within work. */
export function* awaited<Value>(value: Value | Promise<Value>): Work<Value> {
  return value instanceof Promise ? ((yield value) as Value) : value;
}

const withPauses = async <Result>(pause: () => Promise<void>, work: Work<Result>): Promise<Result> => {
  let value: unknown;
  for (;;) {
    const step = work.next(value);
    if (step.done) return step.value;
    value = step.value === undefined ? await pause() : await step.value;
  }
};

const atOnce = <Result>(work: Work<Result>): Result => {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (step.value !== undefined) throw new Error('a world without pauses must have all it needs at hand');
  }
};
