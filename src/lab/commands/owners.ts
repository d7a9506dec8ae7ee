import { Fault } from '../../fs/fault.ts';
import type { Handle } from '../../fs/fs.ts';
import type { Stat } from '../../fs/stat.ts';
import { modeText } from '../../gnu/mode-text.ts';
import type { CommandIo, LabCommand } from '../session.ts';
import { users } from '../users.ts';
import { parseMode } from './mode.ts';
import { groupName, groupNumber, userName, userNumber } from './show-file.ts';
import { complain, inDirectory, lstat, misused, parse, quoted, stat, word } from './tool.ts';

/** A file that chmod -R or chown -R comes to: by name in its directory, which is open, or as an operand from here. */
interface Visit {
  readonly at: Handle;
  readonly name: string;
  readonly path: string;
  readonly stat: Stat;
  readonly isOperand: boolean;
}

interface Walk {
  readonly recursive: boolean;
  readonly follow: boolean;
  readonly after: boolean;
  readonly quiet: boolean;
  readonly lost: (path: string) => void;
  readonly unread: (path: string) => void;
}

/** The file at `path` and, with `recursive`, all below: each before or after what it holds. False: something was refused. */
const each = (io: CommandIo, path: string, how: Walk, work: (visit: Visit) => boolean): boolean => {
  let found = how.follow ? stat(io, path) : lstat(io, path);
  const fault = found instanceof Fault ? found : undefined;
  let dangling = false;
  if (found instanceof Fault && how.follow) {
    const itself = lstat(io, path);
    if (!(itself instanceof Fault) && itself.kind === 'symlink')
      dangling = found.errno === 'ENOENT' || io.name !== 'chmod';
    if (dangling) found = itself;
  }
  if (dangling) {
    const text =
      io.name === 'chmod'
        ? `cannot operate on dangling symlink ${quoted(path)}`
        : `cannot dereference ${quoted(path)}: ${fault?.reason}`;
    if (!how.quiet || io.name === 'chmod') complain(io, text);
    how.lost(path);
    return false;
  }
  return visited(io, { at: io.fs.cwd, name: path, path, isOperand: true }, found, how, work, 0);
};

const visited = (
  io: CommandIo,
  place: Omit<Visit, 'stat'>,
  found: Stat | Fault,
  how: Walk,
  work: (visit: Visit) => boolean,
  depth: number,
): boolean => {
  const { at, name, path } = place;
  if (found instanceof Fault) {
    if (!how.quiet) complain(io, `cannot access ${quoted(path)}: ${found.reason}`);
    how.lost(path);
    return false;
  }
  const visit = { ...place, stat: found };
  if (found.kind !== 'dir' || !how.recursive) return work(visit);
  let ok = how.after || work(visit);
  const opened = io.fs.open(at, name, { access: 'read', directory: true });
  using dir = opened instanceof Fault ? undefined : opened;
  const entries = opened instanceof Fault ? opened : io.fs.entries(opened);
  if (entries instanceof Fault || !dir) {
    if (!how.quiet && entries instanceof Fault)
      complain(io, `cannot read directory ${quoted(path)}: ${entries.reason}`);
    how.unread(path);
    return false;
  }
  if (depth < 1000)
    for (const entry of entries) {
      const child = { at: dir, name: entry.name, path: inDirectory(path, entry.name), isOperand: false };
      ok = visited(io, child, io.fs.stat(dir, entry.name), how, work, depth + 1) && ok;
    }
  return how.after ? work(visit) && ok : ok;
};

/** chmod(1). */
export const chmod: LabCommand = (io, words) => {
  // A mode like -w looks like options.
  const first = words.findIndex(
    (each) => /^-(?:[rwxXstugo]+([-+=,].*)?|[0-7]+)$/.test(each) && !/^-[Rcfv]+$/.test(each),
  );
  const dashed =
    first < 0 || words.slice(0, first).some((each) => each === '--' || !each.startsWith('-'))
      ? undefined
      : words[first];
  const args = parse(
    io,
    dashed === undefined ? words : words.filter((_, i) => i !== first),
    'R,recursive c,changes f,silent quiet v,verbose h,no-dereference reference: preserve-root no-preserve-root',
  );
  if (typeof args === 'number') return args;
  const reference = args.value('reference');
  const operands = dashed === undefined ? [...args.operands] : [dashed, ...args.operands];
  const text = reference === undefined ? operands.shift() : undefined;
  if (operands.length === 0)
    return misused(
      io,
      text === undefined || dashed !== undefined ? 'missing operand' : `missing operand after ${word(text)}`,
    );
  const like = reference === undefined ? undefined : stat(io, reference);
  if (like instanceof Fault)
    return complain(io, `failed to get attributes of ${quoted(reference ?? '')}: ${like.reason}`);
  const change = like ? () => like.mode : parseMode(text ?? '');
  if (!change) return misused(io, `invalid mode: ${word(text ?? '')}`);
  const tells = args.last('v', 'c');
  const quiet = args.has('f') || args.has('quiet');
  const follow = !args.has('h');
  const work = ({ at, name, path, stat: before, isOperand }: Visit): boolean => {
    if (before.kind === 'symlink' && !isOperand) {
      if (tells === 'v') io.out(`neither symbolic link ${quoted(path)} nor referent has been changed\n`);
      return true;
    }
    const after = change(before.mode, before.kind === 'dir', io.fs.umask) & 0o7777;
    const fault = io.fs.chmod(at, name, after, follow ? 'follow' : undefined);
    if (fault && !quiet) complain(io, `changing permissions of ${quoted(path)}: ${fault.reason}`);
    // Only special bits may be left out by the kernel.
    const now = fault ? before : after & 0o7000 ? lookAt(io, at, name, before, follow) : { mode: after };
    const show = (mode: number): string =>
      `${(mode & 0o7777).toString(8).padStart(4, '0')} (${modeText(before.kind, mode).slice(1)})`;
    const changed = now.mode !== before.mode;
    if (fault && tells === 'v')
      io.out(`failed to change mode of ${quoted(path)} from ${show(before.mode)} to ${show(after)}\n`);
    else if (!fault && changed && tells)
      io.out(`mode of ${quoted(path)} changed from ${show(before.mode)} to ${show(now.mode)}\n`);
    else if (!fault && tells === 'v') io.out(`mode of ${quoted(path)} retained as ${show(after)}\n`);
    if (fault) return false;
    const expected = dashed === undefined ? after : change(before.mode, before.kind === 'dir', 0);
    if ((after & ~expected) === 0) return true;
    complain(
      io,
      `${path}: new permissions are ${modeText(before.kind, after).slice(1)}, not ${modeText(before.kind, expected).slice(1)}`,
    );
    return false;
  };
  const lost = (path: string): void => {
    if (tells === 'v') io.out(`${quoted(path)} could not be accessed\n`);
  };
  const how = { recursive: args.has('R'), follow, after: false, quiet, lost, unread: lost };
  return operands.map((path) => each(io, path, how, work)).every(Boolean) ? 0 : 1;
};

const lookAt = (io: CommandIo, at: Handle, name: string, before: Stat, follow: boolean): Stat => {
  const found = io.fs.stat(at, name, follow ? 'follow' : undefined);
  return found instanceof Fault ? before : found;
};

/** chown(1) and chgrp(1). */
export const chown: LabCommand = (io, words) => {
  const args = parse(
    io,
    words,
    'R,recursive c,changes f,silent quiet v,verbose h,no-dereference dereference H L P reference: from: preserve-root no-preserve-root',
  );
  if (typeof args === 'number') return args;
  const operands = [...args.operands];
  const reference = args.value('reference');
  const text = reference === undefined ? operands.shift() : undefined;
  if (operands.length === 0)
    return misused(io, text === undefined ? 'missing operand' : `missing operand after ${word(text)}`);
  const isGroup = io.name === 'chgrp';
  const like = reference === undefined ? undefined : stat(io, reference);
  if (like instanceof Fault)
    return complain(io, `failed to get attributes of ${quoted(reference ?? '')}: ${like.reason}`);
  const wanted = like
    ? isGroup
      ? { gid: like.gid }
      : { uid: like.uid, gid: like.gid }
    : isGroup
      ? groupOf(text ?? '')
      : ownerOf(text ?? '');
  if (typeof wanted === 'string') return complain(io, `${wanted}: ${word(text ?? '')}`);
  // A group's name after a colon is told of as an owner that is empty; a number is not.
  const tellsUser = wanted.uid !== undefined || (!isGroup && /^:\D/.test(text ?? ''));
  const spec = like
    ? `${userName(like.uid)}:${groupName(like.gid)}`
    : tellsUser
      ? (text ?? '').replace(/:$/, (end) => end + groupName(wanted.gid ?? 0))
      : (text ?? '').replace(/^:/, '');
  const recursive = args.has('R');
  const through = recursive && ['H', 'L'].includes(args.last('H', 'L', 'P') ?? 'P');
  if (recursive && !through && args.last('h', 'dereference') === 'dereference')
    return complain(io, '-R --dereference requires either -H or -L');
  const follow = recursive ? through : !args.has('h');
  const tells = args.last('v', 'c');
  const quiet = args.has('f') || args.has('quiet');
  const from = args.value('from');
  const required = from === undefined ? {} : ownerOf(from);
  if (typeof required === 'string') return complain(io, `${required}: ${word(from ?? '')}`);
  if (!isGroup && text !== undefined && !text.includes(':') && text.includes('.') && userNumber(text) === undefined)
    complain(io, `warning: '.' should be ':': ${word(text)}`);
  const work = ({ at, name, path, stat: before, isOperand }: Visit): boolean => {
    const other =
      (required.uid !== undefined && required.uid !== before.uid) ||
      (required.gid !== undefined && required.gid !== before.gid);
    if (other) return true;
    const fault = io.fs.chown(at, name, wanted, follow && (isOperand || !recursive) ? 'follow' : undefined);
    const what = tellsUser ? 'ownership' : 'group';
    if (fault && !quiet)
      complain(io, `changing ${wanted.uid === undefined ? 'group' : 'ownership'} of ${quoted(path)}: ${fault.reason}`);
    const old = [tellsUser && userName(before.uid), wanted.gid !== undefined && groupName(before.gid)]
      .filter((text) => text !== false)
      .join(':');
    const changed = (wanted.uid ?? before.uid) !== before.uid || (wanted.gid ?? before.gid) !== before.gid;
    if (fault && tells === 'v') io.out(`failed to change ${what} of ${quoted(path)} from ${old} to ${spec}\n`);
    else if (!fault && tells && changed) io.out(`changed ${what} of ${quoted(path)} from ${old} to ${spec}\n`);
    else if (!fault && tells === 'v') io.out(`${what} of ${quoted(path)} retained as ${old}\n`);
    return !fault;
  };
  const unread = (path: string): void => {
    if (tells === 'v') io.out(`failed to change ${tellsUser ? 'ownership' : 'group'} of ${quoted(path)} to ${spec}\n`);
  };
  const lost = (path: string): void => {
    if (lstat(io, path) instanceof Fault) unread(path);
  };
  const how = { recursive, follow, after: true, quiet, lost, unread };
  return operands.map((path) => each(io, path, how, work)).every(Boolean) ? 0 : 1;
};

interface Wanted {
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

const groupOf = (text: string): Wanted | string => {
  const gid = groupNumber(text);
  return text === '' ? {} : gid === undefined ? 'invalid group' : { gid };
};

/** `user`, `user:group`, `user:` with the user's own group, `:group`; a dot is taken for the colon. */
const ownerOf = (text: string): Wanted | string => {
  const at = text.includes(':') ? text.indexOf(':') : userNumber(text) === undefined ? text.indexOf('.') : -1;
  const [user, group] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  const uid = user === '' ? undefined : userNumber(user);
  if (user !== '' && uid === undefined) return 'invalid user';
  if (group === undefined) return { uid };
  if (group === '') {
    const own = users.find((each) => each.uid === uid)?.gid;
    return user === '' ? {} : own === undefined || /^\d+$/.test(user) ? 'invalid spec' : { uid, gid: own };
  }
  const gid = groupNumber(group);
  if (gid === undefined) return text[at] === '.' ? 'invalid user' : 'invalid group';
  return { uid, gid };
};
