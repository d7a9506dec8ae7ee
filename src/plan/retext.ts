import type { Fault } from '../fs/fault.ts';
import type { Fs, Handle } from '../fs/fs.ts';
import type { LinkText } from '../fs/link-text.ts';
import { dirname, join } from '../fs/path.ts';

/**
 * Gives a symbolic link another text: made beside it and renamed over it, so that at every moment one of both is there.
 * `path` is physical from `root`; nobody can foresee `temporaryName`.
 */
export const retext = (
  fs: Fs,
  root: Handle,
  path: string,
  text: LinkText,
  temporaryName: string,
): Fault | undefined => {
  const beside = join(dirname(path), temporaryName).slice(1);
  const refused = fs.symlink(text, root, beside) ?? fs.rename(root, beside, root, path.slice(1));
  if (refused) fs.unlink(root, beside);
  return refused;
};
