import { quoteName } from '../drawing-words.ts';
import type { Drawn } from '../drawn.ts';
import type { Condition, Span } from './lesson.ts';
import { parseSpans } from './prose.ts';

/** What the marks of a goal's drawing mean, those that are in it, and what must be so besides: a sentence each. */
export const explainGoal = (
  tree: Drawn,
  conditions: readonly Condition[],
  marked: ReadonlySet<string>,
): readonly (readonly Span[])[] => {
  const all = everything(tree);
  const labels = new Set(all.flatMap(({ label }) => label ?? []));
  const kept = [...labels].filter((label) => marked.has(label));
  const found = [...labels].filter((label) => !marked.has(label) && !special.has(label));
  return [
    ...kept.map((label) => parseSpans(`\`#${label}\`: the inode that has this mark at the start`)),
    ...found.map((label) => parseSpans(`\`#${label}\`: all names with this mark are one inode`)),
    ...[...special].filter(([label]) => labels.has(label)).map(([, words]) => parseSpans(words)),
    ...(all.some(({ kind }) => kind === 'absent') ? [parseSpans('`absent`: nothing may have this name')] : []),
    ...(all.some(({ kind, text }) => kind === 'symlink' && text === undefined)
      ? [parseSpans('`-> *`: a symlink with any text')]
      : []),
    ...(all.some(({ open }) => open) ? [parseSpans('`*`: there may be other names')] : []),
    ...conditions.map(conditionWords),
  ];
};

const special: ReadonlyMap<string, string> = new Map([
  ['same', '`#same`: still the inode that it was'],
  ['new', '`#new`: an inode that was not there'],
  ['?', '`#?`: never mind which inode'],
]);

const everything = (drawn: Drawn): readonly Drawn[] => [drawn, ...drawn.below.flatMap(everything)];

const conditionWords = (condition: Condition): readonly Span[] => {
  switch (condition.kind) {
    case 'leads':
      return [code(condition.path), text(' must lead to '), code(condition.to)];
    case 'fails':
      return [text('opening '), code(condition.path), text(' must fail with '), code(condition.errno)];
    case 'here':
      return [text('the shell must stand in '), code(condition.path)];
    case 'open':
      return [
        text('the file '),
        code(`#${condition.label}`),
        text(` must ${condition.open ? '' : 'not '}be open in some program`),
      ];
    case 'undone':
      return [text('something must have been taken back by '), { kind: 'code', text: 'lw undo' }];
  }
};

const text = (words: string): Span => ({ kind: 'text', text: words });
const code = (name: string): Span => ({ kind: 'code', text: name.startsWith('#') ? name : quoteName(name) });
