import { Fault } from '../fs/fault.ts';
import { join } from '../fs/path.ts';
import { DirMoves } from './dir-moves.ts';
import { whereCopyDiffers } from './make-copy.ts';
import { dirPath, effectsOf, homed, type Move, type Slot, slotKey, slotPath } from './move.ts';
import { isKept, plainRefusal } from './plain-refusal.ts';
import { changed, failed, isRefusal, type Refusal } from './refusal.ts';
import { ourNames } from './run.ts';
import type { View } from './view.ts';

/** What would stop these moves, as far as the tree tells now. Nothing is changed. */
export const rehearse = (view: View, moves: readonly Move[]): Refusal | undefined => {
  const ours = ourNames(moves);
  /** What the moves so far leave at the names that they touch. */
  const left = new Map<string, number | undefined>();
  /** Of files that were looked at: their count of names and their mode, as the moves so far leave them. */
  const links = new Map<number, number>();
  const modes = new Map<number, number>();
  const made = new Set<number>();
  /** Where files were found. */
  const where = new Map<number, Slot>();
  const dirMoves = new DirMoves();

  const look = (slot: Slot, before: number | undefined): Refusal | undefined => {
    if (left.has(slotKey(slot)) || made.has(slot.dir)) return undefined;
    const now = { ...slot, ...homed(dirMoves.before(dirPath(slot))) };
    const dir = view.directory(now);
    if (isRefusal(dir)) return dir;
    if (before === undefined) return view.expect(dir, now, undefined);
    const found = view.expect(dir, now, before);
    if (isRefusal(found)) return found;
    if (!where.has(before)) where.set(before, now);
    if (!links.has(before)) links.set(before, found.nlink);
    if (!modes.has(before)) modes.set(before, found.mode);
    return undefined;
  };
  const lookInside = (file: number, at: Slot): Refusal | undefined => {
    if (made.has(file)) return undefined;
    const path = dirMoves.before(slotPath(at));
    const inside: Slot = { ...homed(path), dir: file, name: '' };
    const dir = view.directory(inside);
    if (isRefusal(dir)) return dir;
    const name = view.strange(dir, (name) => {
      const key = slotKey({ dir: file, name });
      return ours(file, name) || (left.has(key) && left.get(key) === undefined);
    });
    if (name instanceof Fault) return failed(inside.path, name);
    return name === undefined ? undefined : changed(inside.path, { kind: 'not-empty', name });
  };
  const check = (move: Move): Refusal | undefined => {
    if (move.kind === 'shift' && move.empty === 'forth') return lookInside(move.file, move.from);
    if (move.kind === 'discard' && move.what.kind === 'link' && (links.get(move.file) ?? 2) < 2)
      return changed(join(move.at.path, move.at.name), { kind: 'last-name' });
    if (move.kind === 'discard' && move.what.kind === 'copy') {
      const [original, copy] = [where.get(move.what.source), where.get(move.file)];
      if (original && copy)
        return whereCopyDiffers(
          view,
          { file: move.what.source, at: original },
          { file: move.file, at: copy },
          move.what,
        );
    }
    const mode = modes.get(move.file);
    if (move.kind === 'chmod' && mode !== undefined && mode !== move.before)
      return changed(join(move.at.path, move.at.name), { kind: 'mode', expected: move.before, found: mode });
    return undefined;
  };

  for (const move of moves) {
    for (const { slot, before } of effectsOf(move)) {
      const refused = look(slot, before);
      if (refused) return plainRefusal(aboutKept(refused, slot, move), move, moves);
    }
    const refused = check(move);
    if (refused) return plainRefusal(refused, move, moves);
    for (const { slot, after } of effectsOf(move)) left.set(slotKey(slot), after);
    if (move.kind === 'make' && move.what.kind !== 'link') made.add(move.file);
    if (move.kind === 'make') links.set(move.file, (links.get(move.file) ?? 0) + 1);
    if (move.kind === 'discard') links.set(move.file, (links.get(move.file) ?? 1) - 1);
    if (move.kind === 'chmod') modes.set(move.file, move.mode);
    dirMoves.add(move, view.files);
  }
  return undefined;
};

/** A name that only the plan knows means nothing to people: what they miss is the file that was kept there. */
const aboutKept = (refusal: Refusal, slot: Slot, move: Move): Refusal =>
  refusal.refused === 'changed' && move.kind === 'shift' && slot === move.from && isKept(slot)
    ? { ...refusal, how: { kind: 'not-kept' } }
    : refusal;
