import type { Lesson } from '../lessons/lesson.ts';
import { element } from './element.ts';
import { visible } from './visible.ts';

/** What one can open, and what of it is done. */
export const lessonList = (
  lessons: readonly Lesson[],
  done: Readonly<Record<string, number>>,
  current: string | undefined,
  open: (lesson: Lesson | undefined) => void,
): readonly HTMLElement[] => {
  const count = lessons.filter(({ id }) => Object.hasOwn(done, id)).length;
  const bar = element('progress', { max: String(lessons.length), 'aria-label': 'Lessons done' });
  bar.value = count;
  return [
    element('div', { class: 'progress' }, bar, element('span', {}, `${count} of ${lessons.length} done`)),
    element(
      'ol',
      {},
      ...lessons.map((lesson, index) => {
        const commands = done[lesson.id];
        return element(
          'li',
          {},
          element(
            'button',
            {
              type: 'button',
              class: commands === undefined ? 'entry-button' : 'entry-button done',
              'aria-current': lesson.id === current ? 'true' : undefined,
              click: () => open(lesson),
            },
            element(
              'span',
              { class: 'number', 'aria-hidden': 'true' },
              commands === undefined ? String(index + 1) : '✓',
            ),
            element('span', { class: 'title' }, visible(lesson.title)),
            commands !== undefined &&
              element('span', { class: 'record' }, `${commandsText(commands)}${commands <= lesson.golf ? ' ★' : ''}`),
          ),
        );
      }),
    ),
    element(
      'button',
      {
        type: 'button',
        class: 'entry-button sandbox',
        'aria-current': current === undefined ? 'true' : undefined,
        click: () => open(undefined),
      },
      element('span', { class: 'number', 'aria-hidden': 'true' }, '+'),
      element('span', { class: 'title' }, 'Sandbox: start from your own tree'),
    ),
  ];
};

export const commandsText = (count: number): string => `${count} ${count === 1 ? 'command' : 'commands'}`;
