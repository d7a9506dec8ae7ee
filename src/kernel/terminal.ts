import { abi } from './abi.ts';
import { allocate, syscall } from './libc.ts';

const TIOCGWINSZ = 0x5413;

/** Columns of the terminal that a descriptor is; undefined where it is none. Asking Node loads its streams, 3 ms. */
export const terminalWidth = (fd: number): number | undefined => {
  const size = allocate(8);
  if (syscall(abi.call.ioctl, fd, TIOCGWINSZ, size.address, 0, 0) < 0) return undefined;
  // struct winsize: rows, columns. A terminal that knows no size says 0.
  return size.halves[1] || 80;
};
