import { Fault } from '../../fs/fault.ts';
import type { Fs, Handle } from '../../fs/fs.ts';
import { basename, dirname, join } from '../../fs/path.ts';
import { readWhole } from '../../fs/whole-file.ts';
import { trace } from '../../trace/trace.ts';
import type { World } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { openPhysical } from '../open-physical.ts';
import { show } from '../show.ts';

export const configName = 'linkwright.toml';
export const ignoreName = '.linkwrightignore';
export const suppressionsName = 'linkwright-suppressions.json';

/** The directory that settings are for, and the files of them that it has. */
export interface Found {
  /** Physical. */
  readonly base: string;
  readonly config: Uint8Array | undefined;
  readonly ignore: Uint8Array | undefined;
}

/**
 * Looks in the directory at a path, and then in those above it up to the root of the mount that it lies on, for one that
 * has a configuration, a list of what to ignore or a baseline. Without one it is the directory itself.
 */
export const findSettings = (world: World, path: string): Found => {
  const { from, root } = world;
  const { end } = trace(world.fs, path, { from, root });
  const start = end.kind !== 'found' ? from.path : end.stat.kind === 'dir' ? end.path : dirname(end.path);
  for (let at = start; ; at = dirname(at)) {
    const opened = openPhysical(world, at, 'path');
    if (opened instanceof Fault) break;
    using dir = opened;
    const [config, ignore] = [configName, ignoreName].map((name) => readIn(world, dir, at, name));
    const hasBaseline = !(world.fs.stat(dir, suppressionsName) instanceof Fault);
    if (config || ignore || hasBaseline) return { base: at, config, ignore };
    const stat = world.fs.stat(dir, '');
    if (at === '/' || stat instanceof Fault || stat.mountRoot) break;
  }
  return { base: start, config: undefined, ignore: undefined };
};

/** A file of settings, through links too; undefined where there is none. */
export const readIn = (world: World, dir: Handle, path: string, name: string): Uint8Array | undefined => {
  const stat = world.fs.stat(dir, name);
  if (stat instanceof Fault) return undefined;
  const shown = join(path, name);
  const { end } = trace(world.fs, shown, { from: world.root, root: world.root });
  if (end.kind !== 'found' || end.stat.kind !== 'file') throw unreadable(shown, 'it is not a file');
  const parent = openPhysical(world, dirname(end.path), 'path');
  if (parent instanceof Fault) throw unreadable(shown, parent.reason);
  using place = parent;
  const bytes = readWhole(world.fs, place, basename(end.path));
  if (bytes instanceof Fault) throw unreadable(shown, bytes.reason);
  return bytes;
};

/** A file that an option names: of the machine, whatever --root says. */
export const readNamed = (fs: Fs, path: string): Uint8Array => {
  const bytes = readWhole(fs, fs.cwd, path, 'follow');
  if (bytes instanceof Fault) throw unreadable(path, bytes.reason);
  return bytes;
};

const unreadable = (path: string, why: string): CommandError =>
  new CommandError(`cannot read ${show(path)}: ${why}`, [], 2);
