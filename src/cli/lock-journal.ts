import { Fault } from '../fs/fault.ts';
import type { Ledger } from '../plan/ledger.ts';
import { type Lock, lock } from '../plan/lock.ts';
import { CommandError } from './command-error.ts';

/** Takes the lock of the journals, or ends the command. */
export const lockJournal = (ledger: Ledger): Lock => {
  const locked = lock(ledger);
  if (locked instanceof Fault) throw new CommandError(`cannot lock the journal: ${locked.reason}`);
  if (!('busy' in locked)) return locked;
  const [pid] = locked.busy.split(' ');
  throw new CommandError(`another lw changes the journal now: process ${pid}`, ['the same again, later']);
};
