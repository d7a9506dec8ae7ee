import { errorText } from '../../fs/errno.ts';
import { deviceText, type Identity, identityKey, sameFile } from '../../fs/identity.ts';
import { basename, join } from '../../fs/path.ts';
import type { Kind } from '../../fs/stat.ts';
import { type Census, dirField, nameField, noDir } from '../../scan/census.ts';
import { trace } from '../../trace/trace.ts';
import type { Command, Look, Request, World } from '../command.ts';
import { UsageError } from '../command-error.ts';
import { btrfsNames, type InodePaths, type Told } from '../names/btrfs-names.ts';
import { candidates } from '../names/candidates.ts';
import type { File } from '../names/file.ts';
import { covered, mountOf, nearestLast, otherMounts, type Scope, statOf } from '../names/scope.ts';
import { walkOptions } from '../options.ts';
import { awaited, paced, type Work } from '../paced.ts';
import { show } from '../show.ts';
import { blindSpots, count, type Survey, survey, type WalkAids } from '../survey.ts';

export interface Report {
  /** The directory of --outside. */
  readonly outside: string | undefined;
  readonly files: readonly FileNames[];
  readonly failed: readonly string[];
  /** No name is missing but those that the request left out. */
  readonly complete: boolean;
  /** The walks that could not look everywhere, where that may have hidden names. */
  readonly doubted: readonly Survey[];
}

/** A file and the names of it that were found. */
interface FileNames extends Identity {
  readonly operands: readonly string[];
  readonly kind: Kind;
  readonly nlink: number;
  /** In the order of their paths; with --outside only those that lie outside. */
  readonly names: readonly string[];
  /** With --outside: names that were found inside. */
  readonly inside: number;
  readonly missing: Missing | undefined;
}

/** Names that were not found, and where they may be. */
interface Missing {
  readonly names: number;
  /** They may lie outside of the directories that --in named: the search itself was complete. */
  readonly elsewhere: boolean;
  /** Directories that could not be read. */
  readonly unread: number;
  /** Other places where the file system is mounted. */
  readonly mounts: readonly string[];
  /** Places where a mount covers what the file system holds. */
  readonly covered: readonly string[];
  /** What btrfs says: paths from the subvolume's root of names that this mount does not show. */
  readonly hidden: readonly string[];
}

/** `lw names`: all hard links of a file. `inodePaths` is asked where the file system may know them; a browser leaves it out. */
export const namesCommand = (aids?: WalkAids, inodePaths?: () => Promise<InodePaths>): Command<Report> => ({
  name: 'names',
  summary: 'all names (hard links) of a file, wherever they are',
  operands: '[FILE…]',
  options: {
    in: {
      type: 'string',
      multiple: true,
      value: 'DIR',
      help: 'search below DIR; can be repeated (default: the mount that FILE lies on)',
    },
    outside: {
      type: 'string',
      value: 'DIR',
      help: 'only names outside DIR; without FILE, of every file in DIR that has some',
    },
    follow: { type: 'boolean', short: 'L', help: 'where FILE is a symbolic link, the names of what it leads to' },
    ...walkOptions,
  },
  details: `A file has as many names as its link count says, all on one file system and all equal. Several FILEs are \
searched for in one walk, which begins near them and stops as soon as it has seen all their names; a file with one \
name needs none, and btrfs tells root all names at once. Every name listed was looked at and is the same inode.

Without --in the whole mount that FILE lies on is searched, and no other file system, since no name can be there. \
Where names are missing, the answer says how many and where else they may be: in directories that could not be \
read, below another mount of the file system, in a place that a mount covers.

The names of a symbolic link are its own. A directory has one name; its link count is higher since it counts the \
".." of each of its subdirectories.

Exit code: 0 if all names were found, or all below the DIRs of --in; 1 if a FILE or DIR could not be looked at; 3 if \
names are missing that may be where could not be looked. With --null: the names.`,
  examples: [
    ['lw names /usr/bin/perl', 'its other name'],
    ['lw names --in /srv film.mkv', 'only those below /srv'],
    ['lw names --outside /srv/torrents', 'what of the torrents is also in a library, and where'],
    ['lw names --null film.mkv | xargs -0 rm --', 'hand all names on, whatever bytes they hold'],
  ],

  run: (world, request) => paced(world, report(world, request, aids, inodePaths)),

  *render({ outside, files, failed }, look) {
    if (files.length === 0 && failed.length === 0)
      yield `no file in ${look.show(outside ?? '')} has a name outside of it`;
    for (const [i, file] of files.entries()) {
      if (i > 0) yield '';
      yield* drawn(file, look);
    }
  },

  json: ({ files, complete, doubted }) => ({
    complete,
    files: files.map(({ operands, dev, ino, kind, nlink, names, inside, missing }) => ({
      operands,
      device: deviceText(dev),
      inode: ino,
      kind,
      nlink,
      names,
      inside,
      missing: missing && {
        names: missing.names,
        elsewhere: missing.elsewhere,
        unread: missing.unread,
        otherMounts: missing.mounts,
        covered: missing.covered,
        hidden: missing.hidden,
      },
    })),
    blind: doubted.flatMap(({ census }) => census.blind),
  }),

  *paths({ files }) {
    for (const { names } of files) yield* names;
  },

  exitCode: ({ failed, complete }) => (failed.length > 0 ? 1 : complete ? 0 : 3),

  *problems({ failed, doubted }) {
    yield* failed;
    for (const { census, failed } of doubted) {
      yield* failed;
      yield* blindSpots(census.blind);
    }
  },
});

function* report(
  world: World,
  request: Request,
  aids: WalkAids | undefined,
  inodePaths: (() => Promise<InodePaths>) | undefined,
): Work<Report> {
  const outside = request.value('outside');
  if (outside === undefined && request.operands.length === 0)
    throw new UsageError('lw names needs FILE…, or --outside DIR', 'lw names --help');
  const failed: string[] = [];
  const ins = request.values('in').flatMap((path) => scopeOf(world, path, failed));
  const [inside] = outside === undefined ? [] : scopeOf(world, outside, failed);
  const search: Search = { world, request, ins, inside, aids, inodePaths, doubted: [] };
  // Where a scope cannot be walked, names in it would look absent.
  if (failed.length > 0) return { outside, files: [], failed, complete: false, doubted: [] };
  const given = request.operands.length > 0 || !inside;
  const files = given ? filesOf(world, request, failed) : yield* filesWithNamesOutside(search, inside);
  const found = yield* namesOf(search, files);
  const complete = search.doubted.length === 0 && found.every(({ missing }) => !missing || missing.elsewhere);
  return { outside, files: found, failed, complete, doubted: search.doubted };
}

interface Search {
  readonly world: World;
  readonly request: Request;
  /** The directories of --in. */
  readonly ins: readonly Scope[];
  /** The directory of --outside. */
  readonly inside: Scope | undefined;
  readonly aids: WalkAids | undefined;
  readonly inodePaths: (() => Promise<InodePaths>) | undefined;
  readonly doubted: Survey[];
}

/** What a DIR is; nothing where it is none, which `failed` then says. */
const scopeOf = (world: World, path: string, failed: string[]): readonly Scope[] => {
  const { from, root, absentVolumes } = world;
  const { end } = trace(world.fs, path, { from, root, absentVolumes });
  if (end.kind === 'found' && end.stat.kind === 'dir') return [{ path, physical: end.path }];
  failed.push(
    end.kind === 'found'
      ? `cannot search ${show(path)}: it is a ${end.stat.kind}, not a directory`
      : `cannot search ${show(path)}: ${errorText(end.errno)}\ntry: lw why ${show(path)}`,
  );
  return [];
};

/** The files that the operands name; two names of one file are one. */
const filesOf = (world: World, request: Request, failed: string[]): readonly File[] => {
  const { from, root, absentVolumes } = world;
  const files = new Map<string, File>();
  for (const operand of request.operands) {
    const last = request.flag('follow') ? 'follow' : 'stay';
    const { end } = trace(world.fs, operand, { from, root, absentVolumes, last });
    if (end.kind !== 'found')
      failed.push(`cannot look at ${show(operand)}: ${errorText(end.errno)}\ntry: lw why ${show(operand)}`);
    else if (end.stat.kind === 'dir')
      failed.push(
        `${show(operand)} is a directory, and has one name: its link count, ${end.stat.nlink}, may also count the ".." of its subdirectories\ntry: lw who ${show(operand)}`,
      );
    else {
      const key = identityKey(end.stat);
      const known = files.get(key);
      if (known) files.set(key, { ...known, operands: [...known.operands, operand] });
      else files.set(key, { operands: [operand], path: end.path, stat: end.stat });
    }
  }
  return [...files.values()];
};

/** For --outside without FILE: what has more names than the directory holds. */
function* filesWithNamesOutside({ world, request, aids, doubted }: Search, inside: Scope): Work<readonly File[]> {
  const whole = yield* survey(world, request, [inside.path], { level: 'full' }, aids);
  const { census } = whole;
  if (isPartial(whole)) doubted.push(whole);
  return census
    .namesByFile()
    .flatMap((rows, row) => {
      const file = census.file(row);
      const name = rows[0] as number;
      if (file.seen >= file.nlink) return [];
      const path = physicalName(census, name);
      const stat = statOf(world, path);
      return stat && sameFile(stat, file) ? [{ operands: [census.namePath(name)], path, stat }] : [];
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function* namesOf(search: Search, files: readonly File[]): Work<readonly FileNames[]> {
  const { request, ins, inside } = search;
  const told = new Map<File, Told>();
  if (ins.length === 0 && !inside && request.values('exclude').length === 0) {
    const { world } = search;
    const inodePaths = search.inodePaths && (yield* awaited(search.inodePaths()));
    for (const file of files) {
      const names = withoutSearch(world, file, inodePaths);
      if (names) told.set(file, names);
    }
  }
  const unsettled = files.filter((file) => told.get(file)?.names.length !== file.stat.nlink);
  const seen = unsettled.length > 0 ? yield* walkFor(search, unsettled, told) : new Map<File, FileNames>();
  return files.map((file) => seen.get(file) ?? allFound(file, told.get(file)?.names ?? []));
}

/** A file's names where they are known at once. */
const withoutSearch = (world: World, file: File, inodePaths: InodePaths | undefined): Told | undefined => {
  const { nlink, mountRoot, mountId } = file.stat;
  if (nlink === 0) return { names: [], hidden: [] };
  if (mountRoot) return undefined;
  if (nlink === 1) return { names: [file.path], hidden: [] };
  const type = world.mounts().find(({ id }) => id === mountId)?.type;
  return type === 'btrfs' && inodePaths ? btrfsNames(world, file, inodePaths) : undefined;
};

const allFound = ({ operands, stat: { dev, ino, kind, nlink } }: File, names: readonly string[]): FileNames => ({
  operands,
  dev,
  ino,
  kind,
  nlink,
  names: names.toSorted(compare),
  inside: 0,
  missing: undefined,
});

/** Searches for all files in one walk. */
function* walkFor(
  { world, request, ins, inside, aids, doubted }: Search,
  files: readonly File[],
  told: ReadonlyMap<File, Told>,
): Work<ReadonlyMap<File, FileNames>> {
  const scopes = ins.length > 0 ? ins : mountsOf(world, files);
  const excludes = request.values('exclude').length > 0;
  // Patterns are read from each root: with some, a root within a scope would change their meaning.
  const roots = excludes ? scopes.map(({ path }) => path) : nearestLast(world, scopes, files);
  // Inside is walked first, so that all it holds is known to be there, also where a bind mount shows it again.
  const walked = yield* survey(
    world,
    request,
    inside ? [...roots, inside.path] : roots,
    {
      level: 'full',
      ...(ins.length === 0 && { oneFileSystem: true }),
      wanted: candidates(
        world,
        files.map(({ stat }) => stat),
      ),
      enough: (census) => files.every((file) => missingOf(census, file) === 0),
    },
    aids,
  );
  const { census } = walked;
  const groups = census.namesByFile();
  const insideRoot = census.roots.findLastIndex(({ path }) => path === inside?.path);
  const partial = isPartial(walked) && files.some((file) => missingOf(census, file) > 0);
  if (partial) doubted.push(walked);
  return new Map(
    files.map((file) => {
      const row = rowOf(census, file);
      const rows = row < 0 ? [] : (groups[row] as readonly number[]);
      const shown = rows.filter((name) => rootOf(census, name) !== insideRoot);
      const names = {
        ...allFound(
          file,
          shown.map((name) => census.namePath(name)),
        ),
        nlink: row < 0 ? file.stat.nlink : census.file(row).nlink,
        inside: rows.length - shown.length,
      };
      const missing = missingOf(census, file);
      if (missing === 0) return [file, names];
      const places = {
        elsewhere: !partial && (ins.length > 0 || excludes),
        unread: census.blind.length + walked.failed.length,
        mounts: otherMounts(world, file, scopes),
        covered: covered(world, file),
        hidden: told.get(file)?.hidden ?? [],
      };
      return [file, { ...names, missing: { names: missing, ...places } }];
    }),
  );
}

const isPartial = ({ census, failed }: Survey): boolean => failed.length > 0 || !census.complete;

/** Where files can have names: the mounts that they were reached by. */
const mountsOf = (world: World, files: readonly File[]): readonly Scope[] => {
  const scopes = files.flatMap((file) =>
    // A file that is mounted itself tells nothing of where its names are.
    file.stat.mountRoot
      ? otherMounts(world, file, []).map((path) => ({ path, physical: path }))
      : [mountOf(world, file)],
  );
  return [...new Map(scopes.map((scope) => [scope.path, scope])).values()];
};

/** The row of a file in a census, or -1. */
const rowOf = (census: Census, { stat: { dev, ino } }: File): number => {
  const device = census.devices.indexOf(dev);
  return device < 0 ? -1 : census.findFile(Number(ino & 0xffffffffn), Number(ino >> 32n), device);
};

const missingOf = (census: Census, file: File): number => {
  const row = rowOf(census, file);
  if (row < 0) return file.stat.nlink;
  const { nlink, seen } = census.file(row);
  return Math.max(nlink - seen, 0);
};

const rootOf = (census: Census, name: number): number => {
  const { words } = census.dirs;
  let at = (census.names.words[name * nameField.width + nameField.dir] as number) * dirField.width;
  while (words[at + dirField.parent] !== noDir) at = (words[at + dirField.parent] as number) * dirField.width;
  return words[at + dirField.name] as number;
};

const physicalName = (census: Census, name: number): string => {
  const dir = census.names.words[name * nameField.width + nameField.dir] as number;
  return join(census.physicalPath(dir), basename(census.namePath(name)));
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function* drawn(file: FileNames, { show, paint }: Look): Iterable<string> {
  const { operands, dev, ino, nlink, names, inside, missing } = file;
  const found = missing ? `${count(names.length + inside)} of ${plural(nlink, 'name')} found` : plural(nlink, 'name');
  const kept = inside > 0 ? `, ${count(names.length)} outside` : '';
  yield `${paint('bold', operands.map(show).join(', '))}: inode ${ino} on ${deviceText(dev)}, ${found}${kept}`;
  for (const name of names) yield `  ${show(name)}`;
  if (!missing) return;
  if (missing.elsewhere) yield `  ${paint('dim', `${plural(missing.names, 'more name')} elsewhere`)}`;
  else {
    yield `  ${paint('doubt', `${plural(missing.names, 'name')} not found; where one could look:`)}`;
    for (const place of places(missing, show)) yield `    ${place}`;
  }
}

/** Where missing names may be, the likelier first. */
function* places({ unread, mounts, covered, hidden }: Missing, show: Look['show']): Iterable<string> {
  for (const path of hidden) yield `outside of what this mount shows: ${show(path)} in its btrfs subvolume`;
  if (unread > 0) yield `in ${plural(unread, 'place')} that could not be looked at`;
  for (const point of mounts) yield `below another mount of the file system: lw names --in ${show(point)} …`;
  const shown = 3;
  const more = covered.length > shown ? ` and ${count(covered.length - shown)} more` : '';
  if (covered.length > 0)
    yield `where a mount covers what is below: ${covered.slice(0, shown).map(show).join(', ')}${more}`;
}

const plural = (number: number, noun: string): string => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
