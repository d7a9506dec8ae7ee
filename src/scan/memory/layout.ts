import { decodeBytes, encodeBytes } from '../../fs/bytes.ts';
import { type NameJson, nameFromJson, nameToJson } from '../../fs/name-json.ts';

/**
 * A memory as a file: 8 bytes of magic, then 32-bit words (version, bytes of the head, two words of checksum over all
 * that follows), the head as JSON filled up with spaces to whole words, the tables, and the strings, each
 * ended by a NUL. Little-endian, as both our CPUs.
 */
const memoryVersion = 1;
const magic = encodeBytes('lw-links');
const prefixBytes = 24;

/** Words of a row of directories. The root of the memory has no parent and the empty name, one outside of it its whole path. */
export const dirField = { parent: 0, name: 1, inoLow: 2, inoHigh: 3, device: 4, born: 5, width: 6 } as const;
/** Words of a row of links: 56 bytes. `target` packs the device's number, the kind's bits of st_mode, and `otherNames`. */
export const linkField = {
  dir: 0,
  name: 1,
  text: 2,
  linkInoLow: 3,
  linkInoHigh: 4,
  targetDir: 5,
  targetName: 6,
  inoLow: 7,
  inoHigh: 8,
  target: 9,
  sizeLow: 10,
  sizeHigh: 11,
  mtime: 12,
  born: 13,
  width: 14,
} as const;
/** Words of a row of contents: a link, and half of the SHA-256 of what it led to. */
export const contentField = { link: 0, digest: 1, width: 5 } as const;
/** Words of a row of names: those with the same group are names of one file. */
export const nameField = { dir: 0, name: 1, group: 2, width: 3 } as const;

/** No parent; no name: the target is the directory itself. */
export const none = 0xffffffff;
/** Bit of a link's `target`. */
export const otherNames = 0x100000;

/** A file system that targets lay on, and a directory by which it is known again whatever its number is then. */
export interface Device {
  readonly dev: number;
  /** Undefined: the root of the memory itself. */
  readonly path: string | undefined;
  readonly ino: bigint;
  readonly born: number;
}

export interface Tables {
  readonly dirs: Uint32Array;
  readonly links: Uint32Array;
  readonly contents: Uint32Array;
  readonly names: Uint32Array;
  readonly strings: Uint8Array;
}

export interface Head {
  /** Milliseconds since 1970. */
  readonly made: number;
  /** Where the root was. */
  readonly root: string;
  readonly devices: readonly Device[];
}

interface HeadJson {
  readonly made: number;
  readonly root: NameJson;
  readonly devices: readonly {
    readonly dev: number;
    readonly path?: NameJson;
    readonly ino: string;
    readonly born: number;
  }[];
  /** Words, and of the strings bytes. */
  readonly lengths: readonly number[];
}

export const written = (head: Head, tables: Tables): Uint8Array => {
  const { dirs, links, contents, names, strings } = tables;
  const words = [dirs, links, contents, names];
  const json: HeadJson = {
    made: head.made,
    root: nameToJson(head.root),
    devices: head.devices.map(({ dev, path, ino, born }) => ({
      dev,
      ...(path === undefined ? {} : { path: nameToJson(path) }),
      ino: String(ino),
      born,
    })),
    lengths: [...words, strings].map(({ length }) => length),
  };
  const text = encodeBytes(JSON.stringify(json));
  const headBytes = (text.length + 3) & ~3;
  const wordsBytes = words.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const out = new Uint8Array((prefixBytes + headBytes + wordsBytes + strings.length + 3) & ~3);
  out.set(magic);
  out.fill(0x20, prefixBytes, prefixBytes + headBytes);
  out.set(text, prefixBytes);
  let at = prefixBytes + headBytes;
  for (const table of words) {
    out.set(new Uint8Array(table.buffer, table.byteOffset, table.byteLength), at);
    at += table.byteLength;
  }
  out.set(strings, at);
  const prefix = new Uint32Array(out.buffer, magic.length, 4);
  prefix[0] = memoryVersion;
  prefix[1] = headBytes;
  [prefix[2], prefix[3]] = checksum(out);
  return out;
};

/** `torn`: not whole, or not ours; `later`: a later Linkwright wrote it. `bytes` must begin at a whole word. */
export const taken = (bytes: Uint8Array): { readonly head: Head; readonly tables: Tables } | 'torn' | 'later' => {
  if (bytes.length < prefixBytes || bytes.length % 4 !== 0 || magic.some((byte, i) => bytes[i] !== byte)) return 'torn';
  const prefix = new Uint32Array(bytes.buffer, bytes.byteOffset + magic.length, 4) as unknown as readonly number[];
  const [version, headBytes, first, second] = prefix as [number, number, number, number];
  if (version !== memoryVersion) return version > memoryVersion && version < 1000 ? 'later' : 'torn';
  const sums = checksum(bytes);
  if (sums[0] !== first || sums[1] !== second) return 'torn';
  const json = JSON.parse(decodeBytes(bytes.subarray(prefixBytes, prefixBytes + headBytes))) as HeadJson;
  let at = bytes.byteOffset + prefixBytes + headBytes;
  const table = (length: number): Uint32Array => {
    const words = new Uint32Array(bytes.buffer, at, length);
    at += length * 4;
    return words;
  };
  const [dirs, links, contents, names, strings] = json.lengths as [number, number, number, number, number];
  return {
    head: {
      made: json.made,
      root: nameFromJson(json.root),
      devices: json.devices.map(({ dev, path, ino, born }) => ({
        dev,
        path: path === undefined ? undefined : nameFromJson(path),
        ino: BigInt(ino),
        born,
      })),
    },
    tables: {
      dirs: table(dirs),
      links: table(links),
      contents: table(contents),
      names: table(names),
      strings: new Uint8Array(bytes.buffer, at, strings),
    },
  };
};

/** Of all after the prefix, and of the head's length. Every bit of every word changes both (odd factors lose nothing). */
const checksum = (bytes: Uint8Array): readonly [number, number] => {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  let a = words[(magic.length >> 2) + 1]!;
  let b = 0x9e3779b1;
  for (let i = prefixBytes >> 2; i < words.length; i++) {
    const word = words[i]!;
    a = Math.imul(a ^ word, 0x01000193);
    a = (a << 7) | (a >>> 25);
    b = Math.imul((b + word) | 0, 0x85ebca6b);
    b ^= b >>> 15;
  }
  return [a >>> 0, b >>> 0];
};
