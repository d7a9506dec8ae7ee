import { Fault } from '../../fs/fault.ts';
import type { Outcome } from '../../plan/plan.ts';
import type { Refusal } from '../../plan/refusal.ts';
import type { Said } from '../../plan/to-shell.ts';
import { findUndo, type NotUndoable, performUndo, rehearseUndo } from '../../plan/undo.ts';
import type { Command } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { lockJournal } from '../lock-journal.ts';
import { refusalCode, refusalJson, refusalText, stepJson, stepLines, stepPaths } from '../plan-words.ts';
import { show } from '../show.ts';
import { type OpenState, stateOption } from '../state-directory.ts';

export interface Report {
  /** The plan that is undone. */
  readonly undoes: string;
  readonly words: readonly string[];
  readonly steps: readonly Said[];
  readonly dryRun: boolean;
  /** What it was undone by; undefined where nothing was done. */
  readonly id: string | undefined;
  readonly refusal: Refusal | undefined;
  /** Reversing what was done of the undo failed as well. */
  readonly stuck: Refusal | undefined;
}

/** `lw undo`. */
export const undoCommand = (openState: OpenState): Command<Report> => ({
  name: 'undo',
  summary: 'take back what a command has changed: the same inodes come back',
  operands: '[ID]',
  options: {
    'dry-run': { type: 'boolean', short: 'n', help: 'look whether it can be done, say what it is, and do nothing' },
    state: stateOption,
  },
  details: `ID is one of lw history, or its first characters; without it the newest change that is in effect is \
undone. The undo of an undo does the change again.

Files that were replaced or removed were kept, so undo brings back the very inodes: contents, owners, times and other \
names are as they were. Links and directories that the change made are removed.

Before anything is touched, every name is compared with what the change has left there. Where one differs (another \
file has the name, a link has another text, a directory holds something new, a directory above was replaced), nothing \
is done at all, and the answer names the path. Each name is compared again just before it is changed; where it differs \
then, what was done of the undo is reversed.

Exit code: 0 if it is undone; 1 if it cannot be (there is no such change, or the system refused); 4 if something was \
changed since. With --null: the paths that are changed.`,
  examples: [
    ['lw undo', 'the last change'],
    ['lw undo --dry-run', 'what that would do'],
    ['lw undo mi8f3k2a', 'a certain one'],
  ],

  run(world, request) {
    const [wanted, ...more] = request.operands;
    if (more.length > 0) throw new UsageError('lw undo takes one ID at a time', 'lw history');
    using ledger = openState(world, request);
    using _ = lockJournal(ledger);
    const found = findUndo(ledger, wanted, request.words);
    if (found instanceof Fault) throw new CommandError(`cannot read the journal: ${found.reason}`);
    if ('cannot' in found) throw notUndoable(found, wanted);
    const dryRun = request.flag('dry-run');
    const root = { handle: world.root.handle, path: world.root.path };
    const outcome: Outcome | undefined = dryRun ? undefined : performUndo(ledger, root, found);
    const stopped = outcome && outcome.ended !== 'done' ? outcome : undefined;
    return {
      undoes: found.undoes,
      words: found.words,
      steps: found.record.said,
      dryRun,
      id: outcome?.ended === 'done' ? outcome.id : undefined,
      refusal: dryRun ? rehearseUndo(ledger, root, found) : stopped?.refusal,
      stuck: stopped?.stuck,
    };
  },

  *render({ undoes, words, steps, dryRun, refusal }, look) {
    if (refusal) return;
    yield look.paint('bold', `${dryRun ? 'would undo' : 'undone:'} ${undoes}  ${words.map(look.show).join(' ')}`);
    for (const line of stepLines(steps)) yield `  ${line}`;
  },

  json: ({ undoes, words, steps, dryRun, id, refusal }) => ({
    undoes,
    command: words,
    dryRun,
    id: id ?? null,
    steps: steps.map(stepJson),
    refusal: refusal ? refusalJson(refusal) : null,
  }),

  *paths({ steps, refusal }) {
    if (!refusal) for (const step of steps) yield* stepPaths(step);
  },

  exitCode: ({ refusal }) => (refusal ? refusalCode(refusal) : 0),

  *problems({ undoes, refusal, stuck }) {
    if (!refusal) return;
    if (stuck)
      yield `cannot undo ${undoes}: ${refusalText(refusal)}, and what was done of it cannot be reversed: \
${refusalText(stuck)}\ntry: lw recover`;
    else yield `cannot undo ${undoes}: ${refusalText(refusal)}; nothing was changed`;
  },
});

const notUndoable = (why: NotUndoable, wanted: string | undefined): CommandError => {
  const history = 'lw history';
  switch (why.cannot) {
    case 'nothing':
      return new CommandError('there is nothing to undo', [history]);
    case 'unknown':
      return new CommandError(`there is no change ${show(wanted ?? '')}`, [history]);
    case 'ambiguous':
      return new CommandError(
        `${why.ids.length} changes begin with ${show(wanted ?? '')}`,
        why.ids.map((id) => `lw undo ${id}`),
      );
    case 'undone':
      return new CommandError(`${why.id} is undone already`, [history]);
    case 'rolled-back':
      return new CommandError(`${why.id} changed nothing: it was refused and reversed itself`, [history]);
    case 'running':
      return new CommandError(`${why.id} is under way`, ['the same again, later']);
    case 'unfinished':
      return new CommandError(`${why.id} did not come to its end`, ['lw recover']);
    case 'purged':
      return new CommandError(`what ${why.id} displaced is not kept any more: it was purged`, [history]);
  }
};
