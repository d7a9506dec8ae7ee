/** The only file that knows the foreign-function interface: system calls and the memory they use. */
import { createRequire } from 'node:module';

/** What we use of koffi's native module. */
interface Ffi {
  load(path: null): { func(name: string, result: string, parameters: readonly string[]): NativeFunction };
  address(memory: ArrayBuffer): bigint;
  errno(): number;
}

type NativeFunction = (...args: number[]) => number;

const require = createRequire(import.meta.url);

/**
 * The native module itself: koffi's JavaScript wrapper costs 10 ms of start-up and adds nothing
 * that we use. Its package has one build for glibc and one for musl.
 */
const loadFfi = (): Ffi => {
  const holder = { exports: {} };
  const home = `@koromix/koffi-linux-${process.arch}/`;
  try {
    process.dlopen(holder, require.resolve(`${home}linux_${process.arch}/koffi.node`));
  } catch {
    process.dlopen(holder, require.resolve(`${home}musl_${process.arch}/koffi.node`));
  }
  return holder.exports as Ffi;
};

const ffi = loadFfi();
const word = 'int64_t';
const program = ffi.load(null);
const rawSyscall = program.func('syscall', word, [word, word, word, word, word, word]);

/** syscall(2) with up to five arguments: its result, or the negative error number. */
export const syscall = (number: number, a: number, b: number, c: number, d: number, e: number): number => {
  const result = rawSyscall(number, a, b, c, d, e);
  return result < 0 ? -ffi.errno() : result;
};

/** A function of the C library or of Node's libuv, its parameters numbers or addresses. */
export const nativeFunction = (
  name: string,
  result: 'int' | 'size_t' | 'int64_t',
  parameters: number,
): NativeFunction => program.func(name, result, new Array<string>(parameters).fill(word));

/** Memory at a fixed address. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
  readonly longs: BigUint64Array;
  readonly address: number;
}

/** An address does not keep memory alive: blocks last as long as the process. */
const held: ArrayBuffer[] = [];

/** A new block of `size` zero bytes, a multiple of 8. */
export const allocate = (size: number): Block => {
  const memory = new ArrayBuffer(size);
  held.push(memory);
  return {
    bytes: new Uint8Array(memory),
    halves: new Uint16Array(memory),
    words: new Uint32Array(memory),
    longs: new BigUint64Array(memory),
    address: Number(ffi.address(memory)),
  };
};
