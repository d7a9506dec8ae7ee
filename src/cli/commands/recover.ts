import { Fault } from '../../fs/fault.ts';
import { join } from '../../fs/path.ts';
import { readHistory } from '../../plan/history.ts';
import { type Recovery, recover, removeTorn, unfinished } from '../../plan/recover.ts';
import { type Leftover, oldEnough, sweep } from '../../plan/sweep.ts';
import type { Command, Request, World } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { lockJournal } from '../lock-journal.ts';
import { openState } from '../open-state.ts';
import { refusalCode, refusalJson, refusalText } from '../plan-words.ts';
import { show } from '../show.ts';
import { stateOption } from '../state-directory.ts';

export interface Report {
  readonly recoveries: readonly Recovery[];
  readonly leftovers: readonly (Leftover & { readonly path: string })[];
  readonly failed: readonly string[];
  readonly swept: boolean;
}

export const command: Command<Report> = {
  name: 'recover',
  summary: 'bring changes to an end whose process was killed: reverse them, or finish them',
  operands: '[DIR…]',
  options: {
    forward: { type: 'boolean', help: 'do what is left of them, instead of reversing what was done' },
    sweep: { type: 'boolean', help: 'in each DIR, remove what killed replacements of links have left' },
    'dry-run': { type: 'boolean', short: 'n', help: 'look and say what would be done, and do nothing' },
    state: stateOption,
  },
  details: `A change is written down before it begins. If its process is killed or the power fails, the tree tells how \
far it came: new files are made under names that only the journal knows, and displaced ones are kept under such names. \
lw recover reverses all that was done, newest change first, as if the command had never run; with --forward it does \
the rest. Every name is compared with the journal before it is changed; where it differs, the change is left as it is \
and named.

With --sweep, DIR is looked through (not what lies below it) for leftovers of lw ln and its like, which keep no \
journal: names of the form .lw- and twelve letters or digits that are at least ${oldEnough} minutes old. Only symbolic \
links and further names of a file are removed, never the last name of a file, never a directory.

Exit code: 0 if all is well; 1 if a DIR cannot be read or the system refused; 4 if something was changed since. With \
--null: the leftovers.`,
  examples: [
    ['lw recover', 'reverse what was interrupted'],
    ['lw recover --forward', 'finish it'],
    ['lw recover --sweep --dry-run .', 'what would be removed here'],
  ],

  run(world, request) {
    if (request.flag('sweep') !== request.operands.length > 0)
      throw new UsageError('--sweep and DIR go together', 'lw recover --sweep DIR', 'lw recover');
    return request.flag('sweep') ? sweepAll(world, request) : recoverAll(world, request);
  },

  *render({ recoveries, leftovers, swept, failed }, look) {
    for (const { id, moved, moves, ended } of recoveries)
      if (ended !== 'stuck') yield `${id}: ${endText[ended]} (${moved} of its ${moves} moves had been done)`;
    for (const { path, fate } of leftovers) yield `${look.show(path)}: ${fateText(fate)}`;
    if (!swept && recoveries.length === 0) yield 'nothing was interrupted';
    if (swept && leftovers.length === 0 && failed.length === 0) yield 'nothing was left behind';
  },

  json: ({ recoveries, leftovers }) => ({
    recovered: recoveries.map(({ refusal, ...recovery }) => ({
      ...recovery,
      refusal: refusal ? refusalJson(refusal) : null,
    })),
    leftovers: leftovers.map(({ path, fate }) => ({
      path,
      fate: fate instanceof Fault ? 'failed' : fate,
      errno: fate instanceof Fault ? fate.errno : undefined,
    })),
  }),

  *paths({ leftovers }) {
    for (const { path } of leftovers) yield path;
  },

  exitCode({ recoveries, failed, leftovers }) {
    const codes = recoveries.flatMap(({ refusal }) => (refusal ? [refusalCode(refusal)] : []));
    if (codes.includes(4)) return 4;
    return codes.length > 0 || failed.length > 0 || leftovers.some(({ fate }) => fate instanceof Fault) ? 1 : 0;
  },

  *problems({ recoveries, failed }) {
    yield* failed;
    for (const { id, refusal } of recoveries)
      if (refusal) yield `cannot bring ${id} to an end: ${refusalText(refusal)}\ntry: lw history ${id}`;
  },
};

const recoverAll = (world: World, request: Request): Report => {
  using ledger = openState(world, request);
  using _ = lockJournal(ledger);
  const history = readHistory(ledger);
  if (history instanceof Fault) throw new CommandError(`cannot read the journal: ${history.reason}`);
  const root = { handle: world.root.handle, path: world.root.path };
  const way = request.flag('forward') ? 'forth' : 'back';
  const recoveries = unfinished(history.entries).map((reading) =>
    recover(ledger, root, reading, way, request.flag('dry-run')),
  );
  const fault = request.flag('dry-run') ? undefined : removeTorn(ledger, history.torn);
  const failed = fault ? [`cannot remove a torn journal: ${fault.reason}`] : [];
  return { recoveries, leftovers: [], failed, swept: false };
};

const sweepAll = ({ fs, from, root }: World, request: Request): Report => {
  const failed: string[] = [];
  const leftovers = request.operands.flatMap((path) => {
    const fromRoot = path.startsWith('/') ? path : join(from.path, path);
    const opened = fs.open(root.handle, fromRoot, { access: 'read', directory: true, resolve: { inRoot: true } });
    if (opened instanceof Fault) {
      failed.push(`cannot look into ${show(path)}: ${opened.reason}`);
      return [];
    }
    using dir = opened;
    const who = { uid: process.geteuid?.() ?? 0, now: Date.now(), dryRun: request.flag('dry-run') };
    const found = sweep(fs, dir, who);
    if (found instanceof Fault) {
      failed.push(`cannot read ${show(path)}: ${found.reason}`);
      return [];
    }
    return found.map((leftover) => ({ ...leftover, path: join(path, leftover.name) }));
  });
  return { recoveries: [], leftovers, failed, swept: true };
};

const endText: Readonly<Record<Exclude<Recovery['ended'], 'stuck'>, string>> = {
  done: 'finished',
  partial: 'finished in part',
  'rolled-back': 'reversed',
  planned: 'would be brought to its end',
};

const fateText = (fate: Leftover['fate']): string => {
  if (fate instanceof Fault) return `cannot be removed: ${fate.reason}`;
  return fate === 'young'
    ? `left alone: younger than ${oldEnough} minutes`
    : fate === 'kept'
      ? 'left alone: not surely a leftover, or it holds the last name of a file'
      : fate;
};
