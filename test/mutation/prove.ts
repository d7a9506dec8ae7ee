/** Runs the quick proofs of the sketch on a sketch with a mistake. */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './mutants.ts';

const home = join(import.meta.dirname, '..', '..');

/** Answers of the kernel to random scripts: where they are and which ones. */
export interface Recorded {
  readonly file: string;
  readonly seed: number;
}

export interface Verdict {
  readonly mutant: Mutant;
  /** The proofs that noticed it. */
  readonly killedBy: readonly ('scenarios' | 'random scripts')[];
}

/** `first`: the proofs after one that noticed the mistake are left out. */
export const prove = async (mutant: Mutant, recorded: Recorded | undefined, first = false): Promise<Verdict> => {
  const killedBy: ('scenarios' | 'random scripts')[] = [];
  if (!(await passes(mutant, ['--test', '--test-isolation=none', ...scenarios]))) killedBy.push('scenarios');
  if (recorded && !(first && killedBy.length > 0)) {
    const script = join(import.meta.dirname, 'prove-scripts.ts');
    if (!(await passes(mutant, [script, recorded.file, String(recorded.seed)]))) killedBy.push('random scripts');
  }
  return { mutant, killedBy };
};

/** But for the bundle, which is made from files that no mistake is planted in. */
const scenarios = globSync('test/sketch/*.test.ts', { cwd: home, exclude: ['test/sketch/browser.test.ts'] }).sort();

/** A mistake that keeps a proof from ending is noticed too. */
const patience = 60_000;

const passes = (mutant: Mutant | undefined, args: readonly string[]): Promise<boolean> => {
  const plant = join(import.meta.dirname, 'plant.ts');
  const child = spawn(process.execPath, ['--import', plant, ...args], {
    cwd: home,
    stdio: 'ignore',
    timeout: patience,
    killSignal: 'SIGKILL',
    env: { ...environment(), ...(mutant && { LINKWRIGHT_MUTANT: JSON.stringify(mutant) }) },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status === 0));
  });
};

/** Without what a surrounding test run would have the child believe. */
const environment = () => {
  const { NODE_TEST_CONTEXT: _, ...rest } = process.env;
  return { ...rest, LINKWRIGHT_LEAK_CHECK: '' };
};

/** Whether the proofs pass on the sketch as it is: otherwise they prove nothing. */
export const sound = async (recorded: Recorded | undefined): Promise<boolean> =>
  (await passes(undefined, ['--test', '--test-isolation=none', ...scenarios])) &&
  (!recorded ||
    (await passes(undefined, [join(import.meta.dirname, 'prove-scripts.ts'), recorded.file, String(recorded.seed)])));
