import { Fault } from '../../fs/fault.ts';
import type { Stat } from '../../fs/stat.ts';
import type { CommandIo, LabCommand } from '../session.ts';
import { kindText } from './show-file.ts';
import {
  asker,
  choice,
  complain,
  inDirectory,
  lastName,
  lstat,
  misused,
  namesIn,
  parse,
  quoted,
  stat,
} from './tool.ts';

export interface Removal {
  readonly recursive: boolean;
  readonly force: boolean;
  readonly emptyDirectories: boolean;
  readonly verbose: boolean;
  readonly ask: ((question: string) => boolean) | undefined;
}

/** rm(1). Nobody sits at a terminal who could be asked about write-protected files: only -i and -I ask. */
export const rm: LabCommand = (io, words) => {
  const args = parse(
    io,
    words,
    'd,dir f,force i I interactive? r,recursive R v,verbose one-file-system preserve-root? no-preserve-root',
  );
  if (typeof args === 'number') return args;
  const force = args.last('f', 'i', 'I') === 'f';
  if (args.operands.length === 0) return force ? 0 : misused(io, 'missing operand');
  const recursive = args.has('r') || args.has('R');
  const asking = args.last('f', 'i', 'I', 'interactive');
  const given = args.value('interactive');
  const wanted = given === undefined ? 'always' : choice(io, '--interactive', given, answers);
  if (typeof wanted === 'number') return wanted;
  const when = asking === 'interactive' ? wanted : asking;
  const ask = asker(io);
  const count = args.operands.length;
  if ((when === 'I' || when === 'once') && (recursive || count > 3)) {
    const what = `${count} argument${count === 1 ? '' : 's'}${recursive ? ' recursively' : ''}`;
    if (!ask(`remove ${what}? `)) return 0;
  }
  const removal: Removal = {
    recursive,
    force,
    emptyDirectories: args.has('d'),
    verbose: args.has('v'),
    ask: when === 'i' || when === 'always' ? ask : undefined,
  };
  let code = 0;
  for (const path of args.operands) {
    const refusal = recursive ? whyNever(io, path, args.has('no-preserve-root')) : undefined;
    if (refusal !== undefined) code = complain(io, refusal);
    else if (remove(io, path, removal) === 'failed') code = 1;
  }
  return code;
};

const answers = [['never', 'no', 'none'], ['once'], ['always', 'yes']];

const whyNever = (io: CommandIo, path: string, evenRoot: boolean): string | undefined => {
  if (['.', '..'].includes(lastName(path)) && isDirectoryItself(io, path))
    return `refusing to remove ${quoted('.')} or ${quoted('..')} directory: skipping ${quoted(path)}`;
  if (evenRoot) return undefined;
  const found = lstat(io, path);
  const root = stat(io, '/');
  if (found instanceof Fault || root instanceof Fault || found.ino !== root.ino || found.dev !== root.dev)
    return undefined;
  const same = path === '/' ? quoted(path) : `${quoted(path)} (same as ${quoted('/')})`;
  return `it is dangerous to operate recursively on ${same}\n${io.name}: use --no-preserve-root to override this failsafe`;
};

const isDirectoryItself = (io: CommandIo, path: string): boolean => {
  const found = lstat(io, path);
  return !(found instanceof Fault) && found.kind === 'dir';
};

/** Removes a file, or a tree from below. What could not be removed was told of, but what was declined was not. */
export const remove = (io: CommandIo, path: string, removal: Removal, depth = 0): 'removed' | 'declined' | 'failed' => {
  const { recursive, emptyDirectories, ask, verbose, force } = removal;
  const found = lstat(io, path);
  const isDir = !(found instanceof Fault) && found.kind === 'dir';
  let unreadable: Fault | undefined;
  if (isDir) {
    const names = namesIn(io, path);
    if (!recursive && !(emptyDirectories && !(names instanceof Fault) && names.length === 0)) {
      const why = emptyDirectories ? 'Directory not empty' : 'Is a directory';
      complain(io, `cannot remove ${quoted(path)}: ${why}`);
      return 'failed';
    }
    if (names instanceof Fault) unreadable = names;
    else if (names.length > 0) {
      if (ask && !ask(`descend into directory ${quoted(path)}? `)) return 'declined';
      let worst: 'removed' | 'declined' | 'failed' = 'removed';
      for (const name of depth < depthMax ? inOrder(io, path, names) : []) {
        const ended = remove(io, inDirectory(path, name), removal, depth + 1);
        if (ended === 'failed' || worst === 'removed') worst = ended;
      }
      if (worst !== 'removed') return worst;
    }
  }
  if (ask && !(found instanceof Fault) && !ask(`remove ${whatIs(found)} ${quoted(path)}? `)) return 'declined';
  const fault = isDir ? io.fs.rmdir(io.fs.cwd, path) : io.fs.unlink(io.fs.cwd, path);
  if (!fault) {
    if (verbose) io.out(`removed ${isDir ? 'directory ' : ''}${quoted(path)}\n`);
    return 'removed';
  }
  if (force && (fault.errno === 'ENOENT' || fault.errno === 'ENOTDIR' || fault.errno === 'EINVAL')) return 'removed';
  const shown = unreadable && ['ENOTEMPTY', 'EISDIR', 'ENOTDIR', 'EEXIST'].includes(fault.errno) ? unreadable : fault;
  complain(io, `cannot remove ${quoted(path)}: ${shown.reason}`);
  return 'failed';
};
const depthMax = 1000;

/** As the directory has them: rm sorts nothing. */
const inOrder = (io: CommandIo, path: string, names: readonly string[]): readonly string[] => {
  const opened = io.fs.open(io.fs.cwd, path, { access: 'read', directory: true });
  if (opened instanceof Fault) return names;
  using dir = opened;
  const entries = io.fs.entries(dir);
  return entries instanceof Fault ? names : entries.map(({ name }) => name);
};

const whatIs = (found: Stat): string => kindText(found);
