import { Fault } from '../../fs/fault.ts';
import type { Handle } from '../../fs/fs.ts';
import { backupSuffix } from '../../gnu/backup.ts';
import { quote } from '../../gnu/quote.ts';
import { manual, readLnRequest, wantedBackups } from './ln-request.ts';
import { lastPart, Parents } from './parents.ts';
import { leadsOut, type Place, placeLink, type Run, type Tried, tryLink } from './place-link.ts';
import type { Process, Program } from './process.ts';
import { helpText, versionText } from './usage.ts';
import { zeroEnded } from './zero-ended.ts';

/**
 * ln(1) of GNU coreutils 9.10: its command line, messages, exit codes and the order of its calls. It departs
 * where GNU's loses data: a backup leaves no gap, what somebody else put in the way meanwhile stays, and
 * what one operand has made no other replaces.
 */
export const ln: Program = (process, args) => {
  const request = readLnRequest(process, args);
  switch (request) {
    case 'help':
      process.out(helpText(process, manual));
      return 0;
    case 'version':
      process.out(versionText(process));
      return 0;
    case 'wrong':
      return 1;
  }
  const { fs } = process;
  const root = request.beneath === undefined ? undefined : openDirectory(process, fs.cwd, request.beneath);
  if (root instanceof Fault) return failure(process, `cannot open ${quote(root.path, process.utf8)}: ${root.reason}`);
  using _ = root;
  const run: Run = {
    process,
    request,
    root,
    suffix: backupSuffix(request.suffix ?? process.variable('SIMPLE_BACKUP_SUFFIX')),
    backups: 'none',
    made: undefined,
  };
  return request.from0 === undefined ? linkOperands(run) : linkPairs(run, request.from0);
};

const linkOperands = (run: Run): number => {
  const { request, process, root } = run;
  const { operands } = request;
  const { fs } = process;
  if (request.noTargetDirectory) return linkTo(run, operands[0] as string, operands[1] as string, 'untried');
  if (operands.length < 2 && request.into === undefined) return linkInto(run, operands, '.', root ?? fs.cwd);

  const two = request.into === undefined && operands.length === 2;
  const [first, second] = operands as readonly [string, string];
  const tried = two ? tryTo(run, first, second) : 'untried';
  if (tried !== 'untried' && !(tried instanceof Fault && hintsAtDirectory(tried)))
    return linkTo(run, first, second, tried);

  const last = request.into ?? (operands.at(-1) as string);
  const dir = openDirectory(process, root ?? fs.cwd, last, root !== undefined, request.noDereference);
  if (dir instanceof Fault) {
    const out = leadsOut(run, dir);
    if (two && out === undefined) return linkTo(run, first, second, tried);
    return failure(process, out ?? `target ${quote(last, process.utf8)}: ${dir.reason}`);
  }
  using held = dir;
  return linkInto(run, request.into === undefined ? operands.slice(0, -1) : operands, last, held);
};

/** The name that was to be new may be there as a directory. */
const hintsAtDirectory = ({ errno }: Fault): boolean => errno === 'EEXIST' || errno === 'ENOTDIR' || errno === 'EINVAL';

/** The first try of two operands, which leaves GNU's ln no directory to look at where it succeeds. */
const tryTo = (run: Run, source: string, name: string): Tried => {
  const { fs } = run.process;
  if (!run.root) return tryLink(run, source, { at: fs.cwd, path: name, shown: name });
  using parents = new Parents(fs, run.root);
  const at = parents.of(name);
  return at instanceof Fault ? at : tryLink(run, source, { at, path: lastPart(name), shown: name });
};

/** One link whose name is given. */
const linkTo = (before: Run, source: string, name: string, tried: Tried): number => {
  const run = withBackups(before);
  if (!run) return 1;
  const { fs } = run.process;
  if (!run.root && !run.request.fsync)
    return placeLink(run, source, { at: fs.cwd, path: name, shown: name }, tried) ? 0 : 1;

  let code = 0;
  {
    using parents = syncingParents(run, () => {
      code = 1;
    });
    const at = parents.of(name);
    const place: Place = { at: at instanceof Fault ? fs.cwd : at, path: lastPart(name), shown: name };
    if (!placeLink(run, source, place, at instanceof Fault ? at : tried)) code = 1;
  }
  return code;
};

/** Each source under its own last name. */
const linkInto = (before: Run, sources: readonly string[], into: string, dir: Handle): number => {
  const run = withBackups(before, sources.length > 1);
  if (!run) return 1;
  let code = 0;
  for (const source of sources) {
    const name = lastName(source);
    if (!placeLink(run, source, { at: dir, path: name, shown: joined(into, name) }, 'untried')) code = 1;
  }
  return run.request.fsync && !synchronize(run, dir, into) ? 1 : code;
};

/** Pairs of a target and a name, from a file or standard input. */
const linkPairs = (before: Run, file: string): number => {
  const run = withBackups(before);
  if (!run) return 1;
  const { process } = run;
  const shown = quote(file, process.utf8);
  const opened = file === '-' ? undefined : process.fs.open(process.fs.cwd, file, { access: 'read' });
  if (opened instanceof Fault) return failure(process, `cannot open ${shown}: ${opened.reason}`);
  using input = opened;

  let code = 0;
  {
    using parents = syncingParents(run, () => {
      code = 1;
    });
    let source: string | undefined;
    for (const field of zeroEnded(process, input)) {
      if (field instanceof Fault) return failure(process, `cannot read ${shown}: ${field.reason}`);
      if (source === undefined) {
        source = field;
        continue;
      }
      const at = parents.of(field);
      const place: Place = { at: at instanceof Fault ? process.fs.cwd : at, path: lastPart(field), shown: field };
      if (!placeLink(run, source, place, at instanceof Fault ? at : 'untried')) code = 1;
      source = undefined;
    }
    if (source !== undefined)
      return failure(process, `${shown} ends with a target that has no name: ${quote(source, process.utf8)}`);
  }
  return code;
};

/** Only now, as GNU's ln does: after a first try. Undefined where the wish cannot be understood. */
const withBackups = (run: Run, several = false): Run | undefined => {
  const backups = wantedBackups(run.process, run.request);
  if (backups === 'wrong') return undefined;
  const replaces = run.request.replace === 'force' || backups !== 'none';
  return { ...run, backups, made: several && replaces && backups !== 'numbered' ? new Map() : undefined };
};

const openDirectory = ({ fs }: Process, at: Handle, path: string, beneath = false, nofollow = false): Handle | Fault =>
  fs.open(at, path, { access: 'path', directory: true, nofollow, ...(beneath && { resolve: { beneath } }) });

/** With --fsync each directory is synchronized before it is left. */
const syncingParents = (run: Run, failed: () => void): Parents =>
  new Parents(run.process.fs, run.root, (dir, path) => {
    if (run.request.fsync && !synchronize(run, dir, path || '.')) failed();
  });

/** All changes in a directory are on the storage when it answers with true. */
const synchronize = ({ process }: Run, dir: Handle, shown: string): boolean => {
  const { fs } = process;
  const readable = fs.open(dir, '.', { access: 'read', directory: true });
  using held = readable instanceof Fault ? undefined : readable;
  const fault = readable instanceof Fault ? readable : fs.sync(held as Handle);
  if (fault) failure(process, `cannot synchronize ${quote(shown, process.utf8)}: ${fault.reason}`);
  return fault === undefined;
};

const failure = (process: Process, message: string): 1 => {
  process.err(`${process.name}: ${message}\n`);
  return 1;
};

/** The last name of a target, without slashes after it; nothing of the root's. */
const lastName = (path: string): string => lastPart(path).replace(/\/+$/, '');

/** A name in a directory, as messages have it. */
const joined = (dir: string, name: string): string => {
  const trimmed = dir.replace(/(?<=[^/])\/+$/, '');
  return trimmed.endsWith('/') ? trimmed + name : `${trimmed}/${name}`;
};
