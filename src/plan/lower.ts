import type { Handle } from '../fs/fs.ts';
import { identityKey } from '../fs/identity.ts';
import { basename, dirname } from '../fs/path.ts';
import { plannedName } from '../fs/temporary-name.ts';
import type { FileRef, Spot, Step, Witness } from '../sketch/step.ts';
import { AsidePlaces } from './aside.ts';
import { DirMoves } from './dir-moves.ts';
import type { Ledger } from './ledger.ts';
import { type Copied, dirPath, type Move, type PlannedFile, type Slot, slotPath } from './move.ts';

/** The moves that the steps are made of, and the files that they are about. */
export interface Lowered {
  readonly files: readonly PlannedFile[];
  readonly moves: readonly Move[];
}

/** Changes nothing but that it may make a directory for what is displaced. */
export const lower = (ledger: Ledger, root: Handle, id: string, steps: readonly Step[]): Lowered => {
  const files: PlannedFile[] = [];
  const moves: Move[] = [];
  const dirMoves = new DirMoves();
  const places = new AsidePlaces(ledger, root);
  const numbers = new Map<string, number>();
  const made = new Map<number, number>();
  /** Of files that get one from the plan. */
  const modes = new Map<number, number>();
  let names = 0;

  const addFile = (file: PlannedFile): number => files.push(file) - 1;
  const known = (witness: Witness): number => {
    const key = `${identityKey(witness)}:${witness.btime}:${witness.kind}`;
    const { kind, text, dev, ino } = witness;
    // overlayfs gives a file of a lower layer another birth time when it is first changed, and a rename is a change.
    const btime = ledger.fileSystemType?.(dev) === 'overlay' ? undefined : witness.btime;
    const number =
      numbers.get(key) ?? addFile({ kind, ...(text === undefined ? {} : { text }), seen: { dev, ino, btime } });
    numbers.set(key, number);
    return number;
  };
  const fileOf = (ref: FileRef): number => {
    if (!('madeBy' in ref)) return known(ref);
    const number = made.get(ref.madeBy);
    if (number === undefined) throw new Error(`step ${ref.madeBy} makes no file`);
    return number;
  };
  const slotOf = ({ path, dir }: Spot): Slot => ({
    home: 'tree',
    path: dirname(path),
    dir: fileOf(dir),
    name: basename(path),
  });
  const fresh = (slot: Slot): Slot => ({ ...slot, name: plannedName(id, ++names) });

  /** Whether what is in a slot may get into another directory. */
  const canMove = (slot: Slot, file: number): boolean => {
    if (files[file]?.kind !== 'dir') return true;
    const mode = modes.get(file);
    if (mode === undefined) return places.canMove(dirMoves.before(slotPath(slot)));
    return ledger.uid === 0 || (mode & 0o200) !== 0;
  };

  /** A name for what is displaced from a slot. */
  const asideOf = (slot: Slot, file: number): Slot => {
    const now = dirMoves.before(dirPath(slot));
    const place = now.startsWith('tree:') ? places.for(now.slice('tree:'.length)) : 'beside';
    const beside =
      place === 'beside' || !canMove(slot, file) || (place.home === 'tree' && dirMoves.carries(`tree:${place.path}`));
    if (beside) return fresh(slot);
    const dir = known({ ...place.stat, kind: 'dir' });
    return fresh({ home: place.home, path: place.path, dir, name: '' });
  };

  for (const [step, change] of steps.entries()) {
    const add = (move: Move): void => {
      moves.push(move);
      dirMoves.add(move, files);
    };
    const displace = (file: number, slot: Slot, full = false, copied?: Copied): void => {
      const empty = files[file]?.kind === 'dir' && !full ? ({ empty: 'forth' } as const) : {};
      add({ kind: 'shift', step, file, from: slot, to: asideOf(slot, file), ...empty, ...(copied && { copied }) });
    };
    switch (change.kind) {
      case 'link': {
        const file = fileOf(change.file);
        const to = slotOf(change.to);
        const at = fresh(to);
        add({ kind: 'make', step, file, what: { kind: 'link', from: slotOf(change.from) }, at });
        add({ kind: 'shift', step, file, from: at, to });
        break;
      }
      case 'symlink':
      case 'mkdir': {
        const symlink = change.kind === 'symlink';
        const owner = symlink ? change.owner : undefined;
        const file = addFile(
          symlink ? { kind: 'symlink', text: change.text, ...(owner && { owner: owner.uid }) } : { kind: 'dir' },
        );
        made.set(step, file);
        if (change.kind === 'mkdir') modes.set(file, change.mode);
        const to = slotOf(change.to);
        const at = fresh(to);
        const what = symlink
          ? ({ kind: 'symlink', text: change.text, ...(owner && { owner }) } as const)
          : ({ kind: 'dir', mode: change.mode } as const);
        add({ kind: 'make', step, file, what, at });
        add({ kind: 'shift', step, file, from: at, to, ...(symlink ? {} : { empty: 'back' }) });
        break;
      }
      case 'rename': {
        const file = fileOf(change.file);
        const from = slotOf(change.from);
        const to = slotOf(change.to);
        if (change.replaced === undefined) add({ kind: 'shift', step, file, from, to });
        else {
          const other = fileOf(change.replaced);
          // What may not be moved can be replaced; to be kept it is exchanged in its own directory.
          const near = from.dir === to.dir || canMove(to, other) ? from : fresh(to);
          if (near !== from) add({ kind: 'shift', step, file, from, to: near });
          add({ kind: 'swap', step, file, other, from: near, to });
          displace(other, near);
        }
        break;
      }
      case 'exchange': {
        const [file, other] = [fileOf(change.file), fileOf(change.other)];
        add({ kind: 'swap', step, file, other, from: slotOf(change.from), to: slotOf(change.to) });
        break;
      }
      case 'copy': {
        const source = fileOf(change.file);
        const { kind } = change.file;
        const { texts, owner } = change;
        const text =
          texts.find(({ path }) => path === '')?.text ?? ('text' in change.file ? change.file.text : undefined);
        const file = addFile({
          kind,
          ...(text === undefined ? {} : { text }),
          ...(owner === ledger.uid ? {} : { owner }),
        });
        made.set(step, file);
        const from = slotOf(change.from);
        const to = slotOf(change.to);
        const at = fresh(to);
        add({ kind: 'make', step, file, what: { kind: 'copy', source, from, texts }, at });
        if (change.replaced === undefined) add({ kind: 'shift', step, file, from: at, to });
        else {
          const other = fileOf(change.replaced);
          add({ kind: 'swap', step, file, other, from: at, to });
          displace(other, at);
        }
        displace(source, from, true, { way: 'forth', file, at: to, texts });
        break;
      }
      case 'unlink':
      case 'rmdir':
        displace(fileOf(change.file), slotOf(change.at));
        break;
      case 'take-away':
        displace(fileOf(change.file), slotOf(change.at), true);
        break;
      case 'chmod': {
        const { mode, before } = change;
        const file = fileOf(change.file);
        modes.set(file, mode);
        add({ kind: 'chmod', step, file, at: slotOf(change.at), mode, before });
        break;
      }
    }
  }
  return { files, moves };
};
