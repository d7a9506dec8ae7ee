/**
 * The walk and the start-up against their yardsticks, on one made tree (bench/README.md):
 * `node bench/scan.ts [--entries 420000] [--seed 1] [--runs 7] [--starts 21] [--dir DIR]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Comparison,
  type Cost,
  type Costs,
  compiled,
  countOf,
  cpu,
  here,
  interleaved,
  lw,
  measured,
  median,
  megabytes,
  type Program,
  preparedTree,
  ratios,
  say,
  type Tree,
  table,
  type Verdict,
  verdicts,
  warn,
  works,
} from './measure.ts';

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
const comparisons: readonly Comparison[] = [
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
    verdicts([...ratios(costs, comparisons), memory(costs, starts, tree.counts.entries), start(starts)]);
  } finally {
    rmSync(scratch, { recursive: true });
  }
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

try {
  main();
} catch (problem) {
  warn(`bench/scan: ${problem instanceof Error ? problem.message : String(problem)}`);
  process.exitCode = 1;
}
