import type { Handle } from '../fs/fs.ts';
import { AT_EMPTY_PATH, abi, STATX_BASIC_STATS, STATX_BTIME, STATX_MNT_ID } from './abi.ts';
import { allocate, syscall } from './libc.ts';

/** Which of the fields that we want statx(2) filled in for this file; undefined where it answered nothing. */
export const statxMask = (handle: Handle): number | undefined => {
  const wanted = STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID;
  // The empty path: a NUL that no call writes to.
  const result = syscall(abi.call.statx, handle.fd, block.address + statxBytes, AT_EMPTY_PATH, wanted, block.address);
  return result < 0 ? undefined : block.words[0];
};

const statxBytes = 256;
const block = allocate(statxBytes + 8);
