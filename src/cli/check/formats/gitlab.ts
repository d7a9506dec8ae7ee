import type { Finding, Severity } from '../../../jobs/check/finding.ts';
import { jsonLine } from '../../json.ts';
import { escapeHidden } from '../../show.ts';
import type { Writer } from '../report.ts';
import { fingerprintOf } from './fingerprint.ts';
import { groupText } from './message.ts';
import { placeOf } from './place.ts';

/** Of info, minor, major, critical and blocker. */
const severities: Readonly<Record<Severity, string>> = { error: 'major', warning: 'minor', info: 'info' };

/** GitLab's code quality report: of a group of findings the first place, since GitLab knows one for each. */
export const gitlab: Writer = function* (report) {
  const seen = new Map<string, number>();
  let before = '[\n';
  for (const group of report.groups) {
    const [first] = group.findings as readonly [Finding, ...Finding[]];
    const fingerprint = fingerprintOf(report, group);
    const times = (seen.get(fingerprint) ?? 0) + 1;
    seen.set(fingerprint, times);
    yield before +
      jsonLine({
        description: groupText(group),
        check_name: group.rule,
        // GitLab drops all but one with the same.
        fingerprint: times === 1 ? fingerprint : `${fingerprint}-${times}`,
        severity: severities[group.severity],
        location: { path: escapeHidden(placeOf(report, first)), lines: { begin: 1 } },
      });
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
};
