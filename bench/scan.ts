/**
 * The walk and the start-up against their yardsticks, on one made tree (bench/README.md):
 * `node bench/scan.ts [--entries 420000] [--seed 1] [--runs 7] [--starts 21] [--dir DIR]`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeTree, type TreeCounts } from './tree.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const lw = [process.execPath, join(here, '../bin/lw.cjs')] as const;

interface Program {
  readonly name: string;
  readonly command: (tree: string) => readonly string[];
  /** Exit codes of a run that did its work. */
  readonly answers: readonly number[];
}

/** Everything that walks the tree. A round runs them in this order, so that what is compared stands close. */
const programs = (walker: string): readonly Program[] => {
  const ours =
    (...level: string[]) =>
    (tree: string) => [...lw, 'map', '--json', ...level, tree];
  const yardstick = (level: string) => (tree: string) => [walker, level, tree];
  const walk = (level: string) => (tree: string) => [process.execPath, join(here, 'scan/walk.mjs'), level, tree];
  return [
    { name: 'walk full', command: walk('full'), answers: [0] },
    { name: 'walk symlinks', command: walk('symlinks'), answers: [0] },
    { name: 'lw full', command: ours(), answers: [0, 1] },
    { name: 'C full', command: yardstick('full'), answers: [0] },
    { name: 'find -links', command: (tree) => ['find', tree, '-links', '+1', '-type', 'f'], answers: [0] },
    // Loops make find and bfs exit with 1 after a complete walk.
    { name: 'find -xtype l', command: (tree) => ['find', tree, '-xtype', 'l'], answers: [0, 1] },
    { name: 'lw symlinks', command: ours('--level', 'symlinks'), answers: [0, 1] },
    { name: 'symlinks -r', command: (tree) => ['symlinks', '-r', tree], answers: [0] },
    { name: 'bfs -xtype l', command: (tree) => ['bfs', tree, '-xtype', 'l'], answers: [0, 1] },
    { name: 'C symlinks', command: yardstick('symlinks'), answers: [0] },
    { name: 'lw names', command: ours('--level', 'names'), answers: [0, 1] },
    { name: 'C names', command: yardstick('names'), answers: [0] },
  ];
};

/** Our CPU over that of one peer, or of several that it takes to answer the same. */
const comparisons: readonly { ours: string; peers: readonly string[]; bar?: number }[] = [
  { ours: 'walk full', peers: ['C full'], bar: 1.3 },
  { ours: 'lw full', peers: ['C full'], bar: 1.3 },
  { ours: 'lw full', peers: ['find -links', 'find -xtype l'], bar: 0.5 },
  { ours: 'walk symlinks', peers: ['symlinks -r'], bar: 0.45 },
  { ours: 'lw symlinks', peers: ['symlinks -r'], bar: 0.45 },
  { ours: 'lw symlinks', peers: ['find -xtype l'] },
  { ours: 'lw symlinks', peers: ['bfs -xtype l'] },
  { ours: 'lw symlinks', peers: ['C symlinks'] },
  { ours: 'lw names', peers: ['C names'] },
];
const bytesPerEntryBar = 20;
const startMillisecondsBar = 5;

/** What one run cost: bench/scan/launch.c. */
interface Cost {
  readonly cpu: number;
  readonly wall: number;
  readonly rssBytes: number;
  readonly status: number;
}
type Costs = ReadonlyMap<string, readonly Cost[]>;

const main = (): void => {
  const { values } = parseArgs({
    options: {
      entries: { type: 'string', default: '420000' },
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '7' },
      starts: { type: 'string', default: '21' },
      dir: { type: 'string', default: join(tmpdir(), 'linkwright-bench') },
    },
  });
  const entries = countOf('--entries', values.entries);
  const tree = preparedTree(values.dir, entries, countOf('--seed', values.seed));
  // Programs are compiled where nobody else can have put any.
  const scratch = mkdtempSync(join(tmpdir(), 'linkwright-bench-'));
  try {
    const launch = compiled('launch', scratch);
    const walker = compiled('walker', scratch);
    checkYardstick(walker, tree);
    const present = programs(walker).filter((program) => works(launch, program, tree.path));

    const costs = interleaved(countOf('--runs', values.runs), present, (program) =>
      measured(launch, program.command(tree.path), program.answers),
    );
    const starts = startUp(launch, scratch, countOf('--starts', values.starts));

    say(
      `${cpus()[0]?.model ?? 'CPU'}, ${cpus().length} CPUs, Linux ${release()}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`,
    );
    say(`${tree.counts.entries} entries, seed ${values.seed}, warm cache, ${values.runs} runs in turn\n`);
    table(costs);
    table(starts);
    verdicts([...ratios(costs), memory(costs, starts, tree.counts.entries), start(starts)]);
  } finally {
    rmSync(scratch, { recursive: true });
  }
};

const countOf = (option: string, text: string): number => {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`${option} takes a number from 1, not ${text}`);
  return count;
};

interface Tree {
  readonly path: string;
  readonly counts: TreeCounts;
}

/** Makes the tree, or takes that of an earlier run: its counts are written only once it is complete. */
const preparedTree = (dir: string, entries: number, seed: number): Tree => {
  const maker = createHash('sha256')
    .update(readFileSync(join(here, 'tree.ts')))
    .digest('hex')
    .slice(0, 12);
  const path = join(dir, `tree-${entries}-${seed}-${maker}`);
  const complete = `${path}.json`;
  if (!existsSync(complete)) {
    warn(`making ${path} …`);
    const counts = makeTree(path, { entries, seed });
    writeFileSync(complete, JSON.stringify(counts));
  }
  return { path, counts: JSON.parse(readFileSync(complete, 'utf8')) as TreeCounts };
};

const compiled = (name: string, scratch: string): string => {
  const program = join(scratch, name);
  const cc = spawnSync('cc', ['-O2', '-o', program, join(here, 'scan', `${name}.c`)], { encoding: 'utf8' });
  if (cc.error) throw new Error('cc is missing: install a C compiler (gcc on Debian)', { cause: cc.error });
  if (cc.status !== 0) throw new Error(`cc could not compile ${name}.c: ${cc.stderr}`);
  return program;
};

/** A yardstick that counts differently measures something else. Walking twice also warms the cache. */
const checkYardstick = (walker: string, { path, counts }: Tree): void => {
  for (let pass = 0; pass < 2; pass++) {
    const walk = spawnSync(walker, ['full', path], { encoding: 'utf8' });
    if (walk.status !== 0) throw new Error(`the C walker failed on ${path}: ${walk.stderr}`);
    const said = JSON.parse(walk.stdout) as Record<string, number>;
    const wanted: Readonly<Record<string, number>> = {
      ...counts,
      ENOENT: counts.missing,
      ELOOP: counts.loops,
      ENOTDIR: counts.notDirectory,
    };
    for (const [what, count] of Object.entries(said))
      if (what in wanted && wanted[what] !== count)
        throw new Error(
          `${path} was changed: ${count} ${what} where ${wanted[what]} were made; remove it and its .json`,
        );
  }
};

const works = (launch: string, { name, command, answers }: Program, tree: string): boolean => {
  const [program = '', ...rest] = command(tree);
  const trial = spawnSync(program, rest, { encoding: 'utf8', maxBuffer: 2 ** 31, env: environment });
  if (!trial.error && answers.includes(trial.status ?? -1)) {
    measured(launch, [program, ...rest], answers);
    return true;
  }
  const why = trial.error ? trial.error.message : `exit ${trial.status ?? trial.signal}: ${trial.stderr.slice(0, 300)}`;
  warn(`*** SKIPPED: ${name}: ${why.trim()}`);
  return false;
};

/** Peers speak the plain locale, which is their fastest. */
const environment = { ...process.env, LC_ALL: 'C' };

const measured = (launch: string, command: readonly string[], answers: readonly number[]): Cost => {
  const run = spawnSync(launch, command, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env: environment,
  });
  const report = run.output?.[3];
  if (run.status !== 0 || !report) throw new Error(`could not run ${command.join(' ')}`, { cause: run.error });
  const cost = JSON.parse(report) as Cost;
  if (!answers.includes(cost.status)) throw new Error(`${command.join(' ')} ended with ${cost.status}`);
  return cost;
};

/** Runs them A B C A B C …, so that noise of the machine falls on all alike. */
const interleaved = <P extends { readonly name: string }>(
  rounds: number,
  each: readonly P[],
  run: (one: P) => Cost,
): Costs => {
  const costs = new Map<string, Cost[]>(each.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) for (const one of each) costs.get(one.name)?.push(run(one));
  return costs;
};

const startUp = (launch: string, scratch: string, starts: number): Costs => {
  const script = join(scratch, 'empty.cjs');
  writeFileSync(script, '');
  const empty = join(scratch, 'empty');
  mkdirSync(empty);
  const all: readonly Program[] = [
    { name: 'node empty.cjs', command: () => [process.execPath, script], answers: [0] },
    { name: 'lw --version', command: () => [...lw, '--version'], answers: [0] },
    { name: 'lw map, empty', command: () => [...lw, 'map', '--json', empty], answers: [0] },
  ];
  const present = all.filter((program) => works(launch, program, ''));
  return interleaved(starts, present, ({ command, answers }) => measured(launch, command(''), answers));
};

interface Verdict {
  readonly what: string;
  readonly bar: number | undefined;
  readonly unit: string;
  /** Undefined where a program was skipped. */
  readonly value: number | undefined;
  readonly note: string;
}

const ratios = (costs: Costs): readonly Verdict[] =>
  comparisons.map(({ ours, peers, bar }) => {
    const mine = costs.get(ours)?.map(cpu);
    const theirs = peers.map((peer) => costs.get(peer)?.map(cpu));
    const what = `${ours} / ${peers.join(' + ')}`;
    const missing: Verdict = { what, bar, unit: '×', value: undefined, note: '' };
    if (!mine || !theirs.every((peer) => peer !== undefined)) return missing;
    const together = mine.map((_, round) => theirs.reduce((sum, peer) => sum + (peer[round] as number), 0));
    const least = theirs.reduce((sum, peer) => sum + Math.min(...peer), 0);
    return {
      ...missing,
      value: median(mine.map((cost, round) => cost / (together[round] as number))),
      note: `of medians ${(median(mine) / median(together)).toFixed(2)}, of minima ${(Math.min(...mine) / least).toFixed(2)}`,
    };
  });

const memory = (costs: Costs, starts: Costs, entries: number): Verdict => {
  const peaks = (runs: readonly Cost[] | undefined) => runs?.map((cost) => cost.rssBytes);
  const [most, start] = [peaks(costs.get('lw full')), peaks(starts.get('lw map, empty'))];
  const measurable = most !== undefined && start !== undefined;
  return {
    what: 'lw full: memory per entry above the start',
    bar: bytesPerEntryBar,
    unit: ' B',
    value: measurable ? (median(most) - median(start)) / entries : undefined,
    note: measurable ? `peak ${megabytes(median(most))}, on an empty directory ${megabytes(median(start))}` : '',
  };
};

const start = (starts: Costs): Verdict => {
  const [empty, ours] = ['node empty.cjs', 'lw --version'].map((name) => starts.get(name)?.map(cpu));
  const measurable = empty !== undefined && ours !== undefined;
  return {
    what: 'lw --version: CPU above an empty node',
    bar: startMillisecondsBar,
    unit: ' ms',
    value: measurable ? median(ours.map((cost, round) => cost - (empty[round] as number))) : undefined,
    note: measurable ? `of minima ${(Math.min(...ours) - Math.min(...empty)).toFixed(1)} ms` : '',
  };
};

const cpu = (cost: Cost): number => cost.cpu;

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
};

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

const table = (costs: Costs): void => {
  say(
    `${''.padEnd(16)}${['CPU min', 'median ms', 'wall min', 'median ms', 'peak RSS'].map((title) => title.padStart(11)).join('')}`,
  );
  for (const [name, runs] of costs) {
    const [cpus, walls] = [runs.map(cpu), runs.map((run) => run.wall)];
    const times = [Math.min(...cpus), median(cpus), Math.min(...walls), median(walls)].map((time) => time.toFixed(1));
    const columns = [...times, megabytes(median(runs.map((run) => run.rssBytes)))];
    say(`${name.padEnd(16)}${columns.map((column) => column.padStart(11)).join('')}`);
  }
  say('');
};

/** The value of a ratio is the median of the ratios of its rounds. */
const verdicts = (all: readonly Verdict[]): void => {
  say('bar        measured    verdict       what');
  for (const { what, bar, unit, value, note } of all) {
    const wanted = bar === undefined ? '-' : `≤ ${bar}${unit}`;
    const got = value === undefined ? '-' : `${value.toFixed(2)}${unit}`;
    const verdict = value === undefined ? 'NOT MEASURED' : bar === undefined ? '' : value <= bar ? 'met' : 'NOT MET';
    say(`${wanted.padEnd(11)}${got.padEnd(12)}${verdict.padEnd(14)}${what}${note === '' ? '' : ` (${note})`}`);
  }
};

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const warn = (line: string): boolean => process.stderr.write(`${line}\n`);

try {
  main();
} catch (problem) {
  warn(`bench/scan: ${problem instanceof Error ? problem.message : String(problem)}`);
  process.exitCode = 1;
}
