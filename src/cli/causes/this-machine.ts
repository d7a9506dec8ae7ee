import { readFileSync } from 'node:fs';
import { Fault } from '../../fs/fault.ts';
import { readMounts } from '../../kernel/mounts.ts';
import type { World } from '../command.ts';
import type { Machine } from './scene.ts';

/** The machine that this process runs on; its files are read from the world's root. */
export const thisMachine = (world: Pick<World, 'fs' | 'root'>): Machine => ({
  read: remembering((path) => readFile(world, path)),
  rootPath: rootPath(world),
  mounts: new Map(readMounts().map((mount) => [mount.id, mount])),
  me: { uid: process.geteuid?.() ?? -1, gids: [process.getegid?.() ?? -1, ...(process.getgroups?.() ?? [])] },
  home: process.env.HOME,
});

/** The kernel's word for where the root is; without /proc the root is taken for the machine's own. */
const rootPath = ({ fs, root }: Pick<World, 'fs' | 'root'>): string => {
  const path = fs.readlink(fs.cwd, `/proc/self/fd/${root.handle.fd}`);
  return path instanceof Fault ? '/' : path;
};

/** Each file once: many paths ask the same lists. */
const remembering = <T>(read: (path: string) => T): ((path: string) => T) => {
  const known = new Map<string, T>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined || known.has(path)) return before as T;
    const now = read(path);
    known.set(path, now);
    return now;
  };
};

/** Looked at before it is opened for reading, since opening a pipe in a strange root would wait for a writer. */
const readFile = ({ fs, root }: Pick<World, 'fs' | 'root'>, path: string): Uint8Array | undefined => {
  const opened = fs.open(root.handle, path, { access: 'path', resolve: { inRoot: true } });
  if (opened instanceof Fault) return undefined;
  using file = opened;
  const stat = fs.stat(file, '');
  if (stat instanceof Fault || stat.kind !== 'file') return undefined;
  try {
    return readFileSync(`/proc/self/fd/${file.fd}`);
  } catch {
    // Not ours to read: then its knowledge is not ours either.
    return undefined;
  }
};
