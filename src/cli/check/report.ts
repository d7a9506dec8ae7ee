import type { Finding, Severity, Words } from '../../jobs/check/finding.ts';
import type { Rule } from '../../jobs/check/rule.ts';
import type { Root } from '../../scan/census.ts';

/** What a check found, for every way of output. */
export interface CheckReport {
  /** The directories that were checked. */
  readonly roots: readonly Root[];
  /** Physical path of the working directory: what `path` of a finding begins at, unless that is absolute. */
  readonly base: string;
  /** Linkwright's own. */
  readonly version: string;
  /** The rules that were asked, in the order of the documentation. */
  readonly rules: readonly AskedRule[];
  /** The worst first, then by path. Suppressed and expected ones are not among them. */
  readonly groups: readonly FindingGroup[];
  /** How many findings there are of each severity: places, not groups. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** Findings that the baseline knows, that an `expect` entry knows. */
  readonly suppressed: number;
  readonly expected: number;
  /** What was looked at. */
  readonly seen: { readonly entries: number; readonly links: number };
  /** Everything was looked at. */
  readonly complete: boolean;
  /** What was not, and what else the user should know: a sentence each. */
  readonly notices: readonly string[];
}

export interface AskedRule {
  readonly rule: Rule;
  /** Without regard to overrides for some paths. */
  readonly severity: Severity;
}

/** Findings of one rule and severity with the same cause; mostly it is one. */
export interface FindingGroup {
  readonly rule: string;
  readonly severity: Severity;
  /** Holds for all places; undefined where the findings have no common cause, and then there is one of them. */
  readonly cause: Cause | undefined;
  /** By path; at least one. */
  readonly findings: readonly Finding[];
}

interface Cause {
  /** Unique within the rule, and the same at the next check. */
  readonly key: string;
  readonly says: Words;
}

/** A way of output: pieces of text, names in surrogateescape as everywhere (src/fs/bytes.ts). Nothing is added between them. */
export type Writer = (report: CheckReport) => Iterable<string>;
