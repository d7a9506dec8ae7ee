import type { Finding, Severity } from './finding.ts';
import type { Rule } from './rule.ts';
import type { Scene } from './scene.ts';

/** How a rule is to be taken at a place: undefined where it is off. */
export type SeverityAt = (rule: Rule, path: string) => Severity | undefined;

/**
 * All that the rules find, link by link and then of the whole. It pauses with undefined every few thousand links,
 * so that a caller can show progress and stop.
 */
export function* check(
  _scene: Scene,
  _rules: readonly Rule[],
  _severityAt: SeverityAt,
): Iterable<Finding | undefined> {}
