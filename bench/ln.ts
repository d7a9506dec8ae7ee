/**
 * ln: its start-up, and batches of links against the system's ln (bench/README.md):
 * `node bench/ln.ts [--links 100000] [--runs 5] [--starts 21] [--dir DIR]`. Needs a fresh build.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const home = join(import.meta.dirname, '..');
const startBar = 3;
const linkBar = 12;
const directories = 20;
/** Forked one by one, so few of them. */
const forkedSample = 1000;

interface Job {
  readonly name: string;
  readonly command: readonly string[];
  readonly input?: string;
  /** Before each run, outside of what is measured. */
  readonly prepare: () => void;
  readonly links: number;
}

const main = (): void => {
  const { values } = parseArgs({
    options: {
      links: { type: 'string', default: '100000' },
      runs: { type: 'string', default: '5' },
      starts: { type: 'string', default: '21' },
      // A disk's own work differs tenfold from run to run, and would hide ours.
      dir: { type: 'string', default: existsSync('/dev/shm') ? '/dev/shm' : tmpdir() },
    },
  });
  const [links, runs, starts] = [values.links, values.runs, values.starts].map(Number) as [number, number, number];
  const top = mkdtempSync(join(values.dir, 'linkwright-bench-ln-'));
  try {
    const launch = join(top, 'launch');
    if (spawnSync('cc', ['-O2', '-o', launch, join(import.meta.dirname, 'scan/launch.c')]).status !== 0)
      throw new Error('cc is missing, or could not compile launch.c');
    const lw = [process.execPath, installed(top), 'ln'];
    process.chdir(top);
    say(
      `${cpus()[0]?.model ?? 'CPU'}, ${cpus().length} CPUs, Linux ${release()}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}; in ${top}`,
    );
    startUp(launch, lw, starts);
    batches(launch, lw, links, runs);
  } finally {
    process.chdir('/');
    rmSync(top, { recursive: true, force: true });
  }
};

/** As npm installs it: without the sources, whose times a checkout has to look at. */
const installed = (top: string): string => {
  const at = join(top, 'node_modules/linkwright');
  mkdirSync(at, { recursive: true });
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(home, part), join(at, part), { recursive: true });
  for (const name of readdirSync(join(home, 'node_modules')))
    if (/^(@koromix|koffi|ignore|node)$/.test(name))
      symlinkSync(join(home, 'node_modules', name), join(top, 'node_modules', name));
  return join(at, 'bin/lw.cjs');
};

const startUp = (launch: string, lw: readonly string[], runs: number): void => {
  const fresh = (): void => {
    rmSync('b', { force: true });
    writeFileSync('a', '');
  };
  const empty: Job = { name: 'node -e 0', command: [process.execPath, '-e', '0'], prepare: fresh, links: 1 };
  const jobs: readonly Job[] = [
    empty,
    { ...empty, name: 'lw ln a b', command: [...lw, 'a', 'b'] },
    { ...empty, name: 'lw ln -s a b', command: [...lw, '-s', 'a', 'b'] },
    {
      ...empty,
      name: 'lw ln -sfn a b, replacing',
      command: [...lw, '-sfn', 'a', 'b'],
      prepare() {
        fresh();
        symlinkSync('old', 'b');
      },
    },
    { ...empty, name: 'ln a b', command: ['ln', 'a', 'b'] },
  ];
  const costs = inTurn(launch, jobs, runs);
  say(`\nstart-up, CPU in ms: median and least of ${runs}, above an empty node run by run`);
  const base = costs.get(empty) as readonly number[];
  for (const job of jobs) {
    const own = costs.get(job) as readonly number[];
    const above = median(own.map((cost, run) => cost - (base[run] as number)));
    const verdict = job.name === 'lw ln a b' ? bar(above, startBar, 'ms') : '';
    say(
      `${job.name.padEnd(28)}${median(own).toFixed(1).padStart(7)}${Math.min(...own)
        .toFixed(1)
        .padStart(7)}  +${above.toFixed(1)} ${verdict}`,
    );
  }
};

const batches = (launch: string, lw: readonly string[], links: number, runs: number): void => {
  const place = (index: number): string => `to/${Math.floor((index * directories) / links)}`;
  mkdirSync('from');
  for (let i = 0; i < links / 1000; i++) writeFileSync(`from/${i}`, '');
  const empty = (): void => {
    rmSync('to', { recursive: true, force: true });
    for (let i = 0; i < directories; i++) mkdirSync(`to/${i}`, { recursive: true });
  };
  const list = (name: string, field: (index: number) => string): string => {
    writeFileSync(name, Array.from({ length: links }, (_, index) => field(index)).join(''));
    return name;
  };
  const symlinks = list('symlinks', (i) => `../../from/${i}\0${place(i)}/link-${i}\0`);
  const hardLinks = list('hardLinks', (i) => `from/${Math.floor(i / 1000)}\0${place(i)}/link-${i}\0`);
  const sources = list('sources', (i) => `../from/link-${i}\0`);
  const made: Job = { name: 'lw ln -s --from0', command: [...lw, '-s', `--from0=${symlinks}`], prepare: empty, links };
  const hard: Job = { name: 'lw ln --from0', command: [...lw, `--from0=${hardLinks}`], prepare: empty, links };
  const full = (): void => {
    empty();
    spawnSync(lw[0] as string, [...lw.slice(1), '-s', `--from0=${symlinks}`]);
  };
  const forked = Math.min(forkedSample, links);
  const jobs: readonly Job[] = [
    made,
    hard,
    { ...made, name: 'lw ln -sf --from0, replacing', command: [...lw, '-sf', `--from0=${symlinks}`], prepare: full },
    { ...hard, name: 'lw ln -f --from0, replacing', command: [...lw, '-f', `--from0=${hardLinks}`], prepare: full },
    { ...made, name: 'xargs -0 ln -st DIR', command: ['xargs', '-0', 'ln', '-st', 'to/0'], input: sources },
    {
      ...made,
      name: 'xargs -0 ln -sft DIR, replacing',
      command: ['xargs', '-0', 'ln', '-sft', 'to/0'],
      input: sources,
      prepare() {
        empty();
        spawnSync('xargs', ['-0', 'ln', '-st', 'to/0'], { stdio: [openSync(sources, 'r'), 'ignore', 'inherit'] });
      },
    },
    {
      ...made,
      name: 'an ln forked for each link',
      command: ['sh', '-c', `i=0; while [ $i -lt ${forked} ]; do ln -s ../../from/x to/0/link-$i; i=$((i+1)); done`],
      links: forked,
    },
  ];
  const costs = inTurn(launch, jobs, runs);
  const perLink = (job: Job): readonly number[] => (costs.get(job) ?? []).map((cost) => (1000 * cost) / job.links);
  say(
    `\n${links} links in ${directories} directories, CPU in µs a link, start-up and reading of the list included: median and least of ${runs}`,
  );
  for (const job of jobs) {
    const own = perLink(job);
    const verdict = job === made || job === hard ? bar(median(own), linkBar, 'µs') : '';
    const ratio = median(own.map((cost, run) => cost / (perLink(made)[run] as number)));
    say(
      `${job.name.padEnd(34)}${median(own).toFixed(2).padStart(9)}${Math.min(...own)
        .toFixed(2)
        .padStart(9)}  ${ratio.toFixed(2)} × lw ln -s --from0 ${verdict}`,
    );
  }
};

/** A B C A B C …, so that noise of the machine falls on all alike. */
const inTurn = (launch: string, jobs: readonly Job[], runs: number): ReadonlyMap<Job, readonly number[]> => {
  const costs = new Map<Job, number[]>(jobs.map((job) => [job, []]));
  for (let run = 0; run < runs; run++) for (const job of jobs) costs.get(job)?.push(measured(launch, job));
  return costs;
};

/** User and system time of it and its children, in milliseconds (scan/launch.c). */
const measured = (launch: string, { name, command, input, prepare }: Job): number => {
  prepare();
  const { output, status, stderr } = spawnSync(launch, command, {
    stdio: [input === undefined ? 'ignore' : openSync(input, 'r'), 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  const cost = JSON.parse(output[3] ?? '{}') as { cpu: number; status: number };
  if (status !== 0 || cost.status !== 0) throw new Error(`${name} ended with ${cost.status}: ${stderr.slice(0, 300)}`);
  return cost.cpu;
};

const bar = (value: number, limit: number, unit: string): string =>
  `${value <= limit ? 'met' : 'NOT MET'}: the bar is ${limit} ${unit}`;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

main();
