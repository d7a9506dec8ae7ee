import type { Fault } from '../fs/fault.ts';
import type { Handle } from '../fs/fs.ts';
import type { World } from './command.ts';

/**
 * Opens the directory at a physical path, as a trace has found it: free of links, so one that has
 * appeared since is refused. Below the working directory no path is too long.
 */
export const openPhysical = ({ fs, from, root }: World, path: string, access: 'path' | 'read'): Handle | Fault => {
  const base = isWithin(path, from.path) ? from : root;
  const rest = path.slice(base.path.length).replace(/^\/+/, '');
  return fs.open(base.handle, rest || '.', { access, directory: true, resolve: { noSymlinks: true } });
};

const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`);
