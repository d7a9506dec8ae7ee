import { tryHelp } from './gnu-options.ts';
import { columns, lineWidth, wrap } from './layout.ts';
import type { Process } from './process.ts';

/** What --help and the manual page of a program like ln say. */
export interface Manual {
  readonly summary: string;
  /** What may follow the program's name. */
  readonly usage: readonly string[];
  /** Options as they are typed, and what each does. */
  readonly options: readonly (readonly [typed: string, help: string])[];
  /** Paragraphs, after the options. */
  readonly details: readonly string[];
}

/** The answer to a command line that cannot be understood. */
export const usageError = (process: Process, problem: string): 1 => {
  process.err(`${process.name}: ${problem}\n${tryHelp(process.name)}`);
  return 1;
};

export const versionText = (process: Process): string => `${process.name} (Linkwright) ${process.version}\n`;

export const helpText = ({ name }: Pick<Process, 'name'>, { summary, usage, options, details }: Manual): string =>
  [
    ...usage.map((line, index) => `${index === 0 ? 'Usage:' : '  or: '} ${name} ${line}`),
    ...wrap(summary, lineWidth),
    '',
    ...columns(options),
    ...details.flatMap((text) => ['', ...wrap(text, lineWidth)]),
    '',
  ].join('\n');
