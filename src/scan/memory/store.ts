import { Fault } from '../../fs/fault.ts';
import type { Fs, Handle } from '../../fs/fs.ts';
import { readWhole, writeAll } from '../../fs/whole-file.ts';
import type { Place } from '../../trace/trace.ts';
import { Memory } from './memory.ts';

/** Why a memory is not used. */
export type Unusable = 'torn' | 'later' | 'of another user' | 'open to others' | Fault;

/** The memory in a directory; undefined where there is none. `root` is the physical path of what it is about. */
export const readMemory = (
  fs: Fs,
  dir: Handle,
  name: string,
  { uid, place, root }: { readonly uid: number; readonly place: Place; readonly root: string },
): Memory | Unusable | undefined => {
  const stat = fs.stat(dir, name);
  if (stat instanceof Fault) return stat.errno === 'ENOENT' ? undefined : stat;
  // Links are mended on its word: it has to be our own, or the administrator's.
  if (stat.uid !== uid && stat.uid !== 0) return 'of another user';
  if (stat.mode & 0o022) return 'open to others';
  const bytes = readWhole(fs, dir, name);
  return bytes instanceof Fault ? bytes : Memory.read(bytes, fs, place, root);
};

/** Puts a memory in the place of an older one, durably: at every moment the old or the new one is there, whole. */
export const writeMemory = (
  fs: Fs,
  dir: Handle,
  name: string,
  bytes: Uint8Array,
  temporary: string,
): Fault | undefined => {
  const opened = fs.open(dir, temporary, { access: 'write', create: 'exclusive', nofollow: true, mode: 0o600 });
  if (opened instanceof Fault) return opened;
  using file = opened;
  const end = writeAll(fs, file, bytes, 0);
  const fault = end instanceof Fault ? end : (fs.sync(file) ?? fs.rename(dir, temporary, dir, name));
  if (!fault) return fs.sync(dir);
  fs.unlink(dir, temporary);
  return fault;
};
