import type { Errno } from '../../fs/errno.ts';
import type { SketchProcess } from '../../sketch/process.ts';
import type { Sketch } from '../../sketch/sketch.ts';
import type { Picture } from './picture.ts';

export interface PictureOptions {
  /** The directory below which names are shown: `/` unless said otherwise. */
  readonly root?: string;
  /** Shows `.` and `..`, which explain the link count of a directory. */
  readonly dots?: boolean;
  /** Whose descriptors are shown. The first one's working directory is marked. */
  readonly processes?: readonly Holder[];
  /** Changes that were refused: Answer.refused. */
  readonly refused?: readonly RefusedChange[];
  /** System directories are folded until something in them is younger than this: nanoseconds since 1970. */
  readonly since?: bigint;
  /** Names of users. */
  readonly userName?: (uid: number) => string | undefined;
  /** How many names are shown at most. */
  readonly limit?: number;
}

/** A process and its name for people. */
export interface Holder {
  readonly name: string;
  readonly process: SketchProcess;
}

/** A change that the sketch refused. Of two paths the last is the new name. */
export interface RefusedChange {
  readonly call: string;
  readonly errno: Errno;
  readonly paths: readonly string[];
}

/** What there is to see of a sketch. It asks and changes nothing, access times included. */
export const pictureOf = (_sketch: Sketch, { root = '/' }: PictureOptions = {}): Picture => ({ root, bands: [] });
