import type { Shell } from '../../session.ts';
import { type User, users } from '../../users.ts';
import { type Builtin, complain } from '../builtin.ts';
import type { Run } from '../run.ts';
import { inSubshell } from '../subshell.ts';

/** `su [-] [USER] [-c TEXT]`: a shell of another user until `exit`. Nobody has a password here. */
export const su: Builtin = (io, args) => {
  const { session } = io.run;
  const at = args.findIndex((word) => word === '-c' || word === '--command');
  const text = at < 0 ? undefined : args[at + 1];
  if (at >= 0 && text === undefined) {
    io.err("su: option requires an argument -- 'c'\n");
    return 1;
  }
  const words = at < 0 ? args : [...args.slice(0, at), ...args.slice(at + 2)];
  const login = words.some((word) => word === '-' || word === '-l' || word === '--login');
  const name = words.find((word) => !word.startsWith('-')) ?? 'root';
  const user = users.find((known) => known.name === name);
  if (!user) {
    io.err(`su: user ${name} does not exist or the user entry does not contain all the required fields\n`);
    return 1;
  }
  if (text !== undefined)
    return inSubshell(session, () => {
      become(io.run, user, login);
      return io.runText(text);
    });
  session.below.push(shellOf(io.run));
  become(io.run, user, login);
  session.aliases.clear();
  session.functions.clear();
  return 0;
};

/** `sudo [-u USER] COMMAND`; everybody may. */
export const sudo: Builtin = (io, args) => {
  const { session } = io.run;
  const named = args[0] === '-u';
  const name = named ? args[1] : 'root';
  const words = named ? args.slice(2) : args;
  const user = users.find((known) => known.name === name);
  if (!user) {
    io.err(`sudo: unknown user ${name ?? ''}\n`);
    return 1;
  }
  if (words.length === 0 || words[0]?.startsWith('-')) {
    io.err('usage: sudo [-u user] command [argument ...]\n');
    return 1;
  }
  return inSubshell(session, () => {
    become(io.run, user, false);
    const code = io.runWords(words);
    return code;
  });
};

const shellOf = ({ session }: Run): Shell => ({
  ...{ process: session.process, directory: session.directory, positional: session.positional },
  variables: new Map(session.variables),
  exported: new Set(session.exported),
  aliases: new Map(session.aliases),
  functions: new Map(session.functions),
  options: new Set(session.options),
});

const become = ({ session }: Run, user: User, login: boolean): void => {
  const { variables } = session;
  session.process = session.process.fork(user);
  variables.set('HOME', user.home);
  if (login || user.uid !== 0) for (const name of ['USER', 'LOGNAME']) variables.set(name, user.name);
  session.positional = [];
  if (!login || session.process.chdir(user.home)) return;
  session.directory = user.home;
  variables.set('PWD', user.home);
  variables.delete('OLDPWD');
};

/** `umask`, `umask 077`, `umask -S`, `umask u=rwx,go=`. */
export const umask: Builtin = (io, args) => {
  const { process } = io.run.session;
  const first = args.findIndex((arg) => !/^-./.test(arg) || arg === '--');
  const options = args.slice(0, first < 0 ? undefined : first).join('');
  const wrong = /[^-Sp]/.exec(options);
  if (wrong) return complain(io, `-${wrong[0]}: invalid option\numask: usage: umask [-p] [-S] [mode]`, 2);
  const word = first < 0 ? undefined : args[args[first] === '--' ? first + 1 : first];
  if (word === undefined) {
    const { umask: mask } = process;
    const isSymbolic = options.includes('S');
    const command = options.includes('p') ? `umask ${isSymbolic ? '-S ' : ''}` : '';
    io.out(`${command}${isSymbolic ? symbolicMask(mask) : mask.toString(8).padStart(4, '0')}\n`);
    return 0;
  }
  if (/^[0-9]/.test(word)) {
    if (!/^[0-7]{1,4}$/.test(word)) return complain(io, `${word}: octal number out of range`);
    process.umask = Number.parseInt(word, 8) & 0o777;
    return 0;
  }
  const mask = maskOf(word, process.umask);
  if (typeof mask === 'string') return complain(io, mask);
  process.umask = mask;
  if (options.includes('S')) io.out(`${symbolicMask(mask)}\n`);
  return 0;
};

const classes = { u: 6, g: 3, o: 0 } as const;
const bits = { r: 4, w: 2, x: 1 } as const;

const symbolicMask = (mask: number): string =>
  Object.entries(classes)
    .map(([name, shift]) => {
      const allowed = Object.entries(bits).filter(([, bit]) => ((mask >> shift) & bit) === 0);
      return `${name}=${allowed.map(([letter]) => letter).join('')}`;
    })
    .join(',');

const maskOf = (text: string, before: number): number | string => {
  let mask = before;
  for (const clause of text.split(',')) {
    const found = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause);
    if (!found) {
      const [, letter] = /^[ugoa]*[-+=][rwx]*(.)/.exec(clause) ?? [];
      if (letter) return `\`${letter}': invalid symbolic mode character`;
      return `\`${/^[ugoa]*(.?)/.exec(clause)?.[1] || '\0'}': invalid symbolic mode operator`;
    }
    const [, who, operator, letters] = found as unknown as [string, string, string, string];
    const value = Array.from(letters).reduce((sum, letter) => sum | bits[letter as keyof typeof bits], 0);
    for (const [name, shift] of Object.entries(classes)) {
      if (who !== '' && !who.includes('a') && !who.includes(name)) continue;
      if (operator === '+') mask &= ~(value << shift);
      else if (operator === '-') mask |= value << shift;
      else mask = (mask & ~(7 << shift)) | ((7 & ~value) << shift);
    }
  }
  return mask;
};
