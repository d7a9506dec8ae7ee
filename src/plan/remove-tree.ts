import { Fault } from '../fs/fault.ts';
import type { Fs } from '../fs/fs.ts';
import type { Named } from './copy-tree.ts';
import { emptyDirectory } from './empty-directory.ts';

/** Removes a copy of ours, whole or torn, for good. One that is not there is removed. */
export const removeTree = (fs: Fs, { dir, name }: Named): Fault | undefined => {
  const stat = fs.stat(dir, name);
  if (stat instanceof Fault) return stat.errno === 'ENOENT' ? undefined : stat;
  if (stat.kind !== 'dir') return fs.unlink(dir, name);
  const emptied = emptyDirectory(fs, dir, name, stat);
  return emptied instanceof Fault ? emptied : fs.rmdir(dir, name);
};
