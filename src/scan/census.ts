import { decodeBytes } from '../fs/bytes.ts';
import { type Errno, errnoName } from '../fs/errno.ts';
import type { Identity } from '../fs/identity.ts';
import { type LinkText, linkText } from '../fs/link-text.ts';
import { join } from '../fs/path.ts';
import { type Kind, kindOfMode } from '../fs/stat.ts';
import type { End } from '../trace/route.ts';
import { mix, RowIndex, Strings, Table } from './columns.ts';

/**
 * How much a scan looks at. `names`: no inode but directories; `ends`: every link and where it leads, and the texts of
 * those that lead nowhere; `symlinks`: the texts of all links too; `full`: every inode.
 */
export type Level = 'names' | 'ends' | 'symlinks' | 'full';

/** A directory that the scan started from. */
export interface Root {
  /** As the user wrote it: how paths below it are shown. */
  readonly path: string;
  /** Without links and dots, from the root of resolution. */
  readonly physical: string;
}

/** Numbers of the kinds of a link's end, as the tables keep them. */
export const ends: readonly End['kind'][] = [
  'found',
  'missing',
  'loop',
  'too-many-links',
  'not-a-directory',
  'permission',
  'name-too-long',
  'absent-volume',
  'unknown',
];

/** Words of a row of `dirs`. `born` tells a directory from a later one with its inode number; `mode` is 0 where the directory could not be opened. */
export const dirField = {
  parent: 0,
  name: 1,
  inoLow: 2,
  inoHigh: 3,
  device: 4,
  born: 5,
  mode: 6,
  uid: 7,
  gid: 8,
  width: 9,
} as const;
/**
 * Words of a row of `links`. `state` is an index of `ends` plus `leadsToDir`. For `unknown`, `inoLow` is the errno. `text`
 * is `noText` where the level did not ask for it.
 */
export const linkField = { dir: 0, name: 1, text: 2, inoLow: 3, inoHigh: 4, device: 5, state: 6, width: 7 } as const;
/** Words of a row of `names`: the names of files that have more than one. */
export const nameField = { dir: 0, name: 1, file: 2, width: 3 } as const;
/** Words of a row of `files`: the inodes with more than one name. */
export const fileField = {
  inoLow: 0,
  inoHigh: 1,
  device: 2,
  mode: 3,
  nlink: 4,
  seen: 5,
  sizeLow: 6,
  sizeHigh: 7,
  blocksLow: 8,
  blocksHigh: 9,
  uid: 10,
  width: 11,
} as const;

/**
 * Words of a row of `targets`, which has one for each row of `links` where the walk was asked to remember: the link's
 * own inode number, as its directory gives it, and what was at its end. `mtime` is in seconds; `born` as in `dirs`;
 * `mode` has the bit `hasOtherNames` where the link count was above one.
 */
export const targetField = {
  linkInoLow: 0,
  linkInoHigh: 1,
  sizeLow: 2,
  sizeHigh: 3,
  mtime: 4,
  born: 5,
  mode: 6,
  width: 7,
} as const;
/** Words of a row of `noted`: entries that the walk was asked to note, but no directories. */
export const notedField = {
  dir: 0,
  name: 1,
  inoLow: 2,
  inoHigh: 3,
  device: 4,
  born: 5,
  sizeLow: 6,
  sizeHigh: 7,
  mtime: 8,
  mode: 9,
  width: 10,
} as const;
/** Bit of a mode in `targets` and `noted`. */
export const hasOtherNames = 0x10000;

/** Bit of a link's state: what it leads to is a directory. */
export const leadsToDir = 0x100;
/** The parent of a root. Root number `i` has the name word `i`. */
export const noDir = 0xffffffff;
/** The text of a link that was not read: `Atlas.textAt` reads it when it is wanted. */
export const noText = 0xffffffff;

/** What was seen, counted. */
export interface Counts {
  entries: number;
  dirs: number;
  files: number;
  links: number;
  others: number;
  /** Entries that were gone or had become something else when they were looked at. */
  vanished: number;
  /** Directories met a second time through a bind mount or another root. */
  seenAgain: number;
  /** Directories of other file systems that were not entered. */
  notEntered: number;
  excluded: number;
  /** Entries whose type the directory did not tell. */
  untyped: number;
  /** Sum of the sizes of all inodes but directories, each once, in bytes. */
  bytes: number;
  /** Storage of all inodes, each once, in blocks of 512 bytes. */
  blocks: number;
}

/** A place that could not be looked at. */
export interface Blind {
  readonly path: string;
  readonly call: string;
  readonly errno: Errno;
}

/** One symbolic link of a census. */
export interface Link {
  readonly row: number;
  readonly path: string;
  readonly text: LinkText;
  readonly end: End['kind'];
  /** What it leads to, where that exists. */
  readonly target: Identity | undefined;
  readonly leadsToDir: boolean;
  /** For an end that is `unknown`: what the kernel answered. */
  readonly errno: Errno | undefined;
}

/** One inode with more than one name. */
export interface MultiNamed extends Identity {
  readonly row: number;
  readonly kind: Kind;
  /** Permission bits with set-user-ID, set-group-ID and sticky: 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly nlink: number;
  /** Names within the scan. */
  readonly seen: number;
  readonly size: number;
  readonly blocks: number;
}

/** Characters of paths that are kept at hand. */
const rememberedLength = 1_000_000;

/** What a walk found: links and names packed in tables, the rest counted. */
export class Census {
  readonly level: Level;
  readonly roots: Root[] = [];
  readonly counts: Counts = {
    entries: 0,
    dirs: 0,
    files: 0,
    links: 0,
    others: 0,
    vanished: 0,
    seenAgain: 0,
    notEntered: 0,
    excluded: 0,
    untyped: 0,
    bytes: 0,
    blocks: 0,
  };
  /** What could not be looked at: with one of these the census is incomplete. */
  readonly blind: Blind[] = [];
  /** Rows of directories that were met but not read: what they hold is unknown. */
  readonly unread = new Set<number>();
  /** The walk was stopped before its end. */
  stopped = false;

  readonly devices: number[] = [];
  readonly strings = new Strings();
  readonly dirs = new Table(dirField.width);
  readonly links = new Table(linkField.width);
  readonly names = new Table(nameField.width);
  readonly files = new Table(fileField.width);
  readonly targets = new Table(targetField.width);
  readonly noted = new Table(notedField.width);
  readonly #dirIndex: RowIndex;
  readonly #fileIndex: RowIndex;
  #deviceSeen = 0;
  readonly #paths: Readonly<Record<keyof Root, Map<number, string>>> = { path: new Map(), physical: new Map() };
  #pathsLength = 0;

  constructor(level: Level) {
    this.level = level;
    this.#dirIndex = new RowIndex((row) => {
      const at = row * dirField.width;
      const { words: dirs } = this.dirs;
      return mix(dirs[at + dirField.inoLow]!, dirs[at + dirField.inoHigh]!, dirs[at + dirField.device]!);
    });
    this.#fileIndex = new RowIndex((row) => {
      const at = row * fileField.width;
      const { words: files } = this.files;
      return mix(files[at + fileField.inoLow]!, files[at + fileField.inoHigh]!, files[at + fileField.device]!);
    });
  }

  /** Nothing was left out that could hold links. */
  get complete(): boolean {
    return !this.stopped && this.blind.length === 0;
  }

  /** The number that stands for a device in the tables. */
  device(dev: number): number {
    if (this.devices[this.#deviceSeen] === dev) return this.#deviceSeen;
    const known = this.devices.indexOf(dev);
    this.#deviceSeen = known >= 0 ? known : this.devices.push(dev) - 1;
    return this.#deviceSeen;
  }

  /** The row of a directory that the walk has opened, or -1. */
  findDir(inoLow: number, inoHigh: number, device: number): number {
    return find(this.#dirIndex, this.dirs.words, dirField, inoLow, inoHigh, device);
  }

  /** The row under which the same directory was opened first, or `row` itself. */
  sameDir(row: number): number {
    const at = row * dirField.width;
    const { words } = this.dirs;
    const known = this.findDir(
      words[at + dirField.inoLow]!,
      words[at + dirField.inoHigh]!,
      words[at + dirField.device]!,
    );
    const isIt = known >= 0 && words[known * dirField.width + dirField.born] === words[at + dirField.born];
    return isIt ? known : row;
  }

  addOpenedDir(row: number): void {
    const at = row * dirField.width;
    const { words } = this.dirs;
    this.#dirIndex.add(
      mix(words[at + dirField.inoLow]!, words[at + dirField.inoHigh]!, words[at + dirField.device]!),
      row,
    );
  }

  /** The row of an inode with several names, or -1. */
  findFile(inoLow: number, inoHigh: number, device: number): number {
    return find(this.#fileIndex, this.files.words, fileField, inoLow, inoHigh, device);
  }

  /** A row for an inode with several names that was not met before, with no names yet. */
  addFile(inoLow: number, inoHigh: number, device: number): number {
    const at = this.files.add();
    const { words } = this.files;
    words[at + fileField.inoLow] = inoLow;
    words[at + fileField.inoHigh] = inoHigh;
    words[at + fileField.device] = device;
    this.#fileIndex.add(mix(inoLow, inoHigh, device), this.files.count - 1);
    return this.files.count - 1;
  }

  /** The number of the device that a directory lies on. */
  deviceOfDir(row: number): number {
    return this.dirs.words[row * dirField.width + dirField.device]!;
  }

  /** The path of a directory as its root was written. */
  dirPath(row: number): string {
    return this.#pathOf(row, 'path');
  }

  /** The path of a directory from the root of resolution, without links and dots. */
  physicalPath(row: number): string {
    return this.#pathOf(row, 'physical');
  }

  /** The path of an entry whose name is at `name` of `strings`. */
  entryPath(dir: number, name: number): string {
    return join(this.dirPath(dir), decodeBytes(this.strings.at(name)));
  }

  link(row: number): Link {
    const at = row * linkField.width;
    const { words } = this.links;
    const end = this.endOf(row);
    const name = words[at + linkField.name]!;
    const low = words[at + linkField.inoLow]!;
    return {
      row,
      path: this.entryPath(words[at + linkField.dir]!, name),
      text: linkText(decodeBytes(this.strings.at(this.textAt(row)))),
      end,
      target:
        end === 'found'
          ? { dev: this.devices[words[at + linkField.device]!]!, ino: wide(low, words[at + linkField.inoHigh]!) }
          : undefined,
      leadsToDir: this.leadsToDir(row),
      errno: end === 'unknown' ? errnoName(low) : undefined,
    };
  }

  /** How a link ends. */
  endOf(row: number): End['kind'] {
    return ends[this.links.words[row * linkField.width + linkField.state]! & 0xff]!;
  }

  /** Whether a link leads to a directory. */
  leadsToDir(row: number): boolean {
    return (this.links.words[row * linkField.width + linkField.state]! & leadsToDir) !== 0;
  }

  /** The path of a link from the root of resolution, the link itself not followed. */
  linkPhysicalPath(row: number): string {
    const at = row * linkField.width;
    const name = decodeBytes(this.strings.at(this.links.words[at + linkField.name]!));
    return join(this.physicalPath(this.links.words[at + linkField.dir]!), name);
  }

  /** Where a link's text starts in `strings`; `noText` perhaps, at the level `ends`. */
  textAt(row: number): number {
    return this.links.words[row * linkField.width + linkField.text]!;
  }

  file(row: number): MultiNamed {
    const at = row * fileField.width;
    const { words } = this.files;
    return {
      row,
      dev: this.devices[words[at + fileField.device]!]!,
      ino: wide(words[at + fileField.inoLow]!, words[at + fileField.inoHigh]!),
      kind: kindOfMode(words[at + fileField.mode]!),
      mode: words[at + fileField.mode]! & 0o7777,
      uid: words[at + fileField.uid]!,
      nlink: words[at + fileField.nlink]!,
      seen: words[at + fileField.seen]!,
      size: words[at + fileField.sizeLow]! + words[at + fileField.sizeHigh]! * 2 ** 32,
      blocks: words[at + fileField.blocksLow]! + words[at + fileField.blocksHigh]! * 2 ** 32,
    };
  }

  /** The rows of `names` that belong to each row of `files`, in the order they were met. */
  namesByFile(): readonly (readonly number[])[] {
    const groups: number[][] = Array.from({ length: this.files.count }, () => []);
    const { words, width, count } = this.names;
    for (let row = 0; row < count; row++) groups[words[row * width + nameField.file]!]!.push(row);
    return groups;
  }

  /** The path of a row of `names`. */
  namePath(row: number): string {
    const at = row * nameField.width;
    return this.entryPath(this.names.words[at + nameField.dir]!, this.names.words[at + nameField.name]!);
  }

  /** The path of a row of `names` from the root of resolution. */
  namePhysicalPath(row: number): string {
    const at = row * nameField.width;
    const name = decodeBytes(this.strings.at(this.names.words[at + nameField.name]!));
    return join(this.physicalPath(this.names.words[at + nameField.dir]!), name);
  }

  #pathOf(row: number, form: keyof Root): string {
    const known = this.#paths[form];
    const found = known.get(row);
    if (found !== undefined) return found;
    const { words } = this.dirs;
    const parts: string[] = [];
    let start: string | undefined;
    let at = row;
    for (; start === undefined && words[at * dirField.width + dirField.parent] !== noDir; start = known.get(at)) {
      parts.push(decodeBytes(this.strings.at(words[at * dirField.width + dirField.name]!)));
      at = words[at * dirField.width + dirField.parent]!;
    }
    start ??= this.roots[words[at * dirField.width + dirField.name]!]![form];
    // In one go: a tree can be so deep that a path per level would take for ever.
    const path = parts.length === 0 ? start : join(start, parts.toReversed().join('/'));
    this.#remember(known, row, path);
    if (parts.length > 1) {
      const above = path.slice(0, -1 - parts[0]!.length);
      this.#remember(known, words[row * dirField.width + dirField.parent]!, above);
    }
    return path;
  }

  /** One mostly asks for what lies close together. */
  #remember(known: Map<number, string>, row: number, path: string): void {
    this.#pathsLength += path.length;
    if (this.#pathsLength > rememberedLength) {
      known.clear();
      this.#pathsLength = path.length;
    }
    known.set(row, path);
  }
}

const wide = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);

const find = (
  index: RowIndex,
  words: Uint32Array,
  field: { inoLow: number; inoHigh: number; device: number; width: number },
  inoLow: number,
  inoHigh: number,
  device: number,
): number => {
  for (let slot = index.first(mix(inoLow, inoHigh, device)); ; slot = index.next(slot)) {
    const row = index.row(slot);
    if (row < 0) return row;
    const at = row * field.width;
    if (
      words[at + field.inoLow] === inoLow &&
      words[at + field.inoHigh] === inoHigh &&
      words[at + field.device] === device
    )
      return row;
  }
};
