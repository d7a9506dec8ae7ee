import type { Session } from '../session.ts';
import { Leave } from './run.ts';

/** Does something in a copy of the shell: `( … )`, a part of a pipe, `$(…)`. Its exit code is what comes back. */
export const inSubshell = (session: Session, work: () => number): number => {
  const back = setAside(session);
  session.process = session.process.fork();
  const below = session.below.splice(0);
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Leave)) throw error;
    return error.kind === 'exit' || error.kind === 'return' || error.kind === 'fail' ? error.count : 0;
  } finally {
    session.below.splice(0, Infinity, ...below);
    back();
  }
};

/** What a shell knows, put back when the answer is called. */
const setAside = (session: Session): (() => void) => {
  const { process, directory, positional } = session;
  const { variables, exported, aliases, functions, options } = session;
  const copies = {
    variables: [...variables],
    exported: [...exported],
    aliases: [...aliases],
    functions: [...functions],
    options: [...options],
  };
  return () => {
    Object.assign(session, { process, directory, positional });
    refill(variables, copies.variables);
    refill(aliases, copies.aliases);
    refill(functions, copies.functions);
    refillSet(exported, copies.exported);
    refillSet(options, copies.options);
  };
};

const refill = <T>(map: Map<string, T>, entries: readonly (readonly [string, T])[]): void => {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
};

const refillSet = (set: Set<string>, values: readonly string[]): void => {
  set.clear();
  for (const value of values) set.add(value);
};
