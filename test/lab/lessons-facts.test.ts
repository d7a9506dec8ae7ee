/** What the lab says in its lessons is what bash and the system's own programs do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorText } from '../../src/fs/errno.ts';
import { Fault } from '../../src/fs/fault.ts';
import { draw } from '../../src/lab/drawing.ts';
import { directoryOf } from '../../src/lab/lessons/check-goal.ts';
import type { Lesson } from '../../src/lab/lessons/lesson.ts';
import { answerOf } from '../../src/lab/lessons/quiz.ts';
import { newSession } from '../../src/lab/session.ts';
import { runLine } from '../../src/lab/shell/run-line.ts';
import { users } from '../../src/lab/users.ts';
import { canMount, runScript } from '../scratch.ts';
import { lessonFiles, lessonOf, type Played, playsAtHome } from './lessons.ts';

const title = 'solutions and questions: the lab and bash come to the same';

test(title, (t) => {
  if (!canMount(title)) return t.skip('it needs root and a mount namespace');
  const script = `import { playInBash } from './test/lab/lessons.ts'; console.log(JSON.stringify(playInBash()));`;
  const { stdout, stderr } = runScript(script, { mounts: 'mount -t tmpfs -o mode=755 tmpfs /home' });
  assert.equal(stderr, '');
  const played = new Map((JSON.parse(stdout) as readonly Played[]).map((one) => [one.name, one]));
  const inLab = lessonFiles.flatMap((file) => {
    const lesson = lessonOf(file);
    return playsAtHome(lesson) ? [{ name: file.name, tree: solved(lesson), answers: lesson.quiz.map(asText) }] : [];
  });
  assert.ok(inLab.length > 30);
  for (const one of inLab) assert.deepEqual(one, played.get(one.name));
});

/** Programs say an errno in words. */
const asText = (question: Lesson['quiz'][number]): string => {
  const answer = answerOf(question);
  return question.asks.kind === 'errno' && answer !== 'none'
    ? errorText(answer as Parameters<typeof errorText>[0])
    : answer;
};

const solved = ({ start, solution }: Lesson): string => {
  const session = newSession(start);
  for (const { line } of solution) runLine(session, line);
  const fs = session.sketch.process();
  fs.chdir(directoryOf(start));
  const dir = fs.open(fs.cwd, '.', { access: 'read' });
  if (dir instanceof Fault) throw new Error(dir.reason);
  using at = dir;
  const tree = draw(fs, at, {
    details: true,
    owner: { uid: 1000, gid: 1000 },
    users: new Map(users.map(({ name, uid }) => [name, uid])),
  });
  // The machine's own file systems are others, and the journal of lw is not compared.
  return tree.replace(/ (mount tmpfs|bind of \S+)$/gm, '').replace(/^\.local\/\n( .*\n)*/m, '');
};
