/** Calls that give and take names, from where their paths were walked to: each check in the kernel's order. */
import { byteLength } from '../fs/bytes.ts';
import type { Errno } from '../fs/errno.ts';
import type { NodeKind } from '../fs/fs.ts';
import type { LinkText } from '../fs/link-text.ts';
import type { Kind } from '../fs/stat.ts';
import { drop, oneDirLess, oneDirMore, put, take } from './directory.ts';
import { type Inode, isReadOnly, type Location, type Volume } from './inode.ts';
import type { Machine } from './machine.ts';
import { type Credentials, isInGroup, isPlainFile, isStuck, owns, wants } from './permission.ts';
import type { Last } from './walk.ts';

/** Who changes something, and where. */
export interface Actor {
  readonly sketch: Machine;
  readonly who: Credentials;
  readonly umask: number;
}

/** A name in a directory, whether it is there or not. */
export interface Place {
  readonly dir: Location;
  readonly name: string;
}

/** PATH_MAX counts the NUL: 4095 bytes are the longest path, and the longest link text. */
export const pathMax = 4096;
export const changeDir = wants.write | wants.search;

export const lookUp = (sketch: Machine, { dir, name }: Place): Location | Errno | undefined =>
  dir.inode.nlink === 0 ? 'ENOENT' : sketch.child(dir, name);

/** filename_create() in the kernel's fs/namei.c: the checks for a name that is not there yet. */
const placeFor = (sketch: Machine, last: Last | Errno, directory: boolean): Place | Errno => {
  if (typeof last === 'string') return last;
  const { dir, name, kind, slash } = last;
  if (kind !== 'name') return 'EEXIST';
  const there = lookUp(sketch, last);
  if (typeof there === 'string') return there;
  if (there) return 'EEXIST';
  if (slash && !directory) return 'ENOENT';
  return isReadOnly(dir) ? 'EROFS' : { dir, name };
};

/** vfs_link(). */
export const addLink = ({ sketch, who }: Actor, file: Location | Errno, last: Last | Errno): Errno | undefined => {
  if (typeof file === 'string') return file;
  const place = placeFor(sketch, last, false);
  if (typeof place === 'string') return place;
  const { inode } = file;
  const { dir, name } = place;
  if (file.mount !== dir.mount) return 'EXDEV';
  if (sketch.protectedHardlinks && !owns(who, inode) && !mayChange(sketch, who, inode)) return 'EPERM';
  const refused = sketch.allows(who, dir.inode, changeDir);
  if (refused) return refused;
  if (inode.immutable || inode.appendOnly || inode.kind === 'dir') return 'EPERM';
  if (inode.nlink === 0) return 'ENOENT';
  if (inode.nlink >= (inode.volume.type.namesMax ?? Infinity)) return 'EMLINK';
  const home = inode.home;
  if (sketch.overBase && !home) return 'EOPNOTSUPP';
  const from = home && sketch.spot({ mount: file.mount, inode: home.dir }, home.name);
  if (from) sketch.record({ kind: 'link', file: sketch.refer(inode), from, to: sketch.spot(dir, name) });
  inode.nlink++;
  inode.ctime = sketch.now();
  put(sketch, dir.inode, name, inode);
  return undefined;
};

const mayChange = (sketch: Machine, who: Credentials, inode: Inode): boolean =>
  isPlainFile(inode) && sketch.allows(who, inode, wants.read | wants.write) === undefined;

export const addSymlink = (actor: Actor, text: LinkText, last: Last | Errno): Errno | undefined => {
  if (text === '') return 'ENOENT';
  if (byteLength(text) >= pathMax) return 'ENAMETOOLONG';
  const place = placeFor(actor.sketch, last, false);
  if (typeof place === 'string') return place;
  const refused = actor.sketch.allows(actor.who, place.dir.inode, changeDir);
  if (refused) return refused;
  if (isTooLongIn(place.dir.inode.volume, text)) return 'ENAMETOOLONG';
  const made = add(actor, place, 'symlink', 0o777, { text });
  return typeof made === 'string' ? made : undefined;
};

export const isTooLongIn = ({ type: { textMax } }: Volume, text: LinkText): boolean =>
  typeof textMax === 'number' && byteLength(text) > textMax;

export const addDirectory = (actor: Actor, last: Last | Errno, mode: number): Errno | undefined => {
  const place = placeFor(actor.sketch, last, true);
  if (typeof place === 'string') return place;
  const refused = actor.sketch.allows(actor.who, place.dir.inode, changeDir);
  if (refused) return refused;
  const { directoryLinks, namesMax = Infinity } = place.dir.inode.volume.type;
  if (directoryLinks !== 'count-to-limit' && place.dir.inode.nlink >= namesMax) return 'EMLINK';
  const made = add(actor, place, 'dir', mode & 0o1777 & ~actor.umask);
  return typeof made === 'string' ? made : undefined;
};

export const addNode = (
  actor: Actor,
  last: Last | Errno,
  kind: NodeKind,
  mode: number,
  rdev?: number,
): Errno | undefined => {
  const place = placeFor(actor.sketch, last, false);
  if (typeof place === 'string') return place;
  const refused = actor.sketch.allows(actor.who, place.dir.inode, changeDir);
  if (refused) return refused;
  // Anyone may make the character device 0:0, a whiteout (vfs_mknod() in fs/namei.c).
  const isWhiteout = kind === 'char' && (rdev ?? 0) === 0;
  if ((kind === 'char' || kind === 'block') && !isWhiteout && actor.who.uid !== 0) return 'EPERM';
  if (actor.sketch.overBase) return 'EOPNOTSUPP';
  const granted = modeOfNew(actor, place, mode);
  const made = add(actor, place, kind, granted, rdev === undefined ? {} : { rdev });
  return typeof made === 'string' ? made : undefined;
};

/** A file that open(2) makes. */
export const addFile = (actor: Actor, place: Place, mode: number): Location | Errno => {
  const refused = isReadOnly(place.dir) ? 'EROFS' : actor.sketch.allows(actor.who, place.dir.inode, changeDir);
  if (refused) return refused;
  if (actor.sketch.overBase) return 'EOPNOTSUPP';
  return add(actor, place, 'file', modeOfNew(actor, place, mode));
};

/** vfs_prepare_mode() in fs/namei.c: not a program with a group that its maker is not in. */
const modeOfNew = ({ who, umask }: Actor, { dir: { inode: dir } }: Place, mode: number): number => {
  const isForeign = (dir.mode & 0o2000) !== 0 && who.uid !== 0 && !isInGroup(who, dir.gid);
  const stripped = isForeign && (mode & 0o2010) === 0o2010 ? mode & ~0o2000 : mode;
  return stripped & 0o7777 & ~umask;
};

/** A new inode under a new name. */
const add = (
  { sketch, who }: Actor,
  { dir, name }: Place,
  kind: Kind,
  mode: number,
  rest: { readonly text?: LinkText; readonly rdev?: number } = {},
): Location | Errno => {
  const inode = sketch.make(dir.inode, kind, who, mode, rest);
  if (typeof inode === 'string') return inode;
  const to = sketch.spot(dir, name);
  if (kind === 'dir') sketch.record({ kind: 'mkdir', mode: inode.mode, to });
  if (rest.text !== undefined) sketch.record({ kind: 'symlink', text: rest.text, to });
  const counts = kind === 'dir' && inode.volume.type.directoryLinks !== 'one';
  inode.nlink = counts ? 2 : 1;
  if (kind === 'dir') oneDirMore(dir.inode);
  put(sketch, dir.inode, name, inode);
  return { mount: dir.mount, inode };
};

/** unlink(2). */
export const removeFile = (actor: Actor, last: Last | Errno): Errno | undefined => {
  if (typeof last === 'string') return last;
  const { sketch } = actor;
  const { dir, name, kind, slash } = last;
  if (kind !== 'name') return 'EISDIR';
  if (isReadOnly(dir)) return 'EROFS';
  const found = lookUp(sketch, last);
  if (typeof found === 'string') return found;
  if (!found) return 'ENOENT';
  const { inode } = found;
  if (slash) return inode.kind === 'dir' ? 'EISDIR' : 'ENOTDIR';
  const refused = mayRemove(actor, dir.inode, inode, false);
  if (refused) return refused;
  if (sketch.isMountPoint(inode)) return 'EBUSY';
  sketch.record({ kind: 'unlink', file: sketch.refer(inode), at: sketch.spot(dir, name) });
  take(sketch, dir.inode, name);
  drop(sketch, inode, dir.inode, name);
  return undefined;
};

/** rmdir(2). */
export const removeDirectory = (actor: Actor, last: Last | Errno): Errno | undefined => {
  if (typeof last === 'string') return last;
  if (last.kind !== 'name') return ({ '/': 'EBUSY', '.': 'EINVAL', '..': 'ENOTEMPTY' } as const)[last.kind];
  const inode = directoryToRemove(actor, last);
  if (typeof inode === 'string') return inode;
  const entries = actor.sketch.entries(inode);
  if (typeof entries === 'string') return entries;
  if (entries.length > 0) return 'ENOTEMPTY';
  takeDirectory(actor, last, inode, 'rmdir');
  return undefined;
};

/** No call of Linux: a directory goes with all that it holds. */
export const removeTree = (actor: Actor, last: Last | Errno): Errno | undefined => {
  if (typeof last === 'string') return last;
  if (last.kind !== 'name') return 'EBUSY';
  const inode = directoryToRemove(actor, last);
  if (typeof inode === 'string') return inode;
  takeDirectory(actor, last, inode, 'take-away');
  return undefined;
};

const directoryToRemove = (actor: Actor, place: Place): Inode | Errno => {
  if (isReadOnly(place.dir)) return 'EROFS';
  const found = lookUp(actor.sketch, place);
  if (typeof found === 'string') return found;
  if (!found) return 'ENOENT';
  const refused = mayRemove(actor, place.dir.inode, found.inode, true);
  if (refused) return refused;
  return actor.sketch.isMountPoint(found.inode) ? 'EBUSY' : found.inode;
};

const takeDirectory = ({ sketch }: Actor, { dir, name }: Place, inode: Inode, kind: 'rmdir' | 'take-away'): void => {
  sketch.record({ kind, file: sketch.refer(inode), at: sketch.spot(dir, name) });
  oneDirLess(dir.inode);
  take(sketch, dir.inode, name);
  drop(sketch, inode, dir.inode, name);
};

/** may_delete() in fs/namei.c. */
export const mayRemove = (
  { sketch, who }: Actor,
  dir: Inode,
  inode: Inode,
  asDirectory: boolean,
): Errno | undefined => {
  const refused = sketch.allows(who, dir, changeDir);
  if (refused) return refused;
  if (dir.appendOnly || isStuck(who, dir, inode) || inode.appendOnly || inode.immutable) return 'EPERM';
  if (asDirectory) return inode.kind === 'dir' ? undefined : 'ENOTDIR';
  return inode.kind === 'dir' ? 'EISDIR' : undefined;
};
