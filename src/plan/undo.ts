import { Fault } from '../fs/fault.ts';
import { sameFile } from '../fs/identity.ts';
import { type Entry, type History, readHistory } from './history.ts';
import { newId, type Reading, type Record } from './journal.ts';
import type { Ledger } from './ledger.ts';
import { inverse } from './move.ts';
import { carryOut, type Outcome, type PlanRoot } from './plan.ts';
import { changed, failed, type Refusal } from './refusal.ts';
import { rehearse } from './rehearse.ts';
import { type Said, saidInverse } from './to-shell.ts';
import { View } from './view.ts';

/** Why there is nothing to undo. */
export type NotUndoable =
  | { readonly cannot: 'unknown' | 'nothing' }
  | { readonly cannot: 'ambiguous'; readonly ids: readonly string[] }
  | { readonly cannot: 'undone' | 'rolled-back' | 'running' | 'unfinished' | 'purged'; readonly id: string };

/** The inverse of a plan, ready to be done. */
export interface Undo {
  readonly undoes: string;
  /** The command line that is undone. */
  readonly words: readonly string[];
  readonly record: Record;
}

/**
 * The plan that undoes another one: its moves backwards, so that the same inodes come back. `id` may be shortened
 * as long as it is clear; without one it is the newest plan in effect. The undo of an undo does it again.
 */
export const findUndo = (
  ledger: Ledger,
  id: string | undefined,
  words: readonly string[],
): Undo | NotUndoable | Fault => {
  const history = readHistory(ledger);
  if (history instanceof Fault) return history;
  const entry = chosen(history, id);
  if ('cannot' in entry) return entry;
  const { reading } = entry;
  const undoable = whyNot(entry);
  if (undoable) return undoable;
  if (reading.purged) return { cannot: 'purged', id: reading.head.id };
  return {
    undoes: reading.head.id,
    words: reading.head.words,
    record: inverseRecord(ledger, reading, saidBy(history, reading), words),
  };
};

/** What stands in the way, or nothing; the tree is only looked at. */
export const rehearseUndo = (ledger: Ledger, root: PlanRoot, { record }: Undo): Refusal | undefined => {
  const other = otherRoot(ledger, root, record);
  if (other) return other;
  using view = new View(ledger.fs, { tree: root.handle, state: ledger.state }, record.files);
  return rehearse(view, record.moves);
};

/** Undoes all or nothing. */
export const performUndo = (ledger: Ledger, root: PlanRoot, undo: Undo): Outcome => {
  const refusal = rehearseUndo(ledger, root, undo);
  if (refusal) return { ended: 'rolled-back', id: undefined, refusal };
  return carryOut(ledger, root, undo.record);
};

/** Plans are about paths from their root: with another one they would mean other files. */
export const otherRoot = (ledger: Ledger, root: PlanRoot, { head }: Pick<Record, 'head'>): Refusal | undefined => {
  const stat = ledger.fs.stat(root.handle, '');
  if (stat instanceof Fault) return failed(root.path, stat);
  return sameFile(stat, head.root)
    ? undefined
    : changed(head.root.path, { kind: 'directory', directory: head.root.path, gone: false });
};

const chosen = ({ entries }: History, id: string | undefined): Entry | NotUndoable => {
  const byId = (wanted: string): Entry | undefined => entries.find(({ reading }) => reading.head.id === wanted);
  // What is in effect again by the undo of an undo is undone by undoing the last of them.
  const newest = (entry: Entry): Entry => {
    const last = entry.undoneBy.at(-1);
    return (entry.undoneBy.length % 2 === 0 && last !== undefined && byId(last)) || entry;
  };
  if (id === undefined) {
    const last = entries.findLast(
      ({ reading, state }) =>
        reading.head.undoes === undefined && (state === 'done' || state === 'partial') && !reading.purged,
    );
    return last ? newest(last) : { cannot: 'nothing' };
  }
  const matching = entries.filter(({ reading }) => reading.head.id.startsWith(id));
  const entry = byId(id) ?? (matching.length === 1 ? matching[0] : undefined);
  if (entry) return newest(entry);
  return matching.length === 0
    ? { cannot: 'unknown' }
    : { cannot: 'ambiguous', ids: matching.map(({ reading }) => reading.head.id) };
};

const whyNot = ({ reading, state }: Entry): NotUndoable | undefined =>
  state === 'done' || state === 'partial' ? undefined : { cannot: state, id: reading.head.id };

const inverseRecord = (ledger: Ledger, reading: Reading, said: readonly Said[], words: readonly string[]): Record => ({
  head: {
    version: 1,
    id: newId(ledger),
    started: ledger.now(),
    process: ledger.process,
    words,
    root: reading.head.root,
    undoes: reading.head.id,
  },
  said,
  files: reading.files,
  moves: reading.moves.slice(0, reading.moved).toReversed().map(inverse),
});

/** The undo of an undo is told in the words of the plan that it does again. */
const saidBy = ({ entries }: History, reading: Reading): readonly Said[] => {
  const { undoes } = reading.head;
  const before = entries.find(({ reading }) => reading.head.id === undoes)?.reading;
  if (before) return before.said.slice(0, stepsDone(before));
  return reading.said.slice(0, stepsDone(reading)).toReversed().flatMap(saidInverse);
};

/** A plan that ended in part has done the steps before the one that was refused. */
export const stepsDone = ({ moves, moved, said, end }: Reading): number =>
  end === 'done' ? said.length : moved === 0 ? 0 : (moves[moved - 1]?.step ?? -1) + 1;
