/** A tree is checked as if it lay elsewhere: what is foretold is what cp makes true. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { test } from 'node:test';
import { random } from '../conformance/random.ts';
import { canMount, Scratch } from '../scratch.ts';
import { type Checked, checked } from './checked.ts';

const rules = 'resolution,escapes-root,absolute-inside-root';

/** `rule path` below the tree. */
const told = ({ findings }: Checked, tree: string): readonly string[] =>
  findings.map(({ rule, path }) => `${rule} ${relative(tree, path)}`).sort();

const copied = async (tree: string, directory: string): Promise<readonly string[]> =>
  told(await checked('--no-config', '--only', rules, '--as-if-copied', directory, tree), tree);

test('texts that leave the tree, and absolute ones, lead from the other place', async () => {
  using scratch = new Scratch();
  const tree = scratch.at('a/b/tree');
  mkdirSync(`${tree}/sub`, { recursive: true });
  writeFileSync(scratch.at('a/beside'), '');
  writeFileSync(scratch.at('near'), '');
  writeFileSync(`${tree}/file`, '');
  symlinkSync('../../beside', `${tree}/beside`);
  symlinkSync('../near', `${tree}/near`);
  symlinkSync('sub/../file', `${tree}/inside`);
  symlinkSync(`${tree}/file`, `${tree}/itself`);
  symlinkSync(scratch.at('other/file'), `${tree}/there`);
  assert.deepEqual(await copied(tree, scratch.at('other')), [
    'absolute-inside-root there',
    'dangling beside',
    'escapes-root beside',
    'escapes-root itself',
    'escapes-root near',
  ]);
  const there = await checked('--no-config', '--only', 'dangling', '--as-if-copied', scratch.at('other'), tree);
  assert.deepEqual(told(there, tree), ['dangling beside']);
  const here = await checked('--no-config', '--only', 'dangling', tree);
  assert.deepEqual(told(here, tree), ['dangling near', 'dangling there']);
  assert.deepEqual(readdirSync(scratch.path).sort(), ['a', 'near'], 'nothing was made');
});

test('the place may be missing far up, lie behind links, or hold something else now', async () => {
  using scratch = new Scratch();
  const tree = scratch.at('tree');
  mkdirSync(tree);
  symlinkSync('../file', `${tree}/up`);
  mkdirSync(scratch.at('real/place/old'), { recursive: true });
  writeFileSync(scratch.at('real/file'), '');
  symlinkSync('real', scratch.at('link'));
  symlinkSync('gone', scratch.at('broken'));
  const dangling = async (directory: string): Promise<readonly string[]> =>
    told(await checked('--no-config', '--only', 'dangling', '--as-if-copied', directory, tree), tree);
  assert.deepEqual(await dangling(scratch.at('no/such/place')), ['dangling up']);
  assert.deepEqual(await dangling(scratch.at('real/new')), []);
  assert.deepEqual(await dangling(scratch.at('link/new')), []);
  assert.deepEqual(await dangling(`${scratch.at('link')}//place/`), []);
  assert.deepEqual(await dangling(scratch.at('tree')), ['dangling up']);
  await assert.rejects(() => dangling('//.'), /is what --root is for/);
  await assert.rejects(() => dangling(scratch.at('broken/x')), /is a broken link/);
  await assert.rejects(() => dangling(scratch.at('real/file/x')), /is not a directory|Not a directory/i);
  await assert.rejects(() => dangling('relative'), /takes an absolute path/);
  await assert.rejects(() => checked('--as-if-copied', '/x', tree, tree), /takes one directory/);
  await assert.rejects(() => checked('--as-if-copied', '/x', scratch.at('real/file')), /is for a directory/);
});

test('other names of the original are not those of a copy', async () => {
  using scratch = new Scratch();
  mkdirSync(scratch.at('tree'));
  writeFileSync(scratch.at('tree/a'), '');
  assert.equal(spawnSync('ln', [scratch.at('tree/a'), scratch.at('outside')]).status, 0);
  const only = ['--no-config', '--rule', 'names-outside=error', '--only', 'names-outside,dangling'];
  assert.equal((await checked(...only, scratch.at('tree'))).findings.length, 1);
  assert.equal((await checked(...only, '--as-if-copied', '/x', scratch.at('tree'))).findings.length, 0);
});

test('a mount below the tree comes along', async (t) => {
  if (!canMount('a mount below a tree that is looked at elsewhere')) return t.skip('no mounts here');
  using scratch = new Scratch();
  mkdirSync(scratch.at('tree/mnt'), { recursive: true });
  const script = `
    mount -t tmpfs none ${scratch.at('tree/mnt')}
    touch ${scratch.at('tree/mnt/file')} ${scratch.at('near')}
    ln -s ../../near ${scratch.at('tree/mnt/out')}; ln -s mnt/file ${scratch.at('tree/in')}
    ${process.execPath} ${new URL('../../bin/lw.cjs', import.meta.url).pathname} check --no-config --only dangling --format jsonl --as-if-copied /x/y ${scratch.at('tree')} || true`;
  const { stdout, stderr } = spawnSync('unshare', ['--mount', '--propagation=private', 'sh', '-ec', script], {
    encoding: 'utf8',
  });
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ path }) => path),
    [scratch.at('tree/mnt/out')],
    stderr,
  );
});

test('random trees: what is foretold is what cp -a makes true', async () => {
  const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
  const trees = process.env.LINKWRIGHT_FULL === '1' ? 2_000 : 60;
  for (let i = 0; i < trees; i++) {
    const dice = random((seed + i) >>> 0);
    using scratch = new Scratch();
    const dirs = ['', 'x', 'x/y', 'z'];
    for (const top of ['one', 'two/deep']) for (const dir of dirs) mkdirSync(scratch.at(top, dir), { recursive: true });
    const tree = scratch.at('one');
    const place = dice.pick([scratch.at('two/deep/new'), scratch.at('copy'), scratch.at('two/far/away')]);
    for (let left = 6; left > 0; left--) {
      const parts = Array.from({ length: 1 + dice.below(5) }, () =>
        dice.pick(['..', 'x', 'y', 'z', 'one', 'two', 'deep', 'l1', 'l2']),
      );
      const text = dice.oneIn(4) ? scratch.at(...parts) : parts.join('/');
      symlinkSync(text, `${tree}/${dice.pick(['', 'x/', 'x/y/'])}l${left}`);
    }
    const foretold = await checked('--no-config', '--only', rules, '--as-if-copied', place, tree);
    mkdirSync(place, { recursive: true });
    cpSync(tree, place, { recursive: true, verbatimSymlinks: true });
    const found = await checked('--no-config', '--only', rules, place);
    assert.deepEqual(told(foretold, tree), told(found, place), `LINKWRIGHT_SEED=${(seed + i) >>> 0} ${place}`);
    rmSync(place, { recursive: true });
  }
  process.stderr.write(`LINKWRIGHT_SEED=${seed}: ${trees} trees copied\n`);
});
