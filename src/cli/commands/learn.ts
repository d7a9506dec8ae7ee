/** lw learn: the lab, served to this machine; and whether the lessons that somebody wrote are right. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBytes } from '../../fs/bytes.ts';
import { type Errno, errorText } from '../../fs/errno.ts';
import { terminalWidth } from '../../kernel/terminal.ts';
import type { Complaint } from '../../lab/drawn.ts';
import { lengthMost, parseLesson } from '../../lab/lessons/parse-lesson.ts';
import { lessonsScript } from '../../web/lessons-script.ts';
import { type Page, pagesOf, servePages } from '../../web/serve-pages.ts';
import { shellWord } from '../causes/shell-word.ts';
import type { Command } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { reasonOf } from '../output.ts';
import { show } from '../show.ts';

export interface Learning {
  /** Where the lab is served, while the program runs. */
  readonly url: string | undefined;
  readonly lessons: readonly CheckedLesson[];
  /** Sentences: files that could not be read. */
  readonly problems: readonly string[];
}

export interface CheckedLesson {
  /** Undefined for a lesson of the lab itself. */
  readonly file: string | undefined;
  readonly id: string | undefined;
  readonly title: string | undefined;
  /** What is wrong with it. */
  readonly complaints: readonly Complaint[];
}

export const command: Command<Learning> = {
  name: 'learn',
  summary: 'lessons on links: a small Linux and a picture of it in your browser',
  operands: '[LESSON…]',
  options: {
    port: { type: 'string', value: 'NUMBER', help: 'serve on this port; on a free one unless it is said' },
    'no-open': { type: 'boolean', help: 'do not open a browser' },
    check: {
      type: 'boolean',
      help: 'only check the files LESSON: whether they are well formed and their solutions work',
    },
    list: { type: 'boolean', help: 'only list the lessons' },
  },
  details: `The lab is a page with lessons, a terminal in which every command acts on a machine in memory, and a live picture of that machine's names, inodes and data. Nothing that is typed there reaches this machine's files. It is served to this machine alone, on 127.0.0.1, until Ctrl-C ends the program (exit code 130). It works from any web server too, and without one: it is the folder dist/lab of the package.

On a terminal a browser is opened, if there is a graphical session. Progress is kept by the browser, for each address of its own: give a --port to come back to the same.

LESSON is a file in the notation of the package's folder lessons/; the lab shows yours after its own. With --check nothing is served: each complaint names the file, the line and what is wrong. The notation is described in docs/LESSONS.md.\n\nExit code: 0; 1 if there is any complaint, a file cannot be read, or the lab cannot be served.`,
  examples: [
    ['lw learn', 'opens the lab'],
    ['lw learn --port 8000 --no-open', 'serves it on http://127.0.0.1:8000/'],
    ['lw learn --check my.lesson', 'says whether a lesson of your own is right'],
    ['lw learn my.lesson', 'the lab with that lesson in it'],
  ],

  async run(_world, request) {
    const problems: string[] = [];
    const own = request.operands.flatMap((file) => {
      const text = readLesson(file, problems);
      return text === undefined ? [] : [{ file, text }];
    });
    if (request.flag('check')) {
      if (request.operands.length === 0)
        throw new UsageError('--check needs the files of lessons', 'lw learn --check FILE');
      // All of the lab's machine comes with it.
      const { checkLesson } = await import('../../lab/lessons/check-lesson.ts');
      const others = existsSync(join(labFolder, 'index.html'))
        ? lessonsOf(pagesOfLab()).map((text) => named({ file: undefined, text }))
        : [];
      const lessons: CheckedLesson[] = [];
      for (const { file, text } of own) {
        const lesson = named({ file, text });
        const complaints = [...checkLesson(text), ...namesake(lesson, text, lessons, others)];
        lessons.push({ ...lesson, complaints: complaints.toSorted((a, b) => a.line - b.line) });
      }
      return { url: undefined, lessons, problems };
    }
    const port = portOf(request.value('port'));
    const pages = pagesOfLab();
    const texts = [...lessonsOf(pages), ...own.map(({ text }) => text)];
    const lessons = [...lessonsOf(pages).map((text) => ({ file: undefined, text })), ...own].map(named);
    for (const { file, complaints } of lessons) {
      const [first] = complaints;
      if (first && file !== undefined && !request.flag('list'))
        problems.push(
          `${show(file)} is left out: it is not right in line ${first.line}: ${first.message}\ntry: lw learn --check ${shellWord(file)}`,
        );
    }
    if (request.flag('list')) return { url: undefined, lessons, problems };
    const script = { type: 'text/javascript; charset=utf-8', bytes: Buffer.from(lessonsScript(texts)) };
    try {
      const { url } = await servePages(new Map([...pages, ['/lessons.js', script]]), port);
      const forPeople = !request.flag('json') && !request.flag('null') && terminalWidth(1) !== undefined;
      if (forPeople && !request.flag('no-open')) openBrowser(url);
      return { url, lessons, problems };
    } catch (error) {
      throw new CommandError(`cannot serve on 127.0.0.1:${port}: ${reasonOf(error)}`, [
        'without --port a free one is taken',
      ]);
    }
  },

  *render({ url, lessons }, look) {
    if (url !== undefined) {
      yield `The lab is at ${look.paint('link', url)}`;
      yield look.paint('dim', 'Ctrl-C ends it.');
      return;
    }
    for (const { file, id, title, complaints } of lessons) {
      const name = file === undefined ? (id ?? '') : look.show(file);
      yield complaints.length === 0 ? `${name}  ${look.paint('dim', title ?? '')}` : `${name}`;
      for (const { line, message } of complaints) yield `  ${look.paint('bad', '✗')} line ${line}: ${message}`;
    }
  },

  json: ({ url, lessons }) => ({
    url: url ?? null,
    lessons: lessons.map(({ file, id, title, complaints }) => ({
      file: file ?? null,
      id: id ?? null,
      title: title ?? null,
      complaints,
    })),
  }),

  *paths({ lessons }) {
    for (const { file, complaints } of lessons) if (file !== undefined && complaints.length > 0) yield file;
  },

  exitCode: ({ lessons, problems }) =>
    problems.length > 0 || lessons.some(({ complaints }) => complaints.length > 0) ? 1 : 0,
  problems: ({ problems }) => problems,
};

/** No more of it than shows that it is too long: it may be anything. */
const readLesson = (file: string, problems: string[]): string | undefined => {
  let opened: number | undefined;
  try {
    opened = file === '-' ? 0 : openSync(Buffer.from(encodeBytes(file)), 'r');
    const bytes = Buffer.alloc(4 * lengthMost + 1);
    let length = 0;
    for (let count = -1; count !== 0 && length < bytes.length; length += count)
      count = readSync(opened, bytes, length, bytes.length - length, null);
    return bytes.toString('utf8', 0, length);
  } catch (error) {
    problems.push(`cannot read ${show(file)}: ${systemReason(error)}`);
    return undefined;
  } finally {
    if (opened) closeSync(opened);
  }
};

/** As all other programs say it, where the system refused: Node has words of its own. */
const systemReason = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? (error.code as Errno) : undefined;
  return (code && errorText(code)) ?? reasonOf(error);
};

interface LessonText {
  readonly file: string | undefined;
  readonly text: string;
}

const named = ({ file, text }: LessonText): CheckedLesson => {
  const lesson = parseLesson(text);
  return 'id' in lesson
    ? { file, id: lesson.id, title: lesson.title, complaints: [] }
    : { file, id: undefined, title: undefined, complaints: lesson };
};

/** Who has the same id: the browser keeps one progress for both. Whoever mends a lesson of the lab keeps its id and title. */
const namesake = (
  { id, title }: CheckedLesson,
  text: string,
  own: readonly CheckedLesson[],
  others: readonly CheckedLesson[],
): readonly Complaint[] => {
  if (id === undefined) return [];
  const twin = own.find((each) => each.id === id) ?? others.find((each) => each.id === id && each.title !== title);
  if (!twin) return [];
  const line = text.split('\n').findIndex((row) => row.startsWith('id:')) + 1;
  const whose = twin.file === undefined ? `the lab's “${twin.title}”` : show(twin.file);
  return [{ line, message: `${whose} has the id ${id} as well: progress is kept under it, so take another` }];
};

const portOf = (text: string | undefined): number => {
  if (text === undefined) return 0;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535)
    throw new UsageError(`${show(text)} is no port: those are numbers up to 65535`, 'lw learn --port 8000');
  return Number(text);
};

/** dist/lab, beside this program or in the checkout around its source. */
const pagesOfLab = (): ReadonlyMap<string, Page> => {
  if (!existsSync(join(labFolder, 'index.html')))
    throw new CommandError(`the lab is not built: there is no ${show(labFolder)}`, ['npm run build'], 1);
  return pagesOf(labFolder);
};

const labFolder = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '../../../dist/lab' : 'lab');

/** The texts in lessons.js, which is one a line. */
const lessonsOf = (pages: ReadonlyMap<string, Page>): readonly string[] =>
  new TextDecoder()
    .decode(pages.get('/lessons.js')?.bytes)
    .split('\n')
    .filter((line) => line.startsWith('"'))
    .map((line) => JSON.parse(line.replace(/,$/, '')));

/** Without a graphical session xdg-open may start a browser in this terminal, so it is not asked. */
const openBrowser = (url: string): void => {
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  const opener = spawn('xdg-open', [url], { detached: true, stdio: 'ignore' });
  // The address is printed in any case.
  opener.on('error', () => undefined);
  opener.unref();
};
