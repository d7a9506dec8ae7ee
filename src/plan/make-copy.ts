import { Fault } from '../fs/fault.ts';
import { join } from '../fs/path.ts';
import { differenceOf } from './compare-trees.ts';
import { copyTree, type Named, type Texts } from './copy-tree.ts';
import type { CopyMaking, Move, Slot } from './move.ts';
import { changed, failed, isRefusal, type Refusal } from './refusal.ts';
import { removeTree } from './remove-tree.ts';
import type { View } from './view.ts';

/**
 * Copies a tree to a name of the plan's. It grows under another one, is brought to the storage, and gets its name at once:
 * who finds that name finds a whole copy.
 */
export const makeCopy = (view: View, what: CopyMaking, at: Slot): Refusal | undefined => {
  const { fs } = view;
  const source = view.directory(what.from);
  if (isRefusal(source)) return source;
  const found = view.expect(source, what.from, what.source);
  if (isRefusal(found)) return found;
  const dir = view.directory(at);
  if (isRefusal(dir)) return dir;
  const growing: Named = { dir, name: growingName(at) };
  const from: Named = { dir: source, name: what.from.name };
  const path = pathOf(what.from);
  const cleared = removeTree(fs, growing);
  if (cleared) return failed(pathOf(at), cleared);
  const torn = copyTree(fs, from, growing, textsOf(what), (loss) =>
    view.lose({ ...loss, path: join(path, loss.path) }),
  );
  const refused = torn
    ? torn.why === 'modified'
      ? changed(join(path, torn.path), { kind: 'modified' })
      : failed(join(path, torn.path), torn.why)
    : orFailed(at, syncSystem(view, growing) ?? fs.rename(dir, growing.name, dir, at.name, 'no-replace'));
  if (refused) removeTree(fs, growing);
  return refused;
};

/** Removes a copy, which must still be one of the original; that has its name again. */
export const discardCopy = (view: View, file: number, what: CopyMaking, at: Slot): Refusal | undefined => {
  const differs = whereCopyDiffers(view, { file: what.source, at: what.from }, { file, at }, what);
  if (differs) return differs;
  const dir = view.directory(at);
  if (isRefusal(dir)) return dir;
  const growing: Named = { dir, name: growingName(at) };
  return orFailed(at, view.fs.rename(dir, at.name, dir, growing.name, 'no-replace') ?? removeTree(view.fs, growing));
};

/** A file of the plan, and where it is now. */
export interface Standing {
  readonly file: number;
  readonly at: Slot;
}

/** Nothing where a copy is like its original; otherwise what has changed since. */
export const whereCopyDiffers = (
  view: View,
  original: Standing,
  copy: Standing,
  { texts }: Pick<CopyMaking, 'texts'>,
): Refusal | undefined => {
  const left = view.directory(original.at);
  if (isRefusal(left)) return left;
  const found = view.expect(left, original.at, original.file);
  if (isRefusal(found)) return found;
  const right = view.directory(copy.at);
  if (isRefusal(right)) return right;
  const there = view.expect(right, copy.at, copy.file);
  if (isRefusal(there)) return there;
  const differs = differenceOf(
    view.fs,
    { dir: left, name: original.at.name },
    { dir: right, name: copy.at.name },
    textsOf({ texts }),
  );
  if (differs === undefined) return undefined;
  return differs instanceof Fault
    ? failed(pathOf(copy.at), differs)
    : changed(join(pathOf(copy.at), differs), { kind: 'differs', from: join(pathOf(original.at), differs) });
};

/** Removes what a process that died has left of a copy under way. */
export const removeTorn = (view: View, move: Move | undefined): Refusal | undefined => {
  if ((move?.kind !== 'make' && move?.kind !== 'discard') || move.what.kind !== 'copy') return undefined;
  const dir = view.directory(move.at);
  // Where its directory is another one now there is nothing of ours.
  if (isRefusal(dir)) return dir.refused === 'changed' ? undefined : dir;
  return orFailed(move.at, removeTree(view.fs, { dir, name: growingName(move.at) }));
};

const growingName = ({ name }: Slot): string => `${name}-part`;

const textsOf = ({ texts }: Pick<CopyMaking, 'texts'>): Texts => new Map(texts.map(({ path, text }) => [path, text]));

/** The whole file system: a sync for each file would take longer than the copy. */
const syncSystem = ({ fs }: View, { dir }: Named): Fault | undefined => {
  const opened = fs.open(dir, '.', { access: 'read', directory: true });
  // A directory that may be searched but not read.
  if (opened instanceof Fault) return undefined;
  using readable = opened;
  return fs.syncFs(readable);
};

const pathOf = ({ path, name }: Slot): string => join(path, name);

const orFailed = (at: Slot, fault: Fault | undefined): Refusal | undefined => fault && failed(pathOf(at), fault);
