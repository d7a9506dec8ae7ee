import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { decodeBytes } from '../fs/bytes.ts';
import { Fault } from '../fs/fault.ts';
import { identityKey } from '../fs/identity.ts';
import { liesIn } from '../fs/relative.ts';
import { kernel } from '../kernel/kernel.ts';

/** A process that has something open, or works in it. */
export interface Holder {
  readonly pid: number;
  /** Its name as it has it itself (proc_pid_comm(5)). */
  readonly name: string;
  /** What it holds, from the machine's root. */
  readonly path: string;
}

/** What may be held: a file under any of its names, or a directory with all below it. */
export interface Holdable {
  /** From the machine's root. */
  readonly path: string;
  readonly dev: number;
  readonly ino: bigint;
  readonly whole: boolean;
}

/** Processes of this machine that hold one of these, as far as /proc tells this user; each process once for each path. */
export const findHolders = (things: readonly Holdable[]): readonly Holder[] => {
  const files = new Set(things.filter(({ whole }) => !whole).map(identityKey));
  const trees = things.filter(({ whole }) => whole);
  const holders = new Map<string, Holder>();
  for (const pid of namesIn('/proc').filter((name) => /^\d+$/.test(name))) {
    const places = [
      ...['cwd', 'root', 'exe'].map((name) => `/proc/${pid}/${name}`),
      ...namesIn(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`),
    ];
    for (const place of places) {
      const path = pathOf(place);
      const holds =
        path !== undefined &&
        (trees.some((tree) => liesIn(tree.path, path)) ||
          (files.size > 0 && path.startsWith('/') && isOne(place, files)));
      if (holds) holders.set(`${pid} ${path}`, { pid: Number(pid), name: nameOf(pid), path });
    }
  }
  return [...holders.values()];
};

/** Processes come and go while this looks, and most are closed to most users: then there is nothing to tell. */
const told = <Value>(ask: () => Value): Value | undefined => {
  try {
    return ask();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
};

const namesIn = (path: string): readonly string[] => told(() => readdirSync(path)) ?? [];

const pathOf = (place: string): string | undefined => {
  const bytes = told(() => readlinkSync(place, 'buffer'));
  return bytes && decodeBytes(bytes);
};

const isOne = (place: string, files: ReadonlySet<string>): boolean => {
  const stat = kernel.stat(kernel.cwd, place, 'follow');
  return !(stat instanceof Fault) && files.has(identityKey(stat));
};

const nameOf = (pid: string): string => (told(() => readFileSync(`/proc/${pid}/comm`, 'utf8')) ?? '').trimEnd();
