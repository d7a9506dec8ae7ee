/** What yardsticks share: the made tree, runs in turn, the cost of a child by the kernel's own account, verdicts. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTree, type TreeCounts } from './tree.ts';

export const here = fileURLToPath(new URL('.', import.meta.url));
export const lw = [process.execPath, join(here, '../bin/lw.cjs')] as const;

export interface Program {
  readonly name: string;
  readonly command: (tree: string) => readonly string[];
  /** Exit codes of a run that did its work. */
  readonly answers: readonly number[];
}

/** Our CPU over that of one peer, or of several that it takes to answer the same. */
export interface Comparison {
  readonly ours: string;
  readonly peers: readonly string[];
  readonly bar?: number;
}

/** What one run cost: bench/scan/launch.c. */
export interface Cost {
  readonly cpu: number;
  readonly wall: number;
  readonly rssBytes: number;
  readonly status: number;
}
export type Costs = ReadonlyMap<string, readonly Cost[]>;

export const countOf = (option: string, text: string): number => {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`${option} takes a number from 1, not ${text}`);
  return count;
};

export interface Tree {
  readonly path: string;
  readonly counts: TreeCounts;
}

/** Makes the tree, or takes that of an earlier run: its counts are written only once it is complete. */
export const preparedTree = (dir: string, entries: number, seed: number): Tree => {
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

export const compiled = (name: string, scratch: string): string => {
  const program = join(scratch, name);
  const cc = spawnSync('cc', ['-O2', '-o', program, join(here, 'scan', `${name}.c`)], { encoding: 'utf8' });
  if (cc.error) throw new Error('cc is missing: install a C compiler (gcc on Debian)', { cause: cc.error });
  if (cc.status !== 0) throw new Error(`cc could not compile ${name}.c: ${cc.stderr}`);
  return program;
};

export const works = (launch: string, { name, command, answers }: Program, tree: string): boolean => {
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

export const measured = (launch: string, command: readonly string[], answers: readonly number[]): Cost => {
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
export const interleaved = <P extends { readonly name: string }>(
  rounds: number,
  each: readonly P[],
  run: (one: P) => Cost,
): Costs => {
  const costs = new Map<string, Cost[]>(each.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) for (const one of each) costs.get(one.name)?.push(run(one));
  return costs;
};

/** The value of a ratio is the median of the ratios of its rounds. */
export const ratios = (costs: Costs, comparisons: readonly Comparison[]): readonly Verdict[] =>
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

export interface Verdict {
  readonly what: string;
  readonly bar: number | undefined;
  readonly unit: string;
  /** Undefined where a program was skipped. */
  readonly value: number | undefined;
  readonly note: string;
}

export const cpu = (cost: Cost): number => cost.cpu;

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
};

export const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

export const table = (costs: Costs): void => {
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

export const verdicts = (all: readonly Verdict[]): void => {
  say('bar        measured    verdict       what');
  for (const { what, bar, unit, value, note } of all) {
    const wanted = bar === undefined ? '-' : `≤ ${bar}${unit}`;
    const got = value === undefined ? '-' : `${value.toFixed(2)}${unit}`;
    const verdict = value === undefined ? 'NOT MEASURED' : bar === undefined ? '' : value <= bar ? 'met' : 'NOT MET';
    say(`${wanted.padEnd(11)}${got.padEnd(12)}${verdict.padEnd(14)}${what}${note === '' ? '' : ` (${note})`}`);
  }
};

export const say = (line: string): boolean => process.stdout.write(`${line}\n`);
export const warn = (line: string): boolean => process.stderr.write(`${line}\n`);
