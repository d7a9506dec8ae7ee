import { join } from '../../fs/path.ts';
import type { Atlas, LinkId } from '../../scan/atlas.ts';
import { maxLinks } from '../../trace/route.ts';
import type { LinkView } from './scene.ts';

/** What a dangling link lacks, by the census alone; undefined where that does not tell. */
export const missingOf = (atlas: Atlas, row: number): LinkView['missing'] => {
  let rest = '';
  let link: LinkId = row;
  for (let passed = 0; passed <= maxLinks; passed++) {
    const last = atlas.lastName(link);
    if (!last) return undefined;
    rest = rest === '' ? last.rest : join(last.rest, rest);
    if (last.link === undefined) {
      const parent = atlas.pathOf(last.spot);
      return { path: join(parent, last.name), parent, name: last.name, rest };
    }
    // It gets to another link, and no further: that one lacks something, unless it is followed on the way alone.
    if (last.link < 0 || atlas.census.endOf(last.link) !== 'missing') return undefined;
    link = last.link;
  }
  return undefined;
};

/** What is no directory on the way of a link that wants one there, by the census alone; undefined where that does not tell. */
export const inTheWayOf = (atlas: Atlas, row: number): string | undefined => {
  const { census } = atlas;
  let link: LinkId = row;
  for (let passed = 0; passed <= maxLinks; passed++) {
    const last = atlas.lastName(link);
    if (!last) return undefined;
    if (last.link === undefined) return join(atlas.pathOf(last.spot), last.name);
    if (last.link < 0) return undefined;
    const end = census.endOf(last.link);
    // That link leads to the file, or cannot pass it either.
    if (end !== 'not-a-directory' && (end !== 'found' || census.leadsToDir(last.link))) return undefined;
    link = last.link;
  }
  return undefined;
};
