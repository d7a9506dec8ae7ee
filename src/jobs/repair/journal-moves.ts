import { type Identity, sameFile } from '../../fs/identity.ts';
import { liesIn } from '../../fs/relative.ts';
import type { History } from '../../plan/history.ts';
import type { Reading } from '../../plan/journal.ts';
import { type Seen, slotPath } from '../../plan/move.ts';
import { stepsDone } from '../../plan/undo.ts';

/** A rename that Linkwright did. */
export interface Moved {
  readonly from: string;
  readonly to: string;
  readonly plan: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What was moved, where the journal has looked at it. */
  readonly seen: Seen | undefined;
}

/** All renames of the plans below a root, the oldest first; what was undone is there twice, forth and back. */
export const journalMoves = ({ entries }: Pick<History, 'entries'>, root: Identity): readonly Moved[] =>
  entries.flatMap(({ reading, state }) =>
    state === 'rolled-back' || state === 'running' || state === 'unfinished' || !sameFile(reading.head.root, root)
      ? []
      : movesOf(reading),
  );

const movesOf = (reading: Reading): readonly Moved[] => {
  const { head, said, moves, files } = reading;
  const seenAt = (path: string): Seen | undefined => {
    const move = moves.find(
      (each) => (each.kind === 'shift' || each.kind === 'swap') && slotPath(each.to) === `tree:${path}`,
    );
    return move && files[move.file]?.seen;
  };
  // What an undo says is the plan's own steps backwards: all of it was done.
  const done = head.undoes === undefined ? said.slice(0, stepsDone(reading)) : said;
  return done.flatMap((step) => {
    if (step.kind !== 'rename' && step.kind !== 'exchange') return [];
    const moved = (from: string, to: string): Moved => ({
      from,
      to,
      plan: head.id,
      at: head.started,
      seen: seenAt(to),
    });
    const forth = moved(step.from.path, step.to.path);
    return step.kind === 'rename' ? [forth] : [forth, moved(step.to.path, step.from.path)];
  });
};

/** Where a path is after all moves that were made from `since` on, and the last move that took it there. */
export const movedTo = (
  moves: readonly Moved[],
  path: string,
  since: number,
): { readonly path: string; readonly last: Moved; readonly within: string } | undefined => {
  let at = path;
  let last: Moved | undefined;
  let within = '';
  for (let i = 0; i < moves.length; i++) {
    const move = moves[i] as Moved;
    if (move.at < since || !liesIn(move.from, at)) continue;
    within = at.slice(move.from.length);
    at = move.to + within;
    last = move;
    // The other half of an exchange would bring it back.
    const next = moves[i + 1];
    if (next && next.plan === move.plan && next.from === move.to && next.to === move.from) i++;
  }
  return last && at !== path ? { path: at, last, within } : undefined;
};
