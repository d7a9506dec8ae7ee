import { decodeBytes } from '../../../fs/bytes.ts';

/** Where the bytes of an archive come from, one after the other. */
export interface Supply {
  /** So many bytes; fewer at the end. They are valid until the next call. */
  take(count: number): Promise<Uint8Array>;
  /** Passes over so many bytes; false where there are fewer. */
  skip(count: number): Promise<boolean>;
}

/** A member of an archive. Names and texts are as they are stored, byte for byte. */
export interface Member {
  readonly name: string;
  readonly kind: 'file' | 'dir' | 'symlink' | 'hard-link' | 'char' | 'block' | 'fifo';
  /** What a symlink stores, or which member a hard link names. */
  readonly text: string;
  /** Permission bits: 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** An archive that cannot be read on: why, as the rest of a sentence. */
export class Damage extends Error {}

const blockSize = 512;
/** Bytes of one extended header: a path takes at most 4,095, but headers hold access lists and more. */
const headerMax = 4 * 2 ** 20;

/**
 * The members of a tar archive: v7, ustar, pax and GNU, sparse files and long names too. What is stored is passed over. It is read as GNU
 * tar 1.34 does, which is why a hard link has no bytes of its own. Throws a Damage.
 *
 * No library does this: those for Node take names for UTF-8, at the latest in pax headers, and are led astray by GNU's sparse files, whose
 * header goes on in blocks that its size does not count.
 */
export async function* tarMembers(supply: Supply): AsyncGenerator<Member, void> {
  let common: Extras = {};
  let next: Extras = {};
  for (let first = true; ; first = false) {
    const block = await supply.take(blockSize);
    if (block.length === 0) {
      if (first) throw new Damage('it is empty');
      return;
    }
    if (block.length < blockSize)
      throw new Damage(first ? 'it is no tar archive' : 'it ends in the middle of a header');
    // The end is two such blocks; GNU tar takes one for it.
    if (block.every((byte) => byte === 0)) return;
    if (!hasRightSum(block)) throw new Damage(first ? 'it is no tar archive' : 'a header has a wrong checksum');
    const header = headerOf(block);
    switch (header.type) {
      case 'x':
      case 'X':
        next = { ...next, ...paxRecords(await extended(supply, header)) };
        continue;
      case 'g':
        common = { ...common, ...paxRecords(await extended(supply, header)) };
        continue;
      case 'L':
        next = { ...next, longName: upToNul(await extended(supply, header)) };
        continue;
      case 'K':
        next = { ...next, longText: upToNul(await extended(supply, header)) };
        continue;
    }
    const extras = { ...common, ...next };
    next = {};
    const size = extras.size ?? header.size;
    const kind = kindOf(header.type, extras.name ?? extras.longName ?? header.name);
    if (header.type === 'S') await passSparseHeaders(supply, block[482] !== 0);
    if (kind)
      yield {
        name: extras.sparseName ?? extras.name ?? extras.longName ?? header.name,
        kind,
        text: extras.text ?? extras.longText ?? header.text,
        mode: header.mode & 0o7777,
        uid: extras.uid ?? header.uid,
        gid: extras.gid ?? header.gid,
      };
    if (kind !== undefined && kind !== 'file' && kind !== 'hard-link' && size > 0 && header.type !== 'D')
      throw new Damage('a member that is no file claims to hold bytes, and programs disagree about what follows it');
    if (kind !== 'hard-link' && !(await supply.skip(padded(size)))) throw new Damage('it ends in the middle of a file');
  }
}

interface Header {
  readonly name: string;
  readonly text: string;
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
}

/** What headers of their own say of a member. */
interface Extras {
  readonly name?: string;
  readonly text?: string;
  readonly longName?: string;
  readonly longText?: string;
  readonly sparseName?: string;
  readonly size?: number;
  readonly uid?: number;
  readonly gid?: number;
}

const headerOf = (block: Uint8Array): Header => {
  const at = (from: number, length: number): string => upToNul(block.subarray(from, from + length));
  const magic = decodeBytes(block.subarray(257, 263));
  const prefix = magic === 'ustar\0' ? at(345, 155) : '';
  const size = numberAt(block, 124, 12);
  if (!Number.isSafeInteger(size) || size < 0) throw new Damage('a header holds a size that is no number');
  return {
    name: prefix === '' ? at(0, 100) : `${prefix}/${at(0, 100)}`,
    text: at(157, 100),
    type: String.fromCharCode(block[156] as number),
    mode: numberAt(block, 100, 8),
    uid: numberAt(block, 108, 8) || 0,
    gid: numberAt(block, 116, 8) || 0,
    size,
  };
};

/** What a member is; undefined for what is none: the label of a volume, the rest of a file from another one. */
const kindOf = (type: string, name: string): Member['kind'] | undefined => {
  switch (type) {
    case '1':
      return 'hard-link';
    case '2':
      return 'symlink';
    case '3':
      return 'char';
    case '4':
      return 'block';
    case '5':
    case 'D':
      return 'dir';
    case '6':
      return 'fifo';
    case 'V':
    case 'M':
    case 'N':
      return undefined;
    default:
      // Before ustar a directory was a file whose name ends with a slash. What is not known is a file (POSIX, pax).
      return name.endsWith('/') && (type === '0' || type === '\0') ? 'dir' : 'file';
  }
};

/** The sum of all bytes, its own field taken as blanks; some programs took bytes for signed numbers. */
const hasRightSum = (block: Uint8Array): boolean => {
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < blockSize; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : (block[i] as number);
    unsigned += byte;
    signed += (byte << 24) >> 24;
  }
  const stored = numberAt(block, 148, 8);
  return stored === unsigned || stored === signed;
};

/** Octal digits between blanks, or where the first bit is set a big-endian number (GNU). NaN for anything else. */
const numberAt = (block: Uint8Array, from: number, length: number): number => {
  const bytes = block.subarray(from, from + length);
  const lead = bytes[0] as number;
  if (lead === 0x80 || lead === 0xff) {
    let value = lead === 0xff ? -1 : 0;
    for (const byte of bytes.subarray(1)) value = value * 256 + byte;
    return value;
  }
  const digits = upToNul(bytes).trim();
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
};

const upToNul = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return decodeBytes(end < 0 ? bytes : bytes.subarray(0, end));
};

const padded = (size: number): number => Math.ceil(size / blockSize) * blockSize;

const extended = async (supply: Supply, { size }: Header): Promise<Uint8Array> => {
  if (size > headerMax) throw new Damage(`a header of ${size} bytes is longer than any that is needed`);
  const bytes = await supply.take(padded(size));
  if (bytes.length < size) throw new Damage('it ends in the middle of a header');
  return bytes.subarray(0, size);
};

/** Records `LENGTH KEY=VALUE\n` (POSIX, pax). */
const paxRecords = (bytes: Uint8Array): Extras => {
  const extras: { -readonly [key in keyof Extras]: Extras[key] } = {};
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(0x20, at);
    const length = blank < 0 ? Number.NaN : Number(decodeBytes(bytes.subarray(at, blank)));
    const equals = bytes.indexOf(0x3d, blank);
    const end = at + length;
    if (!(length > 0) || end > bytes.length || equals < 0 || equals >= end || bytes[end - 1] !== 0x0a)
      throw new Damage('a pax header cannot be understood');
    const value = bytes.subarray(equals + 1, end - 1);
    switch (decodeBytes(bytes.subarray(blank + 1, equals))) {
      case 'path':
        extras.name = upToNul(value);
        break;
      case 'linkpath':
        extras.text = upToNul(value);
        break;
      case 'GNU.sparse.name':
        extras.sparseName = upToNul(value);
        break;
      case 'size':
        extras.size = wholeNumber(value);
        break;
      case 'uid':
        extras.uid = wholeNumber(value);
        break;
      case 'gid':
        extras.gid = wholeNumber(value);
        break;
    }
    at = end;
  }
  return extras;
};

const wholeNumber = (value: Uint8Array): number => {
  const text = decodeBytes(value);
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) throw new Damage('a pax header cannot be understood');
  return number;
};

/** The map of a sparse file goes on in blocks after its header, which the size does not count (GNU). */
const passSparseHeaders = async (supply: Supply, more: boolean): Promise<void> => {
  while (more) {
    const block = await supply.take(blockSize);
    if (block.length < blockSize) throw new Damage('it ends in the middle of a header');
    more = block[504] !== 0;
  }
};
