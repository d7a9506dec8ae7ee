import type { Options } from './command.ts';

/** What every command takes. */
export const commonOptions = {
  json: { type: 'boolean', help: 'print the answer as JSON, for programs' },
  null: { type: 'boolean', short: '0', help: 'print only paths, byte for byte, each ended by a NUL' },
  color: {
    type: 'string',
    value: 'WHEN',
    oneOf: ['auto', 'always', 'never'],
    help: 'colours: auto (on a terminal, unless NO_COLOR is set), always, never',
  },
  quiet: { type: 'boolean', short: 'q', help: 'show no progress' },
  root: { type: 'string', value: 'DIR', help: 'take DIR as /, as chroot would' },
  'files-from': {
    type: 'string',
    value: 'FILE',
    help: 'take more operands from FILE (- is standard input): one a line, or separated by NULs if it holds one',
  },
  help: { type: 'boolean', short: 'h', help: 'print this help' },
} as const satisfies Options;

/** What commands that walk trees take as well. The patterns of --exclude-from arrive under `exclude`, in the order written. */
export const walkOptions = {
  'one-file-system': { type: 'boolean', short: 'x', help: 'do not enter other file systems' },
  exclude: {
    type: 'string',
    multiple: true,
    value: 'PATTERN',
    help: 'skip what PATTERN matches, written as in .gitignore; can be repeated',
  },
  'read-ahead': {
    type: 'string',
    value: 'THREADS',
    help: 'read ahead with so many threads, 0 for none; by default with 4 where storage is slow',
  },
  'exclude-from': { type: 'string', multiple: true, value: 'FILE', help: 'take such patterns from FILE, one a line' },
} as const satisfies Options;
