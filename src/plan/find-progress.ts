import { Fault } from '../fs/fault.ts';
import type { Handle } from '../fs/fs.ts';
import { join } from '../fs/path.ts';
import type { Stat } from '../fs/stat.ts';
import { DirMoves } from './dir-moves.ts';
import { dirPath, effectsOf, type HomedPath, homed, type Move, type Slot, slotKey } from './move.ts';
import { changed, failed, isRefusal, type Refusal } from './refusal.ts';
import { isSeen, seenOf, type View } from './view.ts';

export interface Progress {
  /** So many moves have happened. */
  readonly moved: number;
  /** Files that were made without the journal having heard of it. */
  readonly adopted: readonly number[];
}

/**
 * Tells from the tree alone how many of the moves have happened, the number nearest to what the journal knows. A
 * killed process may have done one move more than it wrote down; after a power cut any number can be missing.
 * Refused where the tree is in none of the states that the plan leads through.
 */
export const findProgress = (
  view: View,
  moves: readonly Move[],
  journalled: number,
  uid: number,
): Progress | Refusal => {
  const dirMoves = new DirMoves();
  const entries = touchedEntries(view, moves, dirMoves);
  const adopted: number[] = [];
  const found = new Map<string, Found>();
  const makings = new Set(moves.flatMap((move) => (isNewFile(move) ? [move.file] : [])));
  // Who adopts a directory can look into it: until nothing new is found.
  for (let before = -1; before < adopted.length; ) {
    before = adopted.length;
    for (const [key, entry] of entries) {
      if ((found.get(key)?.file ?? 'unreachable') !== 'unreachable') continue;
      const seen = observe(view, dirMoves, entry, (number) => makings.has(number), uid);
      found.set(key, seen);
      if (seen.adopted && typeof seen.file === 'number') adopted.push(seen.file);
    }
  }

  const expected = new Map<string, number | undefined>([...entries].map(([key, { before }]) => [key, before]));
  const modes = new Map<number, number>();
  for (const move of moves) if (move.kind === 'chmod' && !modes.has(move.file)) modes.set(move.file, move.before);
  const modesFound = new Map([...modes.keys()].map((file) => [file, modeOf(found, file)]));

  const entryFits = (key: string): boolean => {
    const { file } = found.get(key) as Found;
    return file === 'unreachable' || file === (expected.get(key) ?? 'nothing');
  };
  const modeFits = (file: number): boolean => {
    const mode = modesFound.get(file);
    return mode === undefined || mode === modes.get(file);
  };
  const wrong = new Set<string | number>();
  const judge = (key: string | number): void => {
    if (typeof key === 'number' ? modeFits(key) : entryFits(key)) wrong.delete(key);
    else wrong.add(key);
  };

  for (const key of [...expected.keys(), ...modes.keys()]) judge(key);
  let best: number | undefined;
  let complaint: string | number | undefined;
  for (let moved = 0; ; moved++) {
    if (wrong.size === 0 && (best === undefined || Math.abs(moved - journalled) < Math.abs(best - journalled)))
      best = moved;
    if (moved === journalled) complaint = wrong.values().next().value;
    const move = moves[moved];
    if (!move) break;
    for (const { slot, after } of effectsOf(move)) {
      expected.set(slotKey(slot), after);
      judge(slotKey(slot));
    }
    if (move.kind === 'chmod') {
      modes.set(move.file, move.mode);
      judge(move.file);
    }
  }
  if (best !== undefined) return { moved: best, adopted };
  return refusalAt(moves, entries, found, complaint);
};

interface Touched {
  readonly slot: Slot;
  /** What the move that touches it first expects there. */
  readonly before: number | undefined;
  /** The directory's path before all moves. */
  readonly path: HomedPath;
  /** Files that the moves may leave there. */
  readonly files: Set<number>;
}

/** Also fills `dirMoves`. */
const touchedEntries = (view: View, moves: readonly Move[], dirMoves: DirMoves): Map<string, Touched> => {
  const entries = new Map<string, Touched>();
  for (const move of moves) {
    for (const { slot, before, after } of effectsOf(move)) {
      const key = slotKey(slot);
      const entry = entries.get(key) ?? { slot, before, path: dirMoves.before(dirPath(slot)), files: new Set() };
      entries.set(key, entry);
      for (const file of [before, after]) if (file !== undefined) entry.files.add(file);
    }
    dirMoves.add(move, view.files);
  }
  return entries;
};

interface Found {
  readonly file: number | 'nothing' | 'another' | 'unreachable';
  readonly stat?: Stat;
  readonly refusal?: Refusal;
  readonly adopted?: true;
}

const observe = (
  view: View,
  dirMoves: DirMoves,
  entry: Touched,
  isMade: (file: number) => boolean,
  uid: number,
): Found => {
  const located = locate(view, dirMoves, entry);
  if (!located) return { file: 'unreachable' };
  const { dir, now } = located;
  const { name } = now;
  const path = join(now.path, name);
  const stat = view.fs.stat(dir, name);
  if (stat instanceof Fault)
    return stat.errno === 'ENOENT' ? { file: 'nothing' } : { file: 'another', refusal: failed(path, stat) };
  const files = [...entry.files];
  const known = files.find((number) => isSeen(stat, view.file(number)));
  if (known !== undefined) return { file: known, stat };
  const unheard = files.find((number) => isMade(number) && mayBeMade(view, number, dir, name, stat, uid));
  if (unheard === undefined)
    return { file: 'another', stat, refusal: changed(path, { kind: 'another', found: stat.kind }) };
  view.files[unheard] = { ...view.file(unheard), seen: seenOf(stat) };
  return { file: unheard, stat, adopted: true };
};

/** Whether this is a new file that the process made, and then died before it wrote down which one it is. */
const mayBeMade = (view: View, number: number, dir: Handle, name: string, stat: Stat, uid: number): boolean => {
  const file = view.file(number);
  // Made, and perhaps given away already.
  const isOurs = stat.uid === uid || stat.uid === file.owner;
  if (stat.kind !== file.kind || !isOurs || (file.seen && !name.startsWith('.lw-'))) return false;
  return view.difference(dir, name, stat, { ...file, seen: seenOf(stat) }) === undefined;
};

const isNewFile = (move: Move): move is Extract<Move, { kind: 'make' | 'discard' }> =>
  (move.kind === 'make' || move.kind === 'discard') && move.what.kind !== 'link';

/** A slot's directory at any of the paths that it has in the course of the moves; nothing where it is not there now. */
const locate = (
  view: View,
  dirMoves: DirMoves,
  { slot, path }: Touched,
): { readonly dir: Handle; readonly now: Slot } | undefined => {
  if (!view.file(slot.dir).seen) return undefined;
  for (const candidate of dirMoves.after(path)) {
    const now = { ...slot, ...homed(candidate) };
    const dir = view.directory(now);
    if (!isRefusal(dir)) return { dir, now };
  }
  return undefined;
};

const modeOf = (found: ReadonlyMap<string, Found>, file: number): number | undefined => {
  for (const entry of found.values()) if (entry.file === file) return entry.stat?.mode;
  return undefined;
};

const refusalAt = (
  moves: readonly Move[],
  entries: ReadonlyMap<string, Touched>,
  found: ReadonlyMap<string, Found>,
  complaint: string | number | undefined,
): Refusal => {
  if (typeof complaint === 'string') {
    const { slot } = entries.get(complaint) as Touched;
    const { file, refusal } = found.get(complaint) as Found;
    return refusal ?? changed(join(slot.path, slot.name), { kind: file === 'nothing' ? 'gone' : 'appeared' });
  }
  const chmod = moves.find((move) => move.kind === 'chmod' && move.file === complaint);
  if (chmod?.kind !== 'chmod') throw new Error('no state of the plan, and nothing that differs');
  const mode = modeOf(found, chmod.file) ?? 0;
  return changed(join(chmod.at.path, chmod.at.name), { kind: 'mode', expected: chmod.before, found: mode });
};
