import { gnuOptions } from './gnu-options.ts';
import type { Process } from './process.ts';
import { quoteValue } from './quote.ts';
import { helpText, type Manual, usageError, versionText } from './usage.ts';

const options = { help: { long: 'help' }, version: { long: 'version' } } as const;

/** The operands of a program that takes `count` of them and only --help and --version; otherwise its exit code. */
export const plainOperands = (
  process: Process,
  args: readonly string[],
  manual: Manual,
  count: number,
): readonly string[] | number => {
  const posixly = process.variable('POSIXLY_CORRECT') !== undefined;
  const { options: given, operands, problem } = gnuOptions(args, options, posixly);
  const first = given[0];
  if (first) {
    process.out(first.name === 'help' ? helpText(process, manual) : versionText(process));
    return 0;
  }
  if (problem !== undefined) return usageError(process, problem);
  const last = operands.at(-1);
  if (last === undefined) return usageError(process, 'missing operand');
  const shown = (operand: string): string => quoteValue(operand, process.utf8);
  if (operands.length < count) return usageError(process, `missing operand after ${shown(last)}`);
  const extra = operands[count];
  return extra === undefined ? operands : usageError(process, `extra operand ${shown(extra)}`);
};
