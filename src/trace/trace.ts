import type { Fs, Handle } from '../fs/fs.ts';
import type { Route } from './route.ts';

/** An open directory and its physical path. */
export interface Place {
  readonly handle: Handle;
  readonly path: string;
}

export interface TraceOptions {
  /** Where a relative path starts. */
  readonly from: Place;
  /** What `/` is: absolute paths and link texts start here and `..` does not leave it. */
  readonly root: Place;
  /** `stay`: a final link is the end itself, as for lstat(2), unless a slash follows it. */
  readonly last?: 'follow' | 'stay';
  /** Physical paths of mount points whose volume is not mounted now. */
  readonly absentVolumes?: readonly string[];
}

export declare const trace: (fs: Fs, path: string, options: TraceOptions) => Route;
