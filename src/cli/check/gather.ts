import type { Finding, Severity } from '../../jobs/check/finding.ts';
import { severities } from './config.ts';
import type { FindingGroup } from './report.ts';

/** Findings put together that belong together: the worst first, then by path. */
export const grouped = (findings: readonly Finding[]): readonly FindingGroup[] => {
  // By severity and rule first: there are few of these, and the keys of causes need not be put together with them.
  const byCause = new Map<string, Map<string, Finding[]>>();
  const groups: { rule: string; severity: Severity; cause: FindingGroup['cause']; findings: Finding[] }[] = [];
  for (const finding of findings) {
    const { rule, severity, cause } = finding;
    const kind = `${severity} ${rule}`;
    const causes = byCause.get(kind) ?? new Map<string, Finding[]>();
    if (causes.size === 0) byCause.set(kind, causes);
    const known = cause && causes.get(cause.key);
    if (known) known.push(finding);
    else {
      const together = [finding];
      if (cause) causes.set(cause.key, together);
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
