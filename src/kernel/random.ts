import { abi } from './abi.ts';
import { allocate, syscall } from './libc.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz234567';
const length = 12;
/** getrandom(2) gives up to 256 bytes whole. */
const pool = allocate(20 * length);
let used = pool.bytes.length;

/** Twelve letters and digits that nobody can foresee: 60 bits. */
export const randomWord = (): string => {
  if (used === pool.bytes.length) {
    const filled = syscall(abi.call.getrandom, pool.address, pool.bytes.length, 0, 0, 0);
    if (filled !== pool.bytes.length) throw new Error('the kernel gives no random bytes');
    used = 0;
  }
  let word = '';
  for (const end = used + length; used < end; used++) word += letters[(pool.bytes[used] as number) & 31];
  return word;
};
