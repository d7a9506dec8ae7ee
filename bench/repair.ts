/**
 * How often `lw repair` is right, on links of real trees whose targets are moved about in ways that are known
 * (bench/README.md): `node bench/repair.ts [--tree usr|FILE.deb] [--rounds 2] [--seed 1] [--dir DIR]`.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { command as repair } from '../src/cli/commands/repair.ts';
import { command as undo } from '../src/cli/commands/undo.ts';
import { kernelWorld } from '../src/cli/kernel-world.ts';
import { parseRequest } from '../src/cli/parse-request.ts';
import type { Report } from '../src/cli/repair/report.ts';
import type { Probe } from '../src/fs/probe.ts';
import { kernelProbe } from '../src/kernel/probe.ts';

const precisionBar = 0.995;
const topBar = 0.95;

/** What happens to the targets of links. */
const harms = ['ancestor renamed', 'moved', 'version bump', 'copied', 'deleted', 'decoy', 'inode reused'] as const;
type Harm = (typeof harms)[number];
/** Those of which the bars speak: the target is still there, and is what it was or its next version. */
const moves: ReadonlySet<Harm> = new Set(['ancestor renamed', 'moved', 'version bump']);

interface Score {
  broken: number;
  automatic: number;
  right: number;
  shown: number;
  first: number;
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      tree: { type: 'string', default: 'usr' },
      rounds: { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
      dir: { type: 'string', default: tmpdir() },
    },
  });
  const random = generator(Number(values.seed));
  const home = mkdtempSync(join(values.dir, 'linkwright-repair-'));
  const scores = new Map<string, Score>();
  try {
    const tree = join(home, 'tree');
    mkdirSync(join(home, 'hold'));
    makeTree(tree, values.tree);
    const links = linksOf(tree);
    console.log(`seed ${values.seed}; ${links.length} good links of ${values.tree}`);
    const state = join(home, 'state');
    for (let round = 0; round < Number(values.rounds); round++) {
      // Files that were put back may be new ones.
      const started = performance.now();
      await run(repair, ['--remember', '--state', state, tree]);
      console.log(`remembered in ${((performance.now() - started) / 1000).toFixed(1)} s, ${memoryBytes(state)} bytes`);
      for (const harm of harms) await play(home, tree, state, links, harm, random, scores, round);
    }
    const failed = report(scores);
    process.exitCode = failed ? 1 : 0;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
};

interface Link {
  readonly path: string;
  /** Physical path of its target. */
  readonly target: string;
}

/** Does the harm, asks for repair with and without memory, and takes the harm back. */
const play = async (
  home: string,
  tree: string,
  state: string,
  links: readonly Link[],
  harm: Harm,
  random: () => number,
  scores: Map<string, Score>,
  round: number,
): Promise<void> => {
  const undoing: (() => void)[] = [];
  const became = doHarm(home, tree, links, harm, random, undoing);
  const truth = new Map(links.map(({ path, target }) => [became(path), became(target)]));
  for (const memory of ['with memory', 'without'] as const) {
    const options = memory === 'without' ? ['--no-memory'] : [];
    const started = performance.now();
    const answer = await run(repair, ['--dry-run', '--state', state, ...options, tree]);
    judge(answer, truth, scoreOf(scores, `${harm}, ${memory}`));
    console.log(
      `  ${harm}, ${memory}: ${answer.verdicts.length} of ${answer.survey.census.counts.links} links, ${((performance.now() - started) / 1000).toFixed(1)} s`,
    );
  }
  if (round === 0 && moves.has(harm)) await really(tree, state, truth);
  for (const step of undoing.reverse()) step();
};

/** Repairs, looks with the kernel's own eyes, and undoes. */
const really = async (
  tree: string,
  state: string,
  truth: ReadonlyMap<string | undefined, string | undefined>,
): Promise<void> => {
  const before = snapshot(tree);
  const answer = await run(repair, ['--state', state, '--no-memory', tree]);
  if (answer.id !== undefined) throw new Error('something was mended without memory');
  const mended = await run(repair, ['--state', state, '--yes', tree]);
  let wrong = 0;
  let right = 0;
  for (const { wound, fate } of mended.verdicts) {
    if (fate !== 'mended' && fate !== 'along') continue;
    const wanted = truth.get(wound.physical);
    if (wanted !== undefined && isSame(wound.physical, wanted)) right++;
    else wrong++;
  }
  console.log(`  applied: ${right} lead where they should, ${wrong} do not`);
  if (mended.id !== undefined) {
    await run(undo, ['--state', state, mended.id]);
    if (snapshot(tree) !== before) throw new Error('undo did not bring the tree back');
  }
  // What was remembered of the mended links is of the time before.
  rmSync(join(state, 'memory'), { recursive: true });
  cpSync(join(state, 'memory-before'), join(state, 'memory'), { recursive: true, preserveTimestamps: true });
  chmodSync(join(state, 'memory'), 0o700);
};

const snapshot = (tree: string): string => {
  const { stdout } = spawnSync('find', [tree, '-printf', '%P %i %l\\n'], { maxBuffer: 2 ** 30 });
  return String(stdout).split('\n').toSorted().join('\n');
};

const judge = (answer: Report, truth: ReadonlyMap<string | undefined, string | undefined>, score: Score): void => {
  for (const { wound, candidates, fate, chosen } of answer.verdicts) {
    if (wound.because !== undefined) continue;
    score.broken++;
    const wanted = truth.get(wound.physical);
    const isIt = (path: string): boolean => wanted !== undefined && isSame(path, wanted);
    if (fate === 'mended' && chosen) {
      score.automatic++;
      if (isIt(chosen.path)) score.right++;
    }
    const [best] = candidates;
    if (!best) continue;
    score.shown++;
    if (isIt(best.path)) score.first++;
  }
};

const isSame = (a: string, b: string): boolean => {
  try {
    const [x, y] = [statSync(a, { bigint: true }), statSync(b, { bigint: true })];
    return x.ino === y.ino && x.dev === y.dev;
  } catch {
    return false;
  }
};

/** Gives the path that what was at a path is at now; undefined where it is nowhere. */
const doHarm = (
  home: string,
  tree: string,
  links: readonly Link[],
  harm: Harm,
  random: () => number,
  undoing: (() => void)[],
): ((path: string) => string | undefined) => {
  const moved: (readonly [string, string])[] = [];
  const gone = new Set<string>();
  const inside = links.filter(({ target }) => target.startsWith(`${tree}/`));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const dirs = directoriesOf(tree);
  const rename = (from: string, to: string): void => {
    renameSync(from, to);
    undoing.push(() => renameSync(to, from));
  };
  const hold = (path: string): void =>
    rename(path, join(home, 'hold', `${undoing.length}-${Math.floor(random() * 1e9)}`));
  const files = [...new Set(inside.map(({ target }) => target))].filter((path) => lstatSync(path).isFile());
  const some = (number: number): readonly string[] => {
    const left = [...files];
    return Array.from(
      { length: Math.min(number, left.length) },
      () => left.splice(Math.floor(random() * left.length), 1)[0] as string,
    );
  };
  switch (harm) {
    case 'ancestor renamed':
      for (let i = 0; i < 12; i++) {
        const { target } = pick(inside);
        const above = ancestorsOf(target, tree);
        const dir = pick(above);
        // Each once: what lies within something renamed has another path by now.
        if (
          !dir ||
          !existsSync(dir) ||
          moved.some(
            ([from, to]) => dir.startsWith(`${from}/`) || from.startsWith(`${dir}/`) || `${to}/`.startsWith(`${dir}/`),
          )
        )
          continue;
        const to =
          random() < 0.5
            ? join(dirname(dir), `renamed-${i}`)
            : join(
                pick(dirs.filter((other) => existsSync(other) && !`${other}/`.startsWith(`${dir}/`))),
                `renamed-${i}`,
              );
        moved.push([dir, to]);
        rename(dir, to);
      }
      break;
    case 'moved':
      for (const file of some(1000)) {
        const to = join(pick(dirs), basename(file));
        if (existsSync(to)) continue;
        moved.push([file, to]);
        rename(file, to);
      }
      break;
    case 'copied':
      for (const file of some(600)) {
        const to = join(pick(dirs), basename(file));
        if (existsSync(to)) continue;
        moved.push([file, to]);
        cpSync(file, to, { preserveTimestamps: true });
        undoing.push(() => rmSync(to));
        hold(file);
      }
      break;
    case 'version bump':
      for (const { target } of inside) {
        const name = [target, ...ancestorsOf(target, tree)].find((path) => /\d/.test(basename(path)));
        if (!name || moved.length >= 120 || random() < 0.8 || !existsSync(name)) continue;
        const to = join(
          dirname(name),
          basename(name).replace(/(\d+)(?!.*\d)/, (digits) => String(Number(digits) + 1)),
        );
        if (
          existsSync(to) ||
          moved.some(([from, other]) => name.startsWith(`${from}/`) || from.startsWith(`${name}/`) || other === to)
        )
          continue;
        moved.push([name, to]);
        cpSync(name, to, { recursive: true, preserveTimestamps: false, verbatimSymlinks: true });
        undoing.push(() => rmSync(to, { recursive: true }));
        hold(name);
      }
      break;
    case 'deleted':
    case 'decoy':
    case 'inode reused':
      for (const file of some(600)) {
        const { size } = lstatSync(file);
        gone.add(file);
        if (harm === 'inode reused') {
          // Taken out for good, so that its number is free; another file takes it, if the file system lets it.
          const kept = join(home, 'hold', `copy-${undoing.length}`);
          cpSync(file, kept, { preserveTimestamps: true });
          rmSync(file);
          const other = join(dirname(file), `new-${undoing.length}`);
          writeFileSync(other, 'another file');
          undoing.push(() => {
            rmSync(other);
            renameSync(kept, file);
          });
          continue;
        }
        hold(file);
        if (harm === 'deleted') continue;
        const decoy = join(pick(dirs), basename(file));
        if (existsSync(decoy)) continue;
        writeFileSync(decoy, '');
        truncateSync(decoy, size);
        undoing.push(() => rmSync(decoy));
      }
  }
  return (path) => {
    if (gone.has(path)) return undefined;
    const found = moved.find(([from]) => path === from || path.startsWith(`${from}/`));
    return found ? found[1] + path.slice(found[0].length) : path;
  };
};

const ancestorsOf = (path: string, tree: string): readonly string[] => {
  const above: string[] = [];
  for (let at = dirname(path); at.length > tree.length; at = dirname(at)) above.push(at);
  return above;
};

const directoriesOf = (tree: string): readonly string[] =>
  String(spawnSync('find', [tree, '-type', 'd'], { maxBuffer: 2 ** 30 }).stdout)
    .split('\n')
    .filter((path) => path !== '');

/** Good links, with the real paths of what they lead to. */
const linksOf = (tree: string): readonly Link[] => {
  const { stdout } = spawnSync('find', [tree, '-type', 'l', '-print0'], { maxBuffer: 2 ** 30 });
  const paths = String(stdout)
    .split('\0')
    .filter((path) => path !== '');
  const links: Link[] = [];
  for (let i = 0; i < paths.length; i += 1000) {
    const some = paths.slice(i, i + 1000);
    const real = String(spawnSync('realpath', ['-mz', '--', ...some], { maxBuffer: 2 ** 28 }).stdout).split('\0');
    for (const [at, path] of some.entries()) if (existsSync(path)) links.push({ path, target: real[at] as string });
  }
  return links;
};

/** The links of this machine's /usr with all names around them, files as empty as they can be at their size; or a package. */
const makeTree = (tree: string, source: string): void => {
  mkdirSync(tree);
  if (source.endsWith('.deb')) {
    if (spawnSync('dpkg-deb', ['-x', source, tree]).status !== 0) throw new Error(`cannot unpack ${source}`);
    return;
  }
  if (source !== 'usr') {
    cpSync(source, tree, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    return;
  }
  const copy = (from: string, to: string): void => {
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      const [source, name] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) {
        mkdirSync(name);
        copy(source, name);
      } else if (entry.isSymbolicLink()) symlinkSync(moved(readlinkSync(source), tree), name);
      else if (entry.isFile()) {
        const { size, mtimeMs } = lstatSync(source);
        writeFileSync(name, '');
        truncateSync(name, size);
        utimesSync(name, mtimeMs / 1000, mtimeMs / 1000);
      }
    }
  };
  mkdirSync(join(tree, 'usr'));
  mkdirSync(join(tree, 'etc'));
  copy('/usr', join(tree, 'usr'));
  copy('/etc', join(tree, 'etc'));
  for (const name of ['bin', 'lib', 'sbin']) symlinkSync(`usr/${name}`, join(tree, name));
};

const moved = (text: string, tree: string): string => (text.startsWith('/') ? tree + text : text);

const run = async (
  // biome-ignore lint/suspicious/noExplicitAny: commands of several reports.
  command: any,
  args: readonly string[],
): Promise<Report> => {
  using kernel = kernelWorld(undefined, { show: () => {}, erase: () => {} });
  // Each probe keeps its memory as long as the process.
  const world = { ...kernel, probe: () => (probe ??= kernelProbe()) };
  const request = parseRequest(command, args, () => new Uint8Array());
  return await command.run(world, request);
};

let probe: Probe | undefined;

const memoryBytes = (state: string): number => {
  cpSync(join(state, 'memory'), join(state, 'memory-before'), { recursive: true });
  return readdirSync(join(state, 'memory')).reduce((sum, name) => sum + statSync(join(state, 'memory', name)).size, 0);
};

const scoreOf = (scores: Map<string, Score>, name: string): Score => {
  const known = scores.get(name) ?? { broken: 0, automatic: 0, right: 0, shown: 0, first: 0 };
  scores.set(name, known);
  return known;
};

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((part / whole) * 100).toFixed(2)} %`);

/** Whether a bar was missed. */
const report = (scores: ReadonlyMap<string, Score>): boolean => {
  console.log('| harm | links broken | automatic | precision | recall | top-1 |\n|---|--:|--:|--:|--:|--:|');
  const total: Score = { broken: 0, automatic: 0, right: 0, shown: 0, first: 0 };
  let wrong = 0;
  let automatic = 0;
  for (const [name, score] of scores) {
    const { broken, right, first } = score;
    console.log(
      `| ${name} | ${broken} | ${score.automatic} | ${percent(right, score.automatic)} | ${percent(right, broken)} | ${percent(first, broken)} |`,
    );
    wrong += score.automatic - right;
    automatic += score.automatic;
    if (name.endsWith(', with memory') && moves.has(name.split(',')[0] as Harm))
      for (const key of Object.keys(total) as (keyof Score)[]) total[key] += score[key];
  }
  const precision = automatic === 0 ? 1 : 1 - wrong / automatic;
  const top = total.first / total.broken;
  console.log(
    `precision of all that is automatic: ${percent(automatic - wrong, automatic)} of ${automatic} (bar ${precisionBar * 100} %)`,
  );
  console.log(
    `top-1 with memory, of what was moved: ${percent(total.first, total.broken)} of ${total.broken} (bar ${topBar * 100} %)`,
  );
  return precision < precisionBar || top < topBar;
};

/** Numbers from 0 to 1 by a seed (mulberry32). */
const generator = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

await main();
