/** `make` in a sketch: what it makes, what it refuses, and the texts that it chooses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Made, make, type NotMade, type Wish } from '../src/jobs/make/make.ts';
import { build, draw, drawing } from '../src/lab/drawing.ts';
import { Sketch } from '../src/sketch/sketch.ts';

const scene = (before: string, where = '/') => {
  const fs = new Sketch().process();
  build(fs, fs.cwd, before);
  fs.chdir(where);
  const root = fs.open(fs.cwd, '/', { access: 'path' });
  if ('errno' in root) throw new Error(root.errno);
  return {
    fs,
    make: (target: string, name: string, wish: Partial<Wish> = {}): Made | NotMade =>
      make(
        { fs, from: { handle: fs.cwd, path: fs.workingDirectory }, root: { handle: root, path: '/' } },
        {
          target,
          name,
          kind: 'symbolic',
          text: undefined,
          replace: false,
          parents: false,
          temporaryName: '.tmp',
          ...wish,
        },
      ),
    becomes: (after: string) => assert.equal(draw(fs, root), drawing(after)),
  };
};

const made = (answer: Made | NotMade): Made => {
  if ('why' in answer) assert.fail(`not made: ${answer.why}`);
  return answer;
};

const textOf = (answer: Made | NotMade): string | undefined => made(answer).text;
const whyNot = (answer: Made | NotMade): string | undefined => ('why' in answer ? answer.why : undefined);

test('a text is relative to the directory of the link, not to the working directory', () => {
  const { make, becomes } = scene(
    `
    work/
      a/
        file
      b/`,
    '/work',
  );
  assert.equal(textOf(make('a/file', 'b/link')), '../a/file');
  becomes(`
    work/
      a/
        file
      b/
        link -> ../a/file`);
});

test('links in the target stay, links on the way to it do not', () => {
  const { make } = scene(
    `
    home -> usr/home
    usr/
      home/
        me/
          bin/
          current -> releases/5
          releases/
            5/
              app`,
  );
  assert.equal(textOf(make('/home/me/current/app', '/home/me/bin/app')), '../current/app');
  assert.equal(textOf(make('/home/me/releases/../current/./app', '/home/me/bin/tidy')), '../current/app');
  assert.equal(textOf(make('/home/me/current/../5/app', '/home/me/bin/up')), '../current/../5/app');
  assert.equal(textOf(make('/home/me', '/home/me/bin/me')), '..');
  assert.equal(textOf(make('/home/me/bin', '/home/me/bin/self')), '.');
  assert.equal(textOf(make('/home/me/current/app', '/home/me/bin/abs', { text: 'absolute' })), '/home/me/current/app');
  assert.equal(textOf(make('//nowhere/../x y', '/home/me/bin/raw', { text: 'as-written' })), '//nowhere/../x y');
});

test('made twice is made once', () => {
  const { make, fs } = scene('a\nb/');
  assert.equal(made(make('a', 'l')).already, false);
  assert.equal(made(make('a', 'l')).already, true);
  assert.equal(made(make('b', 'd')).already, false);
  assert.equal(made(make('b', 'd')).already, true, 'and never nested');
  assert.equal(made(make('/a', 'l')).already, true, 'another text to the same file will do');
  assert.equal(whyNot(make('/a', 'l', { text: 'absolute' })), 'exists', 'unless a text is asked for');
  assert.equal(made(make('l', 'chain')).text, 'l');
  assert.equal(whyNot(make('a', 'chain')), 'exists', 'through another link is not there');
  assert.equal(textOf(make('a', 'chain', { replace: true })), 'a');
  assert.equal(made(make('a', 'h', { kind: 'hard' })).already, false);
  assert.equal(made(make('a', 'h', { kind: 'hard' })).already, true);
  const stat = fs.stat(fs.cwd, 'a');
  assert.equal('nlink' in stat && stat.nlink, 2);
});

test('a name with a slash at its end is the directory for the link', () => {
  const { make, becomes } = scene('a/\n  f\nb/');
  assert.equal(textOf(make('a/f', 'b/')), '../a/f');
  assert.equal(textOf(make('a/', 'b/')), '../a');
  assert.equal(whyNot(make('a/f', 'b')), 'is-directory');
  assert.equal(whyNot(make('..', 'b/')), 'no-name');
  becomes(`
    a/
      f
    b/
      a -> ../a
      f -> ../a/f`);
});

test('a link that would lead to itself is refused, however long the way', () => {
  const { make } = scene('a -> b\nb -> c\nd/');
  const answer = make('a', 'c');
  assert.equal(whyNot(answer), 'loop');
  assert.deepEqual('cycle' in answer && answer.cycle, ['/c', '/a', '/b']);
  assert.equal(whyNot(make('x', 'x')), 'loop');
  assert.equal(whyNot(make('d/../y', 'y')), 'loop');
});

test('swapped arguments are seen', () => {
  const { make } = scene('precious');
  assert.equal(whyNot(make('new', 'precious')), 'swapped');
  assert.equal(
    whyNot(make('new', 'precious', { replace: true })),
    'swapped',
    'above all where they would replace a file',
  );
});

test('a target that is not there is told', () => {
  const { make } = scene('d/');
  assert.equal(made(make('later', 'd/l')).end.kind, 'missing');
});

test('what has the name stays unless it may be replaced', () => {
  const { make, becomes } = scene('a\nb\nl -> b');
  assert.equal(whyNot(make('a', 'b')), 'exists');
  assert.equal(whyNot(make('a', 'l')), 'exists');
  assert.equal(made(make('a', 'l', { replace: true })).replaced?.kind, 'symlink');
  assert.equal(made(make('a', 'b', { replace: true, kind: 'hard' })).replaced?.kind, 'file');
  becomes(`
    a #1
    b #1
    l -> a`);
});

test('a hard link is to the file that the target leads to; auto makes one where it can', () => {
  const { make, becomes, fs } = scene('f\nl -> f\nd/\ndisk/');
  fs.sketch.mount(fs.locate('/disk') as never);
  assert.equal(made(make('l', 'h', { kind: 'hard' })).made, 'hard');
  assert.equal(whyNot(make('d', 'e', { kind: 'hard' })), 'to-directory');
  assert.equal(whyNot(make('no', 'e', { kind: 'hard' })), 'no-file');
  const far = make('f', 'disk/f', { kind: 'hard' });
  assert.equal(whyNot(far), 'refused');
  assert.equal('fault' in far && far.fault.errno, 'EXDEV');
  assert.equal(made(make('f', 'a', { kind: 'auto' })).made, 'hard');
  assert.equal(made(make('d', 'b', { kind: 'auto' })).notHard?.why, 'to-directory');
  assert.equal(made(make('f', 'disk/g', { kind: 'auto' })).text, '../f');
  becomes(`
    a #1
    b -> d
    d/
    disk/
      g -> ../f
    f #1
    h #1
    l -> f`);
});

test('directories are made for the name if that is asked for', () => {
  const { make, becomes } = scene('f');
  assert.equal(whyNot(make('f', 'x/y/l')), 'no-directory');
  assert.equal(whyNot(make('f', 'f/l', { parents: true })), 'no-directory');
  assert.deepEqual(made(make('f', 'x/y/l', { parents: true })).parents, ['/x', '/x/y']);
  becomes(`
    f
    x/
      y/
        l -> ../../f`);
});
