import type { Command, Request, World } from '../../cli/command.ts';
import { CommandError, UsageError } from '../../cli/command-error.ts';
import { command as lsCommand } from '../../cli/commands/ls.ts';
import { commandHelp } from '../../cli/help.ts';
import { jsonText } from '../../cli/json.ts';
import { lookOf } from '../../cli/look.ts';
import { nearest } from '../../cli/nearest.ts';
import { parseRequest } from '../../cli/parse-request.ts';
import type { Prompter } from '../../cli/prompter.ts';
import { harmless, show } from '../../cli/show.ts';
import { canCommand } from '../../cli/verbs/can.ts';
import { checkCommand } from '../../cli/verbs/check.ts';
import { historyCommand } from '../../cli/verbs/history.ts';
import { makeCommand, NotMadeError } from '../../cli/verbs/make.ts';
import { mapCommand } from '../../cli/verbs/map.ts';
import { mvCommand } from '../../cli/verbs/mv.ts';
import { namesCommand } from '../../cli/verbs/names.ts';
import { rmCommand } from '../../cli/verbs/rm.ts';
import { undoCommand } from '../../cli/verbs/undo.ts';
import { whoCommand } from '../../cli/verbs/who.ts';
import { whyCommand } from '../../cli/verbs/why.ts';
import { encodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import type { CommandIo, LabCommand } from '../session.ts';
import { labHolders, labMachine, labRehearsal, labState, labWorld } from '../world.ts';
import { refusalOf } from './not-made.ts';
import { isUtf8, products } from './product.ts';
import { readText } from './tool.ts';

/** The command line's own verbs, over the lab's machine. */
const verbs: Readonly<Record<string, (io: CommandIo) => Command<unknown>>> = {
  map: () => erased(mapCommand()),
  ls: () => erased(lsCommand),
  why: (io) => erased(whyCommand(() => labMachine(io))),
  names: () => erased(namesCommand()),
  who: () => erased(whoCommand()),
  make: (io) => erased(makeCommand(labRehearsal(io), labState(io))),
  can: (io) => erased(canCommand(labRehearsal(io))),
  check: (io) =>
    erased(
      checkCommand({
        version: 'lab',
        rehearsal: labRehearsal(io),
        openState: labState(io),
        settings: { parseToml: noSettings, patterns: noSettings },
      }),
    ),
  mv: (io) => erased(mvCommand(labRehearsal(io), labState(io), prompterOf(io))),
  rm: (io) =>
    erased(rmCommand(labRehearsal(io), labState(io), { ask: undefined, holders: labHolders(io), pathOf: () => '/' })),
  history: (io) => erased(historyCommand(labState(io))),
  undo: (io) => erased(undoCommand(labState(io))),
};

/** A command whose report only itself looks into. */
const erased = <Report>(command: Command<Report>): Command<unknown> => command as Command<unknown>;

/** What reads them is a package, and too much for a page. */
const noSettings = (): never => {
  throw new CommandError('linkwright.toml and .linkwrightignore are not read in the lab', ['lw check --no-config']);
};

/** Options for which the lab lacks what they ask. */
const absent: Readonly<Record<string, readonly string[]>> = { check: ['as-if-copied', 'config', 'git'] };

/** Nobody types at the lab's terminal while a command runs. */
const prompterOf = (io: CommandIo): Prompter => ({
  isTerminal: false,
  utf8: isUtf8(io),
  variable: io.variable,
  ask: () => false,
});

/** Verbs that are commands by themselves: where no other program has the name. */
const verbAs =
  (name: string): LabCommand =>
  (io, args) =>
    answer(io, () => perform(io, name, args));

export const verbCommands: Readonly<Record<string, LabCommand>> = Object.fromEntries(
  ['map', 'why', 'names', 'make', 'can', 'undo'].map((name) => [name, verbAs(name)]),
);

/** `lw VERB`. */
export const lw: LabCommand = (io, args) =>
  answer(io, () => {
    const [first, ...rest] = args;
    const program = first === undefined || !Object.hasOwn(products, first) ? undefined : products[first];
    if (program) return program({ ...io, name: first as string }, rest);
    if (first === undefined || first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
      io.out(overview(io));
      return first === undefined ? 2 : 0;
    }
    if (first === '--version') {
      io.out('lab\n');
      return 0;
    }
    if (first === 'help') return perform(io, rest[0] as string, ['--help']);
    if (first.startsWith('-'))
      throw new UsageError(`lw has no option ${show(first)}: the command comes first`, 'lw help');
    return perform(io, first, rest);
  });

const overview = (io: CommandIo): string =>
  `lw: see, make and repair links\n\nUsage: lw COMMAND …\n\n${Object.entries(verbs)
    .map(([name, make]) => `  ${name.padEnd(10)}${make(io).summary}\n`)
    .join('')}  ${Object.keys(products).join(', ')}: GNU’s programs of these names\n`;

const perform = (io: CommandIo, name: string, args: readonly string[]): number => {
  const make = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (!make) {
    const near = nearest(name, [...Object.keys(verbs), ...Object.keys(products)]);
    throw new UsageError(`there is no command ${show(name)} in the lab`, near ? `lw ${near}` : 'lw help');
  }
  const command = make(io);
  const request = parseRequest(command, args, (path) => inputOf(io, path));
  if (request === 'help') {
    io.out(commandHelp(command));
    return 0;
  }
  const option = ['root', ...(absent[name] ?? [])].find((each) => request.last(each) !== undefined);
  if (option !== undefined) throw new UsageError(`--${option} is not to be had in the lab`);
  if (name === 'check' && !['text', 'json'].includes(request.value('format') ?? 'text'))
    throw new UsageError('the lab answers as text or JSON: other forms are for other programs', 'lw check --json');
  using world = labWorld(io);
  const report = run(io, command, world, request);
  if (report instanceof Promise) throw new Error(`lw ${name} must not wait in the lab`);
  write(io, command, report, request);
  for (const problem of command.problems(report)) sayProblem(io, problem);
  return command.exitCode(report);
};

const run = (io: CommandIo, command: Command<unknown>, world: World, request: Request): unknown => {
  try {
    return command.run(world, request);
  } catch (error) {
    const [, name = ''] = request.operands;
    const refused = error instanceof NotMadeError ? refusalOf(io, error.answer, name) : undefined;
    if (refused) io.session.tally.refused.push(refused);
    throw error;
  }
};

/** No wider than the lab's terminal. */
const width = 80;

const write = (io: CommandIo, command: Command<unknown>, report: unknown, request: Request): void => {
  if (request.flag('json'))
    for (const piece of jsonText({ schema: `linkwright/${command.name}/1`, ...command.json(report, request) }))
      io.out(piece);
  else if (request.flag('null')) for (const path of command.paths(report, request)) io.out(`${path}\0`);
  else for (const line of command.render(report, lookOf(width, false), request)) io.out(`${harmless(line)}\n`);
};

const inputOf = (io: CommandIo, path: string): Uint8Array => {
  const text = readText(io, path);
  if (text instanceof Fault)
    throw new CommandError(`cannot read ${path === '-' ? 'standard input' : show(path)}: ${text.reason}`, [], 2);
  return encodeBytes(text);
};

const answer = (io: CommandIo, work: () => number): number => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    sayProblem(io, [error.message, ...error.tries.map((hint) => `try: ${hint}`)].join('\n'));
    return error.exitCode;
  }
};

const sayProblem = (io: CommandIo, problem: string): void =>
  io.err(`lw: ${harmless(problem).replaceAll('\n', '\n    ')}\n`);
