import { nearest } from '../../cli/nearest.ts';
import { type Errno, errnoNumber } from '../../fs/errno.ts';
import { drawing } from '../drawing.ts';
import { quoteName, words } from '../drawing-words.ts';
import type { Complaint, Drawn } from '../drawn.ts';
import { parseDrawing } from '../parse-drawing.ts';
import type { Start } from '../session.ts';
import { explainGoal } from './explain-goal.ts';
import type { Asked, Condition, Goal, Lesson, Option, Question, SolutionLine, Span } from './lesson.ts';
import { isIndented, parseProse, parseSpans } from './prose.ts';

/** A lesson of its text (docs/LESSONS.md), or all that is wrong with it, line by line. */
export const parseLesson = (text: string): Lesson | readonly Complaint[] => {
  const complaints: Complaint[] = [];
  const say: Say = (line, message) => {
    complaints.push({ line, message });
  };
  const lesson = read(text, say);
  return complaints.length > 0 ? complaints.toSorted((a, b) => a.line - b.line) : lesson;
};

type Say = (line: number, message: string) => void;

/** Rows of a file and where they begin in it. */
interface Section {
  /** Of the heading. */
  readonly line: number;
  readonly heading: string;
  readonly rows: readonly string[];
}

const sections = ['Start', 'Goal', 'Hints', 'Solution', 'Quiz'] as const;
type SectionName = (typeof sections)[number];

/** Characters; the longest lesson of Linkwright has some 4,000. */
export const lengthMost = 100_000;

const read = (text: string, say: Say): Lesson => {
  const hindrance = hindranceOf(text);
  if (hindrance) say(hindrance.line, hindrance.message);
  const rows = hindrance ? [] : rowsOf(text, say);
  const [head, ...rest] = divide({ line: 0, heading: '', rows }, '## ') as [Section, ...Section[]];
  const found = new Map<string, Section>();
  for (const section of rest) {
    const near = nearest(section.heading, sections);
    const name = isSection(section.heading) ? section.heading : near;
    if (name !== section.heading)
      say(
        section.line,
        `there is no section ${quoteName(section.heading)}: ${near ? `write ## ${near}` : `those are ${sections.join(', ')}`}`,
      );
    else if (found.has(name)) say(section.line, `there are two sections ${name}: make one of them`);
    if (name !== undefined) found.set(name, section);
  }
  const section = (name: SectionName): Section => found.get(name) ?? { line: rows.length, heading: name, rows: [] };

  const { title, fields, prose } = readHead(head, hindrance ? () => {} : say);
  if (!hindrance)
    for (const name of ['Start', 'Goal', 'Solution'] as const)
      if (!found.has(name)) say(rows.length, `the section ## ${name} is missing: ${needed[name]}`);
  for (const name of ['Hints', 'Solution', 'Quiz'] as const)
    if (found.get(name)?.rows.every((row) => row.trim() === ''))
      say(found.get(name)?.line ?? 1, `the section ## ${name} is empty: ${filled[name]}`);
  const start = readStart(section('Start'), say);
  return {
    title,
    id: fields.get('id')?.value ?? '',
    objectives: (fields.get('objectives')?.value ?? '').split(';').flatMap((part) => part.trim() || []),
    text: parseProse(prose),
    start,
    goal: readGoal(section('Goal'), start, say),
    hints: readList(section('Hints'), say),
    solution: readSolution(section('Solution'), say),
    golf: Number(fields.get('golf')?.value ?? 0),
    quiz: readQuiz(section('Quiz'), start, say),
  };
};

const isSection = (heading: string): heading is SectionName => (sections as readonly string[]).includes(heading);

const needed: Readonly<Record<'Start' | 'Goal' | 'Solution', string>> = {
  Start: 'it draws the tree that one begins with',
  Goal: 'it draws the tree that shall be there in the end',
  Solution: 'it has the lines that reach the goal, each after $',
};

const filled: Readonly<Record<'Hints' | 'Solution' | 'Quiz', string>> = {
  Hints: 'write each hint after -, or take the heading away',
  Solution: 'write the lines that reach the goal: $ ln a b',
  Quiz: 'write questions, each with a heading of three #, or take the heading away',
};

/** Its lines, as they were meant: mistakes that would lead to others are told once. */
const rowsOf = (text: string, say: Say): readonly string[] => {
  const rows = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const first = rows.findIndex((row) => row.trim() !== '');
  return rows.map((row, index) => {
    const line = index + 1;
    if (row.includes('\t')) say(line, 'a tab: indent with spaces');
    const [, , word = ''] = /^(#+) *(\w+)\s*$/.exec(row) ?? [];
    const section = sections.find((name) => name.toLowerCase() === word.toLowerCase());
    if (index === first || !section || row.trimEnd() === `## ${section}`) return row.replaceAll('\t', '    ');
    say(line, `a section begins with two # and a space: write ## ${section}`);
    return `## ${section}`;
  });
};

/** Why it is not even looked at as a lesson. */
const hindranceOf = (text: string): Complaint | undefined => {
  if (text.trim() === '')
    return { line: 1, message: 'there is nothing in this file: docs/LESSONS.md has an example to begin with' };
  const strange = /(?![\t\r\n])\p{Cc}|\r(?!\n)|\uFFFD/u.exec(text);
  if (strange) {
    const line = text.slice(0, strange.index).split('\n').length;
    return { line, message: `${whatIs(strange[0])}: a lesson is plain text, saved as UTF-8` };
  }
  if (text.length > lengthMost)
    return { line: 1, message: `this is too long for a lesson: more than ${lengthMost} characters` };
  return undefined;
};

const whatIs = (char: string): string =>
  char === '\uFFFD'
    ? 'bytes that are no text in UTF-8'
    : `the control character U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Cuts at headings; what comes before the first one has the heading of the whole. */
const divide = ({ line, heading, rows }: Section, mark: '## ' | '### '): readonly Section[] => {
  const parts: { line: number; heading: string; rows: string[] }[] = [{ line, heading, rows: [] }];
  rows.forEach((row, index) => {
    if (row.startsWith(mark)) parts.push({ line: line + index + 1, heading: row.slice(mark.length).trim(), rows: [] });
    else parts.at(-1)?.rows.push(row);
  });
  return parts;
};

interface Field {
  readonly line: number;
  readonly value: string;
}

const readHead = ({ line, rows }: Section, say: Say) => {
  const first = Math.max(
    0,
    rows.findIndex((row) => row.trim() !== ''),
  );
  const titleRow = rows[first] ?? '';
  const hasTitle = /^# +\S/.test(titleRow);
  if (!hasTitle) say(line + first + 1, 'a lesson begins with its title: # Title');
  rows.forEach((row, index) => {
    if (index > first && row.startsWith('# '))
      say(line + index + 1, 'a second title: each lesson is a file of its own');
  });
  const isTitle = !/^[a-z]+:/.test(titleRow);
  const { fields, after } = readFields(rows, first + Number(isTitle), line, headFields, say);
  const id = fields.get('id');
  if (!id) say(line + first + 1, 'the lesson needs an id, on a line below its title: id: a-name');
  else if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id.value))
    say(id.line, 'an id is of small letters, digits and hyphens, as in id: two-names');
  const golf = fields.get('golf');
  if (!golf)
    say(
      line + first + 1,
      'the lesson needs its golf, the fewest commands that reach the goal, on a line below its title: golf: 1',
    );
  else if (!/^[1-9]\d?$/.test(golf.value)) say(golf.line, 'golf is a number of commands, from 1 to 99: golf: 1');
  const prose = rows.slice(after);
  if (prose.every((row) => row.trim() === ''))
    say(line + first + 1, 'the lesson says nothing: text comes before ## Start');
  return { title: titleRow.replace(/^# /, '').trim(), fields, prose };
};

const headFields = ['id', 'objectives', 'golf'] as const;

/** Rows of `key: value` from `from` on, blank ones between them, up to anything else. */
const readFields = (rows: readonly string[], from: number, line: number, known: readonly string[], say: Say) => {
  const fields = new Map<string, Field>();
  let after = from;
  for (; after < rows.length; after++) {
    const row = rows[after] as string;
    const [, key, value] = /^([A-Za-z]+): *(.*)$/.exec(row) ?? [];
    if (row.trim() === '' || (from > 0 && row.startsWith('# '))) continue;
    if (key === undefined || value === undefined) break;
    if (!known.includes(key)) {
      const near = nearest(key, known);
      if (near === undefined) break;
      say(line + after + 1, `there is no ${key}: write ${near}:`);
      fields.set(near, { line: line + after + 1, value: value.trim() });
      continue;
    }
    if (fields.has(key)) say(line + after + 1, `${key} is said twice`);
    fields.set(key, { line: line + after + 1, value: value.trim() });
  }
  return { fields, after };
};

const users: readonly string[] = ['root', 'me', 'other'];

const readStart = ({ line, rows }: Section, say: Say): Start => {
  const { fields, after } = readFields(rows, 0, line, ['user', 'directory'], say);
  return readTreeOf(rows, after, line, fields, say);
};

const readTreeOf = (
  rows: readonly string[],
  after: number,
  line: number,
  fields: ReadonlyMap<string, Field>,
  say: Say,
): Start => {
  const user = fields.get('user');
  if (user && !users.includes(user.value)) say(user.line, `there is no user ${user.value}: only ${users.join(', ')}`);
  const directory = fields.get('directory');
  if (directory && !/^\/([^/]+(\/[^/]+)*)?$/.test(directory.value))
    say(directory.line, 'a directory begins with / and does not end with one, as in directory: /srv/www');
  const drawn = rows.map((row, index) => (index < after ? '' : row));
  drawn.forEach((row, index) => {
    if (row.trim() !== '' && !isIndented(row)) say(line + index + 1, 'a tree is indented by four spaces');
  });
  const tree = parseDrawing(drawn.join('\n'));
  if (Array.isArray(tree)) for (const { line: at, message } of tree as Complaint[]) say(line + at, message);
  return {
    tree: drawing(drawn.join('\n')),
    ...(user && { user: user.value }),
    ...(directory && { directory: directory.value }),
  };
};

const readGoal = ({ line, rows }: Section, start: Start, say: Say): Goal => {
  const drawn = rows.map((row) => (row.startsWith('- ') ? '' : row));
  drawn.forEach((row, index) => {
    if (row.trim() !== '' && !isIndented(row))
      say(line + index + 1, 'a tree is indented by four spaces, a condition begins with -');
  });
  const tree = parseDrawing(drawn.join('\n'), 'goal');
  if (rows.length > 0 && drawn.every((row) => row.trim() === ''))
    say(line, 'the goal draws no tree, so nothing could be left: draw what shall be there, or a * alone');
  if (Array.isArray(tree)) for (const { line: at, message } of tree as Complaint[]) say(line + at, message);
  const marked = labelsOf(start);
  const conditions = rows.flatMap((row, index) => {
    if (!row.startsWith('- ')) return [];
    const condition = readCondition(row.slice(2).trim());
    if (typeof condition === 'string') {
      say(line + index + 1, condition);
      return [];
    }
    if (condition.kind === 'open' && !marked.has(condition.label))
      say(line + index + 1, `nothing in the start is marked #${condition.label}: mark the file there`);
    return [condition];
  });
  const top = Array.isArray(tree) ? emptyTree : (tree as Drawn);
  const legend = explainGoal(top, conditions, new Set(marked.keys()));
  return { drawing: drawing(drawn.join('\n')), tree: top, conditions, legend };
};

const emptyTree = parseDrawing('') as Drawn;

/** The marks of inodes in a start. */
export const labelsOf = ({ tree }: Start): ReadonlyMap<string, Drawn> => {
  const found = new Map<string, Drawn>();
  const visit = (drawn: Drawn): void => {
    if (drawn.label !== undefined && !found.has(drawn.label)) found.set(drawn.label, drawn);
    drawn.below.forEach(visit);
  };
  const top = parseDrawing(tree);
  if (!Array.isArray(top)) visit(top as Drawn);
  return found;
};

const conditionHelp =
  'a condition is one of: PATH leads to PATH, PATH fails with ERRNO, the shell stands in PATH, #MARK is open, #MARK is not open, lw undo took something back';

const readCondition = (row: string): Condition | string => {
  const read = words(row);
  if (typeof read === 'string') return read;
  const texts = read.map(({ text, slash }) => (slash ? `${text}/` : text));
  const [first = '', ...rest] = texts;
  const sentence = rest.slice(0, -1).join(' ');
  const last = texts.at(-1) ?? '';
  if (sentence === 'leads to') return { kind: 'leads', path: first, to: last };
  if (sentence === 'fails with')
    return isErrno(last) ? { kind: 'fails', path: first, errno: last } : `${last} is no errno of Linux, such as ENOENT`;
  if (texts.slice(0, -1).join(' ') === 'the shell stands in') return { kind: 'here', path: last };
  if (/^#[\w-]+$/.test(first) && /^is (not )?open$/.test(rest.join(' ')))
    return { kind: 'open', label: first.slice(1), open: rest.length === 2 };
  if (texts.join(' ') === 'lw undo took something back') return { kind: 'undone' };
  return conditionHelp;
};

const isErrno = (text: string): text is Errno => errnoNumber(text as Errno) !== undefined;

const readList = ({ line, rows }: Section, say: Say): readonly (readonly Span[])[] => {
  const items: string[] = [];
  rows.forEach((row, index) => {
    if (row.trim() === '') return;
    if (row.startsWith('- ')) items.push(row.slice(2).trim());
    else if (items.length === 0) {
      say(line + index + 1, 'each hint begins with a hyphen and a space: - Look at the text.');
      items.push('');
    } else items.push(`${items.pop()} ${row.trim()}`);
  });
  return items.map(parseSpans);
};

const readSolution = ({ line, rows }: Section, say: Say): readonly SolutionLine[] => {
  const lines: { line: string; note: string[]; at: number }[] = [];
  let told = false;
  rows.forEach((row, index) => {
    if (row.trim() === '' || told) return;
    if (row.startsWith('$ ')) lines.push({ line: row.slice(2).trim(), note: [], at: line + index + 1 });
    else if (lines.length === 0) {
      say(line + index + 1, 'a solution begins with a line to type, after $ and a space: $ ln a b');
      told = true;
    } else lines.at(-1)?.note.push(row.trim());
  });
  for (const { note, at } of lines)
    if (note.length === 0) say(at, 'below this line a note is missing: what does it do?');
  return lines.map(({ line: typed, note }) => ({ line: typed, note: parseSpans(note.join(' ')) }));
};

const readQuiz = (section: Section, start: Start, say: Say): readonly Question[] => {
  const [before, ...questions] = divide(section, '### ') as [Section, ...Section[]];
  const stray = before.rows.findIndex((row) => row.trim() !== '');
  if (stray >= 0) say(before.line + stray + 1, 'each question begins with its heading: ### What will happen?');
  return questions.flatMap((question) => readQuestion(question, start, say) ?? []);
};

const readQuestion = ({ line, heading, rows }: Section, lessonStart: Start, say: Say): Question | undefined => {
  if (heading === '') say(line, 'the question is missing behind ###');
  const answerAt = rows.findIndex((row) => /^answer:/.test(row));
  if (answerAt < 0) {
    say(line, 'the question has no line answer: it says what the machine is asked, as in answer: output of cat b');
    return undefined;
  }
  const asks = readAsked((rows[answerAt] as string).slice('answer:'.length).trim());
  if (typeof asks === 'string') {
    say(line + answerAt + 1, asks);
    return undefined;
  }
  const before = rows.slice(0, answerAt);
  const { fields, after } = readFields(before, 0, line, ['user', 'directory'], say);
  const lines = before.flatMap((row) => (row.startsWith('$ ') ? row.slice(2).trim() : []));
  const drawn = before.map((row, index) => (index >= after && isIndented(row) ? row : ''));
  const hasTree = drawn.some((row) => row !== '');
  if (fields.size > 0 && !hasTree)
    say(line, 'a question with a user or a directory needs a tree of its own: draw it, or take them away');
  const prose = before.filter((row, index) => index >= after && !isIndented(row) && !row.startsWith('$ '));
  const { options, explanation } = readOptions(rows.slice(answerAt + 1), line + answerAt + 1, say);
  if (explanation.length === 0) say(line + answerAt + 1, 'below the answer an explanation is missing: why is it so?');
  const start = hasTree ? readTreeOf(drawn, 0, line, fields, say) : lessonStart;
  return {
    // Who is asked what becomes of a tree must see it.
    question: [
      ...parseProse([heading, '', ...prose]),
      ...(hasTree ? [{ kind: 'code' as const, text: start.tree }] : []),
    ],
    start,
    ...{ lines, asks, options, explanation },
  };
};

const askedHelp =
  'an answer is one of: output of LINE, errno of LINE, code of LINE, tree, names of PATH, same file A B';

const readAsked = (text: string): Asked | string => {
  const [, what, line = ''] = /^(output|errno|code) of (.+)$/.exec(text) ?? [];
  if (what !== undefined) return { kind: what as 'output' | 'errno' | 'code', line };
  if (text === 'tree') return { kind: 'tree' };
  const read = words(text);
  if (typeof read === 'string') return read;
  const texts = read.map((word) => word.text);
  if (texts[0] === 'names' && texts[1] === 'of' && texts.length === 3)
    return { kind: 'count', path: texts[2] as string };
  if (texts[0] === 'same' && texts[1] === 'file' && texts.length === 4)
    return { kind: 'same', paths: [texts[2] as string, texts[3] as string] };
  return askedHelp;
};

/** `- value`, `- value => what one reads`, or `-` above indented rows; then the explanation. */
const readOptions = (rows: readonly string[], line: number, say: Say) => {
  const options: Option[] = [];
  let at = 0;
  for (; at < rows.length; at++) {
    const row = rows[at] as string;
    if (row.trim() === '') continue;
    if (row.trimEnd() === '-') {
      const from = at + 1;
      while (at + 1 < rows.length && isIndented(rows[at + 1] as string)) at++;
      if (at < from) say(line + from, 'an option is missing below this -');
      const value = drawing(rows.slice(from, at + 1).join('\n'));
      options.push({ value, words: [{ kind: 'code', text: value }] });
    } else if (row.startsWith('- ')) {
      const [value = '', words] = row.slice(2).split(' => ');
      options.push({
        value: value.trim(),
        words: words ? parseSpans(words.trim()) : [{ kind: 'code', text: value.trim() }],
      });
    } else break;
  }
  if (options.length === 1) say(line + 1, 'one option is no choice: give two or more, or none to have it typed');
  const values = options.map(({ value }) => value);
  if (new Set(values).size < values.length)
    say(line + 1, 'two options are the same answer: behind - comes what the machine says');
  return { options, explanation: parseProse(rows.slice(at)) };
};
