import type { End } from '../trace/route.ts';
import type { Atlas } from './atlas.ts';
import { type Census, ends, fileField, leadsToDir, linkField } from './census.ts';
import { mix, RowIndex } from './columns.ts';

/** Symbolic links, counted. Those of `ends` add up to `total`; the other counts overlap. */
export interface LinkTally {
  readonly total: number;
  readonly ends: Readonly<Record<End['kind'], number>>;
  readonly absolute: number;
  readonly relative: number;
  /** Good links that pass no other link; those that do. */
  readonly direct: number;
  readonly through: number;
  readonly toDirectories: number;
  /** Good links to another file system than the one they lie on. */
  readonly acrossFileSystems: number;
  /** Good links to a directory that they lie in: a walk that follows links never ends there. */
  readonly ancestorCycles: number;
  /** The good link that passes most, and how many links its opening follows. */
  readonly longest: { readonly row: number; readonly hops: number } | undefined;
  /** What most good links lead to: one such link of each, and how many there are. */
  readonly mostLinked: readonly { readonly row: number; readonly links: number }[];
}

/** Inodes with several names, counted. */
export interface NameTally {
  readonly files: number;
  /** Names within the scan. */
  readonly names: number;
  /** Storage that as many copies as names seen would take more, in bytes. */
  readonly bytesSaved: number;
  readonly filesWithNamesOutside: number;
  readonly namesOutside: number;
  /** Storage of inodes that have a name outside: removing the tree does not free it. */
  readonly bytesSharedOutside: number;
}

const found = ends.indexOf('found');
const slash = 0x2f;

export const tallyLinks = (census: Census, atlas: Atlas, mostLinked: number): LinkTally => {
  const { words, width, count } = census.links;
  const byEnd = ends.map(() => 0);
  const targets = new Targets(census);
  const sums = { absolute: 0, through: 0, toDirectories: 0, acrossFileSystems: 0, ancestorCycles: 0 };
  let longest: LinkTally['longest'];
  for (let row = 0; row < count; row++) {
    const at = row * width;
    const state = words[at + linkField.state]!;
    byEnd[state & 0xff]!++;
    if (isAbsolute(census, row)) sums.absolute++;
    if ((state & 0xff) !== found) continue;
    const hops = atlas.hops(row);
    if (hops > 1) sums.through++;
    if (hops > (longest?.hops ?? 0)) longest = { row, hops };
    if (state & leadsToDir) sums.toDirectories++;
    if (crosses(census, row)) sums.acrossFileSystems++;
    if (isAncestorCycle(census, atlas, row)) sums.ancestorCycles++;
    targets.count(row);
  }
  return {
    total: count,
    ends: Object.fromEntries(ends.map((kind, i) => [kind, byEnd[i]!])) as Record<End['kind'], number>,
    ...sums,
    relative: count - sums.absolute,
    direct: byEnd[found]! - sums.through,
    longest,
    mostLinked: targets.most(mostLinked),
  };
};

export const tallyNames = (census: Census): NameTally => {
  const { words, width, count } = census.files;
  let bytesSaved = 0;
  let filesWithNamesOutside = 0;
  let namesOutside = 0;
  let bytesSharedOutside = 0;
  for (let at = 0; at < count * width; at += width) {
    const bytes = (words[at + fileField.blocksLow]! + words[at + fileField.blocksHigh]! * 2 ** 32) * 512;
    const seen = words[at + fileField.seen]!;
    const outside = Math.max(words[at + fileField.nlink]! - seen, 0);
    bytesSaved += bytes * (seen - 1);
    namesOutside += outside;
    if (outside === 0) continue;
    filesWithNamesOutside++;
    bytesSharedOutside += bytes;
  }
  return {
    files: count,
    names: census.names.count,
    bytesSaved,
    filesWithNamesOutside,
    namesOutside,
    bytesSharedOutside,
  };
};

export const isAbsolute = (census: Census, row: number): boolean => census.strings.bytes[census.textAt(row)] === slash;

/** Whether a good link leads to another device than the one it lies on. */
export const crosses = (census: Census, row: number): boolean => {
  const at = row * linkField.width;
  return census.links.words[at + linkField.device] !== census.deviceOfDir(census.links.words[at + linkField.dir]!);
};

/** Whether a good link leads to a directory that it lies in, at any depth. */
export const isAncestorCycle = (census: Census, atlas: Atlas, row: number): boolean => {
  const { words } = census.links;
  const at = row * linkField.width;
  if (!(words[at + linkField.state]! & leadsToDir)) return false;
  const target = census.findDir(
    words[at + linkField.inoLow]!,
    words[at + linkField.inoHigh]!,
    words[at + linkField.device]!,
  );
  const spot = target >= 0 ? target : atlas.endOf(row);
  return spot !== undefined && atlas.isWithin(words[at + linkField.dir]!, spot);
};

/** How many links lead to each inode. The first link that leads to one stands for it. */
class Targets {
  readonly #words: Uint32Array;
  readonly #links: Uint32Array;
  readonly #index: RowIndex;

  constructor({ links }: Census) {
    this.#words = links.words;
    this.#links = new Uint32Array(links.count);
    this.#index = new RowIndex((row) => this.#hash(row));
  }

  count(row: number): void {
    const hash = this.#hash(row);
    for (let slot = this.#index.first(hash); ; slot = this.#index.next(slot)) {
      const known = this.#index.row(slot);
      if (known >= 0 && !this.#same(known, row)) continue;
      if (known < 0) this.#index.add(hash, row);
      this.#links[known < 0 ? row : known]!++;
      return;
    }
  }

  /** Two links to one file are nothing to report; three begin to be. */
  most(number: number): LinkTally['mostLinked'] {
    const many: { row: number; links: number }[] = [];
    for (const [row, links] of this.#links.entries()) if (links > 2) many.push({ row, links });
    return many.sort((a, b) => b.links - a.links).slice(0, number);
  }

  #hash(row: number): number {
    const at = row * linkField.width;
    const words = this.#words;
    return mix(words[at + linkField.inoLow]!, words[at + linkField.inoHigh]!, words[at + linkField.device]!);
  }

  #same(a: number, b: number): boolean {
    const words = this.#words;
    const at = a * linkField.width;
    const other = b * linkField.width;
    return (
      words[at + linkField.inoLow] === words[other + linkField.inoLow] &&
      words[at + linkField.inoHigh] === words[other + linkField.inoHigh] &&
      words[at + linkField.device] === words[other + linkField.device]
    );
  }
}
