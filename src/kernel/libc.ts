/** The only file that knows the foreign-function interface: system calls and the memory they use. */
import { createRequire } from 'node:module';

/** What we use of koffi's native module. */
interface Ffi {
  load(path: null): { func(name: string, result: string, parameters: readonly string[]): NativeFunction };
  view(address: number, bytes: number): ArrayBuffer;
  errno(): number;
}

type NativeFunction = (...args: number[]) => number;

/**
 * The native module itself: koffi's JavaScript wrapper costs 10 ms of start-up and adds nothing
 * that we use. Its package has one build for glibc and one for musl.
 */
const loadFfi = (): Ffi => {
  const holder = { exports: {} };
  const library = `@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`;
  for (const folder of likelyFolders()) {
    try {
      process.dlopen(holder, `${folder}/${library}`);
      return holder.exports as Ffi;
    } catch {
      // It is not there, or it is for another C library.
    }
  }
  const { resolve } = createRequire(import.meta.filename);
  try {
    process.dlopen(holder, resolve(library));
  } catch {
    process.dlopen(holder, resolve(library.replace('/linux_', '/musl_')));
  }
  return holder.exports as Ffi;
};

/** Where npm puts it, beside our directory or in it: to ask Node costs 1.3 ms more. */
const likelyFolders = (): readonly string[] => {
  const here = import.meta.dirname;
  const own = `${here}/${import.meta.filename.endsWith('.ts') ? '../..' : '..'}/node_modules`;
  const around = here.lastIndexOf('/node_modules/');
  return around < 0 ? [own] : [here.slice(0, around + '/node_modules'.length), own];
};

const ffi = loadFfi();
const libc = ffi.load(null);
const long = 'int64_t';
const mmap = libc.func('mmap', long, [long, long, 'int', 'int', 'int', long]);
const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS = 0x22;

// V8 keeps integers below 2^31 unboxed. With all memory that calls use down there, no call
// allocates, and its arguments pass as plain ints: 10 to 20 % less for a quick system call.
const arenaBytes = 2 ** 20;
const lowAddress = 0x10000000;
const arena = mmap(lowAddress, arenaBytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
if (arena === -1) throw new Error('no memory for system calls');
const word = arena + arenaBytes < 2 ** 31 ? 'int' : long;
const rawSyscall = libc.func('syscall', word, [word, word, word, word, word, word]);

/** syscall(2) with up to five arguments: its result, or the negative error number. */
export const syscall = (number: number, a: number, b: number, c: number, d: number, e: number): number => {
  const result = rawSyscall(number, a, b, c, d, e);
  return result < 0 ? -ffi.errno() : result;
};

const rawLongSyscall = libc.func('syscall', long, [long, long, long, long, long, long]);

/** The same where an argument, a position in a file, may not fit in 31 bits. */
export const longSyscall = (number: number, a: number, b: number, c: number, d: number, e: number): number => {
  const result = rawLongSyscall(number, a, b, c, d, e);
  return result < 0 ? -ffi.errno() : result;
};

/** Memory at a fixed address. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
  readonly longs: BigUint64Array;
  readonly address: number;
}

let used = 0;

/** A new block of `size` zero bytes. Blocks last as long as the process. */
export const allocate = (size: number): Block => {
  const address = arena + used;
  used += Math.ceil(size / 64) * 64;
  if (used > arenaBytes) throw new Error(`no room for ${size} bytes more in the memory for system calls`);
  const memory = ffi.view(address, size);
  return {
    bytes: new Uint8Array(memory),
    halves: new Uint16Array(memory),
    words: new Uint32Array(memory),
    longs: new BigUint64Array(memory),
    address,
  };
};
