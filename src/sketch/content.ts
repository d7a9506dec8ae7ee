/** What a file's room is counted in: a block of ext4. */
const pageSize = 4096;

/** The bytes of a file. What was never written takes no room and reads as zeros. */
export class Content {
  readonly #pages = new Map<number, Uint8Array>();

  /** How many bytes of room it takes. */
  get room(): number {
    return this.#pages.size * pageSize;
  }

  /** How many bytes of room more it would take with `length` bytes written at `position`. */
  roomFor(position: number, length: number): number {
    let more = 0;
    for (let page = Math.floor(position / pageSize); page * pageSize < position + length; page++)
      if (!this.#pages.has(page)) more += pageSize;
    return more;
  }

  /** Fills `bytes` from `position`. */
  read(bytes: Uint8Array, position: number): void {
    for (const { page, at, from, to } of pieces(position, bytes.length)) {
      const held = this.#pages.get(page);
      if (held) bytes.set(held.subarray(at, at + to - from), from);
      else bytes.fill(0, from, to);
    }
  }

  write(bytes: Uint8Array, position: number): void {
    for (const { page, at, from, to } of pieces(position, bytes.length)) {
      const held = this.#pages.get(page) ?? new Uint8Array(pageSize);
      this.#pages.set(page, held);
      held.set(bytes.subarray(from, to), at);
    }
  }

  /** Forgets what lies beyond `size`. */
  cut(size: number): void {
    for (const [page, held] of this.#pages) {
      if (page * pageSize >= size) this.#pages.delete(page);
      else held.fill(0, Math.min(pageSize, size - page * pageSize));
    }
  }
}

/** Which part of which page holds which of some bytes at a position. */
function* pieces(position: number, length: number) {
  for (let from = 0; from < length; ) {
    const page = Math.floor((position + from) / pageSize);
    const at = position + from - page * pageSize;
    const to = Math.min(length, from + pageSize - at);
    yield { page, at, from, to };
    from = to;
  }
}
