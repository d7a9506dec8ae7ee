/** lw compare: the seven differences between a hard and a symbolic link, measured where one is. */
import { release } from 'node:os';
import { Fault } from '../../fs/fault.ts';
import type { Handle } from '../../fs/fs.ts';
import { deviceText } from '../../fs/identity.ts';
import type { Stat } from '../../fs/stat.ts';
import { trace } from '../../trace/trace.ts';
import type { Command, World } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import type { Bench, OtherGround } from '../compare/bench.ts';
import { type Difference, type DifferenceName, differenceNames } from '../compare/comparison.ts';
import { deletion } from '../compare/deletion.ts';
import { directories } from '../compare/directories.ts';
import { drawDifference, drawTable, folded } from '../compare/draw.ts';
import { fileSystems } from '../compare/file-systems.ts';
import { makeScratch, type Scratch } from '../compare/ground.ts';
import { holdSignals } from '../compare/hold-signals.ts';
import { inode } from '../compare/inode.ts';
import { markdown } from '../compare/markdown.ts';
import { speed } from '../compare/speed.ts';
import { storage } from '../compare/storage.ts';
import { visibility } from '../compare/visibility.ts';
import { openPhysical } from '../open-physical.ts';
import { show } from '../show.ts';

export interface Comparison {
  readonly directory: string;
  /** The type of its file system; empty where it is not known. */
  readonly fileSystem: string;
  readonly device: string;
  readonly kernel: string;
  readonly userId: number;
  readonly differences: readonly Difference[];
  /** Sentences: what could not be removed. */
  readonly problems: readonly string[];
  /** Sentences: what comparisons that were killed had left behind. */
  readonly leftBehind: readonly string[];
}

const measures: Readonly<Record<DifferenceName, (bench: Bench) => Difference>> = {
  inode,
  deletion,
  'file-systems': fileSystems,
  directories,
  storage,
  speed,
  visibility,
};

export const command: Command<Comparison> = {
  name: 'compare',
  summary: 'how hard and symbolic links differ, measured on this machine',
  operands: '[DIR]',
  options: {
    only: {
      type: 'string',
      value: 'DIFFERENCE',
      multiple: true,
      oneOf: differenceNames,
      help: `only this one of the differences: ${differenceNames.join(', ')}; can be repeated`,
    },
    other: {
      type: 'string',
      value: 'DIR',
      help: 'the place on another file system to link to (default: /dev/shm, /tmp, /var/tmp or the home directory)',
    },
    markdown: { type: 'boolean', help: 'print a document in Markdown' },
  },
  details: `The seven differences that books teach are tried out in a scratch directory, which is made in DIR (or in the \
working directory) and removed at the end, also after Ctrl-C. What a comparison that was killed has left there, the next \
one removes, and says so. Each comes with the commands to see it yourself, what was \
observed, and a verdict that follows from that and from nothing else: where a file system refuses hard links, the answer \
is about that.

Below each difference stands where reality is subtler: who may make a hard link, what the count of a directory tells, from \
which length the text of a symbolic link takes a block, what a link costs when a file is opened, what cp, tar, rsync and git \
make of links, and which editors split a hard link. Programs that are not installed, and what only root can try, are \
named as not measured. vim is asked to forget its backupskip, because of which it makes no backup below /tmp and writes in place \
whatever its backupcopy says.

Times are of many rounds in which all cases take turns; what is told is the median, and in parentheses the quartiles: half \
of the rounds were between them. Where they lie too far apart to tell anything, that is said instead. One lookup passes 40 symbolic links; but where it has to begin anew, because something is mounted or renamed \
meanwhile, Linux counts the links of both attempts, so more than 20 may be refused now and then.

The exit code is 3 if something could not be measured that normally can be. A verdict is never an error.`,
  examples: [
    ['lw compare', 'here'],
    ['lw compare --only speed /mnt/usb', 'what a link costs on that disk'],
    ['lw compare --other /mnt/usb', 'links from here to there'],
    ['lw compare --markdown > links.md', 'as a handout'],
  ],

  async run(world, request) {
    if (request.flag('markdown') && (request.flag('json') || request.flag('null')))
      throw new UsageError('--markdown is a form of its own: give it without --json and --null');
    const [operand = '.', ...more] = request.operands;
    if (more.length > 0) throw new UsageError('lw compare measures in one directory', 'lw compare DIR');
    const only = request.values('only');
    const names = differenceNames.filter((name) => only.length === 0 || only.includes(name));
    using signals = holdSignals();
    // From here on Ctrl-C is an answer to this question.
    world.interrupted();
    using parent = openDirectory(world, operand);
    const otherName = request.value('other');
    const others = otherName === undefined ? usualOthers() : [otherName];
    const problems: string[] = [];
    const differences: Difference[] = [];
    const ground = scratchIn(world, parent, operand);
    let other: (OtherGround & { readonly ground: Scratch }) | undefined;
    try {
      other = names.includes('file-systems')
        ? otherGround(world, parent.stat, others, otherName !== undefined)
        : undefined;
      const bench: Bench = { ground, fileSystem: typeOf(world, parent.stat), other };
      for (const [index, name] of names.entries()) {
        world.progress(() => `comparing: ${name} (${index + 1} of ${names.length})`);
        differences.push(measures[name](bench));
        await world.pause?.();
        if (signals.came() || world.interrupted()) break;
      }
    } finally {
      for (const scratch of [ground, other?.ground]) {
        if (!scratch) continue;
        problems.push(...scratch.remove());
        scratch[Symbol.dispose]();
      }
    }
    return {
      directory: parent.path,
      fileSystem: typeOf(world, parent.stat),
      device: deviceText(parent.stat.dev),
      kernel: release(),
      userId: process.geteuid?.() ?? -1,
      differences,
      problems,
      leftBehind: [...ground.leftBehind, ...(other?.ground.leftBehind ?? [])],
    };
  },

  *render(report, look, request) {
    if (request.flag('markdown')) return yield* markdown(placeText(report), report.differences);
    yield* folded(placeText({ ...report, directory: look.show(report.directory) }), look, 0);
    yield '';
    yield* drawTable(report.differences, look);
    for (const difference of report.differences) {
      yield '';
      yield* drawDifference(difference, look);
    }
  },

  json: ({ directory, fileSystem, device, kernel, userId, differences }) => ({
    directory,
    fileSystem: fileSystem || null,
    device,
    kernel,
    userId,
    differences: differences.map(({ name, hard, soft }) => ({ name, hard, soft })),
    experiments: differences.flatMap(({ name, experiments }) =>
      experiments.map(({ title, commands, observed, outcome }) => ({
        difference: name,
        title,
        commands,
        observed,
        measured: outcome.kind === 'measured',
        verdict: outcome.kind === 'measured' ? outcome.verdict : null,
        whyNot: outcome.kind === 'measured' ? null : outcome.why,
      })),
    ),
  }),

  *paths({ directory }) {
    yield directory;
  },

  exitCode: ({ differences, problems }) =>
    problems.length > 0 || differences.some(({ experiments }) => experiments.some(isAmiss)) ? 3 : 0,
  problems: ({ problems, leftBehind }) => [...leftBehind, ...problems],
};

const isAmiss = ({ outcome }: Difference['experiments'][number]): boolean =>
  outcome.kind === 'not-measured' && outcome.usual;

const placeText = ({ directory, fileSystem, device, kernel, userId }: Comparison): string =>
  `Measured in ${directory}: ${fileSystem || 'a file system of unknown type'} (${device}), Linux ${kernel}, ${
    userId === 0 ? 'as root' : `as user ${userId}`
  }`;

interface OpenDirectory extends Disposable {
  readonly handle: Handle;
  readonly path: string;
  readonly stat: Stat;
}

const openDirectory = (world: World, operand: string): OpenDirectory => {
  const opened = tryOpen(world, operand);
  if (opened instanceof Fault) throw new CommandError(`cannot measure in ${show(operand)}: ${opened.reason}`);
  return opened;
};

const tryOpen = (world: World, operand: string): OpenDirectory | Fault => {
  const { fs, from, root, absentVolumes } = world;
  const { end } = trace(fs, operand, { from, root, absentVolumes });
  if (end.kind !== 'found') return new Fault('open', end.errno, operand);
  const handle = openPhysical(world, end.path, 'path');
  if (handle instanceof Fault) return handle;
  const stat = fs.stat(handle, '');
  if (!(stat instanceof Fault))
    return { handle, path: end.path, stat, [Symbol.dispose]: () => handle[Symbol.dispose]() };
  handle[Symbol.dispose]();
  return stat;
};

const scratchIn = ({ fs }: World, parent: OpenDirectory, operand: string): Scratch => {
  const made = makeScratch(fs, parent.handle);
  if (made instanceof Fault)
    throw new CommandError(`cannot make a scratch directory in ${show(operand)}: ${made.reason}`, [
      'lw compare DIR, with a directory that you may write to',
    ]);
  return made;
};

const usualOthers = (): readonly string[] =>
  ['/dev/shm', '/tmp', '/var/tmp', process.env.HOME].filter((path) => path !== undefined && path !== '') as string[];

/** The first of these places that is on another device, or else on another mount, and that takes a scratch directory. */
const otherGround = (
  world: World,
  here: Stat,
  places: readonly string[],
  asked: boolean,
): (OtherGround & { readonly ground: Scratch }) | undefined => {
  for (const path of places) {
    const opened = asked ? openDirectory(world, path) : tryOpen(world, path);
    if (opened instanceof Fault) continue;
    using place = opened;
    const { stat } = place;
    if (stat.dev === here.dev && stat.mountId === here.mountId) {
      if (asked) throw new CommandError(`${show(path)} is on the same file system: there is nothing to cross`, [], 2);
      continue;
    }
    const ground = asked ? scratchIn(world, place, path) : makeScratch(world.fs, place.handle);
    if (!(ground instanceof Fault)) return { ground, path, type: typeOf(world, stat), identity: stat };
  }
  return undefined;
};

const typeOf = (world: World, { mountId, dev }: Stat): string =>
  world.mounts().find(({ id }) => id === mountId)?.type ?? world.fileSystemType(dev) ?? '';
