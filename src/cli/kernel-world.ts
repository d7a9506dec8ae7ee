import { Fault } from '../fs/fault.ts';
import type { Handle } from '../fs/fs.ts';
import { kernel } from '../kernel/kernel.ts';
import { type Mount, readMounts, readVolumes } from '../kernel/mounts.ts';
import { kernelProbe } from '../kernel/probe.ts';
import type { Place } from '../trace/trace.ts';
import type { World } from './command.ts';
import { CommandError } from './command-error.ts';
import { interrupted, pause } from './interrupt.ts';
import type { Progress } from './progress.ts';
import { show } from './show.ts';

/**
 * The running kernel as a command's world. All its paths start at the root: with --root, the
 * working directory is where it lies below that, or the root itself where it lies outside, as
 * chroot(8) begins there.
 */
export const kernelWorld = (rootPath: string | undefined, progress: Progress): World & Disposable => {
  const root = kernel.open(kernel.cwd, rootPath ?? '/', { access: 'path', directory: true });
  if (root instanceof Fault)
    throw new CommandError(`cannot take ${show(rootPath ?? '/')} as the root: ${root.reason}`, [], 2);
  const host = rootPath === undefined ? '/' : pathOf(root);
  const here = kernel.readlink(kernel.cwd, '/proc/self/cwd');
  if (here instanceof Fault)
    throw new CommandError(
      `cannot tell the path of the working directory: ${here.reason}`,
      ['cd to another one first'],
      2,
    );
  const below = relativeTo(host, here);
  const place: Place = { handle: root, path: '/' };
  return {
    fs: kernel,
    probe: kernelProbe,
    from: below === undefined ? place : { handle: kernel.cwd, path: below },
    root: place,
    absentVolumes: absentVolumes(host),
    fileSystemType: (dev) => types().get(dev),
    mounts: () => mountsFrom(host),
    progress: progress.show,
    interrupted,
    pause,
    [Symbol.dispose]: () => root[Symbol.dispose](),
  };
};

/** The types of what is mounted now, by device; read when first asked for. */
const types = (): ReadonlyMap<number, string> =>
  (typesNow ??= new Map(readMounts().map(({ dev, type }) => [dev, type])));
let typesNow: ReadonlyMap<number, string> | undefined;

/** The mount that the root lies in begins, as far as can be seen from there, at the root. */
const mountsFrom = (root: string): readonly Mount[] =>
  readMounts().flatMap((mount) => {
    const point = relativeTo(mount.point, root) === undefined ? relativeTo(root, mount.point) : '/';
    return point === undefined ? [] : [{ ...mount, point }];
  });

/** Where a handle's file lies, by the kernel's word. */
const pathOf = (handle: Handle): string => {
  const path = kernel.readlink(kernel.cwd, `/proc/self/fd/${handle.fd}`);
  if (path instanceof Fault)
    throw new CommandError(`cannot read /proc/self/fd: ${path.reason}`, ['mount proc at /proc'], 2);
  return path;
};

/** A path as the root sees it, undefined where it lies outside. */
const relativeTo = (root: string, path: string): string | undefined => {
  if (root === '/') return path.startsWith('/') ? path : undefined;
  if (path === root) return '/';
  return path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
};

/** Always mounted where a system runs (file-hierarchy(7)), and seldom listed in its fstab. */
const everySystem = ['/proc', '/sys', '/dev', '/run'];

/**
 * Mount points that this machine's fstab, or with --root that of the tree, lists and where nothing is mounted; in such a
 * tree also those that every system has: an image at rest does not say what will be there.
 */
const absentVolumes = (root: string): readonly string[] => {
  const listed = readVolumes().map(({ point }) => point);
  const own =
    root === '/'
      ? []
      : [
          ...everySystem.filter((point) => isDir(root + point)),
          ...readVolumes(`${root}/etc/fstab`).map(({ point }) => point),
        ].map((point) => root + point);
  const mounted = new Set(readMounts().map(({ point }) => point));
  const absent = [...listed, ...own].filter((point) => !mounted.has(point)).map(physical);
  return [...new Set(absent)]
    .filter((point) => !mounted.has(point))
    .map((point) => relativeTo(root, point))
    .filter((point) => point !== undefined && point !== '/') as string[];
};

const isDir = (path: string): boolean => {
  const stat = kernel.stat(kernel.cwd, path);
  return !(stat instanceof Fault) && stat.kind === 'dir';
};

/** fstab may name a mount point through links. One that does not even exist stays as written. */
const physical = (point: string): string => {
  // Without `directory`: that would set off an automount.
  const handle = kernel.open(kernel.cwd, point, { access: 'path' });
  if (handle instanceof Fault) return point;
  using held = handle;
  return pathOf(held);
};
