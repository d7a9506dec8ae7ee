import { displayWidth } from './display-width.ts';

/**
 * A name as `show` writes it, cut in its middle to at most `columns`, since its end (the number,
 * the extension) tells as much as its start. Characters are left out before they are shown, and
 * whole: an escape or a letter with its accents is never cut in two.
 */
export const fit = (name: string, columns: number, show: (name: string) => string): string => {
  const whole = show(name);
  if (displayWidth(whole) <= columns) return whole;
  const pieces = Array.from(characters().segment(name), ({ segment }) => segment);
  const cut = (kept: number): string => {
    const tail = Math.floor(kept / 2);
    return show([...pieces.slice(0, kept - tail), '…', ...pieces.slice(pieces.length - tail)].join(''));
  };
  // The more is kept, the wider: search for the most that fits.
  let fits = -1;
  let tooMany = pieces.length;
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (displayWidth(cut(middle)) <= columns) fits = middle;
    else tooMany = middle;
  }
  return fits < 0 ? '' : cut(fits);
};

/** Made when a name is first cut: its data takes 10 ms to load. */
const characters = (): Intl.Segmenter => (segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' }));
let segmenter: Intl.Segmenter | undefined;
