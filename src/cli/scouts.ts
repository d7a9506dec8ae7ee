import { readFileSync } from 'node:fs';
import { disown } from '../kernel/handle.ts';
import type { Level } from '../scan/census.ts';
import type { ReadAhead, Walk } from '../scan/walk.ts';

/** Words of the block that the walk and its scouts share: `jobs` descriptors follow. */
export const scoutBlock = { stop: 0, offered: 1, taken: 2, jobs: 3 } as const;
/** Directories that wait for a scout. More would only be directories that the walk itself reaches first. */
const jobs = 8;

export interface ScoutData {
  readonly shared: Int32Array;
  readonly level: Level;
}

/** Enough to keep a disk busy; they mostly wait, so the number of processors does not matter. */
const usualThreads = 4;

/**
 * Reads ahead of a walk where that helps: at once with the number of threads that the user gave,
 * otherwise as soon as the walk is seen to wait for storage.
 */
export const readAhead = (level: Level, threads: number | undefined): { help(walk: Walk): void } & Disposable => {
  const begun = performance.now();
  let scouts = threads === undefined || threads === 0 ? undefined : startScouts(threads, level);
  const waits = (): boolean => {
    const time = performance.now() - begun;
    if (time < 300) return false;
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    // A busy machine makes us wait as well, but then it is not we who let go of the processor.
    return (userCPUTime + systemCPUTime) / 1000 < time * 0.8 && timesWaited() > time;
  };
  return {
    help(walk) {
      if (threads === undefined && !scouts && waits()) scouts = startScouts(usualThreads, level);
      if (scouts) walk.feed(scouts);
    },
    [Symbol.dispose]: () => scouts?.[Symbol.dispose](),
  };
};

/** How often the main thread has let go of the processor (proc(5)): those of V8 wait for work all the time. */
const timesWaited = (): number =>
  Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? 0);

/**
 * Threads that read directories which the walk will come to later, so that it finds them in the
 * kernel's caches. They find out nothing and answer nothing: where storage is slow several reads
 * are under way at once, and the walk itself stays one thread that sees every entry once.
 */
const startScouts = (threads: number, level: Level): ReadAhead & Disposable => {
  const shared = new Int32Array(new SharedArrayBuffer((scoutBlock.jobs + jobs) * 4));
  const workerData: ScoutData = { shared, level };
  // Most walks start none, and need not load what starts one.
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const suffix = import.meta.filename.endsWith('.ts') ? 'ts' : 'cjs';
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL(`./scout.${suffix}`, import.meta.url), { workerData }),
  );
  for (const worker of workers) worker.unref();
  return {
    wants: () => Atomics.load(shared, scoutBlock.offered) - Atomics.load(shared, scoutBlock.taken) < jobs,
    take(fd) {
      disown(fd);
      const offered = Atomics.load(shared, scoutBlock.offered);
      Atomics.store(shared, scoutBlock.jobs + (offered % jobs), fd);
      Atomics.store(shared, scoutBlock.offered, offered + 1);
      Atomics.notify(shared, scoutBlock.offered, 1);
    },
    [Symbol.dispose]() {
      Atomics.store(shared, scoutBlock.stop, 1);
      Atomics.notify(shared, scoutBlock.offered);
    },
  };
};
