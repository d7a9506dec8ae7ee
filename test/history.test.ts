import assert from 'node:assert/strict';
import { linkSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { test } from 'node:test';
import { command } from '../src/cli/commands/history.ts';
import { linkText } from '../src/fs/link-text.ts';
import { type Answer, ask, nameFromJson } from './answer.ts';
import { must, Yard } from './plan/yard.ts';

const history = (yard: Yard, ...args: readonly string[]): Promise<Answer> =>
  ask(command, ['--root', yard.scratch.at('tree'), '--state', yard.scratch.at('state'), ...args]);

test('every change with its state, and the steps of one', async () => {
  using yard = new Yard();
  assert.deepEqual((await history(yard)).lines, ['nothing was changed yet']);
  yard.write('file');
  const first = yard.apply(yard.steps((fs) => must(fs.link(fs.cwd, '/file', fs.cwd, '/a b'))));
  const second = yard.apply(yard.steps((fs) => must(fs.symlink(linkText('\udcff'), fs.cwd, '/link'))));
  const undone = yard.undo();
  const { code, lines, json, paths } = await history(yard);
  assert.equal(code, 0);
  assert.deepEqual(
    json.plans.map((plan: { id: string; state: string }) => [plan.id, plan.state]),
    [
      [first.id, 'done'],
      [second.id, 'undone'],
      [undone.id, 'done'],
    ],
  );
  assert.equal(json.plans[1].undoneBy, undone.id);
  assert.equal(json.plans[2].undoes, second.id);
  assert.match(
    lines[1] as string,
    new RegExp(`^${second.id}  \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d  undone       1 step    test$`),
  );
  assert.deepEqual(paths, ['/a b', '/link']);

  const one = await history(yard, first.id as string);
  assert.equal(one.lines[1], "  ln -PT -- /file '/a b'");
  const other = await history(yard, second.id as string);
  assert.equal(nameFromJson(other.json.plans[0].said[0].text), '\udcff');
  const none = await history(yard, 'zzz');
  assert.deepEqual([none.code, none.problems], [1, ['there is no change zzz\ntry: lw history']]);
});

test('a purge lets go of what is old enough, names and empty directories alike, and nothing else', async () => {
  using yard = new Yard();
  yard.write('dir/file', 'other');
  linkSync(yard.at('other'), yard.at('again'));
  mkdirSync(yard.at('empty'));
  symlinkSync('x', yard.at('link'));
  const removed = yard.apply(
    yard.steps((fs) => {
      for (const path of ['/dir/file', '/other', '/link']) must(fs.unlink(fs.cwd, path));
      for (const path of ['/dir', '/empty']) must(fs.rmdir(fs.cwd, path));
    }),
  );
  assert.equal(removed.ended, 'done');
  assert.equal(yard.kept().length, 5);
  const young = await history(yard, '--purge');
  assert.deepEqual([young.lines, yard.kept().length], [['nothing is kept that long'], 5]);
  await new Promise((resume) => setTimeout(resume, 2));
  const dry = await history(yard, '--purge', '--keep', '0d', '--dry-run');
  assert.deepEqual([dry.lines, yard.kept().length], [[`${removed.id}: 5 let go`], 5]);
  const { code, lines, json } = await history(yard, '--purge', '--keep', '0d');
  assert.deepEqual([code, lines], [0, [`${removed.id}: 5 let go`]]);
  assert.equal(json.purged[0].freed, 5);
  assert.deepEqual(yard.kept(), []);
  assert.deepEqual(readdirSync(yard.at('')), ['again']);
  assert.throws(() => yard.undo(removed.id), /cannot undo: purged/);
  assert.equal((await history(yard)).json.plans[0].purged, true);
});

test('a purge leaves alone what is not what was kept', async () => {
  using yard = new Yard();
  yard.write('file');
  const removed = yard.apply(yard.steps((fs) => must(fs.unlink(fs.cwd, '/file'))));
  const [name] = readdirSync(yard.scratch.at('state/aside')) as [string];
  yard.write('mine');
  must(yard.ledger.fs.rename(yard.root.handle, 'mine', yard.ledger.aside, name));
  await new Promise((resume) => setTimeout(resume, 2));
  const { code, problems } = await history(yard, '--purge', '--keep', '0m');
  assert.equal(code, 1);
  assert.match(problems[0] as string, new RegExp(`^${removed.id}: .*another file now.*left alone`));
  assert.equal(yard.kept().length, 1);
});

test('wrong uses are told', async () => {
  using yard = new Yard();
  await assert.rejects(history(yard, '--purge', '--keep', 'week'), /--keep takes a time/);
  await assert.rejects(history(yard, '--keep', '1d'), /belong to --purge/);
  await assert.rejects(history(yard, '--purge', 'x'), /takes no ID/);
});
