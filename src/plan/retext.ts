import { Fault } from '../fs/fault.ts';
import type { Fs, Handle } from '../fs/fs.ts';
import type { LinkText } from '../fs/link-text.ts';
import { dirname } from '../fs/path.ts';

/**
 * Gives the symbolic link `name` another text: made anew beside the old one, with its owner, and renamed over it, so that
 * at every moment one of both is there. Nobody can foresee `temporaryName`.
 */
export const retext = (fs: Fs, dir: Handle, name: string, text: LinkText, temporaryName: string): Fault | undefined => {
  const old = fs.stat(dir, name);
  if (old instanceof Fault) return old;
  const refused = fs.symlink(text, dir, temporaryName);
  if (refused) return refused;
  const made = fs.stat(dir, temporaryName);
  // Only root can give a link to another owner; for others it becomes their own, as the new link that it is.
  if (!(made instanceof Fault) && (made.uid !== old.uid || made.gid !== old.gid))
    fs.chown(dir, temporaryName, { uid: old.uid, gid: old.gid });
  return renameOver(fs, dir, temporaryName, name);
};

/** Gives what was made under a temporary name its own, or removes it. */
export const renameOver = (fs: Fs, dir: Handle, temporaryName: string, name: string): Fault | undefined => {
  const refused = fs.rename(dir, temporaryName, dir, name);
  if (refused) fs.unlink(dir, temporaryName);
  return refused;
};

/** The directory of a physical path, reached through no link. */
export const openParent = (fs: Fs, root: Handle, path: string): Handle | Fault =>
  fs.open(root, dirname(path).slice(1) || '.', { access: 'path', directory: true, resolve: { noSymlinks: true } });
