import { byteLength } from '../fs/bytes.ts';
import { Fault } from '../fs/fault.ts';
import type { Fs, Handle } from '../fs/fs.ts';

/** What one call takes: PATH_MAX is 4096, with the NUL. */
const pathMax = 4095;

/** Opens the directory at a path below `top`, however long, through no link and never out of it. */
export const openBelow = (fs: Fs, top: Handle, path: string): Handle | Fault => {
  const names = path.split('/').filter((name) => name !== '');
  let at: Handle | undefined;
  for (let next = 0; next < names.length || !at; ) {
    let piece = names[next++] ?? '.';
    while (next < names.length && byteLength(piece) + 1 + byteLength(names[next] as string) <= pathMax)
      piece += `/${names[next++]}`;
    const opened: Handle | Fault = fs.open(at ?? top, piece, {
      access: 'path',
      directory: true,
      resolve: { beneath: true, noSymlinks: true },
    });
    at?.[Symbol.dispose]();
    if (opened instanceof Fault) return opened;
    at = opened;
  }
  return at;
};
