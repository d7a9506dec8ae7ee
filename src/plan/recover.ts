import { Fault } from '../fs/fault.ts';
import { findProgress, type Progress } from './find-progress.ts';
import type { Entry } from './history.ts';
import { type End, Journal, type Reading } from './journal.ts';
import type { Ledger } from './ledger.ts';
import { removeTorn as removeTornCopy } from './make-copy.ts';
import type { Move } from './move.ts';
import { giveOwner, setMode } from './perform.ts';
import type { PlanRoot } from './plan.ts';
import { failed, isRefusal, type Refusal } from './refusal.ts';
import { Run } from './run.ts';
import { otherRoot } from './undo.ts';
import { View } from './view.ts';

export interface Recovery {
  readonly id: string;
  /** How many of its moves had happened when it died. */
  readonly moved: number;
  readonly moves: number;
  /** What became of it; `planned` of a dry run. */
  readonly ended: End | 'planned' | 'stuck';
  readonly refusal?: Refusal;
}

/** Plans whose process is gone, the newest first: it was made on the ground that the others left. */
export const unfinished = (entries: readonly Entry[]): readonly Reading[] =>
  entries
    .filter(({ state }) => state === 'unfinished')
    .map(({ reading }) => reading)
    .toReversed();

/** Removes journals of plans that never began, unless one is being written now. */
export const removeTorn = ({ fs, journals, now }: Ledger, torn: readonly string[]): Fault | undefined => {
  const youngest = BigInt(now() - 60_000) * 1_000_000n;
  for (const id of torn) {
    const stat = fs.stat(journals, id);
    const fault = stat instanceof Fault ? stat : stat.ctime < youngest ? fs.unlink(journals, id) : undefined;
    if (fault) return fault;
  }
  return undefined;
};

/**
 * Brings a plan to an end whose process died: reverses what it did, or with `forth` does the rest. The caller holds
 * the lock.
 */
export const recover = (
  ledger: Ledger,
  root: PlanRoot,
  reading: Reading,
  way: 'back' | 'forth',
  dryRun = false,
): Recovery => {
  const { head, moves, ready } = reading;
  const outcome = (moved: number, ended: Recovery['ended'], refusal?: Refusal): Recovery => ({
    id: head.id,
    moved,
    moves: moves.length,
    ended,
    ...(refusal ? { refusal } : {}),
  });
  const wrongRoot = otherRoot(ledger, root, reading);
  if (wrongRoot) return outcome(reading.moved, 'stuck', wrongRoot);
  const progress = ready ? progressOf(ledger, root, reading) : { moved: 0, files: reading.files, adopted: [] };
  if (isRefusal(progress)) return outcome(reading.moved, 'stuck', progress);
  const { moved, files } = progress;
  if (dryRun) return outcome(moved, 'planned');

  const reopened = Journal.reopen(ledger, reading);
  if (reopened instanceof Fault) return outcome(moved, 'stuck', failed('the journal', reopened));
  using journal = reopened;
  const fault = journal.append({ recovers: ledger.process });
  if (fault) return outcome(moved, 'stuck', failed('the journal', fault));
  using run = new Run(ledger, root.handle, journal, { files, moves }, moved);
  const onwards = way === 'forth' && ready;
  const refused =
    removeTornCopy(run.view, moves[moved]) ??
    removeTornCopy(run.view, moves[moved - 1]) ??
    adopt(journal, run.view, moves, progress) ??
    (onwards ? run.forth() : run.back());
  if (refused) return outcome(moved, 'stuck', refused);
  const end = onwards ? 'done' : 'rolled-back';
  const unsynced = run.finish(end);
  return unsynced ? outcome(moved, 'stuck', failed('the journal', unsynced)) : outcome(moved, end);
};

const progressOf = (ledger: Ledger, root: PlanRoot, { files, moves, moved }: Reading) => {
  using view = new View(ledger.fs, { tree: root.handle, state: ledger.state }, files);
  const progress = findProgress(view, moves, moved, ledger.uid);
  return isRefusal(progress) ? progress : { ...progress, files: [...view.files] };
};

/** Tells the journal of what was made without its hearing of it. */
const adopt = (
  journal: Journal,
  view: View,
  moves: readonly Move[],
  { moved, adopted }: Progress,
): Refusal | undefined => {
  for (const [did, move] of moves.slice(0, moved).entries()) {
    if (move.kind !== 'make' || !adopted.includes(move.file)) continue;
    const { seen } = view.file(move.file);
    const fault = seen && journal.append({ did, seen });
    if (fault) return failed('the journal', fault);
    if (did !== moved - 1) continue;
    const unset = complete(view, move);
    if (unset) return unset;
  }
  return undefined;
};

/** What is new has its name first, then its mode or owner: the process may have died in between. */
const complete = (view: View, { what, at }: Extract<Move, { kind: 'make' | 'discard' }>): Refusal | undefined => {
  const mode = what.kind === 'dir' ? what.mode : undefined;
  const owner = what.kind === 'symlink' ? what.owner : undefined;
  if (mode === undefined && owner === undefined) return undefined;
  const dir = view.directory(at);
  if (isRefusal(dir)) return dir;
  return mode === undefined ? owner && giveOwner(view.fs, dir, at, owner) : setMode(view.fs, dir, at, mode);
};
