import { errorText } from '../fs/errno.ts';
import { Fault } from '../fs/fault.ts';
import { keepsFiles } from '../fs/file-systems.ts';
import { join } from '../fs/path.ts';
import { Atlas } from '../scan/atlas.ts';
import type { Blind, Census, Level } from '../scan/census.ts';
import { settle } from '../scan/settle.ts';
import { Walk, type WalkOptions } from '../scan/walk.ts';
import { type Place, trace } from '../trace/trace.ts';
import type { Request, World } from './command.ts';
import { UsageError } from './command-error.ts';
import { openPhysical } from './open-physical.ts';
import { awaited, type Work } from './paced.ts';
import { show } from './show.ts';

/** A walk over the directories that the user named. */
export interface Survey {
  readonly census: Census;
  readonly atlas: Atlas;
  /** Operands that could not be walked, a sentence each. */
  readonly failed: readonly string[];
}

export interface SurveyOptions extends Pick<WalkOptions, 'wanted' | 'remembers' | 'notes'> {
  readonly level: Level;
  readonly oneFileSystem?: boolean;
  /** Asked between steps: true ends the walk early, its question answered. `rootsLeft`: how many have not been begun, the first ones. */
  readonly enough?: (census: Census, rootsLeft: number) => boolean;
  /** Left out with all that lies below it, beside what --exclude says. */
  readonly leftOut?: ((physical: string, isDir: boolean) => boolean) | undefined;
}

/** Entries between two looks at the terminal: some milliseconds, more where storage is slow. */
const stride = 2048;

/** What makes a walk of the kernel's quicker, and what only Node can load; a sketch does without. */
export interface WalkAids {
  readonly excluder: (patterns: readonly string[]) => Promise<(path: string, isDir: boolean) => boolean>;
  readonly readAhead: (level: Level, threads: number | undefined) => { help(walk: Walk): void } & Disposable;
  /** Called once a walk turns out to be long. */
  readonly settleDown: () => void;
}

/** Small trees are done before V8 compiles anything. */
const stepsBeforeCompiling = 4;

/** Walks `roots` as the request's options want it, showing progress, until done or interrupted. */
export function* survey(
  world: World,
  request: Request,
  roots: readonly string[],
  options: SurveyOptions,
  aids: WalkAids | undefined,
): Work<Survey> {
  const threads = threadsOf(request);
  const patterns = request.values('exclude');
  if (patterns.length > 0 && !aids) throw new UsageError('--exclude is not to be had here');
  const matches = aids && patterns.length > 0 ? yield* awaited(aids.excluder(patterns)) : undefined;
  const { leftOut } = options;
  const excludes: WalkOptions['excludes'] = leftOut
    ? (path, isDir, root) => matches?.(path, isDir) || leftOut(join(root.physical, path), isDir)
    : matches;
  using walk = new Walk(world.probe(), {
    level: options.level,
    oneFileSystem: options.oneFileSystem ?? request.flag('one-file-system'),
    enters: (dev) => keepsFiles(world.fileSystemType(dev) ?? ''),
    ...(excludes && { excludes }),
    ...(options.wanted && { wanted: options.wanted }),
    ...(options.remembers && { remembers: true }),
    ...(options.notes && { notes: options.notes }),
    ...(request.value('root') !== undefined && { root: world.root.handle }),
  });
  using handles = new DisposableStack();
  const failed: string[] = [];
  for (const path of roots) {
    const opened = openRoot(world, path);
    if (typeof opened === 'string') failed.push(opened);
    else walk.addRoot(handles.use(opened.handle), { path, physical: opened.path });
  }
  const { census } = walk;
  let steps = 0;
  // What is left out would be read ahead as well.
  using ahead = excludes ? undefined : aids?.readAhead(options.level, threads);
  while (!walk.step(stride) && !options.enough?.(census, walk.rootsLeft) && !world.interrupted()) {
    world.progress(() => `${count(census.counts.entries)} entries seen, ${count(walk.pending)} directories to go`);
    if (++steps === stepsBeforeCompiling) aids?.settleDown();
    ahead?.help(walk);
    yield;
  }
  walk.stop();
  const atlas = new Atlas(census, world.fs, world.root);
  if (options.level !== 'names')
    for (const _ of settle(atlas, world.fs, world.root, world.absentVolumes)) {
      if (world.interrupted()) {
        census.stopped = true;
        break;
      }
      world.progress(() => `${count(census.counts.entries)} entries seen; telling loops apart`);
      yield;
    }
  return { census, atlas, failed };
}

/** What makes an answer incomplete, a sentence each; the first few, and how many more there are. */
export function* blindSpots(blind: readonly Blind[]): Iterable<string> {
  const shown = 10;
  for (const { path, call, errno } of blind.slice(0, shown))
    yield `cannot ${call === 'openat' || call === 'getdents64' ? 'read' : 'look at'} ${show(path)}: ${errorText(errno)}`;
  if (blind.length > shown) yield `and ${count(blind.length - shown)} more places that could not be looked at`;
}

export const count = (number: number): string => number.toLocaleString('en-US');

const threadsOf = (request: Request): number | undefined => {
  const given = request.value('read-ahead');
  if (given === undefined) return undefined;
  if (!/^\d{1,2}$/.test(given))
    throw new UsageError(`--read-ahead takes a number of threads up to 99, not ${show(given)}`);
  return Number(given);
};

/** The directory at a path, or the sentence that says why there is none. */
const openRoot = (world: World, path: string): Place | string => {
  const { from, root, absentVolumes } = world;
  const { end } = trace(world.fs, path, { from, root, absentVolumes });
  if (end.kind !== 'found') return `cannot walk ${show(path)}: ${errorText(end.errno)}\ntry: lw why ${show(path)}`;
  if (end.stat.kind !== 'dir')
    return `cannot walk ${show(path)}: it is a ${end.stat.kind}, not a directory\ntry: lw ls ${show(path)}`;
  const handle = openPhysical(world, end.path, 'read');
  if (handle instanceof Fault)
    return `cannot read the directory ${show(path)}: ${handle.reason}\ntry: lw why ${show(path)}/.`;
  return { handle, path: end.path };
};
