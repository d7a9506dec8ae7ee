import { Fault } from '../../fs/fault.ts';
import type { Handle } from '../../fs/fs.ts';
import type { Stat } from '../../fs/stat.ts';
import { type BackupControl, backupControl, backupSuffix } from '../../gnu/backup.ts';
import type { CommandIo, LabCommand } from '../session.ts';
import { type CopyOptions, type CopyState, copy, type Destination, fromHere } from './copy.ts';
import { makeParents } from './directories.ts';
import { parseMode } from './mode.ts';
import { remove } from './rm.ts';
import { groupNumber, userNumber } from './show-file.ts';
import {
  type Args,
  asker,
  choice,
  complain,
  inDirectory,
  lastName,
  lstat,
  misused,
  open,
  parse,
  quoted,
  stat,
  word,
} from './tool.ts';

const common =
  'b backup? f,force i,interactive n,no-clobber S,suffix: t,target-directory: T,no-target-directory u update? v,verbose strip-trailing-slashes';

const plain: CopyOptions = {
  ...{ move: false, recursive: false, dereference: 'always', hardLink: false, symbolicLink: false },
  ...{
    unlinkAfterFailedOpen: false,
    unlinkBeforeOpening: false,
    interactive: 'unspecified',
    update: false,
    verbose: false,
  },
  ...{
    preserveLinks: false,
    preserveMode: false,
    preserveOwner: false,
    preserveTimes: false,
    backup: 'none',
    suffix: '~',
  },
  ...{ reflink: 'auto', attributesOnly: false, oneFileSystem: false, ask: () => false },
};

/** cp(1). */
export const cp: LabCommand = (io, words) => {
  const args = parse(
    io,
    words,
    `a,archive attributes-only copy-contents d H l,link L,dereference n,no-clobber P,no-dereference p preserve? no-preserve: parents r ` +
      `R,recursive remove-destination reflink? sparse: s,symbolic-link x,one-file-system ${common.replace('n,no-clobber ', '')}`,
  );
  if (typeof args === 'number') return args;
  const options = common0(io, args);
  if (typeof options === 'number') return options;
  const kept = preserved(io, args);
  if (typeof kept === 'number') return kept;
  const recursive = args.has('a') || args.has('r') || args.has('R');
  const hardLink = args.has('l');
  const how = args.last('a', 'd', 'H', 'L', 'P');
  const dereference =
    how === 'H' ? 'operands' : how === 'L' ? 'always' : how ? 'never' : recursive && !hardLink ? 'never' : 'always';
  const reflink = args.has('reflink')
    ? choice(io, '--reflink', args.value('reflink') ?? 'always', [['auto'], ['always'], ['never']])
    : 'auto';
  if (typeof reflink === 'number') return reflink;
  const sparse = choice(io, '--sparse', args.value('sparse') ?? 'auto', [['never'], ['auto'], ['always']]);
  if (typeof sparse === 'number') return sparse;
  if (hardLink && args.has('s')) return misused(io, 'cannot make both hard and symbolic links');
  const force = args.has('f');
  return operate(io, args, {
    ...options,
    ...{ recursive, hardLink, dereference, reflink: reflink as CopyOptions['reflink'] },
    symbolicLink: args.has('s'),
    unlinkAfterFailedOpen: force,
    unlinkBeforeOpening: args.has('remove-destination') || (force && (hardLink || args.has('s'))),
    preserveLinks: kept.has('links'),
    preserveMode: kept.has('mode'),
    preserveOwner: kept.has('ownership'),
    preserveTimes: kept.has('timestamps'),
    attributesOnly: args.has('attributes-only'),
    oneFileSystem: args.has('x'),
  });
};

const everything = ['mode', 'ownership', 'timestamps', 'links'];

const attributes = [['mode'], ['timestamps'], ['ownership'], ['links'], ['context'], ['xattr'], ['all']];

const preserved = (io: CommandIo, args: Args): ReadonlySet<string> | number => {
  const kept = new Set<string>();
  for (const { name, value } of args.given) {
    if (name === 'a') for (const each of everything) kept.add(each);
    if (name === 'd') kept.add('links');
    if (name === 'p') for (const each of ['mode', 'ownership', 'timestamps']) kept.add(each);
    if (name === 'preserve')
      for (const each of (value ?? 'mode,ownership,timestamps').split(',')) {
        const found = choice(io, '--preserve', each, attributes);
        if (typeof found === 'number') return found;
        for (const one of found === 'all' ? everything : [found]) kept.add(one);
      }
    if (name === 'no-preserve')
      for (const each of (value ?? '').split(',')) {
        const found = choice(io, '--no-preserve', each, attributes);
        if (typeof found === 'number') return found;
        for (const one of found === 'all' ? everything : [found]) kept.delete(one);
      }
  }
  return kept;
};

/** mv(1), with the --exchange of coreutils 9.5. */
export const mv: LabCommand = (io, words) => {
  const args = parse(io, words, `exchange no-copy ${common}`);
  if (typeof args === 'number') return args;
  const options = common0(io, args);
  if (typeof options === 'number') return options;
  const kept = { preserveLinks: true, preserveMode: true, preserveOwner: true, preserveTimes: true };
  return operate(io, args, { ...options, ...kept, move: true, recursive: true, dereference: 'never' });
};

const common0 = (io: CommandIo, args: Args): CopyOptions | number => {
  const asked = args.last('f', 'i', 'n');
  const isMove = io.name === 'mv';
  const interactive = (isMove ? asked === 'n' : args.last('i', 'n') === 'n')
    ? 'never'
    : (isMove ? asked : args.last('i', 'n')) === 'i'
      ? 'ask'
      : 'unspecified';
  if (args.given.filter(({ name }) => name === 't').length > 1)
    return complain(io, 'multiple target directories specified');
  let backup: BackupControl = 'none';
  if (args.has('b') || args.has('backup') || args.has('S')) {
    const text = args.value('backup') ?? io.variable('VERSION_CONTROL') ?? 'existing';
    const found = backupControl(text, args.value('backup') === undefined ? '$VERSION_CONTROL' : 'backup type', true);
    if (typeof found !== 'string') return misused(io, found.problem);
    backup = found;
  }
  if (!isMove && backup !== 'none' && interactive === 'never') return misused(io, contradiction);
  const update =
    (args.has('u') || args.has('update')) &&
    interactive !== 'never' &&
    args.value('update') !== 'all' &&
    !args.value('update')?.startsWith('none');
  return {
    ...plain,
    ...{ interactive, backup, update },
    suffix: backupSuffix(args.value('S') ?? io.variable('SIMPLE_BACKUP_SUFFIX')),
    verbose: args.has('v'),
    ask: asker(io),
  };
};

const contradiction = 'options --backup and --no-clobber are mutually exclusive';

/** Finds out what goes where, and does it. */
const operate = (io: CommandIo, args: Args, options: CopyOptions): number => {
  const { fs } = io;
  const operands = args.has('strip-trailing-slashes')
    ? args.operands.map((path, i) =>
        i < args.operands.length - (args.has('t') ? 0 : 1) ? path.replace(/(?<=.)\/+$/, '') : path,
      )
    : args.operands;
  let into = args.value('t');
  const count = operands.length;
  if (count < (into === undefined ? 2 : 1)) {
    const [first] = operands;
    return misused(
      io,
      first === undefined ? 'missing file operand' : `missing destination file operand after ${quoted(first)}`,
    );
  }
  const exact = args.has('T');
  if (exact && into !== undefined)
    return complain(io, 'cannot combine --target-directory (-t) and --no-target-directory (-T)');
  if (exact && count > 2) return misused(io, `extra operand ${quoted(operands[2] as string)}`);
  const last = operands[count - 1] as string;
  let sources = operands.slice(0, -1);
  let renameErrno: string | undefined;
  let target: Handle | Fault | undefined;
  if (args.has('exchange')) return exchange(io, args, operands);
  if (into !== undefined) {
    sources = [...operands];
    target = open(io, into, { access: 'path', directory: true });
    if (target instanceof Fault) return complain(io, `target directory ${quoted(into)}: ${target.reason}`);
  } else if (!exact) {
    if (options.move && count === 2)
      renameErrno = fs.rename(fs.cwd, operands[0] as string, fs.cwd, last, 'no-replace')?.errno ?? 'done';
    target = renameErrno === 'done' ? undefined : open(io, last, { access: 'path', directory: true });
    if (target && !(target instanceof Fault)) {
      into = last;
      renameErrno = undefined;
    } else if (target && count > 2) return complain(io, `target ${quoted(last)}: ${target.reason}`);
  }
  using at = target instanceof Fault ? undefined : target;
  // mv asks this only after it has looked at the target, and tried its first rename.
  if (options.move && options.backup !== 'none' && options.interactive === 'never') return misused(io, contradiction);
  const several = into !== undefined && sources.length > 1;
  const state: CopyState = {
    copied: new Map(),
    made: several ? new Set() : undefined,
    sources: several && !options.move ? new Map() : undefined,
  };
  if (args.has('parents') && into === undefined)
    return misused(io, 'with --parents, the destination must be a directory');
  let ok = true;
  for (const source of sources) {
    const base = lastName(source);
    const path = args.has('parents')
      ? source.replace(/\/+$/, '').replace(/^\/+/, '')
      : base === '..' && !options.move
        ? '.'
        : base.replace(/^\/$/, '');
    const destination: Destination =
      into === undefined || !at ? fromHere(io, last) : { at, path, told: inDirectory(into, path) };
    const above = args.has('parents') ? copyParents(io, source, destination, options) : [];
    if (!above) {
      ok = false;
      continue;
    }
    ok = one(io, source, destination, options, state, renameErrno) && ok;
    for (const like of above) likeSource(io, destination.at, like, options);
  }
  return ok ? 0 : 1;
};

interface Like {
  readonly path: string;
  readonly source: Stat;
}

/** cp --parents: the directories above the copy are made like those above the source. Undefined: one cannot be. */
const copyParents = (
  io: CommandIo,
  source: string,
  { at, path, told }: Destination,
  options: CopyOptions,
): readonly Like[] | undefined => {
  const made: Like[] = [];
  const start = source.length - source.replace(/^\/+/, '').length;
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
    if (path[end - 1] === '/') continue;
    const dir = path.slice(0, end);
    const toldDir = told.slice(0, told.length - path.length + end);
    const there = io.fs.stat(at, dir, 'follow');
    if (!(there instanceof Fault)) {
      if (there.kind === 'dir') continue;
      complain(io, `${quoted(toldDir)} exists but is not a directory`);
      return undefined;
    }
    const from = source.slice(0, start + end);
    const like = stat(io, from);
    if (like instanceof Fault || like.kind !== 'dir') {
      const reason = like instanceof Fault ? like.reason : 'Not a directory';
      complain(io, `failed to get attributes of ${quoted(from)}: ${reason}`);
      return undefined;
    }
    const fault = io.fs.mkdir(at, dir, like.mode & 0o1777);
    if (fault) {
      complain(io, `cannot make directory ${quoted(toldDir)}: ${fault.reason}`);
      return undefined;
    }
    if (options.verbose) io.out(`${from} -> ${toldDir}\n`);
    const now = io.fs.stat(at, dir);
    const mode = now instanceof Fault ? 0o700 : now.mode;
    const isShut = (mode & 0o700) !== 0o700;
    if (isShut) io.fs.chmod(at, dir, mode | 0o700, 'follow');
    made.push({ path: dir, source: options.preserveMode || !isShut ? like : { ...like, mode } });
  }
  return made;
};

const likeSource = (io: CommandIo, at: Handle, { path, source }: Like, options: CopyOptions): void => {
  if (options.preserveTimes) io.fs.setTimes(at, path, source, 'follow');
  const fault = options.preserveOwner ? io.fs.chown(at, path, source, 'follow') : undefined;
  const now = io.fs.stat(at, path);
  const isOpened = (source.mode & 0o700) !== 0o700;
  if (options.preserveMode) io.fs.chmod(at, path, fault ? source.mode & 0o1777 : source.mode, 'follow');
  else if (isOpened && !(now instanceof Fault)) io.fs.chmod(at, path, now.mode & source.mode, 'follow');
};

const one = (
  io: CommandIo,
  source: string,
  destination: Destination,
  options: CopyOptions,
  state: CopyState,
  renameErrno: string | undefined,
): boolean => {
  // A file that is copied onto itself with a backup: the backup is the copy.
  const there = stat(io, source);
  const aside =
    options.unlinkAfterFailedOpen &&
    options.backup !== 'none' &&
    !options.move &&
    destination.at === io.fs.cwd &&
    source === destination.path &&
    (there instanceof Fault ? undefined : there.kind) === 'file';
  const { ok, renamed, intoSelf } = copy(
    io,
    source,
    aside ? fromHere(io, source + options.suffix) : destination,
    aside ? { ...options, backup: 'none' } : options,
    state,
    renameErrno,
  );
  if (intoSelf) return false;
  if (!ok || !options.move || renamed) return ok;
  const removal = { recursive: true, force: true, emptyDirectories: true, verbose: options.verbose, ask: undefined };
  return remove(io, source, removal) === 'removed';
};

const exchange = (io: CommandIo, args: Args, operands: readonly string[]): number => {
  const { fs } = io;
  const [a, b, extra] = operands as readonly [string, string, string?];
  const target =
    args.value('t') ??
    (args.has('T') || stat(io, b) instanceof Fault || (stat(io, b) as { kind: string }).kind !== 'dir' ? undefined : b);
  if (extra !== undefined && target === undefined)
    return complain(io, `target ${quoted(operands.at(-1) as string)}: Not a directory`);
  const to = target === undefined ? b : inDirectory(target, lastName(a));
  if (lstat(io, a) instanceof Fault) return complain(io, `cannot stat ${quoted(a)}: ${(lstat(io, a) as Fault).reason}`);
  const fault = fs.rename(fs.cwd, a, fs.cwd, to, 'exchange');
  if (fault) return complain(io, `cannot exchange ${quoted(a)} and ${quoted(to)}: ${fault.reason}`);
  if (args.has('v')) io.out(`exchanged ${quoted(a)} <-> ${quoted(to)}\n`);
  return 0;
};

/** install(1): -d, and copies that get a mode and an owner. */
export const install: LabCommand = (io, words) => {
  const args = parse(
    io,
    words,
    `C,compare c D d,directory g,group: m,mode: o,owner: p,preserve-timestamps s,strip ${common.replace('n,no-clobber ', '').replace('i,interactive ', '').replace('f,force ', '').replace('u update? ', '').replace('strip-trailing-slashes', '')}`,
  );
  if (typeof args === 'number') return args;
  const text = args.value('m') ?? '755';
  const mode = parseMode(text);
  if (!mode) return complain(io, `invalid mode ${word(text)}`);
  const owner = args.value('o');
  const group = args.value('g');
  const uid = owner === undefined ? undefined : userNumber(owner);
  const gid = group === undefined ? undefined : groupNumber(group);
  if (owner !== undefined && uid === undefined) return complain(io, `invalid user: ${word(owner)}`);
  if (group !== undefined && gid === undefined) return complain(io, `invalid group: ${word(group)}`);
  const finish = (path: string, isDir: boolean): boolean => {
    const owned =
      uid === undefined && gid === undefined ? undefined : io.fs.chown(io.fs.cwd, path, { uid, gid }, 'follow');
    if (owned) complain(io, `cannot change ownership of ${quoted(path)}: ${owned.reason}`);
    else io.fs.chmod(io.fs.cwd, path, mode(0, isDir, 0), 'follow');
    return owned === undefined;
  };
  if (args.has('d')) {
    if (args.operands.length === 0) return misused(io, 'missing file operand');
    if (args.has('t')) return complain(io, 'target directory not allowed when installing a directory');
    let code = 0;
    for (const path of args.operands) {
      const there = stat(io, path);
      if (!makeParents(io, path, args.has('v'), 'directory', 'creating')) code = 1;
      else if (!(there instanceof Fault) && there.kind === 'dir') finish(path, true);
      else {
        const fault = io.fs.mkdir(io.fs.cwd, path, 0o755);
        if (fault) code = complain(io, `cannot create directory ${word(path)}: ${fault.reason}`);
        else {
          if (args.has('v')) io.out(`${io.name}: creating directory ${quoted(path)}\n`);
          finish(path, true);
        }
      }
    }
    return code;
  }
  const into = args.value('t');
  const [first] = args.operands;
  if (args.operands.length < (into === undefined ? 2 : 1))
    return misused(
      io,
      first === undefined ? 'missing file operand' : `missing destination file operand after ${quoted(first)}`,
    );
  const last = into ?? (args.operands.at(-1) as string);
  const sources = into === undefined ? args.operands.slice(0, -1) : args.operands;
  const found = stat(io, last);
  const isInto = into !== undefined || (!args.has('T') && !(found instanceof Fault) && found.kind === 'dir');
  const third = args.operands[2];
  if (args.has('T') && into === undefined && third !== undefined) return misused(io, `extra operand ${quoted(third)}`);
  if (!isInto && sources.length > 1)
    return complain(io, `target ${quoted(last)}: ${found instanceof Fault ? found.reason : 'Not a directory'}`);
  if (into !== undefined && !args.has('D') && found instanceof Fault)
    return complain(io, `failed to access ${quoted(into)}: ${found.reason}`);
  const shared = common0(io, args);
  if (typeof shared === 'number') return shared;
  if (args.has('D') && !makeParents(io, isInto ? inDirectory(last, 'x') : last, args.has('v'))) return 1;
  let code = 0;
  for (const source of sources) {
    const destination = isInto ? inDirectory(last, lastName(source)) : last;
    const from = stat(io, source);
    if (!(from instanceof Fault) && from.kind === 'dir') {
      code = complain(io, `omitting directory ${quoted(source)}`);
      continue;
    }
    const options = { ...plain, ...shared, unlinkBeforeOpening: true, preserveTimes: args.has('p') };
    if (
      copy(io, source, fromHere(io, destination), options, {
        copied: new Map(),
        made: undefined,
        sources: undefined,
      }).ok
    )
      code = finish(destination, false) ? code : 1;
    else code = 1;
  }
  return code;
};
