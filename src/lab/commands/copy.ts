import { Fault } from '../../fs/fault.ts';
import { fileSystemOf } from '../../fs/file-systems.ts';
import type { Handle } from '../../fs/fs.ts';
import { identityKey, sameFile } from '../../fs/identity.ts';
import type { LinkText } from '../../fs/link-text.ts';
import type { Stat } from '../../fs/stat.ts';
import { type BackupControl, backupNames } from '../../gnu/backup.ts';
import { modeText } from '../../gnu/mode-text.ts';
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

/** What one command has done so far. */
export interface CopyState {
  /** Sources by identity: the first name that each got. */
  readonly copied: Map<string, string>;
  /** Destinations that this command made: with several operands it will not overwrite them. */
  readonly made: Set<string> | undefined;
  /** The operands of cp by identity: one name that is given twice is copied once, however it is written. */
  readonly sources: Map<string, readonly string[]> | undefined;
  /** The directory that all go into, as it was given. */
  readonly into: string | undefined;
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
  readonly topDestination: string;
  firstDirectoryMade: boolean;
  renamed: boolean;
  intoSelf: boolean;
}

/** Copies or moves one operand. */
export const copy = (
  io: CommandIo,
  source: string,
  destination: string,
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
  destination: string,
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
    renameErrno ??= fs.rename(fs.cwd, source, fs.cwd, destination, 'no-replace')?.errno ?? 'done';
    if (renameErrno === 'done') {
      const moved = isOperand && state.made ? lstat(io, destination) : undefined;
      if (moved && !(moved instanceof Fault)) state.made?.add(fileKey(destination, moved));
      if (x.verbose) io.out(`renamed ${quoted(source)} -> ${quoted(destination)}\n`);
      frame.renamed = true;
      return true;
    }
  }
  const seen = look(io, source, x.dereference !== 'never');
  if (seen instanceof Fault) {
    if (renameErrno === 'EEXIST' && x.interactive === 'never') return true;
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
    if (!isDir && x.backup === 'none' && given.some((each) => isSameName(io, source, each, undefined))) {
      complain(io, `warning: source file ${quoted(source)} specified more than once`);
      return true;
    }
    state.sources.set(sourceKey, [...given, source]);
  }
  const follows = x.dereference === 'always' || (x.dereference === 'operands' && isOperand);
  let there: Stat | undefined;
  let backup: string | undefined;
  const itself = seen.kind !== 'file' && (x.recursive || isDir || seen.kind === 'symlink');
  const useLstat = itself || x.move || x.symbolicLink || x.hardLink || x.backup !== 'none' || x.unlinkBeforeOpening;
  const found = look(io, destination, !useLstat);
  if (!(found instanceof Fault)) there = found;
  else if (found.errno === 'ENOENT') isNew = true;
  else if (!(found.errno === 'ELOOP' && x.unlinkAfterFailedOpen)) {
    complain(io, `cannot stat ${quoted(destination)}: ${found.reason}`);
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
      const fault = fs.unlink(fs.cwd, destination);
      if (fault && fault.errno !== 'ENOENT') {
        complain(io, `cannot remove ${quoted(destination)}: ${fault.reason}`);
        return false;
      }
      isNew = true;
      if (x.verbose) io.out(`removed ${quoted(destination)}\n`);
    }
  }
  if (isOperand && state.made && !x.move && x.backup === 'none') {
    const link = lstat(io, destination);
    if (!(link instanceof Fault) && link.kind === 'symlink' && state.made.has(fileKey(destination, link))) {
      complain(io, `will not copy ${quoted(source)} through just-created symlink ${quoted(destination)}`);
      return false;
    }
  }
  const told = `${quoted(source)} -> ${quoted(destination)}${backup === undefined ? '' : ` (backup: ${quoted(backup)})`}\n`;
  if (x.verbose && !x.move && !isDir) io.out(told);

  const key = identityKey(seen);
  let earlier: string | undefined;
  const remember = (): string | undefined => {
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
      const fault = fs.rename(fs.cwd, backup, fs.cwd, destination);
      if (fault) complain(io, `cannot un-backup ${quoted(destination)}: ${fault.reason}`);
      else if (x.verbose) io.out(`${quoted(backup)} -> ${quoted(destination)} (unbackup)\n`);
    }
    return false;
  };

  if (earlier !== undefined) {
    if (!isDir) return hardLink(frame, earlier, destination, true, x.verbose, follows) || undo();
    if (isSameName(io, source, earlier, state.into)) {
      complain(io, `cannot copy a directory, ${quoted(frame.topSource)}, into itself, ${quoted(frame.topDestination)}`);
      frame.intoSelf = true;
      return undo();
    }
    if (destination === earlier) {
      complain(io, `warning: source directory ${quoted(frame.topSource)} specified more than once`);
      if (x.move) frame.renamed = true;
      return true;
    }
    if (!follows) {
      complain(io, `will not create hard link ${quoted(destination)} to directory ${quoted(earlier)}`);
      return undo();
    }
  }

  if (x.move) {
    if (renameErrno === 'EEXIST') renameErrno = fs.rename(fs.cwd, source, fs.cwd, destination)?.errno ?? 'done';
    if (renameErrno === 'done') {
      if (x.verbose) io.out(`renamed ${told}`);
      frame.renamed = true;
      if (isOperand) state.made?.add(fileKey(destination, seen));
      return true;
    }
    if (renameErrno === 'EINVAL') {
      complain(
        io,
        `cannot move ${quoted(frame.topSource)} to a subdirectory of itself, ${quoted(frame.topDestination)}`,
      );
      frame.intoSelf = true;
      return true;
    }
    if (renameErrno !== 'EXDEV') {
      const { reason } = new Fault('rename', renameErrno as Fault['errno'], destination);
      complain(io, `cannot move ${quoted(source)} to ${quoted(destination)}: ${reason}`);
      state.copied.delete(key);
      return false;
    }
    const gone = isDir ? fs.rmdir(fs.cwd, destination) : fs.unlink(fs.cwd, destination);
    if (gone && gone.errno !== 'ENOENT') {
      complain(
        io,
        `inter-device move failed: ${quoted(source)} to ${quoted(destination)}; unable to remove target: ${gone.reason}`,
      );
      state.copied.delete(key);
      return false;
    }
    if (x.verbose && !isDir) io.out(`copied ${told}`);
    isNew = true;
  }

  if (isDir)
    return (
      directory(frame, source, seen, destination, isNew ? undefined : there, x, above, device, isOperand) || undo()
    );
  if (x.symbolicLink) {
    if (!source.startsWith('/') && !isHere(io, parentOf(destination))) {
      complain(io, `${named(destination)}: can make relative symbolic links only in current directory`);
      return undo();
    }
    const fault = symlink(io, source, destination, x.unlinkAfterFailedOpen);
    if (fault) {
      complain(io, `cannot create symbolic link ${quoted(destination)} to ${quoted(source)}: ${fault.reason}`);
      return undo();
    }
  } else if (x.hardLink) {
    if (!hardLink(frame, source, destination, x.unlinkAfterFailedOpen || x.interactive === 'ask', false, follows))
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
    const same = fault && x.update && fs.readlink(fs.cwd, destination) === text;
    if (fault && !same) {
      complain(io, `cannot create symbolic link ${quoted(destination)}: ${fault.reason}`);
      return undo();
    }
    if (x.preserveOwner) fs.chown(fs.cwd, destination, seen);
    if (x.preserveTimes) fs.setTimes(fs.cwd, destination, seen);
  } else {
    const fault = fs.mknod(fs.cwd, destination, seen.kind === 'unknown' ? 'file' : seen.kind, seen.mode, seen.rdev);
    if (fault) {
      complain(
        io,
        `cannot create ${seen.kind === 'fifo' ? 'fifo' : 'special file'} ${quoted(destination)}: ${fault.reason}`,
      );
      return undo();
    }
    attributes(io, destination, seen, x);
  }
  const made = isOperand && state.made ? lstat(io, destination) : undefined;
  if (made && !(made instanceof Fault)) state.made?.add(fileKey(destination, made));
  return true;
};

/** What is to be done where something stands at the destination already: the answer, or on with it. */
const meet = (
  frame: Frame,
  x: CopyOptions,
  source: string,
  seen: Stat,
  destination: string,
  there: Stat,
  isOperand: boolean,
): boolean | 'go on' => {
  const { io, state } = frame;
  const isDir = seen.kind === 'dir';
  const same = x.interactive === 'never' ? 'other' : compare(io, x, source, seen, destination, there, state.into);
  if (same === 'refused') {
    complain(io, `${quoted(source)} and ${quoted(destination)} are the same file`);
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
      complain(io, `cannot overwrite non-directory ${quoted(destination)} with directory ${quoted(source)}`);
      return false;
    }
    if (isOperand && x.backup !== 'numbered' && state.made?.has(fileKey(destination, there))) {
      complain(io, `will not overwrite just-created ${quoted(destination)} with ${quoted(source)}`);
      return false;
    }
  } else if (!isDir && !keeps) {
    complain(io, `cannot overwrite directory ${quoted(destination)} with non-directory`);
    return false;
  }
  return 'go on';
};

const question = (io: CommandIo, path: string, there: Stat): string => {
  const mayWrite = there.kind === 'symlink' || !io.fs.access(io.fs.cwd, path, 'write');
  const mode = there.mode.toString(8).padStart(4, '0');
  return mayWrite
    ? `overwrite ${quoted(path)}? `
    : `replace ${quoted(path)}, overriding mode ${mode} (${modeText(there.kind, there.mode).slice(1)})? `;
};

/** Whether a copy may go on where source and destination may be one file: same_file_ok() of coreutils' copy.c. */
const compare = (
  io: CommandIo,
  x: CopyOptions,
  source: string,
  seen: Stat,
  destination: string,
  there: Stat,
  into: string | undefined,
): 'other' | 'done' | 'refused' => {
  const same = sameFile(seen, there);
  const okay = (is: boolean): 'other' | 'refused' => (is ? 'other' : 'refused');
  if (same && x.hardLink) return 'done';
  let from = seen;
  let to = there;
  let sameLink = same;
  if (x.dereference === 'never') {
    if (seen.kind === 'symlink' && there.kind === 'symlink') {
      const sameName = isSameName(io, source, destination, into);
      if (!sameName) {
        if (x.backup !== 'none') return 'other';
        if (sameLink) return x.move ? 'refused' : 'done';
      }
      return okay(!sameName);
    }
  } else {
    if (!same) return 'other';
    const [a, b] = [lstat(io, source), lstat(io, destination)];
    if (a instanceof Fault || b instanceof Fault) return 'other';
    [from, to] = [a, b];
    sameLink = sameFile(a, b);
    if (a.kind === 'symlink' && b.kind === 'symlink' && x.unlinkBeforeOpening) return 'other';
  }
  if (x.backup !== 'none') {
    if (sameLink) return okay(!isSameName(io, source, destination, into));
    return okay(x.move || x.dereference === 'never' || from.kind !== 'symlink' || to.kind === 'symlink');
  }
  if (x.move || x.unlinkBeforeOpening) {
    if (to.kind === 'symlink') return 'other';
    if (sameLink && to.nlink > 1 && !isSameName(io, source, destination, into)) return okay(!x.move);
  }
  if (from.kind !== 'symlink' && to.kind !== 'symlink') {
    if (!sameFile(from, to)) return 'other';
    if (x.hardLink) return 'done';
  }
  if (x.move && seen.kind === 'symlink' && to.nlink > 1) {
    const end = endOf(io, source);
    if (end !== undefined) return okay(!isSameName(io, end, destination, into));
  }
  if (x.symbolicLink && to.kind === 'symlink') return 'other';
  if (x.dereference === 'never') {
    const [a, b] = [stat(io, source), stat(io, destination)];
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
  destination: string,
): string | undefined | false => {
  const { io } = frame;
  const { fs } = io;
  const dir = parentOf(destination);
  const base = lastName(destination);
  if (x.backup !== 'numbered') {
    const simple = destination.replace(/\/+$/, '') + x.suffix;
    const found = lastName(source) === base + x.suffix ? stat(io, simple) : undefined;
    if (found && !(found instanceof Fault) && sameFile(found, seen)) {
      complain(
        io,
        `backing up ${quoted(destination)} might destroy source;  ${quoted(source)} not ${x.move ? 'moved' : 'copied'}`,
      );
      return false;
    }
  }
  const opened = open(io, dir, { access: 'path', directory: true });
  if (opened instanceof Fault) return undefined;
  using at = opened;
  const prefix = destination.replace(/\/+$/, '').slice(0, -base.length);
  for (const { name, numbered } of backupNames(fs, at, base, x.backup === 'none' ? 'simple' : x.backup, x.suffix)) {
    const fault = fs.rename(at, base, at, name, numbered ? 'no-replace' : undefined);
    if (!fault) return prefix + name;
    if (numbered && fault.errno === 'EEXIST') continue;
    if (fault.errno === 'ENOENT') return undefined;
    complain(io, `cannot backup ${quoted(destination)}: ${fault.reason}`);
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
  destination: string,
  there: Stat | undefined,
  x: CopyOptions,
  above: readonly Stat[],
  device: number | undefined,
  isOperand: boolean,
): boolean => {
  const { io, state } = frame;
  const { fs } = io;
  if (above.some((each) => sameFile(each, seen))) {
    complain(io, `cannot copy cyclic symbolic link ${quoted(source)}`);
    return false;
  }
  let finalMode: number | undefined;
  const omitted = seen.mode & (x.preserveOwner ? 0o077 : 0o022);
  if (there?.kind !== 'dir') {
    const fault = fs.mkdir(fs.cwd, destination, seen.mode & ~omitted);
    if (fault) {
      complain(io, `cannot create directory ${quoted(destination)}: ${fault.reason}`);
      return false;
    }
    const made = lstat(io, destination);
    if (made instanceof Fault) {
      complain(io, `cannot stat ${quoted(destination)}: ${made.reason}`);
      return false;
    }
    finalMode = made.mode | (omitted & ~fs.umask);
    if ((made.mode & 0o700) !== 0o700) fs.chmod(fs.cwd, destination, made.mode | 0o700);
    if (!frame.firstDirectoryMade) {
      const key = identityKey(made);
      if (!state.copied.has(key)) state.copied.set(key, destination);
      frame.firstDirectoryMade = true;
    }
    if (x.verbose)
      io.out(x.move ? `created directory ${quoted(destination)}\n` : `${quoted(source)} -> ${quoted(destination)}\n`);
    if (isOperand) state.made?.add(fileKey(destination, made));
  }
  let ok = true;
  if (!(x.oneFileSystem && device !== undefined && device !== seen.dev)) {
    const below: CopyOptions = x.dereference === 'operands' ? { ...x, dereference: 'never' } : x;
    ok = contents(frame, source, destination, below, [...above, seen], device ?? seen.dev);
  }
  if (!keepTimes(io, fs.cwd, destination, destination, seen, x)) return false;
  const owned = !x.preserveOwner || !fs.chown(fs.cwd, destination, seen, 'follow');
  if (x.preserveMode || x.move) {
    const fault = fs.chmod(fs.cwd, destination, owned ? seen.mode : seen.mode & 0o1777, 'follow');
    if (fault && !notKept(io, 'permissions', word(destination), fault, x)) return false;
  } else if (finalMode !== undefined) fs.chmod(fs.cwd, destination, finalMode, 'follow');
  return ok;
};

const contents = (
  frame: Frame,
  source: string,
  destination: string,
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
        inDirectory(destination, name),
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
  destination: string,
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
  let to = isNew ? undefined : open(io, destination, { access: 'write', truncate: !x.attributesOnly });
  if (to instanceof Fault && to.errno !== 'ENOENT' && x.unlinkAfterFailedOpen) {
    const fault = fs.unlink(fs.cwd, destination);
    if (fault && fault.errno !== 'ENOENT') return fail(`cannot remove ${quoted(destination)}: ${fault.reason}`);
    if (!fault && x.verbose) io.out(`removed ${quoted(destination)}\n`);
    to = undefined;
  } else if (to instanceof Fault && to.errno === 'ENOENT') to = undefined;
  if (to === undefined) {
    isNew = true;
    const mode = seen.mode & 0o777 & ~(x.preserveOwner ? 0o077 : 0);
    to = open(io, destination, { access: 'write', create: 'exclusive', mode });
    if (to instanceof Fault && to.errno === 'EEXIST' && !x.move && !(fs.readlink(fs.cwd, destination) instanceof Fault))
      return fail(`not writing through dangling symlink ${quoted(destination)}`);
  }
  if (to instanceof Fault) {
    const slash = to.errno === 'EISDIR' && destination.endsWith('/');
    return fail(`cannot create regular file ${quoted(destination)}: ${slash ? 'Not a directory' : to.reason}`);
  }
  using handle = to;
  if (!x.attributesOnly) {
    const made = fs.stat(handle, '');
    const where = made instanceof Fault ? undefined : fs.locate(destination);
    const canShare =
      typeof where === 'object' &&
      (where.inode.volume.type === fileSystemOf('btrfs') || where.inode.volume.type.reflink === true);
    if (x.reflink === 'always' && !(canShare && made && !(made instanceof Fault) && made.dev === seen.dev)) {
      const why = made instanceof Fault || made.dev === seen.dev ? 'EOPNOTSUPP' : 'EXDEV';
      if (isNew) fs.unlink(fs.cwd, destination);
      return fail(
        `failed to clone ${quoted(destination)} from ${quoted(source)}: ${new Fault('ioctl', why, '').reason}`,
      );
    }
    const text = readAll(io, from);
    if (text instanceof Fault) return fail(`error reading ${quoted(source)}: ${text.reason}`);
    const fault = writeAll(io, handle, text);
    if (fault) return fail(`error writing ${quoted(destination)}: ${fault.reason}`);
  }
  if (!keepTimes(io, handle, '', destination, seen, x)) return false;
  const owned = !x.preserveOwner || !fs.chown(handle, '', seen, 'follow');
  if (x.preserveMode || x.move) {
    const fault = fs.chmod(handle, '', owned ? seen.mode : seen.mode & 0o777, 'follow');
    if (fault && !notKept(io, 'permissions', word(destination), fault, x)) return false;
  } else if (x.preserveOwner && isNew) fs.chmod(handle, '', seen.mode & 0o777 & ~fs.umask, 'follow');
  return true;
};

/** Who may write into what stands there may not set its times or mode: only its owner may. */
const keepTimes = (
  io: CommandIo,
  at: Handle,
  path: string,
  destination: string,
  seen: Stat,
  x: CopyOptions,
): boolean => {
  const fault = x.preserveTimes ? io.fs.setTimes(at, path, seen, 'follow') : undefined;
  return fault === undefined || notKept(io, 'times', quoted(destination), fault, x);
};

/** For cp that is a failure, for mv a word. */
const notKept = (io: CommandIo, what: 'times' | 'permissions', name: string, fault: Fault, x: CopyOptions): boolean => {
  complain(io, `preserving ${what} for ${name}: ${fault.reason}`);
  return x.move;
};

const attributes = (io: CommandIo, path: string, seen: Stat, x: CopyOptions): void => {
  if (x.preserveTimes) io.fs.setTimes(io.fs.cwd, path, seen, 'follow');
  if (x.preserveOwner) io.fs.chown(io.fs.cwd, path, seen, 'follow');
  if (x.preserveMode || x.move) io.fs.chmod(io.fs.cwd, path, seen.mode, 'follow');
};

/** One more name, by way of a temporary one where the place is taken. */
const hardLink = (
  { io }: Frame,
  from: string,
  to: string,
  replace: boolean,
  verbose: boolean,
  follows: boolean,
): boolean => {
  const { fs } = io;
  const follow = follows ? 'follow' : undefined;
  const fault = fs.link(fs.cwd, from, fs.cwd, to, follow);
  if (fault?.errno === 'EEXIST' && replace) {
    const temporary = inDirectory(parentOf(to), temporaryName);
    const forced = fs.link(fs.cwd, from, fs.cwd, temporary, follow) ?? fs.rename(fs.cwd, temporary, fs.cwd, to);
    // A rename from one name of a file to another does nothing.
    if (!(lstat(io, temporary) instanceof Fault)) fs.unlink(fs.cwd, temporary);
    if (!forced && verbose) io.out(`removed ${quoted(to)}\n`);
    if (!forced) return true;
    complain(io, `cannot create hard link ${quoted(to)} to ${quoted(from)}: ${forced.reason}`);
    return false;
  }
  if (fault) complain(io, `cannot create hard link ${quoted(to)} to ${quoted(from)}: ${fault.reason}`);
  return fault === undefined;
};
const temporaryName = 'CuTmpFile';

const symlink = (io: CommandIo, text: string, to: string, replace: boolean): Fault | undefined => {
  const { fs } = io;
  const fault = fs.symlink(text as LinkText, fs.cwd, to);
  if (fault?.errno !== 'EEXIST' || !replace) return fault;
  const temporary = inDirectory(parentOf(to), temporaryName);
  const forced = fs.symlink(text as LinkText, fs.cwd, temporary) ?? fs.rename(fs.cwd, temporary, fs.cwd, to);
  if (forced) fs.unlink(fs.cwd, temporary);
  return forced;
};

const look = (io: CommandIo, path: string, follow: boolean): Stat | Fault =>
  follow ? stat(io, path) : lstat(io, path);

const fileKey = (path: string, found: Stat): string => `${identityKey(found)} ${path}`;

/** Both are one name of one directory. A link to it is another place, but for the directory that the command was given. */
const isSameName = (io: CommandIo, a: string, b: string, into: string | undefined): boolean => {
  if (lastName(a) !== lastName(b)) return false;
  const parent = parentOf(b);
  const isInto = into !== undefined && parent === (into.replace(/(?<=.)\/+$/s, '') || into);
  const [left, right] = [lstat(io, parentOf(a)), isInto ? stat(io, parent) : lstat(io, parent)];
  return !(left instanceof Fault) && !(right instanceof Fault) && sameFile(left, right);
};

const isHere = (io: CommandIo, path: string): boolean => {
  const [dir, here] = [stat(io, path), stat(io, '.')];
  return !(dir instanceof Fault) && !(here instanceof Fault) && sameFile(dir, here);
};
