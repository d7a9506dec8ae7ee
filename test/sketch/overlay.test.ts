/** A sketch over a base: what it reads, what it keeps to itself, what it says it has changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs } from '../../src/fs/fs.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { build, draw, drawing } from '../../src/lab/drawing.ts';
import { Sketch } from '../../src/sketch/sketch.ts';
import { openPlace, Scratch } from '../scratch.ts';
import { type Hand, hand, machine } from './hand.ts';

/** A base that is a sketch too, and one over it. What the base is asked is in `asked`. */
const scene = (before: string, prepare: (base: Hand) => void = () => {}) => {
  const { root: base, sketch: below } = machine();
  build(base.fs, base.fs.cwd, before);
  prepare(base);
  const asked: string[] = [];
  const top = base.open('/', { access: 'path' });
  const sketch = new Sketch({ base: { fs: watched(base.fs, asked), root: top }, now: () => 5n });
  const over = hand(sketch);
  asked.length = 0;
  const drawn = ({ fs, open }: Hand) => {
    using dir = open('/', { directory: true });
    return draw(fs, dir);
  };
  return {
    base,
    below,
    over,
    sketch,
    asked,
    becomes: (after: string) => assert.equal(drawn(over), drawing(after)),
    baseIs: (after: string) => assert.equal(drawn(base), drawing(after)),
  };
};

/** The same calls, each written down. */
const watched = (fs: Fs, asked: string[]): Fs =>
  new Proxy(fs, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        asked.push(`${String(name)} ${String(args[1] ?? '')}`);
        return value.apply(target, args);
      };
    },
  });

test('a base is read as it is needed, each name once', () => {
  const { over, asked } = scene(`
    a/
      b/
        f
      other
    l -> a/b`);
  assert.equal(over.leads('a/b/f'), 'done');
  assert.deepEqual(
    asked.filter((call) => call.startsWith('stat')),
    ['stat a', 'stat a/b', 'stat a/b/f'],
  );
  asked.length = 0;
  assert.equal(over.leads('a/b/f'), 'done');
  assert.equal(over.leads('a/gone'), 'ENOENT');
  assert.equal(over.leads('a/gone'), 'ENOENT');
  assert.deepEqual(asked, ['stat a/gone']);
  asked.length = 0;
  assert.equal(over.leads('l/f'), 'done');
  assert.equal(over.leads('l/f'), 'done');
  assert.deepEqual(asked, ['stat l', 'readlink l']);
});

test('changes stay in the sketch: the base is never changed, and is only ever asked', () => {
  const before = `
    d/
      f #1
    f #1
    l -> d/f`;
  const { over, asked, becomes, baseIs } = scene(before);
  for (const end of [
    over.unlink('d/f'),
    over.rename('l', 'd/l'),
    over.symlink('new', 'l'),
    over.link('f', 'd/g'),
    over.mkdir('e'),
    over.rename('d', 'e/d'),
    over.chmod('f', 0o600),
    over.rename('f', 'l', 'exchange'),
  ])
    assert.equal(end, 'done');
  becomes(`
    e/
      d/
        g #1
        l -> d/f
    f -> new
    l #1`);
  assert.equal(over.mode('l'), '600');
  assert.equal(over.stat('l').nlink, 2);
  baseIs(before);
  assert.deepEqual(
    new Set(asked.map((call) => call.split(' ')[0])),
    new Set(['stat', 'readlink', 'access', 'open', 'entries']),
  );
});

test('hard links of the base are one inode by all names', () => {
  const { over } = scene(`
    d/
      x #1
    a #1
    b #1`);
  assert.equal(over.stat('a').nlink, 3);
  assert.equal(over.unlink('b'), 'done');
  assert.equal(over.stat('d/x').nlink, 2);
  assert.equal(over.rename('a', 'd/x'), 'done');
  assert.equal(over.leads('a'), 'done');
  over.chmod('a', 0o700);
  assert.equal(over.mode('d/x'), '700');
});

test('a removed name is gone from the entries, and can be made again', () => {
  const { over, becomes } = scene(`
    d/
      f
      keep
    e/
      f`);
  over.unlink('d/f');
  assert.deepEqual(over.names('d'), ['keep']);
  assert.equal(over.rmdir('d'), 'ENOTEMPTY');
  assert.equal(over.symlink('again', 'd/f'), 'done');
  assert.deepEqual(over.names('d'), ['f', 'keep']);
  over.unlink('e/f');
  assert.equal(over.rmdir('e'), 'done');
  assert.equal(over.mkdir('e'), 'done');
  assert.deepEqual(over.names('e'), []);
  assert.equal(over.leads('e/f'), 'ENOENT');
  becomes(`
    d/
      f -> again
      keep
    e/`);
});

test('a directory of the base that moved still shows what it holds', () => {
  const { over, becomes } = scene(`
    d/
      e/
        f
      l -> ../x
    t/`);
  over.rename('d', 't/moved');
  assert.equal(over.leads('t/moved/e/f'), 'done');
  assert.equal(over.readlink('t/moved/l'), '../x');
  assert.equal(over.leads('t/moved/e/../../moved'), 'done');
  assert.equal(over.leads('d'), 'ENOENT');
  becomes(`
    t/
      moved/
        e/
          f
        l -> ../x`);
});

test('steps say what was done, to what, and what was there', () => {
  const { over, sketch } = scene(`
    d/
    f
    g
    l -> f`);
  const { ino, dev, btime } = over.lstat('f');
  over.symlink('text', 'd/s');
  over.link('f', 'd/f');
  over.rename('g', 'd/f');
  over.mkdir('n', 0o750);
  over.rename('d/s', 'n/s');
  over.unlink('l');
  over.rename('n', 'd', 'exchange');
  over.chmod('f', 0o600);
  over.unlink('n/f');
  over.rmdir('n');
  const f = { kind: 'file', dev, ino, btime };
  const top = (at: string) => ({ path: at, dir: sketch.refer(sketch.root.inode) });
  const [symlink, link, rename, mkdir, moved, unlink, exchange, chmod, last, rmdir] = sketch.steps;
  assert.equal(sketch.steps.length, 10);
  assert.equal(symlink?.kind === 'symlink' && symlink.text, 'text');
  assert.equal(symlink?.kind === 'symlink' && symlink.to.path, '/d/s');
  assert.deepEqual(link?.kind === 'link' && [link.file, link.from, link.to.path], [f, top('/f'), '/d/f']);
  assert.deepEqual(rename?.kind === 'rename' && [rename.from.path, rename.to.path, rename.replaced], ['/g', '/d/f', f]);
  assert.deepEqual(mkdir, { kind: 'mkdir', mode: 0o750, to: top('/n') });
  assert.deepEqual(moved?.kind === 'rename' && [moved.file, moved.to, moved.replaced], [
    { kind: 'symlink', madeBy: 0 },
    { path: '/n/s', dir: { kind: 'dir', madeBy: 3 } },
    undefined,
  ]);
  assert.equal(unlink?.kind === 'unlink' && 'text' in unlink.file && unlink.file.text, 'f');
  assert.deepEqual(exchange?.kind === 'exchange' && [exchange.from.path, exchange.to.path, exchange.file], [
    '/n',
    '/d',
    { kind: 'dir', madeBy: 3 },
  ]);
  assert.deepEqual(chmod?.kind === 'chmod' && [chmod.file, chmod.at, chmod.mode, chmod.before], [
    f,
    top('/f'),
    0o600,
    0o644,
  ]);
  assert.equal(last?.kind === 'unlink' && last.at.path, '/n/f');
  assert.equal(rmdir?.kind === 'rmdir' && rmdir.at.path, '/n');
});

test('what is refused leaves no step', () => {
  const { over, sketch } = scene(`
    d/
      f
    a #1
    b #1`);
  over.rmdir('d');
  over.rename('a', 'b');
  over.link('d', 'x');
  over.mkdir('a');
  over.rename('d', 'd/e');
  over.unlink('d');
  over.symlink('', 'x');
  assert.deepEqual(sketch.steps, []);
});

test('rights are those of the base until the mode changes', () => {
  const { base, below, sketch } = scene(`
    f
    g`);
  base.chmod('f', 0o644);
  base.chmod('g', 0o600);
  // The real user is another one: the base knows what it may do.
  const fs = below.process({ uid: 1001 });
  const top = fs.open(fs.cwd, '/', { access: 'path' });
  if (top instanceof Fault) throw new Error(top.errno);
  const over = hand(new Sketch({ base: { fs, root: top } }), { uid: 1001 });
  assert.equal(over.access('f', 'read'), 'done');
  assert.equal(over.access('f', 'write'), 'EACCES');
  assert.equal(over.access('g', 'read'), 'EACCES');
  assert.equal(over.symlink('x', 'y'), 'EACCES');
  const all = hand(new Sketch({ base: { fs: base.fs, root: base.open('/', { access: 'path' }) } }));
  assert.equal(all.access('f', 'search'), 'EACCES');
  all.chmod('f', 0o755);
  assert.equal(all.access('f', 'search'), 'done');
  assert.equal(sketch.steps.length, 0);
});

test('what a plan cannot redo is refused with EOPNOTSUPP: contents, owners, times, nodes', () => {
  const { over } = scene(`
    f`);
  assert.deepEqual(
    [
      over.file('new'),
      over.opens('f', { access: 'write' }),
      over.chown('f', { uid: 1 }),
      over.touch('f', { mtime: 1n }),
      over.mknod('p', 'fifo'),
    ],
    Array.from({ length: 5 }, () => 'EOPNOTSUPP'),
  );
});

test('contents are read from the base', () => {
  const { over } = scene('f', (base) => base.write('f', 'text'));
  over.rename('f', 'g');
  assert.equal(over.read('g'), 'text');
});

test('new inodes have numbers that no file of the base has', () => {
  const { over } = scene('f');
  over.mkdir('d');
  over.symlink('x', 's');
  assert.ok(over.stat('d').ino >= 1n << 63n);
  assert.notEqual(over.stat('d').ino, over.lstat('s').ino);
  assert.equal(over.stat('d').dev, over.stat('f').dev);
});

test('mounts of the base are mounts of the sketch', () => {
  const { root: base, mount } = machine();
  base.mkdir('s');
  base.file('s/f');
  mount('m');
  mount('bind', { source: 's' });
  base.file('m/f');
  base.file('g');
  const over = hand(new Sketch({ base: { fs: base.fs, root: base.open('/', { access: 'path' }) } }));
  assert.equal(over.link('m/f', 'x'), 'EXDEV');
  assert.equal(over.rename('g', 'm/x'), 'EXDEV');
  assert.equal(over.link('s/f', 'bind/x'), 'EXDEV');
  assert.equal(over.stat('s/f').dev, over.stat('bind/f').dev);
  assert.equal(over.rmdir('m'), 'EBUSY');
  assert.equal(over.stat('m').mountRoot, true);
  assert.equal(over.stat('m/..').ino, over.stat('/').ino);
  assert.equal(over.link('m/f', 'm/x'), 'done');
});

test('over the kernel: names that are not UTF-8, and link texts as witnesses', () => {
  using scratch = new Scratch();
  using place = openPlace(scratch.path);
  const name = 'caf\udce9';
  build(kernel, place.handle, `${name} -> t\udcff`);
  const sketch = new Sketch({ base: { fs: kernel, root: place.handle } });
  const over = hand(sketch);
  assert.deepEqual(over.names('/'), [name]);
  assert.equal(over.readlink(name), 't\udcff');
  assert.equal(over.rename(name, '\udc80'), 'done');
  const [step] = sketch.steps;
  assert.equal(step?.kind === 'rename' && 'text' in step.file && step.file.text, 't\udcff');
  assert.equal(step?.kind === 'rename' && step.to.path, '/\udc80');
  assert.deepEqual(over.names('/'), ['\udc80']);
  assert.equal(kernel.readlink(place.handle, name), 't\udcff');
});

test('what mountinfo says of the base is foreseen: its limits, read-only mounts, mounts that follow no links', () => {
  const { root: base } = machine();
  base.file('f');
  base.symlink('f', 'l');
  const over = (facts: { type?: string; readOnly?: boolean; noSymlinks?: boolean }) =>
    hand(
      new Sketch({
        base: {
          fs: base.fs,
          root: base.open('/', { access: 'path' }),
          mountOf: () => ({ type: 'ext4', readOnly: false, noSymlinks: false, ...facts }),
        },
      }),
    );
  assert.equal(over({}).symlink('t'.repeat(1024), 'x'), 'done');
  assert.equal(over({ type: 'xfs' }).symlink('t'.repeat(1024), 'x'), 'ENAMETOOLONG');
  assert.equal(over({ readOnly: true }).symlink('t', 'x'), 'EROFS');
  assert.equal(over({ noSymlinks: true }).leads('l'), 'ELOOP');
  assert.equal(over({}).leads('l'), 'done');
});

test('a read-only mount of the base does not make its file system read-only elsewhere', () => {
  const { root: base, mount } = machine();
  base.mkdir('s');
  base.file('f');
  mount('bind', { source: 's' });
  const readOnly = base.stat('bind').mountId;
  const mountOf = (id: number) => ({ type: 'ext4', readOnly: id === readOnly, noSymlinks: false });
  using top = base.open('/', { access: 'path' });
  const over = hand(new Sketch({ base: { fs: base.fs, root: top, mountOf } }));
  assert.equal(over.symlink('x', 'bind/x'), 'EROFS');
  assert.equal(over.symlink('x', 's/x'), 'done');
  // What is loaded first decides nothing for the rest.
  using inner = base.open('bind', { access: 'path' });
  const inside = new Sketch({ base: { fs: base.fs, root: inner, mountOf } });
  assert.equal(hand(inside).symlink('x', 'x'), 'EROFS');
  assert.equal(inside.root.inode.volume.readOnly, false);
});

test('no step names a file by a name that is gone', () => {
  const { over, sketch } = scene(`
    a #1
    b #1`);
  using held = over.open('b', { access: 'path' });
  over.unlink('b');
  const errno = (answer: Fault | undefined) => answer?.errno;
  const { fs } = over;
  assert.equal(errno(fs.link(held, '', fs.cwd, 'c')), 'EOPNOTSUPP');
  assert.equal(errno(fs.chmod(held, '', 0o600)), 'EOPNOTSUPP');
  assert.equal(over.leads('a'), 'done');
  assert.equal(errno(fs.link(held, '', fs.cwd, 'c')), undefined);
  assert.equal(errno(fs.chmod(held, '', 0o600)), undefined);
  assert.equal(over.chmod('/', 0o700), 'EOPNOTSUPP');
  const [, link, chmod] = sketch.steps;
  assert.equal(sketch.steps.length, 3);
  assert.equal(link?.kind === 'link' && link.from.path, '/a');
  assert.equal(chmod?.kind === 'chmod' && chmod.at.path, '/c');
});
