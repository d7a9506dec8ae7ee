import { decodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import type { Handle } from '../../fs/fs.ts';
import type { Process } from './process.ts';

const chunkBytes = 65536;

/** Fields that end with a NUL, the last one perhaps without; a refused read is the last of them. Standard input where there is no handle. */
export function* zeroEnded(process: Process, from: Handle | undefined): Generator<string | Fault, void> {
  let bytes = new Uint8Array(chunkBytes);
  let filled = 0;
  for (;;) {
    if (filled === bytes.length) {
      const larger = new Uint8Array(2 * filled);
      larger.set(bytes);
      bytes = larger;
    }
    const count = process.readOn(from, bytes.subarray(filled));
    if (count instanceof Fault) {
      yield count;
      return;
    }
    if (count === 0) break;
    const unsearched = filled;
    filled += count;
    let start = 0;
    for (let end = bytes.indexOf(0, unsearched); end >= 0 && end < filled; end = bytes.indexOf(0, start)) {
      yield decodeBytes(bytes.subarray(start, end));
      start = end + 1;
    }
    bytes.copyWithin(0, start, filled);
    filled -= start;
  }
  if (filled > 0) yield decodeBytes(bytes.subarray(0, filled));
}
