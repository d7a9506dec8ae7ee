import { Fault } from '../../fs/fault.ts';
import type { Fs, Handle } from '../../fs/fs.ts';
import { type Identity, sameFile } from '../../fs/identity.ts';
import type { BackupName } from '../../gnu/backup.ts';

/** A name in a directory, and what was seen there. */
export interface Occupied {
  readonly fs: Fs;
  readonly dir: Handle;
  readonly name: string;
  readonly seen: Identity;
  /** Holds what was seen, so that its inode number means no other file. Released here where it would be in the way. */
  readonly held: Handle;
}

export interface Replacement {
  /** Makes the new link under a name that must be free. */
  make(name: string): Fault | undefined;
  /** A name that nobody can foresee. */
  spareName(): string;
  /** Names to keep the old file under, the best first. */
  readonly backups: Iterable<BackupName> | undefined;
}

export type Replaced =
  | { readonly kind: 'done'; readonly backup: string | undefined }
  | { readonly kind: 'refused'; readonly fault: Fault; readonly what: 'link' | 'backup' }
  /** Something else stands there now than was seen. It stays; `kept` is where another one was put, if there were two. */
  | { readonly kind: 'changed'; readonly kept: string | undefined };

/**
 * Puts a new link in the place of what was seen there: at every moment the name leads to the old or
 * to the new, and nothing but what was seen is removed. The new one is made beside it, both are
 * exchanged, and what came out must be what was seen; otherwise they are exchanged back.
 */
export const replace = (place: Occupied, how: Replacement): Replaced => {
  const { fs, dir, name } = place;
  const temp = makeBeside(how);
  if (temp instanceof Fault) return { kind: 'refused', fault: temp, what: 'link' };
  const made = fs.stat(dir, temp);
  if (made instanceof Fault) return giveUp(place, temp, made);

  const fault = fs.rename(dir, temp, dir, name, 'exchange');
  if (fault) {
    if (fault.errno === 'ENOENT') return fillEmpty(place, temp);
    if (lacksFlags(fault)) return replaceWithoutExchange(place, temp, how);
    return giveUp(place, temp, fault);
  }
  const out = fs.stat(dir, temp);
  if (out instanceof Fault) return undo(place, temp, made, out, 'link');
  if (!isSeen(place, out)) return putBack(place, temp, made);

  if (!how.backups) {
    const stuck = fs.unlink(dir, temp);
    return stuck ? undo(place, temp, made, stuck, 'link') : { kind: 'done', backup: undefined };
  }
  const backup = moveToBackup(place, temp, how.backups);
  return backup instanceof Fault ? undo(place, temp, made, backup, 'backup') : { kind: 'done', backup };
};

/** A file of several names gets another inode number from overlayfs as soon as it is copied up: the handle goes with it. */
const isSeen = ({ fs, seen, held }: Occupied, out: Identity): boolean => {
  if (sameFile(out, seen)) return true;
  const now = fs.stat(held, '');
  return !(now instanceof Fault) && sameFile(out, now);
};

/** Tries before it is more than bad luck that a name is taken. */
const mostTries = 100;

const makeBeside = ({ make, spareName }: Replacement): string | Fault => {
  let fault: Fault | undefined;
  for (let i = 0; i < mostTries; i++) {
    const temp = spareName();
    fault = make(temp);
    if (!fault) return temp;
    if (fault.errno !== 'EEXIST') break;
  }
  return fault as Fault;
};

/** EINVAL is how file systems refuse the flags of renameat2(2); ENOSYS and EOPNOTSUPP are layers that know no flags. */
const lacksFlags = ({ errno }: Fault): boolean => errno === 'EINVAL' || errno === 'ENOSYS' || errno === 'EOPNOTSUPP';

const giveUp = ({ fs, dir }: Occupied, temp: string, fault: Fault, what: 'link' | 'backup' = 'link'): Replaced => {
  fs.unlink(dir, temp);
  return { kind: 'refused', fault, what };
};

/** Who stood there has left: then nothing may be replaced. */
const fillEmpty = (place: Occupied, temp: string): Replaced => {
  const fault = renameToFree(place, temp, place.name);
  if (!fault) return { kind: 'done', backup: undefined };
  if (fault.errno !== 'EEXIST') return giveUp(place, temp, fault);
  place.fs.unlink(place.dir, temp);
  return { kind: 'changed', kept: undefined };
};

/** Exchanges back what should not have come out. What we made is removed; anything else is kept, the newest in its place. */
const putBack = (place: Occupied, temp: string, made: Identity): Replaced => {
  const { fs, dir, name } = place;
  const fault = fs.rename(dir, temp, dir, name, 'exchange');
  if (fault) return { kind: 'changed', kept: renameToFree(place, temp, name) ? temp : undefined };
  const back = fs.stat(dir, temp);
  if (!(back instanceof Fault) && sameFile(back, made)) {
    fs.unlink(dir, temp);
    return { kind: 'changed', kept: undefined };
  }
  // In between our link was replaced once more.
  fs.rename(dir, temp, dir, name, 'exchange');
  return { kind: 'changed', kept: temp };
};

/** The old one could be taken out but not put away. */
const undo = (place: Occupied, temp: string, made: Identity, fault: Fault, what: 'link' | 'backup'): Replaced => {
  const back = putBack(place, temp, made);
  return back.kind === 'changed' && back.kept !== undefined ? back : { kind: 'refused', fault, what };
};

/** Gives what has the name `temp` the first of the names that it can have. */
const moveToBackup = (place: Occupied, temp: string, backups: Iterable<BackupName>): string | Fault => {
  const { fs, dir } = place;
  for (const { name, numbered } of backups) {
    const fault = numbered ? renameToFree(place, temp, name) : fs.rename(dir, temp, dir, name);
    if (numbered && fault?.errno === 'EEXIST') continue;
    if (fault) return fault;
    // Where the backup was another name of the same file, rename(2) has left both.
    if (!numbered && temp !== place.name) fs.unlink(dir, temp);
    return name;
  }
  return new Fault('renameat2', 'EEXIST', place.name);
};

/** Renames to a name that is free; without RENAME_NOREPLACE by link(2), which never replaces either. */
const renameToFree = ({ fs, dir }: Occupied, from: string, to: string): Fault | undefined => {
  const fault = fs.rename(dir, from, dir, to, 'no-replace');
  if (!fault || !lacksFlags(fault)) return fault;
  const linked = fs.link(dir, from, dir, to);
  if (!linked) return fs.unlink(dir, from);
  if (linked.errno === 'EEXIST') return linked;
  const there = fs.stat(dir, to);
  if (!(there instanceof Fault)) return new Fault('renameat2', 'EEXIST', to);
  return fs.rename(dir, from, dir, to);
};

/**
 * Network file systems have no exchange. The old file gets its backup name as a second name first, so
 * the name is never missing here either; only where files cannot have two names it is, for a moment.
 */
const replaceWithoutExchange = (place: Occupied, temp: string, how: Replacement): Replaced => {
  const { fs, dir, name, seen } = place;
  // NFS moves a file that is held aside before it is replaced: then the name would be missing for a moment.
  place.held[Symbol.dispose]();
  const now = fs.stat(dir, name);
  if (now instanceof Fault && now.errno === 'ENOENT') return fillEmpty(place, temp);
  if (now instanceof Fault) return giveUp(place, temp, now);
  if (!sameFile(now, seen)) {
    fs.unlink(dir, temp);
    return { kind: 'changed', kept: undefined };
  }

  let backup: string | undefined;
  let onlyName = false;
  if (how.backups) {
    const kept = backUpByLink(place, how, how.backups);
    if (kept instanceof Fault) return giveUp(place, temp, kept, 'backup');
    ({ backup, onlyName } = kept);
  }
  const fault = fs.rename(dir, temp, dir, name);
  if (!fault) {
    // Where both were names of one file, rename(2) has left both.
    fs.unlink(dir, temp);
    return { kind: 'done', backup };
  }
  if (backup !== undefined && onlyName) renameToFree(place, backup, name);
  else if (backup !== undefined) fs.unlink(dir, backup);
  return giveUp(place, temp, fault);
};

const backUpByLink = (
  place: Occupied,
  how: Replacement,
  backups: Iterable<BackupName>,
): { readonly backup: string; readonly onlyName: boolean } | Fault => {
  const { fs, dir, name } = place;
  const aside = makeBeside({ ...how, make: (spare) => fs.link(dir, name, dir, spare) });
  const backup = moveToBackup(place, aside instanceof Fault ? name : aside, backups);
  if (backup instanceof Fault) {
    if (!(aside instanceof Fault)) fs.unlink(dir, aside);
    return backup;
  }
  return { backup, onlyName: aside instanceof Fault };
};
