import type { Words } from '../../jobs/check/finding.ts';

/** A sentence with its names as `show` writes them. */
export const wordsText = (words: Words, show: (name: string) => string): string =>
  words.map((word) => (typeof word === 'string' ? word : show(word.name))).join('');
