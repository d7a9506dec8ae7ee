import type { Look, Style } from './command.ts';
import { show } from './show.ts';

/** Select Graphic Rendition codes (console_codes(4)): the terminal's own palette. */
const codes: Readonly<Record<Style, string>> = {
  good: '32',
  bad: '31',
  doubt: '33',
  link: '36',
  dir: '34',
  dim: '2',
  bold: '1',
};

/** How to draw on a terminal of `width` columns, or in a file where there is none. */
export const lookOf = (width: number | undefined, color: boolean): Look => ({
  width,
  show,
  paint: color ? (style, text) => (text === '' ? '' : `\x1b[${codes[style]}m${text}\x1b[0m`) : (_, text) => text,
});

/** Whether --color asks for colours; NO_COLOR counts when it is not empty (no-color.org). */
export const wantsColor = (
  when: string | undefined,
  terminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean => {
  if (when === 'always') return true;
  return when !== 'never' && terminal && !environment.NO_COLOR && environment.TERM !== 'dumb';
};
