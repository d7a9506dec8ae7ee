import { gnuOptions, type OptionSpec, type Parsed } from './gnu-options.ts';
import type { Process } from './process.ts';
import { helpText, type Manual, usageError, versionText } from './usage.ts';

/**
 * What a program was given, of options besides --help and --version, and of at least one operand. Where it was asked
 * for help or its version, or cannot understand, that is said, and the answer is its exit code.
 */
export const commandLine = <Name extends string>(
  process: Process,
  args: readonly string[],
  options: Readonly<Record<Name, OptionSpec>>,
  manual: Manual,
): Pick<Parsed<Name>, 'options' | 'operands'> | number => {
  const posixly = process.variable('POSIXLY_CORRECT') !== undefined;
  const specs = { ...options, help: { long: 'help' }, version: { long: 'version' } };
  const parsed = gnuOptions<Name | 'help' | 'version'>(args, specs, posixly);
  const own: Parsed<Name>['options'][number][] = [];
  for (const { name, value } of parsed.options) {
    if (name === 'help' || name === 'version') {
      process.out(name === 'help' ? helpText(process, manual) : versionText(process));
      return 0;
    }
    own.push({ name, value });
  }
  if (parsed.problem !== undefined) return usageError(process, parsed.problem);
  if (parsed.operands.length === 0) return usageError(process, 'missing operand');
  return { options: own, operands: parsed.operands };
};
