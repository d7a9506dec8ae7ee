import { Fault } from '../fs/fault.ts';
import type { Handle } from '../fs/fs.ts';
import { ancestors, join } from '../fs/path.ts';
import type { Stat } from '../fs/stat.ts';
import { type Ledger, ownDirectory } from './ledger.ts';
import type { Home, HomedPath } from './move.ts';
import { openBelow } from './open-below.ts';

/** A directory for what is displaced. */
export interface AsidePlace {
  readonly home: Home;
  /** From its home. */
  readonly path: string;
  readonly stat: Stat;
}

/**
 * Finds a place for what is displaced from a directory, from which a rename can bring the same inode back: the
 * state directory where it is on the same mount, or else a directory of ours at the top of that mount. Where
 * neither can be, the answer is `beside`: in the directory itself, under a hidden name.
 */
export class AsidePlaces {
  readonly #ledger: Ledger;
  readonly #root: Handle;
  readonly #known = new Map<string, AsidePlace | 'beside'>();

  constructor(ledger: Ledger, root: Handle) {
    this.#ledger = ledger;
    this.#root = root;
  }

  /** `directory`: from the root, as it is now. One that is not there yet will be on the mount of what it is made in. */
  for(directory: string): AsidePlace | 'beside' {
    const nearest = this.#nearest(directory);
    // What is wrong there is told when its turn comes.
    if (!nearest) return 'beside';
    const key = mountKey(nearest.stat);
    const known = this.#known.get(key);
    if (known) return known;
    const place = this.#inState(nearest.stat) ?? this.#atTop(nearest.path, nearest.stat) ?? 'beside';
    this.#known.set(key, place);
    return place;
  }

  /**
   * Whether a directory may be moved into another one: that writes its `..`, for which the mode of the
   * directory itself has to allow it (rename(2), EACCES).
   */
  canMove(path: HomedPath): boolean {
    if (!path.startsWith('tree:')) return false;
    const opened = openBelow(this.#ledger.fs, this.#root, path.slice('tree:'.length));
    if (opened instanceof Fault) return false;
    using dir = opened;
    return this.#ledger.fs.access(dir, '', 'write') === undefined;
  }

  #nearest(directory: string): { readonly path: string; readonly stat: Stat } | undefined {
    for (const path of [directory, ...ancestors(directory)]) {
      const opened = openBelow(this.#ledger.fs, this.#root, path);
      if (opened instanceof Fault && opened.errno === 'ENOENT' && path !== '/') continue;
      if (opened instanceof Fault) return undefined;
      using dir = opened;
      const stat = this.#ledger.fs.stat(dir, '');
      return stat instanceof Fault ? undefined : { path, stat };
    }
    return undefined;
  }

  #inState(of: Stat): AsidePlace | undefined {
    const stat = this.#ledger.fs.stat(this.#ledger.aside, '');
    return !(stat instanceof Fault) && mountKey(stat) === mountKey(of)
      ? { home: 'state', path: '/aside', stat }
      : undefined;
  }

  #atTop(path: string, stat: Stat): AsidePlace | undefined {
    const { fs, uid } = this.#ledger;
    let top = path;
    if (!stat.mountRoot)
      for (const above of ancestors(path)) {
        const opened = openBelow(fs, this.#root, above);
        if (opened instanceof Fault) return undefined;
        using dir = opened;
        const found = fs.stat(dir, '');
        if (found instanceof Fault || mountKey(found) !== mountKey(stat)) break;
        top = above;
        if (found.mountRoot) break;
      }
    const opened = openBelow(fs, this.#root, top);
    if (opened instanceof Fault) return undefined;
    using dir = opened;
    if (fs.access(dir, '', 'write')) return undefined;
    const name = `.linkwright-${uid}`;
    const made = ownDirectory(fs, dir, name, uid);
    if (!('fd' in made)) return undefined;
    using kept = made;
    const found = fs.stat(kept, '');
    if (found instanceof Fault || mountKey(found) !== mountKey(stat)) return undefined;
    return { home: 'tree', path: join(top, name), stat: found };
  }
}

/** What a rename does not cross: two mounts of one file system differ, and so do the subvolumes of btrfs on one mount. */
const mountKey = ({ mountId, dev }: Stat): string => `${mountId}:${dev}`;
