import { type PresetName, presets } from '../src/jobs/check/presets.ts';
import type { Group, Rule } from '../src/jobs/check/rule.ts';
import { rules } from '../src/jobs/check/rules.ts';
import { drawing } from '../src/lab/drawing.ts';

const groups: readonly (readonly [group: Group, title: string, about: string])[] = [
  ['resolution', 'Resolution', 'Whether a link leads anywhere, and how.'],
  ['portability', 'Portability', 'Whether it still will where the tree is moved, copied, committed or unpacked.'],
  ['hygiene', 'Hygiene', 'Whether it says what it means.'],
  ['hard-links', 'Hard links', 'Files with several names.'],
  ['security', 'Security', 'Who decides where a link leads.'],
];

/** docs/RULES.md: what the rules of `lw check` say of themselves. */
export const rulesDocument = (): string =>
  `${[
    '# What `lw check` finds',
    '<!-- Made from the rules by `npm run rules`. -->',
    `Each rule has a severity of its own: \`error\`, \`warning\`, \`info\`, or \`off\` where it is only of use for some trees.
\`linkwright.toml\` and presets change that, for all paths or for some. One mistake is one finding: where two rules would find the
same, the more telling one speaks. Findings with one cause (a directory that is gone, a circle) are told together.

The examples are trees: an indented name lies in the directory above it, \`name -> text\` is a symbolic link, and \`#1\` marks
the names of one file ([LESSONS.md](LESSONS.md#trees) has the whole notation). The top of each is \`/\`.`,
    table(),
    ...groups.flatMap(([group, title, about]) => [
      `## ${title}`,
      about,
      ...rules.filter((rule) => rule.group === group).map(section),
    ]),
  ].join('\n\n')}\n`;

const table = (): string => {
  const names = Object.keys(presets) as readonly PresetName[];
  const rows = rules.map((rule) => {
    const inPresets = names.map((preset) => presets[preset].severities[rule.id] ?? '');
    return [`[${rule.id}](#${rule.id})`, rule.severity, ...inPresets, rule.fixes ? 'yes' : ''];
  });
  return [
    '## All rules',
    `An empty field of a preset is the severity of the rule itself.\n\n${names.map((each) => `- \`${each}\`: ${presets[each].summary}`).join('\n')}`,
    [
      `| rule | severity | ${names.join(' | ')} | has a fix |`,
      `|---|---|${names.map(() => '---|').join('')}---|`,
      ...rows.map((row) => `| ${row.join(' | ')} |`),
    ].join('\n'),
  ].join('\n\n');
};

const section = (rule: Rule): string => {
  const checked = rule.checked === undefined ? '' : `, checked: \`${rule.checked}\``;
  const declared = rule.groups?.map((group) => group.map((each) => `\`${each}\``).join(' and ')).join('; ');
  return [
    `### ${rule.id}`,
    `*${rule.severity}*: ${rule.summary}`,
    rule.why,
    ...(declared === undefined ? [] : [`Declared to be one file: ${declared}.`]),
    `Broken${checked}:`,
    example(rule, 'broken'),
    'Fixed:',
    example(rule, 'fixed'),
  ].join('\n\n');
};

const example = (rule: Rule, which: 'broken' | 'fixed'): string => {
  const tree = drawing(rule[which]).replace(/(\S{60})\S{40,}/g, '$1…');
  const shown = tree.split('\n');
  const lines = shown.length > 12 ? [...shown.slice(0, 4), '…', ...shown.slice(-3)] : shown;
  const crowd = rule.crowd ? [`(and ${rule.crowd[which]} further names of \`${rule.crowd.of}\`)`] : [];
  return ['```', ...lines, '```', ...crowd].join('\n');
};
