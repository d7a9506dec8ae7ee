/** Bytes that are to be seen, or to be passed over. */
type Wish = { readonly see: number } | { readonly pass: number };

/**
 * The same bytes in pieces that end where frames end (RFC 8878 §3.1): of a piece with several frames Node uncompresses
 * the first and forgets the others, and programs that work with several threads write many.
 */
export function* zstdFrames(pieces: Iterable<Uint8Array>): Iterable<Uint8Array> {
  let frame = wishesOf();
  let wish = frame.next().value as Wish;
  let seen: number[] = [];
  let passed = 0;
  for (const piece of pieces) {
    let from = 0;
    for (let at = 0; at < piece.length; ) {
      if ('see' in wish) {
        seen.push(piece[at++] as number);
        if (seen.length < wish.see) continue;
      } else {
        const part = Math.min(piece.length - at, wish.pass - passed);
        at += part;
        passed += part;
        if (passed < wish.pass) continue;
      }
      let next = frame.next(seen);
      seen = [];
      passed = 0;
      if (next.done) {
        yield piece.subarray(from, at);
        from = at;
        frame = wishesOf();
        next = frame.next();
      }
      wish = next.value as Wish;
    }
    if (from < piece.length) yield piece.subarray(from);
  }
}

/** One frame. What is none goes through as it is: the decoder has something to say about it. */
function* wishesOf(): Generator<Wish, void, readonly number[]> {
  const [a = 0, b = 0, c = 0, d = 0] = yield { see: 4 };
  if (a >> 4 === 5 && b === 0x2a && c === 0x4d && d === 0x18) {
    const size = yield { see: 4 };
    yield* passing(little(size));
    return;
  }
  if (a !== 0x28 || b !== 0xb5 || c !== 0x2f || d !== 0xfd) {
    yield { pass: Infinity };
    return;
  }
  const [descriptor = 0] = yield { see: 1 };
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] as number;
  const contentSize = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  yield* passing((isSingle ? 0 : 1) + dictionary + contentSize);
  for (let last = false; !last; ) {
    const block = little(yield { see: 3 });
    last = (block & 1) === 1;
    const isRepeated = ((block >> 1) & 3) === 1;
    yield* passing(isRepeated ? 1 : block >> 3);
  }
  if (descriptor & 4) yield { pass: 4 };
}

function* passing(bytes: number): Generator<Wish, void, readonly number[]> {
  if (bytes > 0) yield { pass: bytes };
}

const little = (bytes: readonly number[]): number => bytes.reduceRight((value, byte) => value * 256 + byte, 0);
