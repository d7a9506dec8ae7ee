import { quoteValue } from '../../gnu/quote.ts';
import { commandLine } from './command-line.ts';
import type { Process } from './process.ts';
import { type Manual, usageError } from './usage.ts';

/** The operands of a program that takes `count` of them and only --help and --version; otherwise its exit code. */
export const plainOperands = (
  process: Process,
  args: readonly string[],
  manual: Manual,
  count: number,
): readonly string[] | number => {
  const line = commandLine(process, args, {}, manual);
  if (typeof line === 'number') return line;
  const { operands } = line;
  const last = operands.at(-1) as string;
  const shown = (operand: string): string => quoteValue(operand, process.utf8);
  if (operands.length < count) return usageError(process, `missing operand after ${shown(last)}`);
  const extra = operands[count];
  return extra === undefined ? operands : usageError(process, `extra operand ${shown(extra)}`);
};
