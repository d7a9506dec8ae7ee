import { Fault } from '../../../fs/fault.ts';
import type { OpenFile } from '../../session.ts';
import { type Builtin, complain } from '../builtin.ts';
import { Leave } from '../run.ts';
import { readAll, release, complain as tell } from '../streams.ts';
import { inSubshell } from '../subshell.ts';

export const succeed: Builtin = () => 0;
export const fail: Builtin = () => 1;

const leaveLoop =
  (kind: 'break' | 'continue'): Builtin =>
  (io, [count = '1']) => {
    const { loops } = io.run;
    if (loops === 0) return complain(io, "only meaningful in a `for', `while', or `until' loop", 0);
    if (!/^\d+$/.test(count)) {
      complain(io, `${count}: numeric argument required`);
      throw new Leave('fail', 128);
    }
    if (Number(count) >= 1) throw new Leave(kind, Math.min(Number(count), loops));
    complain(io, `${count}: loop count out of range`);
    throw new Leave('break', loops);
  };

export const leaveLoops = leaveLoop('break');
export const nextTurn = leaveLoop('continue');

export const returnFrom: Builtin = (io, [code]) => {
  if (!io.run.locals) return complain(io, "can only `return' from a function or sourced script", 2);
  if (code !== undefined && !/^-?\d+$/.test(code)) {
    complain(io, `${code}: numeric argument required`);
    throw new Leave('return', 2);
  }
  throw new Leave('return', code === undefined ? io.run.session.status : Number(code) & 255);
};

export const exit: Builtin = (io, args) => {
  const [code] = args;
  if (code !== undefined && !/^-?\d+$/.test(code)) {
    complain(io, `${code}: numeric argument required`);
    throw new Leave('exit', 2);
  }
  if (args.length > 1) return complain(io, 'too many arguments');
  throw new Leave('exit', code === undefined ? io.run.session.status : Number(code) & 255);
};

/** `let 'x = 2 * 3' y++` */
export const sums: Builtin = (io, args) => {
  if (args.length === 0) return complain(io, 'expression expected');
  let value: bigint | undefined;
  for (const word of args) {
    value = io.arithmetic(word);
    if (value === undefined) return 1;
  }
  return Number(value === 0n);
};

export const evaluate: Builtin = (io, args) => (args.length === 0 ? 0 : io.runText(args.join(' ')));

/** `. FILE` */
export const source: Builtin = (io, [path, ...args]) => {
  const { session } = io.run;
  if (path === undefined)
    return complain(io, `filename argument required\n${io.name}: usage: ${io.name} filename [arguments]`, 2);
  const text = readFile(io, path);
  if (text instanceof Fault) {
    tell(io.run, text.errno === 'EISDIR' ? `${io.name}: ${path}: is a directory` : `${path}: ${text.reason}`);
    return 1;
  }
  const before = session.positional;
  if (args.length > 0) session.positional = args;
  try {
    return io.runText(text, { ...io.run, locals: io.run.locals ?? new Map(), script: { name: path, line: 1 } });
  } catch (error) {
    if (error instanceof Leave && error.kind === 'return') return error.count;
    throw error;
  } finally {
    session.positional = before;
  }
};

/** `exec COMMAND`: the shell ends with it. */
export const exec: Builtin = (io, args) => {
  throw new Leave('exit', io.runWords(args));
};

/** `bash -c TEXT` and `bash FILE`: another shell, which knows what is exported and nothing else. */
export const shell: Builtin = (io, args) => {
  const { session } = io.run;
  const [first, ...rest] = args;
  if (first !== undefined && first !== '-c' && /^-./.test(first)) {
    io.err(`${io.name}: the option ${first} is not part of this small shell, which has -c\n`);
    return 2;
  }
  if (first === undefined) return complain(io, 'another shell within the shell has nothing to show here; try -c', 2);
  const text = first === '-c' ? rest[0] : readFile(io, first);
  if (text === undefined || text instanceof Fault) {
    io.err(`${io.name}: ${first}: ${text ? text.reason : 'option requires an argument'}\n`);
    return text === undefined ? 2 : text.errno === 'ENOENT' ? 127 : 126;
  }
  return inSubshell(session, () => {
    for (const name of [...session.variables.keys()])
      if (!session.exported.has(name) && name !== 'IFS') session.variables.delete(name);
    session.aliases.clear();
    session.functions.clear();
    session.options.clear();
    session.positional = first === '-c' ? rest.slice(2) : rest;
    const script = { name: first === '-c' ? (rest[1] ?? 'bash') : first, line: 1 };
    return io.runText(text, { ...io.run, locals: undefined, script });
  });
};

const readFile = (io: Parameters<Builtin>[0], path: string): string | Fault => {
  const { process } = io.run.session;
  const handle = process.open(process.cwd, path, { access: 'read' });
  if (handle instanceof Fault) return handle;
  const file: OpenFile = { process, handle, path, access: 'read', append: false, position: 0, uses: 1 };
  const text = readAll(io.run, { kind: 'file', file });
  release(file);
  return text ?? '';
};
