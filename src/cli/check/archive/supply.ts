import { spawn } from 'node:child_process';
import { Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Fault } from '../../../fs/fault.ts';
import type { Fs, Handle } from '../../../fs/fs.ts';
import { Damage, type Supply } from './tar-members.ts';
import { zstdFrames } from './zstd-frames.ts';

/** More bytes than this out of one, and it is a bomb: gzip packs zeros 1 : 1,032. */
const ratioMax = 2_000;
/** Below so many bytes nothing is. */
const harmlessBytes = 2 ** 30;
const pieceSize = 2 ** 16;

/** The bytes of an archive in a file; compressed ones are unpacked on the way. Throws a Damage. */
export const supplyOf = (fs: Fs, file: Handle): Supply & AsyncDisposable => {
  const start = new Uint8Array(8);
  const count = fs.read(file, start, 0);
  if (count instanceof Fault) throw new Damage(count.reason);
  const packing = packings.find(({ magic }) => magic.every((byte, i) => start[i] === byte));
  return packing ? unpacked(fs, file, packing) : plain(fs, file);
};

interface Packing {
  readonly magic: readonly number[];
  readonly unpack: (packed: Iterable<Uint8Array>) => Readable;
}

const unzstd = (packed: Iterable<Uint8Array>): Readable => through(createZstdDecompress(), zstdFrames(packed));

const packings: readonly Packing[] = [
  { magic: [0x1f, 0x8b], unpack: (packed) => through(createGunzip(), packed) },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: unzstd },
  // pzstd begins with a frame that tells how long the next one is.
  { magic: [0x50, 0x2a, 0x4d, 0x18], unpack: unzstd },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], unpack: (packed) => throughProgram('xz', packed) },
  { magic: [0x42, 0x5a, 0x68], unpack: (packed) => throughProgram('bzip2', packed) },
];

/** What is passed over is not even read. */
const plain = (fs: Fs, file: Handle): Supply & AsyncDisposable => {
  const buffer = new Uint8Array(pieceSize);
  /** The bytes at `position` are the first of `held`. */
  let held: Uint8Array = buffer.subarray(0, 0);
  let position = 0;
  const fill = (at: number, into: Uint8Array): number => {
    let filled = 0;
    while (filled < into.length) {
      const count = fs.read(file, into.subarray(filled), at + filled);
      if (count instanceof Fault) throw new Damage(count.reason);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  };
  return {
    async take(count) {
      if (count > pieceSize) {
        const whole = new Uint8Array(count);
        const filled = fill(position, whole);
        position += filled;
        held = buffer.subarray(0, 0);
        return whole.subarray(0, filled);
      }
      if (held.length < count) held = buffer.subarray(0, fill(position, buffer));
      const taken = held.subarray(0, count);
      held = held.subarray(taken.length);
      position += taken.length;
      return taken;
    },
    async skip(count) {
      if (count === 0) return true;
      position += count;
      if (count < held.length) {
        held = held.subarray(count);
        return true;
      }
      held = buffer.subarray(0, 0);
      return fill(position - 1, new Uint8Array(1)) === 1;
    },
    async [Symbol.asyncDispose]() {},
  };
};

const unpacked = (fs: Fs, file: Handle, { unpack }: Packing): Supply & AsyncDisposable => {
  let packedBytes = 0;
  const packed = function* () {
    for (;;) {
      const piece = new Uint8Array(pieceSize);
      const count = fs.read(file, piece, packedBytes);
      if (count instanceof Fault) throw new Damage(count.reason);
      if (count === 0) return;
      packedBytes += count;
      yield piece.subarray(0, count);
    }
  };
  const stream = unpack(packed());
  const pieces: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array(0);
  let total = 0;
  const more = async (): Promise<boolean> => {
    const piece = await pieces.next().catch((error: unknown) => {
      throw error instanceof Damage ? error : new Damage(`it cannot be uncompressed: ${reasonOf(error)}`);
    });
    if (piece.done) return false;
    held = piece.value;
    total += held.length;
    if (total > harmlessBytes && total > packedBytes * ratioMax)
      throw new Damage(`each of its bytes has become more than ${ratioMax}: that is no archive, but a trap`);
    return true;
  };
  return {
    async take(count) {
      if (held.length === 0 && !(await more())) return held;
      if (held.length >= count) {
        const taken = held.subarray(0, count);
        held = held.subarray(count);
        return taken;
      }
      const taken = new Uint8Array(count);
      let filled = 0;
      while (filled < count && (held.length > 0 || (await more()))) {
        const part = held.subarray(0, count - filled);
        taken.set(part, filled);
        filled += part.length;
        held = held.subarray(part.length);
      }
      return taken.subarray(0, filled);
    },
    async skip(count) {
      for (let left = count; left > 0; ) {
        if (held.length === 0 && !(await more())) return false;
        const part = Math.min(left, held.length);
        held = held.subarray(part);
        left -= part;
      }
      return true;
    },
    async [Symbol.asyncDispose]() {
      stream.destroy();
    },
  };
};

/** Sends bytes through a stream; what goes wrong with them goes wrong with it. */
const through = <Stream extends Transform>(stream: Stream, bytes: Iterable<Uint8Array>): Stream => {
  const source = Readable.from(bytes);
  source.on('error', (error) => stream.destroy(error));
  stream.on('close', () => source.destroy());
  return source.pipe(stream);
};

/** What Node cannot uncompress itself, the program of that name does. */
const throughProgram = (program: string, bytes: Iterable<Uint8Array>): Readable => {
  const { stdin, stdout, ...child } = started(program);
  const source = Readable.from(bytes);
  source.on('error', (error) => stdout.destroy(error));
  // It may end before it has read all.
  stdin.on('error', () => source.destroy());
  stdout.on('close', () => {
    source.destroy();
    child.end();
  });
  source.pipe(stdin);
  return stdout;
};

const started = (program: string) => {
  const child = spawn(program, ['--decompress', '--stdout'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const { stdin, stdout } = child;
  child.on('error', (error) => {
    const missing = 'code' in error && error.code === 'ENOENT';
    stdout.destroy(new Damage(missing ? `it takes ${program}, which is not installed` : error.message));
  });
  child.on('exit', (code) => {
    if (code !== null && code !== 0) stdout.destroy(new Damage(`${program} cannot uncompress it`));
  });
  return { stdin, stdout, end: () => child.kill() };
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
