import { tryHelp } from './gnu-options.ts';
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

export const helpText = (process: Process, manual: Manual): string => {
  const width = Math.max(...manual.options.map(([typed]) => typed.length));
  return [
    ...manual.usage.map((line, index) => `${index === 0 ? 'Usage:' : '  or: '} ${process.name} ${line}`),
    `${manual.summary}`,
    '',
    ...manual.options.map(([typed, help]) => `  ${typed.padEnd(width)}  ${help}`),
    ...manual.details.flatMap((text) => ['', text]),
    '',
  ].join('\n');
};
