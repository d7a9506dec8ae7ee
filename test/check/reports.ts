/** Reports of checks that never ran, for tests of what is made of them. */
import type { CheckReport, FindingGroup } from '../../src/cli/check/report.ts';
import { linkText } from '../../src/fs/link-text.ts';
import type { Finding, Severity, Words } from '../../src/jobs/check/finding.ts';
import type { Rule } from '../../src/jobs/check/rule.ts';

const rule = (id: string, group: Rule['group'], severity: Severity): Rule => ({
  ...{ id, group, severity, summary: `what ${id} is`, why: `Why ${id} <matters> & more.`, needs: 'symlinks' },
  ...{ broken: 'a -> b', fixed: 'a -> b\nb' },
});

export const rules: readonly Rule[] = [
  rule('dangling', 'resolution', 'error'),
  rule('messy', 'hygiene', 'warning'),
  rule('cross-filesystem', 'hygiene', 'info'),
];

export const base = '/home/me/repo';

/** A finding at a path that was written below the working directory. */
export const finding = (path: string, given: Partial<Finding> = {}): Finding => ({
  rule: 'dangling',
  severity: 'error',
  path,
  physical: path.startsWith('/') ? path : `${base}/${path}`,
  text: linkText('gone'),
  says: ['leads to nothing: ', { name: 'gone' }, ' does not exist'],
  ...given,
});

export const groupOf = (findings: readonly Finding[], cause?: { key: string; says: Words }): FindingGroup => {
  const [first] = findings;
  if (!first) throw new Error('a group has findings');
  return { rule: first.rule, severity: first.severity, cause, findings };
};

export const report = (groups: readonly FindingGroup[], given: Partial<CheckReport> = {}): CheckReport => {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity, findings } of groups) counts[severity] += findings.length;
  return {
    roots: [{ path: '.', physical: base }],
    base,
    version: '1.2.3',
    rules: rules.map((each) => ({ rule: each, severity: each.severity as Severity })),
    groups,
    counts,
    suppressed: 0,
    expected: 0,
    seen: { entries: 10, links: 5 },
    complete: true,
    notices: [],
    ...given,
  };
};

/** Names that a format must not choke on, of files that exist somewhere. */
export const oddNames: readonly string[] = [
  'plain',
  'with space',
  'line\nend',
  'return\rhere',
  'tab\there',
  'esc\x1b[31mred',
  'caf\udce9',
  'café',
  '\u{1f517}',
  'a\u202eb',
  'x\ufffe\uffffy',
  '<&>"\']]>',
  '::error::no',
  '##[error]no',
  'a,b:c=d%0A',
  '[x](1)',
  'back\\slash',
  'del\x7f\x80',
];
