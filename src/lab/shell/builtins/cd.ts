import { Fault } from '../../../fs/fault.ts';
import { join } from '../../../fs/path.ts';
import type { Session } from '../../session.ts';
import { type Builtin, type BuiltinIo, complain } from '../builtin.ts';

/** Goes where it is told and remembers the way through links, unless `-P`; `-` is where it came from. */
export const cd: Builtin = (io, args) => {
  const { session } = io.run;
  const { operands, physical, bad } = logicalOrPhysical(args);
  if (bad) return complain(io, `${bad}: invalid option\ncd: usage: cd [-L|[-P [-e]] [-@]] [dir]`, 2);
  if (operands.length > 1) return complain(io, 'too many arguments');
  const [operand] = operands;
  const name = operand === undefined ? 'HOME' : operand === '-' ? 'OLDPWD' : undefined;
  const to = name ? session.variables.get(name) : operand;
  if (to === undefined) return complain(io, `${name} not set`);
  const before = session.directory;
  const by = operand === to ? byCdPath(io, to, physical) : undefined;
  const fault = to === '' || by ? undefined : change(io, to, physical);
  if (fault) return complain(io, `${to}: ${fault.reason}`);
  session.variables.set('OLDPWD', before);
  session.variables.set('PWD', session.directory);
  session.exported.add('OLDPWD');
  if (operand === '-' || by === 'told') io.out(`${session.directory}\n`);
  return 0;
};

export const pwd: Builtin = (io, args) => {
  const { session } = io.run;
  const { physical, bad } = logicalOrPhysical(args);
  if (bad) return complain(io, `${bad}: invalid option\npwd: usage: pwd [-LP]`, 2);
  if (physical && isRemoved(session)) {
    io.err(`pwd: ${noWayUp}`);
    return 1;
  }
  io.out(`${physical ? session.process.workingDirectory : session.directory}\n`);
  return 0;
};

/** Goes to a name in one of the directories of `CDPATH`; one that has a name is told of. */
const byCdPath = (io: BuiltinIo, to: string, physical: boolean): 'told' | 'silent' | undefined => {
  const places = io.run.session.variables.get('CDPATH');
  if (!places || to === '' || /^\.{0,2}(\/|$)/.test(to)) return undefined;
  for (const place of places.split(':'))
    if (!change(io, place === '' ? to : `${place.replace(/\/$/, '')}/${to}`, physical))
      return place === '' ? 'silent' : 'told';
  return undefined;
};

const logicalOrPhysical = (
  args: readonly string[],
): { readonly operands: readonly string[]; readonly physical: boolean; readonly bad: string | undefined } => {
  let physical = false;
  for (const [index, word] of args.entries()) {
    if (word === '--') return { operands: args.slice(index + 1), physical, bad: undefined };
    if (!/^-./.test(word)) return { operands: args.slice(index), physical, bad: undefined };
    for (const letter of word.slice(1)) {
      if (letter === 'P') physical = true;
      else if (letter === 'L') physical = false;
      else if (letter !== 'e' && letter !== '@') return { operands: [], physical, bad: `-${letter}` };
    }
  }
  return { operands: [], physical, bad: undefined };
};

/** The working directory as text first, and as the kernel sees it where that leads nowhere (bash's cd.def). */
const change = (io: BuiltinIo, to: string, physical: boolean): Fault | undefined => {
  const { session } = io.run;
  const { process } = session;
  if (physical) return process.chdir(to) ?? arrive(session, process.workingDirectory);
  const whole = to.startsWith('/') ? to : join(session.directory, to);
  const logical = withoutDots(session, whole);
  const refused = process.chdir(logical ?? whole);
  if (!refused) return arrive(session, logical ?? process.workingDirectory);
  if (process.chdir(to)) return refused;
  if (!isRemoved(session)) return arrive(session, process.workingDirectory);
  io.err(`cd: ${noWayUp}`);
  return arrive(session, whole);
};

/** The working directory has no name any more. */
const isRemoved = ({ process }: Session): boolean => process.here.inode.nlink === 0;

const noWayUp =
  'error retrieving current directory: getcwd: cannot access parent directories: No such file or directory\n';

const arrive = (session: Session, directory: string): undefined => {
  session.directory = directory;
  return undefined;
};

/** `a/..` taken away from a path, which must lead somewhere; undefined if it does not. */
const withoutDots = ({ process }: Session, path: string): string | undefined => {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') {
      names.push(name);
      continue;
    }
    const stat = process.stat(process.cwd, `/${names.join('/')}`, 'follow');
    if (stat instanceof Fault || stat.kind !== 'dir') return undefined;
    names.pop();
  }
  // Two slashes at the start may mean something of their own (POSIX), so bash keeps them.
  const whole = `${/^\/\/(?!\/)/.test(path) ? '//' : '/'}${names.join('/')}`;
  const stat = process.stat(process.cwd, whole, 'follow');
  return stat instanceof Fault || stat.kind !== 'dir' ? undefined : whole;
};
