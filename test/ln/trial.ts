/** One call of a program in a small tree of its own, with what came of it: for comparing ours with the system's. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { decodeBytes, encodeBytes } from '../../src/fs/bytes.ts';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs } from '../../src/fs/fs.ts';
import type { Program } from '../../src/jobs/make/process.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { randomWord } from '../../src/kernel/random.ts';
import { type Answer, ours } from '../gnu-program.ts';
import { Scratch } from '../scratch.ts';

export interface Trial {
  /** `name`: a file that holds its name; `name/`: a directory; `name -> text`; `name = name`: one more name; `name|`: a pipe. */
  readonly tree: readonly string[];
  readonly args: readonly string[];
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Outcome extends Answer {
  readonly tree: readonly string[];
}

const environment = (trial: Pick<Trial, 'env'>): Record<string, string> => ({
  LC_ALL: 'C.UTF-8',
  PATH: process.env.PATH ?? '',
  ...trial.env,
});

/** By a program of the system, found by PATH so that its messages begin with its bare name. */
export const bySystem = (name: string, trial: Trial): Outcome =>
  inTree(trial, (cwd) => {
    const ran = spawnSync(name, [...trial.args], { cwd, env: environment(trial), input: trial.input ?? '' });
    if (ran.status === null) throw ran.error;
    return { code: ran.status, out: decodeBytes(ran.stdout), err: decodeBytes(ran.stderr) };
  });

/** By ours, in this process; `fs` may stand in for the kernel. */
export const byOurs = (name: string, program: Program, trial: Trial, fs: Fs = kernel): Outcome =>
  inTree(trial, (cwd) => {
    const before = process.cwd();
    process.chdir(cwd);
    try {
      return runHere(name, program, trial, fs);
    } finally {
      process.chdir(before);
    }
  });

/** Runs in the working directory. */
export const runHere = (
  name: string,
  program: Program,
  trial: Pick<Trial, 'args' | 'input' | 'env'>,
  fs: Fs = kernel,
): Answer => {
  let input = trial.input ?? '';
  const take = (length: number): string => {
    const taken = input.slice(0, length);
    input = input.slice(length);
    return taken;
  };
  return ours(program, name, trial.args, environment(trial), fs, {
    random: randomWord,
    readLine: () => (input === '' ? undefined : take(`${input}\n`.indexOf('\n') + 1).replace('\n', '')),
    readOn: (_, bytes) => {
      const piece = encodeBytes(take(Math.min(input.length, bytes.length, 7)));
      bytes.set(piece);
      return piece.length;
    },
  });
};

const inTree = (trial: Trial, run: (cwd: string) => Answer): Outcome => {
  using scratch = new Scratch();
  const cwd = scratch.at('here');
  mkdirSync(cwd);
  plant(cwd, trial.tree);
  // Inodes that were there are known by the first of their names, new ones by numbers; held open, none is reused.
  using held = new DisposableStack();
  const known = new Map<string, string>();
  for (const path of walk(cwd)) {
    const key = identity(join(cwd, path));
    if (known.has(key)) continue;
    known.set(key, path);
    const handle = kernel.open(kernel.cwd, join(cwd, path), { access: 'path', nofollow: true });
    if (!(handle instanceof Fault)) held.use(handle);
  }
  return { ...run(cwd), tree: draw(cwd, known) };
};

export const plant = (cwd: string, tree: readonly string[]): void => {
  for (const line of tree) {
    const link = /^(.*?) -> (.*)$/s.exec(line);
    const same = /^(.*?) = (.*)$/s.exec(line);
    if (link) symlinkSync(link[2] as string, join(cwd, link[1] as string));
    else if (same) linkSync(join(cwd, same[2] as string), join(cwd, same[1] as string));
    else if (line.endsWith('/')) mkdirSync(join(cwd, line));
    else if (line.endsWith('|')) spawnSync('mkfifo', [join(cwd, line.slice(0, -1))]);
    else writeFileSync(join(cwd, line), line);
  }
};

/** The tree, a line an entry: its path, what it is, and which inode. */
export const draw = (cwd: string, known = new Map<string, string>()): readonly string[] =>
  walk(cwd).map((path) => {
    const full = join(cwd, path);
    const stat = lstatSync(full);
    const key = identity(full);
    let inode = known.get(key);
    if (inode === undefined) {
      inode = `new ${known.size}`;
      known.set(key, inode);
    }
    const what = stat.isSymbolicLink()
      ? `-> ${readlinkSync(full)}`
      : stat.isDirectory()
        ? 'dir'
        : stat.isFile()
          ? `file ${readFileSync(full, 'utf8')}`
          : 'special';
    return `${path} ${what} (${inode})`;
  });

const walk = (folder: string, below = ''): readonly string[] =>
  existsSync(join(folder, below))
    ? readdirSync(join(folder, below), { withFileTypes: true })
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .flatMap((entry) => {
          const path = join(below, entry.name);
          return entry.isDirectory() ? [path, ...walk(folder, path)] : [path];
        })
    : [];

const identity = (path: string): string => {
  const { dev, ino } = lstatSync(path, { bigint: true });
  return `${dev}:${ino}`;
};
