import { decodeBytes, encodeBytes } from '../fs/bytes.ts';
import { Fault } from '../fs/fault.ts';
import type { Fs } from '../fs/fs.ts';
import { maxLinks } from '../trace/route.ts';
import type { Place } from '../trace/trace.ts';
import { type Census, dirField, ends, linkField, noDir } from './census.ts';
import { mix, RowIndex } from './columns.ts';

/** A directory: a row of the census, or below zero one that lies outside of it. */
export type Spot = number;
/** A symbolic link: a row of the census, or below zero one that lies outside of it. */
export type LinkId = number;

/** What one link's own text passes, in order; a link that is passed adds its own steps. */
export interface Steps {
  /** Directories that a name was looked up in. */
  readonly spots: readonly Spot[];
  readonly links: readonly LinkId[];
  /** The directory that the text ends at, if it ends at one that is known. */
  readonly end: Spot | undefined;
  /** Where the text's last name is looked up, with that name; undefined for a text that ends in `..`, `.` or `/`. */
  readonly last: { readonly spot: Spot; readonly name: string } | undefined;
}

/** What a name is, as far as finding the way goes. */
type Child = Spot | { readonly link: LinkId } | 'other';

interface OutsideDir {
  readonly path: string;
  readonly children: Map<string, Child>;
}

interface OutsideLink {
  readonly from: Spot;
  readonly path: string;
  readonly text: Uint8Array;
}

const found = ends.indexOf('found');
const slash = 0x2f;
const dot = 0x2e;

/**
 * The census as a map to find the way by: which links a link passes, without asking the kernel
 * again. Only names outside of the census are looked up, once each.
 */
export class Atlas {
  readonly census: Census;
  readonly #fs: Fs;
  readonly #root: Place;
  readonly #index: RowIndex;
  readonly #hops: Uint16Array;
  readonly #outsideDirs: OutsideDir[] = [];
  readonly #outsideLinks: OutsideLink[] = [];
  readonly #outsideHops = new Map<LinkId, number>();
  /** Names in directories of the census that the walk left out. */
  readonly #unlisted = new Map<string, Child>();
  readonly #byPath = new Map<string, Spot | undefined>();

  constructor(census: Census, fs: Fs, root: Place) {
    this.census = census;
    this.#fs = fs;
    this.#root = root;
    this.#hops = new Uint16Array(census.links.count);
    const { dirs, links, strings } = census;
    // Entries are rows of directories, times two, and of links, times two plus one. Both tables
    // start their rows with the directory that holds the name, and the name.
    const hashOf = (entry: number): number => {
      const table = entry & 1 ? links : dirs;
      const at = (entry >>> 1) * table.width;
      const name = table.words[at + 1]!;
      return hashName(strings.bytes, name, strings.bytes.indexOf(0, name), table.words[at]!);
    };
    this.#index = new RowIndex(hashOf);
    for (let row = 0; row < dirs.count; row++)
      if (dirs.words[row * dirs.width + dirField.parent] !== noDir) this.#index.add(hashOf(row << 1), row << 1);
    for (let row = 0; row < links.count; row++) this.#index.add(hashOf((row << 1) | 1), (row << 1) | 1);
  }

  /** Links followed when this one is opened, itself included; as many as the kernel counts. */
  hops(link: LinkId): number {
    return this.#countHops(link, 0);
  }

  #countHops(link: LinkId, depth: number): number {
    const known = link >= 0 ? this.#hops[link]! : (this.#outsideHops.get(link) ?? 0);
    if (known > 0) return known;
    // Deeper than any route that the kernel follows: a loop, or a tree that changed meanwhile.
    if (depth > maxLinks) return maxLinks + 1;
    let total = 1;
    for (const passed of this.steps(link).links) total = Math.min(total + this.#countHops(passed, depth + 1), maxLinks + 1);
    if (link >= 0) this.#hops[link] = total;
    else this.#outsideHops.set(link, total);
    return total;
  }

  /** The directory at a physical path, if there is one. */
  spotAt(path: string): Spot | undefined {
    if (this.#byPath.has(path)) return this.#byPath.get(path);
    const stat = this.#fs.stat(this.#root.handle, path.slice(1));
    const spot = stat instanceof Fault || stat.kind !== 'dir' ? undefined : this.#spotOf(path, stat.ino, stat.dev);
    this.#byPath.set(path, spot);
    return spot;
  }

  /** The physical path of a directory. */
  pathOf(spot: Spot): string {
    return spot >= 0 ? this.census.physicalPath(spot) : this.#outsideDirs[~spot]!.path;
  }

  /** The link `name` in a directory, if it is one. */
  linkAt(spot: Spot, name: string): LinkId | undefined {
    const bytes = encodeBytes(name);
    const child = this.#child(spot, bytes, 0, bytes.length, true);
    return typeof child === 'object' ? child.link : undefined;
  }

  /** The physical path of a link. */
  linkPath(link: LinkId): string {
    return link >= 0 ? this.census.linkPhysicalPath(link) : this.#outsideLinks[~link]!.path;
  }

  /** Whether a directory is another one, or lies below it. */
  isWithin(spot: Spot, ancestor: Spot): boolean {
    for (let at = spot; ; ) {
      if (at === ancestor) return true;
      const parent = this.#parentOf(at);
      if (parent === undefined || parent === at) return false;
      at = parent;
    }
  }

  /** What a link's own text passes. */
  steps(link: LinkId): Steps {
    return this.#steps(link, 0);
  }

  #steps(link: LinkId, depth: number): Steps {
    const { census } = this;
    const outside = link < 0 ? this.#outsideLinks[~link]! : undefined;
    const text = outside ? outside.text : census.strings.bytes;
    const start = outside ? 0 : census.textAt(link);
    const resolves = outside !== undefined || (census.links.words[link * linkField.width + linkField.state]! & 0xff) === found;
    const absolute = text[start] === slash;
    let spot = absolute ? this.spotAt('/') : outside ? outside.from : census.links.words[link * linkField.width + linkField.dir]!;
    const spots: Spot[] = [];
    const links: LinkId[] = [];
    let last: Steps['last'];
    for (let from = start; ; ) {
      while (text[from] === slash) from++;
      let to = from;
      while (text[to] !== slash && text[to] !== 0) to++;
      if (to === from || spot === undefined) return { spots, links, end: spot, last };
      let rest = to;
      while (text[rest] === slash) rest++;
      spots.push(spot);
      last = undefined;
      if (text[from] === dot && to - from === 1) {
        // Stays.
      } else if (text[from] === dot && text[from + 1] === dot && to - from === 2) spot = this.#parentOf(spot);
      else {
        const isLast = text[rest] === 0;
        const child = this.#child(spot, text, from, to, resolves && (!isLast || this.#mayHide(spot)));
        if (isLast) last = { spot, name: decodeBytes(text.subarray(from, to)) };
        if (typeof child === 'object') {
          links.push(child.link);
          spot = depth > maxLinks ? undefined : this.#steps(child.link, depth + 1).end;
        } else spot = child === 'other' ? undefined : child;
      }
      from = to;
    }
  }

  /** A name that the census does not have may still be a link in this directory. */
  #mayHide(spot: Spot): boolean {
    return spot < 0 || this.census.unread.has(spot) || this.census.counts.excluded > 0;
  }

  /** A name is looked up in the census, then, if `ask`, in the file system. */
  #child(spot: Spot, text: Uint8Array, from: number, to: number, ask: boolean): Child {
    const entry = spot >= 0 ? this.#findEntry(spot, text, from, to) : -1;
    if (entry >= 0) return entry & 1 ? { link: entry >>> 1 } : this.census.sameDir(entry >>> 1);
    if (!ask) return 'other';
    const name = decodeBytes(text.subarray(from, to));
    const remembered = spot < 0 ? this.#outsideDirs[~spot]!.children : this.#unlisted;
    const key = spot < 0 ? name : `${spot}/${name}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const child = this.#askFor(spot, below(this.pathOf(spot), name));
    remembered.set(key, child);
    return child;
  }

  #findEntry(dir: number, text: Uint8Array, from: number, to: number): number {
    const { dirs, links, strings } = this.census;
    return this.#index.find(hashName(text, from, to, dir), (entry) => {
      const table = entry & 1 ? links : dirs;
      const at = (entry >>> 1) * table.width;
      if (table.words[at] !== dir) return false;
      let place = table.words[at + 1]!;
      for (let i = from; i < to; i++, place++) if (strings.bytes[place] !== text[i]) return false;
      return strings.bytes[place] === 0;
    });
  }

  #askFor(from: Spot, path: string): Child {
    const { handle } = this.#root;
    const stat = this.#fs.stat(handle, path.slice(1));
    if (stat instanceof Fault) return 'other';
    if (stat.kind === 'dir') return this.#spotOf(path, stat.ino, stat.dev);
    if (stat.kind !== 'symlink') return 'other';
    const text = this.#fs.readlink(handle, path.slice(1));
    if (text instanceof Fault) return 'other';
    const bytes = encodeBytes(text);
    const ended = new Uint8Array(bytes.length + 1);
    ended.set(bytes);
    return { link: ~(this.#outsideLinks.push({ from, path, text: ended }) - 1) };
  }

  #spotOf(path: string, ino: bigint, dev: number): Spot {
    const device = this.census.devices.indexOf(dev);
    const row = device < 0 ? -1 : this.census.findDir(Number(ino & 0xffffffffn), Number(ino >> 32n), device);
    return row >= 0 ? row : ~(this.#outsideDirs.push({ path, children: new Map() }) - 1);
  }

  #parentOf(spot: Spot): Spot | undefined {
    if (spot >= 0) {
      const parent = this.census.dirs.words[spot * dirField.width + dirField.parent]!;
      if (parent !== noDir) return parent;
    }
    const path = this.pathOf(spot);
    return this.spotAt(path.slice(0, Math.max(path.lastIndexOf('/'), 1)));
  }
}

const below = (dir: string, name: string): string => (dir === '/' ? `/${name}` : `${dir}/${name}`);

/** FNV-1a over the name's bytes, spread together with its directory. */
const hashName = (bytes: Uint8Array, from: number, to: number, dir: number): number => {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return mix(hash, dir, 0);
};
