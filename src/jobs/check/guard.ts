import { Fault } from '../../fs/fault.ts';
import { dirname, join } from '../../fs/path.ts';
import type { Stat } from '../../fs/stat.ts';
import type { LinkId, Spot } from '../../scan/atlas.ts';
import { dirField, linkField, noDir } from '../../scan/census.ts';
import { maxLinks } from '../../trace/route.ts';
import { type People, peopleOf } from './people.ts';
import type { Scene } from './scene.ts';

/** A name on the way of a link, in whose place somebody other than root may put something else. */
export interface Exposure {
  /** Physical path of the directory that holds the name. */
  readonly dir: string;
  readonly path: string;
  readonly who: Who;
  /** Anybody may write to the directory, and it may be sticky. */
  readonly open: boolean;
  readonly sticky: boolean;
  readonly missing: boolean;
  /** The link that has the name: none for a directory or file. */
  readonly link: LinkId | undefined;
}

export type Who =
  | { readonly kind: 'anybody' }
  | { readonly kind: 'user'; readonly uid: number }
  | { readonly kind: 'group'; readonly gid: number };

interface Dir {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** How many more links the kernel would follow: 40 in all. Below zero it has given up. */
interface Budget {
  left: number;
}

/** What can be wrong with a directory: somebody else may write to it, or own it. */
const open = 1;
const owned = 2;
const shared = 4;
const weighed = 8;

const sticky = 0o1000;

/** Links between two pauses. */
const stride = 4096;

/**
 * Who may change where links lead. To make, remove or rename a name takes the right to write to its directory and to
 * search it; in a sticky one a name that exists is moved only by its own owner, the directory's, or root (inode(7)).
 * An owner may always give himself the rights that he lacks.
 */
export class Guard {
  readonly #scene: Scene;
  readonly #people: People;
  /** Of the rows of the census, and of directories outside of it. */
  readonly #weighed: Uint8Array;
  readonly #outside = new Map<Spot, number>();
  readonly #dirs = new Map<Spot, Dir | undefined>();
  readonly #roots = new Map<Spot, boolean>();
  /** Of links that others go through: what is exposed behind them, and how many more links are followed there. */
  readonly #passed = new Map<LinkId, { readonly exposures: readonly Exposure[]; readonly links: number }>();
  readonly #owners = new Map<LinkId, number | undefined>();
  #exposed: readonly number[] | undefined;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#people = peopleOf(scene);
    this.#weighed = new Uint8Array(scene.census.dirs.count);
  }

  /** The links of the census of which something is exposed. It pauses with undefined, the first time. */
  *exposed(): Generator<number | undefined, void> {
    if (this.#exposed) {
      yield* this.#exposed;
      return;
    }
    const rows: number[] = [];
    const { count } = this.#scene.census.links;
    for (let row = 0; row < count; row++) {
      if (row % stride === stride - 1) yield undefined;
      if (this.exposures(row).length === 0) continue;
      rows.push(row);
      yield row;
    }
    this.#exposed = rows;
  }

  /** All that is exposed on the way of a link of the census, its own name first. */
  exposures(row: number): readonly Exposure[] {
    const { census, atlas } = this.#scene;
    const dir = census.links.words[row * linkField.width + linkField.dir]!;
    const own = (this.#weigh(dir) & open) === 0 ? none : this.#whoMayChange(dir, atlas.linkPath(row), row);
    const further = this.#onTheWay(row, { left: maxLinks - 1 }, this.#onlyRoots(dir));
    return own.length === 0 ? further : [...own, ...further];
  }

  /** Only root may change the directory that a link lies in, or any above it. */
  isRoots(row: number): boolean {
    return this.#onlyRoots(this.#scene.census.links.words[row * linkField.width + linkField.dir]!);
  }

  /** Whether somebody who is neither root nor this user may put names into a directory of the census. */
  isShared(dir: number, uid: number): boolean {
    const weight = this.#weigh(dir);
    return (weight & (open | shared)) !== 0 || ((weight & owned) !== 0 && this.#dir(dir)?.uid !== uid);
  }

  /** Who may put another link in the place of a link of the census: the owner of its directory. */
  dirOwner(row: number): number | undefined {
    const { census } = this.#scene;
    return this.#dir(census.links.words[row * linkField.width + linkField.dir]!)?.uid;
  }

  /** Whose a link is that others go through. */
  ownerOf(link: LinkId): number | undefined {
    if (!this.#owners.has(link)) this.#owners.set(link, this.#stat(this.#scene.atlas.linkPath(link))?.uid);
    return this.#owners.get(link);
  }

  /**
   * Of what a link's text passes, and of the texts of the links there. `all`: names of directories and files too that
   * only their owner or a group may change. In one's own tree that is everything.
   */
  #onTheWay(link: LinkId, budget: Budget, all: boolean): readonly Exposure[] {
    const { atlas } = this.#scene;
    const { spots, links } = atlas.steps(link);
    const further: Exposure[] = [];
    for (const next of links) further.push(...this.#ofPassed(next, budget));
    const weight = all || links.length > 0 ? open | owned | shared : open;
    if (!spots.some((spot) => (this.#weigh(spot) & weight) !== 0)) return further.length === 0 ? none : further;
    const { names = [] } = atlas.steps(link, 'named');
    const own = spots.flatMap((spot, i) => {
      const name = names[i] as string;
      if (name === '.' || name === '..' || (this.#weigh(spot) & weight) === 0) return none;
      const passed = links.length === 0 ? undefined : atlas.linkAt(spot, name);
      if (!all && passed === undefined && (this.#weigh(spot) & open) === 0) return none;
      return this.#whoMayChange(spot, join(atlas.pathOf(spot), name), passed);
    });
    return [...own, ...further];
  }

  /** A link that others go through is followed once, unless that is more than the kernel would do. */
  #ofPassed(link: LinkId, budget: Budget): readonly Exposure[] {
    if (--budget.left < 0) return none;
    const known = this.#passed.get(link);
    if (known && known.links <= budget.left) {
      budget.left -= known.links;
      return known.exposures;
    }
    const before = budget.left;
    const exposures = this.#onTheWay(link, budget, true);
    if (budget.left >= 0) this.#passed.set(link, { exposures, links: before - budget.left });
    return exposures;
  }

  #whoMayChange(spot: Spot, path: string, link: LinkId | undefined): readonly Exposure[] {
    const dir = this.#dir(spot);
    if (!dir) return none;
    const weight = this.#weigh(spot);
    const isSticky = (dir.mode & sticky) !== 0;
    const stat = isSticky ? this.#look(path) : undefined;
    const missing = stat === 'missing';
    const place = { dir: dirname(path), path, open: (weight & open) !== 0, sticky: isSticky, missing, link };
    const by = (who: Who): Exposure => ({ ...place, who });
    const exposures: Exposure[] = [];
    if (weight & owned) exposures.push(by({ kind: 'user', uid: dir.uid }));
    if ((weight & (open | shared)) === 0) return exposures;
    if (!isSticky || missing) exposures.push(by(weight & open ? { kind: 'anybody' } : { kind: 'group', gid: dir.gid }));
    else if (stat && stat.uid !== 0 && stat.uid !== dir.uid)
      if (weight & open || this.#people.isMember(stat.uid, dir.gid))
        exposures.push(by({ kind: 'user', uid: stat.uid }));
    return exposures;
  }

  /** Of which kinds a directory is; 0 for one that only root may change. */
  #weigh(spot: Spot): number {
    const known = spot >= 0 ? this.#weighed[spot]! : (this.#outside.get(spot) ?? 0);
    if (known !== 0) return known & ~weighed;
    const weight = this.#weight(spot);
    if (spot >= 0) this.#weighed[spot] = weight | weighed;
    else this.#outside.set(spot, weight | weighed);
    return weight;
  }

  #weight(spot: Spot): number {
    const dir = this.#dir(spot);
    if (!dir) return 0;
    const { mode, uid, gid } = dir;
    const people = this.#people;
    // A directory is out of reach behind one that may not be searched.
    const reaches = (may: (above: Dir) => boolean): boolean => this.#reaches(spot, may);
    let weight = 0;
    if ((mode & 0o003) === 0o003 && reaches(({ mode: above }) => (above & 0o001) !== 0)) weight |= open;
    if (uid !== 0 && reaches((above) => mayPass(people, uid, above))) weight |= owned;
    if ((mode & 0o030) === 0o030 && people.hasMembers(gid, uid) && reaches((above) => membersMayPass(gid, above)))
      weight |= shared;
    return weight;
  }

  #reaches(spot: Spot, may: (above: Dir) => boolean): boolean {
    for (let above = this.#above(spot); above !== undefined; above = this.#above(above)) {
      const dir = this.#dir(above);
      if (dir && !may(dir)) return false;
    }
    return true;
  }

  #onlyRoots(spot: Spot): boolean {
    const known = this.#roots.get(spot);
    if (known !== undefined) return known;
    const above = this.#above(spot);
    const dir = this.#dir(spot);
    const own =
      dir !== undefined && dir.uid === 0 && ((dir.mode & sticky) !== 0 || (this.#weigh(spot) & (open | shared)) === 0);
    const only = own && (above === undefined || this.#onlyRoots(above));
    this.#roots.set(spot, only);
    return only;
  }

  #above(spot: Spot): Spot | undefined {
    const { atlas, census } = this.#scene;
    const parent = spot >= 0 ? census.dirs.words[spot * dirField.width + dirField.parent]! : noDir;
    if (parent !== noDir) return parent;
    const path = atlas.pathOf(spot);
    return path === '/' ? undefined : atlas.spotAt(dirname(path));
  }

  #dir(spot: Spot): Dir | undefined {
    const { census, atlas } = this.#scene;
    const same = atlas.same(spot);
    const at = same * dirField.width;
    if (same >= 0 && census.dirs.words[at + dirField.mode] !== 0)
      return {
        mode: census.dirs.words[at + dirField.mode]! & 0o7777,
        uid: census.dirs.words[at + dirField.uid]!,
        gid: census.dirs.words[at + dirField.gid]!,
      };
    if (!this.#dirs.has(same)) this.#dirs.set(same, this.#stat(atlas.pathOf(spot)));
    return this.#dirs.get(same);
  }

  #stat(path: string): Stat | undefined {
    const stat = this.#look(path);
    return stat === 'missing' ? undefined : stat;
  }

  #look(path: string): Stat | 'missing' | undefined {
    const { fs, root } = this.#scene;
    const stat = fs.stat(root.handle, path.slice(1));
    return stat instanceof Fault ? (stat.errno === 'ENOENT' ? 'missing' : undefined) : stat;
  }
}

/** The guard of a scene: one for all rules. */
export const guardOf = (scene: Scene): Guard => {
  const known = remembered.get(scene);
  if (known) return known;
  const guard = new Guard(scene);
  remembered.set(scene, guard);
  return guard;
};

const remembered = new WeakMap<Scene, Guard>();

const none: readonly never[] = [];

const mayPass = (people: People, uid: number, { mode, uid: owner, gid }: Dir): boolean =>
  owner === uid || (mode & 0o001) !== 0 || ((mode & 0o010) !== 0 && people.isMember(uid, gid));

const membersMayPass = (gid: number, { mode, gid: group }: Dir): boolean =>
  (mode & 0o001) !== 0 || ((mode & 0o010) !== 0 && group === gid);
