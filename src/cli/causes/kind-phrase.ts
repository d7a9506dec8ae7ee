import type { Kind } from '../../fs/stat.ts';

const phrases: Readonly<Record<Kind, string>> = {
  file: 'a file',
  dir: 'a directory',
  symlink: 'a symbolic link',
  fifo: 'a named pipe',
  socket: 'a socket',
  char: 'a character device',
  block: 'a block device',
  unknown: 'something of unknown kind',
};

/** The kind of a file with its article. */
export const kindPhrase = (kind: Kind): string => phrases[kind];
