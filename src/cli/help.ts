import { columns, lineWidth, wrap } from '../jobs/make/layout.ts';
import type { Manual } from '../jobs/make/usage.ts';
import type { Command, Options } from './command.ts';
import { commonOptions } from './options.ts';

/** What the exit codes of every command mean (docs/ARCHITECTURE.md has the reasons). */
export const exitCodes: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'done; nothing to complain of'],
  [1, 'findings, or an operand that could not be answered'],
  [2, 'the command line cannot be understood'],
  [3, 'incomplete: something could not be looked at, or the answer could not be written'],
  [4, 'refused: something was changed by others meanwhile, and so nothing was done'],
  [70, 'a mistake in Linkwright itself'],
  [130, 'interrupted by Ctrl-C'],
  [141, 'the reader of the answer went away'],
];

export const programSummary = 'see, make, check and repair hard and symbolic links';

/** `lw help`. */
export const overview = (
  commands: readonly Command<unknown>[],
  programs: readonly (readonly [name: string, manual: Manual])[],
): string =>
  [
    `lw: ${programSummary}`,
    '',
    'Usage: lw COMMAND …',
    '',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'As GNU’s programs of these names, which it also is when it is called by them:',
    ...columns(programs.map(([name, { summary }]) => [name, phrase(summary)])),
    '',
    'lw help COMMAND tells more of one; lw --version tells the version.',
    '',
  ].join('\n');

/** `lw COMMAND --help`. */
export const commandHelp = (command: Command<unknown>): string =>
  [
    `lw ${command.name}: ${command.summary}`,
    '',
    `Usage: ${usage(command)}`,
    ...(Object.keys(command.options).length > 0 ? ['', 'Options:', ...columns(optionRows(command.options))] : []),
    '',
    'Options of every command:',
    ...columns(optionRows(commonOptions)),
    '',
    ...wrapped(command.details),
    '',
    ...(command.examples.length > 0
      ? ['Examples:', ...command.examples.flatMap(([line, meaning]) => [`  ${line}`, `      ${meaning}`]), '']
      : []),
    'Exit codes:',
    ...columns(exitCodes.map(([code, meaning]) => [String(code), meaning])),
    '',
  ].join('\n');

const usage = ({ name, operands }: Pick<Command<unknown>, 'name' | 'operands'>): string =>
  ['lw', name, '[OPTION…]', operands].filter((word) => word !== '').join(' ');

/** Each option as it is typed, with its help. */
export const optionRows = (options: Options): readonly (readonly [string, string])[] =>
  Object.entries(options).map(([name, { short, value, optional, help }]) => [
    `${short ? `-${short}, ` : '    '}--${name}${value ? (optional ? `[=${value}]` : `=${value}`) : ''}`,
    help,
  ]);

/** The paragraphs of a command's details; one that has a line that starts with a space is drawn, and kept so. */
export const paragraphsOf = (details: string): readonly { readonly text: string; readonly drawn: boolean }[] =>
  details
    .trim()
    .split(/\n{2,}/)
    .map((text) => ({ text, drawn: /^\s/m.test(text) }));

const wrapped = (details: string): readonly string[] =>
  paragraphsOf(details).flatMap(({ text, drawn }, index) => [
    ...(index > 0 ? [''] : []),
    ...(drawn ? text.split('\n') : wrap(text, lineWidth)),
  ]);

/** A sentence as the other lines of the overview have it. */
const phrase = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
