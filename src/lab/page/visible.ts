import { escapeHidden } from '../../cli/show.ts';

/** What the terminal said, as text to look at: lines and tabs as they are, what cannot be seen as bash would write it. */
export const visible = (text: string): string =>
  text
    .split(/([\n\t])/)
    .map((part, index) => (index % 2 === 0 ? escapeHidden(part) : part))
    .join('');
