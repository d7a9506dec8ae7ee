import type { Errno } from '../fs/errno.ts';
import { drop, oneDirLess, oneDirMore, put, take } from './directory.ts';
import { type Inode, isReadOnly } from './inode.ts';
import type { Machine } from './machine.ts';
import { type Actor, changeDir, lookUp, mayRemove } from './names.ts';
import { wants } from './permission.ts';
import { isBelow, type Last } from './walk.ts';

/** do_renameat2() and vfs_rename() in the kernel's fs/namei.c. */
export const rename = (
  actor: Actor,
  from: Last | Errno,
  to: Last | Errno,
  how?: 'no-replace' | 'exchange',
): Errno | undefined => {
  if (typeof from === 'string') return from;
  if (typeof to === 'string') return to;
  if (from.dir.mount !== to.dir.mount) return 'EXDEV';
  if (from.kind !== 'name') return 'EBUSY';
  if (to.kind !== 'name') return how === 'no-replace' ? 'EEXIST' : 'EBUSY';
  if (isReadOnly(from.dir)) return 'EROFS';
  const found = lookUp(actor.sketch, from);
  if (typeof found === 'string') return found;
  if (!found) return 'ENOENT';
  const there = lookUp(actor.sketch, to);
  if (typeof there === 'string') return there;
  if (there && how === 'no-replace') return 'EEXIST';
  if (!there && how === 'exchange') return 'ENOENT';
  return renameFound(actor, from, found.inode, to, there?.inode, how === 'exchange');
};

const renameFound = (
  actor: Actor,
  from: Last,
  file: Inode,
  to: Last,
  there: Inode | undefined,
  exchange: boolean,
): Errno | undefined => {
  const { sketch, who } = actor;
  const isDir = file.kind === 'dir';
  const toDir = there?.kind === 'dir';
  if (exchange && !toDir && to.slash) return 'ENOTDIR';
  if (!isDir && (from.slash || (!exchange && to.slash))) return 'ENOTDIR';
  const apart = from.dir.inode !== to.dir.inode;
  if (apart && isDir && isBelow(to.dir.inode, file)) return 'EINVAL';
  if (apart && there && toDir && isBelow(from.dir.inode, there)) return exchange ? 'EINVAL' : 'ENOTEMPTY';
  if (file === there) return undefined;
  const refused =
    mayRemove(actor, from.dir.inode, file, isDir) ??
    (there
      ? mayRemove(actor, to.dir.inode, there, exchange ? toDir : isDir)
      : sketch.allows(who, to.dir.inode, changeDir)) ??
    // Moving a directory changes its `..`.
    (apart && isDir ? sketch.allows(who, file, wants.write) : undefined) ??
    (apart && exchange && toDir ? sketch.allows(who, there as Inode, wants.write) : undefined);
  if (refused) return refused;
  if (sketch.isMountPoint(file) || (there && sketch.isMountPoint(there))) return 'EBUSY';
  if (!exchange && there && toDir) {
    const entries = sketch.entries(there);
    if (typeof entries === 'string') return entries;
    if (entries.length > 0) return there.volume.type.fullDirectory ?? 'ENOTEMPTY';
  }
  move(sketch, from, file, to, there, exchange);
  return undefined;
};

const move = (
  sketch: Machine,
  from: Last,
  file: Inode,
  to: Last,
  there: Inode | undefined,
  exchange: boolean,
): void => {
  const spots = {
    file: sketch.refer(file),
    from: sketch.spot(from.dir, from.name),
    to: sketch.spot(to.dir, to.name),
  };
  const now = sketch.now();
  take(sketch, from.dir.inode, from.name);
  if (file.kind === 'dir') oneDirLess(from.dir.inode);
  if (there) {
    take(sketch, to.dir.inode, to.name);
    if (there.kind === 'dir') oneDirLess(to.dir.inode);
  }
  if (exchange && there) {
    sketch.record({ kind: 'exchange', ...spots, other: sketch.refer(there) });
    put(sketch, from.dir.inode, from.name, there);
    if (there.kind === 'dir') oneDirMore(from.dir.inode);
  } else {
    sketch.record({ kind: 'rename', ...spots, ...(there ? { replaced: sketch.refer(there) } : {}) });
    if (there) drop(sketch, there, to.dir.inode, to.name);
  }
  put(sketch, to.dir.inode, to.name, file);
  if (file.kind === 'dir') oneDirMore(to.dir.inode);
  const both = exchange && there ? [file, there] : [file];
  if (both.length === 1 || file.volume.type.exchangeTouches !== 'parents') for (const moved of both) moved.ctime = now;
  else if (from.dir.inode !== to.dir.inode && both.some(({ kind }) => kind === 'dir'))
    for (const moved of both) {
      moved.ctime = now;
      if (moved.kind === 'dir') moved.mtime = now;
    }
};
