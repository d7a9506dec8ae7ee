/**
 * Linkwright as ln, link, unlink, readlink or realpath. It starts without the rest of the command line, since
 * a script may call such a program thousands of times: nothing but the kernel and the program is loaded.
 */
import { readFileSync, readSync, writeSync } from 'node:fs';
import { decodeBytes, encodeBytes } from '../fs/bytes.ts';
import { type Errno, errnoName, errorText } from '../fs/errno.ts';
import { Fault } from '../fs/fault.ts';
import { link } from '../jobs/make/link.ts';
import { ln } from '../jobs/make/ln.ts';
import type { Process, Program, Refused } from '../jobs/make/process.ts';
import { readlink } from '../jobs/make/readlink.ts';
import { realpath } from '../jobs/make/realpath.ts';
import { unlink } from '../jobs/make/unlink.ts';
import { workingDirectory } from '../jobs/make/working-directory.ts';
import { kernel } from '../kernel/kernel.ts';
import { randomWord } from '../kernel/random.ts';
import { terminalWidth } from '../kernel/terminal.ts';
import { plainLines } from './show.ts';

const programs: Readonly<Record<string, Program>> = { ln, link, unlink, readlink, realpath };

/** Runs a program with the last `count` words of the command line, and ends. `home` is Linkwright's directory. */
export const run = (name: string, count: number, home: string): void => {
  const args = lastArguments(count);
  if (!args.some((arg) => arg.startsWith('--e'))) perform(name, args, home, silent);
  else import('./explain-refused.ts').then(({ explainRefused }) => perform(name, args, home, explainRefused));
};

type Explain = (refused: Refused) => readonly string[];

const perform = (name: string, args: readonly string[], home: string, explain: Explain): void => {
  const output = new StandardOutput();
  const program = programs[name] as Program;
  let code = program(processOf(name, home, output, explain), args);
  const fault = output.flush();
  if (fault === 'EPIPE') code = readerLeft;
  else if (fault) {
    writeError(`${name}: write error: ${errorText(fault)}\n`);
    code = 1;
  }
  // All is written: to wait for the event loop would take half a millisecond.
  process.exit(code);
};

/** What a shell sees of a program that SIGPIPE has ended; Node ignores that signal. */
const readerLeft = 141;

const silent = (): readonly string[] => [];

/** process.argv has replaced every byte that is not UTF-8; the kernel's own list has not. */
const lastArguments = (count: number): readonly string[] => {
  if (count === 0) return [];
  const args = process.argv.slice(-count);
  if (args.every((arg) => /^[\0-\x7f]*$/.test(arg))) return args;
  return decodeBytes(readFileSync('/proc/self/cmdline'))
    .split('\0')
    .slice(-count - 1, -1);
};

const processOf = (name: string, home: string, output: StandardOutput, explain: Explain): Process => ({
  fs: kernel,
  name,
  utf8: /utf-?8/i.test(process.env.LC_ALL || process.env.LC_CTYPE || process.env.LANG || ''),
  get version() {
    return JSON.parse(readFileSync(`${home}/package.json`, 'utf8')).version;
  },
  variable: (variable) => process.env[variable],
  out: (text) => output.write(text),
  err(text) {
    output.flush();
    writeError(text);
  },
  readLine,
  readOn(from, bytes) {
    const count = attempt(() => readSync(from?.fd ?? 0, bytes));
    return typeof count === 'number' ? count : new Fault('read', count, '');
  },
  workingDirectory: () => workingDirectory(kernel),
  random: randomWord,
  explain,
});

/** Byte by byte: what follows the line is left to other readers of the same input. */
const readLine = (): string | undefined => {
  const byte = new Uint8Array(1);
  const line: number[] = [];
  for (;;) {
    const count = attempt(() => readSync(0, byte));
    if (count !== 1) return line.length > 0 ? decodeBytes(Uint8Array.from(line)) : undefined;
    if (byte[0] === newline) return decodeBytes(Uint8Array.from(line));
    line.push(byte[0] as number);
  }
};

const newline = 0x0a;

/** Collects text, and writes it in large pieces; the first refusal is kept, as by stdio's buffers. */
class StandardOutput {
  #waiting = '';
  #fault: Errno | undefined;

  write(text: string): void {
    this.#waiting += text;
    if (this.#waiting.length >= 65536) this.flush();
  }

  flush(): Errno | undefined {
    if (this.#waiting !== '') {
      const text = this.#waiting;
      this.#waiting = '';
      this.#fault ??= writeAll(1, text);
    }
    return this.#fault;
  }
}

/** A message that cannot be written has nowhere else to go. */
const writeError = (text: string): void => {
  writeAll(2, text);
};

/** Names are printed as they are, as GNU's programs do, but not on a terminal, which might act on them. */
const writeAll = (fd: number, text: string): Errno | undefined => {
  const safe = isPlain.test(text) || terminalWidth(fd) === undefined ? text : plainLines(text);
  const bytes = encodeBytes(safe);
  for (let written = 0; written < bytes.length; ) {
    const count = attempt(() => writeSync(fd, bytes, written));
    if (typeof count !== 'number') return count;
    written += count;
  }
  return undefined;
};

/** ASCII that no terminal acts on. */
const isPlain = /^[\n\x20-\x7e]*$/;

/** Repeats a call on a descriptor that another process has made non-blocking. */
const attempt = (call: () => number): number | Errno => {
  for (;;) {
    try {
      return call();
    } catch (error) {
      const { errno = 0, code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') return errnoName(-errno);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
};
