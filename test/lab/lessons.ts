/** The lessons of the project, and what bash with the system's programs makes of them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../src/fs/fault.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { build, draw } from '../../src/lab/drawing.ts';
import type { DrawnMount } from '../../src/lab/drawn.ts';
import { directoryOf } from '../../src/lab/lessons/check-goal.ts';
import type { Asked, Lesson, Question } from '../../src/lab/lessons/lesson.ts';
import { parseLesson } from '../../src/lab/lessons/parse-lesson.ts';
import type { Start } from '../../src/lab/session.ts';
import { users } from '../../src/lab/users.ts';

const home = join(import.meta.dirname, '../..');

export interface LessonFile {
  readonly name: string;
  readonly text: string;
}

export const lessonFiles: readonly LessonFile[] = readdirSync(join(home, 'lessons'))
  .filter((name) => name.endsWith('.lesson'))
  .sort()
  .map((name) => ({ name, text: readFileSync(join(home, 'lessons', name), 'utf8') }));

/** A lesson that is known to be one. */
export const lessonOf = ({ name, text }: LessonFile): Lesson => {
  const lesson = parseLesson(text);
  if ('id' in lesson) return lesson;
  throw new Error(lesson.map(({ line, message }) => `${name}:${line}: ${message}`).join('\n'));
};

/** What bash makes of a lesson: its tree after the solution, and what it says to each question. */
export interface Played {
  readonly name: string;
  readonly tree: string;
  readonly answers: readonly string[];
}

/** Those that play at home: in the other directories of this machine there are other things. */
export const playsAtHome = ({ start }: Lesson): boolean => directoryOf(start) === '/home/me';

/** Needs /home for itself: only in a mount namespace of one's own. */
export const playInBash = (): readonly Played[] =>
  lessonFiles.flatMap((file) => {
    const lesson = lessonOf(file);
    if (!playsAtHome(lesson)) return [];
    const tree = inPlace(lesson.start, () => {
      bash(lesson.solution.map(({ line }) => line).join('\n'));
      return drawn();
    });
    return [{ name: file.name, tree, answers: lesson.quiz.map(answerInBash) }];
  });

const place = '/home/me';
const me = { uid: 1000, gid: 1000 };
const names = new Map(users.map(({ name, uid }) => [name, uid]));

const inPlace = <T>(start: Start, work: () => T): T => {
  mkdirSync(place, { mode: 0o755 });
  const opened = kernel.open(kernel.cwd, place, { access: 'path', directory: true });
  if (opened instanceof Fault) throw new Error(opened.reason);
  const mounts: string[] = [];
  const mount = (path: string, how: DrawnMount): void => {
    mounts.unshift(path);
    const args = how.kind === 'bind' ? ['--bind', how.of] : ['-t', 'tmpfs', '-o', 'mode=755', 'tmpfs'];
    if (spawnSync('mount', [...args, path]).status !== 0) throw new Error(`cannot mount ${path}`);
  };
  {
    using at = opened;
    build(kernel, at, start.tree, { owner: me, users: names, groups: names, place, mount });
  }
  try {
    return work();
  } finally {
    for (const path of mounts) spawnSync('umount', [path]);
    rmSync(place, { recursive: true, force: true });
  }
};

const drawn = (): string => {
  rmSync(join(place, '.local'), { recursive: true, force: true });
  const opened = kernel.open(kernel.cwd, place, { access: 'read', directory: true });
  if (opened instanceof Fault) throw new Error(opened.reason);
  using at = opened;
  return draw(kernel, at, { details: true, owner: me, users: names });
};

const bash = (script: string) => {
  const program = `cd\n${script}`;
  const { status, stdout, stderr } = spawnSync(
    'setpriv',
    [
      '--reuid=1000',
      '--regid=1000',
      '--clear-groups',
      '--',
      'bash',
      '--norc',
      '-c',
      `trap 'kill $(jobs -p) 2>&-' EXIT\n${program}`,
    ],
    {
      encoding: 'utf8',
      env: { HOME: place, LC_ALL: 'C.UTF-8', PATH: `${join(home, 'node_modules/.bin')}:/usr/bin:/bin` },
    },
  );
  return { code: status ?? -1, out: stdout, err: stderr };
};

const answerInBash = ({ start, lines, asks }: Question): string =>
  inPlace(start, () => {
    const before = lines.map((line) => `{ ${line}\n} >&2`).join('\n');
    const { out, err, code } = bash(`${before}\necho :: >&2\n${asking(asks)}`);
    switch (asks.kind) {
      case 'tree':
        return drawn();
      case 'code':
        return String(code);
      case 'errno':
        return code === 0 ? 'none' : (err.split('::\n')[1] ?? '').trimEnd().replace(/^.*: /s, '');
      case 'output':
      case 'count':
      case 'same':
        return out.replace(/\n$/, '');
    }
  });

const asking = (asks: Asked): string => {
  switch (asks.kind) {
    case 'tree':
      return ':';
    case 'output':
    case 'errno':
    case 'code':
      return asks.line;
    case 'count':
      return `stat -c %h '${asks.path}'`;
    case 'same':
      return `if [ "$(stat -c %d:%i '${asks.paths[0]}')" = "$(stat -c %d:%i '${asks.paths[1]}')" ]; then echo yes; else echo no; fi`;
  }
};
