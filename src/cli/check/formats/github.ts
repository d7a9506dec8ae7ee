import type { Finding, Severity } from '../../../jobs/check/finding.ts';
import { escapeHidden } from '../../show.ts';
import type { CheckReport, FindingGroup, Writer } from '../report.ts';
import { groupText } from './message.ts';
import { placeOf } from './place.ts';

/** GitHub shows so many annotations of a level for one step, and drops the others. */
const annotationsMax = 10;
/** How many sentences about what could not be looked at one annotation holds. */
const noticesMax = 5;

const levels = [
  ['error', 'error'],
  ['warning', 'warning'],
  ['info', 'notice'],
] as const satisfies readonly (readonly [Severity, string])[];

/** Annotations of GitHub Actions: workflow commands on standard output. */
export const github: Writer = function* (report) {
  let left = 0;
  if (!report.complete) yield incomplete(report);
  for (const [severity, command] of levels) {
    const groups = report.groups.filter((group) => group.severity === severity);
    const max = severity === 'warning' && !report.complete ? annotationsMax - 1 : annotationsMax;
    for (const group of groups.slice(0, max)) yield annotation(report, group, command);
    left += Math.max(0, groups.length - max);
  }
  yield `${summary(report, left)}\n`;
};

const incomplete = ({ notices }: CheckReport): string =>
  `::warning title=incomplete::${escapeData(['Not everything could be looked at', ...notices.slice(0, noticesMax).map(escapeHidden)].join('\n'))}\n`;

const annotation = (report: CheckReport, group: FindingGroup, command: string): string => {
  const [first] = group.findings as readonly [Finding, ...Finding[]];
  const file = escapeProperty(fileOf(placeOf(report, first)));
  return `::${command} file=${file},line=1,title=${escapeProperty(group.rule)}::${escapeData(groupText(group))}\n`;
};

/** The file's true path, as GitHub has to find it; a name that is not text, or would act in a log, is written out. */
const fileOf = (place: string): string =>
  place
    .split(/([\r\n])/)
    .map((part, index) => (index % 2 === 0 ? escapeHidden(part) : part))
    .join('');

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** A line of the log. It holds no name, so nobody's file can be called such that it becomes a command. */
const summary = ({ counts, seen, complete }: CheckReport, left: number): string => {
  const number = (count: number): string => count.toLocaleString('en-US');
  const parts = [
    `Linkwright: ${number(counts.error)} errors, ${number(counts.warning)} warnings and ${number(counts.info)} notes in ${number(seen.links)} links`,
  ];
  if (left > 0) parts.push(`${number(left)} more than can be shown as annotations`);
  if (!complete) parts.push('not everything could be looked at');
  return parts.join('; ');
};
