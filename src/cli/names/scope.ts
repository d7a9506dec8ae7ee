import { Fault } from '../../fs/fault.ts';
import { ancestors, dirname, join } from '../../fs/path.ts';
import type { Stat } from '../../fs/stat.ts';
import type { World } from '../command.ts';
import { openPhysical } from '../open-physical.ts';
import type { File } from './file.ts';

/** A directory to search in: as it is written, and its physical path. */
export interface Scope {
  readonly path: string;
  readonly physical: string;
}

/** Directories that are opened for the order of a walk alone. */
const nearestMost = 32;

/**
 * What to walk to find files below `scopes`: first a file's own directory, then those above it,
 * since names of one file mostly lie close together; last the scopes, in their order. A walk begins with its last root and enters no
 * directory twice. Every root lies within a scope and is written as one.
 */
export const nearestLast = (world: World, scopes: readonly Scope[], files: readonly File[]): readonly string[] => {
  const roots = new Set(scopes.map(({ path }) => path));
  const near = files.flatMap(({ path }) =>
    scopes.flatMap((scope) =>
      ancestors(path)
        .filter((above) => above !== scope.physical && isBelow(above, scope.physical))
        .slice(0, nearestMost)
        .filter((above) => mayBeRead(world, above))
        .map((above) => written(scope, above)),
    ),
  );
  // One that is near to several files keeps its first, nearest place.
  const nearest = [...new Set(near)].slice(0, nearestMost).filter((path) => !roots.has(path));
  return [...[...roots].toReversed(), ...nearest.toReversed()];
};

/** The directory at the root of the mount that a file's directory lies on. */
export const mountOf = (world: World, { path }: Pick<File, 'path'>): Scope => {
  const top = ancestors(path).find((above) => statOf(world, above)?.mountRoot) ?? '/';
  return { path: top, physical: top };
};

/** Other places where the file system of a file is mounted and that could be walked. */
export const otherMounts = (world: World, { stat }: File, scopes: readonly Scope[]): readonly string[] => {
  const mounts = world.mounts();
  const dev = mounts.find(({ id }) => id === stat.mountId)?.dev;
  const points = mounts.filter((mount) => mount.dev === dev && mount.id !== stat.mountId).map(({ point }) => point);
  return [...new Set(points)].filter(
    (point) => scopes.every(({ physical }) => physical !== point) && statOf(world, point)?.kind === 'dir',
  );
};

/** Mount points on the file's mount: what the directories there held before is covered. */
export const covered = (world: World, { stat }: File): readonly string[] =>
  world.mounts().flatMap(({ parent, point }) => (parent === stat.mountId ? [point] : []));

/** A physical path below a scope as that is written. */
const written = ({ path, physical }: Scope, below: string): string =>
  below === physical ? path : join(path, below.slice(physical === '/' ? 1 : physical.length + 1));

const isBelow = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`);

export const statOf = (world: World, path: string): Stat | undefined => {
  const opened = openPhysical(world, dirname(path), 'path');
  if (opened instanceof Fault) return undefined;
  using dir = opened;
  const stat = world.fs.stat(dir, path.slice(path.lastIndexOf('/') + 1) || '.');
  return stat instanceof Fault ? undefined : stat;
};

const mayBeRead = (world: World, path: string): boolean => {
  const opened = openPhysical(world, path, 'read');
  if (opened instanceof Fault) return false;
  opened[Symbol.dispose]();
  return true;
};
