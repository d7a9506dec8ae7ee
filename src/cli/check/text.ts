import type { Finding, Severity } from '../../jobs/check/finding.ts';
import { wrap } from '../../jobs/make/layout.ts';
import type { Look } from '../command.ts';
import { displayWidth } from '../display-width.ts';
import { count } from '../survey.ts';
import { severities } from './config.ts';
import type { Mend } from './mend.ts';
import type { CheckReport, FindingGroup } from './report.ts';
import { severityStyle } from './rule-text.ts';
import { wordsText } from './words-text.ts';

/** Places of one cause, and findings of one rule, that are shown unless all are asked for. */
const placesShown = 5;
const ofRuleShown = 10;
const mendsShown = 20;

const severityRoom = 9;
const indent = ' '.repeat(severityRoom);

/** What was found, the worst first. */
export function* findingLines({ groups }: CheckReport, look: Look, all: boolean): Iterable<string> {
  for (const severity of severities) {
    const shown = new Map<string, number>();
    const more = new Map<string, number>();
    for (const group of groups) {
      if (group.severity !== severity) continue;
      const before = shown.get(group.rule) ?? 0;
      if (!all && before >= ofRuleShown) {
        more.set(group.rule, (more.get(group.rule) ?? 0) + group.findings.length);
        continue;
      }
      shown.set(group.rule, before + 1);
      yield* group.findings.length === 1 ? single(group, look) : several(group, look, all);
    }
    for (const [rule, number] of more)
      yield `${label(severity, look)}${look.paint('dim', `and ${count(number)} more  (${rule}; --all shows them)`)}`;
  }
}

const label = (severity: Severity, { paint }: Look): string =>
  paint(severityStyle[severity], severity) + ' '.repeat(severityRoom - severity.length);

/** One line where it fits. */
function* single({ rule, severity, findings }: FindingGroup, look: Look): Iterable<string> {
  const { width = Infinity, show, paint } = look;
  const [finding] = findings as readonly [Finding];
  const says = wordsText(finding.says, show);
  const columns = severityRoom + displayWidth(`${placeText(finding, show)}: ${says}  (${rule})`);
  if (columns < width) {
    yield `${label(severity, look)}${place(finding, look)}: ${says}  ${paint('dim', `(${rule})`)}`;
    return;
  }
  yield `${label(severity, look)}${place(finding, look)}`;
  yield* sentenceLines(says, rule, look);
}

function* several({ rule, severity, cause, findings }: FindingGroup, look: Look, all: boolean): Iterable<string> {
  const { width = Infinity, show, paint } = look;
  const says = `${places(findings)}: ${wordsText(cause?.says ?? [], show)}`;
  if (severityRoom + displayWidth(`${says}  (${rule})`) < width)
    yield `${label(severity, look)}${says}  ${paint('dim', `(${rule})`)}`;
  else {
    const [first = '', ...more] = [...sentenceLines(says, rule, look)];
    yield label(severity, look) + first.trimStart();
    yield* more;
  }
  const shown = all || findings.length <= placesShown + 1 ? findings : findings.slice(0, placesShown);
  for (const finding of shown) yield `${indent}  ${place(finding, look)}`;
  if (shown.length < findings.length)
    yield `${indent}  ${paint('dim', `and ${count(findings.length - shown.length)} more`)}`;
}

const places = (findings: readonly Finding[]): string =>
  `${count(findings.length)} ${findings.every(({ text }) => text !== undefined) ? 'links' : 'places'}`;

function* sentenceLines(says: string, rule: string, { width = Infinity, paint }: Look): Iterable<string> {
  const lines = wrap(`${says} (${rule})`, Math.max(20, width - 1 - severityRoom));
  for (const line of lines) yield indent + line.replace(`(${rule})`, () => paint('dim', `(${rule})`));
}

const place = ({ path, text }: Finding, { show, paint }: Look): string =>
  text === undefined ? paint('bold', show(path)) : `${paint('link', show(path))} -> ${show(text)}`;

const placeText = ({ path, text }: Finding, show: Look['show']): string =>
  text === undefined ? show(path) : `${show(path)} -> ${show(text)}`;

/** What was done to links. */
export function* mendLines(mends: readonly Mend[], dryRun: boolean, all: boolean, look: Look): Iterable<string> {
  const { show, paint } = look;
  const word = dryRun ? 'would be ' : 'mended   ';
  const shown = all ? mends : mends.slice(0, mendsShown);
  for (const { path, from, to } of shown)
    yield `${paint('good', word)}${paint('link', show(path))} -> ${show(to)}  ${paint('dim', `was ${show(from)}`)}`;
  if (shown.length < mends.length)
    yield `${paint('good', word)}${paint('dim', `and ${count(mends.length - shown.length)} more  (--all shows them)`)}`;
}

/** One line: how much was found, in how much. */
export const summaryLine = ({ counts, seen, suppressed, expected }: CheckReport, { paint }: Look): string => {
  const found = severities
    .filter((severity) => counts[severity] > 0)
    .map((severity) =>
      paint(severityStyle[severity], `${count(counts[severity])} ${nouns[severity](counts[severity])}`),
    );
  const known = [
    suppressed > 0 ? `${count(suppressed)} in the baseline` : '',
    expected > 0 ? `${count(expected)} expected` : '',
  ].filter((words) => words !== '');
  const what = found.length > 0 ? listed(found) : paint('good', 'nothing to complain of');
  const more = known.length > 0 ? ` (and ${listed(known)})` : '';
  return `${what}${more} in ${count(seen.links)} ${plural(seen.links, 'link')}, ${count(seen.entries)} ${seen.entries === 1 ? 'entry' : 'entries'} seen`;
};

const nouns: Readonly<Record<Severity, (number: number) => string>> = {
  error: (number) => plural(number, 'error'),
  warning: (number) => plural(number, 'warning'),
  info: (number) => plural(number, 'remark'),
};

const plural = (number: number, noun: string): string => `${noun}${number === 1 ? '' : 's'}`;

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
