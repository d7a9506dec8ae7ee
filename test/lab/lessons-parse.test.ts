/** How a lesson is written, and what is said of mistakes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLesson } from '../../src/lab/lessons/check-lesson.ts';
import type { Lesson } from '../../src/lab/lessons/lesson.ts';
import { parseLesson } from '../../src/lab/lessons/parse-lesson.ts';
import { parseProse, parseSpans, plainText } from '../../src/lab/lessons/prose.ts';
import { answerOf } from '../../src/lab/lessons/quiz.ts';

const good = `# A title

id: a-lesson
objectives: LPIC-1 104.6; RHCSA
golf: 1

Some **words** and \`code\`.

## Start
user: me

    a "x\\n" #1

## Goal

    a #1
    b #1
- b leads to a

## Hints

- Use \`ln\`.

## Solution

$ ln a b
One more name.

## Quiz

### What is the count?

$ ln a c

answer: names of a
- 1
- 2 => two of them

Two names.
`;

const lesson = parseLesson(good) as Lesson;
const complaints = (text: string): readonly string[] => {
  const parsed = parseLesson(text);
  return 'id' in parsed ? [] : parsed.map(({ line, message }) => `${line}: ${message}`);
};
const changed = (from: string, to: string): string => {
  assert.ok(good.includes(from));
  return good.replace(from, to);
};

test('a lesson is read into its parts', () => {
  const { goal, ...rest } = lesson;
  assert.deepEqual(rest, {
    id: 'a-lesson',
    title: 'A title',
    objectives: ['LPIC-1 104.6', 'RHCSA'],
    text: [
      {
        kind: 'paragraph',
        spans: [
          { kind: 'text', text: 'Some ' },
          { kind: 'strong', text: 'words' },
          { kind: 'text', text: ' and ' },
          { kind: 'code', text: 'code' },
          { kind: 'text', text: '.' },
        ],
      },
    ],
    start: { tree: 'a "x\\n" #1', user: 'me' },
    hints: [parseSpans('Use `ln`.')],
    solution: [{ line: 'ln a b', note: parseSpans('One more name.') }],
    golf: 1,
    quiz: [
      {
        question: parseProse(['What is the count?']),
        start: lesson.start,
        lines: ['ln a c'],
        asks: { kind: 'count', path: 'a' },
        options: [
          { value: '1', words: [{ kind: 'code', text: '1' }] },
          { value: '2', words: [{ kind: 'text', text: 'two of them' }] },
        ],
        explanation: parseProse(['Two names.']),
      },
    ],
  });
  assert.equal(goal.drawing, 'a #1\nb #1');
  assert.deepEqual(goal.legend.map(plainText), ['#1: the inode that has this mark at the start', 'b must lead to a']);
  assert.deepEqual(goal.conditions, [{ kind: 'leads', path: 'b', to: 'a' }]);
  assert.deepEqual(checkLesson(good), []);
  assert.equal(answerOf(lesson.quiz[0] as Lesson['quiz'][number]), '2');
});

test('the legend of a goal tells the marks that are in it', () => {
  const legendOf = (goal: string): readonly string[] =>
    (parseLesson(changed('    a #1\n    b #1\n- b leads to a', goal)) as Lesson).goal.legend.map(plainText);
  assert.deepEqual(legendOf('    *\n    a #same\n    b #new\n    c #x\n    d #x\n    e #?\n    l -> *\n    absent m'), [
    '#x: all names with this mark are one inode',
    '#same: still the inode that it was',
    '#new: an inode that was not there',
    '#?: never mind which inode',
    'absent: nothing may have this name',
    '-> *: a symlink with any text',
    '*: there may be other names',
  ]);
  assert.deepEqual(
    legendOf('    z\n- l fails with ELOOP\n- the shell stands in d\n- #1 is not open\n- lw undo took something back'),
    [
      'opening l must fail with ELOOP',
      'the shell must stand in d',
      'the file #1 must not be open in some program',
      'something must have been taken back by lw undo',
    ],
  );
});

test('a mistake is told with its line', () => {
  const table: readonly (readonly [from: string, to: string, complaint: string])[] = [
    ['# A title', 'A title', '1: a lesson begins with its title: # Title'],
    ['id: a-lesson', 'id: A Lesson', '3: an id is of small letters, digits and hyphens'],
    ['golf: 1', 'golf: few', '5: golf is a number of commands'],
    ['Some **words** and `code`.', '', '1: the lesson says nothing: text comes before ## Start'],
    ['## Hints', '## Hint', '20: there is no section Hint: only Start, Goal, Hints, Solution, Quiz'],
    ['user: me', 'user: nobody', '10: there is no user nobody: only root, me, other'],
    ['user: me', 'directory: home', '10: a directory begins with / and does not end with one'],
    ['    a "x\\n" #1', '    a "x\\n" #1\n      b', '13: only a directory holds names: write a/'],
    ['    a "x\\n" #1', 'a "x\\n" #1', '12: a tree is indented by four spaces'],
    ['    b #1', '    b #1 maybe', '17: maybe means nothing here'],
    [
      'b leads to a',
      'b is good',
      '18: a condition is one of: PATH leads to PATH, PATH fails with ERRNO, the shell stands in PATH, #MARK is open, #MARK is not open, lw undo took something back',
    ],
    ['b leads to a', 'b fails with ENOTHING', '18: ENOTHING is no errno of Linux'],
    ['b leads to a', '#2 is open', '18: nothing in the start is marked #2'],
    ['- Use `ln`.', 'Use `ln`.', '22: each hint begins with -'],
    ['One more name.\n', '', '26: say below the line what it does'],
    [
      'answer: names of a\n',
      '',
      '31: the question has no answer: write how to ask for it, such as answer: output of cat b',
    ],
    [
      'answer: names of a',
      'answer: two',
      '35: an answer is one of: output of LINE, errno of LINE, code of LINE, tree, names of PATH, same file A B',
    ],
    ['- 1\n', '', '36: one option is no choice'],
    ['- 1\n', '- 2\n', '36: two options are the same answer'],
    ['Some', '\tSome', '7: a tab: indent with spaces'],
  ];
  for (const [from, to, complaint] of table) assert.deepEqual(complaints(changed(from, to)), [complaint], to);
  assert.deepEqual(complaints(''), [
    '1: a lesson begins with its title: # Title',
    '1: the lesson needs an id: id: a-name',
    '1: the lesson needs its golf: the fewest commands that reach the goal',
    '1: the lesson says nothing: text comes before ## Start',
    '1: the section ## Start is missing',
    '1: the section ## Goal is missing',
    '1: the section ## Solution is missing',
  ]);
});

test('what is wrong when it is played is told as well', () => {
  const checked = (from: string, to: string): readonly string[] =>
    checkLesson(changed(from, to)).map(({ line, message }) => `${line}: ${message}`);
  assert.deepEqual(checked('$ ln a b', '$ ln a c'), [
    '24: the solution does not reach the goal: b is missing: the file a should have that name.',
  ]);
  assert.deepEqual(checked('$ ln a b', '$ make-it-so'), [
    '24: the solution does not reach the goal: b is missing: the file a should have that name.',
    '26: the lab has no such command: make-it-so',
  ]);
  assert.deepEqual(checked('    b #1\n- b leads to a', ''), [
    '14: the start is already the goal: there is nothing to do',
    '23: the solution does not reach the goal: b should not be there.',
  ]);
  assert.deepEqual(checked('golf: 1', 'golf: 2'), ['5: the solution has 1 commands, golf must not be more']);
  assert.deepEqual(checked('- 2 =>', '- 3 =>'), ['35: what happens is none of the options: 2']);
  assert.deepEqual(checked('user: me\n\n    a "x\\n" #1', '    a "x\\n" #1\n    m/ mount tmpfs\n      c #1'), [
    '9: the tree below cannot be built: in its line 3: m/c cannot be made: linkat: EXDEV',
  ]);
});

test('a directory that cannot be is told as well', () => {
  for (const directory of ['/etc/passwd', '/etc/passwd/x']) {
    const [complaint, ...others] = checkLesson(changed('user: me', `directory: ${directory}`));
    assert.deepEqual(others, []);
    assert.equal(complaint?.line, 9);
    assert.match(complaint.message, /Not a directory$/);
  }
});

test('texts are data: whatever is in them, no span holds more than its own letters', () => {
  const hostile = '<img src=x onerror=alert(1)> **`</code><script>`** `a` ` ** * ‮ \u001b[31m';
  const spans = parseSpans(hostile);
  assert.equal(
    spans
      .map(({ kind, text }) => (kind === 'code' ? `\`${text}\`` : kind === 'strong' ? `**${text}**` : text))
      .join(''),
    hostile,
  );
  assert.deepEqual(
    parseProse(['<b>x</b>', '', '    <i>', '- <u>']).map(({ kind }) => kind),
    ['paragraph', 'code', 'list'],
  );
  const long = parseSpans('`'.repeat(50_000) + '*'.repeat(50_000));
  assert.equal(long.map(({ text }) => text).join('').length, 100_000);
});
