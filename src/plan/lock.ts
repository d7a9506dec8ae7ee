import { decodeBytes, encodeBytes } from '../fs/bytes.ts';
import { Fault } from '../fs/fault.ts';
import { readWhole, writeWhole } from '../fs/whole-file.ts';
import type { Ledger } from './ledger.ts';

/**
 * One at a time: undo, recover and purge. Locks are numbered; the highest counts, and it stays when it is
 * released. Who takes the next number makes it by link(2), so that it is never seen without its owner,
 * and looks again: a higher one means that the number was taken too late.
 */
export const lock = (ledger: Ledger): Lock | Busy | Fault => {
  const { fs, state } = ledger;
  const temporary = `.lock-${ledger.random(12)}`;
  const written = writeWhole(fs, state, temporary, encodeBytes(ledger.process));
  if (written) return written;
  try {
    for (;;) {
      const highest = highestLock(ledger);
      if (highest instanceof Fault) return highest;
      if (highest.owner !== '' && ledger.isAlive(highest.owner)) return { busy: highest.owner };
      const name = lockName(highest.number + 1);
      const refused = fs.link(state, temporary, state, name);
      if (refused?.errno === 'EEXIST') continue;
      if (refused) return refused;
      const now = highestLock(ledger);
      if (now instanceof Fault) return now;
      if (now.number === highest.number + 1) return held(ledger, now.number);
      fs.unlink(state, name);
    }
  } finally {
    fs.unlink(state, temporary);
  }
};

export interface Lock extends Disposable {
  readonly number: number;
}

/** Another process holds the lock. */
export interface Busy {
  readonly busy: string;
}

const held = ({ fs, state }: Ledger, number: number): Lock => {
  const entries = fs.entries(state);
  if (!(entries instanceof Fault))
    for (const { name } of entries) if (lockNumber(name) < number && lockNumber(name) >= 0) fs.unlink(state, name);
  return {
    number,
    [Symbol.dispose]() {
      const handle = fs.open(state, lockName(number), { access: 'write', nofollow: true });
      if (handle instanceof Fault) return;
      using file = handle;
      fs.truncate(file, 0);
    },
  };
};

const highestLock = ({ fs, state }: Ledger): { readonly number: number; readonly owner: string } | Fault => {
  for (;;) {
    const listed = fs.open(state, '.', { access: 'read', directory: true });
    if (listed instanceof Fault) return listed;
    using dir = listed;
    const entries = fs.entries(dir);
    if (entries instanceof Fault) return entries;
    const number = Math.max(-1, ...entries.map(({ name }) => lockNumber(name)));
    if (number < 0) return { number, owner: '' };
    const owner = readWhole(fs, state, lockName(number));
    // Gone since: a higher one has taken its place.
    if (owner instanceof Fault && owner.errno === 'ENOENT') continue;
    return owner instanceof Fault ? owner : { number, owner: decodeBytes(owner) };
  }
};

const lockName = (number: number): string => `lock-${number}`;

const lockNumber = (name: string): number => Number(/^lock-(\d+)$/.exec(name)?.[1] ?? -1);
