import { readSync } from 'node:fs';
import { terminalWidth } from '../kernel/terminal.ts';
import { say } from './output.ts';

/** Asks who sits at the terminal: yes is `y` or `yes`, anything else no. Undefined where nobody sits there. */
export const askTerminal = (): ((question: string, before?: Iterable<string>) => boolean) | undefined => {
  if (terminalWidth(0) === undefined || terminalWidth(2) === undefined) return undefined;
  return (question, before = []) => {
    for (const line of before) say(`${line}\n`);
    say(question);
    const bytes = new Uint8Array(1024);
    const length = readSync(0, bytes);
    return /^y(es)?\s*$/i.test(new TextDecoder().decode(bytes.subarray(0, length)));
  };
};
