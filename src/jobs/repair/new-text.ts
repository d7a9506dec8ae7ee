import { byteLength } from '../../fs/bytes.ts';
import type { Fs } from '../../fs/fs.ts';
import { type LinkText, linkText } from '../../fs/link-text.ts';
import { dirname, join } from '../../fs/path.ts';
import { liesIn, relativePath } from '../../fs/relative.ts';
import { absoluteText, shortestText } from '../../trace/shortest-text.ts';
import { type Place, trace } from '../../trace/trace.ts';

/** Longest link text in bytes (limits.h, PATH_MAX with its NUL). */
const textMax = 4095;

interface Link {
  /** Physical path of the directory that it lies in. */
  readonly dir: string;
  readonly text: LinkText;
}

/**
 * The text that leads to `target`, a path from the root, in the manner of the old one: relative or absolute, through
 * the same links as far as they still lead there, with a slash at its end. Undefined where no text can be so long.
 */
export const newText = (fs: Fs, root: Place, { dir, text }: Link, target: string): LinkText | undefined => {
  const here = { fs, from: root, root };
  const kept = sameWay(fs, root, { dir, text }, target);
  const whole = kept ?? (text.startsWith('/') ? absoluteText(here, target) : shortestText(here, dir, target));
  const ended = text.endsWith('/') && !whole.endsWith('/') ? linkText(`${whole}/`) : whole;
  return byteLength(ended) > textMax ? undefined : ended;
};

/** The beginning of the old text that goes through a link to a directory above the target, and the way on from there. */
const sameWay = (fs: Fs, root: Place, { dir, text }: Link, target: string): LinkText | undefined => {
  const names = text.split('/').filter((name) => name !== '' && name !== '.');
  const top = text.startsWith('/') ? '/' : '';
  for (let length = names.length - 1; length > 0; length--) {
    const beginning = top + names.slice(0, length).join('/');
    const { hops, end } = trace(fs, top === '' ? join(dir, beginning) : beginning, { from: root, root });
    if (end.kind !== 'found') continue;
    if (hops.length === 0) return undefined;
    const lies = dirname(target);
    if (end.stat.kind === 'dir' && end.path !== '/' && liesIn(end.path, lies))
      return linkText(join(beginning, relativePath(end.path, target)));
  }
  return undefined;
};
