import type { Kind } from '../fs/stat.ts';

const kinds: Readonly<Record<Kind, string>> = {
  file: '-',
  dir: 'd',
  symlink: 'l',
  fifo: 'p',
  socket: 's',
  char: 'c',
  block: 'b',
  unknown: '?',
};

/** Kind and permission bits as `ls -l` writes them: `drwxr-x---`. */
export const modeText = (kind: Kind, mode: number): string => {
  const triple = (shift: number, special: number, letter: string): string => {
    const bits = mode >> shift;
    const search = mode & special ? (bits & 1 ? letter : letter.toUpperCase()) : bits & 1 ? 'x' : '-';
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${search}`;
  };
  return kinds[kind] + triple(6, 0o4000, 's') + triple(3, 0o2000, 's') + triple(0, 0o1000, 't');
};
