import { Fault } from '../../fs/fault.ts';
import type { Fs, Handle } from '../../fs/fs.ts';
import { identityKey } from '../../fs/identity.ts';
import { type LinkText, linkText } from '../../fs/link-text.ts';
import { basename, dirname } from '../../fs/path.ts';
import { liesIn, relativePath } from '../../fs/relative.ts';
import { openParent, renameOver, retext } from '../../plan/retext.ts';
import type { Affected } from './affected.ts';
import type { MovedThing } from './moved-thing.ts';

/** A link that could not get its new text. */
export interface Left {
  readonly link: Affected;
  readonly fault: Fault;
}

/** The tree that links are changed in. */
export interface Relinking {
  readonly fs: Fs;
  readonly root: Handle;
  /** Of a link in something that moves by being copied: `copy` is its new place, `below` the link's path in there. */
  retextInCopy(copy: string, below: string, text: LinkText): Fault | undefined;
}

/** What was done to links. */
export interface Relinked {
  readonly changed: readonly Affected[];
  readonly left: readonly Left[];
  /** Links with several names of which only some change: those are a link of their own now. */
  readonly parted: readonly Affected[];
}

/**
 * Gives links their new texts: each is made anew beside the old one, with its owner, and takes its name in one step. Names
 * of one link that all get one text stay names of one link.
 */
export const relink = (
  { fs, root, retextInCopy }: Relinking,
  things: readonly MovedThing[],
  links: readonly Affected[],
  newName: () => string,
): Relinked => {
  const copies = things.filter(({ copied }) => copied);
  const place = (link: Affected): Fault | undefined => {
    const copy = copies.findLast(({ to }) => liesIn(to, link.path));
    return copy
      ? retextInCopy(copy.to, link.path.slice(copy.to.length + 1), link.newText)
      : replace(fs, root, link, newName());
  };
  const groups = groupsOf(links);
  const changed: Affected[] = [];
  const done = new Set<Affected>();
  const left: Left[] = [];
  const parted: Affected[] = [];
  for (const wanted of links) {
    let link = wanted;
    const group =
      link.stat.nlink > 1 && !copies.some(({ to }) => liesIn(to, wanted.path)) ? groups.get(groupKey(link)) : undefined;
    const together = group?.length === link.stat.nlink;
    const first = together ? group.find((each) => done.has(each)) : undefined;
    let fault = first ? another(fs, root, first, link, newName()) : place(link);
    for (const newText of fault?.errno === 'ENAMETOOLONG' ? shorterTexts(wanted) : []) {
      link = { ...wanted, newText };
      fault = place(link);
      if (!fault) break;
    }
    if (fault) left.push({ link: wanted, fault });
    else {
      changed.push(link);
      done.add(link);
      if (link.stat.nlink > 1 && !together && !copies.some(({ to }) => liesIn(to, wanted.path))) parted.push(link);
    }
  }
  return { changed, left, parted };
};

/** Straight to the end, past the links on the way: in the style of the link first. */
const shorterTexts = ({ path, text, end }: Affected): readonly LinkText[] => {
  if (end === undefined) return [];
  const slash = text.endsWith('/') && end !== '/' ? '/' : '';
  const texts = [relativePath(dirname(path), end) + slash, end + slash].map(linkText);
  return text.startsWith('/') ? texts.toReversed() : texts;
};

const groupsOf = (links: readonly Affected[]): ReadonlyMap<string, readonly Affected[]> => {
  const groups = new Map<string, Affected[]>();
  for (const link of links) {
    const group = groups.get(groupKey(link));
    if (group) group.push(link);
    else groups.set(groupKey(link), [link]);
  }
  return groups;
};

const groupKey = ({ stat, newText }: Affected): string => `${identityKey(stat)} ${newText}`;

const replace = (fs: Fs, root: Handle, { path, newText }: Affected, temporary: string): Fault | undefined => {
  const opened = openParent(fs, root, path);
  if (opened instanceof Fault) return opened;
  using dir = opened;
  return retext(fs, dir, basename(path), newText, temporary);
};

/** One more name for a link that has its new text already. */
const another = (fs: Fs, root: Handle, first: Affected, { path }: Affected, temporary: string): Fault | undefined => {
  const opened = openParent(fs, root, path);
  if (opened instanceof Fault) return opened;
  using dir = opened;
  const from = openParent(fs, root, first.path);
  if (from instanceof Fault) return from;
  using held = from;
  return fs.link(held, basename(first.path), dir, temporary) ?? renameOver(fs, dir, temporary, basename(path));
};
