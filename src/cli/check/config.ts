import type { Severity } from '../../jobs/check/finding.ts';
import type { Thresholds } from '../../jobs/check/scene.ts';

export const severities = ['error', 'warning', 'info'] as const satisfies readonly Severity[];
export const presetNames = ['repo', 'deploy', 'image', 'home'] as const;
export type PresetName = (typeof presetNames)[number];

/** How each rule is to be taken; by the id of a rule, or the name of a group of rules. */
export type Ratings = ReadonlyMap<string, Severity | 'off' | 'on'>;

/** What linkwright.toml says. Paths and patterns are from its directory. */
export interface Config {
  readonly preset?: PresetName | undefined;
  readonly roots: readonly string[];
  readonly exclude: readonly string[];
  readonly failOn?: Severity | undefined;
  readonly rules: Ratings;
  readonly thresholds: Partial<Thresholds>;
  readonly overrides: readonly Override[];
  readonly expects: readonly Expect[];
  readonly groups: readonly (readonly string[])[];
}

/** Other ratings for what some patterns match. */
export interface Override {
  readonly paths: readonly string[];
  readonly rules: Ratings;
}

/** A finding that is right as it is. */
export interface Expect {
  /** A pattern. */
  readonly path: string;
  readonly rule: string;
  readonly reason: string;
  /** Where the link is good: on another machine, once something is mounted. Words for people. */
  readonly validWhere?: string | undefined;
  /** The last day on which it is expected, `2027-01-31`. */
  readonly until?: string | undefined;
  /** Where the configuration says so. */
  readonly line: number;
}

export const emptyConfig: Config = {
  roots: [],
  exclude: [],
  rules: new Map(),
  thresholds: {},
  overrides: [],
  expects: [],
  groups: [],
};
