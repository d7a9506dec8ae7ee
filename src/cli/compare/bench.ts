import type { Fault } from '../../fs/fault.ts';
import type { Identity } from '../../fs/identity.ts';
import type { Ground } from './ground.ts';

/** Where the differences are measured. */
export interface Bench {
  readonly ground: Ground;
  /** The type of its file system; empty where it is not known. */
  readonly fileSystem: string;
  /** A place on another mount. */
  readonly other: OtherGround | undefined;
}

export interface OtherGround {
  readonly ground: Ground;
  /** As people know it: what the scratch directory there was made in. */
  readonly path: string;
  readonly type: string;
  readonly identity: Identity;
}

/** The absolute path by the kernel's word, for texts of links. */
export const pathOf = ({ fs, dir }: Ground): string | Fault => fs.readlink(fs.cwd, `/proc/self/fd/${dir.fd}`);

/** The cell of a refused link, short. */
export const refused = (fault: Fault): string => `refused (${fault.errno})`;

export const hardRefused = (fault: Fault): string => `this file system refuses hard links (${fault.errno})`;
export const softRefused = (fault: Fault): string => `this file system refuses symbolic links (${fault.errno})`;
