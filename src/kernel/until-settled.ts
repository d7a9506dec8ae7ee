import { errnoNumber } from '../fs/errno.ts';

const EAGAIN = errnoNumber('EAGAIN');
const ELOOP = errnoNumber('ELOOP');

/**
 * Calls again what follows links while it answers ELOOP, some times. Where a rename or mount anywhere on the machine
 * makes Linux begin a lookup anew, it goes on counting links: more than 20 of them are then refused although 40 pass
 * (seen on Linux 6.18, beside others that mount).
 */
export const untilCounted = (follow: () => number): number => {
  let result = follow();
  for (let again = 0; result === -ELOOP && again < 30; again++) result = follow();
  return result;
};

/**
 * Calls openat2(2) again while it answers EAGAIN: a rename or mount anywhere on the machine, at the
 * wrong moment, makes it unsure whether `..` has left the root.
 */
export const untilSettled = (openat2: () => number): number => {
  let fd = openat2();
  for (let again = 0; fd === -EAGAIN && again < 1000; again++) fd = openat2();
  return fd;
};
