import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import { join } from '../../fs/path.ts';
import { type Place, trace } from '../../trace/trace.ts';

/** What stands at a physical path: a link with the directory that it leads to, undefined where it leads to none. */
export type Standing = 'dir' | 'file' | 'missing' | { readonly end: string | undefined };

/** The tree as it was before anything was moved. */
export class Ground {
  readonly #fs: Fs;
  readonly #root: Place;
  readonly #known = new Map<string, Standing>();

  constructor(fs: Fs, root: Place) {
    this.#fs = fs;
    this.#root = root;
  }

  look(path: string): Standing {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const standing = this.#ask(path);
    this.#known.set(path, standing);
    return standing;
  }

  /** The physical path of what a link leads to, or would if it were there; undefined where that cannot be told. */
  end(path: string): string | undefined {
    const { end } = trace(this.#fs, path, { from: this.#root, root: this.#root });
    if (end.kind === 'found') return end.path;
    return end.kind === 'missing' && !/(^|\/)\.\.?(\/|$)/.test(end.rest) ? join(end.path, end.rest) : undefined;
  }

  #ask(path: string): Standing {
    const stat = this.#fs.stat(this.#root.handle, path.slice(1));
    if (stat instanceof Fault) return 'missing';
    if (stat.kind === 'dir') return 'dir';
    if (stat.kind !== 'symlink') return 'file';
    const { end } = trace(this.#fs, path, { from: this.#root, root: this.#root });
    return { end: end.kind === 'found' && end.stat.kind === 'dir' ? end.path : undefined };
  }
}
