import { skipPiece } from './scan.ts';

/** More words than this from one are refused. */
const wordsMax = 10_000;

/** `a{b,c}d` and `{1..5}`: the words that a word stands for, before anything else is expanded; undefined if there are too many. */
export const expandBraces = (word: string): readonly string[] | undefined => {
  if (!word.includes('{')) return [word];
  let attempts = 0;
  for (let at = 0; at < word.length; ) {
    if (word[at] !== '{') {
      at = next(word, at);
      continue;
    }
    // Hundreds of braces that close nothing are no list.
    const found = attempts++ < 200 ? alternatives(word, at) : undefined;
    if (!found) {
      at++;
      continue;
    }
    const rest = expandBraces(word.slice(found.end));
    if (!rest) return undefined;
    const out: string[] = [];
    for (const middle of found.words) {
      const inner = found.isRange ? [middle] : expandBraces(middle);
      if (!inner || out.length + inner.length * rest.length > wordsMax) return undefined;
      for (const text of inner) for (const tail of rest) out.push(word.slice(0, at) + text + tail);
    }
    return out;
  }
  return [word];
};

const alternatives = (
  word: string,
  from: number,
): { readonly words: readonly string[]; readonly end: number; readonly isRange: boolean } | undefined => {
  const words: string[] = [];
  let depth = 1;
  let start = from + 1;
  for (let at = start; at < word.length; ) {
    const char = word[at];
    if (char === '{') depth++;
    else if (char === '}' && --depth === 0) {
      words.push(word.slice(start, at));
      if (words.length > 1) return { words, end: at + 1, isRange: false };
      const range = rangeOf(words[0] as string);
      return range && { words: range, end: at + 1, isRange: true };
    } else if (char === ',' && depth === 1) {
      words.push(word.slice(start, at));
      start = at + 1;
    }
    at = next(word, at);
  }
  return undefined;
};

const next = (word: string, at: number): number => {
  const end = skipPiece(word, at);
  return end < 0 ? word.length : end;
};

const rangeOf = (text: string): readonly string[] | undefined => {
  const numbers = /^(-?\d{1,15})\.\.(-?\d{1,15})(?:\.\.(-?\d{1,9}))?$/.exec(text);
  if (numbers) {
    const [, from, to, by] = numbers as unknown as [string, string, string, string?];
    const isPadded = [from, to].some((number) => /^-?0\d/.test(number));
    const width = isPadded ? Math.max(from.length, to.length) : 0;
    return count(Number(from), Number(to), Number(by ?? 1)).map((value) => pad(value, width));
  }
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d{1,9}))?$/.exec(text);
  if (!letters) return undefined;
  const [, from, to, by] = letters as unknown as [string, string, string, string?];
  return count(from.charCodeAt(0), to.charCodeAt(0), Number(by ?? 1)).map((code) => String.fromCharCode(code));
};

const count = (from: number, to: number, by: number): readonly number[] => {
  const step = Math.abs(by) || 1;
  const size = Math.min(Math.floor(Math.abs(to - from) / step) + 1, wordsMax + 1);
  return Array.from({ length: size }, (_, index) => (to < from ? from - index * step : from + index * step));
};

const pad = (value: number, width: number): string =>
  value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0');
