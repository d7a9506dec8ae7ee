import { identityKey } from '../../fs/identity.ts';
import type { Stat } from '../../fs/stat.ts';
import type { Gone } from '../../jobs/remove/take.ts';
import type { Request, World } from '../command.ts';
import { hasNames } from '../goals.ts';
import type { Work } from '../paced.ts';
import { survey, type WalkAids } from '../survey.ts';
import type { Removed } from './report.ts';

/** What is in the trees that go: entries, and the room that only they take. */
export function* measure(
  world: World,
  request: Request,
  aids: WalkAids | undefined,
  gone: readonly Gone[],
): Work<readonly Removed[]> {
  /** How many names of each file that has several go. */
  const going = new Map<string, { names: number; nlink: number; bytes: number }>();
  const tally = (stat: Pick<Stat, 'dev' | 'ino' | 'nlink' | 'blocks'>, names: number): void => {
    const known = going.get(identityKey(stat));
    if (known) known.names += names;
    else going.set(identityKey(stat), { names, nlink: stat.nlink, bytes: stat.blocks * 512 });
  };
  const results: { removed: Gone; entries: number; own: number; files: readonly string[] }[] = [];
  for (const removed of gone) {
    const { stat, whole, path } = removed;
    if (!whole) {
      const several = hasNames(stat);
      if (several) tally(stat, 1);
      results.push({
        removed,
        entries: 0,
        own: several ? 0 : stat.blocks * 512,
        files: several ? [identityKey(stat)] : [],
      });
      continue;
    }
    const { census } = yield* survey(world, rootOnly(request), [path], { level: 'full', oneFileSystem: true }, aids);
    const files = Array.from({ length: census.files.count }, (_, row) => census.file(row));
    for (const file of files) tally(file, file.seen);
    const several = files.reduce((sum, { blocks }) => sum + blocks * 512, 0);
    results.push({
      removed,
      entries: census.counts.entries - 1,
      own: census.counts.blocks * 512 - several,
      files: files.map(identityKey),
    });
  }
  const counted = new Set<string>();
  return results.map(({ removed, entries, own, files }): Removed => {
    let [frees, shared] = [own, 0];
    for (const key of files) {
      const file = going.get(key);
      if (!file || counted.has(key)) continue;
      counted.add(key);
      if (file.names >= file.nlink) frees += file.bytes;
      else shared++;
    }
    return { ...removed, entries, frees, shared };
  });
}

/** What is measured is all that goes, whatever the search for links leaves out. */
const rootOnly = (request: Request): Request => ({
  words: request.words,
  operands: [],
  flag: () => false,
  value: (name) => (name === 'root' ? request.value('root') : undefined),
  values: () => [],
  last: () => undefined,
});
