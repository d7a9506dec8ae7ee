/**
 * Growing arrays of numbers. A resizable buffer grows in place, so a scan of millions of entries
 * never holds an array twice.
 */

/** Reserved address space, not memory; the smaller one is for machines that limit it. */
const reservations = [2 ** 32, 2 ** 28];

const reserve = (bytes: number): ArrayBuffer => {
  for (const maxByteLength of reservations) {
    try {
      return new ArrayBuffer(bytes, { maxByteLength });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  throw new RangeError('no address space left for the scan');
};

const grow = (buffer: ArrayBuffer, needed: number): void =>
  buffer.resize(Math.min(buffer.maxByteLength, Math.max(needed, Math.ceil((buffer.byteLength * 1.25) / 4096) * 4096)));

/** Rows of a fixed number of 32-bit words. */
export class Table {
  readonly #buffer = reserve(4096);
  /** All rows; row `i` starts at `i * width`. */
  readonly words = new Uint32Array(this.#buffer);
  readonly width: number;
  count = 0;

  constructor(width: number) {
    this.width = width;
  }

  /** Appends a row of zeros and gives the place of its first word. */
  add(): number {
    const at = this.count++ * this.width;
    if ((at + this.width) * 4 > this.#buffer.byteLength) grow(this.#buffer, (at + this.width) * 4);
    return at;
  }
}

/** Byte strings, each ended by a NUL, one after the other. */
export class Strings {
  readonly #buffer = reserve(4096);
  readonly bytes = new Uint8Array(this.#buffer);
  length = 0;

  /** Copies `length` bytes from `start` of `from`, adds a NUL, and gives the place of the copy. */
  add(from: Uint8Array, start: number, length: number): number {
    const at = this.length;
    const end = at + length + 1;
    if (end > this.#buffer.byteLength) grow(this.#buffer, end);
    const { bytes } = this;
    // Names are short: a loop is quicker than a view and a set.
    for (let i = 0; i < length; i++) bytes[at + i] = from[start + i] as number;
    this.length = end;
    return at;
  }

  /** The string at a place, without its NUL. */
  at(place: number): Uint8Array {
    return this.bytes.subarray(place, this.bytes.indexOf(0, place));
  }
}

/** Finds rows of a table by a key of words, by open addressing. */
export class RowIndex {
  #slots = new Uint32Array(1024);
  readonly #hashOf: (row: number) => number;
  #used = 0;

  /** `hashOf` gives the hash of a row that is in the index. */
  constructor(hashOf: (row: number) => number) {
    this.#hashOf = hashOf;
  }

  /** The first row with this hash that `matches`, or -1. */
  find(hash: number, matches: (row: number) => boolean): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] as number;
      if (entry === 0) return -1;
      if (matches(entry - 1)) return entry - 1;
    }
  }

  add(hash: number, row: number): void {
    if (++this.#used * 2 > this.#slots.length) this.#rehash();
    this.#place(hash, row);
  }

  #place(hash: number, row: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = row + 1;
  }

  #rehash(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (const entry of old) if (entry !== 0) this.#place(this.#hashOf(entry - 1), entry - 1);
  }
}

/** A spread of two or three words over 32 bits (the finalizer of MurmurHash3). */
export const mix = (a: number, b: number, c: number): number => {
  let hash = Math.imul(a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b), 0xcc9e2d51);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};
