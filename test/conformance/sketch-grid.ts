/**
 * Every call on every path of one tree that has one of each, and calls of two paths on every pair.
 * Runs in a process and a mount namespace of its own. The idea is SibylFS's (SOSP 2015).
 */
import { Fault } from '../../src/fs/fault.ts';
import type { OpenHow, Resolve } from '../../src/fs/fs.ts';
import { random } from './random.ts';
import { type Difference, explain, Run } from './sketch-compare.ts';
import type { Call, Item, Script, Spot, Step, User } from './sketch-script.ts';
import { KernelSide, type Side, SketchSide } from './sketch-sides.ts';

export interface Grid {
  readonly seed: number;
  /** One case in so many, picked by the seed. */
  readonly oneIn: number;
  /** An empty directory, the root of a mount. */
  readonly root: string;
  /** The type of its file system. */
  readonly type: string;
}

export interface GridTally {
  readonly cases: number;
  /** Cases that changed the tree. */
  readonly changes: number;
  /** Cases by how they ended. */
  readonly ends: Readonly<Record<string, number>>;
  /** The first of the cases that differ. */
  readonly wrong: readonly string[];
}

const mostWrong = 12;

export const runGrid = (grid: Grid): GridTally => {
  const dice = random(grid.seed);
  const steps = [...cases()].filter(() => dice.oneIn(grid.oneIn));
  const sketch = new SketchSide(grid.type);
  const pair = new Pair(new KernelSide(grid.root), sketch);
  const ends: Record<string, number> = {};
  const wrong: string[] = [];
  let changes = 0;
  for (const step of steps) {
    const end = pair.perform(step);
    const errno = / (E[A-Z0-9]+)$/.exec(end.kernel)?.[1] ?? 'done';
    ends[errno] = (ends[errno] ?? 0) + 1;
    if (errno === 'done' && changesTree(step)) changes++;
    if (end.wrong && wrong.length < mostWrong) wrong.push(end.wrong);
  }
  const last = pair.end();
  if (last) wrong.push(last);
  return { cases: steps.length, changes, ends, wrong };
};

/** Both sides with the same tree, built anew after every change. */
class Pair {
  readonly #kernel: Side;
  readonly #sketch: Side;
  #runs: readonly [Run, Run] | undefined;
  /** Calls since the trees were built, none of which should have changed them. */
  #since: Step[] = [];

  constructor(kernel: Side, sketch: Side) {
    this.#kernel = kernel;
    this.#sketch = sketch;
  }

  perform(step: Step): { readonly kernel: string; readonly wrong?: string | undefined } {
    this.#runs ??= [new Run(this.#kernel, blank), new Run(this.#sketch, blank)];
    const [ours, theirs] = this.#runs;
    let kernel = ours.perform(step);
    const sketch = theirs.perform(step);
    // A rename or mount elsewhere makes the kernel walk again, and links of the first time still count.
    for (let again = 0; kernel !== sketch && kernel.endsWith(' ELOOP') && again < 99; again++)
      kernel = ours.perform(step);
    this.#since.push(step);
    if (kernel !== sketch) {
      this.#since = [step];
      const wrong = this.#explain({ step: 0, kernel, sketch });
      this.#renew();
      return { kernel, wrong };
    }
    const changed = !/ E[A-Z0-9]+$/.test(kernel) && changesTree(step);
    if (!changed && this.#since.length < 200) return { kernel };
    return { kernel, wrong: this.#compareTrees() };
  }

  end(): string | undefined {
    return this.#runs && this.#compareTrees();
  }

  #compareTrees(): string | undefined {
    const [ours, theirs] = this.#runs as readonly [Run, Run];
    const [kernel, sketch] = [ours, theirs].map((run) => [...run.held(), ...run.tree()]) as [string[], string[]];
    const at = kernel.findIndex((line, index) => line !== sketch[index]);
    const wrong =
      at < 0 && kernel.length === sketch.length
        ? undefined
        : this.#explain({ step: 'the tree after', kernel: kernel[at] ?? 'no more', sketch: sketch[at] ?? 'no more' });
    this.#renew();
    return wrong;
  }

  #explain(difference: Difference): string {
    return explain({ ...blank, items: [], steps: this.#since.slice(-5) }, difference);
  }

  #renew(): void {
    for (const run of this.#runs ?? []) run[Symbol.dispose]();
    this.#runs = undefined;
    this.#since = [];
  }
}

const changesTree = (step: Step): boolean => {
  switch (step.do) {
    case 'open':
      return step.how.create !== undefined || step.how.truncate === true;
    case 'stat':
    case 'readlink':
    case 'access':
    case 'chdir':
      return false;
    default:
      return true;
  }
};

const owned = { uid: 0, gid: 0 };
const dir = (path: string, mode = 0o755): Item => ({ kind: 'dir', path, mode, ...owned });
const file = (path: string, mode = 0o644): Item => ({ kind: 'file', path, mode, content: 'abc', ...owned });
const link = (path: string, text: string): Item => ({ kind: 'symlink', path, text, mode: 0, ...owned });
const name = (path: string, of: string): Item => ({ kind: 'name', path, of, mode: 0, ...owned });

const items: readonly Item[] = [
  file('f'),
  name('g', 'f'),
  dir('d'),
  file('d/x', 0o666),
  dir('d/n'),
  file('d/n/y'),
  link('d/back', '../f'),
  dir('e', 0o777),
  link('l', 'f'),
  name('lg', 'l'),
  link('ld', 'd'),
  link('slash', 'd/'),
  link('gone', 'nothing'),
  link('new', 'e/new'),
  link('loop', 'loop'),
  link('dot', '.'),
  link('up', 'd/n/..'),
  link('abs', '/mnt/x'),
  { kind: 'fifo', path: 'p', mode: 0o666, ...owned },
  { kind: 'dir', path: 'sticky', mode: 0o1777, ...owned },
  { kind: 'file', path: 'sticky/x', mode: 0o666, content: '', uid: 1002, gid: 1002 },
  { kind: 'dir', path: 'shut', mode: 0o700, ...owned },
  file('shut/x'),
  file('mnt/x', 0o666),
  dir('mnt/d'),
  file('s/x', 0o666),
  file('t/x', 0o666),
  link('s/lx', 'x'),
  link('s/ld', '.'),
];

const blank: Script = { umask: 0, items, steps: [], watched: 'no' };

const paths: readonly string[] = [
  'f g d d/x d/n d/n/y d/back e l lg ld ld/x slash slash/n gone new loop loop/x dot dot/f up abs p sticky/x shut/x',
  '. .. d/. d/.. d/n/.. e/. nothing e/nothing nothing/x f/x f/..',
  'mnt mnt/x mnt/d mnt/.. s s/x s/v s/v/x bind bind/x bind/v bind/.. ro ro/x over nolinks nolinks/lx nolinks/ld/x',
]
  .flatMap((line) => line.split(' '))
  .flatMap((path) => [path, `${path}/`]);

const alone = [...paths, '/', '', '//', 'n'.repeat(255), 'n'.repeat(256), `${'d/../'.repeat(818)}f/..`];

const cwd = (path: string): Spot => ({ at: 'cwd', path });

function* cases(): Generator<Step> {
  for (const path of alone)
    for (const as of [0, 1] as const) for (const call of onOne(path)) yield { as: as as User, ...call };
  for (const from of paths)
    for (const to of paths) for (const call of onTwo(cwd(from), cwd(to))) yield { as: 0, ...call };
}

function* onTwo(from: Spot, to: Spot): Generator<Call> {
  for (const follow of [false, true]) yield { do: 'link', from, to, follow };
  yield { do: 'rename', from, to };
  for (const how of ['no-replace', 'exchange'] as const) yield { do: 'rename', from, to, how };
}

function* onOne(path: string): Generator<Call> {
  const at = cwd(path);
  for (const how of ways()) yield { do: 'open', slot: 0, at, how };
  for (const follow of [false, true]) {
    yield { do: 'stat', at, follow };
    yield { do: 'chmod', at, mode: 0o1705, follow };
    yield { do: 'chown', at, uid: 1001, gid: 2000, follow };
    yield { do: 'chown', at, follow };
    yield { do: 'setTimes', at, mtime: 5, follow };
    yield { do: 'setTimes', at, atime: 'now', mtime: 'now', follow };
  }
  yield { do: 'readlink', at };
  for (const wanted of ['read', 'write', 'search'] as const) yield { do: 'access', at, wanted };
  yield { do: 'unlink', at };
  yield { do: 'rmdir', at };
  yield { do: 'mkdir', at, mode: 0o3751 };
  yield { do: 'mknod', at, kind: 'file', mode: 0o640, rdev: 0 };
  yield { do: 'mknod', at, kind: 'char', mode: 0o640, rdev: 0x100003 };
  for (const text of ['f', 'x'.repeat(60), 'x'.repeat(1023), 'x'.repeat(1024), 'x'.repeat(4095), 'x'.repeat(4096), ''])
    yield { do: 'symlink', text, to: at };
}

function* ways(): Generator<OpenHow> {
  for (const directory of [false, true])
    for (const nofollow of [false, true]) {
      const both = { ...(directory && { directory }), ...(nofollow && { nofollow }) };
      yield { access: 'path', ...both };
      for (const resolve of resolves) yield { access: 'path', ...both, resolve };
      for (const access of ['read', 'write', 'read-write'] as const)
        for (const truncate of [false, true])
          for (const create of ['no', 'if-missing', 'exclusive'] as const)
            yield {
              access,
              ...both,
              ...(truncate && { truncate }),
              ...(create !== 'no' && { create, mode: 0o640 }),
            };
    }
}

const resolves: readonly Resolve[] = [
  { beneath: true },
  { inRoot: true },
  { noSymlinks: true },
  { noCrossing: true },
  { noMagicLinks: true },
  { beneath: true, noCrossing: true },
  { inRoot: true, noSymlinks: true },
];

/** How many names a file can get, up to `limit`, and why not one more. */
export const countNames = (side: Side, limit: number): readonly [number, string] => {
  const fs = side.begin();
  fs.mkdir(fs.cwd, 'many', 0o777);
  fs.mknod(fs.cwd, 'many/0', 'file', 0o644);
  for (let names = 1; ; names++) {
    const refused = names < limit ? fs.link(fs.cwd, 'many/0', fs.cwd, `many/${names}`) : undefined;
    if (names < limit && !refused) continue;
    const stat = fs.stat(fs.cwd, 'many/0');
    return [stat instanceof Fault ? 0 : stat.nlink, refused?.errno ?? 'none refused'];
  }
};
