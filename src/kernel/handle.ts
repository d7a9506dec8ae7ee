import type { Handle } from '../fs/fs.ts';
import { AT_FDCWD, abi } from './abi.ts';
import { syscall } from './libc.ts';

/**
 * With LINKWRIGHT_LEAK_CHECK set, as our tests do, every open descriptor is remembered with the
 * place that opened it, and a process that exits with one still open panics.
 */
const watched = process.env.LINKWRIGHT_LEAK_CHECK ? new Map<number, Error>() : undefined;

if (watched)
  process.on('exit', () => {
    for (const [fd, opened] of watched) {
      process.stderr.write(`descriptor ${fd} leaked: ${opened.stack}\n`);
      process.exitCode = 70;
    }
  });

/** Takes charge of a descriptor that a call has just given. */
export const adopt = (fd: number): number => {
  watched?.set(fd, new Error('opened here'));
  return fd;
};

/** Another thread has taken charge of a descriptor. */
export const disown = (fd: number): void => {
  watched?.delete(fd);
};

/** close(2). Its errors say nothing that a reader could act on. */
export const close = (fd: number): void => {
  watched?.delete(fd);
  syscall(abi.call.close, fd, 0, 0, 0, 0);
};

/** A descriptor that is closed when its `using` ends. */
export class Descriptor implements Handle {
  #fd: number;

  constructor(fd: number) {
    this.#fd = adopt(fd);
  }

  get fd(): number {
    if (this.#fd === -1) throw new Error('used after it was released');
    return this.#fd;
  }

  [Symbol.dispose](): void {
    if (this.#fd === -1) return;
    close(this.#fd);
    this.#fd = -1;
  }
}

/** The working directory, for every `at` argument. */
export const workingDirectory: Handle = { fd: AT_FDCWD, [Symbol.dispose]() {} };
