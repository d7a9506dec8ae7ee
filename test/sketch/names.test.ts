/** Names that come and go in a sketch: link, symlink, unlink, rmdir, mkdir. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../src/fs/fault.ts';
import { build, draw, drawing } from '../../src/lab/drawing.ts';
import { machine } from './hand.ts';

test('a hard link is one more name of one inode: all names are equal', () => {
  const { root } = machine();
  root.file('a');
  root.write('a', 'x');
  const { ino } = root.stat('a');
  assert.equal(root.link('a', 'b'), 'done');
  assert.equal(root.stat('b').ino, ino);
  assert.equal(root.stat('a').nlink, 2);
  root.write('b', 'yz');
  assert.equal(root.read('a'), 'yz');
  assert.equal(root.unlink('a'), 'done');
  assert.equal(root.stat('b').nlink, 1);
  assert.equal(root.read('b'), 'yz');
});

test('link does not follow a last link unless told: the link itself gets the name', () => {
  const { root } = machine();
  build(
    root.fs,
    root.fs.cwd,
    `
    f
    l -> f
    gone -> nothing`,
  );
  assert.equal(root.link('l', 'same'), 'done');
  assert.equal(root.link('l', 'file', 'follow'), 'done');
  assert.equal(root.link('gone', 'x', 'follow'), 'ENOENT');
  assert.equal(root.link('gone', 'gone2'), 'done');
  assert.equal(
    draw(root.fs, root.open('/', { directory: true })),
    drawing(`
    f #1
    file #1
    gone -> nothing #2
    gone2 -> nothing #2
    l -> f #3
    same -> f #3`),
  );
});

test('a directory gets no second name, and what stands there is seen first', () => {
  const { root, ann } = machine();
  root.mkdir('d');
  root.file('f');
  assert.equal(root.link('d', 'e'), 'EPERM');
  assert.equal(root.link('.', 'e'), 'EPERM');
  assert.equal(root.link('d', 'f'), 'EEXIST');
  assert.equal(root.link('gone', 'f'), 'ENOENT');
  assert.equal(root.link('f', 'e/'), 'ENOENT');
  assert.equal(root.link('f', 'd/.'), 'EEXIST');
  assert.equal(root.link('f', 'd/..'), 'EEXIST');
  assert.equal(root.link('f', '/'), 'EEXIST');
  assert.equal(ann.link('f', 'e'), 'EPERM');
  root.symlink('nothing', 'dangling');
  assert.equal(root.link('f', 'dangling'), 'EEXIST');
});

test('a link across mounts is EXDEV even where the device is the same', () => {
  const { root, mount } = machine();
  root.mkdir('s');
  root.file('s/f');
  mount('bind', { source: 's' });
  mount('other');
  assert.equal(root.stat('bind/f').dev, root.stat('s/f').dev);
  assert.equal(root.stat('bind/f').ino, root.stat('s/f').ino);
  assert.notEqual(root.stat('bind/f').mountId, root.stat('s/f').mountId);
  assert.equal(root.link('s/f', 'bind/g'), 'EXDEV');
  assert.equal(root.rename('s/f', 'bind/g'), 'EXDEV');
  assert.equal(root.link('s/f', 'other/g'), 'EXDEV');
  assert.equal(root.rename('s/f', 'other/g'), 'EXDEV');
  assert.equal(root.rename('s/f', 'bind/f'), 'EXDEV');
  assert.equal(root.link('bind/f', 'bind/g'), 'done');
  assert.equal(root.stat('s/g').nlink, 2);
});

test('an inode of ext4 has at most 65,000 names, one of btrfs 65,535, one of tmpfs any number', () => {
  for (const [type, most] of [
    ['ext4', 65_000],
    ['btrfs', 65_535],
    ['tmpfs', undefined],
  ] as const) {
    const { root } = machine({ type });
    root.file('f');
    let names = 1;
    while (names < (most ?? 70_000) && root.link('f', `n${names}`) === 'done') names++;
    assert.equal(root.stat('f').nlink, most ?? 70_000, type);
    assert.equal(root.link('f', 'more'), most === undefined ? 'done' : 'EMLINK', type);
  }
});

test('fs.protected_hardlinks: of others only files that one may read and write get a name', () => {
  const scene = (on: boolean) => {
    const hands = machine({ protectedHardlinks: on });
    const { root, bob } = hands;
    root.chmod('/', 0o777);
    root.file('readable');
    root.file('shared');
    root.chmod('shared', 0o666);
    root.file('written');
    root.chmod('written', 0o222);
    root.file('program');
    root.chmod('program', 0o4777);
    root.file('group-program');
    root.chmod('group-program', 0o2777);
    root.file('no-group-program');
    root.chmod('no-group-program', 0o2767);
    root.mknod('fifo', 'fifo');
    root.chmod('fifo', 0o666);
    root.symlink('x', 'link');
    bob.file('own', 0o000);
    return hands;
  };
  const { root, bob } = scene(true);
  for (const name of ['readable', 'written', 'program', 'group-program', 'fifo', 'link'])
    assert.equal(bob.link(name, 'new'), 'EPERM', name);
  for (const name of ['shared', 'no-group-program', 'own']) {
    assert.equal(bob.link(name, 'new'), 'done', name);
    bob.unlink('new');
  }
  assert.equal(root.link('own', 'new'), 'done');
  const off = scene(false).bob;
  for (const name of ['readable', 'program', 'fifo', 'link']) assert.equal(off.link(name, `${name}2`), 'done', name);
});

test('a new name needs write and search permission in its directory', () => {
  const { root, ann } = machine();
  root.mkdir('d');
  root.mkdir('w');
  root.chmod('w', 0o772);
  ann.fs.umask = 0;
  root.chmod('/', 0o777);
  ann.file('f');
  assert.equal(root.mkdir('slash/'), 'done');
  for (const dir of ['d', 'w']) {
    assert.equal(ann.link('f', `${dir}/x`), 'EACCES');
    assert.equal(ann.symlink('f', `${dir}/x`), 'EACCES');
    assert.equal(ann.mkdir(`${dir}/x`), 'EACCES');
    assert.equal(ann.mknod(`${dir}/x`, 'fifo'), 'EACCES');
    assert.equal(ann.file(`${dir}/x`), 'EACCES');
    assert.equal(ann.rename('f', `${dir}/x`), 'EACCES');
  }
  assert.equal(ann.mknod('device', 'char'), 'EPERM');
  assert.equal(root.mknod('device', 'char'), 'done');
});

test('a file without a name lives as long as a descriptor, and gets no name again', () => {
  const { root } = machine();
  root.file('f');
  root.write('f', 'still here');
  using held = root.open('f', { access: 'read-write' });
  assert.equal(root.unlink('f'), 'done');
  assert.equal(root.held(held).nlink, 0);
  const bytes = new Uint8Array(5);
  assert.equal(root.fs.read(held, bytes, 0), 5);
  assert.equal(new TextDecoder().decode(bytes), 'still');
  const again = root.fs.link(held, '', root.fs.cwd, 'g');
  assert.ok(again instanceof Fault && again.errno === 'ENOENT');
  root.file('other');
  assert.notEqual(root.stat('other').ino, root.held(held).ino);
});

test('link names the very file that a descriptor holds', () => {
  const { root } = machine();
  root.file('f');
  using held = root.open('f', { access: 'path' });
  root.rename('f', 'g');
  root.file('f');
  assert.equal(root.fs.link(held, '', root.fs.cwd, 'h'), undefined);
  assert.equal(root.stat('h').ino, root.stat('g').ino);
});

test('nothing is made in a removed directory, and a process can still be in it', () => {
  const { root } = machine();
  root.mkdir('d');
  root.file('f');
  root.chdir('d');
  assert.equal(root.rmdir('/d'), 'done');
  assert.equal(root.stat('.').nlink, 0);
  assert.equal(root.mkdir('e'), 'ENOENT');
  assert.equal(root.symlink('x', 'e'), 'ENOENT');
  assert.equal(root.file('e'), 'ENOENT');
  assert.equal(root.link('/f', 'e'), 'ENOENT');
  assert.equal(root.rename('/f', 'e'), 'ENOENT');
  assert.equal(root.leads('e'), 'ENOENT');
  assert.equal(root.leads('..'), 'done');
});

test('unlink takes one name, never a directory nor what a link leads to', () => {
  const { root } = machine();
  build(
    root.fs,
    root.fs.cwd,
    `
    d/
    f
    to-d -> d
    to-f -> f`,
  );
  assert.equal(root.unlink('d'), 'EISDIR');
  assert.equal(root.unlink('d/'), 'EISDIR');
  assert.equal(root.unlink('d/.'), 'EISDIR');
  assert.equal(root.unlink('/'), 'EISDIR');
  assert.equal(root.unlink('f/'), 'ENOTDIR');
  assert.equal(root.unlink('to-d/'), 'ENOTDIR');
  assert.equal(root.unlink('gone'), 'ENOENT');
  assert.equal(root.unlink('to-f'), 'done');
  assert.equal(root.unlink('to-d'), 'done');
  assert.deepEqual(root.names('/'), ['d', 'f']);
});

test('rmdir takes an empty directory, by its name', () => {
  const { root } = machine();
  build(
    root.fs,
    root.fs.cwd,
    `
    d/
      e/
    f
    to-e -> d/e`,
  );
  assert.equal(root.rmdir('d'), 'ENOTEMPTY');
  assert.equal(root.rmdir('d/e/.'), 'EINVAL');
  assert.equal(root.rmdir('d/e/..'), 'ENOTEMPTY');
  assert.equal(root.rmdir('/'), 'EBUSY');
  assert.equal(root.rmdir('f'), 'ENOTDIR');
  assert.equal(root.rmdir('to-e'), 'ENOTDIR');
  assert.equal(root.rmdir('to-e/'), 'ENOTDIR');
  assert.equal(root.rmdir('d/e/'), 'done');
  assert.equal(root.rmdir('d'), 'done');
});

test('in a sticky directory only owners of the name’s file or of the directory, and root, remove or move it', () => {
  const { root, ann, bob } = machine();
  root.mkdir('tmp');
  root.chmod('tmp', 0o1777);
  root.chmod('/', 0o777);
  for (const name of ['a1', 'a2', 'a3', 'a4']) ann.file(`tmp/${name}`);
  ann.mkdir('tmp/d');
  bob.file('b');
  bob.file('tmp/b');
  assert.equal(bob.unlink('tmp/a1'), 'EPERM');
  assert.equal(bob.rmdir('tmp/d'), 'EPERM');
  assert.equal(bob.rename('tmp/a1', 'out'), 'EPERM');
  assert.equal(bob.rename('b', 'tmp/a1'), 'EPERM');
  assert.equal(bob.rename('tmp/b', 'tmp/a1', 'exchange'), 'EPERM');
  assert.equal(ann.unlink('tmp/a1'), 'done');
  assert.equal(root.unlink('tmp/a2'), 'done');
  root.chown('tmp', { uid: 1002 });
  assert.equal(bob.unlink('tmp/a3'), 'done');
  assert.equal(bob.rmdir('tmp/d'), 'done');
  root.chown('tmp', { uid: 0 });
  root.chmod('tmp', 0o777);
  assert.equal(bob.unlink('tmp/a4'), 'done');
});

test('a directory counts its subdirectories as names, whatever made or took them', () => {
  const { root } = machine();
  const count = (path = '/') => root.stat(path).nlink;
  assert.equal(count(), 2);
  root.mkdir('a');
  root.mkdir('b');
  assert.equal(count('a'), 2);
  assert.equal(count(), 4);
  root.file('f');
  root.symlink('x', 's');
  assert.equal(count(), 4);
  root.rename('a', 'b/a');
  assert.deepEqual([count(), count('b')], [3, 3]);
  root.mkdir('c');
  root.rename('f', 'b/a', 'exchange');
  assert.deepEqual([count(), count('b')], [5, 2]);
  root.mkdir('b/x');
  root.rename('b/x', 'c');
  assert.deepEqual([count(), count('b')], [5, 2]);
  root.rmdir('c');
  assert.equal(count(), 4);
});

test('profiles: btrfs counts no subdirectories, ext4 gives up counting at its limit', () => {
  const btrfs = machine({ type: 'btrfs' }).root;
  btrfs.mkdir('d');
  btrfs.mkdir('d/e');
  assert.deepEqual([btrfs.stat('/').nlink, btrfs.stat('d').nlink], [1, 1]);
  const { root } = machine();
  for (let i = 0; i < 64_998; i++) root.mkdir(`d${i}`);
  assert.equal(root.stat('/').nlink, 65_000);
  assert.equal(root.mkdir('more'), 'done');
  assert.equal(root.stat('/').nlink, 1);
  root.rmdir('more');
  assert.equal(root.stat('/').nlink, 1);
  root.mkdir('again');
  assert.equal(root.stat('/').nlink, 1);
});

test('profiles: link texts of xfs have 1,023 bytes at most, and it says EEXIST of a full directory', () => {
  const xfs = machine({ type: 'xfs' }).root;
  assert.equal(xfs.symlink('t'.repeat(1023), 'a'), 'done');
  assert.equal(xfs.symlink('t'.repeat(1024), 'b'), 'ENAMETOOLONG');
  const tmpfs = machine({ type: 'tmpfs' }).root;
  assert.equal(tmpfs.symlink('t'.repeat(1024), 'b'), 'done');
  for (const { fs, rename } of [xfs, tmpfs]) {
    build(
      fs,
      fs.cwd,
      `
      full/
        f
      empty/`,
    );
    assert.equal(rename('empty', 'full'), fs === xfs.fs ? 'EEXIST' : 'ENOTEMPTY');
  }
});

test('profiles: ext4 keeps link texts of 59 bytes in the inode', () => {
  const { root } = machine();
  root.symlink('t'.repeat(59), 'short');
  root.symlink('t'.repeat(60), 'long');
  assert.deepEqual([root.lstat('short').blocks, root.lstat('long').blocks], [0, 8]);
});

test('a volume runs out of inodes, and gets them back with the last name and descriptor', () => {
  const { root, mount } = machine();
  mount('m', { inodes: 3 });
  assert.equal(root.file('m/a'), 'done');
  assert.equal(root.symlink('x', 'm/b'), 'done');
  assert.equal(root.mkdir('m/c'), 'ENOSPC');
  assert.equal(root.symlink('x', 'm/c'), 'ENOSPC');
  assert.equal(root.link('m/a', 'm/c'), 'done');
  root.unlink('m/a');
  assert.equal(root.file('m/d'), 'ENOSPC');
  {
    using held = root.open('m/c');
    root.unlink('m/c');
    assert.equal(root.held(held).nlink, 0);
    assert.equal(root.file('m/d'), 'ENOSPC');
  }
  assert.equal(root.file('m/d'), 'done');
});

test('a volume runs out of room, and gets it back by truncate, unlink and rename', () => {
  const { root, mount } = machine();
  mount('m', { bytes: 8192 });
  root.file('m/a');
  root.file('m/b');
  assert.equal(root.write('m/a', 'x', 4096), 'done');
  assert.equal(root.stat('m/a').blocks, 8);
  assert.equal(root.write('m/a', 'x', 0), 'done');
  assert.equal(root.write('m/b', 'x'), 'ENOSPC');
  assert.equal(root.write('m/a', 'y', 1), 'done');
  assert.equal(root.write('m/a', '', 0, { truncate: true }), 'done');
  assert.equal(root.stat('m/a').size, 0);
  assert.equal(root.write('m/b', 'x', 4095), 'done');
  assert.equal(root.write('m/b', 'xy', 4095), 'done');
  assert.equal(root.write('m/a', 'x'), 'ENOSPC');
  root.unlink('m/b');
  assert.equal(root.write('m/a', 'x'), 'done');
  root.file('m/c');
  root.rename('m/c', 'm/a');
  assert.equal(root.write('m/a', 'x', 8191), 'done');
});
