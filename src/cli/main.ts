import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { decodeBytes, encodeBytes } from '../fs/bytes.ts';
import { helpText } from '../jobs/make/usage.ts';
import { terminalWidth } from '../kernel/terminal.ts';
import type { Command, Request } from './command.ts';
import { CommandError, UsageError } from './command-error.ts';
import { commands } from './commands.ts';
import { commandHelp, overview } from './help.ts';
import { wasInterrupted } from './interrupt.ts';
import { jsonText } from './json.ts';
import { lookOf, wantsColor } from './look.ts';
import { nearest } from './nearest.ts';
import { Output, ReaderGone, reasonOf, say } from './output.ts';
import { parseRequest } from './parse-request.ts';
import { everyManual, programs } from './programs.ts';
import { terminalProgress } from './progress.ts';
import { harmless, show } from './show.ts';
import { version } from './version.ts';

const interruptedCode = 128 + constants.signals.SIGINT;
const readerGoneCode = 128 + constants.signals.SIGPIPE;
/** EX_SOFTWARE (sysexits.h): a mistake of ours. */
const ourMistakeCode = 70;

/** Runs what the command line asks for and sets the exit code. */
export const main = async (): Promise<void> => {
  try {
    process.exitCode = await answer(userArguments());
  } catch (error) {
    process.exitCode = complain(error);
  }
};

/**
 * What the user wrote, byte for byte: process.argv has replaced every byte that is not UTF-8.
 * The kernel's list begins with Node, Node's own options and the script, so we count from its end.
 */
const userArguments = (): readonly string[] => {
  const count = process.argv.length - 2;
  const all = decodeBytes(readFileSync('/proc/self/cmdline')).split('\0').slice(0, -1);
  return count > 0 ? all.slice(-count) : [];
};

const answer = async (args: readonly string[]): Promise<number> => {
  const [first, ...rest] = args;
  switch (first) {
    case undefined:
      say(await wholeOverview());
      return 2;
    case '--version':
      return print(`${version()}\n`);
    case '-h':
    case '--help':
      return print(await wholeOverview());
    case 'help':
      return print(rest[0] === undefined ? await wholeOverview() : await helpFor(rest[0]));
    default:
      if (first.startsWith('-'))
        throw new UsageError(`lw has no option ${show(first)}: the command comes first`, 'lw help');
      return perform(await load(first), rest);
  }
};

const perform = async (command: Command<unknown>, args: readonly string[]): Promise<number> => {
  const request = parseRequest(command, args, readInput);
  if (request === 'help') return print(commandHelp(command));
  const width = terminalWidth(1);
  if (request.flag('null') && width !== undefined)
    throw new UsageError(
      '--null prints names as raw bytes, which a terminal may act on',
      `lw ${command.name} … --null | xargs -0 …`,
    );

  // Loaded after the command line is known to be right: a usage error needs no kernel.
  const { kernelWorld } = await import('./kernel-world.ts');
  const progress = terminalProgress(request.flag('quiet') ? undefined : terminalWidth(2));
  using world = kernelWorld(request.value('root'), progress);
  const report = await command.run(world, request);
  const stopped = wasInterrupted();
  progress.erase();

  const output = new Output();
  for (const piece of pieces(command, report, request, width)) output.write(piece);
  output.flush();
  for (const problem of command.problems(report)) sayProblem(problem);
  if (!stopped) return command.exitCode(report);
  sayProblem('interrupted: the answer covers what was seen until then');
  return interruptedCode;
};

/** The answer as the request wants it. */
function* pieces(
  command: Command<unknown>,
  report: unknown,
  request: Request,
  width: number | undefined,
): Iterable<string> {
  if (request.flag('json')) {
    yield* jsonText({ schema: `linkwright/${command.name}/1`, ...command.json(report, request) });
    return;
  }
  if (request.flag('null')) {
    for (const path of command.paths(report, request)) yield `${path}\0`;
    return;
  }
  const written = command.written?.(report, request);
  if (written) yield* written;
  else {
    const look = lookOf(width, wantsColor(request.value('color'), width !== undefined, process.env));
    for (const line of command.render(report, look, request)) yield `${harmless(line)}\n`;
  }
}

const load = async (name: string): Promise<Command<unknown>> => {
  const found = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (found) return (await found()).command;
  const near = nearest(name, [...Object.keys(commands), ...Object.keys(programs)]);
  throw new UsageError(`there is no command ${show(name)}`, near ? `lw ${near}` : 'lw help');
};

const wholeOverview = async (): Promise<string> => overview(await everyCommand(), await everyManual());

const helpFor = async (name: string): Promise<string> => {
  const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
  return program ? helpText({ name: `lw ${name}` }, (await program()).manual) : commandHelp(await load(name));
};

const everyCommand = (): Promise<readonly Command<unknown>[]> => Promise.all(Object.keys(commands).map(load));

const print = (text: string): number => {
  const output = new Output();
  output.write(text);
  output.flush();
  return 0;
};

/** A file named on the command line; `-` is standard input. */
const readInput = (path: string): Uint8Array => {
  try {
    return readFileSync(path === '-' ? 0 : Buffer.from(encodeBytes(path)));
  } catch (error) {
    throw new CommandError(`cannot read ${path === '-' ? 'standard input' : show(path)}: ${reasonOf(error)}`, [], 2);
  }
};

/** Says what went wrong; the exit code that means it. */
const complain = (error: unknown): number => {
  if (error instanceof ReaderGone) return readerGoneCode;
  if (error instanceof CommandError) {
    sayProblem([error.message, ...error.tries.map((hint) => `try: ${hint}`)].join('\n'));
    return error.exitCode;
  }
  sayProblem(
    `a mistake in Linkwright itself: ${error instanceof Error ? error.message : String(error)}\n` +
      'try: the same with LINKWRIGHT_DEBUG=1 set, and report what it prints',
  );
  if (process.env.LINKWRIGHT_DEBUG && error instanceof Error) say(`${harmless(error.stack ?? '')}\n`);
  return ourMistakeCode;
};

/** The first line is the sentence; what follows is indented below it. */
const sayProblem = (problem: string): void => say(`lw: ${harmless(problem).replaceAll('\n', '\n    ')}\n`);
