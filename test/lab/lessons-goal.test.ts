/** Goals are compared with the machine: what is still different is said in a sentence, whatever was typed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../src/fs/fault.ts';
import type { Handle } from '../../src/fs/fs.ts';
import { linkText } from '../../src/fs/link-text.ts';
import { checkGoal } from '../../src/lab/lessons/check-goal.ts';
import type { Lesson } from '../../src/lab/lessons/lesson.ts';
import { parseLesson } from '../../src/lab/lessons/parse-lesson.ts';
import { plainText } from '../../src/lab/lessons/prose.ts';
import { newSession, type Session } from '../../src/lab/session.ts';

type Process = Session['process'];

/** What is said of a goal after some calls. */
const said = (
  start: string,
  goal: string,
  act: (fs: Process, cwd: Handle) => unknown = () => {},
): readonly string[] => {
  const indented = (text: string): string => text.replace(/^ {4}|^(?=[^-\s])/gm, '    ');
  const [tree = '', user] = start.split('|').toReversed();
  const text = `# T\nid: t\ngolf: 1\nText.\n## Start\n${user ? `user: ${user}\n` : ''}${indented(tree)}\n## Goal\n${indented(goal)}\n## Solution\n$ x\nNote.\n`;
  const lesson = parseLesson(text);
  if (!('id' in lesson)) throw new Error(JSON.stringify(lesson));
  const session = newSession(lesson.start);
  act(session.process, session.process.cwd);
  const { met, differences } = checkGoal(session, lesson as Lesson);
  assert.equal(met, differences.length === 0);
  return differences.map(plainText);
};

const write = (fs: Process, path: string, text: string, access: 'write' = 'write'): void => {
  const made = fs.open(fs.cwd, path, { access, create: 'if-missing', truncate: true, mode: 0o644 });
  if (made instanceof Fault) throw new Error(made.reason);
  using file = made;
  fs.write(file, new TextEncoder().encode(text), 0);
};

test('names: missing, gone, left over', () => {
  assert.deepEqual(said('a', 'a'), []);
  assert.deepEqual(said('a', 'b'), ['b is missing.', 'a should not be there.']);
  assert.deepEqual(said('a', '*\nabsent a'), ['a should be gone.']);
  assert.deepEqual(said('a', '*'), []);
  assert.deepEqual(said('d/\n      x', 'd/'), ['d/x should not be there.']);
  assert.deepEqual(said('d/\n      x', 'd/\n      *'), []);
  assert.deepEqual(said('a', 'a/'), ['a is a regular file; it should be a directory.']);
  assert.deepEqual(said('a -> b', 'a'), ['a is a symlink; it should be a regular file.']);
  assert.deepEqual(said('a -> b', 'a ?'), []);
});

test('inodes: the marks of the start are kept, others are found', () => {
  const goal = 'a #1\nb #1';
  assert.deepEqual(said('a #1', goal), ['b is missing: the file a should have that name.']);
  assert.deepEqual(
    said('a #1', goal, (fs, cwd) => fs.link(cwd, 'a', cwd, 'b')),
    [],
  );
  assert.deepEqual(
    said('a #1', goal, (fs) => write(fs, 'b', '')),
    ['b is not the file that was a at the start: its inode is another.'],
  );
  const swapped = (fs: Process, cwd: Handle): void => {
    write(fs, 'new', '');
    fs.rename(cwd, 'new', cwd, 'a');
    fs.link(cwd, 'a', cwd, 'b');
  };
  assert.deepEqual(said('a #1', goal, swapped), [
    'a is another inode than at the start.',
    'b is not the file that was a at the start: its inode is another.',
  ]);
  assert.deepEqual(said('a', 'a #x\nb #x', swapped), []);
  assert.deepEqual(said('a', 'a #x\nb #y', swapped), ['b is the same file as a; it should be another.']);
  assert.deepEqual(said('a', 'a\nb', swapped), [
    'a is one of 2 names of its file; it should be the only one.',
    'b is one of 2 names of its file; it should be the only one.',
  ]);
  assert.deepEqual(said('a', 'a #same\nb #?', swapped), ['a is another inode than at the start.']);
  assert.deepEqual(said('a', 'a #?\nb #same', swapped), [
    'b was not there at the start, so there is no inode that it could still be.',
  ]);
  assert.deepEqual(said('a', 'a #new\nb #?', swapped), []);
  assert.deepEqual(said('a', 'a #new'), ['a is still an inode of the start; it should be a new one.']);
  assert.deepEqual(said('a\nb', 'a #x\nb #x'), ['b and a should be two names of one file.']);
});

test('texts, contents, modes and owners', () => {
  assert.deepEqual(said('l -> a', 'l -> b'), ['The text of l is a; it should be b.']);
  assert.deepEqual(said('l -> a', 'l -> *'), []);
  assert.deepEqual(said('', 'l -> b\nm -> *'), [
    'The symlink l with the text b is missing.',
    'The symlink m is missing.',
  ]);
  assert.deepEqual(said('a "x"', 'a "y\\n"'), ['a holds "x"; it should hold "y\\n".']);
  assert.deepEqual(said('a', 'a "y"'), ['a is empty; it should hold "y".']);
  assert.deepEqual(said('a "x"', 'a ""'), ['a holds "x"; it should be empty.']);
  assert.deepEqual(said('a 0600', 'a 0644'), ['The mode of a is 0600; it should be 0644.']);
  assert.deepEqual(said('a', 'a @other'), ['a belongs to me; it should belong to other.']);
  assert.deepEqual(said('a @me:other', 'a @me:me'), ['The group of a is other; it should be me.']);
});

test('mounts', () => {
  assert.deepEqual(said('m/ mount tmpfs', 'm/ mount tmpfs'), []);
  assert.deepEqual(said('m/', 'm/ mount tmpfs'), ['Nothing is mounted on m.']);
  assert.deepEqual(said('m/ mount ext4', 'm/ mount tmpfs'), ['ext4 is mounted on m; it should be tmpfs.']);
  assert.deepEqual(said('m/ mount ext4 ro', 'm/ mount ext4'), ['m should be mounted for writing.']);
  assert.deepEqual(said('d/\n      a\nm/ bind of d', 'd/\n      a\nm/ bind of d'), []);
});

test('conditions: where a path leads, where the shell stands, what is open', () => {
  assert.deepEqual(said('a\nl -> a', '*\n- l leads to a'), []);
  assert.deepEqual(said('a\nb\nl -> a', '*\n- l leads to b'), ['l does not lead to b.']);
  assert.deepEqual(said('l -> a', '*\n- l leads to a'), ['l leads nowhere: No such file or directory.']);
  assert.deepEqual(said('a', 'a\nl -> *\n- l leads to a'), ['The symlink l is missing.']);
  assert.deepEqual(said('l -> l', '*\n- l fails with ELOOP'), []);
  assert.deepEqual(said('l -> l', '*\n- l fails with ENOENT'), ['l fails with ELOOP; it should be ENOENT.']);
  assert.deepEqual(said('l', '*\n- l fails with ENOENT'), ['l can be opened; it should fail with ENOENT.']);
  assert.deepEqual(said('l 0000', '*\n- l fails with EACCES'), []);
  assert.deepEqual(said('d/', '*\n- the shell stands in d'), ['The shell should stand in d: use cd.']);
  assert.deepEqual(
    said('d/\nl -> d', '*\n- the shell stands in l', (fs) => fs.chdir('d')),
    [],
  );
  assert.deepEqual(said('a #1', '*\n- #1 is open'), ['The file that was a at the start should be open.']);
  const held: Handle[] = [];
  const open = (fs: Process, cwd: Handle): void => {
    const opened = fs.open(cwd, 'a', { access: 'read' });
    if (!(opened instanceof Fault)) held.push(opened);
    fs.unlink(cwd, 'a');
  };
  assert.deepEqual(said('a #1', 'absent a\n- #1 is open', open), []);
  assert.deepEqual(said('a #1', 'absent a\n- #1 is not open', open), [
    'The file that was a at the start is still open somewhere.',
  ]);
  for (const handle of held) handle[Symbol.dispose]();
});

test('names that would mislead are written so that they cannot', () => {
  const rename = (fs: Process, cwd: Handle): unknown =>
    fs.symlink(linkText('x'), cwd, '`<img onerror=x>`\u202e\u001b[1m');
  assert.deepEqual(said('', '    absent x', rename), [
    "$'`<img onerror=x>`\\xe2\\x80\\xae\\e[1m' should not be there.",
  ]);
});

test('what lw puts aside is not more than was asked', () => {
  assert.deepEqual(
    said('m/ mount tmpfs', 'm/ mount tmpfs', (fs, cwd) => fs.mkdir(cwd, 'm/.linkwright-1000', 0o700)),
    [],
  );
});
