import { Fault } from '../../fs/fault.ts';
import type { Fs, Handle } from '../../fs/fs.ts';
import { join } from '../../fs/path.ts';
import { ownDirectory } from '../../plan/ledger.ts';
import { bornOf } from '../../scan/memory/memory.ts';
import type { World } from '../command.ts';

/** Where the memory of a directory is, or would be. */
export interface MemoryPlace extends Disposable {
  readonly dir: Handle;
  readonly name: string;
  /** For people. */
  readonly shown: string;
}

/** Made by who wants a tree's memory to lie in the tree. */
const own = '.linkwright';

/** In the directory itself, where it has a `.linkwright` that nobody else can change. */
export const placeInTree = (world: World, physical: string, uid: number): MemoryPlace | undefined => {
  const { fs, root } = world;
  const path = join(physical, own);
  const handle = fs.open(root.handle, path.slice(1), {
    access: 'read',
    directory: true,
    nofollow: true,
    resolve: { noSymlinks: true },
  });
  if (handle instanceof Fault) return undefined;
  const stat = fs.stat(handle, '');
  if (!(stat instanceof Fault) && (stat.uid === uid || stat.uid === 0) && (stat.mode & 0o022) === 0)
    return {
      dir: handle,
      name: 'memory',
      shown: join(path, 'memory'),
      [Symbol.dispose]: () => handle[Symbol.dispose](),
    };
  handle[Symbol.dispose]();
  return undefined;
};

/** In the state directory, under the identity of the directory: so it is found again wherever that is moved or mounted. */
export const placeInState = (
  world: World,
  state: Handle,
  physical: string,
  uid: number,
  make: 'make' | 'if-there',
): MemoryPlace | undefined => {
  const { fs, root } = world;
  const stat = fs.stat(root.handle, physical.slice(1) || '.');
  if (stat instanceof Fault) return undefined;
  const born = bornOf(stat);
  const name = `${stat.ino.toString(36)}-${(born === 0 ? stat.dev : born).toString(36)}`;
  const dir = make === 'make' ? ownDirectory(fs, state, 'memory', uid) : openDirectory(fs, state, 'memory');
  if (!dir || 'why' in dir) return undefined;
  return { dir, name, shown: `memory/${name}`, [Symbol.dispose]: () => dir[Symbol.dispose]() };
};

const openDirectory = (fs: Fs, at: Handle, name: string): Handle | undefined => {
  const handle = fs.open(at, name, { access: 'read', directory: true, nofollow: true });
  return handle instanceof Fault ? undefined : handle;
};
