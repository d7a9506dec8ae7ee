import { nameToJson } from '../../../fs/name-json.ts';
import type { Finding, Severity } from '../../../jobs/check/finding.ts';
import { jsonText } from '../../json.ts';
import { escapeHidden } from '../../show.ts';
import type { AskedRule, CheckReport, FindingGroup, Writer } from '../report.ts';
import { fingerprintOf } from './fingerprint.ts';
import { groupText, places } from './message.ts';
import { placeOf, uriOf } from './place.ts';

/** GitHub rejects a run with more results, and shows the first 5,000 of them. */
const resultsMax = 25_000;
/** GitHub shows so many locations of a result. */
const locationsMax = 100;
/** How many of them the message names: GitHub shows a related location where the message links to it. */
const linkedMax = 5;
/** The name under which our fingerprints stand; the number grows when they are made in another way. */
const fingerprintName = 'linkwrightLink/v1';

/**
 * SARIF 2.1.0, within the limits of GitHub's code scanning: a group of findings is one result, at the first of its
 * places. Findings of the baseline and expected ones are left out rather than marked as suppressed, since GitHub takes
 * no notice of that and would open an alert for each.
 */
export const sarif: Writer = function* (report) {
  yield '{"$schema":"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",\n';
  yield '"version":"2.1.0","runs":[\n';
  yield* jsonText({
    tool: { driver: driverOf(report) },
    originalUriBaseIds: { '%SRCROOT%': { uri: `${uriOf(report.base).replace(/\/$/, '')}/` } },
    invocations: [
      {
        executionSuccessful: report.complete,
        toolExecutionNotifications: [...notifications(report)].map(notification),
      },
    ],
    results: results(report),
    properties: {
      entriesSeen: report.seen.entries,
      linksSeen: report.seen.links,
      inBaseline: report.suppressed,
      expected: report.expected,
    },
  });
  yield ']}\n';
};

const driverOf = ({ version, rules }: CheckReport) => ({
  name: 'Linkwright',
  version,
  semanticVersion: version,
  rules: rules.map(descriptor),
});

const descriptor = ({ rule, severity }: AskedRule) => ({
  id: rule.id,
  shortDescription: { text: rule.summary },
  fullDescription: { text: rule.why },
  help: {
    text: `${rule.why}\n\nBroken:\n${rule.broken}\n\nFixed:\n${rule.fixed}`,
    markdown: `${rule.why}\n\nBroken:\n\n${codeBlock(rule.broken)}\n\nFixed:\n\n${codeBlock(rule.fixed)}\n`,
  },
  defaultConfiguration: { level: levels[severity] },
  properties: { tags: ['links', rule.group], 'problem.severity': problemSeverities[severity] },
});

const codeBlock = (text: string): string => `\`\`\`\n${text}\n\`\`\``;

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };
/** GitHub's words for what is not about security. */
const problemSeverities: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'recommendation',
};

function* notifications({ notices, groups }: CheckReport): Iterable<string> {
  yield* notices;
  const left = groups.slice(resultsMax);
  if (left.length === 0) return;
  const found = left.reduce((sum, { findings }) => sum + findings.length, 0);
  yield `${places(found)} of ${left.length.toLocaleString('en-US')} results are left out here, the least severe ones: a run may hold ${resultsMax.toLocaleString('en-US')}`;
}

const notification = (text: string) => ({ level: 'warning', message: { text: escapeHidden(text) } });

function* results(report: CheckReport): Iterable<unknown> {
  const indices = new Map(report.rules.map(({ rule }, index) => [rule.id, index]));
  for (const group of report.groups.slice(0, resultsMax)) {
    const [first, ...others] = group.findings as readonly [Finding, ...Finding[]];
    const related = others.slice(0, locationsMax - 1);
    yield {
      ruleId: group.rule,
      ruleIndex: indices.get(group.rule),
      level: levels[group.severity],
      message: { text: messageOf(report, group) },
      locations: [{ physicalLocation: locationOf(report, first) }],
      relatedLocations:
        related.length === 0
          ? undefined
          : related.map((finding, index) => ({ id: index + 1, physicalLocation: locationOf(report, finding) })),
      partialFingerprints: { [fingerprintName]: fingerprintOf(report, group) },
      properties: {
        places: group.findings.length,
        text: first.text === undefined ? undefined : nameToJson(first.text),
      },
    };
  }
}

/** A link has no lines: what stands for one is the first. */
const locationOf = (report: CheckReport, finding: Finding) => {
  const place = placeOf(report, finding);
  const base = place.startsWith('/') ? undefined : '%SRCROOT%';
  return { artifactLocation: { uri: uriOf(place), uriBaseId: base }, region: { startLine: 1 } };
};

const messageOf = (report: CheckReport, group: FindingGroup): string => {
  const text = `${withoutLinks(groupText(group))}.`;
  const linked = group.findings.slice(1, 1 + linkedMax);
  if (linked.length === 0) return text;
  const links = linked.map((finding, index) => `[${literal(escapeHidden(placeOf(report, finding)))}](${index + 1})`);
  return `${text} Also: ${links.join(', ')}${group.findings.length - 1 > linkedMax ? ', …' : ''}`;
};

/** A name must not look like a link to a location (SARIF 2.1.0 §3.11.6). */
const withoutLinks = (text: string): string => (text.includes('](') ? literal(text) : text);

const literal = (text: string): string => text.replace(/[[\]]/g, '\\$&');
