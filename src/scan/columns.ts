/**
 * Growing arrays of numbers. What is reserved and not yet written takes no memory, so they grow by
 * much and seldom; what is outgrown is freed at once, not at some later garbage collection.
 */
const firstBytes = 2 ** 20;
const growth = 4;

const free = (buffer: ArrayBuffer): void => void buffer.transfer(0);

/** Rows of a fixed number of 32-bit words. */
export class Table {
  /** All rows; row `i` starts at `i * width`. `add` may put another array in its place. */
  words = new Uint32Array(firstBytes / 4);
  readonly width: number;
  count = 0;

  constructor(width: number) {
    this.width = width;
  }

  /** Appends a row of zeros and gives the place of its first word. */
  add(): number {
    const at = this.count++ * this.width;
    if (at + this.width > this.words.length) {
      const outgrown = this.words;
      this.words = new Uint32Array(outgrown.length * growth);
      this.words.set(outgrown);
      free(outgrown.buffer);
    }
    return at;
  }
}

/** Byte strings, each ended by a NUL, one after the other. */
export class Strings {
  /** All of them. `add` may put another array in its place. */
  bytes = new Uint8Array(firstBytes);
  length = 0;

  /** Copies bytes from `start` of `from` up to a NUL, but not more than `most`; the place of the copy, which a NUL ends. */
  add(from: Uint8Array, start: number, most: number): number {
    const at = this.length;
    while (at + most >= this.bytes.length) {
      const outgrown = this.bytes;
      this.bytes = new Uint8Array(outgrown.length * growth);
      this.bytes.set(outgrown);
      free(outgrown.buffer);
    }
    const { bytes } = this;
    let length = 0;
    for (let byte = from[start]!; byte !== 0 && length < most; byte = from[start + length]!)
      bytes[at + length++] = byte;
    // What was added last may have been taken back, and have left its bytes here.
    bytes[at + length] = 0;
    this.length = at + length + 1;
    return at;
  }

  /** The string at a place, without its NUL. */
  at(place: number): Uint8Array {
    return this.bytes.subarray(place, this.bytes.indexOf(0, place));
  }
}

/**
 * Finds rows of a table by a hash of their key, by open addressing:
 * `for (let slot = index.first(hash); index.row(slot) >= 0; slot = index.next(slot)) …`
 */
export class RowIndex {
  #slots: Uint32Array;
  readonly #hashOf: (row: number) => number;
  #used = 0;

  /** `hashOf` gives the hash of a row that is in the index; `expected` rows will find room without moving. */
  constructor(hashOf: (row: number) => number, expected = 500) {
    this.#hashOf = hashOf;
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(expected * 2 + 2)));
  }

  /** The first place to look for a row with this hash. */
  first(hash: number): number {
    return hash & (this.#slots.length - 1);
  }

  /** The next place to look. */
  next(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }

  /** The row at a place, or -1: then the index does not have what is looked for. */
  row(slot: number): number {
    return this.#slots[slot]! - 1;
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
  return hash ^ (hash >>> 16);
};
