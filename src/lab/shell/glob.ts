import { encodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import { isPattern, matches, unquotePattern } from './pattern.ts';

/** The paths that a pattern stands for, sorted as bytes; none where nothing matches. `spend` is told how much was looked at. */
export const glob = (fs: Fs, pattern: string, spend: (steps: number) => void): readonly string[] => {
  const [, root, rest] = /^(\/*)([\s\S]*)$/.exec(pattern) as unknown as [string, string, string];
  let found: readonly string[] = [root];
  const pieces = rest.split(/(\/+)/);
  for (let index = 0; index < pieces.length; index += 2) {
    const name = pieces[index] as string;
    const slashes = pieces[index + 1] ?? '';
    found = found.flatMap((base) => {
      spend(1);
      if (name === '') return [base];
      const isListed = isPattern(name);
      const names = isListed ? namesIn(fs, base, name, spend) : [unquotePattern(name)];
      // A name that was read is there, even in a directory that may be read only.
      return names
        .map((child) => base + child)
        .filter((path) => (isListed && slashes === '') || exists(fs, path, slashes !== ''))
        .map((path) => path + slashes);
    });
  }
  return [...found].sort(compareBytes);
};

/** As strcmp(3) orders names. */
export const compareBytes = (a: string, b: string): number => {
  if (/^\p{ASCII}*$/u.test(a + b)) return a < b ? -1 : a > b ? 1 : 0;
  const [left, right] = [encodeBytes(a), encodeBytes(b)];
  const different = left.findIndex((byte, index) => byte !== right[index]);
  if (different < 0) return left.length - right.length;
  return (left[different] as number) - (right[different] ?? -1);
};

const namesIn = (fs: Fs, dir: string, pattern: string, spend: (steps: number) => void): readonly string[] => {
  const opened = fs.open(fs.cwd, dir === '' ? '.' : dir, { access: 'read', directory: true });
  if (opened instanceof Fault) return [];
  using handle = opened;
  const entries = fs.entries(handle);
  if (entries instanceof Fault) return [];
  spend(entries.length);
  // `.*` means neither `.` nor `..` (globskipdots of bash 5.2).
  return entries
    .map(({ name }) => name)
    .filter((name) => (pattern.startsWith('.') || !name.startsWith('.')) && matches(pattern, name));
};

const exists = (fs: Fs, path: string, isDirectory: boolean): boolean => {
  const stat = fs.stat(fs.cwd, path, isDirectory ? 'follow' : undefined);
  return !(stat instanceof Fault) && (!isDirectory || stat.kind === 'dir');
};
