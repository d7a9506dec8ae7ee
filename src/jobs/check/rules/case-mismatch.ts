import { Fault } from '../../../fs/fault.ts';
import { type LinkText, linkText } from '../../../fs/link-text.ts';
import { join } from '../../../fs/path.ts';
import { maxLinks, type Route } from '../../../trace/route.ts';
import { trace } from '../../../trace/trace.ts';
import type { Words } from '../finding.ts';
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
  fixes: true,
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
  yieldsTo: ['odd-text'],
  *link(link, scene) {
    const { missing } = link;
    if (!missing) return;
    const meant = meantInstead(missing, scene);
    if (meant.length === 0) return;
    const fix = meant.length === 1 ? fixOf(link, scene, missing, meant[0] as string) : undefined;
    const there: Words = [
      ...series(
        meant.map((each) => join(missing.parent, each)),
        ' and ',
      ),
      meant.length === 1 ? ' does' : ' do',
    ];
    const says: Words = [name(missing.path), ' does not exist, ', ...there];
    yield {
      ...placeOf(link),
      says: ['leads to nothing: ', ...says],
      cause: { key: missing.path, says },
      ...(fix !== undefined && { fix }),
    };
  },
};

type Lacking = NonNullable<LinkView['missing']>;

/** How many paths are tried for one link: in a directory of many such names, and many below it, there is no end to them. */
const triesMost = 64;

/** Names in the place of the missing one with which the whole path would exist. */
const meantInstead = (missing: Lacking, scene: Scene): readonly string[] => {
  let tries = 0;
  const works = (parent: string, twin: string, rest: string): boolean => {
    if (++tries > triesMost) return false;
    const { end } = follow(scene, join(join(parent, twin), rest));
    if (end.kind === 'found') return true;
    // What is left of the path may have more such mistakes; those are found once this one is mended.
    return end.kind === 'missing' && twins(scene, end).some((next) => works(end.parent, next, end.rest));
  };
  return twins(scene, missing).filter((twin) => works(missing.parent, twin, missing.rest));
};

const twins = (scene: Scene, { parent, name: missing }: Lacking): readonly string[] =>
  namesIn(scene, parent).get(folded(missing)) ?? [];

/** Directories whose names are remembered: links that lack something often lack it in the same few. */
const remembered = 256;
const listings = new WeakMap<Scene, Map<string, ReadonlyMap<string, readonly string[]>>>();

/** The names in a directory, by what remains of them where case and form do not count. */
const namesIn = (scene: Scene, path: string): ReadonlyMap<string, readonly string[]> => {
  const known = listings.get(scene) ?? new Map<string, ReadonlyMap<string, readonly string[]>>();
  listings.set(scene, known);
  const before = known.get(path);
  if (before) return before;
  const names = new Map<string, string[]>();
  for (const each of readNames(scene, path)) {
    const key = folded(each);
    const alike = names.get(key);
    if (alike) alike.push(each);
    else names.set(key, [each]);
  }
  const oldest = known.keys().next();
  if (known.size >= remembered && !oldest.done) known.delete(oldest.value);
  known.set(path, names);
  return names;
};

const readNames = ({ fs, root }: Scene, path: string): readonly string[] => {
  const opened = fs.open(root.handle, path.slice(1) || '.', { access: 'read', directory: true });
  if (opened instanceof Fault) return [];
  using dir = opened;
  const entries = fs.entries(dir);
  return entries instanceof Fault ? [] : entries.map((entry) => entry.name);
};

const folded = (text: string): string => text.normalize('NFC').toLowerCase();

/** The link's text with the right name: where the text itself has the wrong one, and not a link that it passes. */
const fixOf = (link: LinkView, scene: Scene, missing: Lacking, twin: string): LinkText | undefined => {
  const parts = link.text.split('/');
  let left = missing.rest === '' ? 0 : missing.rest.split('/').length;
  // From the end, since of what is left of the text the components are known; slashes make empty ones.
  let at = parts.length - 1;
  while (at >= 0 && (parts[at] === '' || left-- > 0)) at--;
  if (parts[at] !== missing.name || link.route.hops.length !== 1) return undefined;
  parts[at] = twin;
  const text = parts.join('/');
  const { end, hops } = follow(scene, text.startsWith('/') ? text : join(link.dir, text));
  // The link itself is one more.
  return end.kind === 'found' && hops.length < maxLinks ? linkText(text) : undefined;
};

const follow = ({ fs, root, absentVolumes, followingMounts }: Scene, path: string): Route =>
  trace(fs, path, { from: root, root, absentVolumes, followingMounts });
