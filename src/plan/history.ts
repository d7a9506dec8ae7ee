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

/** What was written down, the oldest first. */
export interface History {
  readonly entries: readonly Entry[];
  readonly unreadable: readonly string[];
  /** Journals of plans that never began. */
  readonly torn: readonly string[];
}

export const readHistory = (ledger: Ledger): History | Fault => {
  const ids = journalIds(ledger);
  if (ids instanceof Fault) return ids;
  const readings: Reading[] = [];
  const unreadable: string[] = [];
  const torn: string[] = [];
  for (const id of ids) {
    const reading = readJournal(ledger, id);
    if (reading === 'torn') torn.push(id);
    else if (reading === 'later' || reading instanceof Fault) unreadable.push(id);
    else readings.push(reading);
  }
  const inverses = new Map<string, string>();
  for (const { head, end } of readings)
    if (head.undoes !== undefined && end === 'done') inverses.set(head.undoes, head.id);
  const entries = readings.map((reading): Entry => {
    const undoneBy: string[] = [];
    for (let id = inverses.get(reading.head.id); id !== undefined; id = inverses.get(id)) undoneBy.push(id);
    return { reading, state: stateOf(ledger, reading, undoneBy.length % 2 === 1), undoneBy };
  });
  return { entries, unreadable, torn };
};

const stateOf = (ledger: Ledger, { end, process }: Reading, undone: boolean): State => {
  if (end === undefined) return ledger.isAlive(process) ? 'running' : 'unfinished';
  return end === 'rolled-back' ? end : undone ? 'undone' : end;
};
