import { Fault } from '../../fs/fault.ts';
import type { Entry, Fs } from '../../fs/fs.ts';
import { join } from '../../fs/path.ts';
import type { Stat } from '../../fs/stat.ts';
import type { Found, Route } from '../../trace/route.ts';
import { type Place, trace } from '../../trace/trace.ts';

/** Where a question is asked: the tree, and what is known of the machine beyond it. Every path starts at `root`. */
export interface Scene {
  readonly fs: Fs;
  readonly from: Place;
  readonly root: Place;
  /** Where the root lies in the world outside: what commands need before a path. Empty for `/`. */
  readonly prefix: string;
  readonly absentVolumes: readonly string[];
  readonly machine: Machine | undefined;
}

/** The scene of a world, whose paths start at its root whatever --root says. */
export const sceneOf = (
  world: Pick<Scene, 'fs' | 'from' | 'root' | 'absentVolumes'>,
  machine: Machine | undefined,
): Scene => ({
  fs: world.fs,
  from: world.from,
  root: world.root,
  prefix: machine === undefined || machine.rootPath === '/' ? '' : machine.rootPath,
  absentVolumes: world.absentVolumes,
  machine,
});

/** What lies outside the calls of Fs: left out where there is no machine, as in the browser. */
export interface Machine {
  /** The bytes of a regular file, from the root of the resolution; undefined where it cannot be read. */
  readonly read: (path: string) => Uint8Array | undefined;
  /** Where the root of the resolution lies in the machine's own. */
  readonly rootPath: string;
  /** What is mounted, by the number that Stat has. Mount points are paths from the machine's own root. */
  readonly mounts: ReadonlyMap<number, Mount>;
  /** Who asks. */
  readonly me: Credentials;
  /** The home directory of who asks. */
  readonly home: string | undefined;
}

export interface Mount {
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

export interface Credentials {
  readonly uid: number;
  /** The effective group and all others. */
  readonly gids: readonly number[];
}

/** The route of a path; a relative one starts in the directory `at`. */
export const reach = (scene: Scene, path: string, at = scene.from.path): Route =>
  trace(scene.fs, path.startsWith('/') ? path : join(at, path), {
    from: scene.root,
    root: scene.root,
    absentVolumes: scene.absentVolumes,
  });

/** What a path leads to, if it leads anywhere. */
export const found = (scene: Scene, path: string, at?: string): Found | undefined => {
  const { end } = reach(scene, path, at);
  return end.kind === 'found' ? end : undefined;
};

/** Entries of the directory at a physical path; undefined where it may not be read. */
export const entriesOf = (scene: Scene, path: string): readonly Entry[] | undefined => {
  const handle = scene.fs.open(scene.root.handle, beneath(path), { access: 'read', directory: true });
  if (handle instanceof Fault) return undefined;
  using dir = handle;
  const entries = scene.fs.entries(dir);
  return entries instanceof Fault ? undefined : entries;
};

/** The inode at a physical path, of a final link itself. */
export const statOf = (scene: Scene, path: string): Stat | undefined => {
  const stat = scene.fs.stat(scene.root.handle, beneath(path));
  return stat instanceof Fault ? undefined : stat;
};

/** A physical path holds neither links nor dots, so without its slash it cannot leave the root's handle. */
const beneath = (path: string): string => path.slice(1) || '.';

/** The path as a command outside the root would have to name it. */
export const outside = (scene: Scene, path: string): string => scene.prefix + path;
