import { Fault } from '../fs/fault.ts';
import type { Fs, Handle } from '../fs/fs.ts';
import { sameFile } from '../fs/identity.ts';
import type { LinkText } from '../fs/link-text.ts';
import { join } from '../fs/path.ts';
import type { Stat } from '../fs/stat.ts';
import type { Loss } from './copy-tree.ts';
import { dirPath, type Home, type PlannedFile, type Seen, type Slot } from './move.ts';
import { openBelow } from './open-below.ts';
import { type Change, changed, failed, type Refusal } from './refusal.ts';

/** Directories that stay open: consecutive moves share them. */
const keptOpen = 4;

/** The tree as a plan sees it: directories and names compared with the plan's files. */
export class View implements Disposable {
  readonly fs: Fs;
  /** The plan's files; `seen` becomes known when one is made. */
  readonly files: PlannedFile[];
  /** What copies do not have of their originals. */
  readonly losses: Loss[] = [];
  readonly #tops: Readonly<Record<Home, Handle>>;
  readonly #open = new Map<string, Handle>();

  constructor(fs: Fs, tops: Readonly<Record<Home, Handle>>, files: readonly PlannedFile[]) {
    this.fs = fs;
    this.files = [...files];
    this.#tops = tops;
  }

  /** Takes note of what a copy does not have of its original. */
  lose(loss: Loss): void {
    this.losses.push(loss);
  }

  file(number: number): PlannedFile {
    const file = this.files[number];
    if (!file) throw new Error(`the plan has no file ${number}`);
    return file;
  }

  /** The directory of a slot, which stays the view's; refused where another one is at its path. */
  directory(slot: Slot): Handle | Refusal {
    const key = `${slot.dir} ${dirPath(slot)}`;
    const kept = this.#open.get(key);
    if (kept) {
      // The last used is the last to go: a move needs up to three at once.
      this.#open.delete(key);
      this.#open.set(key, kept);
      return kept;
    }
    const wanted = this.file(slot.dir);
    const opened = openBelow(this.fs, this.#tops[slot.home], slot.path);
    const refuse = (gone: boolean): Refusal =>
      changed(join(slot.path, slot.name), { kind: 'directory', directory: slot.path, gone });
    if (opened instanceof Fault) {
      if (opened.errno === 'ENOENT') return refuse(true);
      if (opened.errno === 'ELOOP' || opened.errno === 'ENOTDIR' || opened.errno === 'EXDEV') return refuse(false);
      return failed(join(slot.path, slot.name), opened);
    }
    const stat = this.fs.stat(opened, '');
    if (stat instanceof Fault || !isSeen(stat, wanted)) {
      opened[Symbol.dispose]();
      return stat instanceof Fault ? failed(slot.path, stat) : refuse(false);
    }
    for (const [oldest, handle] of this.#open) {
      if (this.#open.size < keptOpen) break;
      handle[Symbol.dispose]();
      this.#open.delete(oldest);
    }
    this.#open.set(key, opened);
    return opened;
  }

  /** Whether the file, or with undefined nothing, has the name now; what it is. */
  expect(dir: Handle, { path, name }: Slot, number: number): Stat | Refusal;
  expect(dir: Handle, { path, name }: Slot, number: undefined): undefined | Refusal;
  expect(dir: Handle, { path, name }: Slot, number: number | undefined): Stat | undefined | Refusal {
    const stat = this.fs.stat(dir, name);
    const refuse = (how: Change): Refusal => changed(join(path, name), how);
    if (stat instanceof Fault) {
      if (stat.errno !== 'ENOENT') return failed(join(path, name), stat);
      return number === undefined ? undefined : refuse({ kind: 'gone' });
    }
    if (number === undefined) return refuse({ kind: 'appeared' });
    const how = this.difference(dir, name, stat, this.file(number));
    return how ? refuse(how) : stat;
  }

  /** How what has the name differs from the plan's file. A text tells more than "another file", so it is asked for first. */
  difference(dir: Handle, name: string, stat: Stat, file: PlannedFile): Change | undefined {
    const text = file.text === undefined || stat.kind !== 'symlink' ? undefined : this.fs.readlink(dir, name);
    if (typeof text === 'string' && text !== file.text)
      return { kind: 'text', expected: file.text as LinkText, found: text };
    return isSeen(stat, file) ? undefined : { kind: 'another', found: stat.kind };
  }

  /** The first name in a directory that is none of `known`. */
  strange(dir: Handle, known: (name: string) => boolean): string | undefined | Fault {
    const opened = this.fs.open(dir, '.', { access: 'read', directory: true });
    if (opened instanceof Fault) return opened;
    using read = opened;
    const entries = this.fs.entries(read);
    return entries instanceof Fault ? entries : entries.find(({ name }) => !known(name))?.name;
  }

  [Symbol.dispose](): void {
    for (const handle of this.#open.values()) handle[Symbol.dispose]();
    this.#open.clear();
  }
}

/** Whether a file is the plan's; what is not made yet is nowhere. */
export const isSeen = (stat: Stat, { kind, seen }: PlannedFile): boolean =>
  seen !== undefined &&
  sameFile(stat, seen) &&
  stat.kind === kind &&
  (stat.btime === undefined || seen.btime === undefined || stat.btime === seen.btime);

export const seenOf = ({ dev, ino, btime }: Stat): Seen => ({ dev, ino, btime });
