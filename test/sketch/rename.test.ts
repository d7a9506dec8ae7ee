/** rename(2) and renameat2(2) in a sketch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, draw, drawing } from '../../src/lab/drawing.ts';
import { machine } from './hand.ts';

const scene = (before: string) => {
  const hands = machine();
  build(hands.root.fs, hands.root.fs.cwd, before);
  return {
    ...hands,
    becomes: (after: string) => {
      using top = hands.root.open('/', { directory: true });
      assert.equal(draw(hands.root.fs, top), drawing(after));
    },
  };
};

test('a rename between two names of one inode succeeds and does nothing', () => {
  const { root, ann, becomes } = scene(`
    a #1
    b #1`);
  const before = root.stat('a').ctime;
  assert.equal(root.rename('a', 'b'), 'done');
  assert.equal(ann.rename('a', 'b'), 'done');
  assert.equal(root.stat('a').ctime, before);
  assert.equal(root.rename('a', 'b', 'no-replace'), 'EEXIST');
  assert.equal(root.rename('a', 'b', 'exchange'), 'done');
  assert.equal(root.rename('a', 'a'), 'done');
  assert.equal(root.rename('a', 'a', 'no-replace'), 'EEXIST');
  becomes(`
    a #1
    b #1`);
});

test('a rename replaces what stands there, and moves a link itself', () => {
  const { root, becomes } = scene(`
    d/
      x #1
    f
    keep #1
    l -> f
    m -> d`);
  const { ino } = root.lstat('l');
  assert.equal(root.rename('f', 'd/x'), 'done');
  assert.equal(root.stat('keep').nlink, 1);
  assert.equal(root.rename('l', 'n'), 'done');
  assert.equal(root.lstat('n').ino, ino);
  assert.equal(root.rename('n', 'm'), 'done');
  becomes(`
    d/
      x
    keep
    m -> f`);
});

test('a directory goes neither below itself nor onto what holds it', () => {
  const { root, becomes } = scene(`
    a/
      b/
        c/
    f`);
  assert.equal(root.rename('a', 'a/b/c/d'), 'EINVAL');
  assert.equal(root.rename('a', 'a/x'), 'EINVAL');
  assert.equal(root.rename('a/b/c', 'a'), 'ENOTEMPTY');
  assert.equal(root.rename('a/b', 'a'), 'ENOTEMPTY');
  assert.equal(root.rename('a/b/c', 'a', 'exchange'), 'EINVAL');
  assert.equal(root.rename('a', 'a/b', 'exchange'), 'EINVAL');
  assert.equal(root.rename('a', 'a'), 'done');
  becomes(`
    a/
      b/
        c/
    f`);
});

test('directories replace empty directories, files replace files', () => {
  const { root, becomes } = scene(`
    d/
    e/
    f
    full/
      x
    l -> d`);
  assert.equal(root.rename('d', 'full'), 'ENOTEMPTY');
  assert.equal(root.rename('d', 'f'), 'ENOTDIR');
  assert.equal(root.rename('f', 'd'), 'EISDIR');
  assert.equal(root.rename('d', 'l'), 'ENOTDIR');
  assert.equal(root.rename('l', 'd'), 'EISDIR');
  assert.equal(root.rename('full', 'e'), 'done');
  becomes(`
    d/
    e/
      x
    f
    l -> d`);
});

test('a rename by `.`, `..` or `/` is EBUSY', () => {
  const { root } = scene(`
    d/
    f`);
  for (const path of ['d/.', 'd/..', '/', '.']) {
    assert.equal(root.rename(path, 'x'), 'EBUSY', path);
    assert.equal(root.rename('f', path), 'EBUSY', path);
    assert.equal(root.rename('f', path, 'no-replace'), 'EEXIST', path);
  }
  assert.equal(root.rename('gone', 'x'), 'ENOENT');
  assert.equal(root.rename('gone', 'gone2', 'exchange'), 'ENOENT');
});

test('a slash at the end names directories only', () => {
  const { root } = scene(`
    d/
    f
    l -> d`);
  assert.equal(root.rename('f/', 'x'), 'ENOTDIR');
  assert.equal(root.rename('f', 'x/'), 'ENOTDIR');
  assert.equal(root.rename('l/', 'x'), 'ENOTDIR');
  assert.equal(root.rename('d', 'f/', 'exchange'), 'ENOTDIR');
  assert.equal(root.rename('d/', 'x/'), 'done');
  assert.equal(root.rename('x', 'd'), 'done');
  assert.equal(root.rename('f', 'd/', 'exchange'), 'done');
});

test('NOREPLACE never replaces, a dangling link neither', () => {
  const { root, becomes } = scene(`
    a
    d/
    l -> nothing`);
  assert.equal(root.rename('a', 'l', 'no-replace'), 'EEXIST');
  assert.equal(root.rename('a', 'd', 'no-replace'), 'EEXIST');
  assert.equal(root.rename('a', 'b', 'no-replace'), 'done');
  becomes(`
    b
    d/
    l -> nothing`);
});

test('EXCHANGE swaps any two names at once, and both must be there', () => {
  const { root, becomes } = scene(`
    a/
      f
    b/
      l -> x
    lone`);
  assert.equal(root.rename('a/f', 'b/l', 'exchange'), 'done');
  assert.equal(root.rename('a', 'lone', 'exchange'), 'done');
  assert.equal(root.rename('b', 'gone', 'exchange'), 'ENOENT');
  assert.equal(root.rename('gone', 'b', 'exchange'), 'ENOENT');
  becomes(`
    a
    b/
      l
    lone/
      f -> x`);
  assert.equal(root.stat('b').nlink, 2);
  assert.equal(root.leads('lone/../b/l'), 'done');
});

test('a directory that moves to another parent must be writable: its `..` changes', () => {
  const { root, ann } = scene(`
    a/
    b/`);
  root.chmod('a', 0o777);
  root.chmod('b', 0o777);
  root.chmod('/', 0o777);
  ann.mkdir('a/mine', 0o555);
  root.mkdir('a/other');
  ann.file('b/f');
  assert.equal(ann.rename('a/mine', 'b/mine'), 'EACCES');
  assert.equal(ann.rename('a/mine', 'a/renamed'), 'done');
  assert.equal(ann.rename('a/other', 'b/other'), 'EACCES');
  assert.equal(ann.rename('b/f', 'a/renamed', 'exchange'), 'EACCES');
  ann.chmod('a/renamed', 0o755);
  assert.equal(ann.rename('b/f', 'a/renamed', 'exchange'), 'done');
  assert.equal(root.rename('a/other', 'b/other'), 'done');
  assert.equal(root.stat('b/other/..').ino, root.stat('b').ino);
});

test('a rename needs both directories: write permission and no foreign file in a sticky one', () => {
  const { root, ann } = scene(`
    closed/
      x
    open/`);
  root.chmod('open', 0o777);
  ann.file('open/f');
  assert.equal(ann.rename('open/f', 'closed/f'), 'EACCES');
  assert.equal(ann.rename('open/f', 'closed/x'), 'EACCES');
  assert.equal(ann.rename('closed/x', 'open/x'), 'EACCES');
  assert.equal(ann.rename('closed/x', 'open/f', 'exchange'), 'EACCES');
});

test('times: a rename moves both directories and the file’s ctime, and nothing of the rest', () => {
  const { root } = scene(`
    a/
      f
    b/
      g
    c/`);
  const of = (path: string) => root.lstat(path);
  const before = { a: of('a'), b: of('b'), c: of('c'), f: of('a/f'), root: of('/') };
  root.rename('a/f', 'b/f');
  assert.ok(of('a').mtime > before.a.mtime && of('a').ctime > before.a.ctime);
  assert.ok(of('b').mtime > before.b.mtime && of('b').ctime > before.b.ctime);
  assert.ok(of('b/f').ctime > before.f.ctime);
  assert.equal(of('b/f').mtime, before.f.mtime);
  assert.equal(of('c').ctime, before.c.ctime);
  assert.equal(of('/').mtime, before.root.mtime);
  const g = of('b/g');
  root.rename('b/f', 'b/g', 'exchange');
  assert.ok(of('b/f').ctime > g.ctime);
});

test('profiles: an exchange on xfs touches files only where a directory gets another parent', () => {
  const touched = (type: string) => {
    const { root } = machine({ type });
    build(
      root.fs,
      root.fs.cwd,
      `
      a/
        d/
        f
      b/
        g`,
    );
    const swap = (one: string, other: string) => {
      const before = [root.lstat(one), root.lstat(other)];
      root.rename(one, other, 'exchange');
      const after = [root.lstat(other), root.lstat(one)];
      return after
        .map(({ mtime, ctime }, i) => {
          const was = before[i] as { mtime: bigint; ctime: bigint };
          return `${mtime > was.mtime ? 'm' : ''}${ctime > was.ctime ? 'c' : ''}`;
        })
        .join(' ');
    };
    return [swap('a/f', 'b/g'), swap('a/d', 'a/f'), swap('a/f', 'b/g')];
  };
  assert.deepEqual(touched('ext4'), ['c c', 'c c', 'c c']);
  assert.deepEqual(touched('xfs'), [' ', ' ', 'mc c']);
});
