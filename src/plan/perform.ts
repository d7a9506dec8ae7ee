import { Fault } from '../fs/fault.ts';
import type { Handle } from '../fs/fs.ts';
import { join } from '../fs/path.ts';
import type { FileOwner } from '../sketch/step.ts';
import { changeMode } from './change-mode.ts';
import { discardCopy, makeCopy, whereCopyDiffers } from './make-copy.ts';
import type { Making, Move, Seen, Slot } from './move.ts';
import { changed, failed, isRefusal, type Refusal } from './refusal.ts';
import { isSeen, seenOf, type View } from './view.ts';

/**
 * Does one move, or nothing: what has the names is compared just before, and what came out just
 * after; where that is not the plan's, it is put back.
 */
export const perform = (view: View, move: Move, ours: OurNames): Seen | undefined | Refusal => {
  switch (move.kind) {
    case 'make':
      return make(view, move);
    case 'discard':
      return discard(view, move);
    case 'shift':
      return shift(view, move, ours);
    case 'swap':
      return swap(view, move);
    case 'chmod':
      return chmod(view, move);
  }
};

/** Whether a name in a directory (its number) is one that the plan itself gave. */
export type OurNames = (dir: number, name: string) => boolean;

type Of<Kind extends Move['kind']> = Move & { readonly kind: Kind };

const make = (view: View, { file, what, at }: Of<'make' | 'discard'>): Seen | Refusal => {
  const { fs } = view;
  const dir = view.directory(at);
  if (isRefusal(dir)) return dir;
  const taken = view.expect(dir, at, undefined);
  if (taken) return taken;
  const refused =
    what.kind === 'link'
      ? makeLink(view, file, what.from, dir, at)
      : what.kind === 'copy'
        ? makeCopy(view, what, at)
        : makeNew(view, what, dir, at);
  if (refused) return refused;
  const again = view.directory(at);
  if (isRefusal(again)) return again;
  const stat = fs.stat(again, at.name);
  if (stat instanceof Fault) return failed(pathOf(at), stat);
  const planned = view.file(file);
  if (what.kind === 'link') return seenOf(stat);
  if (stat.kind !== planned.kind) return changed(pathOf(at), { kind: 'another', found: stat.kind });
  view.files[file] = { ...planned, seen: seenOf(stat) };
  return seenOf(stat);
};

const makeNew = (
  { fs }: View,
  what: Extract<Making, { kind: 'symlink' | 'dir' }>,
  dir: Handle,
  at: Slot,
): Refusal | undefined => {
  if (what.kind === 'symlink') {
    const refused = fs.symlink(what.text, dir, at.name);
    if (refused) return failed(pathOf(at), refused);
    const unowned = what.owner && giveOwner(fs, dir, at, what.owner);
    if (unowned) fs.unlink(dir, at.name);
    return unowned;
  }
  const refused = fs.mkdir(dir, at.name, 0o700);
  if (refused) return failed(pathOf(at), refused);
  const unset = setMode(fs, dir, at, what.mode);
  if (unset) fs.rmdir(dir, at.name);
  return unset;
};

/** A directory has its mode before it has its name. */
export const setMode = (fs: View['fs'], dir: Handle, at: Slot, mode: number): Refusal | undefined => {
  const opened = fs.open(dir, at.name, { access: 'path', directory: true, nofollow: true });
  if (opened instanceof Fault) return failed(pathOf(at), opened);
  using made = opened;
  return orFailed(at, changeMode(fs, made, mode));
};

/** A link has its owner before it has its name. */
export const giveOwner = (fs: View['fs'], dir: Handle, at: Slot, owner: FileOwner): Refusal | undefined =>
  orFailed(at, fs.chown(dir, at.name, owner));

/**
 * Links the very inode that was compared. Old kernels link a handle only for CAP_DAC_READ_SEARCH, and say ENOENT
 * (open(2)); then /proc names it.
 */
const makeLink = (view: View, file: number, from: Slot, dir: Handle, at: Slot): Refusal | undefined => {
  const { fs } = view;
  const source = view.directory(from);
  if (isRefusal(source)) return source;
  const opened = fs.open(source, from.name, { access: 'path', nofollow: true });
  if (opened instanceof Fault)
    return opened.errno === 'ENOENT' ? changed(pathOf(from), { kind: 'gone' }) : failed(pathOf(from), opened);
  using held = opened;
  const stat = fs.stat(held, '');
  if (stat instanceof Fault) return failed(pathOf(from), stat);
  const how = view.difference(held, '', stat, view.file(file));
  if (how) return changed(pathOf(from), how);
  const refused = fs.link(held, '', dir, at.name);
  if (refused?.errno !== 'ENOENT') return orFailed(at, refused);
  const again = fs.link(fs.cwd, `/proc/self/fd/${held.fd}`, dir, at.name, 'follow');
  // Its last name went away meanwhile: Linux gives such a file no new one.
  const gone = again?.errno === 'ENOENT' && fs.stat(held, '');
  if (gone && !(gone instanceof Fault) && gone.nlink === 0) return changed(pathOf(from), { kind: 'gone' });
  return orFailed(at, again);
};

const discard = (view: View, { file, what, at }: Of<'make' | 'discard'>): Refusal | undefined => {
  const dir = view.directory(at);
  if (isRefusal(dir)) return dir;
  const stat = view.expect(dir, at, file);
  if (isRefusal(stat)) return stat;
  if (what.kind === 'link' && stat.nlink < 2) return changed(pathOf(at), { kind: 'last-name' });
  if (what.kind === 'copy') return discardCopy(view, file, what, at);
  return orFailed(at, what.kind === 'dir' ? view.fs.rmdir(dir, at.name) : view.fs.unlink(dir, at.name));
};

const shift = (view: View, { file, from, to, empty, copied }: Of<'shift'>, ours: OurNames): Refusal | undefined => {
  const { fs } = view;
  const differs = copied?.way === 'forth' ? whereCopyDiffers(view, { file, at: from }, copied, copied) : undefined;
  if (differs) return differs;
  const source = view.directory(from);
  if (isRefusal(source)) return source;
  const target = view.directory(to);
  if (isRefusal(target)) return target;
  const refused =
    firstRefusal(view.expect(source, from, file), () => view.expect(target, to, undefined)) ??
    (empty === 'forth' ? notEmpty(view, file, source, from, ours, from) : undefined);
  if (refused) return refused;
  const fault = fs.rename(source, from.name, target, to.name, 'no-replace');
  if (fault) return renameRefusal(fault, from, to);
  const wrong =
    firstRefusal(view.expect(target, to, file)) ??
    (empty === 'forth' ? notEmpty(view, file, target, to, ours, from) : undefined);
  if (!wrong) return undefined;
  const stuck = fs.rename(target, to.name, source, from.name, 'no-replace');
  return stuck ? changed(pathOf(from), { kind: 'displaced', name: pathOf(to) }) : { ...wrong, path: pathOf(from) };
};

/** What the plan displaced to beside is no content. */
const notEmpty = (
  view: View,
  file: number,
  dir: Handle,
  at: Slot,
  ours: OurNames,
  named: Slot,
): Refusal | undefined => {
  const opened = view.fs.open(dir, at.name, { access: 'path', directory: true, nofollow: true });
  if (opened instanceof Fault) return failed(pathOf(named), opened);
  using held = opened;
  const name = view.strange(held, (name) => ours(file, name));
  if (name instanceof Fault) return failed(pathOf(named), name);
  return name === undefined ? undefined : changed(pathOf(named), { kind: 'not-empty', name });
};

const swap = (view: View, { file, other, from, to }: Of<'swap'>): Refusal | undefined => {
  const { fs } = view;
  const source = view.directory(from);
  if (isRefusal(source)) return source;
  const target = view.directory(to);
  if (isRefusal(target)) return target;
  const refused = firstRefusal(view.expect(source, from, file), () => view.expect(target, to, other));
  if (refused) return refused;
  const fault = fs.rename(source, from.name, target, to.name, 'exchange');
  if (fault) return renameRefusal(fault, from, to);
  // What is wrong at one name had the other when it was changed.
  const wrong = moved(view.expect(target, to, file), from) ?? moved(view.expect(source, from, other), to);
  if (!wrong) return undefined;
  const stuck = fs.rename(source, from.name, target, to.name, 'exchange');
  return stuck ? failed(pathOf(to), stuck) : wrong;
};

const moved = (found: unknown, from: Slot): Refusal | undefined =>
  isRefusal(found) ? { ...found, path: pathOf(from) } : undefined;

const renameRefusal = (fault: Fault, from: Slot, to: Slot): Refusal =>
  fault.errno === 'EEXIST'
    ? changed(pathOf(to), { kind: 'appeared' })
    : fault.errno === 'ENOENT'
      ? changed(pathOf(from), { kind: 'gone' })
      : failed(pathOf(from), fault);

const chmod = (view: View, { file, at, mode, before }: Of<'chmod'>): Refusal | undefined => {
  const { fs } = view;
  const dir = view.directory(at);
  if (isRefusal(dir)) return dir;
  const opened = fs.open(dir, at.name, { access: 'path', nofollow: true });
  if (opened instanceof Fault)
    return opened.errno === 'ENOENT' ? changed(pathOf(at), { kind: 'gone' }) : failed(pathOf(at), opened);
  using held = opened;
  const stat = fs.stat(held, '');
  if (stat instanceof Fault) return failed(pathOf(at), stat);
  if (!isSeen(stat, view.file(file))) return changed(pathOf(at), { kind: 'another', found: stat.kind });
  if (stat.mode !== before) return changed(pathOf(at), { kind: 'mode', expected: before, found: stat.mode });
  return orFailed(at, changeMode(fs, held, mode));
};

const firstRefusal = (...checks: readonly (unknown | (() => unknown))[]): Refusal | undefined => {
  for (const check of checks) {
    const found = typeof check === 'function' ? check() : check;
    if (isRefusal(found)) return found;
  }
  return undefined;
};

const pathOf = ({ path, name }: Slot): string => join(path, name);

const orFailed = (at: Slot, fault: Fault | undefined): Refusal | undefined => fault && failed(pathOf(at), fault);
