/** Where displaced things are kept when the state directory is on another mount, or the user may do little. */
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { canMount, nobody, runScript, Scratch } from '../scratch.ts';

const mountable = canMount('where plans keep what they displace, with mounts and another user');

/** Runs a plan and its undo, and prints where the kept names were. */
const script = (tree: string, state: string, work: string): string => `
  import assert from 'node:assert/strict';
  import { kernel } from './src/kernel/kernel.ts';
  import { readMounts } from './src/kernel/mounts.ts';
  import { openLedger } from './src/plan/ledger.ts';
  import { apply } from './src/plan/plan.ts';
  import { findUndo, performUndo } from './src/plan/undo.ts';
  import { Sketch } from './src/sketch/sketch.ts';
  import { drawn, must, newWho } from './test/plan/yard.ts';
  using handle = must(kernel.open(kernel.cwd, ${JSON.stringify(tree)}, { access: 'path', directory: true }));
  const root = { handle, path: '/' };
  const before = drawn(kernel, handle);
  const sketch = new Sketch({ base: { fs: kernel, root: handle } });
  const fs = sketch.process();
  const { cwd } = fs;
  ${work}
  const types = new Map(readMounts().map(({ dev, type }) => [dev, type]));
  const who = { ...newWho(), fileSystemType: (dev) => types.get(dev) };
  using ledger = openLedger(kernel, kernel.cwd, ${JSON.stringify(state)}, who);
  const done = apply(ledger, { root, steps: sketch.steps, words: ['test'] });
  assert.equal(done.ended, 'done', JSON.stringify(done, (_, value) => typeof value === 'bigint' ? String(value) : value));
  const kept = drawn(kernel, handle).map((line) => line.split(' ')[0].replace(/\\.lw-\\w+/g, '.lw'));
  console.log(JSON.stringify(kept.filter((path) => path.includes('/.l'))));
  const undo = findUndo(ledger, undefined, ['undo']);
  assert.equal(performUndo(ledger, root, undo).ended, 'done');
  const own = (line) => !line.startsWith('/mnt/.linkwright') && !/^\\/mnt dir|^\\/ dir/.test(line);
  assert.deepEqual(drawn(kernel, handle).filter(own), before.filter(own));`;

const keptIn = (scratch: Scratch, work: string, setting: { mounts: string; uid?: number }): readonly string[] => {
  const { status, stdout, stderr } = runScript(script(scratch.at('tree'), scratch.at('state'), work), {
    ...setting,
    env: { LINKWRIGHT_LEAK_CHECK: '1' },
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};

const yard = (): Scratch => {
  const scratch = new Scratch();
  mkdirSync(scratch.at('tree/mnt'), { recursive: true });
  return scratch;
};

if (mountable)
  test('on another mount: in a directory of ours at its top', () => {
    using scratch = yard();
    const mounts = `mount -t tmpfs t ${scratch.at('tree/mnt')}; cd ${scratch.at('tree/mnt')}; mkdir -p a/empty; echo x > a/f`;
    const kept = keptIn(scratch, `must(fs.unlink(cwd, '/mnt/a/f')); must(fs.rmdir(cwd, '/mnt/a/empty'));`, { mounts });
    assert.deepEqual(kept, ['/mnt/.linkwright-0', '/mnt/.linkwright-0/.lw-1', '/mnt/.linkwright-0/.lw-2']);
  });

if (mountable)
  test('seen again through a bind mount of the same file system: a rename cannot cross it either', () => {
    using scratch = yard();
    const mounts = `mkdir -p ${scratch.at('other/a')}; echo x > ${scratch.at('other/a/f')}; mount --bind ${scratch.at('other')} ${scratch.at('tree/mnt')}`;
    const kept = keptIn(scratch, `must(fs.unlink(cwd, '/mnt/a/f'));`, { mounts });
    assert.deepEqual(kept, ['/mnt/.linkwright-0', '/mnt/.linkwright-0/.lw-1']);
  });

if (mountable)
  test('where the top of the mount is closed to us: beside', () => {
    using scratch = yard();
    mkdirSync(scratch.at('state'), { mode: 0o700 });
    chownSync(scratch.at('state'), nobody, nobody);
    const mounts = `mount -t tmpfs -o mode=755 t ${scratch.at('tree/mnt')}; cd ${scratch.at('tree/mnt')}; mkdir -p a/empty; echo x > a/f; chown -R ${nobody}:${nobody} a`;
    const work = `must(fs.unlink(cwd, '/mnt/a/f')); must(fs.rmdir(cwd, '/mnt/a/empty')); must(fs.mkdir(cwd, '/mnt/a/b', 0o755));`;
    const kept = keptIn(scratch, work, { mounts, uid: nobody });
    assert.deepEqual(kept, ['/mnt/a/.lw-1', '/mnt/a/.lw-2']);
  });

if (mountable)
  test('a directory with what is kept beside in it can still be removed, and comes back', () => {
    using scratch = yard();
    mkdirSync(scratch.at('state'), { mode: 0o700 });
    chownSync(scratch.at('state'), nobody, nobody);
    const mounts = `mount -t tmpfs -o mode=755 t ${scratch.at('tree/mnt')}; cd ${scratch.at('tree/mnt')}; mkdir -p a/b; echo x > a/b/f; chown -R ${nobody}:${nobody} a`;
    const work = `must(fs.unlink(cwd, '/mnt/a/b/f')); must(fs.rmdir(cwd, '/mnt/a/b'));`;
    const kept = keptIn(scratch, work, { mounts, uid: nobody });
    assert.deepEqual(kept, ['/mnt/a/.lw-2', '/mnt/a/.lw-2/.lw-1']);
  });

if (mountable)
  test('a directory that we may not write to stays in its parent; others’ fake directory at the top is not used', () => {
    using scratch = yard();
    mkdirSync(scratch.at('state'), { mode: 0o700 });
    chownSync(scratch.at('state'), nobody, nobody);
    chmodSync(scratch.at('tree'), 0o777);
    const mounts = `mount -t tmpfs -o mode=1777 t ${scratch.at('tree/mnt')}; cd ${scratch.at('tree/mnt')}
      mkdir .linkwright-${nobody} closed open; chown ${nobody}:${nobody} closed open; chmod 555 closed`;
    const closed = keptIn(scratch, `must(fs.rmdir(cwd, '/mnt/closed'));`, { mounts, uid: nobody });
    assert.deepEqual(
      closed.filter((path) => !path.endsWith(`-${nobody}`)),
      ['/mnt/.lw-1'],
    );
    const replaced = keptIn(
      scratch,
      `must(fs.mkdir(cwd, '/mnt/open/new', 0o755)); must(fs.rename(cwd, '/mnt/open/new', cwd, '/mnt/closed'));`,
      { mounts, uid: nobody },
    );
    assert.deepEqual(
      replaced.filter((path) => !path.endsWith(`-${nobody}`)),
      ['/mnt/.lw-3'],
    );
  });

if (mountable)
  test('files of a lower layer of an overlay, which change their birth time when they are moved', () => {
    using scratch = yard();
    const mounts = `cd ${scratch.path}; mkdir lower upper work; echo x > lower/f; echo y > lower/g; ln -s old lower/link; sleep 0.01
      mount -t overlay o -o lowerdir=lower,upperdir=upper,workdir=work tree/mnt`;
    const work = `must(fs.unlink(cwd, '/mnt/f')); must(fs.symlink('new', cwd, '/mnt/t')); must(fs.rename(cwd, '/mnt/t', cwd, '/mnt/link'));
      must(fs.link(cwd, '/mnt/g', cwd, '/mnt/h'));`;
    const kept = keptIn(scratch, work, { mounts });
    assert.deepEqual(kept, ['/mnt/.linkwright-0', '/mnt/.linkwright-0/.lw-1', '/mnt/.linkwright-0/.lw-3']);
  });
