import type { Fault } from '../fs/fault.ts';
import type { Fs, Handle } from '../fs/fs.ts';

/** By the handle, so that no other file can slip in. Before Linux 6.6 that takes /proc (fchmodat2 came then). */
export const changeMode = (fs: Fs, file: Handle, mode: number): Fault | undefined => {
  const refused = fs.chmod(file, '', mode);
  return refused?.errno === 'ENOSYS' ? fs.chmod(fs.cwd, `/proc/self/fd/${file.fd}`, mode, 'follow') : refused;
};
