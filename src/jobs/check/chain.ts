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
