import { escapeHidden } from '../../show.ts';

/**
 * Text as XML 1.0 holds it, in an element or between double quotes. Most controls have no place in XML, not even as
 * references, and bytes that are no text have none: they are written out, as are characters that nobody would see.
 */
export const xmlText = (text: string): string =>
  text
    .split('\n')
    .map((line) => escapeHidden(line).replace(/[&<>"\ufffe\uffff]/g, (char) => entities[char] ?? spelled(char)))
    .join('&#10;');

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** U+FFFE and U+FFFF are characters for UTF-8 and not for XML. */
const spelled = (char: string): string => `\\u${(char.codePointAt(0) as number).toString(16)}`;

export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
