import { show } from '../../cli/show.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A name, path or text as people read it, for XML and HTML, between tags or in quotes. */
export const shown = (text: string): string => escaped(show(text));

/** Text that is fit to be read already. What XML cannot hold is left out (XML 1.0, section 2.2). */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => entities[char] as string).replace(forbidden, '\ufffd');

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/gu;
