import type { Severity } from '../../jobs/check/finding.ts';
import type { Group, Rule } from '../../jobs/check/rule.ts';
import { lineWidth, wrap } from '../../jobs/make/layout.ts';
import type { Look, Style } from '../command.ts';

export const severityStyle: Readonly<Record<Severity | 'off', Style>> = {
  error: 'bad',
  warning: 'doubt',
  info: 'link',
  off: 'dim',
};

/** A rule, and how the settings take it. */
export interface RatedRule {
  readonly rule: Rule;
  readonly severity: Severity | 'off';
}

const groupTitles: Readonly<Record<Group, string>> = {
  resolution: 'resolution: does it lead anywhere?',
  portability: 'portability: does it still, on another machine?',
  hygiene: 'hygiene: could it be said more simply?',
  'hard-links': 'hard-links: are the names of a file as they are meant to be?',
  security: 'security: who else can change where it leads?',
};

const severityRoom = 9;
const idRoom = 22;

/** `--list-rules` */
export function* ruleListLines(rules: readonly RatedRule[], { width, paint }: Look): Iterable<string> {
  const before = 2 + severityRoom + idRoom;
  let group: Group | undefined;
  for (const { rule, severity } of rules) {
    if (rule.group !== group) {
      if (group !== undefined) yield '';
      group = rule.group;
      yield paint('bold', groupTitles[group]);
    }
    const start = `  ${paint(severityStyle[severity], severity.padEnd(severityRoom))}${rule.id.padEnd(idRoom)}`;
    const lines = wrap(rule.summary, Math.max(20, (width ?? Infinity) - 1 - before));
    const [first = '', ...more] = rule.id.length < idRoom ? lines : ['', ...lines];
    yield start + first;
    for (const line of more) yield ' '.repeat(before) + line;
  }
}

/** `--explain RULE` */
export function* explanationLines({ rule, severity }: RatedRule, look: Look): Iterable<string> {
  const { width, paint } = look;
  const room = Math.min((width ?? Infinity) - 1, lineWidth);
  yield `${paint('bold', rule.id)}: ${rule.summary}`;
  yield paint('dim', `${paint(severityStyle[severity], severity)}, of the group ${rule.group}`);
  yield '';
  for (const [i, paragraph] of rule.why
    .trim()
    .split(/\n\s*\n/)
    .entries()) {
    if (i > 0) yield '';
    yield* wrap(paragraph.replace(/\s+/g, ' '), room);
  }
  for (const [title, drawing, style] of [
    ['found here:', rule.broken, 'bad'],
    ['all is well here:', rule.fixed, 'good'],
  ] as const) {
    yield '';
    yield paint(style, title);
    for (const line of dedented(drawing)) yield `  ${line}`;
  }
}

/** A drawing without the blank lines around it and the blanks that all lines begin with. */
export const dedented = (drawing: string): readonly string[] => {
  const lines = drawing.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent).trimEnd());
};
