import type { Finding, Severity } from '../../jobs/check/finding.ts';
import { severities } from './config.ts';
import type { FindingGroup } from './report.ts';

/** Findings put together that belong together: the worst first, then by path. */
export const grouped = (findings: readonly Finding[]): readonly FindingGroup[] => {
  const byCause = new Map<string, Finding[]>();
  const groups: { rule: string; severity: Severity; cause: FindingGroup['cause']; findings: Finding[] }[] = [];
  for (const finding of findings) {
    const { rule, severity, cause } = finding;
    const key = cause && `${rule}\0${severity}\0${cause.key}`;
    const known = key === undefined ? undefined : byCause.get(key);
    if (known) known.push(finding);
    else {
      const together = [finding];
      if (key !== undefined) byCause.set(key, together);
      groups.push({ rule, severity, cause, findings: together });
    }
  }
  for (const group of groups) if (group.findings.length > 1) group.findings.sort(byPath);
  return groups.sort(
    (a, b) =>
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      byPath(a.findings[0] as Finding, b.findings[0] as Finding) ||
      (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0),
  );
};

const byPath = (a: Finding, b: Finding): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
