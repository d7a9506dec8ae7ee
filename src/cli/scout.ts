/** A scout's thread: walks the directories that it is given and forgets what it saw (scouts.ts). */
import { workerData } from 'node:worker_threads';
import { close } from '../kernel/handle.ts';
import { kernelProbe } from '../kernel/probe.ts';
import { Walk } from '../scan/walk.ts';
import { type ScoutData, scoutBlock } from './scouts.ts';

const { shared, level } = workerData as ScoutData;
const probe = kernelProbe();
const size = shared.length - scoutBlock.jobs;

const stopped = (): boolean => Atomics.load(shared, scoutBlock.stop) !== 0;

/** The next directory's descriptor; undefined once the walk is over and none is left. */
const next = (): number | undefined => {
  for (;;) {
    const taken = Atomics.load(shared, scoutBlock.taken);
    const offered = Atomics.load(shared, scoutBlock.offered);
    if (taken === offered) {
      if (stopped()) return undefined;
      Atomics.wait(shared, scoutBlock.offered, offered);
      continue;
    }
    const fd = Atomics.load(shared, scoutBlock.jobs + (taken % size));
    if (Atomics.compareExchange(shared, scoutBlock.taken, taken, taken + 1) === taken) return fd;
  }
};

for (let fd = next(); fd !== undefined; fd = next()) {
  using walk = new Walk(probe, { level, oneFileSystem: true });
  walk.addRoot({ fd, [Symbol.dispose]() {} }, { path: '', physical: '' });
  while (!stopped() && !walk.step(256));
  close(fd);
}
