import { readAhead } from './scouts.ts';
import type { WalkAids } from './survey.ts';

/**
 * A walk spends its time in the kernel: V8's second optimizing compiler takes more processor time on
 * its own threads than its code saves (0.15 s of 1.7 s for 420,000 entries); the first one does.
 */
const settleDown = (): void => process.getBuiltinModule('node:v8').setFlagsFromString('--no-turbofan');

/** Those of the running machine. */
export const walkAids: WalkAids = {
  excluder: async (patterns) => (await import('./excluder.ts')).excluder(patterns),
  readAhead,
  settleDown,
};
