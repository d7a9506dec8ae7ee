/** The lessons of the project: each is complete, its solution reaches its goal, its questions have answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkGoal } from '../../src/lab/lessons/check-goal.ts';
import { checkLesson } from '../../src/lab/lessons/check-lesson.ts';
import type { Block, Lesson, Span } from '../../src/lab/lessons/lesson.ts';
import { answerOf } from '../../src/lab/lessons/quiz.ts';
import { newSession } from '../../src/lab/session.ts';
import { runLine } from '../../src/lab/shell/run-line.ts';
import { lessonFiles, lessonOf } from './lessons.ts';

const lessons = lessonFiles.map((file) => ({ ...file, lesson: lessonOf(file) }));

for (const { name, text } of lessonFiles)
  test(`${name}: what is written is right, and the solution reaches the goal`, () => {
    assert.deepEqual(checkLesson(text), []);
  });

test('there are at least 24 lessons and 40 questions, and each covers something', () => {
  assert.ok(lessons.length >= 24);
  assert.ok(lessons.flatMap(({ lesson }) => lesson.quiz).length >= 40);
  assert.equal(new Set(lessons.map(({ lesson }) => lesson.id)).size, lessons.length);
  for (const { name, lesson } of lessons) {
    assert.match(name, new RegExp(`^\\d\\d-${lesson.id}\\.lesson$`));
    assert.ok(lesson.objectives.length > 0 && lesson.hints.length > 0 && lesson.quiz.length > 0, name);
  }
  const objectives = new Set(lessons.flatMap(({ lesson }) => lesson.objectives));
  assert.deepEqual([...objectives].sort(), [
    'LPIC-1 104.6: copying versus linking files',
    'LPIC-1 104.6: create links',
    'LPIC-1 104.6: identify hard and soft links',
    'LPIC-1 104.6: use links to support system administration',
    'RHCSA: create hard and soft links',
  ]);
});

test('all seven differences have a lesson', () => {
  const titles = lessons.map(({ lesson }) => lesson.title).filter((title) => /^Difference \d: /.test(title));
  assert.deepEqual(
    titles.map((title) => title.replace(/: .*/, '')),
    [1, 2, 3, 4, 5, 6, 7].map((number) => `Difference ${number}`),
  );
});

test('a lesson is short', () => {
  for (const { name, lesson } of lessons) {
    const words = lesson.text.flatMap(textsOf).join(' ').split(/\s+/).filter(Boolean).length;
    assert.ok(words >= 60 && words <= 150, `${name} has ${words} words`);
  }
});

test('nothing is reached by doing nothing, and what the sentence says is one sentence', () => {
  for (const { name, lesson } of lessons) {
    const { met, differences } = checkGoal(newSession(lesson.start), lesson);
    assert.equal(met, false, name);
    assert.match(plain(differences[0] ?? []), /^[^\n]+[.]$/, name);
  }
});

test('hints and texts name commands that the lab has, with options that they know', () => {
  for (const { name, lesson } of lessons)
    for (const line of commandsIn(lesson)) {
      const { code, err } = runLine(newSession(lesson.start), line);
      assert.notEqual(code, 127, `${name}: ${line}: ${err}`);
      assert.doesNotMatch(err, /invalid option|unrecognized option|unknown|syntax error/, `${name}: ${line}`);
    }
});

test('the same question is answered the same each time', () => {
  for (const { lesson } of lessons)
    for (const question of lesson.quiz) assert.equal(answerOf(question), answerOf(question));
});

const textsOf = (block: Block): readonly string[] => {
  switch (block.kind) {
    case 'code':
      return [block.text];
    case 'list':
      return block.items.map(plain);
    case 'paragraph':
      return [plain(block.spans)];
  }
};

const plain = (spans: readonly Span[]): string => spans.map(({ text }) => text).join('');

/** Marked words that begin like a command line of this lesson; capitals stand for what one types. */
const commandsIn = ({ text, hints }: Lesson): readonly string[] => {
  const spans = [...text.flatMap((block) => ('spans' in block ? block.spans : [])), ...hints.flat()];
  const first = /^(cat|cd|chmod|cp|df|du|echo|find|ln|ls|lw|mkdir|mv|namei|readlink|realpath|rm|stat|tail|test) /;
  return spans.flatMap(({ kind, text: line }) =>
    kind === 'code' && first.test(line) && !/\b[A-Z]{1,}\b(?!\.)|[…/]proc/.test(line) ? [line] : [],
  );
};
