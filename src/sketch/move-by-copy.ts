import { byteLength } from '../fs/bytes.ts';
import type { Errno } from '../fs/errno.ts';
import type { LinkText } from '../fs/link-text.ts';
import { drop, put, take } from './directory.ts';
import { type Inode, isReadOnly } from './inode.ts';
import type { Machine } from './machine.ts';
import { type Actor, changeDir, isTooLongIn, lookUp, mayRemove, pathMax } from './names.ts';
import { wants } from './permission.ts';
import type { Last } from './walk.ts';

/** No call of Linux: over a base, what goes to another file system. Nothing of a directory is seen then. */
export const moveByCopy = (actor: Actor, from: Last | Errno, to: Last | Errno): Errno | undefined => {
  if (typeof from === 'string') return from;
  if (typeof to === 'string') return to;
  const { sketch, who } = actor;
  if (!sketch.overBase) return 'EOPNOTSUPP';
  if (from.kind !== 'name' || to.kind !== 'name') return 'EBUSY';
  if (isReadOnly(from.dir) || isReadOnly(to.dir)) return 'EROFS';
  const found = lookUp(sketch, from);
  if (typeof found === 'string') return found;
  if (!found) return 'ENOENT';
  const there = lookUp(sketch, to);
  if (typeof there === 'string') return there;
  const file = found.inode;
  const isDir = file.kind === 'dir';
  if (!isDir && (from.slash || to.slash)) return 'ENOTDIR';
  const refused =
    mayRemove(actor, from.dir.inode, file, isDir) ??
    (there ? mayRemove(actor, to.dir.inode, there.inode, isDir) : sketch.allows(who, to.dir.inode, changeDir)) ??
    (isDir || file.kind === 'file' ? sketch.allows(who, file, wants.read) : undefined);
  if (refused) return refused;
  if ([file, there?.inode].some((each) => each && sketch.isMountPoint(each))) return 'EBUSY';
  if (there && isDir) {
    const entries = sketch.entries(there.inode);
    if (typeof entries === 'string') return entries;
    if (entries.length > 0) return 'ENOTEMPTY';
  }
  return copyFound(sketch, from, file, to, there?.inode);
};

const copyFound = (sketch: Machine, from: Last, file: Inode, to: Last, there: Inode | undefined): Errno | undefined => {
  const text = file.kind === 'symlink' ? sketch.textOf(file) : undefined;
  if (text && 'errno' in text) return text.errno;
  const copy = sketch.make(
    to.dir.inode,
    file.kind,
    { ...file, groups: [] },
    file.mode,
    text ? { text: text.text } : {},
  );
  if (typeof copy === 'string') return copy;
  sketch.record({
    kind: 'copy',
    file: sketch.refer(file),
    from: sketch.spot(from.dir, from.name),
    to: sketch.spot(to.dir, to.name),
    ...(there && { replaced: sketch.refer(there) }),
    owner: file.uid,
    texts: [],
  });
  if (there) {
    take(sketch, to.dir.inode, to.name);
    drop(sketch, there, to.dir.inode, to.name);
  }
  take(sketch, from.dir.inode, from.name);
  drop(sketch, file, from.dir.inode, from.name);
  copy.nlink = 1;
  copy.size = file.size;
  put(sketch, to.dir.inode, to.name, copy);
  return undefined;
};

/** Gives a link in a copy another text: `below` is its path in there, empty for the copy itself. */
export const retextInCopy = (
  sketch: Machine,
  { madeBy, volume }: Inode,
  below: string,
  text: LinkText,
): Errno | undefined => {
  if (byteLength(text) >= pathMax || isTooLongIn(volume, text)) return 'ENAMETOOLONG';
  const step = madeBy === undefined ? undefined : sketch.steps[madeBy];
  if (step?.kind !== 'copy') return 'EOPNOTSUPP';
  sketch.steps[madeBy as number] = { ...step, texts: [...step.texts, { path: below, text }] };
  return undefined;
};
