import { checkGoal } from '../lessons/check-goal.ts';
import type { Lesson } from '../lessons/lesson.ts';
import type { Session } from '../session.ts';
import { element } from './element.ts';
import { codeBlock, inline, prose } from './prose.ts';
import { questionView } from './question-view.ts';
import { visible } from './visible.ts';

/** The text of a lesson, its goal and what helps to reach it. `check` looks whether it is reached now. */
export interface LessonView {
  readonly content: HTMLElement;
  readonly check: (session: Session) => boolean;
}

/** The rest is said when these are seen to. */
const differencesShown = 3;

export const lessonView = (lesson: Lesson, place: string): LessonView => {
  const missing = element('ul', { class: 'missing' });
  const state = element('span', { class: 'goal-state' });
  const goal = element(
    'section',
    { class: 'goal', 'aria-labelledby': 'goal-title' },
    element('div', { class: 'goal-head' }, element('h3', { id: 'goal-title' }, 'Goal'), state),
    lesson.goal.drawing.trim() !== '' && codeBlock(lesson.goal.drawing),
    lesson.goal.legend.length > 0 &&
      element(
        'ul',
        { class: 'aside legend' },
        ...lesson.goal.legend.map((spans) => element('li', {}, ...inline(spans))),
      ),
    missing,
  );
  return {
    content: element(
      'article',
      {},
      element('p', { class: 'eyebrow' }, place),
      element('h2', { id: 'lesson-title', tabindex: '-1' }, visible(lesson.title)),
      element('div', { class: 'prose' }, ...prose(lesson.text)),
      goal,
      lesson.hints.length > 0 && hints(lesson),
      lesson.solution.length > 0 && solution(lesson),
      lesson.quiz.length > 0 && quiz(lesson),
      lesson.objectives.length > 0 &&
        element('p', { class: 'aside covers' }, `Covers ${visible(lesson.objectives.join('; '))}.`),
    ),
    check: (session) => {
      const report = checkGoal(session, lesson);
      goal.classList.toggle('reached', report.met);
      state.textContent = report.met ? 'reached' : 'not yet';
      missing.replaceChildren(
        ...report.differences.slice(0, differencesShown).map((spans) => element('li', {}, ...inline(spans))),
      );
      return report.met;
    },
  };
};

const hints = ({ hints: all }: Lesson): HTMLElement => {
  const list = element('ol', { class: 'hints', 'aria-live': 'polite' });
  const button = element('button', {
    type: 'button',
    class: 'quiet',
    click: () => {
      const next = all[list.children.length];
      if (next) list.append(element('li', {}, ...inline(next)));
      name();
    },
  });
  const name = (): void => {
    const given = list.children.length;
    button.textContent = given === all.length ? 'No more hints' : `Hint ${given + 1} of ${all.length}`;
    if (given === all.length) button.setAttribute('aria-disabled', 'true');
  };
  name();
  return element('section', { class: 'help', 'aria-label': 'Hints' }, list, button);
};

const quiz = ({ quiz: questions }: Lesson): HTMLElement =>
  element(
    'details',
    // On a phone it would stand between the lesson and the terminal.
    { class: 'quiz', open: matchMedia('(min-width: 60rem)').matches },
    element(
      'summary',
      {},
      questions.length === 1 ? 'What will happen? A question' : `What will happen? ${questions.length} questions`,
    ),
    ...questions.map(questionView),
  );

const solution = ({ solution: lines, golf }: Lesson): HTMLElement =>
  element(
    'details',
    { class: 'solution' },
    element('summary', {}, 'A solution'),
    element(
      'ol',
      {},
      ...lines.map(({ line, note }) =>
        element(
          'li',
          {},
          element('code', { class: 'solution-line' }, visible(line)),
          note.length > 0 && element('span', { class: 'solution-note' }, ...inline(note)),
        ),
      ),
    ),
    element('p', { class: 'aside' }, `The fewest commands that are known: ${golf}.`),
  );
