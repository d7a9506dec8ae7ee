/**
 * Random plans: what a random script does to a sketch of a random tree, done on the kernel and undone. 500 of them, or
 * 10,000 with LINKWRIGHT_FULL=1; LINKWRIGHT_SEED gives those of an earlier run again.
 */
import assert from 'node:assert/strict';
import { linkSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs } from '../../src/fs/fs.ts';
import { linkText } from '../../src/fs/link-text.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import type { Outcome } from '../../src/plan/plan.ts';
import { Sketch } from '../../src/sketch/sketch.ts';
import type { Step } from '../../src/sketch/step.ts';
import { type Random, random } from '../conformance/random.ts';
import { asUser, isRoot, nobody } from '../scratch.ts';
import { asOurselves, drawn, whyStopped, Yard } from './yard.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
const plans = process.env.LINKWRIGHT_FULL === '1' ? 10_000 : 500;

const names = ['a', 'b', 'c', 'd', 'naïve name'];

const randomPath = (random: Random): string =>
  `/${Array.from({ length: 1 + random.below(3) }, () => random.pick(names)).join('/')}`;

/** A tree of a few directories, files with one name and several, and links. */
const plant = (yard: Yard, random: Random): void => {
  const files: string[] = [];
  const add = (path: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    const kind = random.below(5);
    if (kind === 0) mkdirSync(path);
    else if (kind === 1) symlinkSync(random.pick(['a', '../b', '/nowhere/d', 'nowhere', '.']), path);
    else if (kind === 2 && files.length > 0) linkSync(random.pick(files), path);
    else {
      writeFileSync(path, '', { flag: 'wx', mode: random.pick([0o644, 0o600, 0o755]) });
      files.push(path);
    }
  };
  for (let left = 4 + random.below(14); left > 0; left--) {
    const path = yard.at(randomPath(random).slice(1));
    try {
      add(path);
    } catch (error) {
      // Where something else stands on the way, or a link leads nowhere.
      assert.match(String((error as NodeJS.ErrnoException).code), /^E(EXIST|NOTDIR|LOOP|NOENT)$/);
    }
  }
};

/** Does something; most of what makes no sense is refused. */
const scribble = (fs: Fs, random: Random): void => {
  const { cwd } = fs;
  const path = randomPath(random);
  const other = randomPath(random);
  switch (random.below(12)) {
    case 0:
    case 1:
      fs.link(cwd, path, cwd, other);
      break;
    case 2:
    case 3:
      fs.symlink(linkText(random.pick(['a', '../b', 'x'.repeat(80)])), cwd, path);
      break;
    case 4:
      fs.mkdir(cwd, path, random.pick([0o755, 0o700, 0o777]));
      break;
    case 5:
    case 6:
      fs.rename(cwd, path, cwd, other);
      break;
    case 7:
      fs.rename(cwd, path, cwd, other, 'no-replace');
      break;
    case 8:
      fs.rename(cwd, path, cwd, other, 'exchange');
      break;
    case 9:
      fs.unlink(cwd, path);
      break;
    case 10:
      fs.rmdir(cwd, path);
      break;
    default:
      // Directories stay readable: what is in them has to be compared.
      fs.chmod(cwd, path, random.pick([0o555, 0o700, 0o755]), 'follow');
  }
};

const pathsOf = (step: Step): readonly string[] =>
  'at' in step ? [step.at.path] : 'from' in step ? [step.from.path, step.to.path] : [step.to.path];

/** Somebody else changes what a step was about; false where nothing is there to change. */
const meddle = (yard: Yard, random: Random, path: string): boolean => {
  const real = yard.at(path.slice(1));
  const stat = kernel.stat(yard.root.handle, path.slice(1));
  if (stat instanceof Fault) return false;
  if (stat.kind === 'dir') {
    renameSync(real, yard.at('elsewhere'));
    if (random.oneIn(2)) symlinkSync('elsewhere', real);
    return true;
  }
  const replacement = yard.at('replacement');
  if (stat.kind === 'symlink') symlinkSync('other text', replacement);
  else writeFileSync(replacement, '');
  if (random.oneIn(2)) renameSync(replacement, real);
  else renameSync(real, yard.at('elsewhere'));
  return true;
};

const describe = (value: unknown): string => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v));

const runOne = (planSeed: number, parent: string | undefined, tally: Tally): void => {
  const dice = random(planSeed);
  using yard = new Yard(parent);
  plant(yard, dice);
  const before = yard.tree();
  const sketch = new Sketch({ base: { fs: kernel, root: yard.root.handle } });
  const uid = process.geteuid?.() ?? 0;
  const fs = sketch.process({ uid });
  for (let left = 1 + dice.below(70); left > 0; left--) scribble(fs, dice);
  const known = new Set(before.map((line) => /#\d+/.exec(line)?.[0]));
  // The inodes of what is new are the kernel's to choose. What is kept is one more name of its file, and for users
  // who may not write to a directory it stays beside it.
  const linkCount = uid === 0 ? /(?<! dir #.*) \d+$/ : / \d+$/;
  const comparable = (lines: readonly string[]): readonly string[] =>
    lines
      .filter((line) => uid === 0 || !line.includes('/.lw-'))
      .map((line) => line.replace(/#\d+/, (ino) => (known.has(ino) ? ino : '#new')).replace(linkCount, ''));
  const top = fs.open(fs.cwd, '/', { access: 'path', directory: true });
  if (top instanceof Fault) throw new Error(top.reason);
  using sketchTop = top;
  const expected = comparable(drawn(fs, sketchTop));
  const outcome = yard.apply(sketch.steps);
  assert.equal(outcome.ended, 'done', describe(outcome));
  assert.deepEqual(comparable(yard.tree()), expected);
  if (sketch.steps.length === 0) return;
  tally.steps += sketch.steps.length;
  for (const { kind } of sketch.steps) tally.kinds[kind] = (tally.kinds[kind] ?? 0) + 1;
  if (dice.oneIn(4)) {
    const path = dice.pick(sketch.steps.flatMap(pathsOf));
    if (!asOurselves(() => meddle(yard, dice, path))) return;
    const meddled = yard.tree();
    const refused = yard.undo();
    // A name that the plan has touched and left to others does not matter to it.
    if (refused.ended === 'done') return;
    tally.refused++;
    assert.equal(refused.id, undefined, describe(refused));
    assert.equal((refused as Exclude<Outcome, { ended: 'done' }>).refusal.refused, 'changed', describe(refused));
    assert.ok(whyStopped(refused).includes('/'), whyStopped(refused));
    assert.deepEqual(yard.tree(), meddled);
    return;
  }
  const undone = yard.undo();
  assert.equal(undone.ended, 'done', describe(undone));
  assert.deepEqual(yard.tree(), before);
  assert.deepEqual(yard.kept(), []);
  tally.undone++;
  if (!dice.oneIn(3)) return;
  const redone = yard.undo(undone.id);
  assert.equal(redone.ended, 'done', describe(redone));
  assert.deepEqual(comparable(yard.tree()), expected);
  assert.equal(yard.undo().ended, 'done');
  assert.deepEqual(yard.tree(), before);
  tally.redone++;
};

interface Tally {
  steps: number;
  undone: number;
  redone: number;
  refused: number;
  readonly kinds: Record<string, number>;
}

const campaign = (count: number, start: number, run: (work: () => void) => void): void => {
  const tally: Tally = { steps: 0, undone: 0, redone: 0, refused: 0, kinds: {} };
  for (let i = 0; i < count; i++) {
    const planSeed = (start + i) >>> 0;
    try {
      run(() => runOne(planSeed, i % 10 === 0 ? tmpdir() : undefined, tally));
    } catch (error) {
      throw new Error(`LINKWRIGHT_SEED=${planSeed}`, { cause: error });
    }
  }
  process.stdout.write(`seed ${start}, ${count} plans: ${JSON.stringify(tally)}\n`);
  assert.ok(tally.undone > count / 4 && tally.refused > count / 50, describe(tally));
};

test('random plans do on the kernel what they did in a sketch, and undo brings everything back', () =>
  campaign(plans, seed, (work) => work()));

if (isRoot)
  test('and so they do for a user who may do little', () =>
    campaign(Math.round(plans / 5), seed, (work) => asUser(nobody, work)));
