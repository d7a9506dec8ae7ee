/** Where paths lead in a sketch (path_resolution(7)). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from '../../src/lab/drawing.ts';
import { type Hand, machine } from './hand.ts';

/** `length` links, the last to `end`. */
const chain = ({ symlink }: Hand, name: string, length: number, end: string): void => {
  for (let i = 0; i < length; i++) symlink(i + 1 < length ? `${name}${i + 1}` : end, `${name}${i}`);
};

test('40 links pass in one lookup and the 41st is ELOOP', () => {
  const { root } = machine();
  root.file('end');
  chain(root, 'c', 41, 'end');
  assert.equal(root.leads('c1'), 'done');
  assert.equal(root.leads('c0'), 'ELOOP');
  assert.equal(root.opens('c1'), 'done');
  assert.equal(root.opens('c0'), 'ELOOP');
});

test('links are counted over the whole lookup, not in their depth', () => {
  const { root } = machine();
  root.mkdir('d');
  root.file('d/end');
  chain(root, 'a', 20, 'd');
  root.chdir('d');
  chain(root, 'b', 20, 'end');
  chain(root, 'c', 21, 'end');
  root.chdir('/');
  assert.equal(root.leads('a0/b0'), 'done');
  assert.equal(root.leads('a0/c0'), 'ELOOP');
});

test('a last link that is not followed is not counted', () => {
  const { root } = machine();
  root.mkdir('d');
  chain(root, 'a', 40, 'd');
  root.symlink('nowhere', 'd/link');
  assert.equal(root.lstat('a0/link').kind, 'symlink');
  assert.equal(root.leads('a0/link'), 'ELOOP');
});

test('no loop hangs it: itself, each other, 10,000 in a row, a link through itself', () => {
  const { root } = machine();
  root.symlink('self', 'self');
  root.symlink('two', 'one');
  root.symlink('one', 'two');
  root.symlink('grow/x', 'grow');
  root.symlink('/deep/../deep', 'deep');
  chain(root, 'long', 10_000, 'nowhere');
  for (const path of ['self', 'one', 'two', 'grow', 'grow/y', 'deep', 'long0', 'self/x', 'one/']) {
    assert.equal(root.leads(path), 'ELOOP', path);
    assert.equal(root.opens(path), 'ELOOP', path);
    assert.equal(
      root.opens(path, { access: 'write', create: 'if-missing' }),
      path === 'one/' ? 'EISDIR' : 'ELOOP',
      path,
    );
  }
  assert.equal(root.link('self', 'again', 'follow'), 'ELOOP');
  assert.equal(root.link('self', 'again'), 'done');
});

test('`..` after a link is the parent of where it leads, and of the root the root', () => {
  const { root } = machine();
  build(
    root.fs,
    root.fs.cwd,
    `
    a/
      deep/
      here
    link -> a/deep
    there`,
  );
  assert.equal(root.leads('link/../here'), 'done');
  assert.equal(root.leads('link/../there'), 'ENOENT');
  assert.equal(root.leads('../../there'), 'done');
  assert.equal(root.leads('gone/../there'), 'ENOENT');
  assert.equal(root.leads('there/../there'), 'ENOTDIR');
});

test('link texts begin at the directory of the link, absolute ones at the root of the process', () => {
  const { root } = machine();
  build(
    root.fs,
    root.fs.cwd,
    `
    jail/
      f #1
      in -> /f
      out -> ../../f
    f
    rel -> jail/in`,
  );
  assert.equal(root.stat('jail/in').ino, root.stat('f').ino);
  root.fs.chroot('jail');
  assert.equal(root.stat('in').ino, root.stat('/f').ino);
  assert.equal(root.stat('out').ino, root.stat('/f').ino);
  assert.equal(root.leads('rel'), 'ENOENT');
});

test('a slash at the end asks for a directory and follows a link to it', () => {
  const { root } = machine();
  build(
    root.fs,
    root.fs.cwd,
    `
    d/
    f
    to-d -> d
    to-f -> f
    gone -> nothing`,
  );
  assert.equal(root.lstat('to-d').kind, 'symlink');
  assert.equal(root.lstat('to-d/').kind, 'dir');
  assert.equal(root.lstat('to-d//').kind, 'dir');
  assert.equal(root.leads('f/'), 'ENOTDIR');
  assert.equal(root.leads('to-f/'), 'ENOTDIR');
  assert.equal(root.leads('gone/'), 'ENOENT');
  assert.equal(root.readlink('to-d/'), 'EINVAL');
  assert.equal(root.opens('to-f/', { access: 'path', nofollow: true }), 'ENOTDIR');
});

test('the empty path is nowhere', () => {
  const { root } = machine();
  assert.equal(root.opens(''), 'ENOENT');
  assert.equal(root.mkdir(''), 'ENOENT');
  assert.equal(root.symlink('', 'x'), 'ENOENT');
  assert.equal(root.symlink('x', ''), 'ENOENT');
  assert.equal(root.unlink(''), 'ENOENT');
});

test('names have 255 bytes, paths and link texts 4,095, however many characters', () => {
  const { root } = machine();
  assert.equal(root.mkdir('n'.repeat(255)), 'done');
  assert.equal(root.mkdir('n'.repeat(256)), 'ENAMETOOLONG');
  assert.equal(root.mkdir('é'.repeat(127)), 'done');
  assert.equal(root.mkdir('é'.repeat(128)), 'ENAMETOOLONG');
  assert.equal(root.mkdir('\udcff'.repeat(255)), 'done');
  assert.equal(root.mkdir('\udcff'.repeat(256)), 'ENAMETOOLONG');
  assert.equal(root.leads(`${'./'.repeat(2047)}.`), 'done');
  assert.equal(root.leads('./'.repeat(2048)), 'ENAMETOOLONG');
  assert.equal(root.symlink('t'.repeat(4095), 'most'), 'done');
  assert.equal(root.symlink('t'.repeat(4096), 'more'), 'ENAMETOOLONG');
  assert.equal(root.lstat('most').size, 4095);
  assert.equal(root.symlink('é', 'bytes'), 'done');
  assert.equal(root.lstat('bytes').size, 2);
  assert.equal(root.symlink('é'.repeat(2048), 'more'), 'ENAMETOOLONG');
  root.mkdir('ü');
  assert.equal(root.leads('ü/../'.repeat(680)), 'done');
  assert.equal(root.leads('ü/../'.repeat(683)), 'ENAMETOOLONG');
});

test('each directory on the way must be searched, the last as well as those in the middle', () => {
  const { root, ann } = machine();
  root.mkdir('open');
  root.mkdir('open/shut', 0o700);
  root.mkdir('open/shut/inner');
  root.file('open/shut/f');
  root.file('open/shut/inner/f');
  assert.equal(ann.leads('open/shut'), 'done');
  assert.equal(ann.leads('open/shut/f'), 'EACCES');
  assert.equal(ann.leads('open/shut/inner/f'), 'EACCES');
  assert.equal(ann.leads('open/shut/.'), 'EACCES');
  assert.equal(ann.leads('open/shut/..'), 'EACCES');
  assert.equal(ann.leads(`open/shut/${'n'.repeat(256)}`), 'EACCES');
  assert.equal(root.leads('open/shut/inner/f'), 'done');
  assert.equal(ann.chdir('open/shut'), 'EACCES');
  root.symlink('shut/f', 'open/link');
  assert.equal(ann.leads('open/link'), 'EACCES');
  assert.equal(ann.lstat('open/link').kind, 'symlink');
});

test('fs.protected_symlinks: in a directory like /tmp only links of its owner or of one’s own are followed', () => {
  const scene = (on: boolean) => {
    const hands = machine({ protectedSymlinks: on });
    hands.root.mkdir('tmp');
    hands.root.chmod('tmp', 0o1777);
    hands.root.mkdir('d');
    hands.root.file('d/f', 0o666);
    hands.ann.symlink('/d', 'tmp/of-ann');
    hands.bob.symlink('/d', 'tmp/of-bob');
    hands.root.symlink('/d', 'tmp/of-root');
    return hands;
  };
  const { root, ann, bob } = scene(true);
  assert.equal(ann.leads('tmp/of-ann'), 'done');
  assert.equal(bob.leads('tmp/of-ann'), 'EACCES');
  assert.equal(root.leads('tmp/of-ann'), 'EACCES');
  assert.equal(ann.leads('tmp/of-root'), 'done');
  assert.equal(bob.leads('tmp/of-ann/f'), 'done');
  assert.equal(bob.lstat('tmp/of-ann').kind, 'symlink');
  root.chmod('tmp', 0o777);
  assert.equal(bob.leads('tmp/of-ann'), 'done');
  root.chmod('tmp', 0o1775);
  assert.equal(bob.leads('tmp/of-ann'), 'done');
  assert.equal(scene(false).bob.leads('tmp/of-ann'), 'done');
});

test('RESOLVE_BENEATH: a way out of the handle is EXDEV', () => {
  const { root } = machine();
  build(
    root.fs,
    root.fs.cwd,
    `
    d/
      e/
      f
      abs -> /d/f
      out -> ../g
      inside -> e/../f
    g`,
  );
  using d = root.open('d', { access: 'path' });
  const ends = (path: string) => root.opens(path, { resolve: { beneath: true } }, d);
  assert.equal(ends('f'), 'done');
  assert.equal(ends('inside'), 'done');
  assert.equal(ends('e/..'), 'done');
  assert.equal(ends('..'), 'EXDEV');
  assert.equal(ends('e/../..'), 'EXDEV');
  assert.equal(ends('out'), 'EXDEV');
  assert.equal(ends('abs'), 'EXDEV');
  assert.equal(ends('/d/f'), 'EXDEV');
});

test('RESOLVE_IN_ROOT: the handle is the root', () => {
  const { root } = machine();
  build(
    root.fs,
    root.fs.cwd,
    `
    d/
      f
      abs -> /f
      up -> ../../f
      far -> /d/f`,
  );
  using d = root.open('d', { access: 'path' });
  const ends = (path: string) => root.opens(path, { resolve: { inRoot: true } }, d);
  assert.equal(ends('/f'), 'done');
  assert.equal(ends('abs'), 'done');
  assert.equal(ends('up'), 'done');
  assert.equal(ends('far'), 'ENOENT');
  assert.equal(root.opens('f', { resolve: { inRoot: true, beneath: true } }, d), 'EINVAL');
});

test('RESOLVE_NO_SYMLINKS: any link on the way is ELOOP, a last one that is not followed is not on the way', () => {
  const { root } = machine();
  build(
    root.fs,
    root.fs.cwd,
    `
    d/
      f
    l -> d`,
  );
  const resolve = { noSymlinks: true };
  assert.equal(root.opens('d/f', { resolve }), 'done');
  assert.equal(root.opens('l/f', { resolve }), 'ELOOP');
  assert.equal(root.opens('l', { resolve }), 'ELOOP');
  assert.equal(root.opens('l', { resolve, access: 'path', nofollow: true }), 'done');
});

test('RESOLVE_NO_XDEV: another mount is EXDEV, down, up and by an absolute link', () => {
  const { root, mount } = machine();
  mount('m');
  root.file('m/f');
  root.file('g');
  root.symlink('/g', 'm/out');
  root.symlink('/g', 'stays');
  const resolve = { noCrossing: true };
  assert.equal(root.opens('g', { resolve }), 'done');
  // The kernel learns of the root's mount by an absolute path only.
  assert.equal(root.opens('/stays', { resolve }), 'done');
  assert.equal(root.opens('stays', { resolve }), 'EXDEV');
  assert.equal(root.opens('m', { resolve }), 'EXDEV');
  assert.equal(root.opens('m/f', { resolve }), 'EXDEV');
  using m = root.open('m', { access: 'path' });
  assert.equal(root.opens('f', { resolve }, m), 'done');
  assert.equal(root.opens('..', { resolve }, m), 'EXDEV');
  assert.equal(root.opens('out', { resolve }, m), 'EXDEV');
});
