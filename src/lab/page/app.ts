/** The lab's page: a lesson, a terminal and the picture of what is there, all from one list of typed lines. */
import './disposable-stack.ts';
import { escapeHidden } from '../../cli/show.ts';
import { DrawingError } from '../drawing.ts';
import { countCommands } from '../lessons/count-commands.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { parseLesson } from '../lessons/parse-lesson.ts';
import { sessionPicture } from '../picture/session-picture.ts';
import type { Start } from '../session.ts';
import { complete } from '../shell/complete.ts';
import { prompt } from '../shell/prompt.ts';
import { wireCommandLine } from './command-line.ts';
import { byId, element } from './element.ts';
import { keep, kept } from './keep.ts';
import { commandsText, lessonList } from './lesson-list.ts';
import { type LessonView, lessonView } from './lesson-view.ts';
import { pictureRoot } from './picture-root.ts';
import { PictureView } from './picture-view.ts';
import { sandboxStart, sandboxView } from './sandbox-view.ts';
import { addressLimit, packShared, type Shared, unpackShared } from './share.ts';
import { TerminalView } from './terminal-view.ts';
import { Timeline } from './timeline.ts';
import { visible } from './visible.ts';

/** lessons.js puts the files of the lessons there, in their order: a teacher may add one without building anything. */
declare global {
  var linkwrightLessons: readonly string[] | undefined;
}

/** What is on the stage. */
interface Scene {
  /** Undefined in the sandbox. */
  readonly lesson: Lesson | undefined;
  readonly view: LessonView | undefined;
  readonly timeline: Timeline;
}

/** Lines of one session: each of them is typed again at every step back. */
const linesLimit = 1000;
const lineLimit = 10_000;
/** Characters of a tree: some thousands of files. */
const treeLimit = 200_000;
const tooLarge = 'This tree is too large for the lab.';
/** Of what is said about a tree: the names in it may be of any length. */
const sentenceLimit = 300;

const lessons: readonly Lesson[] = (globalThis.linkwrightLessons ?? []).flatMap((text) => {
  const lesson = parseLesson(text);
  return 'id' in lesson ? [lesson] : [];
});

const line = byId<HTMLInputElement>('line');
const terminal = new TerminalView(byId('screen'), byId('log'));
const picture = new PictureView(byId('canvas'), byId('table'), byId<HTMLDetailsElement>('as-table'));
const lessonsDialog = byId<HTMLDialogElement>('lessons');
const sharingDialog = byId<HTMLDialogElement>('sharing');
let scene: Scene;

/** Puts a lesson, or with none the sandbox, on the stage; throws what newSession throws where its tree cannot be built. */
const open = (
  lesson: Lesson | undefined,
  start: Start,
  lines: readonly string[] = [],
  at: number = lines.length,
): void => {
  const timeline = new Timeline(start, lines, at);
  const number = lesson ? lessons.indexOf(lesson) + 1 : 0;
  const view = lesson && lessonView(lesson, `Lesson ${number} of ${lessons.length}`);
  const before = scene as Scene | undefined;
  scene = { lesson, view, timeline };
  if (lesson || before?.lesson || !before) {
    byId('lesson-inner').replaceChildren(view?.content ?? sandboxView(start, beginSandbox));
    byId('lesson').scrollTop = 0;
  }
  byId('pick-number').textContent = lesson ? String(number) : '';
  byId('pick-title').textContent = lesson ? visible(lesson.title) : 'Sandbox';
  document.title = `${lesson ? visible(lesson.title) : 'Sandbox'} · Linkwright lab`;
  terminal.wipe([]);
  show(true);
};

const openLesson = (lesson: Lesson | undefined): void => {
  lessonsDialog.close();
  open(lesson, lesson?.start ?? sandboxStart);
  forgetAddress();
  byId('lesson-title').focus();
};

/** Answers with what is wrong with the tree. */
const beginSandbox = (start: Start): string | undefined => {
  if (start.tree.length > treeLimit) return tooLarge;
  try {
    open(undefined, start);
  } catch (error) {
    return sentenceOf(error);
  }
  forgetAddress();
  line.focus();
  return undefined;
};

/** A tree that cannot be built is the fault of who drew it, and told to them. */
const sentenceOf = (error: unknown): string => {
  if (error instanceof RangeError) return tooLarge;
  if (!(error instanceof Error) || error instanceof TypeError) throw error;
  const where =
    error instanceof DrawingError ? `Line ${error.complaint.line}: ${error.complaint.message}` : error.message;
  return visible(where.length > sentenceLimit ? `${where.slice(0, sentenceLimit)}…` : where);
};

/** Draws everything as it is now. `afresh`: nothing of it is news. */
const show = (afresh = false): void => {
  const { timeline, lesson, view } = scene;
  const { session, said, lines, start } = timeline;
  const refused = said.at(-1)?.answer.refused ?? [];
  terminal.show(said);
  byId('prompt').textContent = visible(session.alive ? prompt(session) : 'the shell has ended ');
  picture.show(
    sessionPicture(session, {
      root: byId<HTMLInputElement>('show-all').checked ? '/' : pictureRoot(session, start, refused),
      dots: byId<HTMLInputElement>('show-dots').checked,
      refused,
    }),
    afresh,
  );
  byId('count').textContent = lines.length === 0 ? '0' : `${said.length}/${lines.length}`;
  setDisabled('back', said.length === 0);
  setDisabled('forward', said.length === lines.length);
  setDisabled('again', lines.length === 0);
  const commands = said.reduce((sum, one) => sum + countCommands(one.line), 0);
  showResult(lesson, view?.check(session) ?? false, commands);
  // What was typed is seen first.
  clearTimeout(toRemember);
  toRemember = setTimeout(() => void remember());
};

let toRemember: ReturnType<typeof setTimeout> | undefined;

let reachedBefore = false;

const showResult = (lesson: Lesson | undefined, reached: boolean, commands: number): void => {
  const news = reached && !reachedBefore && commands > 0;
  reachedBefore = reached;
  const result = byId('result');
  result.classList.toggle('reached', reached);
  if (!lesson || !reached) {
    result.replaceChildren();
    return;
  }
  const record = kept().done[lesson.id];
  if (commands > 0 && (record === undefined || commands < record))
    keep({ done: { ...kept().done, [lesson.id]: commands } });
  const next = lessons[lessons.indexOf(lesson) + 1];
  const words = `Reached with ${commandsText(commands)}. ${golfWords(commands, lesson.golf)}`;
  result.replaceChildren(
    element('span', { class: 'seal', 'aria-hidden': 'true' }, '✓'),
    element('p', {}, words),
    next
      ? element(
          'button',
          { type: 'button', class: 'main', id: 'next', click: () => openLesson(next) },
          `Next: ${visible(next.title)}`,
        )
      : element(
          'button',
          { type: 'button', class: 'main', id: 'next', click: () => openLesson(undefined) },
          'To the sandbox',
        ),
  );
  if (news) say(`Goal reached. ${words} Esc, then Tab leads to the next lesson.`);
};

const golfWords = (commands: number, golf: number): string => {
  if (commands > golf) return `It can be done with ${golf}.`;
  return commands < golf ? `The lesson knows no way with fewer than ${golf}.` : 'Nobody is known to need fewer.';
};

const say = (sentence: string): void => {
  byId('spoken').textContent = sentence;
};

/** A disabled button would lose the focus of who just pressed it. */
const setDisabled = (id: string, disabled: boolean): void => {
  byId(id).setAttribute('aria-disabled', String(disabled));
};

const press = (id: string, action: () => void): void => {
  const button = byId(id);
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') !== 'true') action();
  });
};

const step = (action: (timeline: Timeline) => void): void => {
  action(scene.timeline);
  forgetAddress();
  show();
  const { said, lines } = scene.timeline;
  say(`Step ${said.length} of ${lines.length}.`);
};

const shared = (): Shared => {
  const { lesson, timeline } = scene;
  const { start, lines, said } = timeline;
  return { ...(lesson ? { lesson: lesson.id } : { start }), lines, at: said.length };
};

const remember = async (): Promise<void> => {
  const place = await packShared(shared());
  keep({ place: place.length <= addressLimit * 4 ? place : '' });
};

/** Opens what an address or the browser's memory says; whether it said anything that we can open. */
const openShared = async (hash: string): Promise<boolean> => {
  const found = await unpackShared(hash);
  if (found === undefined) return false;
  const lesson = lessons.find(({ id }) => id === found?.lesson);
  const start = lesson?.start ?? found?.start;
  if (!found || !start) return refuseAddress();
  try {
    open(lesson, start, found.lines, found.at);
  } catch (error) {
    if (!(error instanceof DrawingError)) reportError(error);
    return refuseAddress();
  }
  return true;
};

const refuseAddress = (): false => {
  notice('The address holds no state that this lab can open; it may be cut off, or of a lesson that is not here.');
  return false;
};

const notice = (sentence: string): void => {
  terminal.note('', '', sentence);
  say(sentence);
};

/** Once something is done, the address would lie. */
const forgetAddress = (): void => {
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
};

const share = async (): Promise<void> => {
  const hash = await packShared(shared());
  const url = location.href.replace(/#.*/s, '') + hash;
  const body = byId('sharing-body');
  if (url.length > addressLimit) {
    body.replaceChildren(
      element(
        'p',
        { class: 'complaint' },
        `This would be an address of ${url.length} characters; more than ${addressLimit} get lost on their way. Step back, or start again and take a shorter way.`,
      ),
    );
  } else {
    history.replaceState(null, '', hash);
    const field = element('input', {
      type: 'text',
      readonly: true,
      class: 'address',
      'aria-label': 'Address',
      focus: () => field.select(),
    });
    field.value = url;
    const state = element('p', { class: 'aside', role: 'status' });
    const copy = element('button', {
      type: 'button',
      class: 'main',
      click: async () => {
        field.select();
        state.textContent = (await copied(url))
          ? 'Copied.'
          : 'The browser does not let us copy; it is selected, so Ctrl-C does.';
      },
    });
    copy.textContent = 'Copy';
    body.replaceChildren(
      element(
        'p',
        {},
        'Whoever opens this address sees what you see, with every step on the way. It is all in the address; nothing was sent anywhere.',
      ),
      element('div', { class: 'row' }, field, copy),
      state,
    );
  }
  sharingDialog.showModal();
  body.querySelector('input')?.focus();
};

/** False also where a page has no clipboard: one that came over plain http from another machine. */
const copied = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};

const themeNames = { auto: 'as the system', light: 'light', dark: 'dark' } as const;
const themeAfter = { auto: 'light', light: 'dark', dark: 'auto' } as const;

const themeNow = (): keyof typeof themeNames => {
  const { theme } = document.documentElement.dataset;
  return theme === 'light' || theme === 'dark' ? theme : 'auto';
};

const showTheme = (): void => {
  const label = `Theme: ${themeNames[themeNow()]}`;
  byId('theme').setAttribute('aria-label', label);
  byId('theme').title = label;
};

const nextTheme = (): void => {
  const theme = themeAfter[themeNow()];
  document.documentElement.dataset.theme = theme;
  keep({ theme });
  showTheme();
  say(byId('theme').title);
};

const typeLine = (typed: string): void => {
  const { timeline } = scene;
  const words = typed.trim();
  if (words === 'clear' || words === 'reset') terminal.wipe(timeline.said);
  else if (words === '') terminal.note(prompt(timeline.session), '', '');
  else if (typed.length > lineLimit) notice(`The lab takes no line longer than ${lineLimit} characters.`);
  else if (timeline.said.length >= linesLimit) notice(`There are ${linesLimit} lines already: start again.`);
  else {
    forgetAddress();
    timeline.type(typed);
    show();
    requestAnimationFrame(keepInSight);
  }
};

/** On a phone the picture is above the terminal, and may have grown. */
const keepInSight = (): void => {
  const result = byId('result');
  line.scrollIntoView({ block: 'nearest' });
  if (result.childElementCount > 0) result.scrollIntoView({ block: 'nearest' });
};

const wire = (): void => {
  wireCommandLine(line, {
    enter: typeLine,
    cancel: (typed) => terminal.note(prompt(scene.timeline.session), `${typed.slice(0, lineLimit)}^C`, ''),
    wipe: () => terminal.wipe(scene.timeline.said),
    earlier: () => scene.timeline.said.map((said) => said.line),
    candidates: (typed, cursor) => (typed.length > lineLimit ? [] : complete(scene.timeline.session, typed, cursor)),
    list: (candidates, typed) =>
      terminal.note(prompt(scene.timeline.session), typed, candidates.map(escapeHidden).join('  ')),
  });
  byId('screen').addEventListener('click', () => {
    if (String(getSelection() ?? '') === '') line.focus();
  });
  press('back', () => step((timeline) => timeline.back()));
  press('forward', () => step((timeline) => timeline.forward()));
  press('again', () => step((timeline) => timeline.goTo(0)));
  press('share', () => void share());
  press('theme', nextTheme);
  press('pick', () => {
    byId('lesson-list').replaceChildren(...lessonList(lessons, kept().done, scene.lesson?.id, openLesson));
    lessonsDialog.showModal();
    lessonsDialog.querySelector<HTMLElement>('[aria-current]')?.focus();
  });
  for (const id of ['show-all', 'show-dots']) byId(id).addEventListener('change', () => show(true));
  for (const button of document.querySelectorAll<HTMLElement>('[data-go]'))
    button.addEventListener('click', () => {
      const part = byId(button.dataset.go as string);
      part.scrollIntoView({ block: 'start' });
      part.focus({ preventScroll: part !== line });
    });
  for (const dialog of [lessonsDialog, sharingDialog]) {
    dialog.querySelector('[data-close]')?.addEventListener('click', () => dialog.close());
    dialog.addEventListener('click', ({ target }) => {
      if (target === dialog) dialog.close();
    });
  }
  addEventListener('hashchange', () => void openShared(location.hash));
};

const begin = async (): Promise<void> => {
  wire();
  showTheme();
  const place = kept().place;
  const [first] = lessons;
  open(first, first?.start ?? sandboxStart);
  if (location.hash !== '') await openShared(location.hash);
  else if (place !== '') await openShared(place);
  document.documentElement.dataset.ready = '';
  performance.mark('lab-ready');
};

void begin();
