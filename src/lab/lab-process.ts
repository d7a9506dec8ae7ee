import { Fault } from '../fs/fault.ts';
import type { Entry, Handle, NodeKind, OpenHow, Owner, Times } from '../fs/fs.ts';
import type { LinkText } from '../fs/link-text.ts';
import { join } from '../fs/path.ts';
import type { Stat } from '../fs/stat.ts';
import type { Location } from '../sketch/inode.ts';
import type { Credentials } from '../sketch/permission.ts';
import { SketchProcess } from '../sketch/process.ts';
import type { Sketch } from '../sketch/sketch.ts';
import { Exhausted } from './exhausted.ts';
import { addRefusal, withdrawRefusals } from './refusals.ts';
import type { Tally } from './tally.ts';

/** Of one line: a copy of some ten thousand files. */
export const callsMax = 200_000;

/** A process that tells which of its changes were refused, and that does not work forever. */
export class LabProcess extends SketchProcess {
  declare readonly sketch: Sketch;
  readonly #tally: Tally;

  constructor(sketch: Sketch, who: Credentials, tally: Tally, umask = 0o022, here: Location = sketch.root) {
    super(sketch, { uid: who.uid, gid: who.gid, groups: who.groups }, umask, sketch.root, here);
    this.#tally = tally;
  }

  /** fork(2): another process at the same place, for another user if one is given. */
  fork(who: Credentials = this.who): LabProcess {
    return new LabProcess(this.sketch, who, this.#tally, this.umask, this.here);
  }

  override open(at: Handle, path: string, how: OpenHow): Handle | Fault {
    const opened = super.open(at, path, how);
    const isChange = how.create || how.truncate || how.access.endsWith('write');
    if (isChange) this.#tell(opened instanceof Fault ? opened : undefined, [at, path]);
    else this.#count();
    return opened;
  }

  override link(from: Handle, fromPath: string, to: Handle, path: string, follow?: 'follow'): Fault | undefined {
    return this.#tell(super.link(from, fromPath, to, path, follow), [to, path], [from, fromPath]);
  }

  override symlink(text: LinkText, to: Handle, path: string): Fault | undefined {
    return this.#tell(super.symlink(text, to, path), [to, path]);
  }

  override rename(
    from: Handle,
    fromPath: string,
    to: Handle,
    path: string,
    how?: 'no-replace' | 'exchange',
  ): Fault | undefined {
    return this.#tell(super.rename(from, fromPath, to, path, how), [to, path], [from, fromPath]);
  }

  override unlink(at: Handle, path: string): Fault | undefined {
    return this.#tell(super.unlink(at, path), [at, path]);
  }

  override rmdir(at: Handle, path: string): Fault | undefined {
    return this.#tell(super.rmdir(at, path), [at, path], undefined, 'rmdir');
  }

  override mkdir(at: Handle, path: string, mode: number): Fault | undefined {
    return this.#tell(super.mkdir(at, path, mode), [at, path]);
  }

  override mknod(at: Handle, path: string, kind: NodeKind, mode: number, rdev?: number): Fault | undefined {
    return this.#tell(super.mknod(at, path, kind, mode, rdev), [at, path]);
  }

  override chmod(at: Handle, path: string, mode: number, follow?: 'follow'): Fault | undefined {
    return this.#tell(super.chmod(at, path, mode, follow), [at, path]);
  }

  override chown(at: Handle, path: string, owner: Owner, follow?: 'follow'): Fault | undefined {
    return this.#tell(super.chown(at, path, owner, follow), [at, path]);
  }

  override setTimes(at: Handle, path: string, times: Times, follow?: 'follow'): Fault | undefined {
    return this.#tell(super.setTimes(at, path, times, follow), [at, path]);
  }

  override stat(at: Handle, path: string, follow?: 'follow'): Stat | Fault {
    this.#count();
    return super.stat(at, path, follow);
  }

  /** As readdir(3) has them: glibc takes the ENOENT of a directory that was removed for its end. */
  override entries(dir: Handle): readonly Entry[] | Fault {
    const found = super.entries(dir);
    this.#count(found instanceof Fault ? 1 : 1 + found.length / 16);
    return found instanceof Fault && found.errno === 'ENOENT' ? [] : found;
  }

  override readlink(at: Handle, path: string): LinkText | Fault {
    this.#count();
    return super.readlink(at, path);
  }

  override read(handle: Handle, bytes: Uint8Array, position: number): number | Fault {
    this.#count(1 + Math.ceil(bytes.length / 1024));
    return super.read(handle, bytes, position);
  }

  override write(handle: Handle, bytes: Uint8Array, position: number): number | Fault {
    this.#count(1 + Math.ceil(bytes.length / 1024));
    return super.write(handle, bytes, position);
  }

  #count(calls = 1): void {
    this.#tally.calls -= calls;
    if (this.#tally.calls < 0) throw new Exhausted('this line does too much');
  }

  /** What became of a change at `spot`, with the old name of a new one. */
  #tell(fault: Fault | undefined, spot: Spot, from?: Spot, call?: string): Fault | undefined {
    this.#count();
    if (fault) {
      const paths = [...(from ? [from] : []), spot].map((one) => this.#absolute(one));
      addRefusal(this.sketch, this.#tally, { call: call ?? fault.call, errno: fault.errno, paths });
    } else if (this.#tally.refused.length > this.#tally.settled)
      withdrawRefusals(this.sketch, this.#tally, this.#absolute(spot));
    return fault;
  }

  #absolute([at, path]: Spot): string {
    if (path.startsWith('/')) return path;
    const dir = this.openFiles.find(({ fd }) => fd === at.fd)?.location;
    return join(dir ? this.sketch.pathOf(dir) : this.workingDirectory, path);
  }
}

/** A path from a directory. */
type Spot = readonly [at: Handle, path: string];
