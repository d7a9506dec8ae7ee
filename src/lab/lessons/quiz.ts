import { type Errno, errnoName, errorText } from '../../fs/errno.ts';
import { Fault } from '../../fs/fault.ts';
import { sameFile } from '../../fs/identity.ts';
import { draw } from '../drawing.ts';
import { type Answer, newSession, type Session } from '../session.ts';
import { runLine } from '../shell/run-line.ts';
import { users } from '../users.ts';
import { directoryOf } from './check-goal.ts';
import type { Question } from './lesson.ts';

/** What really happens: the sketch is asked. */
export const answerOf = ({ start, lines, asks }: Question): string => {
  const session = newSession(start);
  for (const line of lines) runLine(session, line);
  switch (asks.kind) {
    case 'output':
      return runLine(session, asks.line).out.replace(/\n$/, '');
    case 'code':
      return String(runLine(session, asks.line).code);
    case 'errno':
      return errnoOf(runLine(session, asks.line));
    case 'tree':
      return drawingOf(session, directoryOf(start), start.user);
    case 'count': {
      const stat = session.process.stat(session.process.cwd, asks.path);
      return stat instanceof Fault ? stat.errno : String(stat.nlink);
    }
    case 'same': {
      const [a, b] = asks.paths.map((path) => session.process.stat(session.process.cwd, path));
      if (!a || !b || a instanceof Fault || b instanceof Fault) return 'no';
      return sameFile(a, b) ? 'yes' : 'no';
    }
  }
};

/** Whether what somebody chose or typed is what happens; spaces around it and case do not count, unless they tell options apart. */
export const isRight = (question: Question, given: string): boolean => {
  const answer = answerOf(question);
  if (question.options.some(({ value }) => value === given)) return given === answer;
  return given.trim().toLowerCase() === answer.trim().toLowerCase();
};

/** The errno of a refused line, or `none`; `unknown` where a program refused without asking the kernel. */
const errnoOf = ({ code, err, refused }: Answer): Errno | 'none' | 'unknown' => {
  if (code === 0) return 'none';
  const said = err.trimEnd().split('\n').at(-1) ?? '';
  for (let number = 1; number <= 132; number++) {
    const errno = errnoName(number);
    if (said.endsWith(errorText(errno))) return errno;
  }
  return refused.at(-1)?.errno ?? 'unknown';
};

const drawingOf = ({ sketch }: Session, place: string, userName = 'me'): string => {
  const fs = sketch.process();
  const dir = fs.open(fs.cwd, place, { access: 'read', directory: true });
  if (dir instanceof Fault) return dir.errno;
  using at = dir;
  const user = users.find(({ name }) => name === userName);
  return draw(fs, at, {
    ...(user && { owner: user }),
    details: true,
    users: new Map(users.map(({ name, uid }) => [name, uid])),
  });
};
