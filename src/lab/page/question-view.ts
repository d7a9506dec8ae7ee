import type { Asked, Question } from '../lessons/lesson.ts';
import { answerOf, isRight } from '../lessons/quiz.ts';
import { element } from './element.ts';
import { codeBlock, inline, prose } from './prose.ts';
import { visible } from './visible.ts';

/** “What will happen?” The answer is worked out when it is asked for. */
export const questionView = (question: Question, index: number): HTMLElement => {
  const verdict = element('div', { class: 'verdict', role: 'status' });
  const name = `question-${index}`;
  const typed = element('input', {
    class: 'typed-answer',
    type: 'text',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-labelledby': `${name}-title`,
  });
  const radios = question.options.map(({ value }) => element('input', { type: 'radio', name, value }));
  const check = (): void => {
    const answer = answerOf(question);
    const given = question.options.length > 0 ? radios.find(({ checked }) => checked)?.value : typed.value.trim();
    if (given === undefined || given === '') {
      verdict.className = 'verdict';
      verdict.replaceChildren('Choose first, then look.');
      return;
    }
    const right = isRight(question, given);
    const chosen = question.options.find(({ value }) => value === answer);
    verdict.className = `verdict ${right ? 'right' : 'wrong'}`;
    verdict.replaceChildren(
      element(
        'p',
        {},
        element('strong', {}, right ? 'Yes. ' : 'No. '),
        ...(right ? [] : ['It is: ', ...(chosen ? inline(chosen.words) : [element('code', {}, visible(answer))])]),
      ),
      ...prose(question.explanation),
    );
  };
  const lines = [...question.lines, ...lineOf(question.asks)];
  return element(
    'section',
    { class: 'question', 'aria-labelledby': `${name}-title` },
    element('div', { class: 'prose asked', id: `${name}-title` }, ...prose(question.question)),
    lines.length > 0 && codeBlock(lines.map((line) => `$ ${line}`).join('\n')),
    question.options.length > 0
      ? element(
          'fieldset',
          {},
          element('legend', { class: 'unseen' }, 'Your answer'),
          ...question.options.map(({ words }, at) =>
            element('label', { class: 'choice' }, radios[at] as HTMLElement, element('span', {}, ...inline(words))),
          ),
        )
      : typed,
    element('button', { type: 'button', class: 'quiet', click: check }, 'Check the answer'),
    verdict,
  );
};

const lineOf = (asks: Asked): readonly string[] => ('line' in asks ? [asks.line] : []);
