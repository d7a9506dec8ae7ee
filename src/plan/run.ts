import { Fault } from '../fs/fault.ts';
import type { Handle } from '../fs/fs.ts';
import type { End, Journal, Record } from './journal.ts';
import type { Ledger } from './ledger.ts';
import { effectsOf, inverse, type Move, type Slot, slotKey } from './move.ts';
import { type OurNames, perform } from './perform.ts';
import { plainRefusal } from './plain-refusal.ts';
import { failed, isRefusal, type Refusal } from './refusal.ts';
import { View } from './view.ts';

/** A plan under way: so many of its moves are done. */
export class Run implements Disposable {
  readonly view: View;
  readonly #ledger: Ledger;
  readonly #journal: Journal;
  readonly #moves: readonly Move[];
  readonly #ours: OurNames;
  /** Directories in which names have changed, to be made durable. */
  readonly #touched = new Map<number, Handle>();
  /** One such directory of each device. */
  readonly #touchedSystems = new Map<number, Handle>();
  #done: number;

  constructor(
    ledger: Ledger,
    root: Handle,
    journal: Journal,
    { files, moves }: Pick<Record, 'files' | 'moves'>,
    done: number,
  ) {
    this.#ledger = ledger;
    this.#journal = journal;
    this.#moves = moves;
    this.#done = done;
    this.view = new View(ledger.fs, { tree: root, state: ledger.state }, files);
    this.#ours = ourNames(moves);
  }

  get done(): number {
    return this.#done;
  }

  /** Does all that is left. At a refusal nothing of the step that met it stays done. */
  forth(): Refusal | undefined {
    while (this.#done < this.#moves.length) {
      const refused = this.#one(this.#moves[this.#done] as Move, 'did');
      if (refused) return this.#back(this.#startOfStep()) ?? refused;
    }
    return undefined;
  }

  /** Reverses all that was done. */
  back(): Refusal | undefined {
    return this.#back(0);
  }

  /** Makes durable what was done, and writes the end of the journal. */
  finish(end: End): Fault | undefined {
    const { fs } = this.#ledger;
    for (const handle of this.#touched.values()) {
      const fault = fs.sync(handle);
      if (fault) return fault;
    }
    for (const handle of this.#touchedSystems.values()) {
      const fault = fs.syncFs(handle);
      if (fault) return fault;
    }
    return this.#journal.close({ end, moves: this.#done, at: this.#ledger.now() });
  }

  [Symbol.dispose](): void {
    for (const handles of [this.#touched, this.#touchedSystems]) {
      for (const handle of handles.values()) handle[Symbol.dispose]();
      handles.clear();
    }
    this.view[Symbol.dispose]();
  }

  #back(until: number): Refusal | undefined {
    while (this.#done > until) {
      const refused = this.#one(inverse(this.#moves[this.#done - 1] as Move), 'undid');
      if (refused) return refused;
    }
    return undefined;
  }

  /** Does one move and notes that. Nothing waits for the storage: the tree itself tells what was done. */
  #one(move: Move, how: 'did' | 'undid'): Refusal | undefined {
    const result = perform(this.view, move, this.#ours);
    if (isRefusal(result)) return plainRefusal(result, move, this.#moves);
    const at = how === 'did' ? this.#done++ : --this.#done;
    for (const { slot } of effectsOf(move)) this.#touch(slot);
    const line = result ? { seen: result } : {};
    const fault = this.#journal.append(how === 'did' ? { did: at, ...line } : { undid: at, ...line });
    return fault && failed('the journal', fault);
  }

  /** Remembers a directory to be synced: a few one by one, more by their file system. */
  #touch(slot: Slot): void {
    const { seen } = this.view.file(slot.dir);
    if (this.#touched.has(slot.dir) || !seen || this.#touchedSystems.has(seen.dev)) return;
    const dir = this.view.directory(slot);
    if (isRefusal(dir)) return;
    // One that may be searched but not read cannot be synced.
    const readable = this.#ledger.fs.open(dir, '.', { access: 'read', directory: true });
    if (readable instanceof Fault) return;
    if (this.#touched.size < syncedAlone) this.#touched.set(slot.dir, readable);
    else this.#touchedSystems.set(seen.dev, readable);
  }

  /** The number of moves before those of the step that comes next. */
  #startOfStep(): number {
    const step = this.#moves[this.#done]?.step;
    let start = this.#done;
    while (start > 0 && this.#moves[start - 1]?.step === step) start--;
    return start;
  }
}

/** Directories that are synced each by itself. */
const syncedAlone = 16;

/** The names that the plan itself gives. */
export const ourNames = (moves: readonly Move[]): OurNames => {
  const keys = new Set(moves.flatMap((move) => effectsOf(move).map(({ slot }) => slotKey(slot))));
  return (dir, name) => name.startsWith('.lw-') && keys.has(slotKey({ dir, name }));
};
