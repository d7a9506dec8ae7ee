import { Fault } from '../../fs/fault.ts';
import { temporaryName } from '../../fs/temporary-name.ts';
import { can, type Reflinks } from '../../jobs/make/can.ts';
import { type Made, make, type NotMade, type Wish } from '../../jobs/make/make.ts';
import { said } from '../../plan/to-shell.ts';
import type { Step } from '../../sketch/step.ts';
import type { End, Route } from '../../trace/route.ts';
import { applySteps } from '../apply-steps.ts';
import { kindPhrase } from '../causes/kind-phrase.ts';
import { shellWord } from '../causes/shell-word.ts';
import type { Command, Look, Request, World } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { stepLines } from '../plan-words.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { show } from '../show.ts';
import { type OpenState, stateOption } from '../state-directory.ts';

export interface Report {
  readonly made: Made;
  readonly steps: readonly Step[];
  readonly dryRun: boolean;
  /** What `lw undo` takes; undefined where nothing was changed. */
  readonly id: string | undefined;
}

/** No link was made. */
export class NotMadeError extends CommandError {
  readonly answer: NotMade;

  constructor(answer: NotMade, { message, tries, exitCode }: CommandError) {
    super(message, tries, exitCode);
    this.answer = answer;
  }
}

/** `lw make`. */
export const makeCommand = (rehearsal: Rehearsal, openState: OpenState): Command<Report> => ({
  name: 'make',
  summary: 'make a link, hard or symbolic, and be told what it does',
  operands: 'TARGET NAME',
  options: {
    symbolic: { type: 'boolean', short: 's', help: 'a symbolic link; so it is without any of these three' },
    hard: { type: 'boolean', short: 'H', help: 'one more name for the file that TARGET leads to' },
    auto: { type: 'boolean', help: 'hard where that can be, otherwise symbolic' },
    relative: {
      type: 'boolean',
      help: "store the way from the link's own directory; so it is without any of these three",
    },
    absolute: { type: 'boolean', help: 'store the path from the root' },
    'as-written': { type: 'boolean', help: 'store TARGET letter for letter, as ln -s does' },
    replace: {
      type: 'boolean',
      short: 'f',
      help: 'take the place of a file or link that has the name; undo brings it back',
    },
    parents: { type: 'boolean', short: 'p', help: 'make the directories that NAME needs' },
    'dry-run': { type: 'boolean', short: 'n', help: 'say what would be done, and do nothing' },
    state: stateOption,
  },
  details: `TARGET is what you would type to see the file here; the text of a symbolic link is worked out from it. A \
relative text is the shortest that leads from the link's own directory to TARGET. Links in TARGET stay as you write \
them, so that a link through "current" goes on following it.

NAME is the link itself, also where a link to a directory has the name already; only with a slash at its end is it the \
directory for the link. Made twice is made once: a link that leads to TARGET already is left as it is.

Everything is tried out in memory first. A link that would lead to itself is refused, so is a name that is taken (see \
--replace), and a TARGET that is not there where NAME is a file: then the two were swapped. A symbolic link to what is \
not there is made, with a word about it.

What is done is written down before; lw undo takes it back. A name that is replaced leads at every moment to the old \
or to the new, and the old file is kept for undo (lw history --purge lets it go).

Exit code: 0 if the link is there; 1 if it cannot be made; 4 if something changed meanwhile, and nothing was done.`,
  examples: [
    ['lw make releases/5 current', 'current -> releases/5'],
    ['lw make ~/dotfiles/vimrc ~/.vimrc', '~/.vimrc -> dotfiles/vimrc'],
    ['lw make --hard data.db data.backup', 'a second name for the same file'],
    ['lw make --replace releases/6 current', 'at every moment current leads to one of the two'],
  ],
  run(world, request) {
    const [target, name, ...more] = request.operands;
    if (target === undefined || name === undefined || more.length > 0)
      throw new UsageError(
        `lw make needs a target and a name; it was given ${request.operands.length} operand${request.operands.length === 1 ? '' : 's'}`,
        'lw make TARGET NAME',
      );
    const dryRun = request.flag('dry-run');
    const { answer, steps } = rehearsed(rehearsal, world, wishOf(rehearsal, request, target, name));
    if ('why' in answer) throw new NotMadeError(answer, notMade(rehearsal, world, answer, target, name));
    const id = dryRun ? undefined : applySteps(openState, world, request, steps);
    return { made: answer, steps, dryRun, id };
  },
  *render({ made, steps, dryRun, id }, look) {
    if (dryRun) yield* stepLines(steps.map(said));
    yield* sentence(made, dryRun, look);
    if (id !== undefined) yield look.paint('dim', `lw undo ${id} takes it back`);
  },
  json: ({ made, steps, dryRun, id }) => ({
    made: made.made,
    path: made.path,
    text: made.text ?? null,
    already: made.already,
    dryRun,
    end: { kind: made.end.kind, path: 'path' in made.end ? made.end.path : made.path },
    replaced: made.replaced?.kind ?? null,
    parents: made.parents,
    id: id ?? null,
    commands: stepLines(steps.map(said)),
  }),
  *paths({ made }) {
    yield made.path;
  },
  exitCode: () => 0,
  *problems({ made }) {
    if (made.end.kind !== 'found') yield `${show(made.path)} leads nowhere yet: ${endPhrase(made.end)}`;
  },
});

const wishOf = ({ random }: Rehearsal, request: Request, target: string, name: string): Wish => ({
  target,
  name,
  kind: oneOf(request, ['symbolic', 'hard', 'auto'] as const) ?? 'symbolic',
  text: oneOf(request, ['relative', 'absolute', 'as-written'] as const),
  replace: request.flag('replace'),
  parents: request.flag('parents'),
  temporaryName: temporaryName(random()),
});

/** Which of a few options that exclude each other was given. */
const oneOf = <Name extends string>(request: Request, names: readonly Name[]): Name | undefined => {
  const [first, second] = names.filter((name) => request.flag(name));
  if (second !== undefined) throw new UsageError(`--${first} and --${second} exclude each other: give one of them`);
  return first;
};

const rehearsed = (
  { rehearse }: Rehearsal,
  world: World,
  wish: Wish,
): { readonly answer: Made | NotMade; readonly steps: readonly Step[] } => {
  const fs = rehearse(world);
  const opened = fs.open(fs.cwd, '/', { access: 'path' });
  if (opened instanceof Fault) throw new CommandError(`cannot look at the root: ${opened.reason}`);
  using handle = opened;
  const from = { handle: fs.cwd, path: fs.workingDirectory };
  const answer = make({ fs, from, root: { handle, path: '/' } }, wish);
  return { answer, steps: fs.sketch.steps };
};

function* sentence(made: Made, dryRun: boolean, look: Look): Iterable<string> {
  const name = look.paint('link', look.show(made.path));
  const what =
    made.made === 'hard' ? `${name} is ${look.show(targetOf(made))}` : `${name} -> ${look.show(made.text ?? '')}`;
  if (made.already) return yield `${what}   (it was so before: nothing to do)`;
  for (const path of made.parents) yield `${dryRun ? 'would make' : 'made'} the directory ${look.show(path)}`;
  const replaced = made.replaced ? `, in the place of ${kindPhrase(made.replaced.kind)}` : '';
  yield `${dryRun ? 'would be: ' : ''}${what}${replaced}`;
  if (made.notHard) yield look.paint('dim', `symbolic, since ${notHardPhrase(made.notHard)}`);
}

const targetOf = ({ end, path }: Made): string => (end.kind === 'found' ? end.path : path);

const notHardPhrase = (notHard: NotMade): string => {
  switch (notHard.why) {
    case 'to-directory':
      return `${show(notHard.path)} is a directory, and a directory has one name only`;
    case 'no-file':
      return endPhrase(notHard.route.end);
    case 'refused':
      return `a hard link was refused: ${notHard.fault.reason}`;
    default:
      return 'a hard link cannot be made';
  }
};

/** The sentence for a link that is not made, and what to do. */
const notMade = (rehearsal: Rehearsal, world: World, answer: NotMade, target: string, name: string): CommandError => {
  switch (answer.why) {
    case 'no-name':
      return new CommandError(`${show(name)} is no name that a link could have`);
    case 'no-directory':
      return new CommandError(
        `cannot make ${show(name)}: ${endPhrase(answer.route.end)}`,
        answer.route.end.kind === 'missing' ? ['--parents, to make the directory too'] : [],
      );
    case 'exists': {
      const text = answer.text === undefined ? '' : ` to ${show(answer.text)}`;
      return new CommandError(
        `cannot make ${show(answer.path)}: ${kindPhrase(answer.stat.kind)}${text} has this name`,
        ['--replace, to take its place (lw undo brings it back)'],
      );
    }
    case 'is-directory':
      return new CommandError(`cannot make ${show(answer.path)}: it is a directory`, [
        `lw make ${shellWord(target)} ${shellWord(`${answer.path}/`)}   to make the link in it`,
      ]);
    case 'swapped':
      return new CommandError(
        `there is no ${show(target)}, but there is ${show(answer.path)}: first comes the target, then the new name`,
        [`lw make ${shellWord(name)} ${shellWord(target)}`],
      );
    case 'loop':
      return new CommandError(
        `${show(answer.path)} -> ${show(answer.text)} would lead to itself${answer.cycle.length > 1 ? `, by ${answer.cycle.slice(1).map(show).join(' and ')}` : ''}`,
        [`lw why ${shellWord(target)}   to see where the target leads`],
      );
    case 'to-directory':
      return new CommandError(`cannot hard-link ${show(answer.path)}: a directory has one name only`, [
        '--symbolic',
        'mount --bind, where two places must show one directory',
      ]);
    case 'no-file':
      return new CommandError(`cannot hard-link ${show(target)}: ${endPhrase(answer.route.end)}`, [
        `lw why ${shellWord(target)}`,
      ]);
    case 'refused':
      return refusedError(rehearsal, world, answer);
  }
};

const refusedError = (
  { rehearse, machineFacts }: Rehearsal,
  world: World,
  { path, fault, from }: Refused,
): CommandError => {
  const reasons =
    from === undefined
      ? []
      : can(() => rehearse(world), machineFacts(), noReflinks, from, path, ['hard-link']).flatMap(
          (each) => each.reasons,
        );
  const [first] = reasons;
  return new CommandError(
    `cannot make ${show(path)}: ${first?.why ?? fault.reason}`,
    from === undefined ? [] : ['--symbolic', ...(first?.tries ?? []).filter((what) => !what.startsWith('ln -s'))],
  );
};

type Refused = Extract<NotMade, { why: 'refused' }>;

/** Not asked about. */
const noReflinks: Reflinks = { sameFileSystem: () => false, possible: () => undefined };

/** Where a path ends that leads to no file, in a few words. */
const endPhrase = (end: Route['end'] | End): string => {
  switch (end.kind) {
    case 'found':
      return end.stat.kind === 'dir' ? `${show(end.path)} is a directory` : `${show(end.path)} is no directory`;
    case 'missing':
      return `${show(end.path)} does not exist`;
    case 'absent-volume':
      return `nothing is mounted at ${show(end.mountPoint)} now`;
    case 'loop':
      return `the link ${show(end.cycle[0] ?? '')} leads to itself`;
    case 'too-many-links':
      return `there are more than 40 links on the way, at ${show(end.path)}`;
    case 'not-a-directory':
      return `${show(end.path)} is no directory`;
    case 'permission':
      return `${show(end.path)} may not be ${end.cause === 'search' ? 'searched' : 'followed'}`;
    case 'name-too-long':
      return `a ${end.what} of ${end.bytes} bytes is too long`;
    case 'unknown':
      return `${show(end.path)} cannot be looked at (${end.errno})`;
  }
};
