import { Fault } from '../../fs/fault.ts';
import { deviceText } from '../../fs/identity.ts';
import { temporaryName } from '../../fs/temporary-name.ts';
import { type BackupControl, backupControl, backupSuffix } from '../../gnu/backup.ts';
import { type Affected, affectedLinks, leadingThrough, type Unread } from '../../jobs/move/affected.ts';
import { copyFacts, type Parted } from '../../jobs/move/copy-facts.ts';
import type { MovedThing } from '../../jobs/move/moved-thing.ts';
import { type MvOutcome, mv } from '../../jobs/move/mv.ts';
import { type Left, type Relinked, relink } from '../../jobs/move/relink.ts';
import type { Loss } from '../../plan/copy-tree.ts';
import { said } from '../../plan/to-shell.ts';
import type { Blind } from '../../scan/census.ts';
import type { SketchProcess } from '../../sketch/process.ts';
import type { Step } from '../../sketch/step.ts';
import { applySteps } from '../apply-steps.ts';
import type { Command, Look, Request, World } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { walkOptions } from '../options.ts';
import { paced, type Work } from '../paced.ts';
import { stepLines } from '../plan-words.ts';
import type { Prompter } from '../prompter.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { show } from '../show.ts';
import { type OpenState, stateOption } from '../state-directory.ts';
import { blindSpots, count, type Survey, survey, type WalkAids } from '../survey.ts';
import { inOption, searchedWhole, vicinity, vicinityDetails } from '../vicinity.ts';

export interface Report {
  readonly outcome: MvOutcome;
  readonly links: Relinked;
  /** Links that lead through one that was left as it is, and so to something else or nowhere. */
  readonly through: readonly string[];
  readonly unread: readonly Unread[];
  /** Files that are copied while names of theirs stay behind. */
  readonly parted: readonly Parted[];
  /** What copies do not have of their originals. */
  readonly losses: readonly Loss[];
  /** Nothing where no links were looked for. */
  readonly survey: Survey | undefined;
  /** What could not be looked at and was asked for. */
  readonly blind: readonly Blind[];
  readonly steps: readonly Step[];
  readonly dryRun: boolean;
  readonly verbose: boolean;
  /** What `lw undo` takes; undefined where nothing was changed. */
  readonly id: string | undefined;
}

/** `lw mv`. */
export const mvCommand = (
  rehearsal: Rehearsal,
  openState: OpenState,
  prompter: Prompter,
  aids?: WalkAids,
): Command<Report> => ({
  name: 'mv',
  summary: 'move or rename, and keep every symbolic link leading where it led',
  operands: 'SRC… DST',
  options: {
    links: {
      type: 'string',
      value: 'HOW',
      oneOf: ['update', 'most', 'keep'],
      help: 'update: all or nothing (the default); most: leave those that cannot be changed; keep: change no link',
    },
    in: inOption,
    'target-directory': { type: 'string', short: 't', value: 'DIR', help: 'move every SRC into DIR' },
    'no-target-directory': { type: 'boolean', short: 'T', help: 'DST is the new name, even if it is a directory' },
    force: { type: 'boolean', short: 'f', help: 'replace without asking' },
    interactive: { type: 'boolean', short: 'i', help: 'ask before replacing' },
    'no-clobber': { type: 'boolean', short: 'n', help: 'replace nothing; of -f, -i and -n the last counts' },
    update: {
      type: 'string',
      short: 'u',
      optional: true,
      value: 'WHICH',
      oneOf: ['all', 'none', 'older'],
      help: 'replace older files only; all: every file; none: no file',
    },
    'simple-backup': { type: 'boolean', short: 'b', help: 'as --backup without a value' },
    backup: {
      type: 'string',
      optional: true,
      value: 'CONTROL',
      help: 'keep what is replaced under another name: none, numbered, existing or simple, as in lw ln --help',
    },
    suffix: { type: 'string', short: 'S', value: 'SUFFIX', help: 'what simple backups end with, in place of ~' },
    'strip-trailing-slashes': { type: 'boolean', help: 'take the slashes off the end of each SRC' },
    'no-copy': { type: 'boolean', help: 'fail where a move would be a copy to another file system' },
    verbose: { type: 'boolean', short: 'v', help: 'tell each move, and each link that is changed' },
    'dry-run': { type: 'boolean', help: 'say what would be done, and do nothing' },
    state: stateOption,
    ...walkOptions,
  },
  details: `Moves as mv(1) does: SRC to the name DST, or into DST if that is a directory. Symbolic links are followed up: \
each one that led to SRC, or through it to something else, gets a new text and leads there still; and so does each link \
that was moved itself, or that lies in what was moved, where its text would mean something else now. A relative text \
stays relative, an absolute one absolute, and of a text only that beginning is changed which does not hold any more: a \
link through "current" goes on following it. Links that stay right are not touched.

${vicinityDetails} What is moved is always searched.

A link that cannot get its text (the text would be too long, the place is read-only, or it may not be changed) is named, \
and nothing is moved at all, unless --links=most or --links=keep says so. A link that led to a file that is \
replaced leads to the new one, as its text says, and one that waited for DST has found it.

Everything is tried out in memory first and written down before it is done; lw undo takes it all back. What is replaced \
is kept for undo (lw history --purge lets it go).

To another file system a move is a copy, made under a hidden name, compared and made durable before it takes its place: \
modes, owners, times, extended attributes and holes are kept where that file system can, names of one \
file stay names of one file, and the original is set aside for undo. Names of such a file outside of what is moved stay behind, with \
the original; it is told which.

Exit code: 0; 1 if something was not moved, or a link cannot be kept leading; 3 if links could not be looked for \
everywhere in the project, in what was moved or in what --in names; 4 if something changed meanwhile, and nothing was done. With --null: the links that were changed.`,
  examples: [
    ['lw mv lib/parser lib/reader', 'links to lib/parser and through it lead to lib/reader'],
    ['lw mv --dry-run assets /srv/static', 'what it would change'],
    ['lw mv --in / /srv/app/config /etc/app', 'links anywhere on the machine'],
    ['lw mv --links=keep a b', 'as mv does it'],
  ],

  run: (world, request) => paced(world, report(world, request, { rehearsal, openState, prompter, aids })),

  *render(report, look) {
    const { outcome, links, survey, steps, dryRun, verbose, id } = report;
    if (verbose) yield* outcome.told;
    if (dryRun) yield* stepLines(steps.map(said));
    const most = verbose || dryRun ? Infinity : 10;
    for (const link of links.changed.slice(0, most)) yield linkLine(link, look);
    if (links.changed.length > most) yield `and ${count(links.changed.length - most)} more`;
    if (outcome.moved.length === 0) return;
    if (survey) yield look.paint('dim', searchLine(report, survey, look));
    if (id !== undefined) yield look.paint('dim', `lw undo ${id} takes it back`);
  },

  json: ({ outcome, links, through, parted, losses, survey, blind, steps, dryRun, id }) => ({
    dryRun,
    id: id ?? null,
    complete: blind.length === 0,
    roots: survey ? searchedWhole(survey.census) : [],
    moved: outcome.moved.map(({ from, to, copied, replaced, backup, stat }) => ({
      from,
      to,
      kind: stat.kind,
      copied,
      replaced: replaced?.kind ?? null,
      backup: backup ?? null,
      device: deviceText(stat.dev),
      inode: stat.ino,
    })),
    links: links.changed.map(({ before, path, text, newText }) => ({ before, path, text, newText })),
    left: links.left.map(({ link, fault }) => ({
      path: link.path,
      text: link.text,
      newText: link.newText,
      errno: fault.errno,
    })),
    through,
    parted: parted.map(({ path, names, moving }) => ({ path, names, moving })),
    losses: losses.map(({ path, what, fault }) => ({ path, what, errno: fault.errno })),
    problems: outcome.problems,
    commands: stepLines(steps.map(said)),
  }),

  *paths({ links }) {
    for (const { path } of links.changed) yield path;
  },

  exitCode: ({ outcome, blind, unread }) => (outcome.ok ? (blind.length === 0 && unread.length === 0 ? 0 : 3) : 1),

  *problems({ outcome, links, through, unread, parted, losses, blind, dryRun }) {
    yield* outcome.problems;
    for (const left of links.left) yield leftLine(left, dryRun);
    for (const path of through) yield `${show(path)} leads through such a link`;
    for (const { path, stat } of links.parted)
      yield `${show(path)} was one of ${stat.nlink} names of one link: it is a link of its own ${dryRun ? 'then' : 'now'}`;
    for (const { path, fault } of unread) yield `cannot read the link ${show(path)}: ${fault.reason}`;
    for (const { path, names, moving } of parted)
      yield `${show(path)} ${dryRun ? 'would be' : 'is'} a copy: ${count(names - moving)} of the ${count(names)} names of its file ${names - moving === 1 ? 'stays' : 'stay'} with the original`;
    for (const { path, what, fault } of losses.slice(0, 10))
      yield `the copy of ${show(path)} lacks its ${show(what)}: ${fault.reason}`;
    if (losses.length > 10) yield `and ${count(losses.length - 10)} more such losses`;
    yield* blindSpots(blind);
  },
});

interface Means {
  readonly rehearsal: Rehearsal;
  readonly openState: OpenState;
  readonly prompter: Prompter;
  readonly aids: WalkAids | undefined;
}

function* report(world: World, request: Request, { rehearsal, openState, prompter, aids }: Means): Work<Report> {
  const fs = rehearsal.rehearse(world);
  const outcome = movedBy(fs, request, prompter);
  const found = yield* findLinks(world, request, outcome, aids);
  const root = fs.open(fs.cwd, '/', { access: 'path' });
  if (root instanceof Fault) throw new CommandError(`cannot look at the root: ${root.reason}`);
  using handle = root;
  const links = relink(
    {
      fs,
      root: handle,
      retextInCopy: (copy, below, text) => fs.retextInCopy(handle, copy.slice(1), below, text),
    },
    outcome.moved,
    found.affected,
    () => temporaryName(rehearsal.random()),
  );
  if (links.left.length > 0 && request.value('links') !== 'most') throw cannotKeep(links.left);
  const through = found.survey ? yield* leadingThrough(found.survey.atlas, links.left, outcome.moved) : [];
  const parted = outcome.moved.flatMap((thing) => (thing.copied ? partedBy(world, thing) : []));
  const dryRun = request.flag('dry-run');
  const losses: Loss[] = [];
  // A backup that came to nothing has been taken back.
  const steps = outcome.moved.length > 0 ? fs.sketch.steps : [];
  const id = dryRun ? undefined : applySteps(openState, world, request, steps, undefined, (loss) => losses.push(loss));
  return { outcome, links, through, ...found, parted, losses, steps, dryRun, verbose: request.flag('verbose'), id };
}

/** Refuses what could not be copied whole, before anything is done. */
const partedBy = (world: World, { began, source, destination }: MovedThing): readonly Parted[] => {
  const { parted, hindrances } = copyFacts(world.fs, world.root.handle, began);
  const [first] = hindrances;
  if (!first) return parted;
  const { path, fault } = first;
  const why = fault.errno === 'EBUSY' ? 'something is mounted there' : fault.reason;
  throw new CommandError(
    `cannot move ${show(source)} to ${show(destination)}, which is on another file system: ${show(path)} cannot be copied: ${why}; nothing was moved`,
  );
};

/** Moves in the rehearsal. */
const movedBy = (fs: SketchProcess, request: Request, prompter: Prompter): MvOutcome => {
  const opened = fs.open(fs.cwd, '/', { access: 'path' });
  if (opened instanceof Fault) throw new CommandError(`cannot look at the root: ${opened.reason}`);
  using handle = opened;
  const into = request.value('target-directory');
  const stripped = (path: string): string => path.replace(/(?<=[^/])\/+$/, '');
  const strips = request.flag('strip-trailing-slashes');
  const update = request.flag('update') ? request.value('update') || 'older' : 'all';
  const asked = request.last('force', 'interactive', 'no-clobber');
  const answer = mv(
    {
      fs,
      // It may be moved along.
      get from() {
        return { handle: fs.cwd, path: fs.workingDirectory };
      },
      root: { handle, path: '/' },
      utf8: prompter.utf8,
      mayAsk: prompter.isTerminal,
      ask: (question) => prompter.ask(question),
      moveByCopy: (source, destination) =>
        request.flag('no-copy')
          ? new Fault('renameat2', 'EXDEV', source)
          : fs.moveByCopy(fs.cwd, source, fs.cwd, destination),
    },
    {
      operands: strips
        ? request.operands.map((path, i, all) => (into !== undefined || i < all.length - 1 ? stripped(path) : path))
        : request.operands,
      into,
      exact: request.flag('no-target-directory'),
      interactive:
        update === 'none' || asked === 'no-clobber'
          ? 'never'
          : asked === 'interactive'
            ? 'ask'
            : asked === 'force'
              ? 'force'
              : 'unspecified',
      update: update === 'older',
      backup: wantedBackups(request, prompter),
      suffix: backupSuffix(request.value('suffix') ?? prompter.variable('SIMPLE_BACKUP_SUFFIX')),
    },
  );
  if ('misuse' in answer) throw new UsageError(answer.misuse, 'lw mv --help');
  return answer;
};

const wantedBackups = (request: Request, prompter: Prompter): BackupControl => {
  if (!request.flag('backup') && !request.flag('simple-backup') && !request.flag('suffix')) return 'none';
  const control = request.value('backup');
  const variable = prompter.variable('VERSION_CONTROL');
  const found = control
    ? backupControl(control, 'backup type', prompter.utf8)
    : variable
      ? backupControl(variable, '$VERSION_CONTROL', prompter.utf8)
      : 'existing';
  if (typeof found !== 'string') throw new UsageError(found.problem);
  return found;
};

interface Found {
  readonly affected: readonly Affected[];
  readonly unread: readonly Unread[];
  readonly survey: Survey | undefined;
  readonly blind: readonly Blind[];
}

function* findLinks(world: World, request: Request, { moved }: MvOutcome, aids: WalkAids | undefined): Work<Found> {
  if (moved.length === 0 || request.value('links') === 'keep') {
    return { affected: [], unread: [], survey: undefined, blind: [] };
  }
  const { roots, isAsked, ...until } = vicinity(
    world,
    request,
    moved.flatMap(({ began, to }) => [began, to]),
    moved.filter(({ stat }) => stat.kind === 'dir').map(({ began }) => began),
  );
  const walked = yield* survey(world, request, roots, { level: 'symlinks', ...until }, aids);
  const [failed] = walked.failed;
  if (failed !== undefined) throw new CommandError(failed);
  if (world.interrupted()) throw new CommandError('interrupted; nothing was moved', [], 130);
  const work = affectedLinks(world.fs, world.root, walked.atlas, moved);
  for (;;) {
    const { done, value } = work.next();
    if (done) return { ...value, survey: walked, blind: walked.census.blind.filter(({ path }) => isAsked(path)) };
    world.progress(() => 'following links');
    yield;
  }
}

const cannotKeep = (left: readonly Left[]): CommandError =>
  new CommandError(
    [
      `${left.length === 1 ? 'a link' : `${count(left.length)} links`} cannot be kept leading; nothing was moved`,
      ...left.slice(0, 10).map((each) => leftLine(each, true)),
      ...(left.length > 10 ? [`and ${count(left.length - 10)} more`] : []),
    ].join('\n'),
    ['--links=most, to move and leave such links as they are', '--links=keep, to change no link'],
  );

const leftLine = ({ link, fault }: Left, planned: boolean): string => {
  const tense = planned ? 'cannot be changed' : 'was left as it is';
  const long = fault.errno === 'ENAMETOOLONG' ? `its text would have ${link.newText.length} characters` : fault.reason;
  return `${show(link.path)} -> ${show(link.text)} ${tense}: ${long}`;
};

const linkLine = ({ path, text, newText }: Affected, { show, paint }: Look): string =>
  `${paint('link', show(path))} -> ${show(newText)}   ${paint('dim', `(was ${show(text)})`)}`;

const searchLine = ({ links: { changed }, blind, dryRun }: Report, { census }: Survey, { show }: Look): string => {
  const links = `${count(changed.length)} link${changed.length === 1 ? '' : 's'}`;
  const did = changed.length === 0 ? 'no link has to change' : `${links} ${dryRun ? 'would be ' : ''}changed`;
  const shut = census.blind.length - blind.length;
  const left = shut === 0 ? '' : `; ${count(shut)} place${shut === 1 ? '' : 's'} nearby may not be read`;
  const whole = searchedWhole(census).map(show).join(', ');
  return `${did}; ${whole === '' ? 'no directory could be searched whole' : `searched ${whole}`}${left}`;
};
