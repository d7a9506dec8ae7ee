import { type LinkText, linkText } from '../../fs/link-text.ts';
import { dirname, join } from '../../fs/path.ts';
import { liesIn } from '../../fs/relative.ts';
import type { Ground } from './ground.ts';
import type { MovedPaths } from './moved-paths.ts';

/** A place that a text passes, as it is called after the moves, and the part of the new text that leads to it. */
interface Passed {
  readonly place: string;
  readonly text: string;
}

/** A name of a text with the slashes before it. */
interface Token {
  readonly slashes: string;
  readonly name: string;
}

/**
 * The text with which the link at `path` leads, after the moves, to what it led to before them, or lacks the same
 * thing. What of the text still holds stays as it is written: where a moved name is met, only what lies before it can be
 * exchanged, and that begins at the last directory of the old way from which the new place can be reached downwards.
 */
export const newText = (text: LinkText, path: string, moved: MovedPaths, ground: Ground): LinkText => {
  const absolute = text.startsWith('/');
  const lies = moved.after(path);
  if (lies === undefined) return text;
  const way = new Way(absolute ? '/' : dirname(lies), absolute);
  /** Where the walk stands, as it was called before the moves. */
  let at = absolute ? '/' : dirname(path);
  /** The new text does not lead there yet: how it should is best told when the next names are known. */
  let pending = moved.after(at) !== way.place;
  /** Whether that could be done: the directory that the link was moved out of may have been replaced meanwhile. */
  const caughtUp = (): boolean => {
    const place = pending ? moved.after(at) : way.place;
    if (pending && place !== undefined) way.leadTo(place);
    pending = false;
    return place !== undefined;
  };
  const tokens = tokensOf(text);
  const end = text.slice(tokens.reduce((sum, { slashes, name }) => sum + slashes.length + name.length, 0));
  for (const [index, token] of tokens.entries()) {
    const { name } = token;
    if (name === '.') {
      if (!pending) way.add(token, way.place);
      continue;
    }
    if (name === '..') {
      const above = dirname(at);
      pending ||= dirname(way.place) !== moved.after(above);
      if (!pending) way.add(token, dirname(way.place));
      at = above;
      continue;
    }
    const entry = join(at, name);
    const now = moved.after(entry);
    const found = now === undefined ? 'missing' : ground.look(entry);
    // A directory on the way back up to the link has no need to be named.
    if (pending && found === 'dir' && !absolute && liesIn(now as string, way.start)) {
      at = entry;
      continue;
    }
    const hasMoved = now !== undefined && now !== join(moved.after(at) ?? '', name);
    // What was moved itself is led to from where the link lies now.
    if (hasMoved) pending = false;
    if (!caughtUp()) return text;
    if (now === undefined) return way.finish(tokens.slice(index), end);
    if (hasMoved) way.leadTo(now);
    else way.add(token, now);
    const reached = found === 'dir' ? entry : typeof found === 'object' ? found.end : undefined;
    const place = reached === undefined ? undefined : moved.after(reached);
    if (reached === undefined || place === undefined) return way.finish(tokens.slice(index + 1), end);
    at = reached;
    way.stand(place);
  }
  return caughtUp() ? way.finish([], end) : text;
};

/** The new text as it grows. */
class Way {
  readonly start: string;
  readonly #absolute: boolean;
  #passed: readonly [Passed, ...Passed[]];

  constructor(start: string, absolute: boolean) {
    this.start = start;
    this.#absolute = absolute;
    this.#passed = [{ place: start, text: '' }];
  }

  get place(): string {
    return this.#last.place;
  }

  get #last(): Passed {
    return this.#passed.at(-1) as Passed;
  }

  /** One more name as it was written. */
  add(token: Token, place: string): void {
    this.#passed = [...this.#passed, { place, text: this.#joined(token) }];
  }

  /** What was added last was a link, which leads here. */
  stand(place: string): void {
    const { text } = this.#last;
    this.#passed = [...(this.#passed.slice(0, -1) as [Passed, ...Passed[]]), { place, text }];
  }

  /** From the nearest of the places passed down to another one; a relative text may have to go up first. */
  leadTo(place: string): void {
    const dir = dirname(place);
    const from = this.#passed.findLastIndex((each) => each.place === place || liesIn(each.place, dir));
    if (from >= 0) this.#passed = this.#passed.slice(0, from + 1) as [Passed, ...Passed[]];
    else {
      this.#passed = [this.#passed[0]];
      while (this.place !== place && !liesIn(this.place, dir))
        this.add({ slashes: '/', name: '..' }, dirname(this.place));
    }
    for (const name of place.slice(this.place.length).split('/'))
      if (name !== '') this.add({ slashes: '/', name }, join(this.place, name));
  }

  /** With the rest of the old text. */
  finish(rest: readonly Token[], end: string): LinkText {
    for (const token of rest) this.add(token, this.place);
    const { text } = this.#last;
    if (text !== '') return linkText(text + end);
    return linkText(this.#absolute ? end || '/' : `.${end}`);
  }

  #joined({ slashes, name }: Token): string {
    const before = this.#last.text;
    if (before === '' && !this.#absolute) return name;
    return `${before}${slashes || '/'}${name}`;
  }
}

const tokensOf = (text: string): readonly Token[] =>
  Array.from(text.matchAll(/(\/*)([^/]+)/g), ([, slashes = '', name = '']) => ({ slashes, name }));
