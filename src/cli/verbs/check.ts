import { join } from '../../fs/path.ts';
import { check } from '../../jobs/check/check.ts';
import type { Finding, Severity } from '../../jobs/check/finding.ts';
import type { Rule } from '../../jobs/check/rule.ts';
import { rules } from '../../jobs/check/rules.ts';
import { sceneOf } from '../../jobs/check/scene-of.ts';
import type { Level } from '../../scan/census.ts';
import { applySteps } from '../apply-steps.ts';
import { withoutKnown } from '../check/baseline.ts';
import { presetNames, severities } from '../check/config.ts';
import { withoutExpected } from '../check/expected.ts';
import { suppressionsName } from '../check/find-settings.ts';
import { grouped } from '../check/gather.ts';
import type { Looked } from '../check/looked.ts';
import { type Mend, rehearseMends } from '../check/mend.ts';
import type { CheckReport, Writer } from '../check/report.ts';
import { dedented, explanationLines, type RatedRule, ruleListLines } from '../check/rule-text.ts';
import { readSettings, type SettingAids, type Settings } from '../check/settings.ts';
import { type OpenSources, type Source, treeSource } from '../check/source.ts';
import { keyOf } from '../check/suppressions.ts';
import { findingLines, mendLines, summaryLine } from '../check/text.ts';
import { wordsText } from '../check/words-text.ts';
import type { Command, Look, Request, World } from '../command.ts';
import { UsageError } from '../command-error.ts';
import { jsonText } from '../json.ts';
import type { Renewal } from '../memory/renew.ts';
import { nearest } from '../nearest.ts';
import { walkOptions } from '../options.ts';
import { awaited, paced, type Work } from '../paced.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { show } from '../show.ts';
import { type OpenState, stateOption } from '../state-directory.ts';
import { blindSpots, count, survey, type WalkAids } from '../survey.ts';

export type Report = Checked | Listed | Explained;

interface Checked extends CheckReport {
  readonly kind: 'checked';
  /** Directories that could not be walked, a sentence each. */
  readonly failed: readonly string[];
  readonly failOn: Severity;
  readonly allowIncomplete: boolean;
  /** Of the form that was asked for, unless that is one of the usual ones. */
  readonly writer: Writer | undefined;
  /** What --fix did, or would do. */
  readonly mending: Mended | undefined;
  /** What was written to the baseline. */
  readonly baseline: { readonly path: string; readonly suppressions: number } | undefined;
}

interface Mended {
  readonly mends: readonly Mend[];
  readonly dryRun: boolean;
  readonly id: string | undefined;
}

interface Listed {
  readonly kind: 'rules';
  readonly rated: readonly RatedRule[];
}

interface Explained {
  readonly kind: 'rule';
  readonly rated: RatedRule;
}

/** What only the running machine has; a sketch does without. */
export interface CheckAids {
  readonly version: string;
  readonly rehearsal: Pick<Rehearsal, 'rehearse' | 'random'>;
  readonly openState: OpenState;
  readonly walk?: WalkAids;
  readonly settings?: SettingAids;
  readonly sources?: OpenSources;
  /** What is remembered of the tree; undefined where nobody has begun that. */
  readonly renewal?: (world: World, request: Request, roots: readonly string[]) => Renewal | undefined;
  readonly writer?: (format: Format) => Promise<Writer>;
}

/** Forms of output for other programs, beside our own JSON. */
const formats = ['jsonl', 'sarif', 'github', 'gitlab', 'junit', 'checkstyle'] as const;
export type Format = (typeof formats)[number];

/** `lw check`. */
export const checkCommand = (aids: CheckAids): Command<Report> => ({
  name: 'check',
  summary: 'a linter for links: what is broken, will break elsewhere, is risky',
  operands: '[DIR|ARCHIVE…]',
  options: {
    preset: {
      type: 'string',
      value: 'NAME',
      oneOf: presetNames,
      help: 'what the tree is for, which decides what is a mistake in it: repo, deploy, image, home',
    },
    rule: {
      type: 'string',
      multiple: true,
      value: 'RULE[=SEVERITY]',
      help: 'take a rule, or a group of rules, as error, warning, info or off; without SEVERITY it is turned on',
    },
    only: {
      type: 'string',
      multiple: true,
      value: 'RULE,…',
      help: 'ask these rules or groups of rules and no others; can be repeated',
    },
    'fail-on': {
      type: 'string',
      value: 'SEVERITY',
      oneOf: severities,
      help: 'exit with 1 from this severity on: error, warning (the default), info',
    },
    'allow-incomplete': { type: 'boolean', help: 'exit with 0 where something could not be looked at' },
    format: {
      type: 'string',
      value: 'FORMAT',
      oneOf: ['text', 'json', ...formats],
      help: `the form of the answer: text, json, ${formats.join(', ')}`,
    },
    'as-if-copied': {
      type: 'string',
      value: 'DIR',
      help: 'check the tree as if it lay at DIR, which need not exist: what would become of its links there',
    },
    git: { type: 'boolean', help: 'ask git what it keeps: for the rules untracked-target and destroyed-symlink' },
    all: { type: 'boolean', short: 'a', help: 'show every place of what is found in many' },
    fix: { type: 'boolean', help: 'give links the texts that rules propose where that is safe; undo takes it back' },
    'dry-run': { type: 'boolean', short: 'n', help: 'with --fix: say what would be done, and do nothing' },
    config: { type: 'string', value: 'FILE', help: 'take FILE for linkwright.toml; its paths are from here' },
    'no-config': { type: 'boolean', help: 'look for no linkwright.toml and no .linkwrightignore' },
    baseline: {
      type: 'string',
      value: 'FILE',
      help: `findings that are known (default: ${suppressionsName} beside linkwright.toml)`,
    },
    'suppress-all': {
      type: 'boolean',
      help: 'write all that is found to the baseline: from then on only what is new is told',
    },
    'prune-suppressions': { type: 'boolean', help: 'take out of the baseline what is no longer found' },
    'list-rules': { type: 'boolean', help: 'list the rules, as they are set here' },
    explain: { type: 'string', value: 'RULE', help: 'say what a rule means, with an example' },
    ...walkOptions,
    state: stateOption,
  },
  details: details(),
  examples: [
    ['lw check', 'the working directory, or the roots that linkwright.toml names'],
    ['lw check --preset deploy dist', 'would dist still be right on another machine?'],
    ['lw check --root /mnt/image --preset image /', 'an image as a system booted from it would see it'],
    ['lw check --only resolution /usr', 'broken links only: much quicker'],
    ['lw check --rule messy=off --rule deep-chain=error src', 'other severities for this once'],
    ['lw check release.tar.gz', 'an archive, without unpacking it'],
    ['lw check --preset image rootfs.tar.zst', 'an archive that is a whole system'],
    ['lw check --as-if-copied /opt/app dist', 'would its links be good there?'],
    ['lw check --git', 'and does every clone have what they lead to?'],
    ['lw check --fix --dry-run', 'what could be mended'],
    ['lw check --format sarif > links.sarif', 'for code scanning'],
    ['lw check --suppress-all', 'start with the tree as it is; tell what is new from now on'],
    ['lw check --explain absolute-inside-root', 'what a rule means'],
  ],

  run: (world, request) => paced(world, report(world, request, aids)),

  *render(report, look, request) {
    switch (report.kind) {
      case 'rules':
        return yield* ruleListLines(report.rated, look);
      case 'rule':
        return yield* explanationLines(report.rated, look);
      case 'checked':
        yield* checkedLines(report, look, request);
    }
  },

  written(report, request) {
    const format = request.value('format');
    if (format === 'json') return jsonText({ schema: 'linkwright/check/1', ...jsonOf(report) });
    return report.kind === 'checked' ? report.writer?.(report) : undefined;
  },

  json: jsonOf,

  *paths(report) {
    if (report.kind !== 'checked') return;
    const paths = new Set<string>();
    for (const { findings } of report.groups) for (const { path } of findings) paths.add(path);
    yield* paths;
  },

  exitCode(report) {
    if (report.kind !== 'checked') return 0;
    const { failed, counts, failOn, complete, allowIncomplete } = report;
    const grave = severities.slice(0, severities.indexOf(failOn) + 1);
    if (failed.length > 0 || grave.some((severity) => counts[severity] > 0)) return 1;
    return complete || allowIncomplete ? 0 : 3;
  },

  *problems(report) {
    if (report.kind !== 'checked') return;
    yield* report.failed;
    yield* report.notices;
  },
});

function* report(world: World, request: Request, aids: CheckAids): Work<Report> {
  checkOptions(request);
  const settings = yield* readSettings(world, request, rules, aids.settings);
  const explained = request.value('explain');
  if (explained !== undefined) return { kind: 'rule', rated: ratedRule(ruleNamed(explained), settings) };
  if (request.flag('list-rules')) return { kind: 'rules', rated: rules.map((rule) => ratedRule(rule, settings)) };
  if (settings.asked.length === 0)
    throw new UsageError('no rule is left to ask: all of them are off', 'lw check --list-rules');

  const operands = request.operands.length > 0 ? request.operands : settings.roots.length > 0 ? settings.roots : ['.'];
  const sources = yield* awaited((aids.sources ?? treeSource)(world, request, operands, settings.preset));
  using _ = disposing(sources);
  if (request.flag('fix') && !sources.every(({ mendable }) => mendable))
    throw new UsageError('--fix mends links of the machine, not those of an archive or a copy that is only thought of');
  const looked: Looked[] = [];
  for (const source of sources) looked.push(yield* lookedAt(source, world, request, settings, aids));
  const format = formats.find((name) => name === request.value('format'));
  const writer = format && aids.writer ? yield* awaited(aids.writer(format)) : undefined;
  return { ...concluded(world, request, settings, looked, aids), writer };
}

function* lookedAt(source: Source, own: World, request: Request, settings: Settings, aids: CheckAids): Work<Looked> {
  const { world } = source;
  const { base, leftOut } = settings;
  const told = tellingOf(source, base);
  const placed = (physical: string): string => told?.placed(physical) ?? physical;
  const asked = askedOf(source, settings);
  const renewal = source.mendable ? aids.renewal?.(world, request, source.roots) : undefined;
  const walked = yield* survey(
    world,
    request,
    source.roots,
    {
      level: levelOf(asked, renewal !== undefined),
      remembers: renewal !== undefined,
      leftOut: leftOut && ((physical, isDir) => leftOut(placed(physical), isDir)),
    },
    aids.walk && world.fs !== own.fs ? inMemory(aids.walk) : aids.walk,
  );
  const { census, atlas } = walked;
  const scene = sceneOf(
    { fs: world.fs, root: world.root, absentVolumes: world.absentVolumes, census, atlas },
    {
      thresholds: settings.thresholds,
      fileSystemType: world.fileSystemType,
      outside: source.outside,
      git: source.git,
      declaredGroups: [...settings.groups, ...(renewal?.groups ?? [])],
      ...(source.members && { archive: source.members }),
    },
  );
  const findings: Finding[] = [];
  for (const finding of check(scene, asked, (rule, physical) => settings.severityAt(rule, placed(physical)))) {
    if (finding) findings.push(told ? told.finding(finding) : finding);
    else if (world.interrupted()) {
      census.stopped = true;
      break;
    } else {
      world.progress(() => `${count(census.counts.entries)} entries seen; ${count(findings.length)} findings`);
      yield;
    }
  }
  if (renewal) yield* renewal.renew(walked);
  return { source, walked, findings, placed };
}

/** How findings of an archive, or of a tree that is looked at as if it lay elsewhere, are told; undefined where as they are. */
const tellingOf = ({ archive, copied, roots }: Source, base: string) => {
  const [top = '/'] = roots;
  const below = (physical: string): string => physical.slice(top.length).replace(/^\//, '');
  if (archive !== undefined)
    return {
      placed: (physical: string): string => join(base, below(physical)),
      finding: (finding: Finding): Finding => ({ ...finding, path: `${archive}:${below(finding.physical)}` }),
    };
  if (!copied) return undefined;
  return {
    placed: (physical: string): string => join(copied.physical, below(physical)),
    finding: (finding: Finding): Finding => ({ ...finding, path: join(copied.path, below(finding.physical)) }),
  };
};

/** A copy has inodes of its own, on a device that nobody knows: what the original's are says nothing about it. */
const askedOf = ({ copied }: Source, { asked }: Settings): readonly Rule[] =>
  asked
    .map(({ rule }) => rule)
    .filter(({ id, group }) => !copied || (group !== 'hard-links' && id !== 'cross-filesystem'));

/** Hard links alone need every inode looked at; who asks for broken links, and remembers none, needs no text of the others. */
const levelOf = (asked: readonly Rule[], remembers: boolean): Level => {
  if (asked.some(({ needs }) => needs === 'full')) return 'full';
  return remembers || asked.some(({ needs }) => needs === 'symlinks') ? 'symlinks' : 'ends';
};

/** Nothing in memory is read ahead; and the numbers of its handles are not the kernel's. */
const inMemory = (aids: WalkAids): WalkAids => ({ ...aids, readAhead: () => ({ help() {}, [Symbol.dispose]() {} }) });

const concluded = (
  world: World,
  request: Request,
  settings: Settings,
  looked: readonly Looked[],
  aids: CheckAids,
): Omit<Checked, 'writer'> => {
  const failed = looked.flatMap(({ walked }) => walked.failed);
  const complete =
    failed.length === 0 && looked.every(({ walked, source }) => walked.census.complete && !source.troubles?.length);
  const notices = looked.flatMap(({ walked, source }) => [
    ...(source.troubles ?? []),
    ...blindSpots(walked.census.blind),
  ]);
  const expecting = withoutExpected(settings, looked, complete);
  const baseline = withoutKnown(world, request, settings, looked, expecting.left, complete, aids.rehearsal.random);
  const unknown = unknownLinks(request, baseline.left, looked);
  notices.push(...expecting.notices, ...baseline.notices, ...unknown.notices);

  const mending = request.flag('fix') ? mended(world, request, baseline.left, aids, notices) : undefined;
  const done = new Set(mending?.mends.map(({ rule, physical }) => keyOf(physical, rule)));
  const findings =
    done.size > 0 ? baseline.left.filter(({ physical, rule }) => !done.has(keyOf(physical, rule))) : baseline.left;
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) counts[severity]++;
  const seen = looked.map(({ walked }) => walked.census.counts);
  return {
    kind: 'checked',
    roots: looked.flatMap(({ walked }) => walked.census.roots),
    base: world.from.path,
    version: aids.version,
    rules: settings.asked,
    groups: grouped(findings),
    counts,
    suppressed: baseline.suppressed,
    expected: expecting.expected,
    seen: { entries: sum(seen.map(({ entries }) => entries)), links: sum(seen.map(({ links }) => links)) },
    complete: complete && unknown.links === 0,
    notices,
    failed,
    failOn: settings.failOn,
    allowIncomplete: request.flag('allow-incomplete'),
    mending,
    baseline: baseline.written,
  };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Links of which nobody could tell where they lead: one of them may be broken. Who turned the rule off does not mind. */
const unknownLinks = (
  request: Request,
  findings: readonly Finding[],
  looked: readonly Looked[],
): { readonly links: number; readonly notices: readonly string[] } => {
  const only = request.values('only').length > 0;
  const found = findings.filter(({ rule }) => rule === 'unreadable').length;
  if (!only || found > 0) return { links: found, notices: [] };
  let links = 0;
  let first: string | undefined;
  for (const { walked } of looked)
    for (let row = 0; row < walked.census.links.count; row++) {
      const end = walked.census.endOf(row);
      if (end !== 'permission' && end !== 'unknown') continue;
      links++;
      first ??= walked.census.link(row).path;
    }
  if (first === undefined) return { links, notices: [] };
  return {
    links,
    notices: [
      `where ${count(links)} link${links === 1 ? '' : 's'} lead could not be looked at, as ${show(first)}\ntry: lw why ${show(first)}`,
    ],
  };
};

const mended = (
  world: World,
  request: Request,
  findings: readonly Finding[],
  { rehearsal, openState }: CheckAids,
  notices: string[],
): Mended => {
  const dryRun = request.flag('dry-run');
  const { mends, steps, left } = rehearseMends(rehearsal, world, findings);
  for (const path of left.slice(0, 10))
    notices.push(`${show(path)} was left as it is: the new text would not lead to the same file`);
  return { mends, dryRun, id: dryRun ? undefined : applySteps(openState, world, request, steps) };
};

const checkOptions = (request: Request): void => {
  const format = request.value('format');
  for (const form of ['json', 'null'])
    if (format !== undefined && request.flag(form))
      throw new UsageError(`--${form} and --format ${format} are two forms of one answer: give one of them`);
  if (request.flag('dry-run') && !request.flag('fix'))
    throw new UsageError('--dry-run is for --fix: lw check alone changes nothing');
  const writing = ['fix', 'suppress-all', 'prune-suppressions'].filter((name) => request.flag(name));
  if (writing.length > 1)
    throw new UsageError(`--${writing[0]} and --${writing[1]} exclude each other: one after the other`);
};

const ruleNamed = (word: string): Rule => {
  const found = rules.find(({ id }) => id === word);
  if (found) return found;
  const near = nearest(
    word,
    rules.map(({ id }) => id),
  );
  throw new UsageError(`there is no rule ${show(word)}`, near ? `lw check --explain ${near}` : 'lw check --list-rules');
};

const ratedRule = (rule: Rule, { asked }: Settings): RatedRule => ({
  rule,
  severity: asked.find((each) => each.rule === rule)?.severity ?? 'off',
});

const disposing = (sources: readonly Source[]): Disposable => ({
  [Symbol.dispose]() {
    for (const source of sources) source[Symbol.dispose]?.();
  },
});

function* checkedLines(report: Checked, look: Look, request: Request): Iterable<string> {
  const { paint } = look;
  const { mending, baseline, groups, roots } = report;
  if (mending) yield* mendLines(mending.mends, mending.dryRun, request.flag('all'), look);
  yield* findingLines(report, look, request.flag('all'));
  if (request.flag('quiet') || roots.length === 0) return;
  if (groups.length > 0 || mending?.mends.length) yield '';
  yield summaryLine(report, look);
  if (baseline)
    yield `${look.show(baseline.path)} has ${count(baseline.suppressions)} suppression${baseline.suppressions === 1 ? '' : 's'} now`;
  if (mending?.id !== undefined) yield paint('dim', `lw undo ${mending.id} takes it back`);
  for (const hint of hints(report)) yield paint('dim', hint);
}

/** What to do next, a line each. */
const hints = ({ groups, mending }: Checked): readonly string[] => {
  const findings = groups.flatMap((group) => group.findings);
  const fixable = mending
    ? 0
    : new Set(findings.filter(({ fix }) => fix !== undefined).map(({ physical }) => physical)).size;
  const first = groups[0];
  return [
    ...(fixable > 0
      ? [`lw check --fix would mend ${fixable === 1 ? 'one' : count(fixable)} of them (--dry-run shows how)`]
      : []),
    ...(findings.some(({ rule }) => rule === 'dangling')
      ? ['lw repair looks for what dangling links meant; lw why PATH explains one']
      : []),
    ...(first ? [`lw check --explain ${first.rule} says what that means`] : []),
  ];
};

function jsonOf(report: Report): Record<string, unknown> {
  switch (report.kind) {
    case 'rules':
      return { rules: report.rated.map(ruleJson) };
    case 'rule':
      return { rules: [ruleJson(report.rated)] };
    case 'checked': {
      const { roots, complete, failed, counts, suppressed, expected, seen, groups, mending, notices, baseline } =
        report;
      return {
        complete,
        roots: roots.map(({ path }) => path),
        failed,
        counts,
        suppressed,
        expected,
        seen,
        baseline: baseline ?? null,
        mending: mending
          ? {
              dryRun: mending.dryRun,
              id: mending.id ?? null,
              mends: mending.mends.map(({ rule, path, from, to }) => ({ rule, path, from, to })),
            }
          : null,
        notices,
        causes: causesJson(report),
        findings: findingsJson(groups),
      };
    }
  }
}

function* causesJson({ groups }: CheckReport): Iterable<unknown> {
  for (const { rule, severity, cause, findings } of groups)
    if (cause && findings.length > 1)
      yield { rule, severity, key: cause.key, says: wordsText(cause.says, show), places: findings.length };
}

function* findingsJson(groups: CheckReport['groups']): Iterable<unknown> {
  for (const { findings } of groups)
    for (const { rule, severity, path, physical, text, says, cause, fix } of findings)
      yield { rule, severity, path, physical, text, says: wordsText(says, show), cause: cause?.key, fix };
}

const ruleJson = ({ rule, severity }: RatedRule): unknown => ({
  id: rule.id,
  group: rule.group,
  severity,
  usually: rule.severity,
  summary: rule.summary,
  why: rule.why.trim().replace(/[ \t]*\n[ \t]*/g, '\n'),
  broken: dedented(rule.broken),
  fixed: dedented(rule.fixed),
});

function details(): string {
  return `Rules come in groups: resolution (is it broken?), portability (will it be, elsewhere?), hygiene, hard-links, \
security. lw check --list-rules lists them as they are set; lw check --explain RULE tells more of one.

A finding is an error, a warning or a remark (info). Many links that are broken for one reason, a directory that was \
renamed, are told as one finding with many places.

linkwright.toml is looked for in the first DIR and the directories above it, up to the root of the mount that it lies \
on; so are .linkwrightignore and ${suppressionsName}. Paths in them are from the directory that they lie \
in; patterns are those of .gitignore. What does not speak for itself, as a link, can be excused there:

  preset = "repo"
  roots = ["."]
  exclude = ["vendor/"]
  [rules]
  deep-chain = { severity = "error", hops = 3 }
  [[override]]
  paths = ["examples/"]
  rules = { dangling = "off" }
  [[expect]]
  path = "etc/resolv.conf"
  rule = "dangling"
  reason = "systemd makes the target when it starts"

A line of .linkwrightignore leaves out what it matches; with rules after it (vendor/ @messy @lengthy) only those say \
nothing there. The preset repo also leaves out what git ignores. ? in a pattern stands for a byte that is not UTF-8, too.

--fix changes nothing but texts of links, only where the link goes on leading to the same file, and removes nothing. \
What is done is written down before; lw undo takes it back. lw repair looks for what broken links meant.

A baseline counts findings by path and rule. What it knows is not told; what it knows and is no longer found is told, \
and taken out by --prune-suppressions.

Exit code: 0; 1 if something is found from --fail-on on, or a DIR could not be walked; 2 if the options or \
linkwright.toml cannot be understood; 3 if something could not be looked at, or where a link leads is unknown (rule \
unreadable; turn it off if that is meant to be so); 4 if with --fix something changed meanwhile, and nothing was done.`;
}
