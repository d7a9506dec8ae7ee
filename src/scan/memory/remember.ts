import { encodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import { identityKey } from '../../fs/identity.ts';
import { maxLinks } from '../../trace/route.ts';
import type { Place } from '../../trace/trace.ts';
import type { Atlas, LinkId, Spot } from '../atlas.ts';
import {
  type Census,
  dirField as censusDir,
  linkField as censusLink,
  nameField as censusName,
  hasOtherNames,
  leadsToDir,
  noDir,
  targetField,
} from '../census.ts';
import { mix, RowIndex, Strings, Table } from '../columns.ts';
import { contentField, type Device, dirField, linkField, nameField, none, otherNames, written } from './layout.ts';
import { bornOf, hashOfBytes, type Memory } from './memory.ts';

export interface Remembering {
  readonly fs: Fs;
  readonly root: Place;
  /** Which root of the census. */
  readonly of: number;
  /** What was remembered of it before. */
  readonly old: Memory | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Physical path of a directory by which a device will be known again: best the place where it is mounted. */
  readonly mountOf: (dev: number) => string | undefined;
  /** Names that were one file and are not any more are forgotten: what is now is right. */
  readonly accept: boolean;
  /** Half of the SHA-256 of what a good link leads to, four words; undefined where that shall not be remembered. */
  readonly digest?: (link: number) => Uint32Array | undefined;
}

/**
 * A memory of one root of a complete census whose walk had `remembers`, as a file's bytes. Of a link that leads nowhere
 * now what it led to before stays remembered. Yields now and then, for a caller that shows progress.
 */
export function* remember(atlas: Atlas, how: Remembering): Generator<void, Uint8Array> {
  const { census } = atlas;
  const draft = new Draft(atlas, how);
  const { words, width, count } = census.links;
  const broken = new Set<string>();
  for (let row = 0; row < count; row++) {
    if (row % 4096 === 4095) yield;
    if (draft.rootOf(words[row * width + censusLink.dir]!) !== how.of) continue;
    if (census.endOf(row) === 'found') draft.addLink(row);
    else broken.add(inoKey(census.targets.words, row * targetField.width));
  }
  draft.addGroups();
  if (how.old) yield* draft.keep(how.old, broken);
  return draft.bytes();
}

const inoKey = (words: Uint32Array, at: number): string =>
  `${words[at + targetField.linkInoHigh]}:${words[at + targetField.linkInoLow]}`;

class Draft {
  readonly #atlas: Atlas;
  readonly #census: Census;
  readonly #how: Remembering;
  readonly #strings = new Strings();
  readonly #dirs = new Table(dirField.width);
  readonly #links = new Table(linkField.width);
  readonly #contents = new Table(contentField.width);
  readonly #names = new Table(nameField.width);
  readonly #devices: Device[] = [];
  readonly #numbers = new Map<string, number>();
  /** Rows here of directories of the census; -1 where they have none yet. */
  readonly #rows: Int32Array;
  readonly #outside = new Map<string, number>();
  readonly #roots: Int32Array;
  readonly #dirIndex: RowIndex;
  readonly #linkIndex: RowIndex;
  #groups = 0;
  /** Rows here of directories of the old memory. */
  #oldRows: Int32Array | undefined;

  constructor(atlas: Atlas, how: Remembering) {
    this.#atlas = atlas;
    this.#census = atlas.census;
    this.#how = how;
    const { dirs } = atlas.census;
    this.#rows = new Int32Array(dirs.count).fill(-1);
    this.#roots = new Int32Array(dirs.count);
    // A directory has a later row than the one that holds it.
    for (let row = 0; row < dirs.count; row++) {
      const at = row * censusDir.width;
      const parent = dirs.words[at + censusDir.parent]!;
      this.#roots[row] = parent === noDir ? dirs.words[at + censusDir.name]! : this.#roots[parent]!;
    }
    this.#dirIndex = new RowIndex((row) => this.#hashOf(this.#dirs, row));
    this.#linkIndex = new RowIndex((row) => this.#hashOf(this.#links, row));
    this.#addString('');
    this.#addDir(none, 0);
  }

  rootOf(dir: number): number {
    return this.#roots[dir]!;
  }

  addLink(row: number): void {
    const { links, targets, strings } = this.#census;
    const from = row * links.width;
    const seen = row * targetField.width;
    const text = this.#copy(strings.bytes, this.#census.textAt(row));
    const [dir, name] = this.#place(row, text);
    const at = this.#links.add();
    const { words } = this.#links;
    words[at + linkField.dir] = this.#dirOf(links.words[from + censusLink.dir]!);
    words[at + linkField.name] = this.#copy(strings.bytes, links.words[from + censusLink.name]!);
    words[at + linkField.text] = text;
    words[at + linkField.linkInoLow] = targets.words[seen + targetField.linkInoLow]!;
    words[at + linkField.linkInoHigh] = targets.words[seen + targetField.linkInoHigh]!;
    words[at + linkField.targetDir] = dir;
    words[at + linkField.targetName] = name;
    words[at + linkField.inoLow] = links.words[from + censusLink.inoLow]!;
    words[at + linkField.inoHigh] = links.words[from + censusLink.inoHigh]!;
    const mode = targets.words[seen + targetField.mode]!;
    const device = this.#device(this.#census.devices[links.words[from + censusLink.device]!]!);
    words[at + linkField.target] = device | ((mode & 0xf000) << 4) | (mode & hasOtherNames ? otherNames : 0);
    words[at + linkField.sizeLow] = targets.words[seen + targetField.sizeLow]!;
    words[at + linkField.sizeHigh] = targets.words[seen + targetField.sizeHigh]!;
    words[at + linkField.mtime] = targets.words[seen + targetField.mtime]!;
    words[at + linkField.born] = targets.words[seen + targetField.born]!;
    this.#index(this.#linkIndex, this.#links);
    const digest = this.#how.digest?.(row);
    if (digest) this.#addDigest(digest);
  }

  /** The names of files with several, where the walk has looked for them. */
  addGroups(): void {
    const census = this.#census;
    if (census.level !== 'full') return;
    const { words, width } = census.names;
    for (const rows of census.namesByFile()) {
      const ours = rows.filter((row) => this.rootOf(words[row * width + censusName.dir]!) === this.#how.of);
      if (ours.length < 2) continue;
      this.#addGroup(
        ours.map((row) => [
          this.#dirOf(words[row * width + censusName.dir]!),
          this.#copy(census.strings.bytes, words[row * width + censusName.name]!),
        ]),
      );
    }
  }

  /** Takes over what the census has no better answer for. */
  *keep(old: Memory, broken: ReadonlySet<string>): Generator<void> {
    const { links, contents } = old.tables;
    const census = this.#census;
    const sawAll = census.counts.excluded === 0 && census.unread.size === 0;
    const brokenNames = this.#brokenNames();
    const digests = new Map<number, Uint32Array>();
    for (let at = 0; at < contents.length; at += contentField.width)
      digests.set(contents[at]!, contents.subarray(at + 1, at + contentField.width));
    for (let row = 0; row < old.linkCount; row++) {
      if (row % 4096 === 4095) yield;
      const from = row * linkField.width;
      const name = encodeBytes(old.string(links[from + linkField.name]!));
      const known = this.#findOld(old, links[from + linkField.dir]!);
      if (known >= 0 && this.#find(this.#linkIndex, this.#links, known, name) >= 0) continue;
      const key = `${links[from + linkField.linkInoHigh]}:${links[from + linkField.linkInoLow]}`;
      if (sawAll && !broken.has(key) && !(brokenNames.size > 0 && brokenNames.has(old.link(row).path))) continue;
      const dir = this.#dirOfOld(old, links[from + linkField.dir]!);
      const text = this.#addString(old.string(links[from + linkField.text]!));
      const targetDir = this.#dirOfOld(old, links[from + linkField.targetDir]!);
      const targetName = links[from + linkField.targetName]!;
      const nameAt = this.#addBytes(name);
      const targetAt = targetName === none ? none : this.#addString(old.string(targetName));
      const packed = links[from + linkField.target]!;
      const at = this.#links.add();
      const { words } = this.#links;
      words.set(links.subarray(from, from + linkField.width), at);
      words[at + linkField.dir] = dir;
      words[at + linkField.name] = nameAt;
      words[at + linkField.text] = text;
      words[at + linkField.targetDir] = targetDir;
      words[at + linkField.targetName] = targetAt;
      words[at + linkField.target] = (packed & ~0xffff) | this.#addDevice(old.head.devices[packed & 0xffff]!);
      this.#index(this.#linkIndex, this.#links);
      const digest = digests.get(row);
      if (digest) this.#addDigest(digest);
    }
    this.#keepGroups(old);
  }

  bytes(): Uint8Array {
    const { now, of } = this.#how;
    const table = ({ words, count, width }: Table): Uint32Array => words.subarray(0, count * width);
    return written(
      { made: now, root: this.#census.roots[of]!.physical, devices: this.#devices },
      {
        dirs: table(this.#dirs),
        links: table(this.#links),
        contents: table(this.#contents),
        names: table(this.#names),
        strings: this.#strings.bytes.subarray(0, this.#strings.length),
      },
    );
  }

  /** Where a good link leads to: a directory here, and the place of a name in it or `none`. `text` is where its text was copied to. */
  #place(row: number, text: number): readonly [dir: number, name: number] {
    const atlas = this.#atlas;
    if (this.#census.links.words[row * censusLink.width + censusLink.state]! & leadsToDir) {
      const end = atlas.endOf(row);
      return [end === undefined ? this.#outsideDir('') : this.#spot(end), none];
    }
    let at: LinkId = row;
    for (let hops = 0; hops < maxLinks; hops++) {
      const { last } = atlas.steps(at);
      if (!last) break;
      if (last.link !== undefined) {
        at = last.link;
        continue;
      }
      const name = encodeBytes(last.name);
      // The text mostly ends with that very name.
      const tail = this.#strings.length - 1 - name.length;
      const shares = at === row && tail >= text && name.every((byte, i) => this.#strings.bytes[tail + i] === byte);
      return [this.#spot(last.spot), shares ? tail : this.#addBytes(name)];
    }
    return [this.#outsideDir(''), none];
  }

  #spot(spot: Spot): number {
    if (spot >= 0 && this.rootOf(spot) === this.#how.of) return this.#dirOf(spot);
    return this.#outsideDir(this.#atlas.pathOf(spot));
  }

  #outsideDir(path: string): number {
    const known = this.#outside.get(path);
    if (known !== undefined) return known;
    const row = this.#addDir(none, this.#addString(path));
    this.#outside.set(path, row);
    return row;
  }

  /** The row here of a directory of the census. */
  #dirOf(dir: number): number {
    const { dirs, strings } = this.#census;
    const way: number[] = [];
    let at = dir;
    for (; this.#rows[at]! < 0; at = dirs.words[at * censusDir.width + censusDir.parent]!) {
      way.push(at);
      if (dirs.words[at * censusDir.width + censusDir.parent] === noDir) break;
    }
    for (const each of way.reverse()) {
      const from = each * censusDir.width;
      const parent = dirs.words[from + censusDir.parent]!;
      const row =
        parent === noDir
          ? 0
          : this.#addDir(this.#rows[parent]!, this.#copy(strings.bytes, dirs.words[from + censusDir.name]!));
      this.#rows[each] = row;
      const to = row * dirField.width;
      const { words } = this.#dirs;
      words[to + dirField.inoLow] = dirs.words[from + censusDir.inoLow]!;
      words[to + dirField.inoHigh] = dirs.words[from + censusDir.inoHigh]!;
      words[to + dirField.device] = this.#device(this.#census.devices[dirs.words[from + censusDir.device]!]!);
      words[to + dirField.born] = dirs.words[from + censusDir.born]!;
    }
    return this.#rows[dir]!;
  }

  #addDir(parent: number, name: number): number {
    const at = this.#dirs.add();
    this.#dirs.words[at + dirField.parent] = parent;
    this.#dirs.words[at + dirField.name] = name;
    this.#index(this.#dirIndex, this.#dirs);
    return this.#dirs.count - 1;
  }

  #addDigest(digest: Uint32Array): void {
    const at = this.#contents.add();
    this.#contents.words[at + contentField.link] = this.#links.count - 1;
    this.#contents.words.set(digest, at + contentField.digest);
  }

  #addGroup(names: readonly (readonly [dir: number, name: number])[]): void {
    for (const [dir, name] of names) {
      const at = this.#names.add();
      this.#names.words[at + nameField.dir] = dir;
      this.#names.words[at + nameField.name] = name;
      this.#names.words[at + nameField.group] = this.#groups;
    }
    this.#groups++;
  }

  /** Physical paths of the root's links that lead nowhere now. */
  #brokenNames(): ReadonlySet<string> {
    const { links } = this.#census;
    const paths = new Set<string>();
    for (let row = 0; row < links.count; row++)
      if (this.#census.endOf(row) !== 'found') paths.add(this.#census.linkPhysicalPath(row));
    return paths;
  }

  /** The row here of a directory of an older memory, if there is one. */
  #findOld(old: Memory, row: number): number {
    const { dirs } = old.tables;
    this.#oldRows ??= new Int32Array(dirs.length / dirField.width).fill(-1);
    if (row === 0) return 0;
    if (this.#oldRows[row]! >= 0) return this.#oldRows[row]!;
    const parent = dirs[row * dirField.width + dirField.parent]!;
    const name = old.string(dirs[row * dirField.width + dirField.name]!);
    const above = parent === none ? none : this.#findOld(old, parent);
    if (above === -1) return -1;
    const found =
      above === none
        ? (this.#outside.get(name) ?? -1)
        : this.#find(this.#dirIndex, this.#dirs, above, encodeBytes(name));
    this.#oldRows[row] = found;
    return found;
  }

  /** The same, made where there is none. */
  #dirOfOld(old: Memory, row: number): number {
    const found = this.#findOld(old, row);
    if (found >= 0) return found;
    const { dirs } = old.tables;
    const from = row * dirField.width;
    const parent = dirs[from + dirField.parent]!;
    const name = old.string(dirs[from + dirField.name]!);
    const made =
      parent === none ? this.#outsideDir(name) : this.#addDir(this.#dirOfOld(old, parent), this.#addString(name));
    const at = made * dirField.width;
    const { words } = this.#dirs;
    words.set(dirs.subarray(from + dirField.inoLow, from + dirField.width), at + dirField.inoLow);
    if (parent !== none)
      words[at + dirField.device] = this.#addDevice(old.head.devices[dirs[from + dirField.device]!]!);
    if (this.#oldRows) this.#oldRows[row] = made;
    return made;
  }

  /** Groups that the walk did not look for; and those that are split now, unless that is accepted. */
  #keepGroups(old: Memory): void {
    const { fs, root, accept } = this.#how;
    const looked = this.#census.level === 'full';
    if (looked && accept) return;
    const kept: (readonly string[])[] = [];
    for (const group of old.groups()) {
      const there = group.flatMap((path) => {
        const stat = fs.stat(root.handle, path.slice(1));
        return stat instanceof Fault ? [] : [{ path, key: identityKey(stat) }];
      });
      const split = new Set(there.map(({ key }) => key)).size > 1;
      if (!looked || split) kept.push(there.map(({ path }) => path));
    }
    for (const group of kept.filter(({ length }) => length > 1))
      this.#addGroup(
        group.map((path) => {
          const below = path.slice(old.root === '/' ? 1 : old.root.length + 1).split('/');
          const name = below.pop() as string;
          let dir = 0;
          for (const each of below) {
            const bytes = encodeBytes(each);
            const known = this.#find(this.#dirIndex, this.#dirs, dir, bytes);
            dir = known >= 0 ? known : this.#addDir(dir, this.#addBytes(bytes));
          }
          return [dir, this.#addString(name)];
        }),
      );
  }

  /** The number here of a device of the machine. */
  #device(dev: number): number {
    const key = `now ${dev}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#addDevice(this.#asDevice(dev));
    this.#numbers.set(key, number);
    return number;
  }

  #asDevice(dev: number): Device {
    const { fs, root, of, mountOf } = this.#how;
    const own = fs.stat(root.handle, this.#census.roots[of]!.physical.slice(1) || '.');
    if (!(own instanceof Fault) && own.dev === dev) return { dev, path: undefined, ino: own.ino, born: bornOf(own) };
    const path = mountOf(dev);
    const stat = path === undefined ? undefined : fs.stat(root.handle, path.slice(1) || '.');
    if (path === undefined || stat === undefined || stat instanceof Fault || stat.dev !== dev)
      return { dev, path: '', ino: 0n, born: 0 };
    return { dev, path, ino: stat.ino, born: bornOf(stat) };
  }

  #addDevice(device: Device): number {
    const key = `${device.path} ${device.ino} ${device.born} ${device.dev}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#devices.push(device) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  #copy(bytes: Uint8Array, at: number): number {
    return this.#strings.add(bytes, at, 4096);
  }

  #addString(text: string): number {
    return this.#addBytes(encodeBytes(text));
  }

  #addBytes(bytes: Uint8Array): number {
    return this.#strings.add(bytes, 0, bytes.length);
  }

  /** Puts the newest row of a table into its index. */
  #index(index: RowIndex, table: Table): void {
    index.add(this.#hashOf(table, table.count - 1), table.count - 1);
  }

  /** Rows of both tables begin with the directory that holds the name, and the name. */
  #hashOf({ words, width }: Table, row: number): number {
    const name = words[row * width + 1]!;
    const { bytes } = this.#strings;
    let end = name;
    while (bytes[end] !== 0) end++;
    return mix(hashOfBytes(bytes, name, end), words[row * width]!, 0);
  }

  #find(index: RowIndex, { words, width }: Table, dir: number, name: Uint8Array): number {
    const { bytes } = this.#strings;
    for (let slot = index.first(mix(hashOfBytes(name, 0, name.length), dir, 0)); ; slot = index.next(slot)) {
      const row = index.row(slot);
      if (row < 0) return -1;
      if (words[row * width] !== dir) continue;
      const at = words[row * width + 1]!;
      let i = 0;
      while (i < name.length && bytes[at + i] === name[i]) i++;
      if (i === name.length && bytes[at + i] === 0) return row;
    }
  }
}
