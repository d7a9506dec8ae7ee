import { show } from '../../show.ts';
import type { CheckReport, FindingGroup, Writer } from '../report.ts';
import { findingText, groupText } from './message.ts';
import { placeOf } from './place.ts';
import { xmlDeclaration, xmlText } from './xml.ts';

/** How many places of one group are written out. */
const placesMax = 100;

/**
 * JUnit's XML: a suite for each rule that was asked, and one for the scan itself, which fails with an error where it is incomplete. A test
 * case is a group of findings, which fails unless they are mere notes; a rule without findings is one that passes.
 */
export const junit: Writer = function* (report) {
  const byRule = Map.groupBy(report.groups, ({ rule }) => rule);
  const failures = report.groups.filter(fails).length;
  const cases = report.rules.reduce((sum, { rule }) => sum + (byRule.get(rule.id)?.length ?? 1), 1);
  const errors = report.complete ? 0 : 1;
  yield `${xmlDeclaration}<testsuites name="lw check" tests="${cases}" failures="${failures}" errors="${errors}">\n`;
  yield* scanSuite(report);
  for (const { rule } of report.rules) {
    const groups = byRule.get(rule.id) ?? [];
    yield `  <testsuite name="${xmlText(rule.id)}" tests="${groups.length || 1}" failures="${groups.filter(fails).length}" errors="0">\n`;
    if (groups.length === 0) yield `    <testcase classname="${xmlText(rule.id)}" name="${xmlText(rule.summary)}"/>\n`;
    for (const group of groups) yield testCase(report, group);
    yield '  </testsuite>\n';
  }
  yield '</testsuites>\n';
};

function* scanSuite({ complete, notices }: CheckReport): Iterable<string> {
  yield `  <testsuite name="scan" tests="1" failures="0" errors="${complete ? 0 : 1}">\n`;
  yield '    <testcase classname="scan" name="Everything was looked at">';
  const text = xmlText(notices.join('\n'));
  if (!complete) yield `<error type="incomplete" message="Not everything was looked at">${text}</error>`;
  else if (text !== '') yield `<system-out>${text}</system-out>`;
  yield '</testcase>\n  </testsuite>\n';
}

const fails = ({ severity }: FindingGroup): boolean => severity !== 'info';

const testCase = (report: CheckReport, group: FindingGroup): string => {
  const lines = group.findings
    .slice(0, placesMax)
    .map((finding) => `${show(placeOf(report, finding))} ${findingText(finding)}`);
  const left = group.findings.length - placesMax;
  if (left > 0) lines.push(`and ${left.toLocaleString('en-US')} more`);
  const body = xmlText(lines.join('\n'));
  const [first] = group.findings;
  const name = first ? show(placeOf(report, first)) : '';
  const said = fails(group)
    ? `<failure type="${group.severity}" message="${xmlText(groupText(group))}">${body}</failure>`
    : `<system-out>${body}</system-out>`;
  return `    <testcase classname="${xmlText(group.rule)}" name="${xmlText(name)}">${said}</testcase>\n`;
};
