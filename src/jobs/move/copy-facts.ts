import { Fault } from '../../fs/fault.ts';
import type { Fs, Handle } from '../../fs/fs.ts';
import { identityKey } from '../../fs/identity.ts';
import { join } from '../../fs/path.ts';
import type { Stat } from '../../fs/stat.ts';

/** What a move by copying has to know before it begins. */
export interface CopyFacts {
  /** Files with names that do not move: those stay with the original, and what moves is a file of its own. */
  readonly parted: readonly Parted[];
  /** What cannot be copied: it may not be read, or something else is mounted there. */
  readonly hindrances: readonly Hindrance[];
}

export interface Parted {
  /** One name of the file that moves. */
  readonly path: string;
  readonly names: number;
  /** How many of them move with it. */
  readonly moving: number;
}

interface Hindrance {
  readonly path: string;
  readonly fault: Fault;
}

/** Looks at all that lies at a physical path, from the root. Links are not followed. */
export const copyFacts = (fs: Fs, root: Handle, path: string): CopyFacts => {
  const files = new Map<string, { readonly path: string; readonly names: number; moving: number }>();
  const hindrances: Hindrance[] = [];
  const top = fs.stat(root, path.slice(1));
  /** Answers with what is in the way. */
  const look = (dir: Handle, name: string, at: string): Fault | undefined => {
    const stat = fs.stat(dir, name);
    if (stat instanceof Fault) return stat;
    if (top instanceof Fault) return top;
    if (stat.mountId !== top.mountId || (stat.mountRoot && at !== path)) return new Fault('renameat2', 'EBUSY', at);
    if (stat.kind === 'dir') return enter(dir, name, at);
    note(stat, at);
    return stat.kind === 'file' ? fs.access(dir, name, 'read') : undefined;
  };
  const note = (stat: Stat, at: string): void => {
    if (stat.nlink < 2) return;
    const key = identityKey(stat);
    const known = files.get(key);
    if (known) known.moving++;
    else files.set(key, { path: at, names: stat.nlink, moving: 1 });
  };
  const enter = (dir: Handle, name: string, at: string): Fault | undefined => {
    const opened = fs.open(dir, name, { access: 'read', directory: true, nofollow: true });
    if (opened instanceof Fault) return opened;
    using held = opened;
    const entries = fs.entries(held);
    if (entries instanceof Fault) return entries;
    for (const entry of entries) begin(held, entry.name, join(at, entry.name));
    return undefined;
  };
  const begin = (dir: Handle, name: string, at: string): void => {
    const fault = look(dir, name, at);
    if (fault) hindrances.push({ path: at, fault });
  };
  begin(root, path.slice(1), path);
  return { parted: [...files.values()].filter(({ names, moving }) => moving < names), hindrances };
};
