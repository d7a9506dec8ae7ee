import { byteLength } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import { type LinkText, linkText } from '../../fs/link-text.ts';
import { dirname } from '../../fs/path.ts';
import { liesIn } from '../../fs/relative.ts';
import type { Census } from '../../scan/census.ts';
import type { Route } from '../../trace/route.ts';
import { absoluteText, shortestText } from '../../trace/shortest-text.ts';
import { type Place, trace } from '../../trace/trace.ts';
import type { Rewrite } from './rewrite.ts';

/** What to make of the texts of good links. */
export interface TextWish {
  /** `relative`: of absolute ones that lead to something below the same root; `absolute`: of relative ones. */
  readonly form: 'relative' | 'absolute' | undefined;
  /** Links that lead to links lead to the end of the chain at once. */
  readonly shorten: boolean;
  /** No `//`, `.`, slash at the end, nor a way up and down again. */
  readonly tidy: boolean;
}

/** Links that lead where they should by another text, and that text. Yields nothing now and then, for progress. */
export function* textsFor(fs: Fs, root: Place, census: Census, wish: TextWish): Generator<Rewrite | undefined> {
  for (let row = 0; row < census.links.count; row++) {
    if (row % 4096 === 4095) yield;
    if (census.endOf(row) === 'found') yield rewriteFor(fs, root, census, row, wish);
  }
}

const rewriteFor = (fs: Fs, root: Place, census: Census, row: number, wish: TextWish): Rewrite | undefined => {
  const { text } = census.link(row);
  // Asked only of links that a wish may concern: most are none.
  const isAbsolute = text.startsWith('/');
  const asked =
    wish.shorten ||
    (wish.tidy && (isUntidy(text) || /(^|\/)\.\.\//.test(text))) ||
    (wish.form !== undefined && isAbsolute === (wish.form === 'relative'));
  if (!asked) return undefined;
  const path = census.linkPhysicalPath(row);
  const link = fs.stat(root.handle, path.slice(1));
  const route = trace(fs, path, { from: root, root });
  const { end } = route;
  if (link instanceof Fault || end.kind !== 'found') return undefined;
  const newText = textFor(fs, root, { path, text, top: topOf(census, row) }, route, wish);
  if (newText === undefined || newText === text || byteLength(newText) > 4095) return undefined;
  return { path, text, link, newText, target: end.stat };
};

const textFor = (
  fs: Fs,
  root: Place,
  { path, text, top }: { readonly path: string; readonly text: LinkText; readonly top: string },
  { hops, end }: Route,
  { form, shorten, tidy }: TextWish,
): LinkText | undefined => {
  if (end.kind !== 'found') return undefined;
  const dir = dirname(path);
  const opened = fs.open(root.handle, dir.slice(1) || '.', { access: 'path', directory: true });
  if (opened instanceof Fault) return undefined;
  using handle = opened;
  const here = { fs, from: { handle, path: dir }, root };
  const isChain = shorten && hops.filter(({ last }) => last).length > 1;
  const target = isChain ? end.path : text;
  const wasAbsolute = text.startsWith('/');
  const absolute = form === 'absolute' || (wasAbsolute && !(form === 'relative' && liesIn(top, end.path)));
  if (!isChain && absolute === wasAbsolute && !tidy) return undefined;
  const whole = absolute ? absoluteText(here, target) : shortestText(here, dir, target);
  // A text of the same form that is no better stays as somebody wrote it.
  const isBetter = isChain || absolute !== wasAbsolute || isUntidy(text) || byteLength(whole) < byteLength(text);
  return isBetter ? linkText(whole) : undefined;
};

const isUntidy = (text: string): boolean => /\/\/|(^|\/)\.\/|\/\.?$/.test(text) && text !== '/';

/** Physical path of the root of the walk that a link was found below. */
const topOf = (census: Census, row: number): string => {
  const { links, dirs } = census;
  let at = links.words[row * links.width]! * dirs.width;
  while (dirs.words[at] !== 0xffffffff) at = dirs.words[at]! * dirs.width;
  return census.roots[dirs.words[at + 1]!]!.physical;
};
