import { decodeBytes, encodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import type { Handle, OpenHow } from '../../fs/fs.ts';
import type { Stat } from '../../fs/stat.ts';
import { quote, quoteIfNeeded, quoteValue } from '../../gnu/quote.ts';
import { gnuOptions, type OptionSpec, tryHelp } from '../../jobs/make/gnu-options.ts';
import type { CommandIo } from '../session.ts';
import { manualText } from './manual.ts';
import { missingOptions } from './missing.ts';

/** What the programs of the lab have in common: options, quoting, messages, whole files. */

/** The lab speaks C.UTF-8: names sort by their bytes, and text is UTF-8. */
const utf8 = true;

/** A name in a message: always in quotes. */
export const quoted = (text: string): string => quote(text, utf8);
/** A name that begins a message. */
export const named = (text: string): string => quoteIfNeeded(text, utf8);
/** A word of the command line in a message. */
export const word = (text: string): string => quoteValue(text, utf8);

/** Says what went wrong, in the way of GNU programs; answers with the exit code. */
export const complain = (io: CommandIo, text: string, code = 1): number => {
  io.err(`${io.name}: ${text}\n`);
  return code;
};

/** A command line that cannot be understood. */
export const misused = (io: CommandIo, problem: string, code = 1): number => {
  io.err(`${io.name}: ${problem}\n${tryHelp(io.name)}`);
  return code;
};

/** Options and operands, as they were given. */
export interface Args {
  readonly operands: readonly string[];
  readonly given: readonly { readonly name: string; readonly value: string | undefined }[];
  has(name: string): boolean;
  /** The last value of an option. */
  value(name: string): string | undefined;
  /** Which of several options that overrule each other came last. */
  last(...names: readonly string[]): string | undefined;
}

/**
 * Understands `args` by `spec`: words like `a,all` `c` `t,target-directory:` (a value is needed) or `backup?` (may have
 * one). An option is called by the first of its names. A number is the exit code: help was given, or a complaint.
 */
export const parse = (
  io: CommandIo,
  args: readonly string[],
  spec: string,
  failure = 1,
  posixly = false,
): Args | number => {
  const missing = specOf(`version ${missingOptions[io.name] ?? ''}`);
  const { options, operands, problem } = gnuOptions(args, { ...specOf(spec), ...missing }, posixly);
  if (options.some(({ name }) => name === 'help')) {
    io.out(manualText(io.name));
    return 0;
  }
  const absent = options.find(({ name }) => name !== 'help' && Object.hasOwn(missing, name));
  if (absent) {
    const { short, long } = missing[absent.name] as OptionSpec;
    return complain(io, `the option ${short ? `-${short}` : `--${long}`} is not part of this lab`, failure);
  }
  // Of diffutils each line begins with the program's name.
  if (problem !== undefined && /^(?:cmp|diff)$/.test(io.name))
    return complain(io, `${problem}\n${io.name}: ${tryHelp(io.name).trimEnd()}`, failure);
  if (problem !== undefined) return misused(io, problem, failure);
  return {
    operands,
    given: options,
    has: (name) => options.some((option) => option.name === name),
    value: (name) => options.findLast((option) => option.name === name)?.value,
    last: (...names) => options.findLast(({ name }) => names.includes(name))?.name,
  };
};

const specs = new Map<string, Readonly<Record<string, OptionSpec>>>();

const specOf = (text: string): Readonly<Record<string, OptionSpec>> => {
  const known = specs.get(text);
  if (known) return known;
  const entries = [...text.split(' ').filter((each) => each !== ''), 'help'].map((each): [string, OptionSpec] => {
    const [, first = '', second, mark] = /^([^,:?]+)(?:,([^:?]+))?([:?])?$/.exec(each) ?? [];
    const short = first.length === 1 ? first : undefined;
    const long = short === undefined ? first : second;
    const value = mark === ':' ? 'required' : mark === '?' ? 'optional' : undefined;
    return [first, { ...(short && { short }), ...(long && { long }), ...(value && { value }) }];
  });
  const spec = Object.fromEntries(entries);
  specs.set(text, spec);
  return spec;
};

/**
 * The value of an option that takes one of some words; synonyms stand together, and the first of them is the answer. A
 * beginning is enough if it is one of only one. A number is the exit code after a complaint.
 */
export const choice = (
  io: CommandIo,
  option: string,
  given: string,
  known: readonly (readonly string[])[],
  failure = 1,
): string | number => {
  const exact = known.find((words) => words.includes(given));
  const fits = exact ? [exact] : known.filter((words) => words.some((each) => each.startsWith(given)));
  if (fits.length === 1 && given !== '') return fits[0]?.[0] as string;
  const list = known.map((words) => `\n  - ${words.map(word).join(', ')}`).join('');
  const how = fits.length > 1 ? 'ambiguous' : 'invalid';
  return misused(io, `${how} argument ${word(given)} for ${word(option)}\nValid arguments are:${list}`, failure);
};

/** stat(2) and lstat(2) of a path as it was typed: the empty one leads nowhere. */
export const stat = (io: CommandIo, path: string): Stat | Fault =>
  path === '' ? new Fault('stat', 'ENOENT', '') : io.fs.stat(io.fs.cwd, path, 'follow');
export const lstat = (io: CommandIo, path: string): Stat | Fault =>
  path === '' ? new Fault('lstat', 'ENOENT', '') : io.fs.stat(io.fs.cwd, path);

export const isDirectory = (io: CommandIo, path: string): boolean => {
  const found = stat(io, path);
  return !(found instanceof Fault) && found.kind === 'dir';
};

export const open = (io: CommandIo, path: string, how: OpenHow): Handle | Fault => io.fs.open(io.fs.cwd, path, how);

/** The names in a directory, sorted by their bytes. */
export const namesIn = (io: CommandIo, path: string): readonly string[] | Fault => {
  const opened = open(io, path, { access: 'read', directory: true });
  if (opened instanceof Fault) return opened;
  using dir = opened;
  const entries = io.fs.entries(dir);
  return entries instanceof Fault ? entries : entries.map(({ name }) => name).sort(byBytes);
};

/** strcmp(3). */
export const byBytes = (a: string, b: string): number => {
  if (a === b) return 0;
  // Only above ASCII do UTF-16 units and bytes differ in their order.
  if (!/[^\0-\x7f]/.test(a + b)) return a < b ? -1 : 1;
  const [left, right] = [encodeBytes(a), encodeBytes(b)];
  for (let i = 0; i < left.length && i < right.length; i++)
    if (left[i] !== right[i]) return (left[i] as number) - (right[i] as number);
  return left.length - right.length;
};

/** What is behind an open file, from `from` on. */
export const readAll = (io: CommandIo, handle: Handle, from = 0): string | Fault => {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let at = from; ; ) {
    const bytes = new Uint8Array(65536);
    const count = io.fs.read(handle, bytes, at);
    if (count instanceof Fault) return count;
    if (count === 0) break;
    pieces.push(bytes.subarray(0, count));
    at += count;
    length += count;
    // A file with a hole of terabytes must not hang the page.
    if (length > readMax) return new Fault('read', 'EFBIG', '');
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return decodeBytes(whole);
};
const readMax = 2 ** 24;

/** The text of a file; of standard input for `-`. */
export const readText = (io: CommandIo, path: string): string | Fault => {
  if (path === '-') return io.stdinFault ?? io.stdin ?? '';
  const opened = open(io, path, { access: 'read' });
  if (opened instanceof Fault) return opened;
  using handle = opened;
  return readAll(io, handle);
};

/** Puts a text into an open file. */
export const writeAll = (io: CommandIo, handle: Handle, text: string): Fault | undefined => {
  const bytes = encodeBytes(text);
  for (let at = 0; at < bytes.length; ) {
    const count = io.fs.write(handle, bytes.subarray(at), at);
    if (count instanceof Fault) return count;
    at += count;
  }
  return undefined;
};

/** Opens a file to be written anew, or to be added to, and does so. */
export const writeText = (
  io: CommandIo,
  path: string,
  text: string,
  how: Partial<OpenHow> = { truncate: true },
): Fault | undefined => {
  const opened = open(io, path, { access: 'write', create: 'if-missing', mode: 0o666, ...how });
  if (opened instanceof Fault) return opened;
  using handle = opened;
  return writeAll(io, handle, text);
};

/** Lines without their ends; what follows the last newline is one more. */
export const linesOf = (text: string, end = '\n'): readonly string[] => {
  const lines = text.split(end);
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

export { inDirectory, lastName, parentOf } from '../../gnu/file-name.ts';

/** An answer to a question: yes begins with y. Input that has ended says no. */
export const asker = (io: CommandIo, before = `${io.name}: `): ((question: string) => boolean) => {
  // Input is taken only when there is a question: it may be that of a loop around the command.
  let answers: Iterator<string> | undefined;
  return (question) => {
    io.err(before + question);
    answers ??= linesOf(io.stdin ?? '')[Symbol.iterator]();
    return /^[yY]/.test(answers.next().value ?? '');
  };
};
