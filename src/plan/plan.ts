import { Fault } from '../fs/fault.ts';
import type { Handle } from '../fs/fs.ts';
import type { Step } from '../sketch/step.ts';
import type { Loss } from './copy-tree.ts';
import { Journal, newId, type Record } from './journal.ts';
import type { Ledger } from './ledger.ts';
import { lower } from './lower.ts';
import { failed, type Refusal } from './refusal.ts';
import { Run } from './run.ts';
import { said } from './to-shell.ts';

/** What is to be done. */
export interface Plan {
  readonly root: PlanRoot;
  readonly steps: readonly Step[];
  /** The command line that it came from, for the history. */
  readonly words: readonly string[];
  /** How long what is displaced is to be kept, in milliseconds. */
  readonly keep?: number;
}

/** The paths of the steps are physical from here. */
export interface PlanRoot {
  readonly handle: Handle;
  /** As the world of the caller names it: `/`, or below. */
  readonly path: string;
}

export type Outcome = Done | Stopped;

interface Done {
  readonly ended: 'done';
  /** Nothing for a plan without steps: it is not written down. */
  readonly id: string | undefined;
  /** What copies do not have of their originals. */
  readonly losses: readonly Loss[];
}

interface Stopped {
  /** `stuck`: not all could be reversed; recover tries again. `partial`: the steps before stay done. */
  readonly ended: 'rolled-back' | 'partial' | 'stuck';
  /** Nothing where it was refused before anything was written down. */
  readonly id: string | undefined;
  readonly refusal: Refusal;
  /** With `stuck`: why not all could be reversed. */
  readonly stuck?: Refusal;
}

/**
 * Does the steps on the ledger's Fs: written down first, each name compared with what the step expects
 * just before it is changed, displaced files kept. At a refusal all is reversed, or with `keep` only the step that met it.
 */
export const apply = (
  ledger: Ledger,
  { root, steps, words, keep }: Plan,
  atRefusal: 'reverse' | 'keep' = 'reverse',
): Outcome => {
  if (steps.length === 0) return { ended: 'done', id: undefined, losses: [] };
  const id = newId(ledger);
  const lowered = lower(ledger, root.handle, id, steps);
  const stat = ledger.fs.stat(root.handle, '');
  if (stat instanceof Fault) return { ended: 'rolled-back', id: undefined, refusal: failed(root.path, stat) };
  const head = {
    version: 1,
    id,
    started: ledger.now(),
    process: ledger.process,
    words,
    root: { path: root.path, dev: stat.dev, ino: stat.ino },
    ...(keep === undefined ? {} : { keep }),
  } as const;
  return carryOut(ledger, root, { head, said: steps.map(said), ...lowered }, atRefusal);
};

/** Writes a plan down and does it. */
export const carryOut = (
  ledger: Ledger,
  root: PlanRoot,
  record: Record,
  atRefusal: 'reverse' | 'keep' = 'reverse',
): Outcome => {
  const created = Journal.create(ledger, record);
  if (created instanceof Fault) return { ended: 'rolled-back', id: undefined, refusal: failed('the journal', created) };
  using journal = created;
  using run = new Run(ledger, root.handle, journal, record, 0);
  const { id } = record.head;
  const refusal = run.forth();
  if (!refusal) {
    const fault = run.finish('done');
    return fault
      ? { ended: 'stuck', id, refusal: failed('the journal', fault) }
      : { ended: 'done', id, losses: run.view.losses };
  }
  const partial = atRefusal === 'keep' && run.done > 0;
  const stuck = partial ? undefined : run.back();
  if (stuck) return { ended: 'stuck', id, refusal, stuck };
  const ended = partial ? 'partial' : 'rolled-back';
  const fault = run.finish(ended);
  return fault ? { ended: 'stuck', id, refusal, stuck: failed('the journal', fault) } : { ended, id, refusal };
};
