import type { SeverityAt } from '../../jobs/check/check.ts';
import type { Severity } from '../../jobs/check/finding.ts';
import type { Rule } from '../../jobs/check/rule.ts';
import type { Ratings } from './config.ts';
import type { AskedRule } from './report.ts';

/** Whether a pattern matches what lies at a physical path. */
export type Matches = (physical: string) => boolean;

export interface RatingPlan {
  /** One after the other: what is said later counts. */
  readonly layers: readonly Ratings[];
  /** For some paths only. */
  readonly overrides: readonly { readonly matches: Matches; readonly rules: Ratings }[];
  /** After all others: what was typed. */
  readonly last: Ratings;
  /** Ids and groups; undefined for all. */
  readonly only: ReadonlySet<string> | undefined;
  /** Rules that say nothing at some paths, whatever else was said. */
  readonly silenced: readonly { readonly matches: Matches; readonly rules: ReadonlySet<string> }[];
}

export interface RatedRules {
  readonly asked: readonly AskedRule[];
  readonly severityAt: SeverityAt;
}

type Rated = ReadonlyMap<string, Severity | 'off'>;

/** Which rules are asked, and how each is to be taken where. */
export const rateRules = (rules: readonly Rule[], plan: RatingPlan): RatedRules => {
  const { layers, overrides, last, only, silenced } = plan;
  const chosen = rules.filter((rule) => !only || only.has(rule.id) || only.has(rule.group));
  const start: Rated = new Map(chosen.map(({ id, severity }) => [id, severity]));
  const base = layers.reduce<Rated>((rated, layer) => applied(chosen, rated, layer), start);
  const named: Rated = only ? applied(chosen, base, new Map([...only].map((id) => [id, 'on']))) : base;
  const withOverrides = (some: readonly { readonly rules: Ratings }[]): Rated =>
    applied(
      chosen,
      some.reduce<Rated>((rated, each) => applied(chosen, rated, each.rules), named),
      last,
    );
  const usual = withOverrides([]);
  const everywhere = overrides.map((each) => withOverrides([each]));
  const asked = chosen.flatMap((rule): readonly AskedRule[] => {
    const severity = [usual, ...everywhere]
      .map((rated) => rated.get(rule.id))
      .find((found) => found && found !== 'off');
    return severity && severity !== 'off' ? [{ rule, severity }] : [];
  });

  const known = new Map<string, Rated>();
  let lastPath: string | undefined;
  let rated = usual;
  let silent: readonly ReadonlySet<string>[] = [];
  const lookUp = (physical: string): void => {
    lastPath = physical;
    silent = silenced.filter(({ matches }) => matches(physical)).map(({ rules }) => rules);
    const matching = overrides.filter(({ matches }) => matches(physical));
    const key = matching.map((each) => overrides.indexOf(each)).join();
    rated = known.get(key) ?? withOverrides(matching);
    known.set(key, rated);
  };
  const depends = overrides.length > 0 || silenced.length > 0;
  return {
    asked,
    severityAt({ id, group }, physical) {
      // A rule after the other asks about the same path.
      if (depends && physical !== lastPath) lookUp(physical);
      const severity = rated.get(id) ?? 'off';
      if (severity === 'off' || silent.some((each) => each.has(id) || each.has(group))) return undefined;
      return severity;
    },
  };
};

/** Groups first, so that the word for one rule counts. */
const applied = (rules: readonly Rule[], before: Rated, layer: Ratings): Rated => {
  if (layer.size === 0) return before;
  const after = new Map(before);
  for (const { id, group, severity: own } of rules) {
    const said = layer.get(id) ?? layer.get(group);
    if (said === undefined) continue;
    const now = after.get(id) ?? 'off';
    after.set(id, said !== 'on' ? said : now !== 'off' ? now : own === 'off' ? 'warning' : own);
  }
  return after;
};
