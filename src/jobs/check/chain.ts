import type { LinkId } from '../../scan/atlas.ts';
import type { LinkView, Scene } from './scene.ts';

/** The physical path of the last link of the chain that a link begins: what all links into this chain have in common. */
export const lastOfChain = ({ row }: LinkView, { atlas }: Scene): string => {
  const seen = new Set<LinkId>();
  let link: LinkId = row;
  for (
    let next: LinkId | undefined = row;
    next !== undefined && !seen.has(next);
    next = atlas.steps(link).links.at(-1)
  ) {
    seen.add(next);
    link = next;
  }
  return atlas.linkPath(link);
};

/** The physical paths of the links of the circle that a link leads into, in the order in which they are followed. */
export const circleOf = ({ row }: LinkView, { atlas }: Scene): readonly string[] | undefined => {
  const way: LinkId[] = [];
  for (let link: LinkId | undefined = row; link !== undefined; ) {
    const same = atlas.sameLink(link);
    const before = way.indexOf(same);
    if (before >= 0) return way.slice(before).map((each) => atlas.linkPath(each));
    way.push(same);
    link = atlas.steps(link).links.find((next) => atlas.isLoop(next));
  }
  return undefined;
};
