import { errnoNumber } from '../fs/errno.ts';

const EAGAIN = errnoNumber('EAGAIN');

/**
 * Calls openat2(2) again while it answers EAGAIN: a rename or mount anywhere on the machine, at the
 * wrong moment, makes it unsure whether `..` has left the root.
 */
export const untilSettled = (openat2: () => number): number => {
  let fd = openat2();
  for (let again = 0; fd === -EAGAIN && again < 1000; again++) fd = openat2();
  return fd;
};
