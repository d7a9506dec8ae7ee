import { Fault } from '../fs/fault.ts';
import { journalIds, type Reading, readJournal } from './journal.ts';
import type { Ledger } from './ledger.ts';

/** A plan as the history tells it. */
export interface Entry {
  readonly reading: Reading;
  readonly state: State;
  /** The plans that undid it, then undid that, and so on, the last is the newest: each the inverse of the one before. */
  readonly undoneBy: readonly string[];
}

/**
 * `done`: in effect, perhaps in part; `undone`; `rolled-back`: it was refused and reversed itself; `running`: its
 * process is at it; `unfinished`: its process died, so `recover` has to see to it.
 */
export type State = 'done' | 'partial' | 'undone' | 'rolled-back' | 'running' | 'unfinished';

/** What was written down, the oldest first; journals that cannot be read are named apart. */
export interface History {
  readonly entries: readonly Entry[];
  readonly unreadable: readonly string[];
}

export const readHistory = (ledger: Ledger): History | Fault => {
  const ids = journalIds(ledger);
  if (ids instanceof Fault) return ids;
  const readings: Reading[] = [];
  const unreadable: string[] = [];
  for (const id of ids) {
    const reading = readJournal(ledger, id);
    if (reading && !(reading instanceof Fault)) readings.push(reading);
    else unreadable.push(id);
  }
  const inverses = new Map<string, string>();
  for (const { head, end } of readings)
    if (head.undoes !== undefined && end === 'done') inverses.set(head.undoes, head.id);
  const entries = readings.map((reading): Entry => {
    const undoneBy: string[] = [];
    for (let id = inverses.get(reading.head.id); id !== undefined; id = inverses.get(id)) undoneBy.push(id);
    return { reading, state: stateOf(ledger, reading, undoneBy.length % 2 === 1), undoneBy };
  });
  return { entries, unreadable };
};

const stateOf = (ledger: Ledger, { end, process }: Reading, undone: boolean): State => {
  if (end === undefined) return ledger.isAlive(process) ? 'running' : 'unfinished';
  return end === 'rolled-back' ? end : undone ? 'undone' : end;
};
