import { writeSync } from 'node:fs';
import { encodeBytes } from '../fs/bytes.ts';
import { CommandError } from './command-error.ts';

/** The reader has closed the pipe and wants no more. */
export class ReaderGone extends Error {}

/** Standard output: text and bytes in large pieces, written before the next is made. */
export class Output {
  #waiting: string[] = [];
  #size = 0;

  write(text: string): void {
    this.#waiting.push(text);
    this.#size += text.length;
    if (this.#size >= 65536) this.flush();
  }

  flush(): void {
    const bytes = encodeBytes(this.#waiting.join(''));
    this.#waiting = [];
    this.#size = 0;
    try {
      writeAll(1, bytes);
    } catch (error) {
      if (codeOf(error) === 'EPIPE') throw new ReaderGone();
      throw new CommandError(`cannot write the answer to standard output: ${reasonOf(error)}`, [], 3);
    }
  }
}

/** Writes a message to standard error. One that cannot be written has nowhere else to go. */
export const say = (text: string): void => {
  try {
    writeAll(2, encodeBytes(text));
  } catch {}
};

const writeAll = (fd: number, bytes: Uint8Array): void => {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error;
      // Another process made the pipe non-blocking and its reader is slow.
      Atomics.wait(pause, 0, 0, 5);
    }
  }
};

const pause = new Int32Array(new SharedArrayBuffer(4));

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;

/** Node's `ENOSPC: no space left on device, write` without its frame. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^E[A-Z0-9]+: |, [a-z]+( '.*)?$/gs, '') : String(error);
