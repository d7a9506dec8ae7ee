import { join } from '../../fs/path.ts';
import { liesIn, relativePath } from '../../fs/relative.ts';
import type { SeverityAt } from '../../jobs/check/check.ts';
import type { Severity } from '../../jobs/check/finding.ts';
import { presets } from '../../jobs/check/presets.ts';
import type { Rule } from '../../jobs/check/rule.ts';
import type { DeclaredGroup, Thresholds } from '../../jobs/check/scene.ts';
import { usualThresholds } from '../../jobs/check/scene-of.ts';
import { trace } from '../../trace/trace.ts';
import type { Request, World } from '../command.ts';
import { UsageError } from '../command-error.ts';
import type { PatternSays } from '../excluder.ts';
import { nearest } from '../nearest.ts';
import { awaited, type Work } from '../paced.ts';
import { show } from '../show.ts';
import { type Config, type Expect, emptyConfig, type PresetName, severities } from './config.ts';
import { configName, findSettings, ignoreName, readIn, readNamed } from './find-settings.ts';
import { gitIgnores } from './git-ignores.ts';
import { type IgnoreFile, parseIgnoreFile } from './ignore-file.ts';
import { type ParseToml, parseConfig, ruleWords } from './parse-config.ts';
import { type Matches, rateRules } from './ratings.ts';
import type { AskedRule } from './report.ts';

/** What only Node can load. */
export interface SettingAids {
  readonly parseToml: () => Promise<ParseToml>;
  /** Patterns as gitignore(5) has them, for paths from where the patterns are. */
  readonly patterns: () => Promise<(patterns: readonly string[]) => PatternSays>;
}

/** What the configuration and the request want. */
export interface Settings {
  /** Physical path of the directory that paths in the settings are from. */
  readonly base: string;
  readonly roots: readonly string[];
  readonly preset: PresetName | undefined;
  readonly asked: readonly AskedRule[];
  readonly severityAt: SeverityAt;
  readonly thresholds: Thresholds;
  readonly leftOut: ((physical: string, isDir: boolean) => boolean) | undefined;
  readonly expects: readonly (Expect & { readonly matches: Matches })[];
  readonly groups: readonly DeclaredGroup[];
  readonly failOn: Severity;
  /** What the configuration is called, for sentences about it. */
  readonly shown: string;
}

export function* readSettings(
  world: World,
  request: Request,
  rules: readonly Rule[],
  aids: SettingAids | undefined,
): Work<Settings> {
  const files = filesOf(world, request);
  const words = ruleWords(rules);
  let config = emptyConfig;
  if (files.config && aids) config = parseConfig(files.config, files.shown, rules, yield* awaited(aids.parseToml()));
  const ignored: IgnoreFile = files.ignore
    ? parseIgnoreFile(files.ignore, beside(files.shown), words)
    : { patterns: [], silenced: [] };
  const preset = (request.value('preset') as PresetName | undefined) ?? config.preset;
  const needsPatterns =
    preset === 'repo' ||
    [config.exclude, config.overrides, config.expects, ignored.patterns, ignored.silenced].some((each) => each.length);
  const compile = needsPatterns && aids ? yield* awaited(aids.patterns()) : undefined;

  const { base } = files;
  const below = belowBase(base);
  const matcher = (patterns: readonly string[]): Matches => {
    const says = compile?.(patterns);
    return (physical) => {
      const path = below(physical);
      return path !== undefined && says?.(path, false) === 'leave out';
    };
  };
  const typed = request.values('rule').map((word) => typedRating(word, words));
  const only = request.values('only').flatMap((word) => word.split(','));
  for (const word of only) checkWord('--only', word, words);
  const rated = rateRules(rules, {
    layers: [
      new Map(Object.entries(preset ? presets[preset].severities : {})),
      config.rules,
      new Map(typed.filter(([, rating]) => rating === 'on')),
    ],
    overrides: config.overrides.map((each) => ({ matches: matcher(each.paths), rules: each.rules })),
    last: new Map(typed.filter(([, rating]) => rating !== 'on')),
    only: only.length > 0 ? new Set(only) : undefined,
    silenced: ignored.silenced.map((each) => ({ matches: matcher([each.pattern]), rules: new Set(each.rules) })),
  });
  return {
    base,
    roots: config.roots.map((root) => asSeen(world, join(base, root))),
    preset,
    ...rated,
    thresholds: { ...usualThresholds, ...config.thresholds },
    leftOut: either(
      leftOutBy(compile, [...config.exclude, ...ignored.patterns], below),
      preset === 'repo' && compile ? gitIgnores(world, base, compile) : undefined,
    ),
    expects: config.expects.map((expect) => ({ ...expect, matches: matcher([expect.path]) })),
    groups: groupsOf(world, base, config),
    failOn: (request.value('fail-on') as Severity | undefined) ?? config.failOn ?? 'warning',
    shown: files.shown,
  };
}

interface Files {
  readonly base: string;
  readonly config: Uint8Array | undefined;
  readonly ignore: Uint8Array | undefined;
  readonly shown: string;
}

const filesOf = (world: World, request: Request): Files => {
  const named = request.value('config');
  const without = request.flag('no-config');
  if (named !== undefined && without)
    throw new UsageError('--config and --no-config exclude each other: give one of them');
  const base = world.from.path;
  if (without) return { base, config: undefined, ignore: undefined, shown: configName };
  if (named !== undefined) {
    const ignore = readIn(world, world.from.handle, base, ignoreName);
    return { base, config: readNamed(world.fs, named), ignore, shown: show(named) };
  }
  const found = findSettings(world, request.operands[0] ?? '.');
  return { ...found, shown: show(asSeen(world, join(found.base, configName))) };
};

const beside = (shown: string): string => shown.replace(/[^/]*$/, ignoreName);

/** A physical path as somebody in the working directory would write it. */
const asSeen = ({ from }: World, physical: string): string =>
  liesIn(from.path, physical) ? relativePath(from.path, physical) : physical;

const belowBase =
  (base: string) =>
  (physical: string): string | undefined =>
    physical !== base && liesIn(base, physical) ? physical.slice(base === '/' ? 1 : base.length + 1) : undefined;

const typedRating = (word: string, words: readonly string[]): readonly [string, Severity | 'off' | 'on'] => {
  const [, id = '', rating] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  checkWord('--rule', id, words);
  if (rating === undefined) return [id, 'on'];
  if (rating !== 'off' && !severities.some((each) => each === rating))
    throw new UsageError(`--rule ${id}=… takes off, ${severities.join(', ')}; it was given ${show(rating)}`);
  return [id, rating as Severity | 'off'];
};

const checkWord = (option: string, word: string, words: readonly string[]): void => {
  if (words.includes(word)) return;
  const near = nearest(word, words);
  throw new UsageError(`there is no rule ${show(word)}`, near ? `${option} ${near}` : 'lw check --list-rules');
};

const leftOutBy = (
  compile: ((patterns: readonly string[]) => PatternSays) | undefined,
  patterns: readonly string[],
  below: (physical: string) => string | undefined,
): Settings['leftOut'] => {
  if (patterns.length === 0 || !compile) return undefined;
  const says = compile(patterns);
  return (physical, isDir) => {
    const path = below(physical);
    return path !== undefined && says(path, isDir) === 'leave out';
  };
};

const either = (a: Settings['leftOut'], b: Settings['leftOut']): Settings['leftOut'] =>
  a && b ? (physical, isDir) => a(physical, isDir) || b(physical, isDir) : (a ?? b);

/** Names as rules know them: physical. What does not exist keeps the path that it would have. */
const groupsOf = (world: World, base: string, config: Config): readonly DeclaredGroup[] =>
  config.groups.map((names) => ({
    from: 'declared',
    names: names.map((name) => {
      const path = join(base, name);
      const { end } = trace(world.fs, path, { from: world.root, root: world.root, last: 'stay' });
      if (end.kind === 'found') return end.path;
      return end.kind === 'missing' && end.rest === '' ? end.path : path;
    }),
  }));
