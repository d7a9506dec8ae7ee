/** open(2) and descriptors in a sketch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../src/fs/fault.ts';
import { build } from '../../src/lab/drawing.ts';
import { machine } from './hand.ts';

const scene = () => {
  const hands = machine();
  build(
    hands.root.fs,
    hands.root.fs.cwd,
    `
    d/
    f
    to-d -> d
    to-f -> f
    gone -> new`,
  );
  return hands;
};

test('O_CREAT goes through a dangling link and makes what it leads to', () => {
  const { root } = scene();
  assert.equal(root.opens('gone', { access: 'write', create: 'if-missing', mode: 0o600 }), 'done');
  assert.equal(root.lstat('gone').kind, 'symlink');
  assert.equal(root.mode('new'), '600');
  assert.equal(root.opens('to-f', { access: 'write', create: 'if-missing' }), 'done');
});

test('O_EXCL refuses whatever stands there, a dangling link too', () => {
  const { root } = scene();
  for (const path of ['gone', 'to-f', 'f', 'd', 'to-d'])
    assert.equal(root.opens(path, { access: 'write', create: 'exclusive' }), 'EEXIST', path);
  for (const path of ['d/.', 'd/..', '/'])
    assert.equal(root.opens(path, { access: 'write', create: 'exclusive' }), 'EEXIST', path);
  assert.equal(root.leads('new'), 'ENOENT');
  assert.equal(root.opens('x', { access: 'write', create: 'exclusive' }), 'done');
});

test('O_CREAT with a slash at the end is EISDIR', () => {
  const { root } = scene();
  for (const path of ['x/', 'f/', 'd/', 'to-d/'])
    assert.equal(root.opens(path, { access: 'write', create: 'if-missing' }), 'EISDIR', path);
  assert.equal(root.opens('x', { create: 'if-missing', directory: true }), 'EINVAL');
});

test('O_NOFOLLOW opens no link; with O_PATH it opens the link itself', () => {
  const { root } = scene();
  assert.equal(root.opens('to-f', { nofollow: true }), 'ELOOP');
  assert.equal(root.opens('to-d', { nofollow: true }), 'ELOOP');
  assert.equal(root.opens('to-d', { nofollow: true, directory: true }), 'ENOTDIR');
  assert.equal(root.opens('to-d/', { nofollow: true }), 'done');
  assert.equal(root.opens('gone', { nofollow: true, access: 'write', create: 'if-missing' }), 'ELOOP');
  assert.equal(root.opens('f', { nofollow: true }), 'done');
  using link = root.open('to-f', { access: 'path', nofollow: true });
  assert.equal(root.held(link).kind, 'symlink');
  assert.equal(root.fs.readlink(link, ''), 'f');
});

test('a directory is not written, O_DIRECTORY opens nothing else', () => {
  const { root } = scene();
  assert.equal(root.opens('d'), 'done');
  assert.equal(root.opens('d', { access: 'write' }), 'EISDIR');
  assert.equal(root.opens('d', { access: 'read-write' }), 'EISDIR');
  assert.equal(root.opens('d', { truncate: true }), 'EISDIR');
  assert.equal(root.opens('d', { create: 'if-missing' }), 'EISDIR');
  assert.equal(root.opens('f', { directory: true }), 'ENOTDIR');
  assert.equal(root.opens('to-d', { directory: true }), 'done');
  assert.equal(root.opens('to-f', { directory: true, access: 'path' }), 'ENOTDIR');
});

test('a descriptor is its file, wherever its name goes', () => {
  const { root } = scene();
  using held = root.open('f', { access: 'read-write' });
  root.rename('f', 'd/g');
  root.file('f');
  assert.equal(root.fs.write(held, new TextEncoder().encode('x'), 0), 1);
  assert.equal(root.read('d/g'), 'x');
  assert.equal(root.stat('f').size, 0);
  using dir = root.open('d', { access: 'path' });
  root.rename('d', 'e');
  assert.equal(root.opens('g', {}, dir), 'done');
});

test('a descriptor does what it was opened for', () => {
  const { root } = scene();
  const bytes = new Uint8Array(1);
  const errno = (answer: unknown) => (answer instanceof Fault ? answer.errno : 'done');
  using read = root.open('f');
  using write = root.open('f', { access: 'write' });
  using place = root.open('f', { access: 'path' });
  using dir = root.open('d');
  assert.equal(errno(root.fs.write(read, bytes, 0)), 'EBADF');
  assert.equal(errno(root.fs.read(write, bytes, 0)), 'EBADF');
  assert.equal(errno(root.fs.read(place, bytes, 0)), 'EBADF');
  assert.equal(errno(root.fs.read(dir, bytes, 0)), 'EISDIR');
  assert.equal(errno(root.fs.truncate(read, 0)), 'EINVAL');
  assert.equal(errno(root.fs.truncate(place, 0)), 'EBADF');
  assert.equal(errno(root.fs.truncate(write, 10)), 'done');
  assert.equal(errno(root.fs.entries(read)), 'ENOTDIR');
  using dirPlace = root.open('d', { access: 'path' });
  assert.equal(errno(root.fs.entries(dirPlace)), 'EBADF');
  assert.equal(errno(root.fs.sync(place)), 'EBADF');
  assert.equal(errno(root.fs.sync(read)), 'done');
  const closed = root.open('f');
  closed[Symbol.dispose]();
  closed[Symbol.dispose]();
  assert.equal(errno(root.fs.read(closed, bytes, 0)), 'EBADF');
  assert.equal(errno(root.fs.stat(closed, '')), 'EBADF');
  assert.equal(root.opens('x', {}, read), 'ENOTDIR');
  assert.equal(root.stat('f').size, 10);
});

test('the empty path is what the descriptor holds, and only a link has a text', () => {
  const { root } = scene();
  using file = root.open('f');
  const text = root.fs.readlink(file, '');
  assert.ok(text instanceof Fault && text.errno === 'ENOENT');
  assert.equal(root.readlink('f'), 'EINVAL');
  assert.equal(root.readlink('to-f'), 'f');
  assert.equal(root.held(file).ino, root.stat('f').ino);
});

test('a file keeps what was written, with zeros between, at its end where it is opened to append', () => {
  const { root } = scene();
  root.write('f', 'ab');
  root.write('f', 'cd', 4);
  assert.equal(root.read('f'), 'ab\0\0cd');
  root.write('f', 'e', 0, { append: true });
  assert.equal(root.read('f'), 'ab\0\0cde');
  using held = root.open('f', { access: 'read-write' });
  root.fs.truncate(held, 1);
  root.fs.truncate(held, 3);
  assert.equal(root.read('f'), 'a\0\0');
  assert.equal(root.fs.read(held, new Uint8Array(4), 3), 0);
  root.write('f', 'z', 4095);
  root.write('f', 'yz', 4095);
  assert.equal(root.stat('f').size, 4097);
  const bytes = Uint8Array.of(9, 9, 9);
  root.fs.read(held, bytes, 4094);
  assert.deepEqual([...bytes], [0, 0x79, 0x7a]);
  root.write('f', 'z', 3 * 4096);
  bytes.fill(9);
  root.fs.read(held, bytes, 2 * 4096);
  assert.deepEqual([...bytes], [0, 0, 0]);
  root.fs.read(held, bytes, 4094);
  assert.deepEqual([...bytes], [0, 0x79, 0x7a]);
});

test('entries come once from a descriptor, without `.` and `..`', () => {
  const { root } = scene();
  using dir = root.open('/', { directory: true });
  const first = root.fs.entries(dir);
  assert.ok(!(first instanceof Fault));
  assert.deepEqual(first.map(({ name, kind }) => `${name} ${kind}`).sort(), [
    'd dir',
    'f file',
    'gone symlink',
    'to-d symlink',
    'to-f symlink',
  ]);
  assert.deepEqual(root.fs.entries(dir), []);
  using removed = root.open('d', { directory: true });
  root.rmdir('d');
  const none = root.fs.entries(removed);
  assert.ok(none instanceof Fault && none.errno === 'ENOENT');
});
