import type { Errno } from '../../fs/errno.ts';
import { Fault } from '../../fs/fault.ts';
import type { LinkText } from '../../fs/link-text.ts';
import { basename } from '../../fs/path.ts';
import { liesIn } from '../../fs/relative.ts';
import type { Stat } from '../../fs/stat.ts';
import type { SketchProcess } from '../../sketch/process.ts';
import type { Standpoint } from '../../trace/shortest-text.ts';
import { trace } from '../../trace/trace.ts';

/** Where things are removed: in a sketch over the tree. */
export interface Trial extends Standpoint {
  readonly fs: SketchProcess;
  /** Physical paths of what is mounted. */
  readonly mountPoints: readonly string[];
  /** Physical path of the directory that keeps the journal and what is displaced; it is not removed. */
  readonly journal: string | undefined;
}

export interface Wish {
  /** Directories with all that they hold. */
  readonly recursive: boolean;
  readonly emptyDirectories: boolean;
  /** What does not exist is no failure. */
  readonly force: boolean;
}

/** What went. */
export interface Gone {
  readonly operand: string;
  /** Physical. */
  readonly path: string;
  readonly stat: Stat;
  /** Of a symbolic link. */
  readonly text: LinkText | undefined;
  /** A directory with all that it holds. */
  readonly whole: boolean;
}

/** Why something stays. */
export interface Stays {
  readonly operand: string;
  readonly why: Why;
}

type Why =
  | { readonly kind: 'missing' }
  /** `.` or `..` as the last component. */
  | { readonly kind: 'dots' }
  | { readonly kind: 'root' }
  /** With a slash after it, a link to a directory is that directory. */
  | { readonly kind: 'slash-after-link' }
  | { readonly kind: 'is-directory' }
  | { readonly kind: 'not-empty' }
  /** A mount point, or something is mounted below. */
  | { readonly kind: 'mount'; readonly point: string }
  | { readonly kind: 'journal'; readonly path: string }
  /** The path leads nowhere, or the system refuses. */
  | { readonly kind: 'refused'; readonly errno: Errno };

/** Takes one name away, as rm(1) would; undefined for nothing to do. */
export const take = (trial: Trial, operand: string, wish: Wish): Gone | Stays | undefined => {
  const stays = (why: Why): Stays => ({ operand, why });
  const bare = operand.replace(/\/+$/, '');
  const last = basename(bare);
  if (last === '.' || last === '..') return stays({ kind: 'dots' });
  if (bare === '' && operand !== '') return stays({ kind: 'root' });
  const { fs, root } = trial;
  const { end } = trace(fs, bare, { ...trial, last: 'stay' });
  if (end.kind !== 'found') {
    const isMissing = end.errno === 'ENOENT' || end.errno === 'ENOTDIR';
    if (wish.force && isMissing) return undefined;
    return stays(end.errno === 'ENOENT' ? { kind: 'missing' } : { kind: 'refused', errno: end.errno });
  }
  const { path, stat } = end;
  if (path === '/') return stays({ kind: 'root' });
  if (bare !== operand && stat.kind !== 'dir')
    return stays(stat.kind === 'symlink' ? { kind: 'slash-after-link' } : { kind: 'refused', errno: 'ENOTDIR' });
  const text = stat.kind === 'symlink' ? fs.readlink(root.handle, path.slice(1)) : undefined;
  if (text instanceof Fault) return stays({ kind: 'refused', errno: text.errno });
  const why = stat.kind === 'dir' ? takeDirectory(trial, path, wish) : refusedBy(fs.unlink(root.handle, path.slice(1)));
  return why ? stays(why) : { operand, path, stat, text, whole: stat.kind === 'dir' && wish.recursive };
};

const takeDirectory = (trial: Trial, path: string, wish: Wish): Why | undefined => {
  const { fs, root, mountPoints, journal } = trial;
  if (!wish.recursive && !wish.emptyDirectories) return { kind: 'is-directory' };
  const point = mountPoints.find((each) => liesIn(path, each));
  if (point !== undefined) return { kind: 'mount', point };
  if (journal !== undefined && liesIn(path, journal)) return { kind: 'journal', path: journal };
  if (wish.recursive) return refusedBy(fs.takeAway(root.handle, path.slice(1)));
  const fault = fs.rmdir(root.handle, path.slice(1));
  return fault?.errno === 'ENOTEMPTY' ? { kind: 'not-empty' } : refusedBy(fault);
};

const refusedBy = (fault: Fault | undefined): Why | undefined => fault && { kind: 'refused', errno: fault.errno };
