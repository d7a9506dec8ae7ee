import { decodeBytes, encodeBytes } from '../../fs/bytes.ts';
import { join } from '../../fs/path.ts';
import { type Kind, kindOfMode } from '../../fs/stat.ts';
import { type Census, dirField, notedField } from '../../scan/census.ts';
import { hashOfBytes, type Known } from '../../scan/memory/memory.ts';
import type { WalkOptions } from '../../scan/walk.ts';

/** What a search looks for. */
export interface Quest {
  readonly identities: readonly { readonly dev: number; readonly ino: bigint }[];
  readonly names: ReadonlySet<string>;
  /** Contents are looked for: then every file's size matters. */
  readonly everything: boolean;
}

/** Something that a search came by. */
export interface Find {
  readonly path: string;
  readonly kind: Kind;
  readonly dev: number;
  readonly ino: bigint;
  readonly born: number;
  /** Of anything but a directory, in bytes. */
  readonly size: number;
  readonly mtime: number;
}

/** What a walk for a quest has to note; `isWanted` tells of entries by their inode number. */
export const notesFor = (
  { names, everything }: Quest,
  isWanted: NonNullable<WalkOptions['wanted']>,
): NonNullable<WalkOptions['notes']> => {
  if (everything) return () => true;
  const hashes = new Set(Array.from(names, (name) => hashOf(encodeBytes(name))));
  return (inoLow, inoHigh, dev, bytes, name) => {
    if (isWanted(inoLow, inoHigh, dev)) return true;
    let end = name;
    while (bytes[end] !== 0) end++;
    return hashes.has(hashOfBytes(bytes, name, end));
  };
};

/** What the walk of a search met, to be asked by identity and by name. */
export class Finds {
  readonly census: Census;
  readonly #quest: Quest;
  readonly #byKey = new Map<string, Find[]>();
  readonly #byName = new Map<string, Find[]>();
  readonly #bySize = new Map<number, Find[]>();

  constructor(census: Census, quest: Quest) {
    this.census = census;
    this.#quest = quest;
    const wanted = new Set(quest.identities.map(({ dev, ino }) => `${dev}:${ino}`));
    const { dirs, noted, devices, strings } = census;
    const names = new Set(Array.from(quest.names, (name) => hashOf(encodeBytes(name))));
    for (let row = 0; row < dirs.count; row++) {
      const at = row * dirField.width;
      const word = (field: number): number => dirs.words[at + field]!;
      const ino = wide(word(dirField.inoLow), word(dirField.inoHigh));
      if (ino === 0n) continue;
      const dev = devices[word(dirField.device)]!;
      const isRoot = word(dirField.parent) === 0xffffffff;
      const isWanted = wanted.has(`${dev}:${ino}`);
      if (!isWanted && (isRoot || !names.has(hashOf(strings.at(word(dirField.name)))))) continue;
      const path = census.physicalPath(row);
      this.#add({ path, kind: 'dir', dev, ino, born: word(dirField.born), size: 0, mtime: 0 }, isWanted);
    }
    for (let row = 0; row < noted.count; row++) {
      const at = row * notedField.width;
      const word = (field: number): number => noted.words[at + field]!;
      const dev = devices[word(notedField.device)]!;
      const ino = wide(word(notedField.inoLow), word(notedField.inoHigh));
      const dir = census.physicalPath(word(notedField.dir));
      const find: Find = {
        path: join(dir, decodeBytes(strings.at(word(notedField.name)))),
        kind: kindOfMode(word(notedField.mode)),
        dev,
        ino,
        born: word(notedField.born),
        size: word(notedField.sizeLow) + word(notedField.sizeHigh) * 2 ** 32,
        mtime: word(notedField.mtime),
      };
      this.#add(find, wanted.has(`${dev}:${ino}`));
      if (quest.everything && find.kind === 'file') push(this.#bySize, find.size, find);
    }
  }

  #add(find: Find, isWanted: boolean): void {
    if (isOwn(find.path)) return;
    if (isWanted) push(this.#byKey, `${find.dev}:${find.ino}`, find);
    const name = find.path.slice(find.path.lastIndexOf('/') + 1);
    if (this.#quest.names.has(name)) push(this.#byName, name, find);
  }

  /** Names of the file that this was, with what proves little left out: another birth time is another file. */
  same({ dev, ino, born }: Known): readonly Find[] {
    if (dev === undefined) return [];
    return (this.#byKey.get(`${dev}:${ino}`) ?? []).filter((find) => find.born === born);
  }

  /** Whatever has this inode number now. */
  withInode(dev: number | undefined, ino: bigint): readonly Find[] {
    return this.#byKey.get(`${dev}:${ino}`) ?? [];
  }

  named(name: string): readonly Find[] {
    return this.#byName.get(name) ?? [];
  }

  /** Files of so many bytes; none unless contents are looked for. */
  sized(size: number): readonly Find[] {
    return (this.#bySize.get(size) ?? []).filter(({ path }) => !isOwn(path));
  }
}

/** What Linkwright itself keeps aside is no place for a link to lead to. */
const isOwn = (path: string): boolean => /\/\.(linkwright(-\d+)?\/|lw-[0-9a-z])/.test(path);

/** Where desktops put what was thrown away (freedesktop.org's Trash specification). */
export const isTrash = (path: string): boolean => /\/(\.Trash(-\d+)?|\.local\/share\/Trash)\//.test(path);

const push = <Key>(map: Map<Key, Find[]>, key: Key, find: Find): void => {
  const known = map.get(key);
  if (known) known.push(find);
  else map.set(key, [find]);
};

const hashOf = (name: Uint8Array): number => hashOfBytes(name, 0, name.length);

const wide = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);
