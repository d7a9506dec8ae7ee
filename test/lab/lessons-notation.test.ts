/** The notation of trees: what is drawn is built, what is built is drawn again, and mistakes are told with their line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBytes as decode } from '../../src/fs/bytes.ts';
import { Fault } from '../../src/fs/fault.ts';
import { linkText } from '../../src/fs/link-text.ts';
import { build, draw, drawing } from '../../src/lab/drawing.ts';
import type { Complaint } from '../../src/lab/drawn.ts';
import { parseDrawing } from '../../src/lab/parse-drawing.ts';
import { Sketch } from '../../src/sketch/sketch.ts';

const users = new Map([
  ['root', 0],
  ['ann', 1000],
]);

const redrawn = (text: string): string => {
  const fs = new Sketch({ now: () => 0n }).process();
  build(fs, fs.cwd, text, { users, groups: users });
  return draw(fs, fs.cwd, { details: true, users });
};

const wrong = (text: string, use?: 'goal'): readonly string[] => {
  const parsed = parseDrawing(text, use);
  return Array.isArray(parsed) ? parsed.map(({ line, message }: Complaint) => `${line}: ${message}`) : [];
};

test('what is drawn is built, and drawn again as it was', () => {
  const tree = drawing(String.raw`
    a 0600 #1
    'a name' "text with \"quotes\" and \x00\xff\n"
    b "one\ntwo\n" @ann
    big size 4096
    d/ 1777
      a #1
      e/ @ann
        up -> ../../a
    dir -> d/
    empty -> $'\e[1m' #2
    empty2 -> $'\e[1m' #2
    m/ mount tmpfs ro
      here "in memory"
    pipe fifo 0600
    v/ bind of /d ro
    $'\xff\n'`);
  assert.equal(redrawn(tree), tree);
});

test('a bind mount shows what lies elsewhere', () => {
  const fs = new Sketch({ now: () => 0n }).process();
  build(fs, fs.cwd, 'view/ bind of d ro\nd/\n  f "x"\n');
  const [file, seen] = ['/d/f', '/view/f'].map((path) => fs.stat(fs.cwd, path));
  assert.ok(file && seen && !(file instanceof Fault) && !(seen instanceof Fault));
  assert.equal(seen.ino, file.ino);
  assert.equal(fs.unlink(fs.cwd, '/view/f')?.errno, 'EROFS');
});

test('any name can be drawn', () => {
  const byte = fc.integer({ min: 1, max: 255 }).filter((code) => code !== 0x2f);
  const name = fc
    .oneof(
      fc.array(byte, { minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom('absent', '*', '->', '#1', '?', '0644', '"', "'", '`', ' ', '<img onerror=x>', '‮')
        .map((text) => Buffer.from(text)),
    )
    .filter((bytes) => !['.', '..'].includes(bytes.toString()));
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { minLength: 1, maxLength: 6, selector: (bytes) => bytes.toString('latin1') }),
      (names) => {
        const fs = new Sketch({ now: () => 0n }).process();
        for (const bytes of names) {
          const text = decode(bytes);
          assert.equal(fs.symlink(linkText(text), fs.cwd, text), undefined);
        }
        const drawn = draw(fs, fs.cwd, { details: true });
        assert.equal(redrawn(drawn), drawn);
        assert.doesNotMatch(drawn, /[\p{Cf}\p{Cs}]|(?!\n)\p{Cc}/u);
      },
    ),
  );
});

test('each mistake is told with its line', () => {
  assert.deepEqual(wrong('a\n   b\n  c\nd/\n      e\n'), [
    '2: indent by two spaces a step',
    '3: only a directory holds names: write a/',
    '5: this is indented further than what it lies in',
  ]);
  assert.deepEqual(wrong('a\na\nd/ #1\ne/ #1\nx/y\n..\n'), [
    '2: a is drawn twice',
    '4: a directory has one name only, and #1 is d already',
    '5: x/y is a path: draw each directory on a line of its own',
    '6: a name is missing here',
  ]);
  assert.deepEqual(wrong('a ->\nb "x" "y" hello\nc "x\nd "\\q"\ne/ "x"\nf/ mount cake\ng -> x 0644\nh size many'), [
    '1: after -> comes the text of the link',
    '2: hello means nothing here: a name with spaces is written in quotes',
    '3: quotes do not match from here: "x; close them, and put a space behind',
    '4: this escape means nothing: "\\q"; known are \\n \\t \\r \\e \\" \\\\ \\xff \\u202e',
    '5: only a file has contents',
    '6: mount what? One of ext4, tmpfs, xfs, btrfs, vfat',
    '7: a symlink has no mode of its own',
    '8: after size comes a number of bytes below a million, and only a file has one',
  ]);
  assert.deepEqual(wrong('a #1 "x"\nb #1 "y"\nl -> x #1\nv/ bind of a\n  w\n'), [
    '2: #1 is one file, and a says that it holds something else',
    '3: #1 is a, which is of another kind',
    '5: a bind mount shows what lies elsewhere: draw that there',
  ]);
});

test('wildcards are for goals', () => {
  const goal = '*\na ?\nb -> *\nabsent c\nd #same\ne #new\nf #?\n';
  assert.deepEqual(wrong(goal, 'goal'), []);
  assert.deepEqual(wrong(goal), [
    "2: '?' means nothing here: a name with spaces is written in quotes",
    '4: c means nothing here: a name with spaces is written in quotes',
    '5: #same is for goals: call the inode otherwise',
    '6: #new is for goals: call the inode otherwise',
    "7: '#?' is no mark of an inode: those are #1 or #letter, in one word",
  ]);
});

test('what cannot be built is told with its line', () => {
  const fs = new Sketch({ now: () => 0n }).process();
  const fails = (text: string, message: RegExp): void => assert.throws(() => build(fs, fs.cwd, text), { message });
  fails('one #1\nm/ mount tmpfs\n  two #1\n', /^line 3: m\/two cannot be made: linkat: EXDEV$/);
  fails('x @nobody\n', /^line 1: there is no user nobody$/);
  fails('v/ bind of nothing\n', /^line 1: \/nothing is not there to be mounted: ENOENT; draw it above$/);
  fails(`${'n'.repeat(256)}\n`, /ENAMETOOLONG$/);
});
