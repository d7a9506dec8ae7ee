import { ends } from '../../scan/census.ts';
import type { Finding, Severity } from './finding.ts';
import { linkView } from './link-view.ts';
import { marksOf, maskOf } from './marks.ts';
import type { Rule, Said } from './rule.ts';
import type { Scene } from './scene.ts';

/** How a rule is to be taken at a place, a physical path: undefined where it is off. */
export type SeverityAt = (rule: Rule, physical: string) => Severity | undefined;

/** Links between two pauses. */
const stride = 4096;

/**
 * All that the rules find, link by link and then of the whole. It pauses with undefined every few thousand links,
 * so that a caller can show progress and stop. A link that leads nowhere is one mistake, whatever else could be said
 * of it: see `yieldsTo` of a rule.
 */
export function* check(
  scene: Scene,
  rules: readonly Rule[],
  severityAt: SeverityAt,
): Generator<Finding | undefined, void> {
  const applying = rules.filter(({ applies }) => applies?.(scene) ?? true);
  const asked = mostTellingFirst(applying.filter(({ link }) => link)).map((rule) => ({
    rule,
    mask: maskOf(rule.marks ?? ends),
  }));
  const wanted = asked.reduce((mask, each) => mask | each.mask, 0);
  const { count } = scene.census.links;
  for (let row = 0; row < count && wanted !== 0; row++) {
    if (row % stride === stride - 1) yield undefined;
    const marks = marksOf(scene, row, wanted);
    if ((marks & wanted) === 0) continue;
    const link = linkView(scene, row);
    const found: Finding[] = [];
    for (const { rule, mask } of asked) {
      if ((marks & mask) === 0) continue;
      for (const said of rule.link?.(link, scene) ?? []) {
        const finding = graded(rule, said, severityAt);
        if (finding && !found.some((other) => outdoes(other, finding, rule))) found.push(finding);
      }
    }
    yield* found;
  }
  for (const rule of applying)
    for (const said of rule.whole?.(scene) ?? []) yield said && graded(rule, said, severityAt);
}

const graded = (rule: Rule, said: Said, severityAt: SeverityAt): Finding | undefined => {
  const severity = severityAt(rule, said.physical);
  if (severity === undefined) return undefined;
  return { ...said, rule: rule.id, severity: said.severity ? milder(said.severity, severity) : severity };
};

const grades: readonly Severity[] = ['info', 'warning', 'error'];

const milder = (a: Severity, b: Severity): Severity => (grades.indexOf(a) < grades.indexOf(b) ? a : b);

/** A finding that is milder than another must not hide it. */
const outdoes = (other: Finding, { severity }: Finding, rule: Rule): boolean =>
  (rule.yieldsTo?.includes(other.rule) ?? false) && grades.indexOf(other.severity) >= grades.indexOf(severity);

/** A rule after all those that it yields to. */
const mostTellingFirst = (rules: readonly Rule[]): readonly Rule[] => {
  const ordered = new Set<Rule>();
  const put = (rule: Rule): void => {
    for (const id of rule.yieldsTo ?? []) {
      const other = rules.find((each) => each.id === id);
      if (other && !ordered.has(other)) put(other);
    }
    ordered.add(rule);
  };
  for (const rule of rules) put(rule);
  return [...ordered];
};
