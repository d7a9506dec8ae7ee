import { Fault } from '../../fs/fault.ts';
import { identityKey } from '../../fs/identity.ts';
import { ancestors, basename, join } from '../../fs/path.ts';
import { type MultiNamed, nameField } from '../../scan/census.ts';
import type { Words } from './finding.ts';
import { peopleOf } from './people.ts';
import { series } from './saying.ts';
import type { Scene } from './scene.ts';

/** A file of the census that has more than one name. */
export interface SeveralNames extends MultiNamed {
  /** Rows of the names that were met. */
  readonly rows: readonly number[];
}

/** All of them, those first that were met first. */
export function* filesWithNames({ census }: Scene): Generator<SeveralNames, void> {
  for (const [row, rows] of census.namesByFile().entries()) {
    const file = census.file(row);
    if (file.kind !== 'dir' && rows.length > 0) yield { ...file, rows };
  }
}

/** The name that stands for a file: the first by its path. */
export const firstName = (scene: Scene, file: SeveralNames): number => byPath(scene, file.rows)[0] as number;

const byPath = ({ census }: Scene, rows: readonly number[]): readonly number[] => {
  const paths = new Map(rows.map((row) => [row, census.namePath(row)]));
  return rows.toSorted((a, b) => ((paths.get(a) as string) < (paths.get(b) as string) ? -1 : 1));
};

/** Where a name is. */
export const placeOfName = ({ census }: Scene, row: number): { readonly path: string; readonly physical: string } => ({
  path: census.namePath(row),
  physical: census.namePhysicalPath(row),
});

export const dirOfName = ({ census }: Scene, row: number): number =>
  census.names.words[row * nameField.width + nameField.dir]!;

/** Names other than one, the first few, and how many there are besides. */
export const otherNames = (scene: Scene, { rows, nlink }: SeveralNames, but: number): Words => {
  const shown = byPath(
    scene,
    rows.filter((row) => row !== but),
  ).slice(0, 3);
  const further = nlink - 1 - shown.length;
  const names = series(
    shown.map((row) => scene.census.namePath(row)),
    ', ',
  );
  if (further === 0) return names;
  return shown.length === 0 ? [`${further} outside of what was looked at`] : [...names, ` and ${further} more`];
};

/** Whether Linkwright keeps a displaced file under this name, so that `lw undo` can bring it back. */
export const isKept = (path: string): boolean => basename(path).startsWith('.lw-');

/** How many names of each inode are kept for `lw undo` where the walk did not come: by identity. */
export const keptElsewhere = (scene: Scene): ReadonlyMap<string, number> => {
  const { fs, root, census } = scene;
  const seen = new Set(census.roots.map(({ physical }) => physical));
  const kept = new Map<string, number>();
  for (const path of placesOfKept(scene)) {
    if ([path, ...ancestors(path)].some((above) => seen.has(above))) continue;
    for (const entry of namesIn(scene, path)) {
      const stat = fs.stat(root.handle, join(path, entry).slice(1));
      if (stat instanceof Fault || !isKept(entry)) continue;
      const key = identityKey(stat);
      kept.set(key, (kept.get(key) ?? 0) + 1);
    }
  }
  return kept;
};

/** The usual state directories, and those of Linkwright above what is checked: it makes them at the top of a mount. */
const placesOfKept = (scene: Scene): readonly string[] => {
  const states = ['/var/lib', ...peopleOf(scene).homes.map((home) => join(home, '.local/state'))];
  const above = new Set(scene.census.roots.flatMap(({ physical }) => [physical, ...ancestors(physical)]));
  return [
    ...states.map((state) => `${state}/linkwright/aside`),
    ...[...above].flatMap((dir) =>
      namesIn(scene, dir)
        .filter((entry) => /^\.linkwright-\d+$/.test(entry))
        .map((entry) => join(dir, entry)),
    ),
  ];
};

const namesIn = ({ fs, root }: Scene, path: string): readonly string[] => {
  const opened = fs.open(root.handle, path.slice(1) || '.', { access: 'read', directory: true, nofollow: true });
  if (opened instanceof Fault) return [];
  using dir = opened;
  const entries = fs.entries(dir);
  return entries instanceof Fault ? [] : entries.map((entry) => entry.name);
};
