import { readFileSync } from 'node:fs';
import type { Command, Options } from '../src/cli/command.ts';
import { commands } from '../src/cli/commands.ts';
import { exitCodes, optionRows, paragraphsOf, programSummary } from '../src/cli/help.ts';
import { commonOptions } from '../src/cli/options.ts';
import { everyManual } from '../src/cli/programs.ts';
import type { Manual } from '../src/jobs/make/usage.ts';

/** File names and texts of all manual pages, in man(7)'s macros. */
export const manualPages = async (): Promise<readonly (readonly [name: string, text: string])[]> => {
  const loaded = await Promise.all(Object.values(commands).map(async (load) => (await load()).command));
  const manuals = await everyManual();
  return [
    ['lw.1', programPage(loaded, manuals)],
    ...loaded.map((command) => [`lw-${command.name}.1`, commandPage(command)] as const),
    ...manuals.map(([name, manual]) => [`lw-${name}.1`, manualPage(name, manual)] as const),
  ];
};

const programPage = (all: readonly Command<unknown>[], manuals: readonly (readonly [string, Manual])[]): string =>
  page('lw', programSummary, [
    [
      'SYNOPSIS',
      [
        '.B lw',
        '.I COMMAND',
        '[\\fIOPTION\\fR…] [\\fIOPERAND\\fR…]',
        '.br',
        '.B lw help',
        '.RI [ COMMAND ]',
        '.br',
        '.B lw \\-\\-version',
      ],
    ],
    ['COMMANDS', all.flatMap(({ name, summary }) => listed(name, summary))],
    ['AS OTHER PROGRAMS', manuals.flatMap(([name, { summary }]) => listed(name, summary))],
    ['OPTIONS OF EVERY COMMAND', optionList(commonOptions)],
    ['EXIT STATUS', exitStatus()],
    ['ENVIRONMENT', environment],
    [
      'SEE ALSO',
      [all.map(({ name }) => `.BR lw\\-${roff(name)} (1),`).join('\n'), '.BR symlink (7),', '.BR path_resolution (7)'],
    ],
  ]);

const listed = (name: string, summary: string): readonly string[] => [
  '.TP',
  `.BR lw\\-${roff(name)} (1)`,
  sentence(summary),
];

/** The page of a program that is one of GNU's too. */
const manualPage = (name: string, { summary, usage, options, details }: Manual): string =>
  page(`lw-${name}`, summary.replace(/\.$/, ''), [
    ['SYNOPSIS', usage.flatMap((line, index) => [...(index > 0 ? ['.br'] : []), `.B lw ${roff(name)}`, text(line)])],
    ['DESCRIPTION', paragraphs(details.join('\n\n'))],
    ['OPTIONS', options.flatMap(([typed, help]) => ['.TP', `.B ${roff(typed.trim())}`, sentence(help)])],
    ['SEE ALSO', ['.BR lw (1),', `.BR ${roff(name)} (1)`]],
  ]);

const commandPage = (command: Command<unknown>): string =>
  page(`lw-${command.name}`, command.summary, [
    [
      'SYNOPSIS',
      [`.B lw ${roff(command.name)}`, '[\\fIOPTION\\fR…]', ...(command.operands ? [text(command.operands)] : [])],
    ],
    ['DESCRIPTION', paragraphs(command.details)],
    ...(Object.keys(command.options).length > 0 ? ([['OPTIONS', optionList(command.options)]] as const) : []),
    ['OPTIONS OF EVERY COMMAND', optionList(commonOptions)],
    ...(command.examples.length > 0
      ? ([
          ['EXAMPLES', command.examples.flatMap(([line, meaning]) => ['.TP', `.B ${roff(line)}`, sentence(meaning)])],
        ] as const)
      : []),
    ['EXIT STATUS', exitStatus()],
    ['ENVIRONMENT', environment],
    ['SEE ALSO', ['.BR lw (1)']],
  ]);

type Section = readonly [title: string, lines: readonly string[]];

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const page = (name: string, summary: string, sections: readonly Section[]): string =>
  [
    '.\\" Made from the commands by scripts/man.ts: change them instead.',
    `.TH ${roff(name.toUpperCase())} 1 "" "Linkwright ${version}" "Linkwright"`,
    '.SH NAME',
    `${roff(name)} \\- ${roff(summary)}`,
    ...sections.flatMap(([title, lines]) => [`.SH ${title}`, ...lines]),
    '',
  ].join('\n');

const optionList = (options: Options): readonly string[] =>
  optionRows(options).flatMap(([left, help]) => ['.TP', `.B ${roff(left.trim())}`, sentence(help)]);

const exitStatus = (): readonly string[] =>
  exitCodes.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, sentence(meaning)]);

const environment = [
  '.TP',
  '.B NO_COLOR',
  'No colours unless \\-\\-color=always is given, when this is set and not empty.',
  '.TP',
  '.B LINKWRIGHT_DEBUG',
  'When set, a mistake in Linkwright itself is reported with its stack.',
];

const paragraphs = (details: string): readonly string[] =>
  paragraphsOf(details).flatMap(({ text: words, drawn }, index) => [
    ...(index > 0 ? ['.PP'] : []),
    ...(drawn ? ['.nf', ...words.split('\n').map(text), '.fi'] : [text(words.replace(/\s+/g, ' '))]),
  ]);

const sentence = (words: string): string => text(/[.!?]$/.test(words) ? words : `${words}.`);

/** A whole line of text: a dot or quote at its start would be a request. */
const text = (line: string): string => roff(line).replace(/^[.']/, '\\&$&');

/** Characters that roff(7) takes as its own, or prints as something else. */
const roff = (words: string): string => words.replace(/[\\\-^~`'"]/g, (char) => escapes[char] ?? char);

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  '^': '\\(ha',
  '~': '\\(ti',
  '`': '\\(ga',
  "'": '\\(aq',
  '"': '\\(dq',
};
