import { Fault } from '../fs/fault.ts';
import type { Fs } from '../fs/fs.ts';
import { type LinkText, linkText } from '../fs/link-text.ts';
import { join } from '../fs/path.ts';
import { liesIn, relativePath } from '../fs/relative.ts';
import { type Place, trace } from './trace.ts';

/** Where paths begin: the working directory and the root. */
export interface Standpoint {
  readonly fs: Fs;
  readonly from: Place;
  readonly root: Place;
}

/**
 * The shortest relative text for a link in the directory `linkDir` (a physical path) to what `target`
 * means here. Links in the target stay as they are written, so that a link through `current` goes on
 * following it; the way to them is free of links, since a text is read from the link's own directory.
 */
export const shortestText = (here: Standpoint, linkDir: string, target: string): LinkText => {
  const names = namesOf(here, target);
  // The longest beginning of the target that is the link's directory or above it.
  let shared = 0;
  let above = '/';
  for (let length = 1; length <= names.length; length++) {
    const { end } = trace(here.fs, pathOf(names.slice(0, length)), here);
    if (end.kind !== 'found') break;
    if (end.stat.kind === 'dir' && liesIn(end.path, linkDir)) [shared, above] = [length, end.path];
  }
  const way = relativePath(linkDir, above);
  const rest = names.slice(shared).join('/');
  return linkText(rest === '' ? way : way === '.' ? rest : join(way, rest));
};

/** What `target` means here as a text from the root, links in it as they are written. */
export const absoluteText = (here: Standpoint, target: string): LinkText => linkText(pathOf(namesOf(here, target)));

/** The components from the root; `x/..` goes where x is a directory and no link. */
const namesOf = (here: Standpoint, target: string): readonly string[] => {
  const names: string[] = [];
  for (const name of join(target.startsWith('/') ? '/' : here.from.path, target).split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..' && (names.length === 0 || isRealDirectory(here, names))) names.pop();
    else names.push(name);
  }
  return names;
};

const isRealDirectory = ({ fs, root }: Standpoint, names: readonly string[]): boolean => {
  const stat = fs.stat(root.handle, names.join('/'));
  return names.at(-1) !== '..' && !(stat instanceof Fault) && stat.kind === 'dir';
};

const pathOf = (names: readonly string[]): string => `/${names.join('/')}`;
