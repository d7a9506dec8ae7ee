/**
 * The search for broken links against those of others, on the tree of bench/scan.ts (bench/README.md):
 * `node bench/check.ts [--entries 420000] [--seed 1] [--runs 9] [--dir DIR]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Comparison,
  compiled,
  countOf,
  interleaved,
  lw,
  measured,
  type Program,
  preparedTree,
  ratios,
  say,
  type Tree,
  table,
  verdicts,
  warn,
  works,
} from './measure.ts';

const broken = ['--only', 'dangling,loop,too-deep,not-a-directory'];

/** What is compared stands close: symlinks before ours, find after it. */
const programs: readonly Program[] = [
  { name: 'symlinks -r', command: (tree) => ['symlinks', '-r', tree], answers: [0] },
  { name: 'lw check broken', command: (tree) => [...lw, 'check', ...broken, '--null', tree], answers: [1] },
  { name: 'find -xtype l', command: (tree) => ['find', tree, '-xtype', 'l'], answers: [0, 1] },
  { name: 'broken, jsonl', command: (tree) => [...lw, 'check', ...broken, '--format', 'jsonl', tree], answers: [1] },
  { name: 'resolution', command: (tree) => [...lw, 'check', '--only', 'resolution', tree], answers: [1] },
  { name: 'all rules', command: (tree) => [...lw, 'check', tree], answers: [1] },
  { name: 'lw map symlinks', command: (tree) => [...lw, 'map', '--level', 'symlinks', '--json', tree], answers: [0] },
];

const comparisons: readonly Comparison[] = [
  { ours: 'lw check broken', peers: ['symlinks -r'], bar: 0.5 },
  { ours: 'lw check broken', peers: ['find -xtype l'], bar: 0.5 },
  { ours: 'broken, jsonl', peers: ['symlinks -r'] },
  { ours: 'resolution', peers: ['symlinks -r'] },
  { ours: 'all rules', peers: ['symlinks -r'] },
  { ours: 'lw map symlinks', peers: ['symlinks -r'] },
];

const main = (): void => {
  const { values } = parseArgs({
    options: {
      entries: { type: 'string', default: '420000' },
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '9' },
      dir: { type: 'string', default: join(tmpdir(), 'linkwright-bench') },
    },
  });
  const tree = preparedTree(values.dir, countOf('--entries', values.entries), countOf('--seed', values.seed));
  const scratch = mkdtempSync(join(tmpdir(), 'linkwright-bench-'));
  try {
    const launch = compiled('launch', scratch);
    const present = programs.filter((program) => works(launch, program, tree.path));
    checkAnswers(tree);
    const costs = interleaved(countOf('--runs', values.runs), present, (program) =>
      measured(launch, program.command(tree.path), program.answers),
    );
    say(
      `${cpus()[0]?.model ?? 'CPU'}, ${cpus().length} CPUs, Linux ${release()}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`,
    );
    say(`${tree.counts.entries} entries, seed ${values.seed}, warm cache, ${values.runs} runs in turn\n`);
    table(costs);
    verdicts(ratios(costs, comparisons));
  } finally {
    rmSync(scratch, { recursive: true });
  }
};

/** Quick and wrong is no measure: every broken link that was made must be found, and none else. */
const checkAnswers = ({ path, counts }: Tree): void => {
  const [program, ...args] = [...lw, 'check', ...broken, '--null', path];
  const { stdout } = spawnSync(program as string, args, { maxBuffer: 2 ** 31 });
  const found = stdout.filter((byte) => byte === 0).length;
  const made = counts.missing + counts.notDirectory + counts.loops;
  if (found !== made) throw new Error(`${found} broken links were found where ${made} were made`);
};

try {
  main();
} catch (problem) {
  warn(`bench/check: ${problem instanceof Error ? problem.message : String(problem)}`);
  process.exitCode = 1;
}
