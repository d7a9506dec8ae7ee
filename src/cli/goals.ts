import { basename, dirname } from '../fs/path.ts';
import type { Stat } from '../fs/stat.ts';
import type { Atlas } from '../scan/atlas.ts';
import { type Census, nameField } from '../scan/census.ts';
import type { Entry, Goal } from '../scan/leads.ts';
import type { World } from './command.ts';
import type { Work } from './paced.ts';

/** Something that links may lead to. */
export interface Target {
  /** Physical; of something missing, the path that it would have. */
  readonly path: string;
  /** The first entry on the way there that does not exist, and what would follow below it. */
  readonly missing: { readonly path: string; readonly rest: string } | undefined;
  readonly stat: Stat | undefined;
}

/** A name that a walk has seen. */
export interface Name extends Entry {
  readonly path: string;
}

export const hasNames = ({ kind, nlink }: Stat): boolean => kind !== 'dir' && nlink > 1;

/** All names of a file that a walk has seen, where it has several. */
export const namesOf = (census: Census, { stat }: Pick<Target, 'stat'>): readonly Name[] => {
  if (!stat || !hasNames(stat)) return [];
  const device = census.devices.indexOf(stat.dev);
  const file = census.findFile(Number(stat.ino & 0xffffffffn), Number(stat.ino >> 32n), device);
  const { words, width, count } = census.names;
  const names: Name[] = [];
  for (let name = 0; name < count; name++) {
    if (words[name * width + nameField.file] !== file) continue;
    const path = census.namePath(name);
    names.push({ path, spot: words[name * width + nameField.dir] as number, name: basename(path) });
  }
  return names;
};

/** The entry at a physical path. */
export const entryAt = (atlas: Atlas, path: string): Entry | undefined => {
  const spot = atlas.spotAt(dirname(path));
  return spot === undefined ? undefined : { spot, name: basename(path) };
};

/** Undefined for what is no longer there. */
export const goalOf = (atlas: Atlas, { path, missing, stat }: Target, names: readonly Name[]): Goal | undefined => {
  if (stat?.kind === 'dir') {
    const spot = atlas.spotAt(path);
    return spot === undefined ? undefined : { kind: 'dir', spot, stat };
  }
  const entry = entryAt(atlas, missing?.path ?? path);
  if (!entry) return undefined;
  if (!stat) return { kind: 'missing', entry, rest: missing?.rest ?? '' };
  return stat.kind === 'symlink'
    ? { kind: 'link', names: [entry, ...names] }
    : { kind: 'file', stat, names: [entry, ...names] };
};

/** Says what goes on each time the work stops. */
export function* following<T>(world: World, work: Generator<void, T>): Work<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    world.progress(() => 'following links');
    yield;
  }
}
