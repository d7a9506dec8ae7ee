import { decodeBytes, encodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import { type LinkText, linkText } from '../../fs/link-text.ts';
import { join } from '../../fs/path.ts';
import { type Kind, kindOfMode, type Stat } from '../../fs/stat.ts';
import type { Place } from '../../trace/trace.ts';
import { mix, RowIndex } from '../columns.ts';
import {
  contentField,
  dirField,
  type Head,
  linkField,
  nameField,
  none,
  otherNames,
  type Tables,
  taken,
} from './layout.ts';

/** A good link as a scan saw it. Paths are physical, as they are where the root lies now. */
export interface Remembered {
  readonly row: number;
  readonly path: string;
  readonly text: LinkText;
  /** The link's own inode number, as its directory gave it. */
  readonly linkIno: bigint;
  /** The number that its device has now. */
  readonly linkDev: number | undefined;
  readonly target: RememberedTarget;
}

export interface RememberedTarget extends Known {
  readonly path: string;
  readonly kind: Kind;
  /** Bytes. */
  readonly size: number;
  /** Seconds since 1970, modulo 2^32. */
  readonly mtime: number;
  /** It had more than one name. */
  readonly hadOtherNames: boolean;
  /** Half of its SHA-256 in hexadecimal, where contents were remembered. */
  readonly contents: string | undefined;
  /** The directories above it that the scan saw, the nearest first. */
  readonly above: readonly (Known & { readonly path: string })[];
}

/** What tells a file from all others, as far as it is known where its file system is now. */
export interface Known {
  /** The device's number now; undefined where that file system is not there. */
  readonly dev: number | undefined;
  /** Where that file system was mounted, if that is known. */
  readonly mount: string | undefined;
  readonly ino: bigint;
  /** A hash of the birth time; 0 where the file system keeps none, and then inode numbers prove little. */
  readonly born: number;
}

/** What a scan remembers of a root: its good links, and which names were one file. */
export class Memory {
  readonly head: Head;
  readonly tables: Tables;
  /** Physical path of the root now. */
  readonly root: string;
  readonly #devices: readonly (number | undefined)[];
  #dirs: RowIndex | undefined;
  #links: RowIndex | undefined;
  #inodes: RowIndex | undefined;
  #contents: ReadonlyMap<number, number> | undefined;

  private constructor(root: string, head: Head, tables: Tables, devices: readonly (number | undefined)[]) {
    this.root = root;
    this.head = head;
    this.tables = tables;
    this.#devices = devices;
  }

  /** `place` is the root of the resolution, `root` the physical path of the remembered directory. */
  static read(bytes: Uint8Array, fs: Fs, place: Place, root: string): Memory | 'torn' | 'later' {
    const read = taken(bytes);
    if (typeof read === 'string') return read;
    const { head, tables } = read;
    return new Memory(root, head, tables, devicesNow(head, fs, place, root));
  }

  get linkCount(): number {
    return this.tables.links.length / linkField.width;
  }

  /** The link that was at a physical path. */
  at(path: string): Remembered | undefined {
    const end = path.lastIndexOf('/');
    const dir = this.#rowAt(path.slice(0, end) || '/');
    const row = dir < 0 ? -1 : this.#findLink(dir, encodeBytes(path.slice(end + 1)));
    return row < 0 ? undefined : this.link(row);
  }

  /** The directory that was at a physical path, where the scan saw it. */
  directoryAt(path: string): Known | undefined {
    const row = this.#rowAt(path);
    return row < 0 ? undefined : this.#knownDir(row);
  }

  /** Links that had this inode number; more than one where the tree has several file systems. */
  *withInode(ino: bigint): Iterable<Remembered> {
    const low = Number(ino & 0xffffffffn);
    const high = Number(ino >> 32n);
    const { links } = this.tables;
    const hashOf = (row: number): number =>
      mix(
        links[row * linkField.width + linkField.linkInoLow]!,
        links[row * linkField.width + linkField.linkInoHigh]!,
        0,
      );
    this.#inodes ??= indexed(this.linkCount, hashOf);
    for (
      let slot = this.#inodes.first(mix(low, high, 0));
      this.#inodes.row(slot) >= 0;
      slot = this.#inodes.next(slot)
    ) {
      const row = this.#inodes.row(slot);
      const at = row * linkField.width;
      if (links[at + linkField.linkInoLow] === low && links[at + linkField.linkInoHigh] === high) yield this.link(row);
    }
  }

  link(row: number): Remembered {
    const { links } = this.tables;
    const at = row * linkField.width;
    const word = (field: number): number => links[at + field]!;
    const dir = word(linkField.targetDir);
    const name = word(linkField.targetName);
    const packed = word(linkField.target);
    const digest = this.#digestAt(row);
    return {
      row,
      path: join(this.dirPath(word(linkField.dir)), this.string(word(linkField.name))),
      text: linkText(this.string(word(linkField.text))),
      linkIno: wide(word(linkField.linkInoLow), word(linkField.linkInoHigh)),
      linkDev: this.#devices[this.tables.dirs[word(linkField.dir) * dirField.width + dirField.device]!],
      target: {
        path: name === none ? this.dirPath(dir) : join(this.dirPath(dir), this.string(name)),
        ...this.#known(packed & 0xffff, word(linkField.inoLow), word(linkField.inoHigh), word(linkField.born)),
        kind: kindOfMode((packed >> 4) & 0xf000),
        size: word(linkField.sizeLow) + word(linkField.sizeHigh) * 2 ** 32,
        mtime: word(linkField.mtime),
        hadOtherNames: (packed & otherNames) !== 0,
        contents: digest,
        above: this.#above(dir, name === none),
      },
    };
  }

  /** Names that were one file each, as physical paths. */
  groups(): readonly (readonly string[])[] {
    const { names } = this.tables;
    const groups = new Map<number, string[]>();
    for (let at = 0; at < names.length; at += nameField.width) {
      const path = join(this.dirPath(names[at + nameField.dir]!), this.string(names[at + nameField.name]!));
      const group = names[at + nameField.group]!;
      const known = groups.get(group);
      if (known) known.push(path);
      else groups.set(group, [path]);
    }
    return [...groups.values()];
  }

  /** The physical path of a row of directories. */
  dirPath(row: number): string {
    const { dirs } = this.tables;
    const parts: string[] = [];
    let at = row * dirField.width;
    for (; dirs[at + dirField.parent] !== none; at = dirs[at + dirField.parent]! * dirField.width)
      parts.push(this.string(dirs[at + dirField.name]!));
    const top = this.string(dirs[at + dirField.name]!) || this.root;
    return parts.length === 0 ? top : join(top, parts.reverse().join('/'));
  }

  string(place: number): string {
    const { strings } = this.tables;
    return decodeBytes(strings.subarray(place, strings.indexOf(0, place)));
  }

  #known(device: number, low: number, high: number, born: number): Known {
    const { path } = this.head.devices[device]!;
    return { dev: this.#devices[device], mount: path, ino: wide(low, high), born };
  }

  #above(row: number, isTarget: boolean): RememberedTarget['above'] {
    const { dirs } = this.tables;
    const above: (Known & { readonly path: string })[] = [];
    let at = row;
    if (isTarget) at = dirs[at * dirField.width + dirField.parent]!;
    for (; at !== none; at = dirs[at * dirField.width + dirField.parent]!) {
      const known = this.#knownDir(at);
      if (known) above.push({ path: this.dirPath(at), ...known });
    }
    return above;
  }

  #knownDir(row: number): Known | undefined {
    const { dirs } = this.tables;
    const at = row * dirField.width;
    const low = dirs[at + dirField.inoLow]!;
    const high = dirs[at + dirField.inoHigh]!;
    if (low === 0 && high === 0) return undefined;
    return this.#known(dirs[at + dirField.device]!, low, high, dirs[at + dirField.born]!);
  }

  #rowAt(path: string): number {
    if (path === this.root) return 0;
    const top = this.root === '/' ? '/' : `${this.root}/`;
    if (!path.startsWith(top)) return -1;
    let dir = 0;
    for (const name of path.slice(top.length).split('/')) {
      dir = this.#findDir(dir, encodeBytes(name));
      if (dir < 0) return -1;
    }
    return dir;
  }

  #digestAt(row: number): string | undefined {
    const { contents } = this.tables;
    this.#contents ??= new Map(
      Array.from({ length: contents.length / contentField.width }, (_, i) => [
        contents[i * contentField.width + contentField.link]!,
        i * contentField.width + contentField.digest,
      ]),
    );
    const at = this.#contents.get(row);
    if (at === undefined) return undefined;
    return Array.from(contents.subarray(at, at + 4), (word) => word.toString(16).padStart(8, '0')).join('');
  }

  #findDir(parent: number, name: Uint8Array): number {
    const { dirs } = this.tables;
    this.#dirs ??= indexed(dirs.length / dirField.width, (row) => this.#nameHash(dirs, row * dirField.width));
    return this.#find(this.#dirs, dirs, dirField.width, parent, name);
  }

  #findLink(dir: number, name: Uint8Array): number {
    const { links } = this.tables;
    this.#links ??= indexed(this.linkCount, (row) => this.#nameHash(links, row * linkField.width));
    return this.#find(this.#links, links, linkField.width, dir, name);
  }

  /** Rows of both tables begin with the directory that holds the name, and the name. */
  #find(index: RowIndex, table: Uint32Array, width: number, dir: number, name: Uint8Array): number {
    const { strings } = this.tables;
    for (let slot = index.first(mix(hashOfBytes(name, 0, name.length), dir, 0)); ; slot = index.next(slot)) {
      const row = index.row(slot);
      if (row < 0) return -1;
      if (table[row * width] !== dir) continue;
      const at = table[row * width + 1]!;
      let i = 0;
      while (i < name.length && strings[at + i] === name[i]) i++;
      if (i === name.length && strings[at + i] === 0) return row;
    }
  }

  #nameHash(table: Uint32Array, at: number): number {
    const { strings } = this.tables;
    const name = table[at + 1]!;
    let end = name;
    while (strings[end] !== 0) end++;
    return mix(hashOfBytes(strings, name, end), table[at]!, 0);
  }
}

/** FNV-1a, 32 bits. */
export const hashOfBytes = (bytes: Uint8Array, from: number, to: number): number => {
  let hash = 0x811c9dc5 | 0;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
};

/** What `born` holds of a file: as the walk has it. */
export const bornOf = ({ btime }: Pick<Stat, 'btime'>): number =>
  btime === undefined
    ? 0
    : (mix(Number((btime / 1_000_000_000n) & 0xffffffffn), Number(btime % 1_000_000_000n), 0) || 1) >>> 0;

const indexed = (count: number, hashOf: (row: number) => number): RowIndex => {
  const index = new RowIndex(hashOf, count);
  for (let row = 0; row < count; row++) index.add(hashOf(row), row);
  return index;
};

/**
 * Device numbers are given anew at each start of the machine. A file system is the one that it was if its known
 * directory, in the usual place, has the inode number and the birth time that it had.
 */
const devicesNow = (head: Head, fs: Fs, place: Place, root: string): readonly (number | undefined)[] =>
  head.devices.map(({ dev, path, ino, born }) => {
    const stat = fs.stat(place.handle, (path ?? root).slice(1) || '.');
    if (stat instanceof Fault || stat.kind !== 'dir' || stat.ino !== ino || bornOf(stat) !== born) return undefined;
    return born === 0 && stat.dev !== dev ? undefined : stat.dev;
  });

const wide = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);
