import { Fault } from '../../fs/fault.ts';
import { fileSystemOf } from '../../fs/file-systems.ts';
import type { Handle } from '../../fs/fs.ts';
import { identityKey, sameFile } from '../../fs/identity.ts';
import type { LinkText } from '../../fs/link-text.ts';
import type { Stat } from '../../fs/stat.ts';
import { type BackupControl, backupNames } from '../../gnu/backup.ts';
import { modeText } from '../../gnu/mode-text.ts';
import { Exhausted } from '../exhausted.ts';
import type { CommandIo } from '../session.ts';
import {
  complain,
  inDirectory,
  lastName,
  lstat,
  named,
  open,
  parentOf,
  quoted,
  readAll,
  stat,
  word,
  writeAll,
} from './tool.ts';

/** What cp and mv have in common, in the order of checks and with the messages of coreutils 9.1. */
export interface CopyOptions {
  readonly move: boolean;
  readonly recursive: boolean;
  readonly dereference: 'always' | 'operands' | 'never';
  readonly hardLink: boolean;
  readonly symbolicLink: boolean;
  /** -f of cp: what cannot be opened is removed. */
  readonly unlinkAfterFailedOpen: boolean;
  readonly unlinkBeforeOpening: boolean;
  readonly interactive: 'ask' | 'never' | 'unspecified';
  readonly update: boolean;
  readonly verbose: boolean;
  readonly preserveLinks: boolean;
  readonly preserveMode: boolean;
  readonly preserveOwner: boolean;
  readonly preserveTimes: boolean;
  readonly backup: BackupControl;
  readonly suffix: string;
  readonly reflink: 'auto' | 'always' | 'never';
  readonly attributesOnly: boolean;
  readonly oneFileSystem: boolean;
  /** Removes what was copied from another file system. */
  readonly ask: (question: string) => boolean;
}

/**
 * Where a copy goes: a path from the directory that all copies go into, which is held open, or else from the working
 * directory. What the name of that directory comes to lead to meanwhile does not matter.
 */
export interface Destination {
  readonly at: Handle;
  readonly path: string;
  /** As it is told of. */
  readonly told: string;
}

/** What one command has done so far. */
export interface CopyState {
  /** Sources by identity: the first name that each got. */
  readonly copied: Map<string, Destination>;
  /** Destinations that this command made: with several operands it will not overwrite them. */
  readonly made: Set<string> | undefined;
  /** The operands of cp by identity: one name that is given twice is copied once, however it is written. */
  readonly sources: Map<string, readonly string[]> | undefined;
}

export interface Copied {
  readonly ok: boolean;
  /** mv: the source is gone from its old name, or must stay there. */
  readonly renamed: boolean;
  readonly intoSelf: boolean;
}

interface Frame {
  readonly io: CommandIo;
  readonly options: CopyOptions;
  readonly state: CopyState;
  readonly topSource: string;
  readonly topDestination: Destination;
  firstDirectoryMade: boolean;
  renamed: boolean;
  intoSelf: boolean;
}

/** Copies or moves one operand. */
export const copy = (
  io: CommandIo,
  source: string,
  destination: Destination,
  options: CopyOptions,
  state: CopyState,
  renameErrno?: string,
): Copied => {
  const frame: Frame = {
    ...{ io, options, state, topSource: source, topDestination: destination },
    ...{ firstDirectoryMade: false, renamed: false, intoSelf: false },
  };
  const ok = copyOne(frame, source, destination, options, true, [], undefined, renameErrno);
  return { ok, renamed: frame.renamed, intoSelf: frame.intoSelf };
};

const copyOne = (
  frame: Frame,
  source: string,
  destination: Destination,
  x: CopyOptions,
  isOperand: boolean,
  above: readonly Stat[],
  device: number | undefined,
  renameErrnoBefore?: string,
): boolean => {
  const { io, state } = frame;
  const { fs } = io;
  let renameErrno = renameErrnoBefore;
  let isNew = false;
  if (x.move) {
    renameErrno ??= fs.rename(fs.cwd, source, destination.at, destination.path, 'no-replace')?.errno ?? 'done';
    if (renameErrno === 'done') {
      const moved = isOperand && state.made ? lookAt(io, destination, false) : undefined;
      if (moved && !(moved instanceof Fault)) state.made?.add(fileKey(destination, moved));
      if (x.verbose) io.out(`renamed ${quoted(source)} -> ${quoted(destination.told)}\n`);
      frame.renamed = true;
      return true;
    }
    if (renameErrno === 'EEXIST' && x.interactive === 'never') {
      frame.renamed = true;
      return true;
    }
  }
  const seen = look(io, source, x.dereference !== 'never');
  if (seen instanceof Fault) {
    complain(io, `cannot stat ${quoted(source)}: ${seen.reason}`);
    return false;
  }
  const isDir = seen.kind === 'dir';
  if (isDir && !x.recursive) {
    complain(io, `-r not specified; omitting directory ${quoted(source)}`);
    return false;
  }
  const sourceKey = identityKey(seen);
  if (isOperand && state.sources) {
    const given = state.sources.get(sourceKey) ?? [];
    if (!isDir && x.backup === 'none' && given.some((each) => isSameName(io, source, fromHere(io, each)))) {
      complain(io, `warning: source file ${quoted(source)} specified more than once`);
      return true;
    }
    state.sources.set(sourceKey, [...given, source]);
  }
  const follows = x.dereference === 'always' || (x.dereference === 'operands' && isOperand);
  let there: Stat | undefined;
  let backup: Destination | undefined;
  const itself = seen.kind !== 'file' && (x.recursive || isDir || seen.kind === 'symlink');
  const useLstat = itself || x.move || x.symbolicLink || x.hardLink || x.backup !== 'none' || x.unlinkBeforeOpening;
  const found = lookAt(io, destination, !useLstat);
  if (!(found instanceof Fault)) there = found;
  else if (found.errno === 'ENOENT') isNew = true;
  else if (!(found.errno === 'ELOOP' && x.unlinkAfterFailedOpen)) {
    complain(io, `cannot stat ${quoted(destination.told)}: ${found.reason}`);
    return false;
  }
  // Where a link that leads nowhere is given with a slash, there is something and nothing.
  if (!there && renameErrno === 'EEXIST' && (isDir || x.backup !== 'none')) {
    const problem =
      x.backup === 'none'
        ? `cannot overwrite non-directory ${quoted(destination.told)} with directory ${quoted(source)}`
        : `cannot backup ${quoted(destination.told)}: Not a directory`;
    complain(io, problem);
    return false;
  }
  if (there) {
    renameErrno = 'EEXIST';
    const met = meet(frame, x, source, seen, destination, there, isOperand);
    if (met !== 'go on') return met;
    if (x.backup !== 'none' && !['.', '..'].includes(lastName(source)) && (x.move || there.kind !== 'dir')) {
      const kept = keep(frame, x, source, seen, destination);
      if (kept === false) return false;
      backup = kept;
      isNew = true;
    } else if (there.kind !== 'dir' && !x.move && mustUnlink(x, seen, there)) {
      const fault = fs.unlink(destination.at, destination.path);
      if (fault && fault.errno !== 'ENOENT') {
        complain(io, `cannot remove ${quoted(destination.told)}: ${fault.reason}`);
        return false;
      }
      isNew = true;
      if (x.verbose) io.out(`removed ${quoted(destination.told)}\n`);
    }
  }
  if (isOperand && state.made && !x.move && x.backup === 'none') {
    const link = lookAt(io, destination, false);
    if (!(link instanceof Fault) && link.kind === 'symlink' && state.made.has(fileKey(destination, link))) {
      complain(io, `will not copy ${quoted(source)} through just-created symlink ${quoted(destination.told)}`);
      return false;
    }
  }
  const told = `${quoted(source)} -> ${quoted(destination.told)}${backup === undefined ? '' : ` (backup: ${quoted(backup.told)})`}\n`;
  if (x.verbose && !x.move && !isDir) io.out(told);

  const key = identityKey(seen);
  let earlier: Destination | undefined;
  const remember = (): Destination | undefined => {
    const before = state.copied.get(key);
    if (before === undefined) state.copied.set(key, destination);
    return before;
  };
  if (x.recursive && isDir) earlier = isOperand ? remember() : state.copied.get(key);
  else if (x.move && seen.nlink === 1) earlier = state.copied.get(key);
  else if (x.preserveLinks && !x.hardLink && (seen.nlink > 1 || follows)) earlier = remember();

  const undo = (): false => {
    if (earlier === undefined) state.copied.delete(key);
    if (backup !== undefined) {
      const fault = fs.rename(backup.at, backup.path, destination.at, destination.path);
      if (fault) complain(io, `cannot un-backup ${quoted(destination.told)}: ${fault.reason}`);
      else if (x.verbose) io.out(`${quoted(backup.told)} -> ${quoted(destination.told)} (unbackup)\n`);
    }
    return false;
  };

  if (earlier !== undefined) {
    if (!isDir) return hardLink(frame, earlier, destination, true, x.verbose, follows) || undo();
    if (isSameName(io, source, earlier)) {
      complain(
        io,
        `cannot copy a directory, ${quoted(frame.topSource)}, into itself, ${quoted(frame.topDestination.told)}`,
      );
      frame.intoSelf = true;
      return undo();
    }
    if (destination.path === earlier.path) {
      complain(io, `warning: source directory ${quoted(frame.topSource)} specified more than once`);
      if (x.move) frame.renamed = true;
      return true;
    }
    if (!follows) {
      complain(io, `will not create hard link ${quoted(destination.told)} to directory ${quoted(earlier.told)}`);
      return undo();
    }
  }

  if (x.move) {
    if (renameErrno === 'EEXIST')
      renameErrno = fs.rename(fs.cwd, source, destination.at, destination.path)?.errno ?? 'done';
    if (renameErrno === 'done') {
      if (x.verbose) io.out(`renamed ${told}`);
      frame.renamed = true;
      if (isOperand) state.made?.add(fileKey(destination, seen));
      return true;
    }
    if (renameErrno === 'EINVAL') {
      complain(
        io,
        `cannot move ${quoted(frame.topSource)} to a subdirectory of itself, ${quoted(frame.topDestination.told)}`,
      );
      frame.intoSelf = true;
      return true;
    }
    if (renameErrno !== 'EXDEV') {
      const { reason } = new Fault('rename', renameErrno as Fault['errno'], destination.told);
      complain(io, `cannot move ${quoted(source)} to ${quoted(destination.told)}: ${reason}`);
      state.copied.delete(key);
      return false;
    }
    const gone = isDir ? fs.rmdir(destination.at, destination.path) : fs.unlink(destination.at, destination.path);
    if (gone && gone.errno !== 'ENOENT') {
      complain(
        io,
        `inter-device move failed: ${quoted(source)} to ${quoted(destination.told)}; unable to remove target: ${gone.reason}`,
      );
      state.copied.delete(key);
      return false;
    }
    if (x.verbose && !isDir) io.out(`copied ${told}`);
    isNew = true;
  }

  if (isDir)
    return directory(frame, source, seen, destination, isNew ? undefined : there, x, above, device, isOperand, undo);
  if (x.symbolicLink) {
    if (!source.startsWith('/') && !isHere(io, destination)) {
      complain(io, `${named(destination.told)}: can make relative symbolic links only in current directory`);
      return undo();
    }
    const fault = symlink(io, source, destination, x.unlinkAfterFailedOpen);
    if (fault) {
      complain(io, `cannot create symbolic link ${quoted(destination.told)} to ${quoted(source)}: ${fault.reason}`);
      return undo();
    }
  } else if (x.hardLink) {
    if (
      !hardLink(
        frame,
        fromHere(io, source),
        destination,
        x.unlinkAfterFailedOpen || x.interactive === 'ask',
        false,
        follows,
      )
    )
      return undo();
  } else if (seen.kind === 'file' || (!x.recursive && seen.kind !== 'symlink')) {
    if (!regular(frame, source, seen, destination, isNew, x)) return undo();
  } else if (seen.kind === 'symlink') {
    const text = fs.readlink(fs.cwd, source);
    if (text instanceof Fault) {
      complain(io, `cannot read symbolic link ${quoted(source)}: ${text.reason}`);
      return undo();
    }
    const fault = symlink(io, text, destination, x.unlinkAfterFailedOpen);
    const same = fault && x.update && fs.readlink(destination.at, destination.path) === text;
    if (fault && !same) {
      complain(io, `cannot create symbolic link ${quoted(destination.told)}: ${fault.reason}`);
      return undo();
    }
    if (x.preserveOwner) fs.chown(destination.at, destination.path, seen);
    if (x.preserveTimes) fs.setTimes(destination.at, destination.path, seen);
  } else {
    const fault = fs.mknod(
      destination.at,
      destination.path,
      seen.kind === 'unknown' ? 'file' : seen.kind,
      seen.mode,
      seen.rdev,
    );
    if (fault) {
      complain(
        io,
        `cannot create ${seen.kind === 'fifo' ? 'fifo' : 'special file'} ${quoted(destination.told)}: ${fault.reason}`,
      );
      return undo();
    }
    attributes(io, destination, seen, x);
  }
  const made = isOperand && state.made ? lookAt(io, destination, false) : undefined;
  if (made && !(made instanceof Fault)) state.made?.add(fileKey(destination, made));
  return true;
};

/** What is to be done where something stands at the destination already: the answer, or on with it. */
const meet = (
  frame: Frame,
  x: CopyOptions,
  source: string,
  seen: Stat,
  destination: Destination,
  there: Stat,
  isOperand: boolean,
): boolean | 'go on' => {
  const { io, state } = frame;
  const isDir = seen.kind === 'dir';
  const same = x.interactive === 'never' ? 'other' : compare(io, x, source, seen, destination, there);
  if (same === 'refused') {
    complain(io, `${quoted(source)} and ${quoted(destination.told)} are the same file`);
    return false;
  }
  if (x.update && !isDir && there.mtime >= seen.mtime) {
    frame.renamed = true;
    const key = identityKey(seen);
    const earlier = state.copied.get(key);
    if (earlier === undefined) state.copied.set(key, destination);
    return earlier === undefined || hardLink(frame, earlier, destination, true, x.verbose, false);
  }
  if (
    (x.move || !isDir) &&
    (x.interactive === 'never' || (x.interactive === 'ask' && !x.ask(question(io, destination, there))))
  ) {
    frame.renamed = true;
    return true;
  }
  if (same === 'done') return true;
  const keeps = x.move && x.backup !== 'none';
  if (there.kind !== 'dir') {
    if (isDir && !keeps) {
      complain(io, `cannot overwrite non-directory ${quoted(destination.told)} with directory ${quoted(source)}`);
      return false;
    }
    if (isOperand && x.backup !== 'numbered' && state.made?.has(fileKey(destination, there))) {
      complain(io, `will not overwrite just-created ${quoted(destination.told)} with ${quoted(source)}`);
      return false;
    }
  } else if (!isDir && !keeps) {
    complain(io, `cannot overwrite directory ${quoted(destination.told)} with non-directory`);
    return false;
  }
  return 'go on';
};

const question = (io: CommandIo, { at, path, told }: Destination, there: Stat): string => {
  const mayWrite = there.kind === 'symlink' || !io.fs.access(at, path, 'write');
  const mode = there.mode.toString(8).padStart(4, '0');
  return mayWrite
    ? `overwrite ${quoted(told)}? `
    : `replace ${quoted(told)}, overriding mode ${mode} (${modeText(there.kind, there.mode).slice(1)})? `;
};

/** Whether a copy may go on where source and destination may be one file: same_file_ok() of coreutils' copy.c. */
const compare = (
  io: CommandIo,
  x: CopyOptions,
  source: string,
  seen: Stat,
  destination: Destination,
  there: Stat,
): 'other' | 'done' | 'refused' => {
  const same = sameFile(seen, there);
  const okay = (is: boolean): 'other' | 'refused' => (is ? 'other' : 'refused');
  if (same && x.hardLink) return 'done';
  let from = seen;
  let to = there;
  let sameLink = same;
  if (x.dereference === 'never') {
    if (seen.kind === 'symlink' && there.kind === 'symlink') {
      const sameName = isSameName(io, source, destination);
      if (!sameName) {
        if (x.backup !== 'none') return 'other';
        if (sameLink) return x.move ? 'refused' : 'done';
      }
      return okay(!sameName);
    }
  } else {
    if (!same) return 'other';
    const [a, b] = [lstat(io, source), lookAt(io, destination, false)];
    if (a instanceof Fault || b instanceof Fault) return 'other';
    [from, to] = [a, b];
    sameLink = sameFile(a, b);
    if (a.kind === 'symlink' && b.kind === 'symlink' && x.unlinkBeforeOpening) return 'other';
  }
  if (x.backup !== 'none') {
    if (sameLink) return okay(!isSameName(io, source, destination));
    return okay(x.move || x.dereference === 'never' || from.kind !== 'symlink' || to.kind === 'symlink');
  }
  if (x.move || x.unlinkBeforeOpening) {
    if (to.kind === 'symlink') return 'other';
    if (sameLink && to.nlink > 1 && !isSameName(io, source, destination)) return okay(!x.move);
  }
  if (from.kind !== 'symlink' && to.kind !== 'symlink') {
    if (!sameFile(from, to)) return 'other';
    if (x.hardLink) return 'done';
  }
  if (x.move && seen.kind === 'symlink' && to.nlink > 1) {
    const end = endOf(io, source);
    if (end !== undefined) return okay(!isSameName(io, end, destination));
  }
  if (x.symbolicLink && to.kind === 'symlink') return 'other';
  if (x.dereference === 'never') {
    const [a, b] = [stat(io, source), lookAt(io, destination, true)];
    if (a instanceof Fault || b instanceof Fault || !sameFile(a, b)) return 'other';
    if (x.hardLink) return there.kind === 'symlink' ? 'other' : 'done';
  }
  return 'refused';
};

/** The name that a link leads to in the end. */
const endOf = (io: CommandIo, path: string): string | undefined => {
  let at = path;
  for (let hops = 0; hops <= 40; hops++) {
    const text = io.fs.readlink(io.fs.cwd, at);
    if (text instanceof Fault) return lstat(io, at) instanceof Fault ? undefined : at;
    at = text.startsWith('/') ? text : inDirectory(parentOf(at), text);
  }
  return undefined;
};

const keep = (
  frame: Frame,
  x: CopyOptions,
  source: string,
  seen: Stat,
  destination: Destination,
): Destination | undefined | false => {
  const { io } = frame;
  const { fs } = io;
  const base = lastName(destination.path);
  if (x.backup !== 'numbered') {
    const found =
      lastName(source) === base + x.suffix
        ? fs.stat(destination.at, destination.path.replace(/\/+$/, '') + x.suffix, 'follow')
        : undefined;
    if (found && !(found instanceof Fault) && sameFile(found, seen)) {
      complain(
        io,
        `backing up ${quoted(destination.told)} might destroy source;  ${quoted(source)} not ${x.move ? 'moved' : 'copied'}`,
      );
      return false;
    }
  }
  const opened = fs.open(destination.at, parentOf(destination.path), { access: 'path', directory: true });
  if (opened instanceof Fault) return undefined;
  using at = opened;
  const beside = (path: string, name: string): string => path.replace(/\/+$/, '').slice(0, -base.length) + name;
  for (const { name, numbered } of backupNames(fs, at, base, x.backup === 'none' ? 'simple' : x.backup, x.suffix)) {
    const fault = fs.rename(at, base, at, name, numbered ? 'no-replace' : undefined);
    if (!fault) {
      const { at: above, path, told } = destination;
      return { at: above, path: beside(path, name), told: beside(told, name) };
    }
    if (numbered && fault.errno === 'EEXIST') continue;
    if (fault.errno === 'ENOENT') return undefined;
    complain(io, `cannot backup ${quoted(destination.told)}: ${fault.reason}`);
    return false;
  }
  return undefined;
};

const mustUnlink = (x: CopyOptions, seen: Stat, there: Stat): boolean =>
  x.unlinkBeforeOpening ||
  (!x.attributesOnly && ((x.preserveLinks && there.nlink > 1) || (x.dereference === 'never' && seen.kind !== 'file')));

const directory = (
  frame: Frame,
  source: string,
  seen: Stat,
  destination: Destination,
  there: Stat | undefined,
  x: CopyOptions,
  above: readonly Stat[],
  device: number | undefined,
  isOperand: boolean,
  undo: () => false,
): boolean => {
  const { io, state } = frame;
  const { fs } = io;
  if (above.some((each) => sameFile(each, seen))) {
    complain(io, `cannot copy cyclic symbolic link ${quoted(source)}`);
    return undo();
  }
  if (above.length === levelsMax) throw new Exhausted('this line is too deep');
  let finalMode: number | undefined;
  const omitted = seen.mode & (x.preserveOwner ? 0o077 : 0o022);
  if (there?.kind !== 'dir') {
    const fault = fs.mkdir(destination.at, destination.path, seen.mode & ~omitted);
    if (fault) {
      complain(io, `cannot create directory ${quoted(destination.told)}: ${fault.reason}`);
      return undo();
    }
    const made = lookAt(io, destination, false);
    if (made instanceof Fault) {
      complain(io, `cannot stat ${quoted(destination.told)}: ${made.reason}`);
      return undo();
    }
    finalMode = made.mode | (omitted & ~fs.umask);
    if ((made.mode & 0o700) !== 0o700) fs.chmod(destination.at, destination.path, made.mode | 0o700);
    if (!frame.firstDirectoryMade) {
      const key = identityKey(made);
      if (!state.copied.has(key)) state.copied.set(key, destination);
      frame.firstDirectoryMade = true;
    }
    if (x.verbose)
      io.out(
        x.move
          ? `created directory ${quoted(destination.told)}\n`
          : `${quoted(source)} -> ${quoted(destination.told)}\n`,
      );
    if (isOperand) state.made?.add(fileKey(destination, made));
  }
  let ok = true;
  if (!(x.oneFileSystem && device !== undefined && device !== seen.dev)) {
    const below: CopyOptions = x.dereference === 'operands' ? { ...x, dereference: 'never' } : x;
    ok = contents(frame, source, destination, below, [...above, seen], device ?? seen.dev);
  }
  if (!keepTimes(io, destination.at, destination.path, destination, seen, x)) return false;
  const owned = !x.preserveOwner || !fs.chown(destination.at, destination.path, seen, 'follow');
  if (x.preserveMode || x.move) {
    const fault = giveMode(io, destination.at, destination.path, owned ? seen.mode : seen.mode & 0o1777);
    if (fault && !notKept(io, 'permissions', word(destination.told), fault, x)) return false;
  } else if (finalMode !== undefined) fs.chmod(destination.at, destination.path, finalMode, 'follow');
  return ok;
};

/** Directories in each other: -L of a directory into one that it leads to would go on until paths are too long. */
const levelsMax = 256;

const contents = (
  frame: Frame,
  source: string,
  destination: Destination,
  x: CopyOptions,
  above: readonly Stat[],
  device: number,
): boolean => {
  const { io } = frame;
  const opened = open(io, source, { access: 'read', directory: true });
  const entries = opened instanceof Fault ? opened : io.fs.entries(opened);
  if (!(opened instanceof Fault)) opened[Symbol.dispose]();
  if (entries instanceof Fault) {
    complain(io, `cannot access ${quoted(source)}: ${entries.reason}`);
    return false;
  }
  let ok = true;
  const before = frame.renamed;
  for (const { name } of entries.toSorted((a, b) => (a.ino < b.ino ? -1 : a.ino > b.ino ? 1 : 0))) {
    ok =
      copyOne(
        frame,
        inDirectory(source, name),
        below(destination, name),
        x,
        false,
        above,
        device,
        x.move ? 'EXDEV' : undefined,
      ) && ok;
    if (frame.intoSelf) break;
  }
  frame.renamed = before;
  return ok;
};

const regular = (
  frame: Frame,
  source: string,
  seen: Stat,
  destination: Destination,
  wasNew: boolean,
  x: CopyOptions,
): boolean => {
  const { io } = frame;
  const { fs } = io;
  const fail = (text: string): false => {
    complain(io, text);
    return false;
  };
  const opened = open(io, source, { access: 'read', ...(x.dereference === 'never' && { nofollow: true }) });
  if (opened instanceof Fault) return fail(`cannot open ${quoted(source)} for reading: ${opened.reason}`);
  using from = opened;
  let isNew = wasNew;
  let to = isNew
    ? undefined
    : fs.open(destination.at, destination.path, { access: 'write', truncate: !x.attributesOnly });
  if (to instanceof Fault && to.errno !== 'ENOENT' && x.unlinkAfterFailedOpen) {
    const fault = fs.unlink(destination.at, destination.path);
    if (fault && fault.errno !== 'ENOENT') return fail(`cannot remove ${quoted(destination.told)}: ${fault.reason}`);
    if (!fault && x.verbose) io.out(`removed ${quoted(destination.told)}\n`);
    to = undefined;
  } else if (to instanceof Fault && to.errno === 'ENOENT') to = undefined;
  if (to === undefined) {
    isNew = true;
    const mode = seen.mode & 0o777 & ~(x.preserveOwner ? 0o077 : 0);
    to = fs.open(destination.at, destination.path, { access: 'write', create: 'exclusive', mode });
    if (
      to instanceof Fault &&
      to.errno === 'EEXIST' &&
      !x.move &&
      !(fs.readlink(destination.at, destination.path) instanceof Fault)
    )
      return fail(`not writing through dangling symlink ${quoted(destination.told)}`);
  }
  if (to instanceof Fault) {
    const slash = to.errno === 'EISDIR' && destination.path.endsWith('/');
    return fail(`cannot create regular file ${quoted(destination.told)}: ${slash ? 'Not a directory' : to.reason}`);
  }
  using handle = to;
  if (!x.attributesOnly) {
    const made = fs.stat(handle, '');
    const where = made instanceof Fault ? undefined : fs.locate(destination.told);
    const canShare =
      typeof where === 'object' &&
      (where.inode.volume.type === fileSystemOf('btrfs') || where.inode.volume.type.reflink === true);
    if (x.reflink === 'always' && !(canShare && made && !(made instanceof Fault) && made.dev === seen.dev)) {
      const why = made instanceof Fault || made.dev === seen.dev ? 'EOPNOTSUPP' : 'EXDEV';
      if (isNew) fs.unlink(destination.at, destination.path);
      return fail(
        `failed to clone ${quoted(destination.told)} from ${quoted(source)}: ${new Fault('ioctl', why, '').reason}`,
      );
    }
    const text = readAll(io, from);
    if (text instanceof Fault) return fail(`error reading ${quoted(source)}: ${text.reason}`);
    const fault = writeAll(io, handle, text);
    if (fault) return fail(`error writing ${quoted(destination.told)}: ${fault.reason}`);
  }
  if (!keepTimes(io, handle, '', destination, seen, x)) return false;
  const owned = !x.preserveOwner || !fs.chown(handle, '', seen, 'follow');
  if (x.preserveMode || x.move) {
    const fault = giveMode(io, handle, '', owned ? seen.mode : seen.mode & 0o777);
    if (fault && !notKept(io, 'permissions', word(destination.told), fault, x)) return false;
  } else if (x.preserveOwner && isNew) fs.chmod(handle, '', seen.mode & 0o777 & ~fs.umask, 'follow');
  return true;
};

/** Who may write into what stands there may not set its times or mode: only its owner may. */
const keepTimes = (
  io: CommandIo,
  at: Handle,
  path: string,
  destination: Destination,
  seen: Stat,
  x: CopyOptions,
): boolean => {
  const fault = x.preserveTimes ? io.fs.setTimes(at, path, seen, 'follow') : undefined;
  return fault === undefined || notKept(io, 'times', quoted(destination.told), fault, x);
};

/** The real one sets an access list, which has no set-ID and sticky bits, and those only where the source has any. */
const giveMode = ({ fs }: CommandIo, at: Handle, path: string, mode: number): Fault | undefined => {
  const there = fs.stat(at, path, 'follow');
  const special = there instanceof Fault || (mode & 0o7000) !== 0 ? 0 : there.mode & 0o7000;
  return fs.chmod(at, path, mode | special, 'follow');
};

/** For cp that is a failure, for mv a word. */
const notKept = (io: CommandIo, what: 'times' | 'permissions', name: string, fault: Fault, x: CopyOptions): boolean => {
  complain(io, `preserving ${what} for ${name}: ${fault.reason}`);
  return x.move;
};

const attributes = (io: CommandIo, { at, path }: Destination, seen: Stat, x: CopyOptions): void => {
  if (x.preserveTimes) io.fs.setTimes(at, path, seen, 'follow');
  if (x.preserveOwner) io.fs.chown(at, path, seen, 'follow');
  if (x.preserveMode || x.move) giveMode(io, at, path, seen.mode);
};

/** One more name, by way of a temporary one where the place is taken. */
const hardLink = (
  { io }: Frame,
  from: Destination,
  to: Destination,
  replace: boolean,
  verbose: boolean,
  follows: boolean,
): boolean => {
  const { fs } = io;
  const follow = follows ? 'follow' : undefined;
  const fault = fs.link(from.at, from.path, to.at, to.path, follow);
  if (fault?.errno === 'EEXIST' && replace) {
    const temporary = temporaryBeside(to);
    const forced = fs.link(from.at, from.path, to.at, temporary, follow) ?? fs.rename(to.at, temporary, to.at, to.path);
    // A rename from one name of a file to another does nothing.
    if (!(fs.stat(to.at, temporary) instanceof Fault)) fs.unlink(to.at, temporary);
    if (!forced && verbose) io.out(`removed ${quoted(to.told)}\n`);
    if (!forced) return true;
    complain(io, `cannot create hard link ${quoted(to.told)} to ${quoted(from.told)}: ${forced.reason}`);
    return false;
  }
  if (fault) complain(io, `cannot create hard link ${quoted(to.told)} to ${quoted(from.told)}: ${fault.reason}`);
  return fault === undefined;
};
const temporaryBeside = ({ path }: Destination): string => inDirectory(parentOf(path), 'CuTmpFile');

const symlink = (io: CommandIo, text: string, to: Destination, replace: boolean): Fault | undefined => {
  const { fs } = io;
  const fault = fs.symlink(text as LinkText, to.at, to.path);
  if (fault?.errno !== 'EEXIST' || !replace) return fault;
  const temporary = temporaryBeside(to);
  const forced = fs.symlink(text as LinkText, to.at, temporary) ?? fs.rename(to.at, temporary, to.at, to.path);
  if (forced) fs.unlink(to.at, temporary);
  return forced;
};

const look = (io: CommandIo, path: string, follow: boolean): Stat | Fault =>
  follow ? stat(io, path) : lstat(io, path);

const lookAt = (io: CommandIo, { at, path }: Destination, follow: boolean): Stat | Fault =>
  path === '' ? new Fault('statx', 'ENOENT', '') : io.fs.stat(at, path, follow ? 'follow' : undefined);

const fileKey = ({ path }: Destination, found: Stat): string => `${identityKey(found)} ${path}`;

/** A path as it was typed. */
export const fromHere = ({ fs }: CommandIo, path: string): Destination => ({ at: fs.cwd, path, told: path });

const below = ({ at, path, told }: Destination, name: string): Destination => ({
  ...{ at, path: inDirectory(path, name) },
  told: inDirectory(told, name),
});

/** Both are one name of one directory; a link to it is another place. */
const isSameName = (io: CommandIo, a: string, { at, path }: Destination): boolean => {
  if (lastName(a) !== lastName(path)) return false;
  const [left, right] = [lstat(io, parentOf(a)), io.fs.stat(at, parentOf(path))];
  return !(left instanceof Fault) && !(right instanceof Fault) && sameFile(left, right);
};

/** Whether it lies in the working directory. Where that cannot be told, what comes next will fail. */
const isHere = (io: CommandIo, { at, path }: Destination): boolean => {
  const [dir, here] = [io.fs.stat(at, parentOf(path), 'follow'), stat(io, '.')];
  return dir instanceof Fault || here instanceof Fault || sameFile(dir, here);
};
