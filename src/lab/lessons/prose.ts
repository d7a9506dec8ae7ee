import type { Block, Span } from './lesson.ts';

/** The small part of Markdown that lessons know: paragraphs, lists, indented lines as they are, `code` and **strong**. */
export const parseProse = (rows: readonly string[]): readonly Block[] => {
  const blocks: Block[] = [];
  let at = 0;
  const takeWhile = (wanted: (row: string) => boolean): string[] => {
    const from = at;
    while (at < rows.length && wanted(rows[at] as string)) at++;
    return rows.slice(from, at);
  };
  while (at < rows.length) {
    const row = rows[at] as string;
    if (row.trim() === '') at++;
    else if (isIndented(row)) {
      const code = takeWhile((next) => isIndented(next) || next.trim() === '');
      blocks.push({
        kind: 'code',
        text: code
          .map((line) => line.slice(4))
          .join('\n')
          .trimEnd(),
      });
    } else if (row.startsWith('- ')) {
      const items: string[] = [];
      for (const line of takeWhile((next) => next.trim() !== '')) {
        if (line.startsWith('- ')) items.push(line.slice(2));
        else items.push(`${items.pop()} ${line.trim()}`);
      }
      blocks.push({ kind: 'list', items: items.map(parseSpans) });
    } else {
      const lines = takeWhile((next) => next.trim() !== '' && !isIndented(next) && !next.startsWith('- '));
      blocks.push({ kind: 'paragraph', spans: parseSpans(lines.map((line) => line.trim()).join(' ')) });
    }
  }
  return blocks;
};

export const isIndented = (row: string): boolean => row.startsWith('    ') && row.trim() !== '';

/** One line of prose. A mark without its partner is text. */
export const parseSpans = (text: string): readonly Span[] =>
  [...text.matchAll(/`([^`]+)`|\*\*([^*]+)\*\*|(?:[^`*]|\*(?!\*)|[`*])+?(?=`[^`]+`|\*\*[^*]+\*\*|$)/gsu)].map(
    ([whole, code, strong]): Span =>
      code !== undefined
        ? { kind: 'code', text: code }
        : strong !== undefined
          ? { kind: 'strong', text: strong }
          : { kind: 'text', text: whole },
  );

/** Spans without their marks: for one line of plain text. */
export const plainText = (spans: readonly Span[]): string => spans.map(({ text }) => text).join('');
