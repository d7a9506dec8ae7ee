import { readSync } from 'node:fs';
import { terminalWidth } from '../kernel/terminal.ts';
import { say } from './output.ts';
import type { Prompter } from './prompter.ts';

/** Who sits before the running program: questions go to standard error, answers come from standard input. */
export const thisTerminal: Prompter = {
  get isTerminal() {
    return terminalWidth(0) !== undefined;
  },
  utf8: /utf-?8/i.test(process.env.LC_ALL || process.env.LC_CTYPE || process.env.LANG || ''),
  variable: (name) => process.env[name],
  ask(question) {
    say(`lw: ${question}`);
    return /^[yY]/.test(readLine());
  },
};

/** Byte by byte: what follows the line is left to other readers of the same input. */
export const readLine = (): string => {
  const byte = new Uint8Array(1);
  let line = '';
  while (readByte(byte) === 1 && byte[0] !== 0x0a) line += String.fromCharCode(byte[0] as number);
  return line;
};

/** 0 at the end, and where nothing can be read. */
const readByte = (byte: Uint8Array): number => {
  for (;;) {
    try {
      return readSync(0, byte);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') return 0;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
};
