import { Machine } from './machine.ts';
import type { Credentials } from './permission.ts';
import { SketchProcess } from './process.ts';

/**
 * A Linux machine in memory, as far as links go. Over nothing it is complete. Over a base it reads
 * what it is asked for and keeps every change to itself, as `steps`: there it changes names and
 * modes only, and refuses the rest with EOPNOTSUPP. Its processes are the Fs.
 */
export class Sketch extends Machine {
  /** A process of this machine: root's, unless another user is named. Over a base it is always the real user's. */
  process(who: Partial<Credentials> & { readonly umask?: number } = {}): SketchProcess {
    const { uid = 0, gid = uid, groups = [], umask = 0o022 } = who;
    return new SketchProcess(this, { uid, gid, groups }, umask, this.root, this.root);
  }
}
