import { decodeBytes, encodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import type { Fs, Handle } from '../../fs/fs.ts';
import { isAlive, isGone, processName } from '../process-name.ts';
import { show } from '../show.ts';
import { removeAll } from './remove-all.ts';

/** Of the scratch directories' names. */
export const scratchPrefix = '.lw-compare-';

/**
 * In each scratch directory: its name, and whose it is. Only who may write to a directory that is closed to all others
 * can put this there, so it tells a scratch directory from one that somebody only called so.
 */
const markName = '.lw-compare';

/** A refusal is none of ours: then nobody clears up after us. */
export const markScratch = (fs: Fs, dir: Handle, name: string): void => {
  const made = fs.open(dir, markName, { access: 'write', create: 'exclusive', mode: 0o600 });
  if (made instanceof Fault) return;
  using file = made;
  fs.write(file, encodeBytes(`${name}\n${processName(process.pid) ?? ''}\n`), 0);
};

/** Empties a scratch directory, its mark last, so that what is left of a removal is still known. */
export function* emptyScratch(fs: Fs, dir: Handle): Generator<Fault> {
  yield* removeAll(fs, dir, markName);
  const refused = fs.unlink(dir, markName);
  if (refused && refused.errno !== 'ENOENT') yield refused;
}

/** Removes what a comparison that was killed has left in a directory. Gives sentences: what was found, and what became of it. */
export const sweep = (fs: Fs, parent: Handle): readonly string[] => {
  const opened = fs.open(parent, '.', { access: 'read', directory: true });
  if (opened instanceof Fault) return [];
  using reading = opened;
  const entries = fs.entries(reading);
  if (entries instanceof Fault) return [];
  return entries.flatMap(({ name }) => (name.startsWith(scratchPrefix) ? (sweepOne(fs, parent, name) ?? []) : []));
};

const sweepOne = (fs: Fs, parent: Handle, name: string): string | undefined => {
  const opened = fs.open(parent, name, {
    access: 'read',
    directory: true,
    nofollow: true,
    resolve: { noCrossing: true, noSymlinks: true },
  });
  if (opened instanceof Fault) return undefined;
  using dir = opened;
  const stat = fs.stat(dir, '');
  if (stat instanceof Fault || stat.uid !== process.geteuid?.() || (stat.mode & 0o077) !== 0) return undefined;
  const owner = ownerOf(fs, dir, name);
  if (owner === undefined) return undefined;
  if (!isGone(owner))
    return isAlive(owner)
      ? undefined
      : `${show(name)} was left behind by an lw compare on another machine, or before this one was started: rm -r removes it`;
  const refused = [...emptyScratch(fs, dir)];
  const last = fs.rmdir(parent, name);
  if (last && last.errno !== 'ENOENT') refused.push(last);
  const [first] = refused;
  return first
    ? `${show(name)} was left behind by an lw compare that was killed, and cannot be removed: ${first.reason}`
    : `removed ${show(name)}, which an lw compare that was killed had left behind`;
};

/** The process that its mark names; undefined where it is no scratch directory. */
const ownerOf = (fs: Fs, dir: Handle, name: string): string | undefined => {
  const opened = fs.open(dir, markName, { access: 'read', nofollow: true });
  if (opened instanceof Fault) return undefined;
  using file = opened;
  const bytes = new Uint8Array(512);
  const count = fs.read(file, bytes, 0);
  if (count instanceof Fault) return undefined;
  const [itself, owner = ''] = decodeBytes(bytes.subarray(0, count)).split('\n');
  return itself === name && owner !== '' ? owner : undefined;
};
