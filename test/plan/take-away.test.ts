/** A directory that goes with all that it holds: as one move, which undo takes back, and which purging removes for good. */
import assert from 'node:assert/strict';
import { chmodSync, linkSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { Fault } from '../../src/fs/fault.ts';
import { readHistory } from '../../src/plan/history.ts';
import { purge, purgeable } from '../../src/plan/purge.ts';
import { asUser, Scratch } from '../scratch.ts';
import { must, whyStopped, Yard } from './yard.ts';

const takeAway = (yard: Yard, path: string) => yard.steps((fs) => must(fs.takeAway(fs.cwd, path)));

const purgeAll = (yard: Yard, dryRun = false) => {
  const history = readHistory(yard.ledger);
  if (history instanceof Fault) throw new Error(history.reason);
  return purgeable(history.entries, yard.ledger.now() + 1, () => 0).map((reading) =>
    purge(yard.ledger, yard.root, reading, dryRun),
  );
};

const planted = (yard: Yard): void => {
  yard.write('keep/file', 'gone/a', 'gone/deep/b', 'gone/deep/er/c');
  linkSync(yard.at('gone/a'), yard.at('keep/other'));
  symlinkSync('../keep', yard.at('gone/out'));
  symlinkSync('/', yard.at('gone/deep/root'));
  mkdirSync(yard.at('gone/empty'));
};

test('it goes in one step and comes back as it was, with every inode', () => {
  using yard = new Yard();
  planted(yard);
  const before = yard.tree();
  const steps = takeAway(yard, 'gone');
  assert.deepEqual(
    steps.map(({ kind }) => kind),
    ['take-away'],
  );
  assert.equal(yard.apply(steps).ended, 'done');
  assert.equal(
    yard.tree().some((line) => line.startsWith('/gone')),
    false,
  );
  assert.equal(yard.undo().ended, 'done');
  assert.deepEqual(yard.tree(), before);
});

test('what came into it meanwhile goes along, and comes back', () => {
  using yard = new Yard();
  planted(yard);
  const steps = takeAway(yard, 'gone');
  writeFileSync(yard.at('gone/late'), 'late');
  assert.equal(yard.apply(steps).ended, 'done');
  assert.equal(yard.undo().ended, 'done');
  assert.ok(lstatSync(yard.at('gone/late')).isFile());
});

test('another directory at its name is left alone', () => {
  using yard = new Yard();
  planted(yard);
  const steps = takeAway(yard, 'gone');
  const moving = yard.apply(yard.steps((fs) => must(fs.rename(fs.cwd, 'gone', fs.cwd, 'moved'))));
  assert.equal(moving.ended, 'done');
  mkdirSync(yard.at('gone'));
  const before = yard.tree();
  assert.match(whyStopped(yard.apply(steps)), /another file now \(a directory\)/);
  assert.deepEqual(yard.tree(), before);
});

test('purging removes all of it, follows no link, and leaves other names of its files', () => {
  using yard = new Yard();
  planted(yard);
  yard.apply(takeAway(yard, 'gone'));
  const left = yard.tree().map((line) => line.replace(/ \d+$/, ''));
  assert.equal(yard.kept().length > 8, true);
  assert.deepEqual(
    purgeAll(yard, true).map(({ refusals }) => refusals),
    [[]],
  );
  assert.equal(yard.kept().length > 8, true);
  const [purged] = purgeAll(yard);
  assert.deepEqual([purged?.freed, purged?.refusals], [9, []]);
  assert.deepEqual(yard.kept(), []);
  assert.deepEqual(
    yard.tree().map((line) => line.replace(/ \d+$/, '')),
    left,
  );
  assert.throws(() => yard.undo());
});

test('a tree deeper than a path may be long, and wider than one read, goes as well', () => {
  using yard = new Yard();
  const path = yard.at('gone');
  mkdirSync(path);
  for (let i = 0; i < 3000; i++) writeFileSync(`${path}/a-name-that-takes-some-room-${i}`, '');
  const depth = 300;
  const here = process.cwd();
  process.chdir(path);
  for (let i = 0; i < depth; i++) {
    mkdirSync('a-directory-with-a-long-name');
    writeFileSync('file', '');
    process.chdir('a-directory-with-a-long-name');
  }
  process.chdir(here);
  yard.apply(takeAway(yard, 'gone'));
  assert.deepEqual(
    purgeAll(yard).map(({ freed, refusals }) => [freed, refusals]),
    [[3000 + 2 * depth + 1, []]],
  );
  assert.deepEqual(yard.kept(), []);
});

test('what cannot be removed is told of, and stays to be purged another time', (t) => {
  if (process.geteuid?.() !== 0) return t.skip('needs root, to become another user');
  using scratch = new Scratch();
  chmodSync(scratch.path, 0o777);
  asUser(65534, () => {
    using yard = new Yard(scratch.path);
    yard.write('gone/closed/file');
    chmodSync(yard.at('gone/closed'), 0o500);
    yard.apply(takeAway(yard, 'gone'));
    const [purged] = purgeAll(yard);
    assert.equal(purged?.refusals.length, 1);
    assert.equal(yard.undo().ended, 'done');
    assert.ok(lstatSync(yard.at('gone/closed/file')).isFile());
  });
});
