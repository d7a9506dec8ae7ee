import type { Start } from '../session.ts';
import { users } from '../users.ts';
import { element } from './element.ts';

export const sandboxStart: Start = {
  tree: `docs/
  guide.txt "Read me.\\n" #1
  notes.txt "So far, so good.\\n"
guide -> docs/guide.txt
same.txt #1
lost -> docs/gone.txt
media/ mount tmpfs
  song.ogg "la la la\\n"`,
};

/** A tree of one's own to begin with. `begin` answers with what is wrong with it. */
export const sandboxView = (start: Start, begin: (start: Start) => string | undefined): HTMLElement => {
  const drawing = element('textarea', {
    id: 'drawing',
    rows: '10',
    spellcheck: 'false',
    autocapitalize: 'off',
    'aria-describedby': 'drawing-help',
  });
  drawing.value = start.tree;
  const user = element('select', { id: 'user' }, ...users.map(({ name }) => element('option', {}, name)));
  user.value = start.user ?? 'me';
  const complaint = element('p', { class: 'complaint', role: 'alert' });
  const go = (): void => {
    complaint.textContent = begin({ tree: drawing.value, user: user.value }) ?? '';
  };
  return element(
    'article',
    {},
    element('p', { class: 'eyebrow' }, 'Sandbox'),
    element('h2', { id: 'lesson-title', tabindex: '-1' }, 'A machine of your own'),
    element(
      'div',
      { class: 'prose' },
      element(
        'p',
        {},
        'Nothing to reach here. Type what you like: it is a small Linux in this page, and “step back” brings everything back.',
      ),
    ),
    element('label', { for: 'drawing', class: 'field-name' }, 'Start from your own tree'),
    drawing,
    element(
      'p',
      { class: 'aside', id: 'drawing-help' },
      ...[
        'Two spaces an indentation. ',
        element('code', {}, 'name/'),
        ' is a directory, ',
        element('code', {}, 'name -> text'),
        ' a symbolic link, ',
        element('code', {}, 'name "text\\n"'),
        ' a file; the same ',
        element('code', {}, '#1'),
        ' at two names is one inode. ',
        element('code', {}, 'name/ mount tmpfs'),
        ' is another file system, ',
        element('code', {}, '0640 @root'),
        ' a mode and an owner.',
      ],
    ),
    element(
      'div',
      { class: 'row' },
      element('label', {}, 'as ', user),
      element('button', { type: 'button', class: 'main', click: go }, 'Start from this tree'),
    ),
    complaint,
  );
};
