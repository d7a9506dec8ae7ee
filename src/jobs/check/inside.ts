import { join } from '../../fs/path.ts';
import type { Spot } from '../../scan/atlas.ts';
import { dirField, linkField, noDir } from '../../scan/census.ts';
import type { LinkView, Scene } from './scene.ts';

/** Where a link's own text gets to, the last name of it not followed. */
export interface Reached {
  /** The directory that the last name was looked up in, or that the text leads to by dots. */
  readonly dir: Spot;
  /** The physical path of what the text names. */
  readonly path: string;
  /** All directories on the way. */
  readonly spots: readonly Spot[];
}

/** Undefined where nothing is known of it. */
export const reachedBy = ({ row }: LinkView, { atlas }: Scene): Reached | undefined => {
  const { spots, last } = atlas.steps(row);
  if (last) return { dir: last.spot, path: join(atlas.pathOf(last.spot), last.name), spots };
  const end = atlas.endOf(row);
  return end === undefined ? undefined : { dir: end, path: atlas.pathOf(end), spots };
};

/** The directory that the walk of a link began with, and how far up it lies. */
export const rootOf = (
  { row }: LinkView,
  { census: { dirs, links } }: Scene,
): { readonly spot: Spot; readonly depth: number } => {
  let spot = links.words[row * linkField.width + linkField.dir]!;
  for (let depth = 0; ; depth++) {
    const parent = dirs.words[spot * dirField.width + dirField.parent]!;
    if (parent === noDir) return { spot, depth };
    spot = parent;
  }
};

/** Whether a link of an archive leads out of it: nobody knows what is there when it is unpacked. */
export const leavesArchive = (link: LinkView, scene: Scene): boolean => {
  const reached = scene.archive && reachedBy(link, scene);
  return reached !== undefined && !isInside(reached.dir, scene);
};

/** Whether a directory lies in one that is checked. */
export const isInside = (spot: Spot, scene: Scene): boolean =>
  rootsOf(scene).some((root) => scene.atlas.isWithin(spot, root));

/** Rows of the directories that the walk began with. */
const rootsOf = (scene: Scene): readonly Spot[] => {
  const known = roots.get(scene);
  if (known) return known;
  const { dirs } = scene.census;
  const rows: number[] = [];
  for (let row = 0; row < dirs.count && rows.length < scene.census.roots.length; row++)
    if (dirs.words[row * dirField.width + dirField.parent] === noDir) rows.push(row);
  roots.set(scene, rows);
  return rows;
};

const roots = new WeakMap<Scene, readonly Spot[]>();
