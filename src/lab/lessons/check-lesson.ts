import { type Complaint, DrawingError } from '../drawing.ts';
import { newSession } from '../session.ts';
import { runLine } from '../shell/run-line.ts';
import { checkGoal } from './check-goal.ts';
import { countCommands } from './count-commands.ts';
import type { Lesson } from './lesson.ts';
import { parseLesson } from './parse-lesson.ts';
import { plainText } from './prose.ts';
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
  const broken = unbuildable(lesson, lineOf);
  if (broken.length > 0) return broken;
  return [...checkSolution(lesson, lineOf), ...checkQuiz(lesson, lineOf)].toSorted((a, b) => a.line - b.line);
};

type LineOf = (wanted: string, nth?: number) => number;

const unbuildable = (lesson: Lesson, lineOf: LineOf): readonly Complaint[] => {
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
      return [{ line, message: `the tree below cannot be built: in its ${error.message}` }];
    }
  });
};

const checkSolution = (lesson: Lesson, lineOf: LineOf): readonly Complaint[] => {
  const complaints: Complaint[] = [];
  const session = newSession(lesson.start);
  if (checkGoal(session, lesson).met)
    complaints.push({ line: lineOf('## Goal'), message: 'the start is already the goal: there is nothing to do' });
  for (const { line } of lesson.solution) {
    if (runLine(session, line).code === 127)
      complaints.push({ line: lineOf(`$ ${line}`), message: `the lab has no such command: ${line}` });
  }
  const { met, differences } = checkGoal(session, lesson);
  if (!met)
    complaints.push({
      line: lineOf('## Solution'),
      message: `the solution does not reach the goal: ${plainText(differences[0] ?? [])}`,
    });
  const commands = lesson.solution.reduce((sum, { line }) => sum + countCommands(line), 0);
  if (lesson.golf > commands)
    complaints.push({
      line: lineOf('golf: '),
      message: `the solution has ${commands} commands, golf must not be more`,
    });
  return complaints;
};

const checkQuiz = ({ quiz }: Lesson, lineOf: LineOf): readonly Complaint[] =>
  quiz.flatMap((question, nth) => {
    const line = lineOf('answer: ', nth);
    const answer = answerOf(question);
    if (question.asks.kind === 'errno' && answer === 'unknown')
      return [{ line, message: 'this line fails without an errno: ask for its code or its output' }];
    if (question.options.length > 0 && !question.options.some(({ value }) => value === answer))
      return [{ line, message: `what happens is none of the options: ${answer}` }];
    return [];
  });
