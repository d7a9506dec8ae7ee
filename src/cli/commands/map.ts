import { deviceText } from '../../fs/identity.ts';
import { Atlas } from '../../scan/atlas.ts';
import type { Census, Level, Link, MultiNamed } from '../../scan/census.ts';
import { crosses, isAbsolute, isAncestorCycle, type LinkTally, type NameTally, tallyLinks, tallyNames } from '../../scan/tally.ts';
import { type End, health } from '../../trace/route.ts';
import { trace } from '../../trace/trace.ts';
import type { Command, Look, Request, World } from '../command.ts';
import { UsageError } from '../command-error.ts';
import { walkOptions } from '../options.ts';
import { sizeText as bytes } from '../causes/size-text.ts';
import { blindSpots, count, survey } from '../survey.ts';

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

export const command: Command<Report> = {
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

  async run(world, request) {
    const wanted = request.value('list') as ListKind | undefined;
    const kind = wanted ?? (request.flag('null') ? 'broken' : undefined);
    const level = (request.value('level') as Level | undefined) ?? 'full';
    checkLevel(level, kind, request.flag('du'));
    const roots = request.operands.length > 0 ? request.operands : ['.'];
    const { census, failed } = await survey(world, request, roots, { level });
    const atlas = new Atlas(census, world.fs, world.root);
    const links = level === 'names' ? undefined : tallyLinks(census, atlas, 5);
    return {
      census,
      failed,
      fileSystems: census.devices.map((dev) => ({ dev, type: world.fileSystemType(dev) })),
      links,
      longest: links?.longest && { path: census.link(links.longest.row).path, hops: links.longest.hops },
      mostLinked: (links?.mostLinked ?? []).map(({ row, links }) => ({ path: endOf(world, census, row), links })),
      names: level === 'full' ? tallyNames(census) : undefined,
      list: kind && (kind === 'hard' || kind === 'outside' ? listFiles(census, kind) : listLinks(census, atlas, kind)),
      interrupted: world.interrupted(),
    };
  },

  *render(report, look, request) {
    if (report.list) {
      for (const item of report.list) yield* 'paths' in item ? fileLines(item, look) : [linkLine(item, look)];
    } else yield* picture(report, look, request.flag('du'));
  },

  json(report) {
    const { census, links, names } = report;
    return {
      roots: census.roots.map(({ path }) => path),
      level: census.level,
      complete: census.complete,
      counts: census.counts,
      fileSystems: report.fileSystems.map(({ dev, type }) => ({ device: deviceText(dev), type })),
      symlinks: links && {
        total: links.total,
        ...Object.fromEntries(Object.entries(links.ends)),
        broken: sumOf(links, 'broken'),
        absolute: links.absolute,
        relative: links.relative,
        direct: links.direct,
        through: links.through,
        toDirectories: links.toDirectories,
        acrossFileSystems: links.acrossFileSystems,
        ancestorCycles: links.ancestorCycles,
        longest: report.longest,
        mostLinked: report.mostLinked,
      },
      hardLinks: names,
      blind: census.blind,
      list: report.list && listJson(report.list),
    };
  },

  *paths({ list }) {
    for (const item of list ?? []) {
      if ('paths' in item) yield* item.paths;
      else yield item.path;
    }
  },

  exitCode: ({ census, failed }) => (failed.length > 0 ? 1 : census.complete ? 0 : 3),

  *problems({ census, failed }) {
    yield* failed;
    yield* blindSpots(census);
  },
};

const checkLevel = (level: Level, kind: ListKind | undefined, du: boolean): void => {
  const needs = du || kind === 'hard' || kind === 'outside' ? 'full' : kind ? 'symlinks' : 'names';
  const order: readonly Level[] = ['names', 'symlinks', 'full'];
  if (order.indexOf(level) < order.indexOf(needs))
    throw new UsageError(`--level ${level} does not look at what ${du ? '--du' : '--list'} asks for`, `--level ${needs}`);
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
  Object.entries(ends).reduce((sum, [kind, number]) => (health(kind as End['kind']) === wanted ? sum + number : sum), 0);

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
          errno: item.errno,
          target: item.target && { device: deviceText(item.target.dev), inode: item.target.ino, directory: item.leadsToDir },
          hops: item.hops,
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

const linkLine = ({ path, text, end, errno, hops }: ListedLink, { show, paint }: Look): string => {
  const line = `${paint('link', show(path))} -> ${show(text)}`;
  if (end === 'found') return hops && hops > 1 ? `${line}  ${paint('dim', `${hops} links`)}` : line;
  const style = health(end) === 'broken' ? 'bad' : 'doubt';
  return `${line}  ${paint(style, errno ? `${reasons[end]}: ${errno}` : reasons[end])}`;
};

function* fileLines({ dev, ino, nlink, seen, size, paths }: ListedFile, { show, paint }: Look): Iterable<string> {
  const outside = nlink > seen ? `, ${count(nlink - seen)} outside` : '';
  yield paint('bold', `inode ${ino} on ${deviceText(dev)}: ${count(seen)} of ${count(nlink)} names${outside}, ${bytes(size)}`);
  for (const path of paths) yield `  ${show(path)}`;
}

function* picture({ census, fileSystems, links, longest, mostLinked, names }: Report, look: Look, du: boolean): Iterable<string> {
  const { show, paint } = look;
  const { counts } = census;
  const where = census.roots.map(({ path }) => show(path)).join(', ');
  yield paint('bold', `${where}${census.stopped ? ' (stopped before the end)' : ''}`);
  yield line(counts.entries, 'entries', `${count(counts.dirs)} directories, ${count(counts.files)} files, ${count(counts.links)} symbolic links${counts.others ? `, ${count(counts.others)} others` : ''}`);
  const systems = fileSystems.map(({ dev, type }) => `${type ?? 'unknown'} on ${deviceText(dev)}`);
  yield line(fileSystems.length, fileSystems.length === 1 ? 'file system' : 'file systems', systems.join(', '));
  for (const [number, words] of [
    [counts.seenAgain, 'directories met again, counted once'],
    [counts.notEntered, 'directories of other file systems, not entered'],
    [counts.excluded, 'entries excluded'],
    [counts.vanished, 'entries gone before they could be looked at'],
    [census.blind.length, 'places that could not be looked at: the counts are too low'],
  ] as const)
    if (number > 0) yield line(number, words, '');
  if (links) yield* linkLines(links, longest, mostLinked, look);
  if (names) yield* nameLines(names);
  if (du) {
    yield '';
    yield paint('bold', 'storage, each inode once');
    yield `  ${bytes(counts.blocks * 512).padStart(11)}  in use by these ${count(counts.entries)} entries`;
    yield `  ${bytes(names?.bytesSharedOutside ?? 0).padStart(11)}  of it shared with names outside: removing the tree does not free it`;
    yield `  ${bytes(counts.bytes).padStart(11)}  length of all files together`;
  }
}

const line = (number: number, words: string, more: string): string =>
  `  ${count(number).padStart(11)}  ${words}${more === '' ? '' : `: ${more}`}`;

function* linkLines(links: LinkTally, longest: Report['longest'], mostLinked: Report['mostLinked'], { show, paint }: Look): Iterable<string> {
  yield '';
  yield paint('bold', `symbolic links`);
  if (links.total === 0) {
    yield '  none';
    return;
  }
  const good = links.ends.found;
  yield line(links.total, 'symbolic links', `${count(links.relative)} relative, ${count(links.absolute)} absolute`);
  yield line(good, 'lead somewhere', `${count(links.direct)} directly, ${count(links.through)} through other links`);
  for (const [number, words] of [
    [links.toDirectories, 'of them to directories'],
    [links.acrossFileSystems, 'of them to another file system'],
    [links.ancestorCycles, 'of them to a directory that they lie in: a cycle for whoever follows links'],
  ] as const)
    if (number > 0) yield line(number, words, '');
  for (const verdict of ['broken', 'unknown'] as const) {
    const total = sumOf(links, verdict);
    if (total === 0) continue;
    const parts = Object.entries(links.ends)
      .filter(([kind, number]) => number > 0 && health(kind as End['kind']) === verdict)
      .map(([kind, number]) => `${count(number)} ${reasons[kind as End['kind']]}`);
    yield paint(verdict === 'broken' ? 'bad' : 'doubt', line(total, verdict, parts.join(', ')));
  }
  if (sumOf(links, 'broken') === 0) yield paint('good', line(0, 'broken', ''));
  if (longest && longest.hops > 1) yield line(longest.hops, 'links in the longest chain', show(longest.path));
  for (const { path, links } of mostLinked) yield line(links, 'links to', show(path)).replace('links to: ', 'links to ');
}

function* nameLines(names: NameTally): Iterable<string> {
  yield '';
  yield 'hard links';
  if (names.files === 0) {
    yield '  none: every file has one name';
    return;
  }
  yield line(names.files, 'files with several names', `${count(names.names)} names here`);
  yield `  ${bytes(names.bytesSaved).padStart(11)}  not stored twice`;
  if (names.namesOutside > 0)
    yield line(names.namesOutside, 'names outside', `of ${count(names.filesWithNamesOutside)} files`);
}
