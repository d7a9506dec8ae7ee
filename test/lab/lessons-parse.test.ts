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
    ['id: a-lesson', 'id: A Lesson', '3: an id is of small letters, digits and hyphens, as in id: two-names'],
    ['golf: 1', 'golf: few', '5: golf is a number of commands, from 1 to 99: golf: 1'],
    ['Some **words** and `code`.', '', '1: the lesson says nothing: text comes before ## Start'],
    ['## Hints', '## Hint', '20: there is no section Hint: write ## Hints'],
    ['user: me', 'user: nobody', '10: there is no user nobody: only root, me, other'],
    [
      'user: me',
      'directory: home',
      '10: a directory begins with / and does not end with one, as in directory: /srv/www',
    ],
    ['    a "x\\n" #1', '    a "x\\n" #1\n      b', '13: only a directory holds names: write a/'],
    ['    a "x\\n" #1', 'a "x\\n" #1', '12: a tree is indented by four spaces'],
    ['    b #1', '    b #1 maybe', '17: maybe means nothing here: a name with spaces is written in quotes'],
    [
      'b leads to a',
      'b is good',
      '18: a condition is one of: PATH leads to PATH, PATH fails with ERRNO, the shell stands in PATH, #MARK is open, #MARK is not open, lw undo took something back',
    ],
    ['b leads to a', 'b fails with ENOTHING', '18: ENOTHING is no errno of Linux, such as ENOENT'],
    ['b leads to a', '#2 is open', '18: nothing in the start is marked #2: mark the file there'],
    ['- Use `ln`.', 'Use `ln`.', '22: each hint begins with a hyphen and a space: - Look at the text.'],
    ['One more name.\n', '', '26: below this line a note is missing: what does it do?'],
    [
      'answer: names of a\n',
      '',
      '31: the question has no line answer: it says what the machine is asked, as in answer: output of cat b',
    ],
    [
      'answer: names of a',
      'answer: two',
      '35: an answer is one of: output of LINE, errno of LINE, code of LINE, tree, names of PATH, same file A B',
    ],
    ['- 1\n', '', '36: one option is no choice: give two or more, or none to have it typed'],
    ['- 1\n', '- 2\n', '36: two options are the same answer: behind - comes what the machine says'],
    ['Some', '\tSome', '7: a tab: indent with spaces'],
    ['golf: 1', 'gold: 1', '5: there is no gold: write golf:'],
    ['# A title', '# A title\n# Another', '2: a second title: each lesson is a file of its own'],
    ['## Hints', '## Tips', '20: there is no section Tips: those are Start, Goal, Hints, Solution, Quiz'],
    ['## Goal', '##Goal', '14: a section begins with two # and a space: write ## Goal'],
    ['## Goal', '# Goal', '14: a section begins with two # and a space: write ## Goal'],
    ['## Solution', '### solution', '24: a section begins with two # and a space: write ## Solution'],
    ['## Hints', '## Goal\n\n    a\n\n## Hints', '20: there are two sections Goal: make one of them'],
    ['- Use `ln`.\n', '', '20: the section ## Hints is empty: write each hint after -, or take the heading away'],
    [
      '    a #1\n    b #1\n- b leads',
      '- b leads',
      '14: the goal draws no tree, so nothing could be left: draw what shall be there, or a * alone',
    ],
    ['$ ln a b\n', '$ln a b\n', '26: a solution begins with a line to type, after $ and a space: $ ln a b'],
    ['### What', 'What', '31: each question begins with its heading: ### What will happen?'],
    ['### What is the count?', '### ', '31: the question is missing behind ###'],
    ['\nTwo names.\n', '', '35: below the answer an explanation is missing: why is it so?'],
    ['Some', 'So\0me', '7: the control character U+0000: a lesson is plain text, saved as UTF-8'],
    ['Some', 'S\ufffdme', '7: bytes that are no text in UTF-8: a lesson is plain text, saved as UTF-8'],
    ['Some', 'So\rme', '7: the control character U+000D: a lesson is plain text, saved as UTF-8'],
    ['Some', 'x'.repeat(100_001), '1: this is too long for a lesson: more than 100000 characters'],
  ];
  for (const [from, to, complaint] of table) assert.deepEqual(complaints(changed(from, to)), [complaint], to);
  for (const empty of ['', '\n \n'])
    assert.deepEqual(complaints(empty), [
      '1: there is nothing in this file: docs/LESSONS.md has an example to begin with',
    ]);
  // What is clear is taken as it was meant.
  for (const [from, to] of [
    ['golf: 1', 'golf:1'],
    ['answer: names', 'answer:names'],
    [good, good.replaceAll('\n', '\r\n')],
    [good, `\ufeff${good}`],
  ] as const)
    assert.deepEqual(complaints(changed(from, to)), []);
});

test('what is wrong when it is played is told as well', () => {
  const checked = (from: string, to: string): readonly string[] =>
    checkLesson(changed(from, to)).map(({ line, message }) => `${line}: ${message}`);
  assert.deepEqual(checked('$ ln a b', '$ ln a c'), [
    '24: the solution does not reach the goal: b is missing: the file a should have that name.',
  ]);
  assert.deepEqual(checked('$ ln a b', '$ make-it-so'), [
    '24: the solution does not reach the goal: b is missing: the file a should have that name.',
    '26: this line fails: bash: make-it-so: command not found',
  ]);
  assert.deepEqual(checked('    b #1\n- b leads to a', ''), [
    '14: the start is already the goal: there is nothing to do',
    '23: the solution does not reach the goal: b should not be there.',
  ]);
  assert.deepEqual(checked('golf: 1', 'golf: 2'), [
    '5: golf is the fewest commands that reach the goal, and the solution has 1: golf: 1',
  ]);
  assert.deepEqual(checked('- 2 =>', '- 3 =>'), ['35: the machine says 2, and that is none of the options: 1, 3']);
  assert.deepEqual(checked('user: me\n\n    a "x\\n" #1', '    a "x\\n" #1\n    m/ mount tmpfs\n      c #1'), [
    '12: m/c cannot be made: linkat: EXDEV',
  ]);
});

test('questions are tried out: what is typed before them, what they ask about, and whether there is an answer', () => {
  const checked = (from: string, to: string): readonly string[] =>
    checkLesson(changed(from, to)).map(({ line, message }) => `${line}: ${message}`);
  assert.deepEqual(checked('$ ln a c', '$ lm a c'), ['35: lm a c: bash: lm: command not found']);
  assert.deepEqual(checked('names of a', 'names of z'), [
    '35: z does not exist when this is asked: ask for what is there',
  ]);
  assert.deepEqual(checked('names of a', 'same file a z'), [
    '35: z does not exist when this is asked: ask for what is there',
  ]);
  assert.deepEqual(checked('names of a', 'output of cat z'), [
    '35: this line prints nothing: ask for its errno or its code, or count with | wc -l',
  ]);
  assert.deepEqual(checked('names of a', 'output of catt a'), ['35: catt a: bash: catt: command not found']);
});

test('of a solution that does not reach the goal, the lines that fail are told', () => {
  const checked = (to: string): readonly string[] =>
    checkLesson(changed('$ ln a b', `$ ${to}`)).flatMap(({ line, message }) => (line === 26 ? message : []));
  assert.deepEqual(checked('ln "a b'), ['this line fails: bash: unexpected EOF while looking for matching `"\'']);
  assert.deepEqual(checked('while true; do true; done'), [
    'this line fails: lab: stopped: this line takes too many steps',
  ]);
  assert.deepEqual(checked('cp a b'), []);
});

test('whoever is asked what becomes of a tree sees it', () => {
  const text = changed('$ ln a c', '    one "x\\n" #1\n    two #1\n\n$ rm two').replace('names of a', 'names of one');
  const [question] = (parseLesson(text) as Lesson).quiz;
  assert.deepEqual(question?.question, [
    ...parseProse(['What is the count?']),
    { kind: 'code', text: 'one "x\\n" #1\ntwo #1' },
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
