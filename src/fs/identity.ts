/** Which file this is: an inode number means nothing without its device (inode(7)). */
export interface Identity {
  /** The kernel's device number: major << 20 | minor. */
  readonly dev: number;
  readonly ino: bigint;
}

/** True when both are one inode. Inode numbers repeat across file systems. */
export const sameFile = (a: Identity, b: Identity): boolean => a.dev === b.dev && a.ino === b.ino;

/** A string equal for equal identities only: for Map and Set. */
export const identityKey = (id: Identity): string => `${id.dev}:${id.ino}`;

/** The device as `major:minor`, as /proc/self/mountinfo writes it. */
export const deviceText = (dev: number): string => `${Math.floor(dev / 0x100000)}:${dev % 0x100000}`;
