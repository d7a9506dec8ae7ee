import type { Errno } from '../fs/errno.ts';
import type { Fs } from '../fs/fs.ts';
import type { Stat } from '../fs/stat.ts';
import { type Place, trace } from '../trace/trace.ts';
import type { Atlas } from './atlas.ts';
import { type Census, ends, leadsToDir, linkField } from './census.ts';

const loop = ends.indexOf('loop');
const missing = ends.indexOf('missing');

/**
 * Tells apart what one errno of the kernel says of a link: ELOOP is a cycle or just too many links, or neither
 * (src/kernel/until-settled.ts), ENOENT is a missing file or a volume that is not mounted. Yields now and then, for a
 * caller that shows progress or stops.
 */
export function* settle(atlas: Atlas, fs: Fs, root: Place, absentVolumes: readonly string[]): Iterable<void> {
  const { census } = atlas;
  const { words, width, count } = census.links;
  const followingMounts = new Set<number>();
  let asked = 0;
  for (let row = 0; row < count; row++) {
    const at = row * width + linkField.state;
    const doubtful = words[at] === loop ? !atlas.isLoop(row) : words[at] === missing && absentVolumes.length > 0;
    if (!doubtful) continue;
    if (++asked % 500 === 0) yield;
    const { end } = trace(fs, census.linkPhysicalPath(row), { from: root, root, absentVolumes, followingMounts });
    if (end.kind === 'found') {
      if (words[at] === loop) noteFound(census, row, end.stat);
    } else if ((words[at] === loop ? loopLike : missingLike).includes(end.errno)) words[at] = ends.indexOf(end.kind);
  }
}

/** Who is told of a loop by mistake may have a link to nothing. Any other answer is about the path, or the moment. */
const loopLike: readonly Errno[] = ['ELOOP', 'ENOENT', 'ENOTDIR'];
const missingLike: readonly Errno[] = ['ENOENT'];

const noteFound = (census: Census, row: number, { ino, dev, kind }: Stat): void => {
  const at = row * linkField.width;
  const { words } = census.links;
  words[at + linkField.inoLow] = Number(ino & 0xffffffffn);
  words[at + linkField.inoHigh] = Number(ino >> 32n);
  words[at + linkField.device] = census.device(dev);
  words[at + linkField.state] = ends.indexOf('found') | (kind === 'dir' ? leadsToDir : 0);
};
