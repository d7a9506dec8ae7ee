import { Fault } from '../../fs/fault.ts';
import { commands } from '../commands/commands.ts';
import type { Session } from '../session.ts';
import { users } from '../users.ts';
import { builtins } from './builtins.ts';
import { compareBytes } from './glob.ts';
import { skipPiece } from './scan.ts';
import { wordParts } from './word-parts.ts';

/** Where the word at the cursor begins: what `complete` gives stands in its place. */
export const wordStart = (line: string, cursor: number): number => wordAt(line, cursor).start;

/** What the word at the cursor may become: whole words, quoted where that is needed, directories with `/`. */
export const complete = (session: Session, line: string, cursor: number): readonly string[] => {
  const { start, isCommand, command } = wordAt(line, cursor);
  const raw = line.slice(start, cursor);
  const variable = /^("?)\$\{?(\w*)$/.exec(raw);
  if (variable) {
    const names = [...session.variables.keys()].filter((name) => name.startsWith(variable[2] as string));
    return sorted(names).map((name) => raw.slice(0, raw.length - (variable[2] as string).length) + name);
  }
  if (isCommand && !/[/~"'\\]/.test(raw)) {
    const known = [builtins, commands].flatMap((table) => Object.keys(table));
    const own = [...session.functions.keys(), ...session.aliases.keys()];
    return sorted([...known, ...own].filter((name) => name.startsWith(raw)));
  }
  const paths = pathsFor(session, raw, command === 'cd' || command === 'rmdir');
  const people = command === 'su' || command === 'chown' ? users.map(({ name }) => name) : [];
  return sorted([...people.filter((name) => name.startsWith(raw)), ...paths]);
};

const sorted = (words: readonly string[]): readonly string[] => [...new Set(words)].sort(compareBytes);

/** Words that another command may follow. */
const leading = new Set(['!', '{', '(', 'if', 'then', 'elif', 'else', 'while', 'until', 'do', 'sudo', 'exec']);

const wordAt = (
  line: string,
  cursor: number,
): { readonly start: number; readonly isCommand: boolean; readonly command: string } => {
  const text = line.slice(0, cursor);
  let start = 0;
  let command = '';
  let isFile = false;
  for (let at = 0; at < text.length; ) {
    const char = text[at] as string;
    if (!/[\s;&|()<>]/.test(char)) {
      const end = skipPiece(text, at);
      if (end < 0) break;
      at = end;
      continue;
    }
    const word = text.slice(start, at);
    if (isFile && word !== '') isFile = false;
    else if (command === '' && !leading.has(word) && !/^\w+=/.test(word)) command = word;
    if (/[;&|(\n]/.test(char)) command = '';
    if (/[<>]/.test(char)) isFile = true;
    start = ++at;
  }
  return { start, isCommand: command === '' && !isFile && !/^\w+=/.test(text.slice(start)), command };
};

const pathsFor = ({ process, variables }: Session, raw: string, onlyDirs: boolean): readonly string[] => {
  const slash = raw.lastIndexOf('/') + 1;
  const [typed, begun] = [raw.slice(0, slash), raw.slice(slash)];
  const quote = /^["']/.exec(raw)?.[0] ?? '';
  const dir = plain(quote === '' ? typed : `${typed}${typed === '' ? '' : quote}`);
  const prefix = plain(typed === '' && quote !== '' ? begun.slice(1) : begun);
  const path = dir.replace(/^~(?=\/)/, variables.get('HOME') ?? '~');
  const opened = process.open(process.cwd, path === '' ? '.' : path, { access: 'read', directory: true });
  if (opened instanceof Fault) return [];
  using handle = opened;
  const entries = process.entries(handle);
  if (entries instanceof Fault) return [];
  return entries.flatMap(({ name, kind }) => {
    if (!name.startsWith(prefix) || (name.startsWith('.') && !prefix.startsWith('.'))) return [];
    const stat = kind === 'symlink' && onlyDirs ? process.stat(handle, name, 'follow') : undefined;
    const leadsToDir = stat !== undefined && !(stat instanceof Fault) && stat.kind === 'dir';
    if (onlyDirs && kind !== 'dir' && !leadsToDir) return [];
    return [(quote === '' ? typed : escaped(dir)) + escaped(name) + (kind === 'dir' ? '/' : '')];
  });
};

/** A word without its quotes. */
const plain = (raw: string): string => {
  const parts = wordParts(raw);
  if ('bad' in parts) return raw;
  return parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
};

/** So that the shell reads the name as it is. */
const escaped = (name: string): string => {
  if (!/[\p{Cc}\p{Cs}]/u.test(name)) return name.replace(/[\s|&;()<>"'`$\\*?[\]#~!{}=]/g, '\\$&');
  const chars = Array.from(name, (char) => {
    const code = char.codePointAt(0) as number;
    if (char === "'" || char === '\\') return `\\${char}`;
    if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
    return code < 0x20 || code === 0x7f ? `\\x${code.toString(16).padStart(2, '0')}` : char;
  });
  return `$'${chars.join('')}'`;
};
