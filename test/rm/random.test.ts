/** Random trees and removals, in memory: what is foretold is what comes, and undo brings everything back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goalOf, namesOf } from '../../src/cli/goals.ts';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs, Handle } from '../../src/fs/fs.ts';
import { fsProbe } from '../../src/fs/fs-probe.ts';
import { sameFile } from '../../src/fs/identity.ts';
import { linkText } from '../../src/fs/link-text.ts';
import type { Kind } from '../../src/fs/stat.ts';
import { findBroken } from '../../src/jobs/remove/broken.ts';
import { removeLinks, retarget } from '../../src/jobs/remove/mend.ts';
import { take } from '../../src/jobs/remove/take.ts';
import { type Ledger, openLedger } from '../../src/plan/ledger.ts';
import { apply } from '../../src/plan/plan.ts';
import { findUndo, performUndo } from '../../src/plan/undo.ts';
import { Atlas } from '../../src/scan/atlas.ts';
import type { Census } from '../../src/scan/census.ts';
import { leadsTo } from '../../src/scan/leads.ts';
import { settle } from '../../src/scan/settle.ts';
import { Walk } from '../../src/scan/walk.ts';
import { Sketch } from '../../src/sketch/sketch.ts';
import { type End, health } from '../../src/trace/route.ts';
import { type Place, trace } from '../../src/trace/trace.ts';
import { type Random, random } from '../conformance/random.ts';
import { randomTree } from '../conformance/random-tree.ts';
import { drawn, must } from '../plan/yard.ts';

const full = process.env.LINKWRIGHT_FULL !== undefined;
const seed = Number(process.env.LINKWRIGHT_SEED ?? Date.now() % 2 ** 32);
const rounds = Number(process.env.LINKWRIGHT_COUNT ?? (full ? 20_000 : 300));

/** A machine in memory with a random tree on it, and hard links besides. */
const machine = (dice: Random): { readonly fs: ReturnType<Sketch['process']>; readonly paths: readonly string[] } => {
  const fs = new Sketch().process();
  const { items } = randomTree(dice, []);
  const made: string[] = [];
  for (const item of items) {
    const path = `/${item.path}`;
    const refused =
      item.kind === 'dir'
        ? fs.mkdir(fs.cwd, path, 0o755)
        : item.kind === 'link'
          ? fs.symlink(linkText(item.text), fs.cwd, path)
          : fs.mknod(fs.cwd, path, 'file', 0o644);
    if (!refused) made.push(path);
  }
  const of = (wanted: (kind: Kind) => boolean): readonly string[] =>
    made.filter((path) => wanted(must(fs.stat(fs.cwd, path)).kind));
  const files = of((kind) => kind === 'file');
  const plain = files.length > 0 && dice.oneIn(2) ? files : of((kind) => kind !== 'dir');
  for (let more = dice.below(4); more > 0 && plain.length > 0; more--) {
    const file = dice.pick(plain);
    const path = `${dice.pick(['', ...of((kind) => kind === 'dir')])}/hard${more}`;
    if (!fs.link(fs.cwd, file, fs.cwd, path)) made.push(path);
    if (!fs.symlink(linkText(file.slice(1)), fs.cwd, `/to${more}`)) made.push(`/to${more}`, file, file);
  }
  must(fs.mkdir(fs.cwd, '/state', 0o700));
  return { fs, paths: made };
};

const scan = (fs: Fs, root: Place): { readonly census: Census; readonly atlas: Atlas } => {
  using walk = new Walk(fsProbe(fs), { level: 'full' });
  const opened = must(fs.open(fs.cwd, '/', { access: 'read', directory: true }));
  using top = opened;
  walk.addRoot(top, { path: '/', physical: '/' });
  while (!walk.step(1000));
  const atlas = new Atlas(walk.census, fs, root);
  for (const _ of settle(atlas, fs, root, []));
  return { census: walk.census, atlas };
};

const ends = (fs: Fs, root: Place, census: Census): ReadonlyMap<string, End> => {
  const found = new Map<string, End>();
  for (let row = 0; row < census.links.count; row++) {
    const path = census.linkPhysicalPath(row);
    if (!(fs.stat(root.handle, path.slice(1)) instanceof Fault))
      found.set(path, trace(fs, path, { from: root, root }).end);
  }
  return found;
};

const result = <T>(work: Generator<unknown, T>): T => {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
};

const treeOf = (fs: Fs, top: Handle): readonly string[] => drawn(fs, top).filter((line) => !line.startsWith('/state'));

/** Without the numbers of inodes, and of names: what is kept for undo is one more. */
const plain = (line: string): string => line.replace(/ #\d+ (\d+) \d+$/, ' $1');

interface Tally {
  removed: number;
  broken: number;
  retargeted: number;
}

const oneRound = (dice: Random, tally: Tally): void => {
  const { fs, paths } = machine(dice);
  using handle = must(fs.open(fs.cwd, '/', { access: 'path' }));
  const root: Place = { handle, path: '/' };
  const { census, atlas } = scan(fs, root);
  const before = ends(fs, root, census);
  const treeBefore = treeOf(fs, handle);

  const over = new Sketch({ base: { fs, root: handle } }).process();
  using overRoot = must(over.open(over.cwd, '/', { access: 'path' }));
  const place = { handle: overRoot, path: '/' };
  const trial = { fs: over, from: place, root: place, mountPoints: [], journal: '/state' };
  const operands = Array.from({ length: 1 + dice.below(2) }, () => dice.pick(['/a', ...paths]));
  const gone = operands.flatMap((operand) => {
    const answer = take(trial, operand, { recursive: dice.oneIn(2), emptyDirectories: dice.oneIn(2), force: false });
    return answer && 'path' in answer ? [answer] : [];
  });
  tally.removed += gone.length;

  const names = gone.map((each) => namesOf(census, each));
  const goals = gone.map((each, i) => goalOf(atlas, { ...each, missing: undefined }, names[i] ?? []));
  const rows = new Set(result(leadsTo(atlas, goals)).flatMap((leads) => leads.map(({ link }) => link)));
  const candidate = (row: number) => ({
    path: census.link(row).path,
    physical: census.linkPhysicalPath(row),
    text: census.link(row).text,
  });
  const all = Array.from({ length: census.links.count }, (_, row) => candidate(row));
  const broken = result(findBroken([...rows].map(candidate), { fs, root }, { fs: over, root: place }));
  const really = result(findBroken(all, { fs, root }, { fs: over, root: place }));
  assert.deepEqual(
    broken.map(({ physical }) => physical).toSorted(),
    really.map(({ physical }) => physical).toSorted(),
    'the links that lead there are all that break',
  );
  tally.broken += broken.length;

  const policy = dice.pick(['keep', 'remove', 'retarget'] as const);
  if (policy === 'remove') assert.equal(removeLinks(trial, broken), undefined);
  let left = policy === 'keep' ? broken : [];
  let to: string | undefined;
  if (policy === 'retarget') {
    let number = 0;
    const dirs = ['/', ...paths].filter((path) => {
      const stat = over.stat(over.cwd, path);
      return !(stat instanceof Fault) && stat.kind === 'dir';
    });
    to = dice.oneIn(2) ? dice.pick(dirs) : undefined;
    const mended = retarget(
      trial,
      gone,
      broken,
      {
        of(each, rest) {
          const others = names[gone.indexOf(each)]?.map(({ path }) => path) ?? [];
          const other = others.find((path) => !(over.stat(over.cwd, path) instanceof Fault));
          return to ?? (rest === '' ? other : undefined);
        },
        same: to === undefined,
      },
      () => `.lw-${String(++number).padStart(12, '0').replaceAll('9', 'z')}`,
    );
    if (mended instanceof Fault) throw new Error(mended.reason);
    tally.retargeted += mended.done.length;
    left = mended.left;
    for (const { physical, to } of mended.done) assert.equal(over.readlink(over.cwd, physical), to);
  }
  const foretold = treeOf(over, overRoot).map(plain);

  using ledger = ledgerOn(fs);
  const outcome = apply(ledger, { root: { handle, path: '/' }, steps: over.sketch.steps, words: ['rm'] });
  assert.equal(outcome.ended, 'done');
  assert.deepEqual(
    treeOf(fs, handle)
      .filter((line) => !line.startsWith('/.linkwright-'))
      .map(plain),
    foretold,
  );
  const after = ends(fs, root, census);
  for (const [path, end] of after) {
    const was = before.get(path) as End;
    if (was.kind !== 'found') continue;
    const isLeft = left.some(({ physical }) => physical === path);
    if (isLeft && policy === 'keep') assert.equal(health(end.kind), 'broken', path);
    else if (isLeft) assert.ok(end.kind !== 'found' || !sameFile(end.stat, was.stat), path);
    else if (to !== undefined && broken.some(({ physical }) => physical === path))
      assert.equal(end.kind, 'found', path);
    else assert.ok(end.kind === 'found' && sameFile(end.stat, was.stat), `${path} leads where it led`);
  }
  if (outcome.id === undefined) return;
  const found = findUndo(ledger, outcome.id, ['undo']);
  if (found instanceof Fault || 'cannot' in found) throw new Error('cannot undo');
  assert.equal(performUndo(ledger, { handle, path: '/' }, found).ended, 'done');
  assert.deepEqual(treeOf(fs, handle), treeBefore);
};

const ledgerOn = (fs: Fs): Ledger => {
  let number = 0;
  const ledger = openLedger(fs, fs.cwd, '/state', {
    uid: 0,
    now: Date.now,
    random: (length) => String(number++).padStart(length, 'a').slice(-length),
    process: 'test',
    isAlive: () => true,
  });
  if (!('fs' in ledger)) throw new Error(`the state directory: ${String(ledger.why)}`);
  return ledger;
};

test(`${rounds} random removals break what was foretold, and come back (LINKWRIGHT_SEED=${seed})`, (t) => {
  const tally: Tally = { removed: 0, broken: 0, retargeted: 0 };
  for (let i = 0; i < rounds; i++) {
    const own = (seed + i) >>> 0;
    try {
      oneRound(random(own), tally);
    } catch (error) {
      throw new Error(`LINKWRIGHT_SEED=${own} LINKWRIGHT_COUNT=1: ${(error as Error).message}`, { cause: error });
    }
  }
  t.diagnostic(JSON.stringify(tally));
  assert.ok(tally.removed > rounds / 4 && tally.broken > rounds / 10 && tally.retargeted > 0);
});
