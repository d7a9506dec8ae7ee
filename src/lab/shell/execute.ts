import { Fault } from '../../fs/fault.ts';
import type { Stat } from '../../fs/stat.ts';
import { commands } from '../commands/commands.ts';
import type { CommandIo, LabCommand, OpenFile, Session } from '../session.ts';
import type { Builtin } from './builtin.ts';
import { builtins } from './builtins.ts';
import { conditional } from './conditional.ts';
import { Expander } from './expand.ts';
import { assignmentOf, parse, SyntaxFault } from './parse.ts';
import { matches } from './pattern.ts';
import { redirect } from './redirect.ts';
import { type BackgroundWork, type Descriptors, Leave, newBudget, type Run, type Stream, spend } from './run.ts';
import { complain, readAll, release, write } from './streams.ts';
import { inSubshell } from './subshell.ts';
import type { AndOr, Assignment, Command, Compound, List, Pipeline, Redirection } from './syntax.ts';
import { wellMade } from './word-parts.ts';

/** How many functions, scripts and substitutions may be within one another. */
const depthMax = 60;

/** Runs commands one after the other; answers with the last exit code, which is `$?` too. */
const runList = (run: Run, list: List): number => {
  for (const chain of list) {
    const here = run.script ? { ...run, script: { ...run.script, line: chain.line } } : run;
    if (chain.background) inBackground(here, chain);
    else runChain(here, chain);
  }
  return run.session.status;
};

/** Runs a text; a syntax error is told and is 2, after the lines before it. */
const runText = (run: Run, text: string): number => {
  const list = parse(text, run.session.aliases);
  const isWrong = list instanceof SyntaxFault;
  const known = isWrong ? list.before : list;
  if (known.length > 0) runLines(run, known);
  else if (!isWrong) return done(run, 0);
  if (!isWrong) return run.session.status;
  const { script } = run;
  const here = script ? { ...run, script: { ...script, line: list.line } } : run;
  complain(here, list.message);
  if (list.message.startsWith('syntax error near')) complain(here, `\`${text.split('\n')[list.line - 1]}'`);
  return done(run, 2);
};

/** An expansion that fails ends its line only, but all of a subshell. */
export const runLines = (run: Run, list: List): number => {
  for (let at = 0; at < list.length; ) {
    const end = list.findIndex(({ endsLine }, index) => index >= at && endsLine);
    const stop = end < 0 ? list.length : end + 1;
    try {
      runList(run, list.slice(at, stop));
    } catch (error) {
      if (run.isSubshell || !(error instanceof Leave) || error.kind !== 'fail') throw error;
      done(run, error.count);
    }
    at = stop;
  }
  return run.session.status;
};

const done = ({ session }: Run, code: number): number => {
  session.status = code;
  return code;
};

const runChain = (run: Run, { first, rest }: AndOr): number => {
  let code = runPipeline(run, first);
  for (const { operator, pipeline } of rest)
    if ((operator === '&&') === (code === 0)) code = runPipeline(run, pipeline);
  return code;
};

const runPipeline = (run: Run, { negated, commands: parts, both }: Pipeline): number => {
  let code = 0;
  if (parts.length === 1) code = runCommand(run, parts[0] as Command);
  else {
    let input = run.fds.get(0);
    parts.forEach((command, index) => {
      const fds = new Map(run.fds);
      if (input) fds.set(0, input);
      const pieces: string[] = [];
      if (index < parts.length - 1) {
        fds.set(1, { kind: 'into', pieces });
        if (both[index]) fds.set(2, { kind: 'into', pieces });
      }
      code = forked(run, (inner) => runCommand({ ...inner, loops: 0 }, command), fds);
      input = { kind: 'from', text: wellMade(pieces.join('')) };
    });
  }
  return done(run, negated ? Number(code === 0) : code);
};

const inBackground = (run: Run, chain: AndOr): void => {
  const { session } = run;
  const number = Math.max(0, ...session.jobs.keys()) + 1;
  const pid = session.nextPid++;
  // The line's own, or jobs that start jobs would never end.
  const { budget } = run;
  const work: BackgroundWork = { files: [], turn: undefined };
  write(run, terminal('err'), `[${number}] ${pid}\n`);
  const fds = new Map(run.fds);
  if (fds.get(0)?.kind === 'terminal') fds.set(0, { kind: 'from', text: '' });
  forked({ ...run, budget, background: work }, (inner) => runChain(inner, chain), fds);
  const { turn, files } = work;
  session.status = 0;
  session.jobs.set(number, {
    ...{ number, pid, uid: session.process.who.uid, line: chain.text, files },
    state: turn ? 'running' : 'done',
    turn: () => {
      Object.assign(budget, newBudget());
      turn?.();
    },
    end: () => files.splice(0).forEach(release),
  });
};

const terminal = (stream: 'in' | 'out' | 'err'): Stream => ({ kind: 'terminal', stream });

/** The descriptors of a shell at its terminal. */
export const terminalRun = (session: Session): Run => {
  const fds = new Map<number, Stream>([
    [0, terminal('in')],
    [1, terminal('out')],
    [2, terminal('err')],
  ]);
  for (const [fd, file] of session.files) fds.set(fd, { kind: 'file', file });
  return {
    session,
    fds,
    owned: new Set(session.files.values()),
    budget: newBudget(),
    background: undefined,
    locals: undefined,
    script: undefined,
    loops: 0,
    indirection: 0,
    isSubshell: false,
    depth: 0,
  };
};

const runCommand = (run: Run, command: Command): number => {
  spend(run.budget, 1);
  return done(run, command.kind === 'simple' ? runSimple(run, command) : redirected(run, command));
};

/** A compound command within its redirections. */
const redirected = (run: Run, { body, redirections }: Command & { kind: 'compound' }): number => {
  if (redirections.length === 0) return runCompound(run, body);
  return withRedirections(run, newExpander(run), redirections, (inner) => runCompound(inner, body));
};

const withRedirections = (
  run: Run,
  expander: Expander,
  redirections: readonly Redirection[],
  work: (inner: Run) => number,
): number => {
  const found = redirect(run, expander, redirections);
  if (!found) return 1;
  try {
    return work({ ...run, fds: found.fds });
  } finally {
    found.opened.forEach(release);
  }
};

const runCompound = (run: Run, body: Compound): number => {
  const { session } = run;
  switch (body.kind) {
    case 'group':
      return runList(run, body.list);
    case 'subshell':
      return forked(run, (inner) => runList({ ...inner, loops: 0 }, body.list));
    case 'if': {
      for (const { test, list } of body.branches) if (runList(run, test) === 0) return runList(run, list);
      return body.otherwise ? runList(run, body.otherwise) : 0;
    }
    case 'while':
    case 'until': {
      let code = 0;
      const inner = { ...run, loops: run.loops + 1 };
      loop(
        run,
        () => (runList(inner, body.test) === 0) === (body.kind === 'while'),
        () => {
          code = runList(inner, body.list);
        },
      );
      return code;
    }
    case 'for': {
      const inner = { ...run, loops: run.loops + 1 };
      const words = body.words ? newExpander(inner).words(body.words) : session.positional;
      let index = 0;
      let code = 0;
      const heading = `for ${body.name} in ${body.words ? body.words.join(' ') : '"$@"'}`;
      loop(
        run,
        () => index < words.length,
        () => {
          traceText(run, heading);
          session.variables.set(body.name, words[index++] as string);
          code = runList(inner, body.list);
        },
      );
      return code;
    }
    case 'case':
      return runCase(run, body);
    case 'test':
      return conditional(session, newExpander(run), body.words, (text) => complain(run, text));
    case 'arithmetic':
      traceText(run, `(( ${body.text} ))`);
      return Number(!newExpander(run).sum(newExpander(run).text(body.text, 'double'), '((: '));
    case 'function':
      session.functions.set(body.name, body.body);
      return 0;
  }
};

const runCase = (run: Run, { word, items }: Compound & { kind: 'case' }): number => {
  const expander = newExpander(run);
  traceText(run, `case ${word} in`);
  const text = expander.text(word);
  let falls = false;
  let code = 0;
  for (const { patterns, list, end } of items) {
    if (!falls && !patterns.some((pattern) => matches(expander.pattern(pattern), text))) continue;
    code = list.length === 0 ? 0 : runList(run, list);
    if (end === ';;') return code;
    falls = end === ';&';
  }
  return code;
};

const loop = (run: Run, goesOn: () => boolean, turn: () => void): void => {
  while (goesOn()) {
    spend(run.budget, 1);
    try {
      turn();
    } catch (error) {
      if (!(error instanceof Leave) || (error.kind !== 'break' && error.kind !== 'continue')) throw error;
      if (error.count > 1) throw new Leave(error.kind, error.count - 1);
      run.session.status = 0;
      if (error.kind === 'break') return;
    }
  }
};

const newExpander = (run: Run): Expander => new Expander(run, substitute);

/** `$(…)` */
const substitute = (run: Run, script: string): string => {
  const pieces: string[] = [];
  const fds = new Map(run.fds).set(1, { kind: 'into', pieces });
  const list = parse(script);
  const file = list instanceof SyntaxFault ? undefined : fileOf(list);
  const work = (inner: Run): number =>
    file ? readWhole(inner, file) : runText({ ...inner, indirection: inner.indirection + 1 }, script);
  run.session.status = forked(deeper(run), work, fds);
  const text = pieces.join('');
  if (text.includes('\0')) complain(run, 'warning: command substitution: ignored null byte in input');
  return wellMade(text).replaceAll('\0', '').replace(/\n+$/, '');
};

/** `$(<file)` is what the file holds. */
const fileOf = (list: List): Redirection | undefined => {
  const [chain] = list;
  const [command] = chain?.first.commands ?? [];
  if (list.length !== 1 || chain?.rest.length !== 0 || chain.first.commands.length !== 1) return undefined;
  if (command?.kind !== 'simple' || command.words.length + command.assignments.length > 0) return undefined;
  const [redirection] = command.redirections;
  return command.redirections.length === 1 && redirection?.operator === '<' ? redirection : undefined;
};

const readWhole = (run: Run, redirection: Redirection): number =>
  withRedirections(run, newExpander(run), [redirection], (inner) => {
    const text = readAll(inner, inner.fds.get(0));
    if (typeof text === 'string') write(run, run.fds.get(1), text);
    return typeof text === 'string' ? 0 : 1;
  });

const deeper = (run: Run): Run => {
  if (run.depth >= depthMax) {
    complain(run, 'too many levels of functions, scripts and substitutions');
    throw new Leave('fail', 1);
  }
  return { ...run, depth: run.depth + 1 };
};

const runSimple = (run: Run, { assignments, words, redirections }: Command & { kind: 'simple' }): number => {
  const { session } = run;
  const expander = newExpander(run);
  const expanded = expander.words(expandedAsAssignments(words));
  const [name, ...args] = expanded;
  if (name === undefined) {
    expander.substituted = words.length > 0 && expander.substituted;
    for (const assignment of assignments) assign(run, expander, assignment);
    if (session.options.has('x')) trace(run, assignments, []);
    if (redirections.length > 0 && withRedirections(run, expander, redirections, () => 0) !== 0) return 1;
    return expander.substituted ? session.status : 0;
  }
  if (assignments.length === 0) trace(run, [], expanded);
  return withRedirections(run, expander, redirections, (inner) => {
    const restore = assignments.length > 0 ? temporary(inner, expander, assignments) : undefined;
    try {
      if (assignments.length > 0) trace(run, assignments, expanded);
      if (name === 'exec' && args.length === 0) return keep(run, inner.fds);
      return runWords(inner, name, args);
    } finally {
      restore?.();
    }
  });
};

/** `export x=~/a b=$c`: their words are assignments, and are not split. */
const expandedAsAssignments = (words: readonly string[]): readonly string[] => {
  if (!['export', 'alias', 'local', 'readonly', 'declare'].includes(words[0] ?? '')) return words;
  return words.map((word, index) => {
    const found = index > 0 ? assignmentOf(word) : undefined;
    if (!found || /^["']/.test(found.word) || !/[$`~]/.test(found.word) || found.word.includes('"')) return word;
    const value = found.word.startsWith('~') ? found.word : `"${found.word}"`;
    return `${found.name}${found.append ? '+' : ''}=${value}`;
  });
};

const trace = (run: Run, assignments: readonly Assignment[], words: readonly string[]): void => {
  for (const { name, append } of assignments)
    traceText(run, `${name}${append ? '+' : ''}=${traced(run.session.variables.get(name) ?? '', true)}`);
  if (words.length > 0) traceText(run, words.map((word) => traced(word, false)).join(' '));
};

/** What `set -x` shows of a command. */
const traceText = (run: Run, text: string): void => {
  if (run.session.options.has('x')) write(run, run.fds.get(2), `${'+'.repeat(run.indirection + 1)} ${text}\n`);
};

const traced = (word: string, mayBeEmpty: boolean): string =>
  (word !== '' || mayBeEmpty) && !/[\s'"\\|&;()<>!{}*[\]?^$`]|(?:^|[=:])~|^#/.test(word)
    ? word
    : `'${word.replaceAll("'", "'\\''")}'`;

const assign = ({ session }: Run, expander: Expander, { name, append, word }: Assignment): void => {
  const value = expander.text(word, 'word', 'value');
  session.variables.set(name, append ? (session.variables.get(name) ?? '') + value : value);
};

/** `x=1 command`: the variables of one command. */
const temporary = (run: Run, expander: Expander, assignments: readonly Assignment[]): (() => void) => {
  const { variables, exported } = run.session;
  const before = assignments.map(({ name }) => [name, variables.get(name), exported.has(name)] as const);
  for (const assignment of assignments) {
    assign(run, expander, assignment);
    exported.add(assignment.name);
  }
  return () => {
    for (const [name, value, wasExported] of before) {
      if (value === undefined) variables.delete(name);
      else variables.set(name, value);
      if (!wasExported) exported.delete(name);
    }
  };
};

/** `exec 3<file`: the shell itself has the descriptors from now on. */
const keep = ({ fds, owned }: Run, redirected: Descriptors): number => {
  const [before, after] = [filesOf(fds), filesOf(redirected)];
  for (const file of after) {
    if (before.has(file)) continue;
    file.uses++;
    owned.add(file);
  }
  fds.clear();
  for (const [fd, stream] of redirected) fds.set(fd, stream);
  for (const file of before) if (!after.has(file) && owned.delete(file)) release(file);
  return 0;
};

const filesOf = (fds: Descriptors): ReadonlySet<OpenFile> =>
  new Set([...fds.values()].flatMap((stream) => (stream.kind === 'file' ? [stream.file] : [])));

/** In a copy of the shell, its descriptors included. */
const forked = (run: Run, work: (inner: Run) => number, fds: Descriptors = run.fds): number => {
  const owned = new Set<OpenFile>();
  try {
    return inSubshell(run.session, () => work({ ...run, fds: new Map(fds), owned, isSubshell: true }));
  } finally {
    owned.forEach(release);
  }
};

const runWords = (run: Run, name: string, args: readonly string[]): number => {
  const { session } = run;
  const body = session.functions.get(name);
  if (body) return callFunction(run, body, args);
  const builtin = ownEntry(builtins, name);
  if (builtin) return callBuiltin(run, name, builtin, args);
  const program = ownEntry(commands, name.replace(/^(\/usr)?\/bin\/(?=[^/]+$)/, ''));
  if (program) return callProgram(run, name.slice(name.lastIndexOf('/') + 1), program, args);
  if (name.includes('/')) return runFile(run, name, args);
  const found = inPath(session, name);
  if (found !== undefined) return runFile(run, found, args);
  complain(run, missingBuiltins.has(name) ? `${name}: not part of this small shell` : `${name}: command not found`);
  return 127;
};

/** A file of the user's own in a directory of PATH. */
const inPath = ({ process, variables }: Session, name: string): string | undefined => {
  for (const directory of (variables.get('PATH') ?? '').split(':')) {
    const path = directory === '' ? `./${name}` : `${directory}/${name}`;
    const stat = process.stat(process.cwd, path, 'follow');
    const isFile = !(stat instanceof Fault) && stat.kind === 'file';
    if (name !== '' && isFile && !process.access(process.cwd, path, 'search')) return path;
  }
  return undefined;
};

/** Builtins of bash that are not here: whoever knows them is told so. */
const missingBuiltins = new Set(
  (
    'bind builtin caller compgen complete compopt coproc declare dirs disown enable fc getopts hash mapfile popd pushd ' +
    'readarray readonly select shopt suspend time times trap typeset ulimit'
  ).split(' '),
);

const ownEntry = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

const callFunction = (run: Run, body: Command, args: readonly string[]): number => {
  const { session } = run;
  const before = session.positional;
  const locals = new Map<string, string | undefined>();
  const inner = { ...deeper(run), locals, loops: 0 };
  session.positional = args;
  try {
    return runCommand(inner, body);
  } catch (error) {
    if (error instanceof Leave && error.kind === 'return') return error.count;
    throw error;
  } finally {
    session.positional = before;
    for (const [name, value] of locals) {
      if (value === undefined) session.variables.delete(name);
      else session.variables.set(name, value);
    }
  }
};

const callBuiltin = (run: Run, name: string, builtin: Builtin, args: readonly string[]): number => {
  let failed: Fault | undefined;
  // Its output comes at the end, after all its complaints; to a terminal it comes line by line.
  const isTyped = run.fds.get(1)?.kind === 'terminal';
  let held = '';
  const flush = (): void => {
    const text = held;
    held = '';
    failed ??= write(run, run.fds.get(1), text);
  };
  const code = builtin(
    {
      ...{ run, name },
      out: (text) => {
        held += text;
        if ((isTyped && text.includes('\n')) || held.length >= 4096) flush();
      },
      err: (text) => {
        write(run, run.fds.get(2), text);
      },
      runText: (text, inner = run) => {
        flush();
        return runText({ ...deeper(inner), indirection: inner.indirection + 1 }, text);
      },
      arithmetic: (text) => newExpander(run).sum(text, `${name}: `),
      runWords: (words, inner = run) => {
        flush();
        return runWords(deeper(inner), words[0] ?? '', words.slice(1));
      },
    },
    args,
  );
  flush();
  if (!failed) return code;
  complain(run, `${name}: write error: ${failed.reason}`);
  return 1;
};

const callProgram = (run: Run, name: string, program: LabCommand, args: readonly string[]): number => {
  let failed: Fault | undefined;
  const input = lazyInput(run);
  const { session } = run;
  const { tally } = session;
  tally.settled = tally.refused.length;
  // What goes into a file is held back until there is a block of it or a complaint: a program may read that file itself.
  // wc and du write line by line.
  let holds = run.fds.get(1)?.kind === 'file' && !['cat', 'tee', 'wc', 'du'].includes(name);
  let held = '';
  const flush = (): void => {
    const text = held;
    held = '';
    failed ??= write(run, run.fds.get(1), text);
  };
  const io: CommandIo = {
    ...{ session, fs: session.process, name },
    get stdin() {
      return input().text;
    },
    get stdinFault() {
      return input().fault;
    },
    get stdinStat() {
      return statOf(run.fds.get(0));
    },
    get stdout() {
      return statOf(run.fds.get(1));
    },
    out: (text) => {
      held += text;
      if (!holds || held.length >= 4096) flush();
    },
    err: (text) => {
      flush();
      write(run, run.fds.get(2), text);
    },
    runs: (program) => Object.hasOwn(commands, program) || programsToo.has(program),
    variable: (variable) => (session.exported.has(variable) ? session.variables.get(variable) : undefined),
    stay: (handles, turn) => stay(run, handles, turn),
    run: (words, text, directory) => {
      spend(run.budget, 1);
      flush();
      const fds = text === undefined ? run.fds : new Map(run.fds).set(0, { kind: 'from', text });
      const work = (inner: Run): number =>
        directory !== undefined && session.process.chdir(directory) ? 1 : runProgram(inner, words);
      const ended = forked(deeper(run), work, fds);
      tally.settled = tally.refused.length;
      return ended;
    },
  };
  // A walk of lw takes milliseconds: a loop of them must end in time, too.
  if (name === 'lw') spend(run.budget, 100);
  const code = program(io, args);
  holds = false;
  flush();
  // What it tried first and then did in another way (mv, ln -f, mkdir -p) was refused to nobody.
  if (code === 0) tally.refused.length = tally.settled;
  tally.settled = tally.refused.length;
  if (!failed) return code;
  write(run, run.fds.get(2), `${name}: write error: ${failed.reason}\n`);
  return 1;
};

/** What a program starts: programs, and those that are builtins of the shell as well. */
const runProgram = (run: Run, [name = '', ...args]: readonly string[]): number => {
  const program = ownEntry(commands, name);
  if (program) return callProgram(run, name, program, args);
  if (programsToo.has(name) && ownEntry(builtins, name) && !shells.has(name))
    return callBuiltin(run, name, builtins[name] as Builtin, args);
  if (shells.has(name) || name.includes('/')) return runWords(run, name, args);
  return 127;
};

const shells = new Set(['bash', 'sh', 'su', 'sudo']);
/** Builtins that are programs as well. */
const programsToo = new Set(['echo', 'printf', 'test', '[', 'true', 'false', 'pwd', 'kill', ...shells]);

const lazyInput = (run: Run): (() => { readonly text: string | undefined; readonly fault: Fault | undefined }) => {
  let known: { readonly text: string | undefined; readonly fault: Fault | undefined } | undefined;
  return () => {
    if (!known) {
      const read = readAll(run, run.fds.get(0));
      known = read instanceof Fault ? { text: '', fault: read } : { text: read, fault: undefined };
    }
    return known;
  };
};

const statOf = (stream: Stream | undefined): Stat | undefined => {
  if (stream?.kind !== 'file') return undefined;
  const stat = stream.file.process.stat(stream.file.handle, '');
  return stat instanceof Fault ? undefined : stat;
};

const stay = (run: Run, handles: Parameters<CommandIo['stay']>[0], turn: () => void): boolean => {
  const { background, session, fds } = run;
  if (!background) return false;
  const { process } = session;
  for (const { handle, path } of handles)
    background.files.push({ process, handle, path, access: 'read', append: false, position: 0, uses: 1 });
  for (const stream of new Set(fds.values()))
    if (stream.kind === 'file') {
      stream.file.uses++;
      background.files.push(stream.file);
    }
  background.turn = turn;
  return true;
};

/** A file that is to be a program: only scripts are. */
const runFile = (run: Run, path: string, args: readonly string[]): number => {
  const { session } = run;
  const { process } = session;
  const refuse = (reason: string, code: number): number => {
    complain(run, `${path}: ${reason}`);
    return code;
  };
  const stat = process.stat(process.cwd, path, 'follow');
  if (stat instanceof Fault) return refuse(stat.reason, stat.errno === 'ENOENT' ? 127 : 126);
  if (stat.kind === 'dir') return refuse('Is a directory', 126);
  const mayRun = process.access(process.cwd, path, 'search');
  if (mayRun) return refuse(mayRun.reason, 126);
  const opened = process.open(process.cwd, path, { access: 'read' });
  if (opened instanceof Fault) return refuse(opened.reason, 126);
  const file: OpenFile = {
    ...{ process, handle: opened, path, position: 0, uses: 1 },
    ...{ access: 'read', append: false },
  };
  const text = readAll(run, { kind: 'file', file });
  release(file);
  if (typeof text !== 'string') return refuse(text?.reason ?? '', 126);
  const [, interpreter, argument] = /^#![ \t]*(\S+)[ \t]*(.*?)[ \t]*(?:\n|$)/.exec(text) ?? [];
  const program = interpreter === '/usr/bin/env' ? argument : interpreter?.replace(/^(?:\/usr)?\/bin\//, '');
  if (interpreter !== undefined && program !== 'bash' && program !== 'sh') {
    const first = argument === '' || argument === program ? [] : [argument as string];
    if (program && ownEntry(commands, program))
      return forked(deeper(run), (inner) => runProgram(inner, [program, ...first, path, ...args]));
    return refuse('cannot execute: required file not found', 127);
  }
  return forked(deeper(run), (inner) => {
    session.positional = args;
    return runText({ ...inner, script: { name: path, line: 1 } }, text);
  });
};
