import { Fault } from '../../fs/fault.ts';
import { DrawingError } from '../drawing.ts';
import { quoteName } from '../drawing-words.ts';
import type { Complaint } from '../drawn.ts';
import { newSession } from '../session.ts';
import { runLine } from '../shell/run-line.ts';
import { checkGoal } from './check-goal.ts';
import { countCommands } from './count-commands.ts';
import type { Lesson, Question } from './lesson.ts';
import { parseLesson } from './parse-lesson.ts';
import { isIndented, plainText } from './prose.ts';
import { answerOf } from './quiz.ts';

/** All that is wrong with the file of a lesson: how it is written, and what happens when it is played. */
export const checkLesson = (text: string): readonly Complaint[] => {
  const lesson = parseLesson(text);
  if (!('id' in lesson)) return lesson;
  const rows = text.split(/\r?\n/);
  const lineOf = (wanted: string, nth = 0): number => {
    const found = rows.flatMap((row, index) => (row.startsWith(wanted) ? index + 1 : []));
    return found[nth] ?? found[0] ?? 1;
  };
  /** In the file: the row of the tree below a heading. */
  const rowOf = (heading: number, wanted: number): number => {
    const drawn = rows.flatMap((row, index) => (index >= heading && isIndented(row) ? index + 1 : []));
    return drawn[wanted - 1] ?? heading;
  };
  const broken = unbuildable(lesson, lineOf, rowOf);
  if (broken.length > 0) return broken;
  return [...checkSolution(lesson, lineOf), ...checkQuiz(lesson, lineOf)].toSorted((a, b) => a.line - b.line);
};

type LineOf = (wanted: string, nth?: number) => number;

const unbuildable = (
  lesson: Lesson,
  lineOf: LineOf,
  rowOf: (heading: number, wanted: number) => number,
): readonly Complaint[] => {
  const starts = [
    { start: lesson.start, line: lineOf('## Start') },
    ...lesson.quiz
      .map(({ start }, nth) => ({ start, line: lineOf('### ', nth) }))
      .filter(({ start }) => start !== lesson.start),
  ];
  return starts.flatMap(({ start, line }) => {
    try {
      newSession(start);
      return [];
    } catch (error) {
      if (!(error instanceof DrawingError)) throw error;
      const { complaint } = error;
      const { message } = complaint;
      const isOfDirectory = start.directory !== undefined && message.startsWith(start.directory);
      return [{ line: isOfDirectory ? line : rowOf(line, complaint.line), message }];
    }
  });
};

const checkSolution = (lesson: Lesson, lineOf: LineOf): readonly Complaint[] => {
  const complaints: Complaint[] = [];
  const session = newSession(lesson.start);
  if (checkGoal(session, lesson).met)
    complaints.push({ line: lineOf('## Goal'), message: 'the start is already the goal: there is nothing to do' });
  const refusals: Complaint[] = [];
  for (const { line } of lesson.solution) {
    const { code, err } = runLine(session, line);
    if (code !== 0) refusals.push({ line: lineOf(`$ ${line}`), message: `this line fails: ${firstOf(err, code)}` });
  }
  const { met, differences } = checkGoal(session, lesson);
  if (!met)
    complaints.push(
      {
        line: lineOf('## Solution'),
        message: `the solution does not reach the goal: ${plainText(differences[0] ?? [])}`,
      },
      // A line may fail, where that is what the lesson shows.
      ...refusals,
    );
  const commands = lesson.solution.reduce((sum, { line }) => sum + countCommands(line), 0);
  if (lesson.golf > commands)
    complaints.push({
      line: lineOf('golf: '),
      message: `golf is the fewest commands that reach the goal, and the solution has ${commands}: golf: ${commands}`,
    });
  return complaints;
};

const checkQuiz = ({ quiz }: Lesson, lineOf: LineOf): readonly Complaint[] =>
  quiz.flatMap((question, nth) => {
    const line = lineOf('answer:', nth);
    const { asks, options } = question;
    const unknown = unknownCommand(question);
    if (unknown !== undefined) return [{ line, message: unknown }];
    const missing = missingOf(question);
    if (missing !== undefined)
      return [{ line, message: `${quoteName(missing)} does not exist when this is asked: ask for what is there` }];
    const answer = answerOf(question);
    if (asks.kind === 'errno' && answer === 'unknown')
      return [{ line, message: 'this line fails without an errno: ask for its code or its output' }];
    if (answer === '')
      return [{ line, message: 'this line prints nothing: ask for its errno or its code, or count with | wc -l' }];
    if (options.length > 0 && !options.some(({ value }) => value === answer)) {
      const values = options.map(({ value }) => value).join(', ');
      return [{ line, message: `the machine says ${answer}, and that is none of the options: ${values}` }];
    }
    return [];
  });

/** A typing error in what is typed before a question, or in what is asked. */
const unknownCommand = ({ start, lines, asks }: Question): string | undefined => {
  const session = newSession(start);
  for (const line of [...lines, ...('line' in asks ? [asks.line] : [])]) {
    const { code, err } = runLine(session, line);
    if (code === 127) return `${line}: ${firstOf(err, code)}`;
  }
  return undefined;
};

/** What a question is about, where there is no such thing. */
const missingOf = ({ start, lines, asks }: Question): string | undefined => {
  const paths = asks.kind === 'count' ? [asks.path] : asks.kind === 'same' ? asks.paths : [];
  const session = newSession(start);
  for (const line of lines) runLine(session, line);
  const { process } = session;
  return paths.find((path) => process.stat(process.cwd, path) instanceof Fault);
};

const firstOf = (err: string, code: number): string => err.split('\n')[0] || `exit code ${code}`;
