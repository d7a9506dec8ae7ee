import { Fault } from './fault.ts';
import type { Fs, Handle } from './fs.ts';

/** The bytes of a small file. A link in its place is refused, unless it shall be followed. */
export const readWhole = (fs: Fs, at: Handle, name: string, follow?: 'follow'): Uint8Array | Fault => {
  const opened = fs.open(at, name, { access: 'read', nofollow: follow === undefined });
  if (opened instanceof Fault) return opened;
  using file = opened;
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const piece = new Uint8Array(32768);
    const count = fs.read(file, piece, length);
    if (count instanceof Fault) return count;
    if (count === 0) break;
    pieces.push(piece.subarray(0, count));
    length += count;
  }
  const whole = new Uint8Array(length);
  let filled = 0;
  for (const piece of pieces) {
    whole.set(piece, filled);
    filled += piece.length;
  }
  return whole;
};

/** Makes a file that only we may read; EEXIST where one is. */
export const writeWhole = (fs: Fs, at: Handle, name: string, bytes: Uint8Array): Fault | undefined => {
  const opened = fs.open(at, name, { access: 'write', create: 'exclusive', mode: 0o600 });
  if (opened instanceof Fault) return opened;
  using file = opened;
  const end = writeAll(fs, file, bytes, 0);
  return end instanceof Fault ? end : undefined;
};

/** Writes all bytes from `position` on; where they end. */
export const writeAll = (fs: Fs, file: Handle, bytes: Uint8Array, position: number): number | Fault => {
  for (let done = 0; done < bytes.length; ) {
    const count = fs.write(file, bytes.subarray(done), position + done);
    if (count instanceof Fault) return count;
    done += count;
  }
  return position + bytes.length;
};
