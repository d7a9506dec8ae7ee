import { Fault } from '../../fs/fault.ts';
import { sameFile } from '../../fs/identity.ts';
import type { Kind, Stat } from '../../fs/stat.ts';
import type { LabProcess } from '../lab-process.ts';
import type { Session } from '../session.ts';

/** Options of `set` by their long names. */
export const optionNames: Readonly<Record<string, string>> = {
  noglob: 'f',
  nounset: 'u',
  xtrace: 'x',
  noclobber: 'C',
};

/** Operators of `test`, `[` and `[[` that ask of one word. */
export const unaryOperators = new Set('abcdefghkLnoprRsStuvwxzGNO'.split('').map((letter) => `-${letter}`));

/** Those that compare two. */
export const binaryOperators = new Set([
  '=',
  '==',
  '!=',
  '<',
  '>',
  '-nt',
  '-ot',
  '-ef',
  '-eq',
  '-ne',
  '-lt',
  '-le',
  '-gt',
  '-ge',
]);

const kinds: Readonly<Record<string, Kind>> = {
  ...{ '-b': 'block', '-c': 'char', '-d': 'dir', '-f': 'file', '-p': 'fifo', '-S': 'socket' },
};

/** Whether a word is what an operator asks for. */
export const testOne = (
  { process: fs, options }: Pick<Session, 'process' | 'options'>,
  operator: string,
  word: string,
  variable: (name: string) => string | undefined,
): boolean => {
  switch (operator) {
    case '-n':
      return word !== '';
    case '-z':
      return word === '';
    case '-t':
      return false;
    case '-v':
      return variable(word) !== undefined;
    case '-R':
      return false;
    case '-o':
      return options.has(optionNames[word] ?? '');
    case '-r':
    case '-w':
    case '-x':
      return (
        word !== '' && !fs.access(fs.cwd, word, ({ '-r': 'read', '-w': 'write', '-x': 'search' } as const)[operator])
      );
    case '-h':
    case '-L':
      return statOf(fs, word, undefined)?.kind === 'symlink';
  }
  const stat = statOf(fs, word, 'follow');
  if (!stat) return false;
  switch (operator) {
    case '-a':
    case '-e':
      return true;
    case '-s':
      return stat.size > 0;
    case '-u':
      return (stat.mode & 0o4000) !== 0;
    case '-g':
      return (stat.mode & 0o2000) !== 0;
    case '-k':
      return (stat.mode & 0o1000) !== 0;
    case '-O':
      return stat.uid === fs.who.uid;
    case '-G':
      return stat.gid === fs.who.gid;
    case '-N':
      return stat.atime < stat.mtime;
    default:
      return stat.kind === kinds[operator];
  }
};

/** Whether two words are as an operator says; a text in bash's words where they are no numbers. */
export const testTwo = (fs: LabProcess, left: string, operator: string, right: string): boolean | string => {
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '-ef':
    case '-nt':
    case '-ot': {
      const [a, b] = [statOf(fs, left, 'follow'), statOf(fs, right, 'follow')];
      if (operator === '-ef') return a !== undefined && b !== undefined && sameFile(a, b);
      const [newer, older] = operator === '-nt' ? [a, b] : [b, a];
      return newer !== undefined && (older === undefined || newer.mtime > older.mtime);
    }
  }
  for (const word of [left, right]) if (!/^\s*[-+]?\d+\s*$/.test(word)) return `${word}: integer expression expected`;
  const [a, b] = [BigInt(left.trim().replace('+', '')), BigInt(right.trim().replace('+', ''))];
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    default:
      return a >= b;
  }
};

const statOf = (fs: LabProcess, path: string, follow: 'follow' | undefined): Stat | undefined => {
  if (path === '') return undefined;
  const stat = fs.stat(fs.cwd, path, follow);
  return stat instanceof Fault ? undefined : stat;
};
