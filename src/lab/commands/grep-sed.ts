import { Fault } from '../../fs/fault.ts';
import { sameFile } from '../../fs/identity.ts';
import type { CommandIo, LabCommand } from '../session.ts';
import { createTemporary } from './edit.ts';
import { LinearExpression } from './linear-expression.ts';
import { basicPattern } from './regular-expression.ts';
import { complain, inDirectory, isDirectory, lstat, namesIn, parse, readText, stat, writeText } from './tool.ts';

/** grep(1) with its most used options. */
export const grep: LabCommand = (io, words) => {
  const args = parse(
    io,
    words,
    'c,count e,regexp: E,extended-regexp F,fixed-strings G,basic-regexp h,no-filename H,with-filename i,ignore-case l,files-with-matches L,files-without-match m,max-count: n,line-number o,only-matching q,quiet silent r,recursive R,dereference-recursive s,no-messages v,invert-match w,word-regexp x,line-regexp y color? colour?',
    2,
  );
  if (typeof args === 'number') return args;
  const operands = [...args.operands];
  const given = args.given.filter(({ name }) => name === 'e').map(({ value }) => value as string);
  if (given.length === 0) {
    const first = operands.shift();
    if (first === undefined) {
      io.err(`Usage: ${io.name} [OPTION]... PATTERNS [FILE]...\nTry '${io.name} --help' for more information.\n`);
      return 2;
    }
    given.push(first);
  }
  const kind = args.last('E', 'F', 'G') ?? 'G';
  const sources = given
    .flatMap((each) => each.split('\n'))
    .map((each) => basicPattern(each, kind === 'F' ? 'fixed' : kind === 'E' ? 'extended' : 'basic'));
  const problem = sources.find((each) => typeof each !== 'string');
  if (problem && typeof problem !== 'string') return complain(io, problem.problem, 2);
  const one = sources
    .map((each) => (args.has('x') ? `^(?:${each})$` : args.has('w') ? `(?<!\\w)(?:${each})(?!\\w)` : `(?:${each})`))
    .join('|');
  const expression = new LinearExpression(one, `g${args.has('i') || args.has('y') ? 'i' : ''}su`);
  const recursive = args.has('r') || args.has('R');
  const paths = operands.length > 0 ? operands : recursive ? ['.'] : ['-'];
  const withName = args.last('h', 'H') === 'H' || (args.last('h', 'H') !== 'h' && (paths.length > 1 || recursive));
  // Who writes one line at most can read what it writes.
  const writesLines =
    !['q', 'silent', 'c', 'l', 'L'].some((name) => args.has(name)) && Number(args.value('m') ?? Infinity) > 1;
  let code = 1;
  let failed = false;
  const search = (path: string, isOperand: boolean): void => {
    if (recursive && path !== '-') {
      const found = lstat(io, path);
      if (!(found instanceof Fault) && found.kind === 'symlink' && !isOperand && !args.has('R')) return;
      if (isDirectory(io, path)) {
        const names = namesIn(io, path);
        if (names instanceof Fault) {
          failed = true;
          if (!args.has('s')) complain(io, `${path}: ${names.reason}`);
        } else
          for (const name of names)
            search(operands.length === 0 && path === '.' ? name : inDirectory(path, name), false);
        return;
      }
    }
    const text = readText(io, path);
    if (text instanceof Fault) {
      failed = true;
      if (!args.has('s')) complain(io, `${path}: ${text.reason}`);
      if (text.errno === 'EISDIR') inFile(io, args, expression, path, '', withName);
      return;
    }
    if (writesLines && isOutput(io, path)) {
      failed = true;
      if (!args.has('s')) complain(io, `${path}: input file is also the output`);
      return;
    }
    if (inFile(io, args, expression, path === '-' ? '(standard input)' : path, text, withName)) code = 0;
  };
  for (const path of paths) search(path, true);
  if (args.has('q') && code === 0) return 0;
  return failed ? 2 : code;
};

const isOutput = (io: CommandIo, path: string): boolean => {
  if (path === '-' || io.stdout?.kind !== 'file') return false;
  const found = stat(io, path);
  return !(found instanceof Fault) && sameFile(found, io.stdout);
};

const inFile = (
  io: CommandIo,
  args: { has(name: string): boolean; value(name: string): string | undefined },
  expression: RegExp,
  path: string,
  text: string,
  withName: boolean,
): boolean => {
  const prefix = withName ? `${path}:` : '';
  let count = 0;
  const most = Number(args.value('m') ?? Infinity);
  const lists = args.has('l') || args.has('L') || args.has('q') || args.has('c');
  // In a file with zero bytes these end lines, too, and none is shown.
  const isBinary = text.includes('\0');
  const lines = text.split(isBinary ? /[\n\0]/ : '\n');
  if (lines.at(-1) === '') lines.pop();
  let hidden = false;
  for (const [index, line] of lines.entries()) {
    if (count >= most) break;
    expression.lastIndex = 0;
    if (expression.test(line) === args.has('v')) continue;
    count++;
    if (lists) continue;
    if (isBinary || /[\udc80-\udcff]/.test(line)) {
      hidden = true;
      if (isBinary) break;
      continue;
    }
    const start = prefix + (args.has('n') ? `${index + 1}:` : '');
    if (!args.has('o')) {
      io.out(`${start}${line}\n`);
      continue;
    }
    expression.lastIndex = 0;
    for (const [match] of args.has('v') ? [] : line.matchAll(expression))
      if (match !== '') io.out(`${start}${match}\n`);
  }
  if (hidden) io.err(`${io.name}: ${path}: binary file matches\n`);
  if (args.has('q')) return count > 0;
  if (args.has('l') && count > 0) io.out(`${path}\n`);
  else if (args.has('L') && count === 0) io.out(`${path}\n`);
  else if (args.has('c') && !args.has('l') && !args.has('L')) io.out(`${prefix}${count}\n`);
  return count > 0;
};

/** One command of a sed script. */
interface SedCommand {
  readonly from: Address | undefined;
  readonly to: Address | undefined;
  readonly not: boolean;
  readonly work: 's' | 'd' | 'p' | 'q';
  readonly expression?: RegExp;
  readonly replacement?: string;
  readonly global?: boolean;
  readonly nth?: number;
  readonly prints?: boolean;
  inside: boolean;
}
type Address = number | '$' | RegExp;

/** sed(1) with s///, d, p and q. With -i it saves as GNU sed does: a new file takes the name. */
export const sed: LabCommand = (io, words) => {
  const args = parse(
    io,
    words,
    'e,expression: E,regexp-extended follow-symlinks i,in-place? n,quiet r s,separate silent u,unbuffered z,null-data',
  );
  if (typeof args === 'number') return args;
  const operands = [...args.operands];
  let scripts = args.given.filter(({ name }) => name === 'e').map(({ value }) => value as string);
  if (scripts.length === 0) {
    const first = operands.shift();
    if (first === undefined) {
      io.err(`Usage: ${io.name} [OPTION]... {script-only-if-no-other-script} [input-file]...\n`);
      return 1;
    }
    scripts = [first];
  }
  const commands: SedCommand[] = [];
  for (const [index, script] of scripts.entries()) {
    const problem = readScript(script, args.has('E') || args.has('r'), commands);
    if (problem) return complain(io, `-e expression #${index + 1}, char ${problem.at}: ${problem.why}`);
  }
  const silent = args.has('n') || args.has('silent');
  const inPlace = args.has('i');
  let code = 0;
  const texts: { readonly path: string; readonly text: string }[] = [];
  for (const path of operands.length > 0 ? operands : ['-']) {
    const found = path === '-' ? undefined : isDirectory(io, path);
    if (found) {
      const couldnt = inPlace ? `couldn't edit ${path}: not a regular file` : `couldn't read ${path}: Is a directory`;
      code = complain(io, inPlace ? couldnt : `read error on ${path}: Is a directory`, 4);
      break;
    }
    const text = readText(io, path);
    if (text instanceof Fault) code = complain(io, `can't read ${path}: ${text.reason}`, 2);
    else texts.push({ path, text });
  }
  if (!inPlace) {
    const all = texts.map(({ text }) => text);
    for (const some of args.has('s') ? all.map((text) => [text]) : [all]) io.out(runScript(commands, some, silent));
    return code;
  }
  for (const { path, text } of texts) {
    for (const command of commands) command.inside = false;
    const saved = save(io, path, runScript(commands, [text], silent), args.value('i'), args.has('follow-symlinks'));
    if (saved) code = complain(io, saved, 4);
  }
  return code;
};

/** The new file stands beside the old one and then takes its name: other names keep the old one, a link is replaced. */
const save = (
  io: CommandIo,
  path: string,
  text: string,
  suffix: string | undefined,
  follow: boolean,
): string | undefined => {
  const { fs } = io;
  const target = follow ? endOf(io, path) : path;
  const before = fs.stat(fs.cwd, target, 'follow');
  if (before instanceof Fault) return `can't read ${path}: ${before.reason}`;
  if (before.kind !== 'file') return `couldn't edit ${path}: not a regular file`;
  const temporary = createTemporary(io, target, 'sed');
  if (temporary instanceof Fault) return `couldn't open temporary file ${temporary.path}: ${temporary.reason}`;
  writeText(io, temporary, text);
  fs.chown(fs.cwd, temporary, before);
  fs.chmod(fs.cwd, temporary, before.mode, 'follow');
  if (suffix) {
    const base = target.replace(/^.*\//s, '');
    const backup = suffix.includes('*') ? suffix.replaceAll('*', base) : base + suffix;
    const aside = backup.includes('/') ? backup : target.slice(0, target.length - base.length) + backup;
    const fault = fs.rename(fs.cwd, target, fs.cwd, aside);
    if (fault) return `cannot rename ${target}: ${fault.reason}`;
  }
  const fault = fs.rename(fs.cwd, temporary, fs.cwd, target);
  return fault && `cannot rename ${temporary}: ${fault.reason}`;
};

const endOf = (io: CommandIo, path: string): string => {
  let at = path;
  for (let hops = 0; hops < 40; hops++) {
    const text = io.fs.readlink(io.fs.cwd, at);
    if (text instanceof Fault) return at;
    at = text.startsWith('/') ? text : at.replace(/[^/]*$/, '') + text;
  }
  return at;
};

/** What sed has besides; `1~2` is an address. */
const otherCommands = '=aciyGgHhxnNDPlrRwWbtTeFz{}:#~';

const readScript = (
  script: string,
  extended: boolean,
  commands: SedCommand[],
): { readonly at: number; readonly why: string } | undefined => {
  let at = 0;
  const address = (): Address | undefined => {
    const number = /^\d+/.exec(script.slice(at));
    if (number) {
      at += number[0].length;
      return Number(number[0]);
    }
    if (script[at] === '$') {
      at++;
      return '$';
    }
    const pattern = /^\/((?:\\.|[^\\/])*)\//s.exec(script.slice(at));
    if (!pattern) return undefined;
    at += pattern[0].length;
    const source = basicPattern(pattern[1] as string, extended ? 'extended' : 'basic');
    return typeof source === 'string' ? new LinearExpression(source, 'su') : undefined;
  };
  while (at < script.length) {
    at += /^[\s;]*/.exec(script.slice(at))?.[0].length ?? 0;
    if (at >= script.length) break;
    const from = address();
    let to: Address | undefined;
    if (from !== undefined && script[at] === ',') {
      at++;
      to = address();
      if (to === undefined) return { at: at + 1, why: "unexpected `,'" };
    }
    at += /^ */.exec(script.slice(at))?.[0].length ?? 0;
    const not = script[at] === '!';
    if (not) at++;
    const letter = script[at++];
    const base = { from, to, not, inside: false };
    if (letter === 'd' || letter === 'p' || letter === 'q') commands.push({ ...base, work: letter });
    else if (letter === 's') {
      const mark = script[at++];
      if (mark === undefined) return { at: script.length, why: "unterminated `s' command" };
      const pieces: string[] = [];
      while (pieces.length < 2) {
        let piece = '';
        for (; at < script.length && script[at] !== mark; at++) {
          if (script[at] === '\\' && at + 1 < script.length) {
            const next = script[++at] as string;
            piece += next === mark && mark !== '|' ? next : `\\${next}`;
          } else piece += script[at];
        }
        if (at >= script.length) return { at: script.length, why: "unterminated `s' command" };
        at++;
        pieces.push(piece);
      }
      if (/^[gpiI0-9]*[emMw]/.test(script.slice(at)))
        return { at: at + 1, why: "the flags e, m and w of `s' are not part of this lab" };
      const flags = /^[gpiI0-9]*/.exec(script.slice(at))?.[0] ?? '';
      at += flags.length;
      if (at < script.length && !/^[\s;}]/.test(script.slice(at))) return { at: at + 1, why: "unknown option to `s'" };
      const source = basicPattern(pieces[0] as string, extended ? 'extended' : 'basic');
      if (typeof source !== 'string') return { at, why: source.problem };
      const nth = Number(/\d+/.exec(flags)?.[0] ?? 1);
      commands.push({
        ...base,
        work: 's',
        expression: new LinearExpression(source, `gsu${/i/i.test(flags) ? 'i' : ''}`),
        replacement: pieces[1] as string,
        global: flags.includes('g'),
        nth,
        prints: flags.includes('p'),
      });
    } else if (letter === undefined) return { at, why: 'missing command' };
    else if (otherCommands.includes(letter)) return { at, why: `the command \`${letter}' is not part of this lab` };
    else return { at, why: `unknown command: \`${letter}'` };
  }
  return undefined;
};

const runScript = (commands: readonly SedCommand[], texts: readonly string[], silent: boolean): string => {
  const lines = texts.flatMap((text) => text.match(/[^\n]*\n|[^\n]+/g) ?? []);
  let out = '';
  const print = (line: string, end: string): void => {
    // A last line without an end gets one when something follows.
    out += (out !== '' && !out.endsWith('\n') ? '\n' : '') + line + end;
  };
  for (const [index, whole] of lines.entries()) {
    let line = whole.replace(/\n$/, '');
    const end = whole.endsWith('\n') ? '\n' : '';
    let deleted = false;
    let quits = false;
    for (const command of commands) {
      if (applies(command, index + 1, index === lines.length - 1, line) === command.not) continue;
      if (command.work === 'd') {
        deleted = true;
        break;
      }
      if (command.work === 'p') print(line, '\n');
      else if (command.work === 'q') {
        quits = true;
        break;
      } else {
        const changed = substitute(command, line);
        if (changed !== undefined) {
          line = changed;
          if (command.prints) print(line, '\n');
        }
      }
    }
    if (!deleted && !silent) print(line, end);
    if (quits) break;
  }
  return out;
};

const applies = (command: SedCommand, number: number, isLast: boolean, line: string): boolean => {
  const fits = (address: Address): boolean =>
    address === '$' ? isLast : typeof address === 'number' ? address === number : address.test(line);
  if (command.from === undefined) return true;
  if (command.to === undefined) return fits(command.from);
  if (!command.inside) {
    if (!fits(command.from)) return false;
    command.inside = !(typeof command.to === 'number' && command.to <= number);
    return true;
  }
  if (fits(command.to) || (typeof command.to === 'number' && number >= command.to)) command.inside = false;
  return !(typeof command.to === 'number' && number > command.to);
};

const substitute = (
  { expression, replacement = '', global, nth = 1 }: SedCommand,
  line: string,
): string | undefined => {
  let count = 0;
  let done = false;
  const changed = line.replace(expression as RegExp, (match: string, ...rest: readonly unknown[]) => {
    count++;
    if (count < nth || (count > nth && !global)) return match;
    done = true;
    return replacement.replace(/\\(\d)|\\[nrt]|\\(.)|&/gs, (all, group?: string, char?: string) => {
      if (group !== undefined) return group === '0' ? match : String(rest[Number(group) - 1] ?? '');
      if (all === '\\n') return '\n';
      if (all === '\\t') return '\t';
      if (all === '\\r') return '\r';
      return char ?? match;
    });
  });
  return done ? changed : undefined;
};
