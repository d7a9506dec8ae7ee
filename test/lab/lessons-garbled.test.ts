/**
 * Lessons that somebody garbled: they are read or complained of, never more. 400 of them, 10,000 with LINKWRIGHT_FULL=1;
 * LINKWRIGHT_SEED gives those of an earlier run again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLesson } from '../../src/lab/lessons/check-lesson.ts';
import { parseLesson } from '../../src/lab/lessons/parse-lesson.ts';
import { type Random, random } from '../conformance/random.ts';
import { lessonFiles } from './lessons.ts';

const wanted = process.env.LINKWRIGHT_FULL ? 10_000 : 400;
const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;

test('a garbled lesson is complained of with a line that it has, or it is one', () => {
  const numbers = random(seed);
  const seen = { complained: 0, read: 0, played: 0 };
  for (let count = 0; count < wanted; count++) {
    const text = garbled(numbers.pick(lessonFiles).text, numbers);
    const lesson = parseLesson(text);
    const complaints = 'id' in lesson ? [] : lesson;
    if ('id' in lesson) seen.read++;
    else seen.complained++;
    // To play one takes longer.
    const played = 'id' in lesson && count % 4 === 0 ? checkLesson(text) : [];
    if (played.length > 0) seen.played++;
    const rows = text.split('\n').length;
    for (const { line, message } of [...complaints, ...played])
      assert.ok(
        line >= 1 && line <= rows && message !== '',
        `LINKWRIGHT_SEED=${seed}: line ${line}: ${message}\n${text}`,
      );
  }
  process.stderr.write(`LINKWRIGHT_SEED=${seed}: ${JSON.stringify(seen)}\n`);
  assert.ok(seen.complained > wanted / 10 && seen.read > wanted / 10 && seen.played > 0);
});

/** One to four things are done to it. */
const garbled = (text: string, numbers: Random): string => {
  const rows = text.split('\n');
  for (let times = 1 + numbers.below(4); times > 0; times--) {
    const at = numbers.below(rows.length);
    const row = rows[at] ?? '';
    const cut = numbers.below(row.length + 1);
    switch (numbers.below(6)) {
      case 0:
        rows.splice(at, 1);
        break;
      case 1:
        rows.splice(at, 0, numbers.pick(rows));
        break;
      case 2:
        rows[at] = row.slice(0, cut) + numbers.pick(strange) + row.slice(cut);
        break;
      case 3:
        rows[at] = row.slice(0, cut) + row.slice(cut + 1);
        break;
      case 4:
        rows[at] = row.replace(/^ {2}/, '') || '  ';
        break;
      case 5:
        rows[at] = row.replace(/\w+/, numbers.pick(strange));
        break;
    }
  }
  return rows.join('\n');
};

const strange: readonly string[] = [
  ...[
    '#',
    '#1',
    '"',
    "'",
    "$'",
    '\\',
    '`',
    '**',
    '->',
    '=>',
    '/',
    '..',
    './',
    '*',
    '?',
    'absent ',
    '@',
    '@root',
    '0777',
  ],
  ...[
    ' mount tmpfs',
    ' bind of .',
    ' ro',
    ' size 9',
    ' fifo',
    '## ',
    '### ',
    '- ',
    '$ ',
    'answer: ',
    'user: ',
    '\0',
    '\t',
  ],
  ...[
    '<img onerror=x>',
    '\u202e',
    '\u001b[1m',
    '\udcff',
    'é',
    'n'.repeat(300),
    '/'.repeat(5000),
    ' && ',
    ' | ',
    ' > ',
    '$(',
  ],
];
