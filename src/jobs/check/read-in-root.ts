import { Fault } from '../../fs/fault.ts';
import { readWhole } from '../../fs/whole-file.ts';
import { trace } from '../../trace/trace.ts';
import type { Scene } from './scene.ts';

/** The contents of a file by its path from the root of the scene, its links followed there; undefined where it cannot be read. */
export const readInRoot = ({ fs, root, followingMounts }: Scene, path: string): Uint8Array | undefined => {
  const { end } = trace(fs, path, { from: root, root, followingMounts });
  if (end.kind !== 'found' || end.stat.kind !== 'file') return undefined;
  const bytes = readWhole(fs, root.handle, end.path.slice(1));
  return bytes instanceof Fault ? undefined : bytes;
};
