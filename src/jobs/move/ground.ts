import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import { type Place, trace } from '../../trace/trace.ts';

/** What stands at a physical path: a link with what it leads to in the end, undefined where that is nothing that can be told. */
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

  #ask(path: string): Standing {
    const stat = this.#fs.stat(this.#root.handle, path.slice(1));
    if (stat instanceof Fault) return 'missing';
    if (stat.kind === 'dir') return 'dir';
    if (stat.kind !== 'symlink') return 'file';
    const { end } = trace(this.#fs, path, { from: this.#root, root: this.#root });
    return { end: end.kind === 'found' ? end.path : undefined };
  }
}
