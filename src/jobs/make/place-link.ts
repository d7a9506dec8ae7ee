import { Fault } from '../../fs/fault.ts';
import type { Handle } from '../../fs/fs.ts';
import { identityKey, sameFile } from '../../fs/identity.ts';
import { linkText } from '../../fs/link-text.ts';
import { relativePath } from '../../fs/relative.ts';
import type { Stat } from '../../fs/stat.ts';
import { temporaryName } from '../../fs/temporary-name.ts';
import { type BackupControl, backupNames } from '../../gnu/backup.ts';
import { quote, quoteIfNeeded } from '../../gnu/quote.ts';
import { canonicalize } from './canonicalize.ts';
import type { LnRequest } from './ln-request.ts';
import { lastPart, Parents, parentPart } from './parents.ts';
import type { Process } from './process.ts';
import { type Replaced, replace } from './replace.ts';

/** What holds for all links of one run of ln. */
export interface Run {
  readonly process: Process;
  readonly request: LnRequest;
  /** What --beneath names: all paths begin there and stay there. */
  readonly root: Handle | undefined;
  readonly suffix: string;
  readonly backups: BackupControl;
  /** Where no operand may replace what an earlier one made: names, and the identity that each got. */
  readonly made: Map<string, string> | undefined;
}

/** Where a new name is to be. */
export interface Place {
  readonly at: Handle;
  readonly path: string;
  /** As messages have it. */
  readonly shown: string;
}

/** What came of a first try. */
export type Tried = Fault | 'made' | 'untried';

/** The one call that makes a link. A relative link's text is not known yet: `untried`. */
export const tryLink = (run: Run, source: string, { at, path }: Place): Tried => {
  if (run.request.relative) return 'untried';
  const from = openSource(run, source);
  if (from instanceof Fault) return from;
  using _ = from.held;
  return make(run, from, source, at, path) ?? 'made';
};

/** Makes a link, replacing what stands there as far as the run may; says what went wrong, and whether it was made. */
export const placeLink = (run: Run, source: string, place: Place, tried: Tried): boolean => {
  const from = openSource(run, source);
  if (from instanceof Fault) return refuse(run, source, place, from, `failed to access ${shown(run, source)}`);
  using _ = from.held;
  return placeFrom(run, from, source, place, tried);
};

/** The file to be linked, as link(2) takes it; a symbolic link has none. */
interface Source {
  readonly at: Handle;
  readonly path: string;
  readonly held: Handle | undefined;
}

const placeFrom = (run: Run, from: Source, source: string, place: Place, before: Tried): boolean => {
  const { request, process } = run;
  const { fs } = process;
  const hard = !request.symbolic;
  let tried: Tried = before;
  if (tried === 'untried' && !request.relative) tried = make(run, from, source, place.at, place.path) ?? 'made';
  if (tried === 'made' && !run.made && !request.verbose) return true;

  let file: Stat | undefined;
  if (hard && (tried !== 'made' || run.made)) {
    const stat = fs.stat(from.at, from.path, request.logical ? 'follow' : undefined);
    if (stat instanceof Fault) return refuse(run, source, place, stat, `failed to access ${shown(run, source)}`);
    file = stat;
  }
  let text = source;
  let backup: string | undefined;
  if (tried !== 'made') {
    if (file?.kind === 'dir' && !request.directories)
      return say(run, `${shownFirst(run, source)}: hard link not allowed for directory`);
    if (request.relative) text = relativeText(process, source, place.shown);

    const replaced = mayReplace(run) ? replaceThere(run, from, text, file, place, tried) : 'empty';
    if (replaced === 'said') return false;
    if (replaced === 'empty') {
      const fault =
        tried instanceof Fault && !(tried.errno === 'EEXIST' && mayReplace(run))
          ? tried
          : make(run, from, text, place.at, place.path);
      if (fault) return refuse(run, text, place, fault);
    } else {
      switch (replaced.kind) {
        case 'done':
          backup = replaced.backup;
          break;
        case 'changed':
          return say(run, changedText(run, place, replaced.kept));
        case 'refused':
          return replaced.what === 'link'
            ? refuse(run, text, place, replaced.fault)
            : refuse(run, text, place, replaced.fault, `cannot backup ${shown(run, place.shown)}`);
      }
    }
  }

  if (run.made) {
    const stat = file ?? fs.stat(place.at, place.path);
    if (!(stat instanceof Fault)) run.made.set(place.path, identityKey(stat));
  }
  if (request.verbose) {
    const old = backup === undefined ? '' : `${shown(run, parentPart(place.shown) + backup)} ~ `;
    process.out(`${old}${shown(run, place.shown)} ${hard ? '=' : '-'}> ${shown(run, text)}\n`);
  }
  return true;
};

const missing = new Fault('openat', 'ENOENT', '');

const mayReplace = ({ request, backups }: Run): boolean => request.replace !== 'no' || backups !== 'none';

/** Replaces what stands at the place; `empty` where nothing does, `said` where it may not be and that was said. */
const replaceThere = (
  run: Run,
  from: Source,
  text: string,
  file: Stat | undefined,
  place: Place,
  tried: Exclude<Tried, 'made'>,
): Replaced | 'empty' | 'said' => {
  const { request, process, backups } = run;
  const { fs } = process;
  const said = (message: string): 'said' => {
    say(run, message);
    return 'said';
  };

  using parents = new Parents(fs, undefined);
  const within = parentPart(place.path) !== '' ? parents.of(place.path) : place.at;
  const name = lastPart(place.path);
  // Held until the end: as long as it is, no other file can get its inode number.
  const opened =
    within instanceof Fault
      ? within
      : name === ''
        ? missing
        : fs.open(within, name, { access: 'path', nofollow: true });
  using held = opened instanceof Fault ? undefined : opened;
  const there = held ? fs.stat(held, '') : (opened as Fault);
  if (within instanceof Fault || there instanceof Fault || !held) {
    const fault = there as Fault;
    if (fault.errno === 'ENOENT') return 'empty';
    refuse(run, text, place, fault, `failed to access ${shown(run, place.shown)}`);
    return 'said';
  }
  if (there.kind === 'dir') return said(`${shownFirst(run, place.shown)}: cannot overwrite directory`);
  if (run.made?.get(place.path) === identityKey(there) && losesData(run, within, name))
    return said(`will not overwrite just-created ${shown(run, place.shown)} with ${shown(run, text)}`);
  if (asksForSame(run)) {
    const target = file ?? statText(run, text);
    if (
      !(target instanceof Fault) &&
      sameFile(target, there) &&
      (target.nlink === 1 || isSameEntry(run, from, text, within, name))
    )
      return said(`${shown(run, text)} and ${shown(run, place.shown)} are the same file`);
  }
  // What else has refused the first try will refuse the next.
  if (tried instanceof Fault && tried.errno !== 'EEXIST') return 'empty';

  if (request.replace === 'ask') {
    process.err(`${process.name}: replace ${shown(run, place.shown)}? `);
    if (!/^[yY]/.test(process.readLine() ?? '')) return 'said';
  }
  return replace(
    { fs, dir: within, name, seen: there, held },
    {
      make: (temp) => make(run, from, text, within, temp),
      spareName: () => temporaryName(process.random(), backups === 'none' ? undefined : 'keeps'),
      backups: backups === 'none' ? undefined : backupNames(fs, within, name, backups, run.suffix),
    },
  );
};

/** After a backup a symbolic link may take even its own name, and who was asked may have wanted that. */
const asksForSame = ({ request, backups }: Run): boolean =>
  request.symbolic
    ? request.replace === 'force' && backups === 'none'
    : request.replace === 'force' || backups !== 'none';

/** As in GNU's ln with -f; without it, a backup would take the place of the one just made. */
const losesData = ({ request, backups, process, suffix }: Run, dir: Handle, name: string): boolean => {
  if (request.replace === 'force' || backups === 'none') return request.replace === 'force';
  return backupNames(process.fs, dir, name, backups, suffix).next().value?.numbered === false;
};

/** Opens what --beneath may not resolve by name; elsewhere the calls take the path as it is. */
const openSource = ({ request, root, process }: Run, source: string): Source | Fault => {
  const { fs } = process;
  // An empty path would mean the handle itself.
  if (source === '' && !request.symbolic) return new Fault('linkat', 'ENOENT', source);
  if (request.symbolic || !root) return { at: fs.cwd, path: source, held: undefined };
  const resolve = { beneath: true };
  if (request.logical || source.endsWith('/')) {
    const file = fs.open(root, source, { access: 'path', resolve });
    return file instanceof Fault ? file : { at: file, path: '', held: file };
  }
  const dir = fs.open(root, parentPart(source) || '.', { access: 'path', directory: true, resolve });
  return dir instanceof Fault ? new Fault(dir.call, dir.errno, source) : { at: dir, path: lastPart(source), held: dir };
};

const make = ({ request, process }: Run, from: Source, text: string, at: Handle, path: string): Fault | undefined =>
  request.symbolic
    ? process.fs.symlink(linkText(text), at, path)
    : process.fs.link(from.at, from.path, at, path, request.logical && from.path !== '' ? 'follow' : undefined);

/** The way from the link's directory, with all links resolved, to the target. */
const relativeText = (process: Process, target: string, name: string): string => {
  const from = canonicalize(process, parentPart(name) || '.', 'missing');
  const to = canonicalize(process, target, 'missing');
  return from instanceof Fault || to instanceof Fault ? target : relativePath(from, to);
};

/** Where a symbolic link's text leads from here, as GNU's ln looks at it. */
const statText = ({ process: { fs }, root }: Run, text: string): Stat | Fault => {
  if (!root) return fs.stat(fs.cwd, text, 'follow');
  const file = fs.open(root, text, { access: 'path', resolve: { beneath: true } });
  if (file instanceof Fault) return file;
  using held = file;
  return fs.stat(held, '');
};

/** The source is this very name. */
const isSameEntry = ({ process: { fs } }: Run, from: Source, source: string, dir: Handle, name: string): boolean => {
  if (lastPart(source).replace(/\/+$/, '') !== name.replace(/\/+$/, '')) return false;
  const parent = from.held ? fs.stat(from.at, '') : fs.stat(fs.cwd, parentPart(source) || '.', 'follow');
  const other = fs.stat(dir, dir === fs.cwd ? '.' : '');
  return !(parent instanceof Fault) && !(other instanceof Fault) && sameFile(parent, other);
};

const shown = ({ process }: Run, name: string): string => quote(name, process.utf8);
const shownFirst = ({ process }: Run, name: string): string => quoteIfNeeded(name, process.utf8);

const say = ({ process }: Run, message: string): false => {
  process.err(`${process.name}: ${message}\n`);
  return false;
};

/** Says that a link could not be made, with --explain why. */
const refuse = (
  run: Run,
  source: string,
  place: Place,
  fault: Fault,
  what = refusedText(run, source, place, fault),
): false => {
  const { request, process, root } = run;
  say(run, leadsOut(run, fault) ?? `${what}: ${fault.reason}`);
  if (!request.explain) return false;
  const lines = process.explain({
    fault,
    kind: request.symbolic ? 'symbolic' : 'hard',
    ...(!request.symbolic && { from: { at: root ?? process.fs.cwd, path: source, follow: request.logical } }),
    to: place,
  });
  for (const line of lines) process.err(`  ${line}\n`);
  return false;
};

/** How openat2(2) refuses a path that --beneath does not allow. */
export const leadsOut = (run: Run, { call, errno, path }: Fault): string | undefined =>
  run.root && call === 'openat2' && errno === 'EXDEV'
    ? `${shown(run, path)} leads out of ${shown(run, run.request.beneath as string)}`
    : undefined;

const refusedText = (run: Run, source: string, place: Place, { errno }: Fault): string => {
  const name = shown(run, place.shown);
  const target = shown(run, source);
  if (run.request.symbolic)
    return `failed to create symbolic link ${errno === 'ENAMETOOLONG' || source === '' ? `${name} -> ${target}` : name}`;
  switch (errno) {
    case 'EMLINK':
      return `failed to create hard link to ${target}`;
    case 'EDQUOT':
    case 'EEXIST':
    case 'ENOSPC':
    case 'EROFS':
      return `failed to create hard link ${name}`;
    default:
      return `failed to create hard link ${name} => ${target}`;
  }
};

const changedText = (run: Run, place: Place, kept: string | undefined): string => {
  const stays = `${shown(run, place.shown)} was replaced by somebody else meanwhile, and stays as it is now`;
  return kept === undefined
    ? stays
    : `${stays}; what stood there in between is ${shown(run, parentPart(place.shown) + kept)}`;
};
