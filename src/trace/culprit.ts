import type { Fs } from '../fs/fs.ts';
import { dirname, join } from '../fs/path.ts';
import type { End, Hop, Route } from './route.ts';
import { type Place, trace } from './trace.ts';

/** The innermost link of a route whose text by itself ends where the whole route ends, and that end. */
export const culprit = (
  fs: Fs,
  root: Place,
  route: Route,
  absentVolumes: readonly string[] = [],
): { readonly link: Hop; readonly end: End } | undefined => {
  for (const link of route.hops.toReversed()) {
    if (link.style === 'magic') continue;
    const path = link.text.startsWith('/') ? link.text : join(dirname(link.link), link.text);
    const { end } = trace(fs, path, { from: root, root, absentVolumes });
    if (endsAlike(end, route.end)) return { link, end };
  }
  return undefined;
};

const endsAlike = (part: End, whole: End): boolean =>
  part.kind === whole.kind && 'path' in part && 'path' in whole && part.path === whole.path;
