/**
 * Trees as text, for tests: two spaces an indentation, `name/` a directory, `name -> text` a symbolic
 * link, `name #1` a file; the same number is the same file. A name without a number is a file of its own.
 */
import { Fault } from '../src/fs/fault.ts';
import type { Fs, Handle } from '../src/fs/fs.ts';
import { identityKey } from '../src/fs/identity.ts';
import { linkText } from '../src/fs/link-text.ts';
import { join } from '../src/fs/path.ts';

/** Makes what the drawing shows below `at`. */
export const build = (fs: Fs, at: Handle, drawing: string): void => {
  const lines = drawing.split('\n').filter((line) => line.trim() !== '');
  const margin = Math.min(...lines.map(indentOf));
  const dirs: string[] = [];
  const files = new Map<string, string>();
  for (const line of lines) {
    const depth = (indentOf(line) - margin) / 2;
    const [, name, text, number] = /^(.*?)(?: -> (.*?))?(?: +#(\w+))?$/.exec(line.trim()) as RegExpExecArray;
    dirs.length = depth;
    const path = join(dirs.join('/'), (name as string).replace(/\/$/, '')).replace(/^\//, '');
    const known = number === undefined ? undefined : files.get(number);
    if (name?.endsWith('/')) {
      must(fs.mkdir(at, path, 0o755));
      dirs.push(basenameOf(path));
    } else if (known !== undefined) must(fs.link(at, known, at, path));
    else if (text !== undefined) must(fs.symlink(linkText(text), at, path));
    else {
      const made = fs.open(at, path, { access: 'write', create: 'exclusive', mode: 0o644 });
      if (made instanceof Fault) throw new Error(`${made.call} ${path}: ${made.errno}`);
      made[Symbol.dispose]();
    }
    if (number !== undefined && known === undefined) files.set(number, path);
  }
};

/** The drawing of what lies below `at`: names in order, files of several names numbered as they are met. */
export const draw = (fs: Fs, at: Handle): string => {
  const numbers = new Map<string, number>();
  const lines: string[] = [];
  const visit = (dir: Handle, indent: string): void => {
    const entries = fs.entries(dir);
    if (entries instanceof Fault) throw new Error(`entries: ${entries.errno}`);
    for (const name of entries.map((entry) => entry.name).sort()) {
      const stat = fs.stat(dir, name);
      if (stat instanceof Fault) throw new Error(`stat ${name}: ${stat.errno}`);
      const key = identityKey(stat);
      const several = stat.kind !== 'dir' && stat.nlink > 1;
      if (several && !numbers.has(key)) numbers.set(key, numbers.size + 1);
      const text = stat.kind === 'symlink' ? ` -> ${fs.readlink(dir, name)}` : '';
      lines.push(`${indent}${name}${stat.kind === 'dir' ? '/' : ''}${text}${several ? ` #${numbers.get(key)}` : ''}`);
      if (stat.kind === 'dir') below(dir, name, (inner) => visit(inner, `${indent}  `));
    }
  };
  below(at, '.', (dir) => visit(dir, ''));
  return lines.join('\n');

  function below(dir: Handle, name: string, visitor: (inner: Handle) => void): void {
    const opened = fs.open(dir, name, { access: 'read', directory: true, nofollow: true });
    if (opened instanceof Fault) throw new Error(`open ${name}: ${opened.errno}`);
    using inner = opened;
    visitor(inner);
  }
};

/** A drawing as it stands in a test, without its margin. */
export const drawing = (text: string): string => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const margin = Math.min(...lines.map(indentOf));
  return lines.map((line) => line.slice(margin).trimEnd()).join('\n');
};

const indentOf = (line: string): number => line.length - line.trimStart().length;
const basenameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const must = (refused: Fault | undefined): void => {
  if (refused) throw new Error(`${refused.call} ${refused.path}: ${refused.errno}`);
};
