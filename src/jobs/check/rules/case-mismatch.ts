import { Fault } from '../../../fs/fault.ts';
import { type LinkText, linkText } from '../../../fs/link-text.ts';
import { join } from '../../../fs/path.ts';
import { nearNames } from '../../../trace/near-names.ts';
import type { Missing, Route } from '../../../trace/route.ts';
import { trace } from '../../../trace/trace.ts';
import type { Rule } from '../rule.ts';
import { name, placeOf, series } from '../saying.ts';
import type { LinkView, Scene } from '../scene.ts';

export const caseMismatch: Rule = {
  id: 'case-mismatch',
  group: 'portability',
  severity: 'error',
  summary: 'leads to nothing, but a name differs only by case or by its form of Unicode',
  why: `The link was made on a system that does not tell \`README\` from \`readme\`, or that writes an accent as a character
of its own. Linux compares names byte by byte.

The finding names what is there. If it is the only such name, the fix is the text with it in place.`,
  broken: `
    docs/
      Guide
    guide -> docs/guide`,
  fixed: `
    docs/
      Guide
    guide -> docs/Guide`,
  needs: 'symlinks',
  marks: ['missing'],
  *link(link, scene) {
    const { end } = link.route;
    if (end.kind !== 'missing') return;
    const meant = meantInstead(link.route, end, scene);
    if (meant.length === 0) return;
    const fix = meant.length === 1 ? fixOf(link, scene, end, meant[0] as string) : undefined;
    const others = series(
      meant.map((each) => join(end.parent, each)),
      ' and ',
    );
    const does = meant.length === 1 ? ' does' : ' do';
    yield {
      ...placeOf(link),
      says: ['leads to nothing: ', name(end.path), ' does not exist, ', ...others, does],
      cause: { key: end.path, says: [name(end.path), ' does not exist, ', ...others, does] },
      ...(fix !== undefined && { fix }),
    };
  },
};

/** Names in the place of the missing one with which the whole path would exist. */
const meantInstead = (route: Route, end: Missing, scene: Scene): readonly string[] =>
  twins(scene, end).filter((twin) => {
    // The path that is left may have more such mistakes; those are found once this one is mended.
    const { end: further } = follow(scene, join(join(end.parent, twin), end.rest));
    if (further.kind === 'found') return true;
    return further.kind === 'missing' && further.path !== end.path && meantInstead(route, further, scene).length > 0;
  });

const twins = ({ fs, root }: Scene, { parent, name: missing }: Missing): readonly string[] => {
  const opened = fs.open(root.handle, parent.slice(1) || '.', { access: 'read', directory: true });
  if (opened instanceof Fault) return [];
  using dir = opened;
  const entries = fs.entries(dir);
  if (entries instanceof Fault) return [];
  return nearNames(
    missing,
    entries.map((entry) => entry.name),
  )
    .filter(({ how }) => how === 'other-case' || how === 'unicode-form')
    .map((near) => near.name);
};

/** The link's text with the right name: where the text itself has the wrong one, and not a link that it passes. */
const fixOf = (link: LinkView, scene: Scene, end: Missing, twin: string): LinkText | undefined => {
  if (link.route.hops.length !== 1) return undefined;
  const parts = link.text.split('/');
  const rest = end.rest === '' ? 0 : end.rest.split('/').length;
  // From the end, since what is left of the text is known by its components; slashes make empty ones.
  let left = rest;
  let at = parts.length - 1;
  for (; at >= 0; at--) {
    if (parts[at] === '') continue;
    if (left-- === 0) break;
  }
  if (parts[at] !== end.name) return undefined;
  parts[at] = twin;
  const text = parts.join('/');
  const { end: found } = follow(scene, text.startsWith('/') ? text : join(link.dir, text));
  return found.kind === 'found' ? linkText(text) : undefined;
};

const follow = ({ fs, root, absentVolumes, followingMounts }: Scene, path: string): Route =>
  trace(fs, path, { from: root, root, absentVolumes, followingMounts });
