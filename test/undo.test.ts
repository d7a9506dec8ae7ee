import assert from 'node:assert/strict';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { command } from '../src/cli/commands/undo.ts';
import { linkText } from '../src/fs/link-text.ts';
import { type Answer, ask } from './answer.ts';
import { must, Yard } from './plan/yard.ts';

/** `lw undo` in a yard. */
const undo = (yard: Yard, ...args: readonly string[]): Promise<Answer> =>
  ask(command, ['--root', yard.scratch.at('tree'), '--state', yard.scratch.at('state'), ...args]);

/** A new link in the place of an old one. */
const relink = (yard: Yard, text = 'releases/2'): string => {
  const { id } = yard.apply(
    yard.steps((fs) => {
      must(fs.symlink(linkText(text), fs.cwd, '/temporary'));
      must(fs.rename(fs.cwd, '/temporary', fs.cwd, '/current'));
    }),
  );
  return id as string;
};

test('the last change is undone, and undone again by its id', async () => {
  using yard = new Yard();
  symlinkSync('releases/1', yard.at('current'));
  const before = yard.tree();
  const id = relink(yard);
  const { code, lines, json, paths } = await undo(yard);
  assert.equal(code, 0);
  assert.equal(lines[0], `undone: ${id}  test`);
  assert.deepEqual(lines.slice(1), [
    '  mv -n -T -- /current /temporary',
    '  # bring back /current',
    '  rm -- /temporary',
  ]);
  assert.deepEqual(json.steps.at(-1), { kind: 'unlink', path: '/temporary', shell: 'rm -- /temporary' });
  assert.deepEqual(paths, ['/current', '/temporary', '/current', '/temporary']);
  assert.deepEqual(yard.tree(), before);
  await assert.rejects(undo(yard), /there is nothing to undo/);
  await assert.rejects(undo(yard, id), new RegExp(`${id} is undone already`));
  assert.equal((await undo(yard, json.id)).code, 0);
  assert.match(yard.tree()[0] as string, /current -> releases\/2/);
  assert.equal((await undo(yard)).code, 0);
  assert.deepEqual(yard.tree(), before);
});

test('a dry run says what would be done, or why it cannot be, and does nothing', async () => {
  using yard = new Yard();
  symlinkSync('releases/1', yard.at('current'));
  const id = relink(yard);
  const after = yard.tree();
  const dry = await undo(yard, '--dry-run');
  assert.deepEqual([dry.code, dry.lines[0], dry.json.id], [0, `would undo ${id}  test`, null]);
  assert.deepEqual(yard.tree(), after);
  rmSync(yard.at('current'));
  symlinkSync('mine', yard.at('current'));
  const refused = await undo(yard, '-n');
  assert.equal(refused.code, 4);
  assert.equal(refused.json.refusal.kind, 'text');
  assert.deepEqual(refused.lines, []);
});

test('a change by somebody else stops it with exit code 4 and the path, and nothing is touched', async () => {
  using yard = new Yard();
  symlinkSync('releases/1', yard.at('current'));
  const id = relink(yard);
  rmSync(yard.at('current'));
  writeFileSync(yard.at('current'), 'precious');
  const before = yard.tree();
  const { code, problems, json } = await undo(yard, id.slice(0, 12));
  assert.equal(code, 4);
  assert.deepEqual(problems, [`cannot undo ${id}: /current is another file now (a file); nothing was changed`]);
  assert.deepEqual(json.refusal.path, '/current');
  assert.deepEqual(yard.tree(), before);
});

test('what cannot be undone says why', async () => {
  using yard = new Yard();
  await assert.rejects(undo(yard), /there is nothing to undo/);
  await assert.rejects(undo(yard, 'zzz'), /there is no change zzz/);
  await assert.rejects(undo(yard, 'a', 'b'), /one ID at a time/);
  relink(yard, 'a');
  const last = relink(yard, 'b');
  await assert.rejects(undo(yard, last.slice(0, 3)), /2 changes begin with/);
});

test('a plan of another root is refused', async () => {
  using yard = new Yard();
  symlinkSync('releases/1', yard.at('current'));
  relink(yard);
  const { code, problems } = await ask(command, ['--state', yard.scratch.at('state')]);
  assert.equal(code, 4);
  assert.match(problems[0] as string, /another one now/);
});
