import { decodeBytes, encodeBytes } from '../fs/bytes.ts';
import { Fault } from '../fs/fault.ts';
import type { Handle } from '../fs/fs.ts';
import type { Identity } from '../fs/identity.ts';
import { type NameJson, nameFromJson, nameToJson } from '../fs/name-json.ts';
import { readWhole, writeAll } from '../fs/whole-file.ts';
import type { Ledger } from './ledger.ts';
import type { Move, PlannedFile, Seen } from './move.ts';
import type { Said } from './to-shell.ts';

/** A plan as it is written down: everything that undo and recover need. */
export interface Record {
  readonly head: Head;
  readonly said: readonly Said[];
  readonly files: readonly PlannedFile[];
  readonly moves: readonly Move[];
}

interface Head {
  readonly version: 1;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly process: string;
  /** The command line that it came from. */
  readonly words: readonly string[];
  /** The plan's root as the caller's world names it, and which directory it was. */
  readonly root: Identity & { readonly path: string };
  /** How long what it displaces is to be kept, in milliseconds, where that was said. */
  readonly keep?: number;
  /** The id of the plan that this one undoes. */
  readonly undoes?: string;
}

export type End = 'done' | 'rolled-back' | 'partial';

/** A line of a journal. */
type Line =
  | { readonly plan: Head }
  | { readonly said: Said }
  | { readonly file: PlannedFile }
  | { readonly move: Move }
  /** Everything before is on the storage: from here on the tree may have changed. */
  | { readonly ready: true }
  | { readonly did: number; readonly seen?: Seen }
  | { readonly undid: number; readonly seen?: Seen }
  /** Another process has taken over. */
  | { readonly recovers: string }
  | { readonly end: End; readonly moves: number; readonly at: number }
  | { readonly purged: number };

/** What a journal says. */
export interface Reading extends Record {
  /** Moves may have been done. */
  readonly ready: boolean;
  /** The process that acts, or acted, on it. */
  readonly process: string;
  /** Moves that were done and not reversed, as far as the journal knows. */
  readonly moved: number;
  readonly end: End | undefined;
  /** When it ended, in milliseconds since 1970. */
  readonly ended: number | undefined;
  readonly purged: boolean;
  /** Bytes up to the last whole line. */
  readonly length: number;
}

/** An open journal. Each line is appended by one write, and has its checksum before it. */
export class Journal implements Disposable {
  readonly id: string;
  readonly #ledger: Ledger;
  readonly #file: Handle;
  #length: number;

  private constructor(ledger: Ledger, id: string, file: Handle, length: number) {
    this.id = id;
    this.#ledger = ledger;
    this.#file = file;
    this.#length = length;
  }

  /** Writes a plan down, durably. */
  static create(ledger: Ledger, record: Record): Journal | Fault {
    const { fs, journals } = ledger;
    const { id } = record.head;
    const file = fs.open(journals, id, { access: 'write', create: 'exclusive', nofollow: true, mode: 0o600 });
    if (file instanceof Fault) return file;
    const journal = new Journal(ledger, id, file, 0);
    const fault =
      journal.#append([
        { plan: record.head },
        ...record.said.map((said) => ({ said })),
        ...record.files.map((file) => ({ file })),
        ...record.moves.map((move) => ({ move })),
        { ready: true },
      ]) ??
      fs.sync(file) ??
      fs.sync(journals);
    if (!fault) return journal;
    fs.unlink(journals, id);
    file[Symbol.dispose]();
    return fault;
  }

  /** Opens one to go on with it; a torn last line is cut off. */
  static reopen(ledger: Ledger, { head, length }: Reading): Journal | Fault {
    const file = ledger.fs.open(ledger.journals, head.id, { access: 'write', nofollow: true });
    if (file instanceof Fault) return file;
    const cut = ledger.fs.truncate(file, length);
    if (!cut) return new Journal(ledger, head.id, file, length);
    file[Symbol.dispose]();
    return cut;
  }

  append(line: Line): Fault | undefined {
    return this.#append([line]);
  }

  /** Appends the last line, durably. */
  close(line: Line): Fault | undefined {
    return this.append(line) ?? this.#ledger.fs.sync(this.#file);
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  #append(lines: readonly Line[]): Fault | undefined {
    const end = writeAll(this.#ledger.fs, this.#file, encodeBytes(lines.map(written).join('')), this.#length);
    if (end instanceof Fault) return end;
    this.#length = end;
    return undefined;
  }
}

/** Reads a journal. `torn`: not one line of it is whole, so its plan never began; `later`: a later Linkwright wrote it. */
export const readJournal = (ledger: Ledger, id: string): Reading | Fault | 'torn' | 'later' => {
  const bytes = readWhole(ledger.fs, ledger.journals, id);
  return bytes instanceof Fault ? bytes : interpret(bytes);
};

/** Ids of all journals, the oldest first. */
export const journalIds = (ledger: Ledger): readonly string[] | Fault => {
  const opened = ledger.fs.open(ledger.journals, '.', { access: 'read', directory: true });
  if (opened instanceof Fault) return opened;
  using dir = opened;
  const entries = ledger.fs.entries(dir);
  return entries instanceof Fault
    ? entries
    : entries
        .filter(({ name }) => /^[0-9a-z]{14}$/.test(name))
        .map(({ name }) => name)
        .toSorted();
};

/** Sorts by time, and nobody can guess it: 8 characters of milliseconds, 6 random ones. */
export const newId = ({ now, random }: Ledger): string => now().toString(36).padStart(8, '0') + random(6);

const interpret = (bytes: Uint8Array): Reading | 'torn' | 'later' => {
  let head: Head | undefined;
  const said: Said[] = [];
  const files: PlannedFile[] = [];
  const moves: Move[] = [];
  let state = {
    ready: false,
    process: '',
    moved: 0,
    end: undefined as End | undefined,
    ended: undefined as number | undefined,
    purged: false,
  };
  const { lines, length } = wholeLines(bytes);
  for (const line of lines) {
    if ('plan' in line) {
      if (line.plan.version !== 1) return 'later';
      head = line.plan;
      state.process = head.process;
    } else if ('said' in line) said.push(line.said);
    else if ('file' in line) files.push(line.file);
    else if ('move' in line) moves.push(line.move);
    else if ('ready' in line) state.ready = true;
    else if ('recovers' in line) state = { ...state, process: line.recovers, end: undefined };
    else if ('end' in line) state = { ...state, end: line.end, moved: line.moves, ended: line.at };
    else if ('purged' in line) state.purged = true;
    else {
      const at = 'did' in line ? line.did : line.undid;
      state.moved = 'did' in line ? at + 1 : at;
      const move = moves[at];
      const file = move && files[move.file];
      if (move && file && line.seen) files[move.file] = { ...file, seen: line.seen };
    }
  }
  return head ? { head, said, files, moves, length, ...state } : 'torn';
};

const written = (line: Line): string => {
  const text = JSON.stringify(line, (_, value: unknown) =>
    typeof value === 'bigint' ? { int: String(value) } : typeof value === 'string' ? nameToJson(value) : value,
  );
  return `${checksum(text)} ${text}\n`;
};

/** The lines up to the first that is torn: a crash tears only the end. */
const wholeLines = (bytes: Uint8Array): { readonly lines: readonly Line[]; readonly length: number } => {
  const lines: Line[] = [];
  let length = 0;
  for (;;) {
    const end = bytes.indexOf(10, length);
    if (end < 0) return { lines, length };
    const whole = decodeBytes(bytes.subarray(length, end));
    const text = whole.slice(9);
    if (whole.slice(0, 9) !== `${checksum(text)} `) return { lines, length };
    const line = parsed(text);
    if (!line) return { lines, length };
    lines.push(line);
    length = end + 1;
  }
};

/** Nothing for what we never write: somebody else did, and knows checksums. */
const parsed = (text: string): Line | undefined => {
  try {
    const line: unknown = JSON.parse(text, revived);
    return typeof line === 'object' && line !== null ? (line as Line) : undefined;
  } catch {
    return undefined;
  }
};

const revived = (_: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if ('int' in value) return BigInt(value.int as string);
  return 'bytes' in value ? nameFromJson(value as NameJson) : value;
};

/** FNV-1a, 32 bits. */
const checksum = (text: string): string => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
};
