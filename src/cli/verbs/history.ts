import { Fault } from '../../fs/fault.ts';
import { type Entry, type History, readHistory, type State } from '../../plan/history.ts';
import { type Purged, purge, purgeable } from '../../plan/purge.ts';
import { condensed } from '../../plan/to-shell.ts';
import { stepsDone } from '../../plan/undo.ts';
import { timeText } from '../causes/time-text.ts';
import type { Command, Look, Style, World } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { keptFor, usuallyKept } from '../kept-for.ts';
import { lockJournal } from '../lock-journal.ts';
import { refusalJson, refusalText, stepJson, stepLines, stepPaths } from '../plan-words.ts';
import { show } from '../show.ts';
import { type OpenState, stateOption } from '../state-directory.ts';

export interface Report {
  readonly entries: readonly Entry[];
  /** IDs were given: their steps are told. */
  readonly detailed: boolean;
  readonly unreadable: readonly string[];
  readonly failed: readonly string[];
  /** What --purge let go; undefined without it. */
  readonly purged: readonly Purged[] | undefined;
}

/** `lw history`. */
export const historyCommand = (openState: OpenState): Command<Report> => ({
  name: 'history',
  summary: 'what lw has changed, and what of it can be undone',
  operands: '[ID…]',
  options: {
    purge: { type: 'boolean', help: 'let go of what was displaced by changes that are older than --keep' },
    keep: {
      type: 'string',
      value: 'TIME',
      help: 'with --purge: how long to keep it: 12h, 0d (default: what lw rm --keep said, otherwise 30d)',
    },
    'dry-run': { type: 'boolean', short: 'n', help: 'with --purge: say what would be let go' },
    state: stateOption,
  },
  details: `The newest change comes last. With IDs (or their first characters) the steps of each are listed as the \
shell commands that come nearest to them.

A change is "done" while it is in effect, "partial" if it stopped half way and was to keep that, "undone" once lw \
undo took it back, "rolled back" if it was refused and reversed itself, "running", or "unfinished" if its process was \
killed: see lw recover.

What a change removes or replaces is moved aside, so that undo can bring the same inode back: into the state directory, \
or where that is on another mount into .linkwright-UID at the top of the mount, or else it stays in its directory \
under a hidden name (.lw-ID-NUMBER). It takes its room there, and counts as one more name of its file, until --purge \
removes it. That unlinks exactly those names, after comparing each with the journal, and removes directories only \
if they are empty, but for those that lw rm -r took away; the change stays in the history and cannot be undone any more.

Exit code: 0; 1 if there is no such ID, or something could not be let go; 3 if a journal cannot be read. With \
--null: the paths that were changed.`,
  examples: [
    ['lw history', 'every change'],
    ['lw history mi8f3k2a', 'the steps of one'],
    ['lw history --purge --keep 7d', 'free what was displaced more than a week ago'],
  ],

  run(world, request) {
    if (!request.flag('purge') && (request.flag('keep') || request.flag('dry-run')))
      throw new UsageError('--keep and --dry-run belong to --purge', 'lw history --purge --dry-run');
    if (request.flag('purge') && request.operands.length > 0)
      throw new UsageError('--purge goes by age: it takes no ID', 'lw history --purge --keep 30d');
    using ledger = openState(world, request);
    const history = readHistory(ledger);
    if (history instanceof Fault) throw new CommandError(`cannot read the journal: ${history.reason}`);
    const failed: string[] = [];
    const detailed = request.operands.length > 0;
    const entries = detailed ? request.operands.flatMap((id) => chosen(history, id, failed)) : history.entries;
    if (!request.flag('purge')) return { entries, detailed, unreadable: history.unreadable, failed, purged: undefined };

    const said = request.value('keep');
    const keep = said === undefined ? undefined : keptFor(said);
    using _ = lockJournal(ledger);
    const purged = purgeable(entries, ledger.now(), ({ head }) => keep ?? head.keep ?? usuallyKept).map((reading) =>
      purge(ledger, rootOf(world), reading, request.flag('dry-run')),
    );
    return { entries: [], detailed, unreadable: history.unreadable, failed, purged };
  },

  *render({ entries, detailed, purged, failed }, look) {
    if (purged) {
      for (const { id, freed } of purged) if (freed > 0) yield `${id}: ${freed} let go`;
      if (purged.every(({ freed }) => freed === 0)) yield 'nothing is kept that long';
      return;
    }
    if (entries.length === 0 && failed.length === 0) yield 'nothing was changed yet';
    for (const [i, entry] of entries.entries()) {
      if (detailed && i > 0) yield '';
      yield line(entry, look);
      if (detailed) for (const line of stepLines(entry.reading.said)) yield `  ${line}`;
    }
  },

  json: ({ entries, detailed, unreadable, purged }) => ({
    plans: entries.map((entry) => entryJson(entry, detailed)),
    unreadable,
    purged: purged?.map(({ id, freed, refusals }) => ({ id, freed, refusals: refusals.map(refusalJson) })),
  }),

  *paths({ entries }) {
    const paths = entries.flatMap(({ reading }) => reading.said.slice(0, stepsDone(reading)).flatMap(stepPaths));
    yield* new Set(paths);
  },

  exitCode({ failed, unreadable, purged }) {
    if (failed.length > 0 || purged?.some(({ refusals }) => refusals.length > 0)) return 1;
    return unreadable.length > 0 ? 3 : 0;
  },

  *problems({ failed, unreadable, purged }) {
    yield* failed;
    for (const id of unreadable) yield `cannot read the journal of ${id}`;
    for (const { id, refusals } of purged ?? [])
      for (const refusal of refusals) yield `${id}: ${refusalText(refusal)}; it was left alone`;
  },
});

const rootOf = ({ root }: World): { readonly handle: World['root']['handle']; readonly path: string } => ({
  handle: root.handle,
  path: root.path,
});

const chosen = ({ entries }: History, id: string, failed: string[]): readonly Entry[] => {
  const found = entries.filter(({ reading }) => reading.head.id.startsWith(id));
  if (found.length === 1) return found;
  failed.push(
    found.length === 0
      ? `there is no change ${show(id)}\ntry: lw history`
      : `${found.length} changes begin with ${show(id)}`,
  );
  return [];
};

const styles: Readonly<Record<State, Style | undefined>> = {
  done: 'good',
  partial: 'doubt',
  undone: 'dim',
  'rolled-back': 'dim',
  running: 'doubt',
  unfinished: 'bad',
};

const line = ({ reading, state }: Entry, look: Look): string => {
  const { id, started, words, undoes } = reading.head;
  const count = condensed(reading.said).length;
  const text = state === 'rolled-back' ? 'rolled back' : state;
  const style = styles[state];
  return [
    id,
    timeText(BigInt(started) * 1_000_000n),
    style ? look.paint(style, text.padEnd(11)) : text.padEnd(11),
    `${count} step${count === 1 ? '' : 's'}`.padEnd(8),
    `${words.map(look.show).join(' ')}${undoes ? `  (undoes ${undoes})` : ''}${reading.purged ? '  (purged)' : ''}`,
  ].join('  ');
};

const entryJson = ({ reading, state, undoneBy }: Entry, detailed: boolean): Record<string, unknown> => ({
  id: reading.head.id,
  started: reading.head.started,
  ended: reading.ended ?? null,
  state,
  command: reading.head.words,
  root: reading.head.root.path,
  undoes: reading.head.undoes,
  undoneBy: undoneBy[0],
  purged: reading.purged,
  steps: reading.said.length,
  stepsDone: stepsDone(reading),
  said: detailed ? reading.said.map(stepJson) : undefined,
});
