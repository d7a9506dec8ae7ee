import { Fault } from '../../fs/fault.ts';
import type { Fs, Handle } from '../../fs/fs.ts';

/** Opens the directories of paths, and keeps the last one for the next path that lies in it. */
export class Parents implements Disposable {
  readonly #fs: Fs;
  readonly #root: Handle | undefined;
  readonly #leaving: (dir: Handle, path: string) => void;
  #path: string | undefined;
  #dir: Handle | undefined;

  /** With `root` paths begin there and may not leave it. `leaving` is called before a directory is closed. */
  constructor(fs: Fs, root: Handle | undefined, leaving: (dir: Handle, path: string) => void = () => {}) {
    this.#fs = fs;
    this.#root = root;
    this.#leaving = leaving;
  }

  /** The directory that holds the last name of `path`. It stays open until the next question. */
  of(path: string): Handle | Fault {
    const length = parentLength(path);
    if (this.#dir && this.#path?.length === length && path.startsWith(this.#path)) return this.#dir;
    this[Symbol.dispose]();
    const parent = path.slice(0, length);
    const dir = this.#fs.open(this.#root ?? this.#fs.cwd, parent || '.', {
      access: 'path',
      directory: true,
      ...(this.#root && { resolve: { beneath: true } }),
    });
    if (dir instanceof Fault) return new Fault(dir.call, dir.errno, path);
    this.#path = parent;
    this.#dir = dir;
    return dir;
  }

  [Symbol.dispose](): void {
    if (!this.#dir) return;
    this.#leaving(this.#dir, this.#path as string);
    this.#dir[Symbol.dispose]();
    this.#dir = undefined;
  }
}

/** The last name of a path with the slashes that follow it. */
export const lastPart = (path: string): string => path.slice(parentLength(path));

/** What lies before the last name, its slash included. */
export const parentPart = (path: string): string => path.slice(0, parentLength(path));

const parentLength = (path: string): number => {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return path.lastIndexOf('/', end - 1) + 1;
};
