import { Fault } from '../../../fs/fault.ts';
import { type Builtin, type BuiltinIo, complain } from '../builtin.ts';
import { compareBytes } from '../glob.ts';
import { readLine } from '../streams.ts';
import { optionNames } from '../test-operators.ts';
import { shellQuoted } from './echo.ts';

const isName = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text);

/** `NAME=VALUE` or `NAME`; a complaint where it is neither. */
const assigned = (io: BuiltinIo, word: string): readonly [name: string, value: string | undefined] | undefined => {
  const found = /^([^=+]*)(\+?)(?:=([\s\S]*))?$/.exec(word);
  const [, name = '', plus, value] = found ?? [];
  if (!isName(name)) {
    complain(io, `\`${word}': not a valid identifier`);
    return undefined;
  }
  const { variables } = io.run.session;
  return [name, plus && value !== undefined ? (variables.get(name) ?? '') + value : value];
};

export const exportVariables: Builtin = (io, args) => {
  const { variables, exported } = io.run.session;
  const words = args.filter((word) => word !== '--' && word !== '-p');
  if (words.length === 0) {
    for (const name of [...exported].sort(compareBytes)) {
      const value = variables.get(name);
      io.out(`declare -x ${name}${value === undefined ? '' : `="${value.replace(/[\\"$`]/g, '\\$&')}"`}\n`);
    }
    return 0;
  }
  const removes = words[0] === '-n';
  let code = 0;
  for (const word of removes ? words.slice(1) : words) {
    const found = assigned(io, word);
    if (!found) {
      code = 1;
      continue;
    }
    const [name, value] = found;
    if (value !== undefined) variables.set(name, value);
    if (removes) exported.delete(name);
    else exported.add(name);
  }
  return code;
};

export const local: Builtin = (io, args) => {
  const { locals, session } = io.run;
  if (!locals) return complain(io, 'can only be used in a function');
  let code = 0;
  for (const word of args) {
    const found = assigned(io, word);
    if (!found) {
      code = 1;
      continue;
    }
    const [name, value] = found;
    const isNew = !locals.has(name);
    if (isNew) locals.set(name, session.variables.get(name));
    if (value !== undefined) session.variables.set(name, value);
    else if (isNew) session.variables.delete(name);
  }
  return code;
};

export const unset: Builtin = (io, args) => {
  const { variables, exported, functions } = io.run.session;
  const onlyFunctions = args[0] === '-f';
  for (const name of args.filter((word) => word !== '-v' && word !== '-f' && word !== '--')) {
    if (onlyFunctions || !variables.has(name)) functions.delete(name);
    else {
      variables.delete(name);
      exported.delete(name);
    }
  }
  return 0;
};

/** `set`, `set -u`, `set -o noclobber`, `set -- words`. */
export const set: Builtin = (io, args) => {
  const { session } = io.run;
  if (args.length === 0) {
    for (const [name, value] of [...session.variables].sort(([a], [b]) => compareBytes(a, b)))
      io.out(`${name}=${/^[\w@%+:./-]*$/.test(value) ? value : shellQuoted(value)}\n`);
    return 0;
  }
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    if (word === '--' || !/^[-+]./.test(word)) {
      session.positional = args.slice(word === '--' ? at + 1 : at);
      return 0;
    }
    for (const letter of word.slice(1)) {
      const known = letter === 'o' ? optionNames[args[++at] ?? ''] : 'fuxC'.includes(letter) ? letter : undefined;
      if (!known) return complain(io, `${word}: not an option of this small shell, which has -f -u -x -C`, 2);
      if (word.startsWith('-')) session.options.add(known);
      else session.options.delete(known);
    }
  }
  return 0;
};

export const shift: Builtin = (io, args) => {
  const { session } = io.run;
  const count = Number(args[0] ?? 1);
  if (!Number.isInteger(count)) return complain(io, `${args[0]}: numeric argument required`);
  if (count < 0) return complain(io, `${args[0]}: shift count out of range`);
  if (count > session.positional.length) return 1;
  session.positional = session.positional.slice(count);
  return 0;
};

/** `read [-rs] [-p PROMPT] [-n COUNT] [-d END] NAME…`: one line of standard input. */
export const read: Builtin = (io, args) => {
  const { run } = io;
  const { variables } = run.session;
  const asked = readOptions(args);
  if (asked.problem !== undefined) return complain(io, asked.problem, asked.problem.startsWith('-') ? 2 : 1);
  const { names, raw, end, count } = asked;
  const wrong = names.find((name) => !isName(name));
  if (wrong !== undefined) return complain(io, `\`${wrong}': not a valid identifier`);
  let line = '';
  let ended = false;
  for (;;) {
    const read = readLine(run, run.fds.get(0), end, count - line.length);
    if (read instanceof Fault) return complain(io, `read error: 0: ${read.reason}`);
    const isWhole = read.endsWith(end);
    ended = !isWhole && read.length < count - line.length;
    line += isWhole ? read.slice(0, -1) : read;
    if (raw || !isWhole || !/(^|[^\\])(\\\\)*\\$/.test(line)) break;
    line = line.slice(0, -1);
  }
  const ifs = variables.get('IFS') ?? ' \t\n';
  const words = raw ? line : line.replace(/\\(.)/gs, '$1');
  if (names.length === 0) variables.set('REPLY', words);
  else assignFields(words, names, ifs, (name, value) => variables.set(name, value));
  return ended ? 1 : 0;
};

interface Asked {
  readonly names: readonly string[];
  readonly raw: boolean;
  /** What ends a line, and how many characters are read at most. */
  readonly end: string;
  readonly count: number;
  readonly problem?: string;
}

/** A prompt (`-p`) is for a terminal at which somebody types; `-s` hides it, `-t` ends it. */
const readOptions = (args: readonly string[]): Asked => {
  const found = { names: args, raw: false, end: '\n', count: Infinity };
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    if (word === '--') return { ...found, names: args.slice(at + 1) };
    if (!/^-./.test(word)) return { ...found, names: args.slice(at) };
    for (let place = 1; place < word.length; place++) {
      const letter = word[place] as string;
      if (letter === 'r') found.raw = true;
      if ('rse'.includes(letter)) continue;
      if (!'pndt'.includes(letter))
        return { ...found, problem: `-${letter}: not an option of this small shell, which has -r -s -p -n -d -t` };
      const value = word.slice(place + 1) || args[++at];
      if (value === undefined) return { ...found, problem: `-${letter}: option requires an argument` };
      if (letter === 'd') found.end = value[0] ?? '\0';
      if (letter === 'n' && !/^\d+$/.test(value)) return { ...found, problem: `${value}: invalid number` };
      if (letter === 'n') found.count = Number(value);
      break;
    }
  }
  return { ...found, names: [] };
};

/** The last name gets all that is left. */
const assignFields = (
  line: string,
  names: readonly string[],
  ifs: string,
  give: (name: string, value: string) => void,
): void => {
  const isSpace = (char: string | undefined): boolean => char !== undefined && ifs.includes(char) && /\s/.test(char);
  let at = 0;
  const skip = (): void => {
    while (isSpace(line[at])) at++;
  };
  skip();
  names.forEach((name, index) => {
    if (index === names.length - 1) {
      let stop = line.length;
      while (stop > at && isSpace(line[stop - 1])) stop--;
      const rest = line.slice(at, stop);
      const single =
        rest.length > 0 &&
        ifs.includes(rest.at(-1) as string) &&
        !Array.from(rest.slice(0, -1)).some((char) => ifs.includes(char));
      give(name, single ? rest.slice(0, -1) : rest);
      return;
    }
    const start = at;
    while (at < line.length && !ifs.includes(line[at] as string)) at++;
    give(name, line.slice(start, at));
    skip();
    if (at < line.length && ifs.includes(line[at] as string)) {
      at++;
      skip();
    }
  });
};

export const alias: Builtin = (io, args) => {
  const { aliases } = io.run.session;
  const show = (name: string): void => io.out(`alias ${name}='${aliases.get(name)?.replaceAll("'", "'\\''")}'\n`);
  if (args.length === 0) for (const name of [...aliases.keys()].sort(compareBytes)) show(name);
  let code = 0;
  for (const word of args) {
    const equals = word.indexOf('=');
    if (equals > 0) aliases.set(word.slice(0, equals), word.slice(equals + 1));
    else if (aliases.has(word)) show(word);
    else code = complain(io, `${word}: not found`);
  }
  return code;
};

export const unalias: Builtin = (io, args) => {
  const { aliases } = io.run.session;
  if (args.length === 0) {
    io.err('unalias: usage: unalias [-a] name [name ...]\n');
    return 2;
  }
  if (args[0] === '-a') {
    aliases.clear();
    return 0;
  }
  let code = 0;
  for (const name of args) if (!aliases.delete(name)) code = complain(io, `${name}: not found`);
  return code;
};
