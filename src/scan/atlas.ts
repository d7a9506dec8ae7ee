import { decodeBytes, encodeBytes } from '../fs/bytes.ts';
import { Fault } from '../fs/fault.ts';
import type { Fs } from '../fs/fs.ts';
import { identityKey } from '../fs/identity.ts';
import { basename, dirname, join } from '../fs/path.ts';
import type { Stat } from '../fs/stat.ts';
import { type End, maxLinks } from '../trace/route.ts';
import type { Place } from '../trace/trace.ts';
import { type Census, dirField, linkField, noDir, noText } from './census.ts';
import { mix, RowIndex } from './columns.ts';

/**
 * A directory at its place: a row of the census, or below zero one that lies outside of it or is
 * seen again through a bind mount, where `..` leads elsewhere.
 */
export type Spot = number;
/** A symbolic link at its place: a row of the census, or below zero, as with Spot. */
export type LinkId = number;

/** What one link's own text passes, in order; a link that is passed adds its own steps. */
export interface Steps {
  /** Directories that a name was looked up in. */
  readonly spots: Spot[];
  /** The names, one for each of `spots`, `.` and `..` among them: where they were asked for. */
  readonly names: string[] | undefined;
  readonly links: LinkId[];
  /** The last name that was looked up, unless `..` or `.` came after it. */
  last: LastName | undefined;
}

interface LastName {
  readonly spot: Spot;
  readonly name: string;
  /** The link that has this name. */
  readonly link: LinkId | undefined;
  /** What is left of the text, without needless slashes: empty where nothing was in the way. */
  readonly rest: string;
}

/** What a name is, as far as finding the way goes. */
type Child = Spot | { readonly link: LinkId } | 'other';

interface OutsideDir {
  readonly path: string;
  /** The spot that stands for this directory wherever it is seen. */
  readonly same: Spot;
  readonly children: Map<string, Child>;
}

interface OutsideLink {
  readonly from: Spot;
  readonly path: string;
  readonly text: Uint8Array;
  /** What the kernel says when it opens it; undefined for anything else. */
  readonly end: 'found' | 'permission' | undefined;
  readonly same: LinkId;
}

/** What is filled in where somebody wants it. */
type PartOfSteps = Partial<Omit<Steps, 'last'>> & Pick<Steps, 'last'>;

/** How many links are followed from a link, and the directory that it leads to. */
interface Way {
  readonly hops: number;
  readonly end: Spot;
}

/** The end of a link that leads to no directory. */
const nowhere: Spot = -0x80000000;

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
  /** Of each link of the census, how many links are followed; 0 where it is not known yet. */
  readonly #hops: Uint8Array;
  /** The directory that each link leads to; `nowhere` where that is none that is known. */
  readonly #ends: Int32Array;
  /** One bit for each hash that a link's name has. */
  readonly #linkNames: Uint32Array;
  readonly #outsideDirs: OutsideDir[] = [];
  readonly #outsideLinks: OutsideLink[] = [];
  readonly #outsideWays = new Map<LinkId, Way>();
  readonly #loops = new Map<LinkId, boolean>();
  /** How many links are being followed, one for the other. */
  #depth = 0;
  #wasTooDeep = false;
  /** Names in directories of the census that the walk left out. */
  readonly #unlisted = new Map<string, Child>();
  readonly #byPath = new Map<string, Spot | undefined>();
  /** Directories outside of the census by identity: where each was met first. */
  readonly #firstOutside = new Map<string, Spot>();
  /** Rows of directories that the walk met again, at the place that the row is. */
  readonly #metAgain = new Map<number, Spot>();

  constructor(census: Census, fs: Fs, root: Place) {
    this.census = census;
    this.#fs = fs;
    this.#root = root;
    this.#hops = new Uint8Array(census.links.count);
    this.#ends = new Int32Array(census.links.count);
    const { dirs, links, strings } = census;
    const hashAt = (name: number): number => {
      let hash = emptyHash;
      for (let at = name; strings.bytes[at] !== 0; at++) hash = hashByte(hash, strings.bytes[at]!);
      return hash;
    };
    // Entries are rows of directories, times two, and of links, times two plus one. Both tables
    // start their rows with the directory that holds the name, and the name.
    this.#index = new RowIndex((entry) => {
      const table = entry & 1 ? links : dirs;
      const at = (entry >>> 1) * table.width;
      return mix(hashAt(table.words[at + 1]!), table.words[at]!, 0);
    }, dirs.count + links.count);
    for (let row = 0; row < dirs.count; row++) {
      const at = row * dirField.width;
      const parent = dirs.words[at + dirField.parent]!;
      if (parent !== noDir) this.#index.add(mix(hashAt(dirs.words[at + dirField.name]!), parent, 0), row << 1);
    }
    this.#linkNames = new Uint32Array(2 ** Math.ceil(Math.log2(links.count + 1)) * 2);
    const bits = this.#linkNames.length * 32 - 1;
    for (let row = 0; row < links.count; row++) {
      const at = row * linkField.width;
      const hash = hashAt(links.words[at + linkField.name]!);
      this.#index.add(mix(hash, links.words[at + linkField.dir]!, 0), (row << 1) | 1);
      this.#linkNames[(hash & bits) >>> 5]! |= 1 << (hash & 31);
    }
  }

  /** Links followed when this one is opened, itself included, as many as the kernel counts; more than it follows for a link that leads nowhere. */
  hops(link: LinkId): number {
    if (link >= 0 && this.#namesNoLink(link)) return 1;
    return this.#endKind(link) === 'found' ? this.#knownHops(link) : maxLinks + 1;
  }

  /** Whether following a link comes back to it, or to another link that it passes. */
  isLoop(link: LinkId): boolean {
    const known = this.#loops.get(link);
    if (known !== undefined) return known;
    // No recursion: a chain may be longer than any stack.
    const way = [{ link, links: this.steps(link).links, at: 0 }];
    const open = new Set([link]);
    for (let top = way.at(-1); top; top = way.at(-1)) {
      const next = top.links[top.at++];
      if (next === undefined) {
        this.#loops.set(top.link, false);
        way.pop();
      } else if (this.#loops.get(next) ?? open.has(next)) {
        for (const each of way) this.#loops.set(each.link, true);
        return true;
      } else if (!this.#loops.has(next)) {
        open.add(next);
        way.push({ link: next, links: this.steps(next).links, at: 0 });
      }
    }
    return false;
  }

  /** The directory that a link leads to, if it is known. */
  endOf(link: LinkId): Spot | undefined {
    const end = this.#knownEnd(link);
    return end === nowhere ? undefined : end;
  }

  /** What a link's own text passes. */
  steps(link: LinkId, named?: 'named'): Steps {
    const steps: Steps = { spots: [], names: named && [], links: [], last: undefined };
    this.#follow(link, steps);
    return steps;
  }

  /** The last name that a link's own text looks up, unless `..` or `.` comes after it. */
  lastName(link: LinkId): LastName | undefined {
    const last: Pick<Steps, 'last'> = { last: undefined };
    this.#follow(link, last);
    return last.last;
  }

  /** Where the text of a link of the census starts in its strings. One that the walk did not read is read now. */
  textAt(row: number): number {
    const { links, strings } = this.census;
    const at = row * linkField.width + linkField.text;
    if (links.words[at] === noText) {
      const text = this.#fs.readlink(this.#root.handle, this.census.linkPhysicalPath(row).slice(1));
      // Without a text, which no link has, it leads nowhere: it has gone meanwhile, or its path is too long for one call.
      const bytes = encodeBytes(text instanceof Fault ? '' : text);
      links.words[at] = strings.add(bytes, 0, bytes.length);
    }
    return links.words[at]!;
  }

  /** The directory that a link lies in. */
  dirOf(link: LinkId): Spot {
    if (link < 0) return this.#outsideLinks[~link]!.from;
    return this.census.links.words[link * linkField.width + linkField.dir]!;
  }

  /** The one spot that stands for a directory wherever it is seen. */
  same(spot: Spot): Spot {
    return spot >= 0 ? spot : this.#outsideDirs[~spot]!.same;
  }

  /** The one link that stands for the same entry wherever its directory is seen. */
  sameLink(link: LinkId): LinkId {
    return link >= 0 ? link : this.#outsideLinks[~link]!.same;
  }

  /** The directory at a physical path, if there is one. */
  spotAt(path: string): Spot | undefined {
    if (this.#byPath.has(path)) return this.#byPath.get(path);
    const stat = this.#fs.stat(this.#root.handle, path.slice(1));
    if (!(stat instanceof Fault) && stat.kind === 'dir') return this.#spotOf(path, stat);
    this.#byPath.set(path, undefined);
    return undefined;
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
    const goal = this.same(ancestor);
    for (let at = spot; ; ) {
      if (this.same(at) === goal) return true;
      const parent = this.#parentOf(at);
      if (parent === undefined || parent === at) return false;
      at = parent;
    }
  }

  /**
   * Whether a relative text stays within the census and none of its names is that of any link
   * there: then it passes no other link, and need not be followed to know that. Most texts are so.
   */
  #namesNoLink(link: LinkId): boolean {
    const { census } = this;
    let from = this.textAt(link);
    const text = census.strings.bytes;
    if (text[from] === slash || census.unread.size > 0 || census.counts.excluded > 0) return false;
    let dir = census.links.words[link * linkField.width + linkField.dir]!;
    while (text[from] === dot && text[from + 1] === dot && text[from + 2] === slash) {
      dir = census.dirs.words[dir * dirField.width + dirField.parent]!;
      if (dir === noDir) return false;
      from += 3;
    }
    for (;;) {
      let hash = emptyHash;
      // A name that starts with a dot may be `.` or `..`.
      if (text[from] === dot) return false;
      while (text[from] !== slash && text[from] !== 0) hash = hashByte(hash, text[from++]!);
      if (this.#isLinkName(hash)) return false;
      if (text[from] === 0) return true;
      from++;
    }
  }

  /** Whether a link of the census may have the name with this hash. */
  #isLinkName(hash: number): boolean {
    const bit = hash & (this.#linkNames.length * 32 - 1);
    return (this.#linkNames[bit >>> 5]! & (1 << (bit & 31))) !== 0;
  }

  #knownHops(link: LinkId): number {
    this.#find(link);
    if (link < 0) return this.#outsideWays.get(link)?.hops ?? maxLinks + 1;
    return this.#hops[link]! || maxLinks + 1;
  }

  #knownEnd(link: LinkId): Spot {
    this.#find(link);
    if (link < 0) return this.#outsideWays.get(link)?.end ?? nowhere;
    return this.#hops[link]! === 0 ? nowhere : this.#ends[link]!;
  }

  /** Follows a link, unless its way is known, or is too long for what it is a part of. */
  #find(link: LinkId): void {
    if (link < 0 ? this.#outsideWays.has(link) : this.#hops[link] !== 0) return;
    if (this.#depth === maxLinks) {
      this.#wasTooDeep = true;
      return;
    }
    // A link that comes back to itself finds this first note.
    this.#note(link, { hops: maxLinks + 1, end: nowhere });
    if (!this.#mayPass(link)) return;
    this.#depth++;
    const way = this.#follow(link, undefined);
    this.#depth--;
    // By itself it may have an end: it is followed anew then.
    if (this.#wasTooDeep && this.#depth > 0) this.#forget(link);
    else this.#note(link, way);
    if (this.#depth === 0) this.#wasTooDeep = false;
  }

  /**
   * What the kernel follows to its end; and what it refuses, since somebody else made it in a directory that is open to
   * all: as a part of a longer path that is followed (proc_sys_fs(5), protected_symlinks).
   */
  #mayPass(link: LinkId): boolean {
    const end = this.#endKind(link);
    return end === 'found' || end === 'permission';
  }

  #endKind(link: LinkId): End['kind'] | undefined {
    return link < 0 ? this.#outsideLinks[~link]!.end : this.census.endOf(link);
  }

  #forget(link: LinkId): void {
    if (link < 0) this.#outsideWays.delete(link);
    else this.#hops[link] = 0;
  }

  #note(link: LinkId, way: Way): void {
    if (link < 0) this.#outsideWays.set(link, way);
    else {
      this.#hops[link] = way.hops;
      this.#ends[link] = way.end;
    }
  }

  /** Follows a link's text from directory to directory, noting what it passes. */
  #follow(link: LinkId, steps: PartOfSteps | undefined): Way {
    let from = link < 0 ? 0 : this.textAt(link);
    let text = this.#bytesOf(link);
    if (text[from] === 0) return { hops: 1, end: nowhere };
    const passes = this.#mayPass(link);
    let spot = text[from] === slash ? (this.spotAt('/') ?? nowhere) : this.dirOf(link);
    let hops = 1;
    // The last name: from where to where in the text, in which directory, and the link of that name.
    let lastAt = -1;
    let lastEnd = 0;
    let lastSpot = nowhere;
    let lastLink: LinkId | undefined;
    for (;;) {
      while (text[from] === slash) from++;
      if (text[from] === 0 || spot === nowhere) {
        if (steps && lastAt >= 0) {
          const name = decodeBytes(text.subarray(lastAt, lastEnd));
          steps.last = { spot: lastSpot, name, link: lastLink, rest: text[from] === 0 ? '' : restOf(text, from) };
        }
        return { hops: Math.min(hops, maxLinks + 1), end: spot };
      }
      let to = from;
      while (text[to] !== slash && text[to] !== 0) to++;
      steps?.spots?.push(spot);
      steps?.names?.push(decodeBytes(text.subarray(from, to)));
      lastAt = -1;
      const dots = text[from] !== dot ? 0 : to - from === 1 ? 1 : text[from + 1] === dot && to - from === 2 ? 2 : 0;
      if (dots === 2) spot = this.#parentOf(spot) ?? nowhere;
      else if (dots === 0) {
        let next = to;
        while (text[next] === slash) next++;
        const child = this.#child(spot, text, from, to, this.#mayHide(spot) || (passes && text[next] !== 0));
        const passed = typeof child === 'object' ? child.link : undefined;
        lastAt = from;
        lastEnd = to;
        lastSpot = spot;
        lastLink = passed;
        if (passed !== undefined) {
          steps?.links?.push(passed);
          hops += this.#knownHops(passed);
          spot = this.#knownEnd(passed);
          // A text that was read only now may have moved all of them.
          text = this.#bytesOf(link);
        } else spot = typeof child === 'number' ? child : nowhere;
      }
      from = to;
    }
  }

  /** What holds a link's text. */
  #bytesOf(link: LinkId): Uint8Array {
    return link < 0 ? this.#outsideLinks[~link]!.text : this.census.strings.bytes;
  }

  /** A name that the census does not have may still be a link in this directory. */
  #mayHide(spot: Spot): boolean {
    return spot < 0 || this.census.unread.has(spot) || this.census.counts.excluded > 0;
  }

  /** A name is looked up in the census, then, if `ask`, in the file system. */
  #child(spot: Spot, text: Uint8Array, from: number, to: number, ask: boolean): Child {
    const same = this.same(spot);
    const entry = same >= 0 ? this.#findEntry(same, text, from, to) : -1;
    if (entry >= 0 && spot === same) return entry & 1 ? { link: entry >>> 1 } : this.#place(entry >>> 1);
    if (entry < 0 && !ask) return 'other';
    const name = decodeBytes(text.subarray(from, to));
    const remembered = spot < 0 ? this.#outsideDirs[~spot]!.children : this.#unlisted;
    const key = spot < 0 ? name : `${spot}/${name}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const child = this.#askFor(spot, name);
    remembered.set(key, child);
    return child;
  }

  /** The spot of a row of directories: another one where the walk had met the directory before at another place. */
  #place(row: number): Spot {
    const { census } = this;
    const same = census.sameDir(row);
    if (same === row) return row;
    const known = this.#metAgain.get(row);
    if (known !== undefined) return known;
    const path = census.physicalPath(row);
    const place = census.physicalPath(same) === path ? same : this.#addOutsideDir(path, same);
    this.#metAgain.set(row, place);
    return place;
  }

  #findEntry(dir: number, text: Uint8Array, from: number, to: number): number {
    const { dirs, links, strings } = this.census;
    const { bytes } = strings;
    let hash = emptyHash;
    for (let i = from; i < to; i++) hash = hashByte(hash, text[i]!);
    for (let slot = this.#index.first(mix(hash, dir, 0)); ; slot = this.#index.next(slot)) {
      const entry = this.#index.row(slot);
      if (entry < 0) return entry;
      const table = entry & 1 ? links : dirs;
      const at = (entry >>> 1) * table.width;
      if (table.words[at] !== dir) continue;
      const name = table.words[at + 1]! - from;
      let i = from;
      while (i < to && bytes[name + i] === text[i]) i++;
      if (i === to && bytes[name + to] === 0) return entry;
    }
  }

  #askFor(from: Spot, name: string): Child {
    const path = join(this.pathOf(from), name);
    const { handle } = this.#root;
    const stat = this.#fs.stat(handle, path.slice(1));
    if (stat instanceof Fault) return 'other';
    if (stat.kind === 'dir') return this.#spotOf(path, stat);
    if (stat.kind !== 'symlink') return 'other';
    const text = this.#fs.readlink(handle, path.slice(1));
    if (text instanceof Fault) return 'other';
    const ended = encodeBytes(`${text}\0`);
    const followed = this.#fs.open(handle, path, { access: 'path', resolve: { inRoot: true } });
    const refused = followed instanceof Fault ? followed.errno : undefined;
    if (!(followed instanceof Fault)) followed[Symbol.dispose]();
    const end = refused === undefined ? 'found' : refused === 'EACCES' ? 'permission' : undefined;
    const first = this.same(from) === from ? undefined : this.linkAt(this.same(from), name);
    const link = ~this.#outsideLinks.length;
    this.#outsideLinks.push({ from, path, text: ended, end, same: first ?? link });
    return { link };
  }

  #spotOf(path: string, stat: Stat): Spot {
    const known = this.#byPath.get(path);
    if (known !== undefined) return known;
    const device = this.census.devices.indexOf(stat.dev);
    const low = Number(stat.ino & 0xffffffffn);
    const row = device < 0 ? -1 : this.census.findDir(low, Number(stat.ino >> 32n), device);
    const unread = row < 0 ? this.#rowAt(path) : undefined;
    if (unread !== undefined) {
      this.#byPath.set(path, unread);
      return unread;
    }
    const key = identityKey(stat);
    const first = row >= 0 ? row : this.#firstOutside.get(key);
    const spot = row >= 0 && this.census.physicalPath(row) === path ? row : this.#addOutsideDir(path, first);
    if (first === undefined) this.#firstOutside.set(key, spot);
    this.#byPath.set(path, spot);
    return spot;
  }

  /** A directory that the walk could not open, so that its row says nothing but its name. */
  #rowAt(path: string): Spot | undefined {
    const parent = path === '/' ? undefined : this.spotAt(dirname(path));
    if (parent === undefined || parent < 0) return undefined;
    const name = encodeBytes(basename(path));
    const entry = this.#findEntry(parent, name, 0, name.length);
    return entry >= 0 && (entry & 1) === 0 ? entry >>> 1 : undefined;
  }

  /** `same` is where the directory was met before. */
  #addOutsideDir(path: string, same: Spot | undefined): Spot {
    const spot = ~this.#outsideDirs.length;
    this.#outsideDirs.push({ path, same: same ?? spot, children: new Map() });
    return spot;
  }

  #parentOf(spot: Spot): Spot | undefined {
    if (spot >= 0) {
      const parent = this.census.dirs.words[spot * dirField.width + dirField.parent]!;
      if (parent !== noDir) return parent;
    }
    const path = this.pathOf(spot);
    return this.spotAt(dirname(path));
  }
}

/** What a text still has from a place on, components only. */
const restOf = (text: Uint8Array, from: number): string =>
  decodeBytes(text.subarray(from, text.indexOf(0, from)))
    .replace(/\/+/g, '/')
    .replace(/\/$/, '');

// FNV-1a, 32 bits.
const emptyHash = 0x811c9dc5 | 0;
const hashByte = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x01000193);
