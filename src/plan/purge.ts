import { Fault } from '../fs/fault.ts';
import { join } from '../fs/path.ts';
import { DirMoves } from './dir-moves.ts';
import { emptyDirectory } from './empty-directory.ts';
import type { Entry } from './history.ts';
import { Journal, type Reading } from './journal.ts';
import type { Ledger } from './ledger.ts';
import { dirPath, effectsOf, type HomedPath, homed, type Move, type Slot, slotKey } from './move.ts';
import type { PlanRoot } from './plan.ts';
import { changed, failed, isRefusal, type Refusal } from './refusal.ts';
import { ourNames } from './run.ts';
import { otherRoot } from './undo.ts';
import { View } from './view.ts';

export interface Purged {
  readonly id: string;
  /** Names that were removed; of a dry run, that would be. */
  readonly freed: number;
  /** What differs from what was kept, and so was left alone. */
  readonly refusals: readonly Refusal[];
}

/** Plans that have kept something aside for longer than they should; `keep` tells how long that is, in milliseconds, undefined for ever. */
export const purgeable = (
  entries: readonly Entry[],
  now: number,
  keep: (reading: Reading) => number | undefined,
): readonly Reading[] =>
  entries
    .filter(({ reading, state }) => state !== 'running' && state !== 'unfinished' && !reading.purged)
    .map(({ reading }) => reading)
    .filter((reading) => reading.ended !== undefined && reading.ended + (keep(reading) ?? Infinity) < now);

/**
 * Frees what a plan has displaced and keeps: the very files, at the names that the plan gave them. Directories are removed
 * when they are empty, or with all that they hold if they were taken away so. After that the plan cannot be undone. The
 * caller holds the lock.
 */
export const purge = (ledger: Ledger, root: PlanRoot, reading: Reading, dryRun = false): Purged => {
  const { head, files, moves, moved } = reading;
  const wrongRoot = otherRoot(ledger, root, reading);
  if (wrongRoot) return { id: head.id, freed: 0, refusals: [wrongRoot] };
  const refusals: Refusal[] = [];
  let freed = 0;
  using view = new View(ledger.fs, { tree: root.handle, state: ledger.state }, files);
  // What was displaced first may lie in a directory that was displaced later.
  const done = moves.slice(0, moved);
  const dirMoves = new DirMoves();
  for (const { slot, file, since, step } of keptBy(done, files, dirMoves)) {
    const kind = reading.said[step]?.kind;
    const whole = kind === 'take-away' || kind === 'copy';
    const names = free(view, nowAt(slot, dirMoves, since), file, whole, dryRun);
    if (typeof names === 'number') freed += names;
    else if (names !== 'gone') refusals.push(names);
  }
  if (dryRun || refusals.length > 0) return { id: head.id, freed, refusals };
  const reopened = Journal.reopen(ledger, reading);
  if (reopened instanceof Fault) return { id: head.id, freed, refusals: [failed('the journal', reopened)] };
  using journal = reopened;
  const fault = journal.close({ purged: ledger.now() });
  return { id: head.id, freed, refusals: fault ? [failed('the journal', fault)] : [] };
};

interface Kept {
  readonly slot: Slot;
  readonly file: number;
  /** How many moves of directories there were until then. */
  readonly since: number;
  /** The step that put it there. */
  readonly step: number;
}

/** Also fills `dirMoves`. */
const keptBy = (moves: readonly Move[], files: Reading['files'], dirMoves: DirMoves): readonly Kept[] => {
  const ours = ourNames(moves);
  const kept = new Map<string, Kept>();
  for (const move of moves) {
    dirMoves.add(move, files);
    for (const { slot, after } of effectsOf(move)) {
      if (slot.home !== 'state' && !ours(slot.dir, slot.name)) continue;
      if (after === undefined) kept.delete(slotKey(slot));
      else kept.set(slotKey(slot), { slot, file: after, since: dirMoves.count, step: move.step });
    }
  }
  return [...kept.values()];
};

const nowAt = (slot: Slot, dirMoves: DirMoves, since: number): Slot => ({
  ...slot,
  ...homed(dirMoves.after(dirPath(slot), since).at(-1) as HomedPath),
});

/** How many names went. */
const free = (view: View, now: Slot, file: number, whole: boolean, dryRun: boolean): number | Refusal | 'gone' => {
  const dir = view.directory(now);
  // An undo has brought it back, or somebody else has removed it: there is nothing to free.
  if (isRefusal(dir)) return dir.refused === 'changed' ? 'gone' : dir;
  const stat = view.expect(dir, now, file);
  if (isRefusal(stat)) return stat.refused === 'changed' && stat.how.kind === 'gone' ? 'gone' : stat;
  if (dryRun) return 1;
  const emptied = whole && stat.kind === 'dir' ? emptyDirectory(view.fs, dir, now.name, stat) : 0;
  if (emptied instanceof Fault) return failed(join(now.path, now.name), emptied);
  const fault = stat.kind === 'dir' ? view.fs.rmdir(dir, now.name) : view.fs.unlink(dir, now.name);
  if (!fault) return emptied + 1;
  return fault.errno === 'ENOTEMPTY'
    ? changed(now.path, { kind: 'not-empty', name: now.name })
    : failed(now.path, fault);
};
