import { errorText } from '../../fs/errno.ts';
import { deviceText } from '../../fs/identity.ts';
import type { LinkText } from '../../fs/link-text.ts';
import { join } from '../../fs/path.ts';
import type { Kind, Stat } from '../../fs/stat.ts';
import type { Atlas } from '../../scan/atlas.ts';
import type { Census } from '../../scan/census.ts';
import { type Entry, type Lead, leadsTo } from '../../scan/leads.ts';
import { type End, health } from '../../trace/route.ts';
import { trace } from '../../trace/trace.ts';
import type { Command, Look, Request, World } from '../command.ts';
import { displayWidth } from '../display-width.ts';
import { entryAt, following, goalOf, hasNames, type Name, namesOf, type Target } from '../goals.ts';
import { candidates } from '../names/candidates.ts';
import { mountOf } from '../names/scope.ts';
import { walkOptions } from '../options.ts';
import { paced, type Work } from '../paced.ts';
import { show } from '../show.ts';
import { blindSpots, count, type Survey, survey, type WalkAids } from '../survey.ts';

export interface Report {
  readonly targets: readonly Answered[];
  readonly failed: readonly string[];
  readonly survey: Survey | undefined;
  /** Links that may lead to a target, too: where they lead could not be looked at. */
  readonly unknown: readonly string[];
  readonly complete: boolean;
}

/** What links may lead to. */
interface Asked extends Target {
  readonly operand: string;
}

interface Answered extends Asked {
  /** Its other names. */
  readonly names: readonly string[];
  readonly ways: Readonly<Record<Lead['way'], readonly Way[]>>;
}

/** A link that leads there. */
interface Way {
  readonly path: string;
  readonly text: LinkText;
  /** Physical paths of the links that its text goes through to get there. */
  readonly via: readonly string[];
  readonly end: End['kind'];
}

const wayOrder = ['direct', 'through', 'passing'] as const;

/** `lw who`. */
export const whoCommand = (aids?: WalkAids): Command<Report> => ({
  name: 'who',
  summary: 'who leads to a file or directory: its names, and links to it and through it',
  operands: 'PATH…',
  options: {
    in: {
      type: 'string',
      multiple: true,
      value: 'DIR',
      help: 'search below DIR; can be repeated (default: /; with -x: the mount that PATH lies on)',
    },
    follow: { type: 'boolean', short: 'L', help: 'where PATH is a symbolic link, ask about what it leads to' },
    ...walkOptions,
  },
  details: `In this order: other names (hard links) of a file; symbolic links to it whose text passes no other link; \
those that get to it through other links; and those whose text goes through it to something else.

PATH may be a file, or a directory, or a symbolic link: then the answer is who leads to that link itself, unless -L \
or a slash after PATH asks for what it leads to. It may also be missing: the answer is which dangling links wait for it.

A link goes through a directory when its text comes into it from outside and goes on. A link that lies in the \
directory and never leaves it is not listed: it would not notice if the directory were renamed.

Links are searched for on all file systems below /, but for those of the kernel itself (proc, sysfs, …).

Exit code: 0; 1 if PATH or DIR could not be looked at; 3 if something below DIR could not be looked at, or where a link \
leads is unknown. With --null: the paths of the names and links.`,
  examples: [
    ['lw who /etc/alternatives/editor', 'names and links that lead to that link'],
    ['lw who -L /usr/bin/editor', 'and to the program itself'],
    ['lw who --in /srv /srv/releases/41', 'what would break if that release went'],
    ['lw who /usr/lib/jvm/src.zip', 'links that wait for a file that is missing'],
  ],

  run: (world, request) => paced(world, report(world, request, aids)),

  *render({ targets }, look) {
    for (const [i, target] of targets.entries()) {
      if (i > 0) yield '';
      yield* drawn(target, look);
    }
  },

  json: ({ targets, survey, complete }) => ({
    complete,
    roots: (survey?.census.roots ?? []).map(({ path }) => path),
    targets: targets.map(({ operand, path, missing, stat, names, ways }) => ({
      operand,
      path,
      kind: stat?.kind ?? 'missing',
      missing: missing?.path,
      device: stat && deviceText(stat.dev),
      inode: stat?.ino,
      nlink: stat?.nlink,
      names: names.length,
      direct: ways.direct.length,
      through: ways.through.length,
      passing: ways.passing.length,
    })),
    answers: targets.flatMap(({ operand, names, ways }) => [
      ...names.map((path) => ({ to: operand, way: 'name', path })),
      ...wayOrder.flatMap((way) =>
        ways[way].map(({ path, text, via, end }) => ({ to: operand, way, path, text, via, end, health: health(end) })),
      ),
    ]),
    blind: survey?.census.blind ?? [],
  }),

  *paths({ targets }) {
    for (const { names, ways } of targets) {
      yield* names;
      for (const way of wayOrder) for (const { path } of ways[way]) yield path;
    }
  },

  exitCode: ({ failed, complete }) => (failed.length > 0 ? 1 : complete ? 0 : 3),

  *problems({ failed, survey, unknown }) {
    yield* failed;
    if (survey) yield* blindSpots(survey.census.blind);
    if (unknown.length > 0)
      yield `where ${plural(unknown.length, 'link')} lead could not be looked at, as ${show(unknown[0] as string)}\ntry: lw map --list unknown`;
  },
});

function* report(world: World, request: Request, aids: WalkAids | undefined): Work<Report> {
  const failed: string[] = [];
  const targets = request.operands.flatMap((operand) => targetOf(world, operand, request.flag('follow'), failed));
  if (targets.length === 0) return { targets: [], failed, survey: undefined, unknown: [], complete: false };
  const named = targets.flatMap(({ stat }) => (stat && hasNames(stat) ? [stat] : []));
  const walked = yield* survey(
    world,
    request,
    rootsOf(world, request, targets),
    {
      level: named.length > 0 ? 'full' : 'symlinks',
      ...(named.length > 0 && { wanted: candidates(world, named) }),
    },
    aids,
  );
  const { census, atlas } = walked;
  const names = targets.map((target) => namesOf(census, target));
  const goals = targets.map((target, i) => goalOf(atlas, target, names[i] as readonly Name[]));
  const leads = yield* following(world, leadsTo(atlas, goals));
  const answered = targets.map((target, i) => {
    const others = (names[i] as readonly Name[]).filter((name) => !isOwn(atlas, name, target));
    return { ...target, names: others.map(({ path }) => path).sort(), ways: waysOf(atlas, leads[i] ?? []) };
  });
  const unknown = unknownLinks(census, new Set(leads.flat().map(({ link }) => link)));
  const complete = census.complete && walked.failed.length === 0 && unknown.length === 0;
  return { targets: answered, failed: [...failed, ...walked.failed], survey: walked, unknown, complete };
}

/** What a path names, or would name; nothing where that cannot be told, which `failed` then says. */
const targetOf = (world: World, operand: string, follow: boolean, failed: string[]): readonly Asked[] => {
  const { from, root } = world;
  const { end } = trace(world.fs, operand, { from, root, last: follow ? 'follow' : 'stay' });
  switch (end.kind) {
    case 'found':
      return [{ operand, path: end.path, missing: undefined, stat: end.stat }];
    case 'missing':
      if (end.path !== '')
        return [
          { operand, path: end.rest === '' ? end.path : join(end.path, end.rest), missing: end, stat: undefined },
        ];
  }
  failed.push(`cannot look at ${show(operand)}: ${errorText(end.errno)}\ntry: lw why ${show(operand)}`);
  return [];
};

/** Links lead from anywhere to anywhere: the whole tree, unless one file system was asked for. */
const rootsOf = (world: World, request: Request, targets: readonly Target[]): readonly string[] => {
  const ins = request.values('in');
  if (ins.length > 0) return ins;
  if (!request.flag('one-file-system')) return ['/'];
  return [...new Set(targets.map((target) => mountOf(world, target.missing ?? target).path))];
};

const isOwn = (atlas: Atlas, { spot, name }: Entry, { path }: Target): boolean => {
  const own = entryAt(atlas, path);
  return own !== undefined && atlas.same(own.spot) === atlas.same(spot) && own.name === name;
};

const waysOf = (atlas: Atlas, leads: readonly Lead[]): Answered['ways'] => {
  const { census } = atlas;
  const ways: Record<Lead['way'], Way[]> = { direct: [], through: [], passing: [] };
  for (const { link, way, via } of leads) {
    const { path, text, end } = census.link(link);
    ways[way].push({ path, text, end, via: [...new Set(via)].map((other) => atlas.linkPath(other)) });
  }
  for (const way of wayOrder) ways[way].sort((a, b) => (a.path < b.path ? -1 : 1));
  return ways;
};

/** Links that are not in the answer only because they could not be followed. */
const unknownLinks = (census: Census, listed: ReadonlySet<number>): readonly string[] => {
  const unknown: string[] = [];
  for (let row = 0; row < census.links.count; row++) {
    const end = census.endOf(row);
    if ((end === 'permission' || end === 'unknown') && !listed.has(row)) unknown.push(census.link(row).path);
  }
  return unknown;
};

function* drawn(target: Answered, look: Look): Iterable<string> {
  const { show, paint } = look;
  yield `${paint('bold', show(target.operand))}: ${described(target, look)}`;
  const { names, ways } = target;
  if (names.length > 0) {
    yield `  ${plural(names.length, 'other name')}`;
    for (const name of names) yield `    ${show(name)}`;
  }
  for (const way of wayOrder) {
    const list = ways[way];
    if (list.length === 0) continue;
    yield `  ${titles[way](list.length)}`;
    for (const each of list) yield* wayLines(each, look);
  }
  if (names.length === 0 && wayOrder.every((way) => ways[way].length === 0)) yield '  nothing leads there';
}

const described = ({ operand, path, missing, stat }: Asked, { show }: Look): string => {
  if (missing?.path === operand) return 'does not exist';
  if (missing) return `would be ${show(path)}; ${show(missing.path)} does not exist`;
  const at = path === operand ? ',' : ` ${show(path)},`;
  const { kind, dev, ino, nlink } = stat as Stat;
  const names = kind === 'dir' ? '' : `, ${plural(nlink, 'name')}`;
  return `${kindWords[kind]}${at} inode ${ino} on ${deviceText(dev)}${names}`;
};

const kindWords: Readonly<Record<Kind, string>> = {
  file: 'file',
  dir: 'directory',
  symlink: 'symbolic link',
  fifo: 'pipe',
  socket: 'socket',
  char: 'character device',
  block: 'block device',
  unknown: 'unknown kind',
};

const titles: Readonly<Record<Lead['way'], (number: number) => string>> = {
  direct: (number) => `${plural(number, 'link')} to it`,
  through: (number) => `${plural(number, 'link')} to it through other links`,
  passing: (number) => `${plural(number, 'link')} through it to something else`,
};

/** One line, or where that is wider than the terminal one for each part of it. */
const wayLines = ({ path, text, via, end }: Way, { width, show, paint }: Look): readonly string[] => {
  const verdict = health(end);
  // Where the text itself is that path, it is said already.
  const through = via.length === 1 && via[0] === text ? [] : via;
  const more = [
    [through.length > 0 ? `through ${through.map(show).join(', ')}` : '', 'dim'],
    [verdict === 'good' ? '' : end.replaceAll('-', ' '), verdict === 'broken' ? 'bad' : 'doubt'],
  ] as const;
  const said = more.filter(([part]) => part !== '');
  const rest = said.map(([part, style]) => paint(style, part));
  const link = paint('link', show(path));
  const columns = displayWidth([`    ${show(path)} -> ${show(text)}`, ...said.map(([part]) => part)].join('  '));
  if (columns < (width ?? Infinity)) return [[`    ${link} -> ${show(text)}`, ...rest].join('  ')];
  return [`    ${link}`, ...[`-> ${show(text)}`, ...rest].map((part) => `        ${part}`)];
};

const plural = (number: number, noun: string): string => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
