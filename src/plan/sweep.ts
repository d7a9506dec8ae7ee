import { Fault } from '../fs/fault.ts';
import type { Fs, Handle } from '../fs/fs.ts';
import { isTemporaryName, mayBeBackup } from '../fs/temporary-name.ts';

/** A temporary name in a directory that was swept. */
export interface Leftover {
  readonly name: string;
  /** `kept`: it is too young, or to remove it could lose something: the last name of a file, a link that was to be a backup, a directory. */
  readonly fate: 'removed' | 'would be removed' | 'young' | 'kept' | Fault;
}

/** A replacement takes microseconds: what is older than this, in minutes, is under way no more. */
export const oldEnough = 5;

/**
 * Removes what killed replacements have left in a directory: only symbolic links and further names of files, under
 * names that only we give, of `uid` alone (root sweeps for all). Never the last name of data, nor of a link that was to be a backup.
 */
export const sweep = (
  fs: Fs,
  dir: Handle,
  { uid, now, dryRun }: { readonly uid: number; readonly now: number; readonly dryRun: boolean },
): readonly Leftover[] | Fault => {
  const entries = fs.entries(dir);
  if (entries instanceof Fault) return entries;
  const youngest = BigInt(now - oldEnough * 60_000) * 1_000_000n;
  return entries
    .filter(({ name }) => isTemporaryName(name))
    .map(({ name }): Leftover => {
      const stat = fs.stat(dir, name);
      if (stat instanceof Fault) return { name, fate: stat };
      if (uid !== 0 && stat.uid !== uid) return { name, fate: 'kept' };
      if (stat.kind === 'dir' || (stat.nlink < 2 && (stat.kind !== 'symlink' || mayBeBackup(name))))
        return { name, fate: 'kept' };
      if (stat.ctime > youngest) return { name, fate: 'young' };
      if (dryRun) return { name, fate: 'would be removed' };
      return { name, fate: fs.unlink(dir, name) ?? 'removed' };
    });
};
