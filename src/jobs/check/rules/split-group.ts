import { Fault } from '../../../fs/fault.ts';
import { identityKey } from '../../../fs/identity.ts';
import { join } from '../../../fs/path.ts';
import { liesIn } from '../../../fs/relative.ts';
import type { Kind, Stat } from '../../../fs/stat.ts';
import { readWhole } from '../../../fs/whole-file.ts';
import type { Words } from '../finding.ts';
import type { Rule, Said } from '../rule.ts';
import { name } from '../saying.ts';
import type { DeclaredGroup, Scene } from '../scene.ts';

export const splitGroup: Rule = {
  id: 'split-group',
  group: 'hard-links',
  severity: 'error',
  summary: 'should be one file with other names, and no longer is',
  why: `Names that are declared in the configuration ([[group]]), or that an earlier scan saw as names of one file, no longer are.
Most often a program saved the file by writing a new one and renaming it into place: that name has the new contents since, and
the others the old ones, and nobody is told. Programs that do so are editors, package managers, git and rsync.

The file that most names still have counts as the group's, or else the one that was made first. Look at both before you join
them again (lw make --hard, or ln -f): only one of them can stay. A name that is gone is told where the configuration declares it.`,
  broken: `
    app/
      settings "colour = red\\n"
    backup/
      settings "colour = green, since yesterday\\n"`,
  fixed: `
    app/
      settings "colour = red\\n" #1
    backup/
      settings #1`,
  groups: [['/app/settings', '/backup/settings']],
  needs: 'full',
  applies: ({ declaredGroups }) => declaredGroups.length > 0,
  *whole(scene) {
    const told = new Set<string>();
    for (const group of scene.declaredGroups)
      for (const said of ofGroup(scene, group)) {
        if (!told.has(said.physical)) yield said;
        told.add(said.physical);
      }
  },
};

interface Present {
  readonly path: string;
  readonly stat: Stat;
}

function* ofGroup(scene: Scene, { names, from }: DeclaredGroup): Generator<Said, void> {
  if (!names.some((path) => shownPath(scene, path) !== undefined)) return;
  const looked = names.map((path) => ({ path, stat: scene.fs.stat(scene.root.handle, path.slice(1)) }));
  const present = looked.filter((each): each is Present => !(each.stat instanceof Fault));
  const [first, ...others] = byFile(present);
  const milder = from === 'remembered' ? ({ severity: 'warning' } as const) : {};
  const place = (path: string): Pick<Said, 'path' | 'physical'> => ({
    path: shownPath(scene, path) ?? path,
    physical: path,
  });
  const cause = { key: [...names].sort().join('\0'), says: sayGroup(names, from) };
  for (const { path, stat } of looked) {
    const isGone = stat instanceof Fault && (stat.errno === 'ENOENT' || stat.errno === 'ENOTDIR');
    if (!isGone || from === 'remembered') continue;
    const says: Words = first ? ['is gone, and should be one file with ', name(first.at(0)?.path ?? '')] : ['is gone'];
    yield { ...place(path), ...milder, says, cause };
  }
  for (const file of others)
    for (const own of file) {
      const main = first?.[0] as Present;
      const says: Words = ['is no longer one file with ', name(main.path), ': ', difference(scene, own, main)];
      yield { ...place(own.path), ...milder, says, cause };
    }
}

/** The names of each file; first those of the file that most names have, in the group and else, or that was made before the others. */
const byFile = (present: readonly Present[]): readonly (readonly Present[])[] => {
  const files = Map.groupBy(present, ({ stat }) => identityKey(stat));
  const stat = (file: readonly Present[]): Stat => (file[0] as Present).stat;
  const born = (file: readonly Present[]): number => Number(stat(file).btime ?? 0n);
  return [...files.values()].sort(
    (a, b) => b.length - a.length || fileNames(stat(b)) - fileNames(stat(a)) || born(a) - born(b),
  );
};

/** The link count of a directory counts directories. */
const fileNames = ({ kind, nlink }: Stat): number => (kind === 'dir' ? 0 : nlink);

const sayGroup = (names: readonly string[], from: DeclaredGroup['from']): Words => [
  ...names.slice(0, 3).flatMap((path, i) => (i === 0 ? [name(path)] : [', ', name(path)])),
  names.length > 3 ? ` and ${names.length - 3} more` : '',
  from === 'declared' ? ' are declared to be one file' : ' were one file',
];

const difference = (scene: Scene, own: Present, main: Present): string => {
  if (own.stat.kind !== main.stat.kind) return `it is a ${kinds[own.stat.kind]} now`;
  const size =
    own.stat.size === main.stat.size
      ? contents(scene, own, main)
      : `${count(own.stat.size, 'byte')}, not ${main.stat.size.toLocaleString('en-US')}`;
  const later = own.stat.mtime - main.stat.mtime;
  if (later === 0n) return `${size}, written at the same time`;
  return `${size}, written ${span(later < 0n ? -later : later)} ${later < 0n ? 'earlier' : 'later'}`;
};

const kinds: Readonly<Record<Kind, string>> = {
  file: 'file',
  dir: 'directory',
  symlink: 'symbolic link',
  fifo: 'fifo',
  socket: 'socket',
  char: 'device',
  block: 'device',
  unknown: 'thing of another kind',
};

/** Larger files are not read for a word in a sentence. */
const readMost = 2 ** 20;

const contents = ({ fs, root }: Scene, own: Present, main: Present): string => {
  const [one, other] = [own, main].map(({ path, stat }) =>
    stat.kind === 'file' && stat.size <= readMost ? readWhole(fs, root.handle, path.slice(1)) : undefined,
  );
  if (!one || !other || one instanceof Fault || other instanceof Fault) return 'the same size';
  const same = one.length === other.length && one.every((byte, i) => byte === other[i]);
  return same ? 'the same contents' : 'other contents of the same size';
};

const span = (nanoseconds: bigint): string => {
  const seconds = Number(nanoseconds / 1_000_000_000n);
  const [unit, length] = units.find(([, each]) => seconds >= each) ?? units[units.length - 1] ?? ['second', 1];
  return count(Math.max(1, Math.floor(seconds / length)), unit);
};
const units: readonly (readonly [string, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

const count = (number: number, unit: string): string =>
  `${number.toLocaleString('en-US')} ${unit}${number === 1 ? '' : 's'}`;

/** A physical path as the user wrote the directory that is checked; undefined outside of all of them. */
const shownPath = ({ census }: Scene, physical: string): string | undefined => {
  const root = census.roots.find((each) => liesIn(each.physical, physical));
  if (!root) return undefined;
  const below = physical.slice(root.physical === '/' ? 1 : root.physical.length + 1);
  return join(root.path, below);
};
