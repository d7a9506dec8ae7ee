import { Fault } from '../../fs/fault.ts';
import { sameFile } from '../../fs/identity.ts';
import { type LinkText, linkText } from '../../fs/link-text.ts';
import { basename, join } from '../../fs/path.ts';
import type { Stat } from '../../fs/stat.ts';
import type { End, Found, Route } from '../../trace/route.ts';
import { absoluteText, type Standpoint, shortestText } from '../../trace/shortest-text.ts';
import { type Place, trace } from '../../trace/trace.ts';

/** A link that somebody wants. */
export interface Wish {
  readonly target: string;
  /** Its name; with a slash at the end the directory that it shall lie in. */
  readonly name: string;
  /** `auto`: hard where it can be, otherwise symbolic. */
  readonly kind: 'symbolic' | 'hard' | 'auto';
  /** What a symbolic link stores; undefined: relative, and any text that leads there already will do. */
  readonly text: 'relative' | 'absolute' | 'as-written' | undefined;
  /** Take the place of a file or link that has the name. */
  readonly replace: boolean;
  /** Make the directories that the name needs. */
  readonly parents: boolean;
  /** Where the new link stands until it takes the place of another. */
  readonly temporaryName: string;
}

export interface Made {
  readonly made: 'symbolic' | 'hard';
  /** Its physical path. */
  readonly path: string;
  /** What a symbolic link stores. */
  readonly text: LinkText | undefined;
  /** Where it leads. */
  readonly end: End;
  /** It was there before. */
  readonly already: boolean;
  readonly replaced: Stat | undefined;
  /** Directories made for it. */
  readonly parents: readonly string[];
  /** Why `auto` did not make a hard link. */
  readonly notHard: NotMade | undefined;
}

/** Why there is no link: nothing was changed. */
export type NotMade =
  | { readonly why: 'no-name' }
  /** The directory for the name is not there, or is none. */
  | { readonly why: 'no-directory'; readonly route: Route }
  | { readonly why: 'exists'; readonly path: string; readonly stat: Stat; readonly text: LinkText | undefined }
  | { readonly why: 'is-directory'; readonly path: string }
  /** Nothing at the target, a file at the name. */
  | { readonly why: 'swapped'; readonly path: string }
  /** It would lead to itself. */
  | { readonly why: 'loop'; readonly path: string; readonly text: LinkText; readonly cycle: readonly string[] }
  /** A hard link to a directory. */
  | { readonly why: 'to-directory'; readonly path: string }
  /** A hard link to what is not there. */
  | { readonly why: 'no-file'; readonly route: Route }
  /** The file system refuses the call. */
  | { readonly why: 'refused'; readonly path: string; readonly fault: Fault; readonly from: string | undefined };

/**
 * Makes a link as people mean it. Meant to be written into a sketch: what it says of a loop or of where
 * the link leads is seen there, before anything is done.
 */
export const make = (here: Standpoint, wish: Wish): Made | NotMade => {
  const { fs } = here;
  const name = wish.name.endsWith('/') ? join(wish.name, lastName(wish.target)) : wish.name;
  const base = basename(name);
  if (base === '' || base === '.' || base === '..') return { why: 'no-name' };
  const lies = directoryFor(here, name.slice(0, name.length - base.length) || '.', wish.parents);
  if ('why' in lies) return lies;

  const opened = fs.open(here.root.handle, lies.path, { access: 'path', directory: true });
  if (opened instanceof Fault) return { why: 'refused', path: lies.path, fault: opened, from: undefined };
  using dir = opened;
  const spot: Spot = { dir: { handle: dir, path: lies.path }, base, path: join(lies.path, base), parents: lies.made };
  const found = fs.stat(dir, base);
  const there = found instanceof Fault ? undefined : found;
  const { end } = trace(fs, wish.target, wish.text === 'as-written' ? { ...here, from: spot.dir } : here);
  if (there?.kind === 'dir') return { why: 'is-directory', path: spot.path };
  if (end.kind === 'missing' && there && there.kind !== 'symlink') return { why: 'swapped', path: spot.path };

  const hard = wish.kind === 'symbolic' ? undefined : makeHard(here, wish, spot, there);
  if (hard && (!('why' in hard) || wish.kind === 'hard' || hard.why === 'exists')) return hard;
  return makeSymbolic(here, wish, spot, there, end, hard);
};

/** The directory of the new name, its own path, and what lies there. */
interface Spot {
  readonly dir: Place;
  readonly base: string;
  readonly path: string;
  readonly parents: readonly string[];
}

const makeHard = (here: Standpoint, wish: Wish, spot: Spot, there: Stat | undefined): Made | NotMade => {
  const route = trace(here.fs, wish.target, here);
  const { end } = route;
  if (end.kind !== 'found') return { why: 'no-file', route };
  if (end.stat.kind === 'dir') return { why: 'to-directory', path: end.path };
  const done = {
    made: 'hard',
    path: spot.path,
    text: undefined,
    end,
    parents: spot.parents,
    notHard: undefined,
  } as const;
  if (there && sameFile(there, end.stat)) return { ...done, already: true, replaced: undefined };
  const inTheWay = obstacle(here, wish, spot, there);
  if (inTheWay) return inTheWay;
  const refused = put(here, wish, spot, there, (at) => here.fs.link(here.root.handle, end.path, spot.dir.handle, at));
  if (refused) return { why: 'refused', path: spot.path, fault: refused, from: end.path };
  return { ...done, already: false, replaced: there };
};

const makeSymbolic = (
  here: Standpoint,
  wish: Wish,
  spot: Spot,
  there: Stat | undefined,
  end: End,
  notHard: NotMade | undefined,
): Made | NotMade => {
  const text = textFor(here, wish, spot);
  const done = { made: 'symbolic', path: spot.path, end, parents: spot.parents, notHard } as const;
  const before = there?.kind === 'symlink' ? here.fs.readlink(spot.dir.handle, spot.base) : undefined;
  if (typeof before === 'string' && (before === text || (!wish.text && leadsTo(here, before, spot, wish.target))))
    return { ...done, text: before, already: true, replaced: undefined };
  const inTheWay = obstacle(here, wish, spot, there);
  if (inTheWay) return inTheWay;
  const refused = put(here, wish, spot, there, (at) => here.fs.symlink(text, spot.dir.handle, at));
  if (refused) return { why: 'refused', path: spot.path, fault: refused, from: undefined };
  const after = trace(here.fs, spot.path, here).end;
  if (after.kind === 'loop' && after.cycle.includes(spot.path))
    return { why: 'loop', path: spot.path, text, cycle: after.cycle };
  return { ...done, text, end: after, already: false, replaced: there };
};

const textFor = (here: Standpoint, { text, target }: Wish, { dir }: Spot): LinkText => {
  switch (text) {
    case 'absolute':
      return absoluteText(here, target);
    case 'as-written':
      return linkText(target);
    default:
      return shortestText(here, dir.path, target);
  }
};

/** Whether a text in a place leads to what the target names, and not only through another link to where that leads. */
const leadsTo = (here: Standpoint, text: LinkText, { dir }: Spot, target: string): boolean => {
  const own = trace(here.fs, text, { ...here, from: dir, last: 'stay' }).end;
  const wanted = trace(here.fs, target, { ...here, last: 'stay' }).end;
  return own.kind === 'found' && wanted.kind === 'found' && sameFile(own.stat, wanted.stat);
};

const obstacle = (
  { fs }: Standpoint,
  wish: Wish,
  { dir, base, path }: Spot,
  there: Stat | undefined,
): NotMade | undefined => {
  if (!there || wish.replace) return undefined;
  const text = there.kind === 'symlink' ? fs.readlink(dir.handle, base) : undefined;
  return { why: 'exists', path, stat: there, text: text instanceof Fault ? undefined : text };
};

/** Under its name at once, or in the place of what has it, which is never without a file. */
const put = (
  { fs }: Standpoint,
  { temporaryName }: Wish,
  { dir, base }: Spot,
  there: Stat | undefined,
  makeAt: (name: string) => Fault | undefined,
): Fault | undefined =>
  there ? (makeAt(temporaryName) ?? fs.rename(dir.handle, temporaryName, dir.handle, base)) : makeAt(base);

/** The physical path of a directory; `parents`: made as far as it is missing. */
const directoryFor = (
  here: Standpoint,
  path: string,
  parents: boolean,
): { readonly path: string; readonly made: readonly string[] } | NotMade => {
  const route = trace(here.fs, path, here);
  const { end } = route;
  if (end.kind === 'found' && end.stat.kind === 'dir') return { path: (end as Found).path, made: [] };
  const isWay = end.kind === 'missing' && !end.rest.split('/').includes('..');
  if (end.kind !== 'missing' || !parents || !isWay) return { why: 'no-directory', route };
  const made: string[] = [];
  let at = end.parent;
  for (const name of [end.name, ...end.rest.split('/')]) {
    if (name === '' || name === '.') continue;
    at = join(at, name);
    const refused = here.fs.mkdir(here.root.handle, at, 0o777);
    if (refused) return { why: 'refused', path: at, fault: refused, from: undefined };
    made.push(at);
  }
  return { path: at, made };
};

/** The last name of a target that may end with slashes. */
const lastName = (target: string): string => basename(target.replace(/\/+$/, ''));
