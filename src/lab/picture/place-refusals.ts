import type { Errno } from '../../fs/errno.ts';
import { errorText } from '../../fs/errno.ts';
import { identityKey } from '../../fs/identity.ts';
import { basename, dirname } from '../../fs/path.ts';
import type { Location } from '../../sketch/inode.ts';
import type { SketchProcess } from '../../sketch/process.ts';
import type { Sketch } from '../../sketch/sketch.ts';
import { trace } from '../../trace/trace.ts';
import { inodeId, safeId } from './ids.ts';
import type { Stopped } from './picture.ts';

/** A change that the sketch refused. Of two paths the last is the new name. */
export interface RefusedChange {
  readonly call: string;
  readonly errno: Errno;
  readonly paths: readonly string[];
  /** Why, where the errno alone does not say. */
  readonly reason?: string;
}

/** A refused change at the name where it stopped. */
export interface PlacedRefusal {
  readonly id: string;
  /** The physical path of the directory. */
  readonly parent: string;
  readonly name: string;
  readonly path: string;
  /** The old name of what would have got a new one. */
  readonly existing: string | undefined;
  readonly stopped: Stopped;
}

/** More at once would tell nothing. */
const shownMax = 6;

export const placeRefusals = (sketch: Sketch, refused: readonly RefusedChange[]): readonly PlacedRefusal[] => {
  const process = sketch.process();
  const told = new Map(refused.map((change) => [JSON.stringify(change), change]));
  return [...told.values()].slice(-shownMax).map((change, index) => placeOne(process, change, index));
};

const placeOne = (process: SketchProcess, change: RefusedChange, index: number): PlacedRefusal => {
  const { call, errno, paths } = change;
  const asked = (paths.at(-1) ?? '/').replace(/(?<=.)\/+$/, '').replaceAll(/\/(\.\/)+/g, '/');
  const { dir, name } = placeIn(process, asked);
  const from = paths.length > 1 ? physical(process, paths[0] as string, 'stay') : undefined;
  const to = from?.location.inode;
  const crosses = to !== undefined && to.volume !== dir?.location.inode.volume;
  const words = callWords[call] ?? call;
  return {
    id: `refused-${index}-${safeId(asked)}`,
    ...{ parent: dir?.path ?? '/', name, path: asked, existing: from?.path },
    stopped: {
      call: words,
      errno,
      reason: change.reason ?? reasonFor(words, errno, to?.kind === 'dir', paths.length > 1 && !from),
      to: to && inodeId(to),
      crosses,
    },
  };
};

/** The nearest directory that is there, and the way on from it. */
const placeIn = (
  process: SketchProcess,
  path: string,
): { readonly dir: ReturnType<typeof physical>; readonly name: string } => {
  for (let at = dirname(path); ; at = dirname(at)) {
    const dir = physical(process, at, 'follow');
    if (at === '/' || dir?.location.inode.kind === 'dir')
      return { dir, name: path.slice(at === '/' ? 1 : at.length + 1) || '/' };
  }
};

const physical = (
  process: SketchProcess,
  path: string,
  last: 'follow' | 'stay',
): { readonly path: string; readonly location: Location } | undefined => {
  const place = { handle: process.cwd, path: '/' };
  const { end } = trace(process, path, { from: place, root: place, last });
  if (end.kind !== 'found') return undefined;
  const location = process.locate(end.path);
  if (typeof location === 'string') return undefined;
  const { volume, ino } = location.inode;
  // A final link that stays is not what `locate` gives.
  if (identityKey({ dev: volume.dev, ino }) === identityKey(end.stat)) return { path: end.path, location };
  const above = process.locate(dirname(end.path));
  const inode = typeof above === 'string' ? undefined : above.inode.entries.get(basename(end.path));
  return inode && typeof above !== 'string' ? { path: end.path, location: { mount: above.mount, inode } } : undefined;
};

/** System calls as people name them. */
const callWords: Readonly<Record<string, string>> = {
  linkat: 'link',
  symlinkat: 'symlink',
  renameat2: 'rename',
  unlinkat: 'unlink',
  mkdirat: 'mkdir',
  mknodat: 'mknod',
  openat: 'open',
  openat2: 'open',
  fchmodat: 'chmod',
  fchmodat2: 'chmod',
  fchownat: 'chown',
  utimensat: 'touch',
};

/** `ofNothing`: there is no file that could get the new name. */
const reasonFor = (call: string, errno: Errno, ofDirectory: boolean, ofNothing: boolean): string => {
  if (errno === 'ENOENT' && ofNothing) return 'the old name does not exist';
  if (call === 'link' && errno === 'EPERM')
    return ofDirectory ? 'a directory has one name only' : 'this file may not get another name from you';
  if (call === 'link' && errno === 'EXDEV') return 'names stay within one mount';
  if (call === 'rename' && errno === 'EXDEV') return 'a name cannot move to another mount';
  return reasons[errno] ?? errorText(errno).toLowerCase();
};

const reasons: { readonly [errno in Errno]?: string } = {
  EACCES: 'the mode of a directory does not allow it',
  EBUSY: 'it is in use as a mount point',
  EEXIST: 'the name is taken',
  EISDIR: 'it is a directory',
  ELOOP: 'more than 40 links in one path',
  EMLINK: 'the file has as many names as it can have',
  ENOENT: 'a name on the way does not exist',
  ENOSPC: 'no inode or block is free',
  ENOTDIR: 'a name on the way is no directory',
  ENOTEMPTY: 'the directory is not empty',
  EPERM: 'only the owner or root may',
  EROFS: 'it is mounted read-only',
};
