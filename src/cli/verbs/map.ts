import { Fault } from '../../fs/fault.ts';
import { deviceText } from '../../fs/identity.ts';
import type { Atlas } from '../../scan/atlas.ts';
import { type Census, dirField, type Level, type Link, type MultiNamed } from '../../scan/census.ts';
import {
  crosses,
  isAbsolute,
  isAncestorCycle,
  type LinkTally,
  type NameTally,
  tallyLinks,
  tallyNames,
} from '../../scan/tally.ts';
import { type End, health } from '../../trace/route.ts';
import { trace } from '../../trace/trace.ts';
import type { Command, Look, Request, World } from '../command.ts';
import { UsageError } from '../command-error.ts';
import { displayWidth } from '../display-width.ts';
import { fit } from '../fit.ts';
import { walkOptions } from '../options.ts';
import { paced, type Work } from '../paced.ts';
import { sizeText as bytes } from '../size-text.ts';
import { blindSpots, count, survey, type WalkAids } from '../survey.ts';

const listKinds = [
  'links',
  'broken',
  'unknown',
  'missing',
  'loops',
  'absolute',
  'relative',
  'through',
  'directories',
  'across',
  'cycles',
  'hard',
  'outside',
] as const;
type ListKind = (typeof listKinds)[number];

export interface Report {
  readonly census: Census;
  readonly failed: readonly string[];
  /** Those that directories of the scan lie on. */
  readonly fileSystems: readonly { readonly dev: number; readonly type: string | undefined }[];
  readonly links: LinkTally | undefined;
  readonly longest: { readonly path: string; readonly hops: number } | undefined;
  readonly mostLinked: readonly { readonly path: string; readonly links: number }[];
  readonly names: NameTally | undefined;
  /** What --list asks for, by path. */
  readonly list: readonly ListedLink[] | readonly ListedFile[] | undefined;
  readonly interrupted: boolean;
}

interface ListedLink extends Link {
  readonly hops: number | undefined;
}

interface ListedFile extends MultiNamed {
  readonly paths: readonly string[];
}

/** `lw map`. */
export const mapCommand = (aids?: WalkAids): Command<Report> => ({
  name: 'map',
  summary: 'the picture of a tree’s links: what there is, where it leads, what is broken',
  operands: '[DIR…]',
  options: {
    ...walkOptions,
    list: {
      type: 'string',
      value: 'KIND',
      oneOf: listKinds,
      help: `list instead of counting: ${listKinds.join(', ')}`,
    },
    du: { type: 'boolean', help: 'storage, counting each inode once, and what of it is shared with names outside' },
    level: {
      type: 'string',
      value: 'LEVEL',
      oneOf: ['names', 'symlinks', 'full'],
      help: 'how much to look at: names (no inode), symlinks (links and where they lead), full (every inode; the default)',
    },
  },
  details: `Counts are of names below each DIR (default: the working directory) and DIR itself, as find counts them. A \
directory that is met twice, through a bind mount or because one DIR lies in another, is counted once. File systems \
of the kernel itself (proc, sysfs, …) are not entered unless they are a DIR.

A link is broken when nothing can be where it leads: missing, a loop, more than 40 links, a file used as a directory, \
a name too long. It is unknown when that could not be looked at: a directory that may not be searched, a volume that \
is not mounted, an error of the storage.

"names outside" are names of a file that lie outside of every DIR: its link count less the names seen. lw names finds them.

--list: links; broken, missing, loops, unknown (by their end); absolute, relative; through (links that pass other \
links), directories (to a directory), across (to another file system), cycles (to a directory that they lie in); hard \
(files with several names), outside (those with names outside). With --null: the paths listed, by default of broken links.

Exit code: 0; 1 if a DIR could not be walked; 3 if something below could not be looked at, so that the counts are too low.`,
  examples: [
    ['lw map /usr', 'the picture of /usr'],
    ['lw map --list broken /etc', 'every broken link with its reason'],
    ['lw map --list outside /srv/torrents', 'files that have names elsewhere'],
    ['lw map --list broken --null . | xargs -0 ls -ld', 'hand the paths on, whatever bytes they hold'],
    ['lw map --root /mnt/image /', 'an image as a system booted from it would see it'],
  ],

  run: (world, request) => paced(world, report(world, request, aids)),

  *render(report, look, request) {
    const { census, list } = report;
    if (list) {
      for (const item of list) yield* 'paths' in item ? fileLines(item, look) : [linkLine(item, look)];
      // A program that reads the lines wants none here.
      if (list.length === 0 && look.width !== undefined) yield look.paint('dim', `none among ${entryCount(census)}`);
    } else if (census.roots.length > 0) yield* picture(report, look, request.flag('du'));
  },

  json(report) {
    const { census, links, names, longest } = report;
    return {
      roots: census.roots.map(({ path }) => path),
      failed: report.failed,
      level: census.level,
      complete: isComplete(report),
      counts: census.counts,
      fileSystems: report.fileSystems.map(({ dev, type }) => ({ device: deviceText(dev), type: type ?? null })),
      symlinks: links
        ? {
            total: links.total,
            good: links.ends.found,
            broken: sumOf(links, 'broken'),
            unknown: sumOf(links, 'unknown'),
            ends: links.ends,
            absolute: links.absolute,
            relative: links.relative,
            direct: links.direct,
            through: links.through,
            toDirectories: links.toDirectories,
            acrossFileSystems: links.acrossFileSystems,
            ancestorCycles: links.ancestorCycles,
            longest: longest ?? null,
            mostLinked: report.mostLinked,
          }
        : null,
      hardLinks: names ?? null,
      blind: census.blind,
      list: report.list ? listJson(report.list) : null,
    };
  },

  *paths({ list }) {
    for (const item of list ?? []) {
      if ('paths' in item) yield* item.paths;
      else yield item.path;
    }
  },

  exitCode: (report) => (report.failed.length > 0 ? 1 : isComplete(report) ? 0 : 3),

  *problems({ census, failed }) {
    yield* failed;
    yield* blindSpots(census.blind);
  },
});

function* report(world: World, request: Request, aids: WalkAids | undefined): Work<Report> {
  const wanted = request.value('list') as ListKind | undefined;
  const kind = wanted ?? (request.flag('null') ? 'broken' : undefined);
  const level = (request.value('level') as Level | undefined) ?? 'full';
  checkLevel(level, kind, request.flag('du'));
  const roots = request.operands.length > 0 ? request.operands : ['.'];
  const { census, atlas, failed } = yield* survey(world, request, roots, { level }, aids);
  const links = level === 'names' ? undefined : tallyLinks(census, atlas, 5);
  return {
    census,
    failed,
    fileSystems: fileSystemsOf(world, census),
    links,
    longest: links?.longest && { path: census.link(links.longest.row).path, hops: links.longest.hops },
    mostLinked: (links?.mostLinked ?? []).map(({ row, links }) => ({ path: endOf(world, census, row), links })),
    names: level === 'full' ? tallyNames(census) : undefined,
    list: kind && (kind === 'hard' || kind === 'outside' ? listFiles(census, kind) : listLinks(census, atlas, kind)),
    interrupted: world.interrupted(),
  };
}

const isComplete = ({ census, failed, interrupted }: Report): boolean =>
  census.complete && failed.length === 0 && !interrupted;

/** Those of directories that were entered: a link may lead to other devices, and a mount point lie on one. */
const fileSystemsOf = (world: World, census: Census): Report['fileSystems'] => {
  const { words, width, count } = census.dirs;
  const first = new Map<number, number>();
  for (let row = 0; row < count; row++) {
    const device = words[row * width + dirField.device]!;
    if (!census.unread.has(row) && !first.has(device)) first.set(device, row);
  }
  return Array.from(first, ([device, row]) => {
    const dev = census.devices[device]!;
    return { dev, type: world.fileSystemType(dev) ?? typeAt(world, census.physicalPath(row)) };
  });
};

/** By its mount: mountinfo does not have the devices of btrfs subvolumes. */
const typeAt = ({ fs, root, mounts }: World, path: string): string | undefined => {
  const stat = fs.stat(root.handle, path.slice(1));
  return stat instanceof Fault ? undefined : mounts().find(({ id }) => id === stat.mountId)?.type;
};

const checkLevel = (level: Level, kind: ListKind | undefined, du: boolean): void => {
  const needs = du || kind === 'hard' || kind === 'outside' ? 'full' : kind ? 'symlinks' : 'names';
  const order: readonly Level[] = ['names', 'symlinks', 'full'];
  if (order.indexOf(level) < order.indexOf(needs))
    throw new UsageError(
      `--level ${level} does not look at what ${du ? '--du' : '--list'} asks for`,
      `--level ${needs}`,
    );
};

/** The physical path of what a good link leads to. */
const endOf = ({ fs, root }: World, census: Census, row: number): string => {
  const { end } = trace(fs, census.linkPhysicalPath(row), { from: root, root });
  return end.kind === 'found' ? end.path : census.link(row).path;
};

const listLinks = (census: Census, atlas: Atlas, kind: ListKind): readonly ListedLink[] => {
  const chosen: ListedLink[] = [];
  for (let row = 0; row < census.links.count; row++) {
    if (!belongs(census, atlas, row, kind)) continue;
    const link = census.link(row);
    chosen.push({ ...link, hops: link.end === 'found' ? atlas.hops(row) : undefined });
  }
  return chosen.sort(byPath);
};

const belongs = (census: Census, atlas: Atlas, row: number, kind: ListKind): boolean => {
  const end = census.endOf(row);
  switch (kind) {
    case 'links':
      return true;
    case 'broken':
    case 'unknown':
      return health(end) === kind;
    case 'missing':
      return end === 'missing';
    case 'loops':
      return end === 'loop' || end === 'too-many-links';
    case 'absolute':
      return isAbsolute(census, row);
    case 'relative':
      return !isAbsolute(census, row);
    case 'through':
      return end === 'found' && atlas.hops(row) > 1;
    case 'directories':
      return census.leadsToDir(row);
    case 'across':
      return end === 'found' && crosses(census, row);
    case 'cycles':
      return isAncestorCycle(census, atlas, row);
    case 'hard':
    case 'outside':
      return false;
  }
};

const listFiles = (census: Census, kind: 'hard' | 'outside'): readonly ListedFile[] =>
  census
    .namesByFile()
    .map((rows, file) => ({ rows, ...census.file(file) }))
    .filter(({ nlink, seen }) => kind === 'hard' || nlink > seen)
    .map(({ rows, ...file }) => ({ ...file, paths: rows.map((row) => census.namePath(row)).sort(compare) }))
    .sort((a, b) => compare(a.paths[0]!, b.paths[0]!));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byPath = (a: { readonly path: string }, b: { readonly path: string }): number => compare(a.path, b.path);

const sumOf = ({ ends }: LinkTally, wanted: 'broken' | 'unknown'): number =>
  Object.entries(ends).reduce(
    (sum, [kind, number]) => (health(kind as End['kind']) === wanted ? sum + number : sum),
    0,
  );

const listJson = (list: readonly (ListedLink | ListedFile)[]): Iterable<unknown> =>
  list.map((item) =>
    'paths' in item
      ? {
          device: deviceText(item.dev),
          inode: item.ino,
          kind: item.kind,
          nlink: item.nlink,
          namesSeen: item.seen,
          size: item.size,
          storage: item.blocks * 512,
          names: item.paths,
        }
      : {
          path: item.path,
          text: item.text,
          end: item.end,
          health: health(item.end),
          errno: item.errno ?? null,
          target: item.target
            ? { device: deviceText(item.target.dev), inode: item.target.ino, directory: item.leadsToDir }
            : null,
          hops: item.hops ?? null,
        },
  );

/** What each end is called in a list. */
const reasons: Readonly<Record<End['kind'], string>> = {
  found: '',
  missing: 'missing',
  loop: 'loop',
  'too-many-links': 'more than 40 links',
  'not-a-directory': 'a file used as a directory',
  permission: 'may not be looked at',
  'name-too-long': 'name too long',
  'absent-volume': 'volume not mounted',
  unknown: 'unknown',
};

/** The same after a number of links. */
const counted: Readonly<Record<End['kind'], string>> = {
  ...reasons,
  loop: 'in a loop',
  'too-many-links': 'with more than 40 links to follow',
  'not-a-directory': 'using a file as a directory',
  permission: 'that may not be looked at',
  'name-too-long': 'with a name too long',
  'absent-volume': 'on a volume not mounted',
  unknown: 'for another reason',
};

/** One line each: on a terminal the path and the text are cut where both would not fit. */
const linkLine = ({ path, text, end, errno, hops }: ListedLink, { width, show, paint }: Look): string => {
  const verdict =
    end === 'found' ? (hops && hops > 1 ? `${hops} links` : '') : errno ? `${reasons[end]}: ${errno}` : reasons[end];
  const room = (width ?? Infinity) - 1 - arrow.length - (verdict === '' ? 0 : verdict.length + 2);
  const to = fit(text, Math.max(room - displayWidth(show(path)), Math.floor(room / 2)), show);
  const from = fit(path, room - displayWidth(to), show);
  const style = end === 'found' ? 'dim' : health(end) === 'broken' ? 'bad' : 'doubt';
  return `${paint('link', from)}${arrow}${to}${verdict === '' ? '' : `  ${paint(style, verdict)}`}`;
};

const arrow = ' -> ';

function* fileLines(
  { dev, ino, nlink, seen, size, paths }: ListedFile,
  { width, show, paint }: Look,
): Iterable<string> {
  const outside = nlink > seen ? `, ${count(nlink - seen)} outside` : '';
  yield paint(
    'bold',
    `inode ${ino} on ${deviceText(dev)}: ${count(seen)} of ${count(nlink)} names${outside}, ${bytes(size)}`,
  );
  for (const path of paths) yield `  ${fit(path, (width ?? Infinity) - 3, show)}`;
}

function* picture(report: Report, look: Look, du: boolean): Iterable<string> {
  const { census, fileSystems, links, names } = report;
  const { width, show, paint } = look;
  const { counts } = census;
  const stopped = isStopped(report) ? ' (stopped before the end)' : '';
  for (const { path } of census.roots)
    yield paint('bold', fit(path, (width ?? Infinity) - 1 - stopped.length, show) + stopped);
  yield* line(counts.entries, plural(counts.entries, 'entry', 'entries'), look, [
    `${count(counts.dirs)} ${plural(counts.dirs, 'directory', 'directories')}`,
    `${count(counts.files)} ${plural(counts.files, 'file')}`,
    `${count(counts.links)} ${plural(counts.links, 'symbolic link')}`,
    ...(counts.others ? [`${count(counts.others)} ${plural(counts.others, 'other')}`] : []),
  ]);
  const systems = fileSystems.map(({ dev, type }) => `${type ?? 'unknown'} (${deviceText(dev)})`);
  yield* line(systems.length, plural(systems.length, 'file system'), look, systems);
  for (const [number, one, many] of [
    [counts.seenAgain, 'directory met again, counted once', 'directories met again, counted once'],
    [
      counts.notEntered,
      'directory of another file system, not entered',
      'directories of other file systems, not entered',
    ],
    [counts.excluded, 'entry excluded, with all below it', 'entries excluded, with all below them'],
    [counts.vanished, 'entry gone or changed meanwhile, not counted', 'entries gone or changed meanwhile, not counted'],
    [
      census.blind.length,
      'place that could not be looked at: there may be more than is counted',
      'places that could not be looked at: there may be more than is counted',
    ],
  ] as const)
    if (number > 0) yield* line(number, plural(number, one, many), look);
  if (links) yield* linkLines(report, links, look);
  if (names) yield* nameLines(names, look);
  if (!du) return;
  yield '';
  yield paint('bold', 'storage, each inode counted once');
  yield* line(bytes(counts.blocks * 512), 'used by what is counted here', look);
  yield* line(
    bytes(names?.bytesSharedOutside ?? 0),
    'of it is not freed by removing all this: names outside share it',
    look,
  );
  yield* line(bytes(counts.bytes), 'if the lengths of all files are added up', look);
}

const isStopped = ({ census, interrupted }: Report): boolean => census.stopped || interrupted;

const entryCount = ({ counts }: Census): string =>
  `${count(counts.entries)} ${plural(counts.entries, 'entry', 'entries')}`;

const plural = (number: number, one: string, many = `${one}s`): string => (number === 1 ? one : many);

const numberColumns = 13;

/** A number, what it counts, and what it consists of; on a terminal the parts go on below where they do not fit. */
function* line(
  number: number | string,
  words: string,
  { width }: Look,
  parts: readonly string[] = [],
): Iterable<string> {
  let text = `${(typeof number === 'number' ? count(number) : number).padStart(numberColumns)}  ${words}`;
  for (const [index, part] of parts.entries()) {
    const mark = index === 0 ? ':' : ',';
    if (displayWidth(text) + mark.length + 1 + part.length < (width ?? Infinity)) text += `${mark} ${part}`;
    else {
      yield text + mark;
      text = `${' '.repeat(numberColumns + 4)}${part}`;
    }
  }
  yield text;
}

function* linkLines({ census, longest, mostLinked }: Report, links: LinkTally, look: Look): Iterable<string> {
  const { width, show, paint } = look;
  yield '';
  yield paint('bold', 'symbolic links');
  if (census.counts.links === 0) {
    yield `${'none'.padStart(numberColumns)}`;
    return;
  }
  const pathRoom = (words: string): number => (width ?? Infinity) - 1 - numberColumns - 2 - words.length;
  yield* line(links.total, 'in all', look, [`${count(links.relative)} relative`, `${count(links.absolute)} absolute`]);
  const good = [`${count(links.direct)} directly`, `${count(links.through)} through other links`];
  yield* line(links.ends.found, 'lead somewhere', look, good);
  for (const [number, words] of [
    [links.toDirectories, 'of them to a directory'],
    [links.acrossFileSystems, 'of them to another file system'],
    [links.ancestorCycles, 'of them to a directory they lie in: following them never ends'],
  ] as const)
    if (number > 0) yield* line(number, words, look);
  for (const verdict of ['broken', 'unknown'] as const) {
    const total = sumOf(links, verdict);
    const style = total === 0 ? 'good' : verdict === 'broken' ? 'bad' : 'doubt';
    const parts = Object.entries(links.ends)
      .filter(([kind, number]) => number > 0 && health(kind as End['kind']) === verdict)
      .map(([kind, number]) => `${count(number)} ${counted[kind as End['kind']]}`);
    if (total > 0 || verdict === 'broken')
      for (const text of line(total, verdict, look, parts)) yield paint(style, text);
  }
  const unread = census.counts.links - links.total;
  if (unread > 0) for (const text of line(unread, 'more could not be read', look)) yield paint('doubt', text);
  if (longest && longest.hops > 1) {
    const words = 'links to follow at most, from ';
    yield* line(longest.hops, words + fit(longest.path, pathRoom(words), show), look);
  }
  for (const { path, links } of mostLinked) {
    const words = 'lead to ';
    yield* line(links, words + fit(path, pathRoom(words), show), look);
  }
}

function* nameLines(
  { files, names, bytesSaved, namesOutside, filesWithNamesOutside }: NameTally,
  look: Look,
): Iterable<string> {
  yield '';
  yield look.paint('bold', 'hard links');
  if (files === 0) {
    yield `${'none'.padStart(numberColumns)}  every file has one name`;
    return;
  }
  yield* line(files, plural(files, 'file with several names', 'files with several names'), look, [
    `${count(names)} names here`,
  ]);
  yield* line(bytes(bytesSaved), 'not stored twice', look);
  if (namesOutside > 0)
    yield* line(namesOutside, plural(namesOutside, 'name outside', 'names outside'), look, [
      `of ${count(filesWithNamesOutside)} ${plural(filesWithNamesOutside, 'file')}`,
    ]);
}
