/** Mounts in a sketch: what covers what, and where no change is let through. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machine } from './hand.ts';

test('`..` at the root of a mount is the parent of what it covers', () => {
  const { root, mount } = machine();
  root.mkdir('a');
  mount('a/m');
  root.file('a/here');
  assert.equal(root.leads('a/m/../here'), 'done');
  root.mkdir('a/m/d');
  root.symlink('../../here', 'a/m/d/up');
  assert.equal(root.leads('a/m/d/up'), 'done');
  assert.equal(root.fs.chdir('a/m/d'), undefined);
  assert.equal(root.fs.workingDirectory, '/a/m/d');
  assert.equal(root.leads('../../here'), 'done');
});

test('a mount shows itself, its device and that it is a root; entries show what it covers', () => {
  const { root, mount } = machine();
  mount('m');
  const { dev, mountRoot, mountId } = root.stat('m');
  assert.notEqual(dev, root.stat('/').dev);
  assert.equal(mountRoot, true);
  root.mkdir('m/d');
  assert.equal(root.stat('m/d').mountRoot, false);
  assert.equal(root.stat('m/d').mountId, mountId);
  assert.notEqual(root.stat('/').mountId, mountId);
  using top = root.open('/', { directory: true });
  const [entry] = root.fs.entries(top) as readonly { name: string; ino: bigint }[];
  assert.equal(entry?.name, 'm');
  assert.notEqual(entry?.ino, root.stat('m').ino);
});

test('the latest mount covers the others', () => {
  const { root, mount, unmount } = machine();
  mount('m');
  root.file('m/first');
  mount('m');
  root.file('m/second');
  assert.deepEqual(root.names('m'), ['second']);
  assert.equal(root.leads('m/..'), 'done');
  assert.equal(root.stat('m/..').ino, root.stat('/').ino);
  assert.equal(unmount('m'), undefined);
  assert.deepEqual(root.names('m'), ['first']);
  assert.equal(unmount('m'), undefined);
  assert.deepEqual(root.names('m'), []);
  assert.equal(unmount('m'), 'EINVAL');
});

test('a mount point is neither removed nor moved, in any place where it is seen', () => {
  const { root, mount } = machine();
  root.mkdir('s');
  mount('s/m');
  mount('bind', { source: 's' });
  root.file('f');
  root.mkdir('d');
  assert.equal(root.rmdir('s/m'), 'EBUSY');
  assert.equal(root.rename('s/m', 'x'), 'EBUSY');
  assert.equal(root.rename('d', 's/m'), 'EBUSY');
  assert.equal(root.rename('d', 's/m', 'exchange'), 'EBUSY');
  assert.equal(root.rename('s/m', 'd', 'exchange'), 'EBUSY');
  assert.equal(root.rmdir('bind/m'), 'EBUSY');
  assert.deepEqual(root.names('bind/m'), []);
  using f = root.open('f', { access: 'path' });
  assert.equal(root.held(f).kind, 'file');
});

test('a file can be a mount point too, and is not unlinked', () => {
  const { root, sketch } = machine();
  root.file('f');
  root.file('g');
  const [f, g, d] = ['f', 'g', '/'].map((path) => root.fs.locate(path));
  if (typeof f !== 'object' || typeof g !== 'object' || typeof d !== 'object') throw new Error('not found');
  assert.equal(sketch.mount(f, { source: d }), 'ENOTDIR');
  assert.equal(sketch.mount(f, { source: g }), undefined);
  assert.equal(root.stat('f').ino, root.stat('g').ino);
  assert.equal(root.unlink('f'), 'EBUSY');
  assert.equal(root.rename('g', 'f'), 'EBUSY');
});

test('a read-only mount refuses every change with EROFS, after it has said what is there', () => {
  const { root, ann, mount } = machine();
  root.mkdir('s');
  root.chmod('s', 0o777);
  root.file('s/f', 0o666);
  root.chmod('s/f', 0o666);
  root.mknod('s/fifo', 'fifo');
  root.chmod('s/fifo', 0o666);
  mount('ro', { source: 's', readOnly: true });
  mount('cd', { readOnly: true });
  for (const dir of ['ro', 'cd'])
    assert.deepEqual(
      [
        root.mkdir(`${dir}/x`),
        root.symlink('x', `${dir}/x`),
        root.file(`${dir}/x`),
        root.mknod(`${dir}/x`, 'fifo'),
        root.unlink(`${dir}/x`),
        root.rmdir(`${dir}/x`),
        root.chmod(dir, 0o700),
        root.chown(dir, { uid: 1 }),
        root.touch(dir, { mtime: 1n }),
        root.access(dir, 'write'),
      ],
      Array.from({ length: 10 }, () => 'EROFS'),
      dir,
    );
  assert.equal(root.link('ro/f', 'ro/x'), 'EROFS');
  assert.equal(root.rename('ro/f', 'ro/x'), 'EROFS');
  assert.equal(root.rename('ro/gone', 'ro/x'), 'EROFS');
  assert.equal(root.mkdir('ro/f'), 'EEXIST');
  assert.equal(root.link('ro/f', 'x'), 'EXDEV');
  assert.equal(ann.opens('ro/f', { access: 'write' }), 'EROFS');
  assert.equal(ann.opens('ro/f', { truncate: true }), 'EROFS');
  assert.equal(ann.opens('ro/f', { access: 'write', create: 'if-missing' }), 'EROFS');
  assert.equal(ann.opens('ro/f'), 'done');
  assert.equal(ann.opens('ro/fifo', { access: 'write' }), 'done');
  assert.equal(ann.opens('s/f', { access: 'write' }), 'done');
});

test('a mount that follows no links says ELOOP', () => {
  const { root, mount } = machine();
  mount('m', { noSymlinks: true });
  root.file('m/f');
  root.symlink('f', 'm/l');
  root.symlink('m/l', 'outer');
  assert.equal(root.leads('m/l'), 'ELOOP');
  assert.equal(root.leads('outer'), 'ELOOP');
  assert.equal(root.readlink('m/l'), 'f');
});

test('what was moved out of a bind mount has no way up in it', () => {
  const { root, mount } = machine();
  root.mkdir('s');
  root.mkdir('s/in');
  root.mkdir('s/in/deep');
  mount('bind', { source: 's/in' });
  root.chdir('bind/deep');
  root.rename('/s/in/deep', '/out');
  assert.equal(root.leads('..'), 'ENOENT');
  assert.equal(root.leads('.'), 'done');
});

test('`..` sees what was mounted on the parent meanwhile', () => {
  const { root, mount } = machine();
  root.mkdir('a');
  root.mkdir('a/b');
  root.chdir('a/b');
  mount('/a');
  assert.equal(root.stat('..').mountRoot, true);
  assert.equal(root.stat('..').ino, root.stat('/a').ino);
  assert.notEqual(root.stat('..').dev, root.stat('.').dev);
});

test('of two mounts on one place the later is seen', () => {
  const { root, sketch } = machine();
  root.mkdir('m');
  const at = root.fs.locate('m');
  if (typeof at === 'string') throw new Error(at);
  sketch.mount(at);
  root.file('m/first');
  sketch.mount(at);
  assert.deepEqual(root.names('m'), []);
});

test('a read-only volume is read-only wherever it is seen, a read-only mount in its place alone', () => {
  const { root, mount } = machine();
  mount('cd', { readOnly: true });
  mount('again', { source: 'cd' });
  assert.equal(root.mkdir('again/d'), 'EROFS');
  assert.equal(root.chmod('again', 0o700), 'EROFS');
  assert.equal(root.unlink('again/gone'), 'EROFS');
  root.mkdir('s');
  mount('ro', { source: 's', readOnly: true });
  assert.equal(root.mkdir('ro/d'), 'EROFS');
  assert.equal(root.mkdir('s/d'), 'done');
});
