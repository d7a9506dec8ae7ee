import { Fault } from '../../fs/fault.ts';
import { join } from '../../fs/path.ts';
import { temporaryName } from '../../fs/temporary-name.ts';
import type { Broken } from '../../jobs/remove/broken.ts';
import { type Instead, type Retargeted, removeLinks, retarget } from '../../jobs/remove/mend.ts';
import { type Gone, type Stays, type Trial, take } from '../../jobs/remove/take.ts';
import { readHistory } from '../../plan/history.ts';
import { purge, purgeable } from '../../plan/purge.ts';
import { said } from '../../plan/to-shell.ts';
import { trace } from '../../trace/trace.ts';
import { applySteps } from '../apply-steps.ts';
import { shellWord } from '../causes/shell-word.ts';
import type { Command, Request, World } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import type { Holdable, Holder } from '../holders.ts';
import { keptFor, usuallyKept } from '../kept-for.ts';
import { lockJournal } from '../lock-journal.ts';
import { statOf } from '../names/scope.ts';
import { walkOptions } from '../options.ts';
import { paced, type Work } from '../paced.ts';
import { refusalText, stepLines } from '../plan-words.ts';
import { plural } from '../plural.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { measure } from '../rm/measure.ts';
import { type Policy, policies, type Report } from '../rm/report.ts';
import { type Found, search } from '../rm/search.ts';
import { brokenLines, fromHere, holderLines, removedLines, timeWords, whyText } from '../rm/words.ts';
import { show } from '../show.ts';
import { type OpenState, stateOption } from '../state-directory.ts';
import { blindSpots, type WalkAids } from '../survey.ts';
import { inOption, vicinityDetails } from '../vicinity.ts';

/** What only a running machine has. */
export interface Machine {
  /** Asks who sits at the terminal; undefined where nobody does. */
  readonly ask: ((question: string, before?: Iterable<string>) => boolean) | undefined;
  readonly holders: (things: readonly Holdable[]) => readonly Holder[];
  /** Where a handle's directory lies on the machine. */
  readonly pathOf: (world: World) => string;
}

/** `lw rm`. */
export const rmCommand = (
  rehearsal: Rehearsal,
  openState: OpenState,
  machine: Machine,
  aids?: WalkAids,
): Command<Report> => ({
  name: 'rm',
  summary: 'remove files and directories, and be told first what breaks',
  operands: 'PATH…',
  options: {
    recursive: { type: 'boolean', short: 'r', help: 'directories, with all that they hold' },
    dir: { type: 'boolean', short: 'd', help: 'empty directories' },
    force: {
      type: 'boolean',
      short: 'f',
      help: 'ask nothing, keep links that break, and do not miss what is not there',
    },
    interactive: { type: 'boolean', short: 'i', help: 'ask before each PATH' },
    once: { type: 'boolean', short: 'I', help: 'ask once, before more than three PATHs or a directory go' },
    links: {
      type: 'string',
      value: 'HOW',
      oneOf: policies,
      help: 'links that would break: keep them as they are, remove them too, or retarget them (see --to)',
    },
    to: { type: 'string', value: 'PATH', help: 'with --links=retarget: what they shall lead to instead' },
    in: inOption,
    keep: { type: 'string', value: 'TIME', help: 'how long undo can bring it back: 30d (the default), 12h, 90m' },
    purge: { type: 'boolean', help: 'remove it for good: undo cannot bring it back, and its room is free at once' },
    'dry-run': { type: 'boolean', short: 'n', help: 'say what would be done and what would break, and do nothing' },
    state: stateOption,
    ...walkOptions,
  },
  details: `Before anything goes, links that lead to PATH or through it are looked for, and it is tried out in memory which of \
them would lead nowhere. If there are any, lw rm asks on a terminal, and otherwise removes nothing and says what --links \
could do. It also tells whether a file lives on by other names, how many bytes really come free, and which processes \
have it open.

A PATH that is a symbolic link is the link itself; with a slash after it, it is refused.

--links=retarget gives links to a file one of its other names, links to a link what that one leads to, and with --to \
links to PATH what --to names, and those that go on below PATH the same below that; the style of a text stays. If some \
of the links would lead nowhere even then, nothing is done.

What goes is moved aside, in one rename even if it is a whole tree, and lw undo brings back the same inodes. It takes \
its room until the time of --keep is over; then the next lw rm, or lw history --purge, lets go of it. A directory below \
which something is mounted is refused.

${vicinityDetails}

Exit code: 0; 1 if something was not removed; 4 if something changed meanwhile, and nothing was done. With --null: the \
paths that were removed.`,
  examples: [
    ['lw rm -r releases/41', 'unless a link leads there'],
    ['lw rm -n -r releases/41', 'only say what would break'],
    ['lw rm -r --links=retarget --to releases/42 releases/41', 'and what led there leads to the next release'],
    ['lw rm --purge huge.iso', 'for good, and the room is free'],
  ],

  run: (world, request) => paced(world, report(world, request, { rehearsal, openState, machine, aids })),

  *render(report, look) {
    const { removed, broken, policy, retargeted, holders, dryRun, held, id, expired, purged, keep } = report;
    const { show } = look;
    const name = (path: string): string => show(fromHere(report.here, path));
    yield* brokenLines(report, look);
    if (held === 'links') return;
    if (held === 'declined') return yield 'nothing was removed';
    if (dryRun) yield* stepLines(report.steps.map(said));
    for (const each of removed) yield* removedLines(each, report, look);
    for (const each of retargeted)
      yield `${dryRun ? 'would be: ' : ''}${look.paint('link', name(each.path))} -> ${show(each.to)}   (it was ${show(each.from)})`;
    if (policy === 'remove')
      for (const { path } of broken)
        yield `${dryRun ? 'would remove' : 'removed'} the link ${look.paint('link', name(path))}`;
    yield* holderLines(holders, report.here, look);
    if (purged !== undefined) yield `${plural(purged, 'name')} removed for good`;
    else if (id !== undefined) yield look.paint('dim', `lw undo ${id} takes it back, for ${timeWords(keep)}`);
    if (expired > 0)
      yield look.paint('dim', `${plural(expired, 'name')} that were removed before went for good: their time was over`);
  },

  json: ({
    removed,
    stays,
    broken,
    policy,
    retargeted,
    holders,
    searched,
    dryRun,
    held,
    id,
    purged,
    expired,
    census,
    steps,
  }) => ({
    done: id !== undefined || purged !== undefined,
    dryRun,
    held: held ?? null,
    id: id ?? null,
    purged: purged ?? null,
    expired,
    links: policy ?? null,
    searched,
    entriesSearched: census?.counts.entries ?? 0,
    removed: removed.map(({ operand, path, stat, whole, entries, frees, shared, text }) => ({
      operand,
      path,
      kind: stat.kind,
      text,
      whole,
      entries,
      names: stat.kind === 'dir' ? undefined : stat.nlink,
      frees,
      shared,
    })),
    failed: stays.map(({ operand, why }) => ({ operand, why: why.kind, sentence: whyText({ operand, why }) })),
    broken: broken.map(({ path, text, led, end }) => ({ path, text, led: led.path, end: end.kind })),
    retargeted: retargeted.map(({ path, from, to }) => ({ path, from, to })),
    holders: holders.map(({ pid, name, path }) => ({ pid, name, path })),
    commands: stepLines(steps.map(said)),
  }),

  *paths({ removed, held }) {
    if (held === undefined) for (const { path } of removed) yield path;
  },

  exitCode: ({ stays, held }) => (stays.length > 0 || held === 'links' ? 1 : 0),

  *problems({ stays, held, broken, problems, blind }) {
    for (const each of stays) yield whyText(each);
    yield* blindSpots(blind);
    yield* problems;
    if (held === 'links')
      yield `${plural(broken.length, 'link')} would lead nowhere: nothing was removed\ntry: --links=keep, --links=remove, or --links=retarget --to PATH`;
  },
});

interface Tools {
  readonly rehearsal: Rehearsal;
  readonly openState: OpenState;
  readonly machine: Machine;
  readonly aids: WalkAids | undefined;
}

function* report(world: World, request: Request, tools: Tools): Work<Report> {
  checkUsage(request);
  const { rehearsal, machine, openState } = tools;
  const keep = request.value('keep') === undefined ? usuallyKept : keptFor(request.value('keep') as string);
  const dryRun = request.flag('dry-run');
  using trial = trialOf(rehearsal, openState, world, request);
  const answers = operandsOf(request, machine).map((operand) =>
    take(trial, operand, {
      recursive: request.flag('recursive'),
      emptyDirectories: request.flag('dir'),
      force: request.flag('force'),
    }),
  );
  // In the sketch the names that went before do not count any more.
  const gone = answers
    .filter((answer): answer is Gone => answer !== undefined && 'path' in answer)
    .map((each) => ({ ...each, stat: statOf(world, each.path) ?? each.stat }));
  const stays = answers.filter((answer): answer is Stays => answer !== undefined && 'why' in answer);
  const nothing: Report = {
    here: world.from.path,
    ...{ removed: [], stays, broken: [], policy: undefined, retargeted: [], holders: [], searched: [] },
    ...{
      census: undefined,
      blind: [],
      steps: [],
      dryRun,
      held: undefined,
      id: undefined,
      keep,
      purged: undefined,
      expired: 0,
    },
    problems: [],
  };
  if (gone.length === 0) return nothing;

  const found = yield* search(world, request, tools.aids, trial, gone);
  const removed = yield* measure(world, request, tools.aids, gone);
  const holders = machine.holders(
    gone.map(({ path, stat, whole }) => ({ ...stat, path: join(machine.pathOf(world), path.slice(1)), whole })),
  );
  const { broken } = found;
  const seen = {
    ...nothing,
    removed,
    broken,
    holders,
    searched: found.searched,
    census: found.census,
    blind: found.blind,
    problems: found.failed,
  };
  const policy = policyOf(request, broken, machine.ask, seen);
  if (policy === 'ask') return { ...seen, held: 'links' };
  if (policy === 'declined') return { ...seen, held: 'declined' };

  const mended = broken.length > 0 ? mend(world, request, rehearsal, trial, gone, found, policy) : [];
  const { steps } = trial.fs.sketch;
  const told = { ...seen, policy: broken.length > 0 ? policy : undefined, retargeted: mended, steps };
  if (dryRun) return told;
  const id = applySteps(openState, world, request, steps, keep);
  const { purged, expired, refused } = letGo(world, request, openState, id);
  return {
    ...told,
    id: purged === undefined ? id : undefined,
    purged,
    expired,
    problems: [...told.problems, ...refused],
  };
}

const checkUsage = (request: Request): void => {
  if (request.operands.length === 0 && !request.flag('force'))
    throw new UsageError('lw rm needs to know what to remove', 'lw rm PATH…');
  if (request.value('to') !== undefined && request.value('links') !== 'retarget')
    throw new UsageError('--to belongs to --links=retarget', 'lw rm --links=retarget --to PATH …');
  if (request.flag('purge') && request.value('keep') !== undefined)
    throw new UsageError('--purge and --keep exclude each other: give one of them');
};

/** Those that whoever sits at the terminal wants to go. */
const operandsOf = (request: Request, { ask }: Machine): readonly string[] => {
  const { operands } = request;
  if (request.flag('dry-run') || request.flag('force')) return operands;
  if (request.flag('interactive')) return operands.filter((operand) => asking(ask)(`remove ${show(operand)}? `));
  const isMuch = operands.length > 3 || request.flag('recursive');
  if (request.flag('once') && isMuch && !asking(ask)(`remove ${plural(operands.length, 'argument')}? `)) return [];
  return operands;
};

const asking = (ask: Machine['ask']): NonNullable<Machine['ask']> => {
  if (!ask) throw new UsageError('-i and -I ask on a terminal, and there is none');
  return ask;
};

const trialOf = (rehearsal: Rehearsal, openState: OpenState, world: World, request: Request): Trial & Disposable => {
  const fs = rehearsal.rehearse(world);
  const opened = fs.open(fs.cwd, '/', { access: 'path' });
  if (opened instanceof Fault) throw new CommandError(`cannot look at the root: ${opened.reason}`);
  return {
    fs,
    from: { handle: fs.cwd, path: fs.workingDirectory },
    root: { handle: opened, path: '/' },
    mountPoints: world.mounts().map(({ point }) => point),
    journal: journalPath(openState, world, request),
    [Symbol.dispose]: () => opened[Symbol.dispose](),
  };
};

/** Where the journal lies, if that can be seen from the root. */
const journalPath = (openState: OpenState, world: World, request: Request): string | undefined => {
  if (request.flag('dry-run')) return undefined;
  using ledger = openState(world, request);
  const { end } = trace(world.fs, `/proc/self/fd/${ledger.state.fd}`, world);
  return end.kind === 'found' ? end.path : undefined;
};

const policyOf = (
  request: Request,
  broken: readonly Broken[],
  ask: Machine['ask'],
  seen: Report,
): Policy | 'ask' | 'declined' => {
  const policy = policies.find((each) => each === request.value('links'));
  if (policy || broken.length === 0 || request.flag('force') || request.flag('dry-run')) return policy ?? 'keep';
  if (!ask) return 'ask';
  const told = brokenLines(seen, { width: undefined, show, paint: (_, text) => text });
  return ask('remove it anyway, and leave these links as they are? [y/N] ', told) ? 'keep' : 'declined';
};

const mend = (
  world: World,
  request: Request,
  rehearsal: Rehearsal,
  trial: Trial,
  gone: readonly Gone[],
  { broken, otherNames }: Found,
  policy: Policy,
): readonly Retargeted[] => {
  if (policy === 'keep') return [];
  if (policy === 'remove') {
    const refused = removeLinks(trial, broken);
    if (refused) throw new CommandError(`cannot remove the link ${show(refused.path)}: ${refused.reason}`);
    return [];
  }
  const to = request.value('to');
  const of: Instead['of'] = (each, rest) => {
    if (to !== undefined) return rest === '' ? to : join(to, rest);
    if (each.text === undefined) return rest === '' ? otherNames.get(each)?.[0] : undefined;
    const { end } = trace(world.fs, each.path, { from: world.root, root: world.root });
    return end.kind === 'found' ? join(end.path, rest) : undefined;
  };
  const done = retarget(trial, gone, broken, { of, same: to === undefined }, () => temporaryName(rehearsal.random()));
  if (done instanceof Fault) throw new CommandError(`cannot retarget ${show(done.path)}: ${done.reason}`);
  const [first] = done.left;
  if (!first) return done.done;
  throw new CommandError(
    `${plural(done.left.length, 'link')} would not lead where they should even so, as ${show(first.path)} -> ${show(first.text)}; nothing was removed`,
    to === undefined ? ['--to PATH, with what they shall lead to'] : [`lw why ${shellWord(first.path)}`],
  );
};

/** With --purge what our own plan displaced goes now, and in any case what was kept as long as somebody wanted. */
const letGo = (
  world: World,
  request: Request,
  openState: OpenState,
  own: string | undefined,
): { readonly purged: number | undefined; readonly expired: number; readonly refused: readonly string[] } => {
  using ledger = openState(world, request);
  const history = readHistory(ledger);
  if (history instanceof Fault) throw new CommandError(`cannot read the journal: ${history.reason}`);
  const due = purgeable(history.entries, ledger.now(), ({ head }) =>
    head.id === own ? (request.flag('purge') ? -1 : undefined) : head.keep,
  );
  if (due.length === 0) return { purged: undefined, expired: 0, refused: [] };
  using _ = lockJournal(ledger);
  const all = due.map((reading) => purge(ledger, { handle: world.root.handle, path: world.root.path }, reading));
  const ours = all.find((each) => each.id === own);
  const freed = all.reduce((sum, each) => sum + (each === ours ? 0 : each.freed), 0);
  const refused = all.flatMap(({ id, refusals }) =>
    refusals.map((refusal) => `${id}: ${refusalText(refusal)}; it is still kept`),
  );
  return { purged: ours?.freed, expired: freed, refused };
};
