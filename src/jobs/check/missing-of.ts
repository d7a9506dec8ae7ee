import { join } from '../../fs/path.ts';
import type { Atlas, LinkId } from '../../scan/atlas.ts';
import type { LinkView } from './scene.ts';

/** What a dangling link lacks, by the census alone; undefined where that does not tell. */
export const missingOf = (atlas: Atlas, row: number): LinkView['missing'] => {
  const seen = new Set<LinkId>();
  let rest = '';
  for (let link: LinkId = row; !seen.has(link); ) {
    seen.add(link);
    const { last } = atlas.steps(link);
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
