import type { Identity } from '../fs/identity.ts';
import type { Atlas, LinkId, Spot } from './atlas.ts';
import { type Census, ends as endKinds, linkField } from './census.ts';

const found = endKinds.indexOf('found');

/** Something that links may lead to. */
export type Goal =
  | { readonly kind: 'dir'; readonly spot: Spot; readonly stat: Identity }
  /** Anything but a directory or a link; its names are where a text may take it for a directory. */
  | { readonly kind: 'file'; readonly stat: Identity; readonly names: readonly Entry[] }
  /** A symbolic link itself, under all its names. */
  | { readonly kind: 'link'; readonly names: readonly Entry[] }
  /** What does not exist: the first missing entry, and what would follow below it. */
  | { readonly kind: 'missing'; readonly entry: Entry; readonly rest: string };

export interface Entry {
  readonly spot: Spot;
  readonly name: string;
}

/** One link of the census that leads to a goal, or passes through it on its way elsewhere. */
export interface Lead {
  readonly link: LinkId;
  readonly way: 'direct' | 'through' | 'passing';
  /** Other links that its text goes through to get there. */
  readonly via: readonly LinkId[];
}

/** A link whose text goes through another one. */
interface Use {
  readonly by: LinkId;
  /** The other is the last thing that the text gets to; what is left of the text then. */
  readonly rest: string | undefined;
}

/** What of the texts of all links matters to some goals: each link is followed once, whatever the number of goals. */
interface Trails {
  readonly links: readonly LinkId[];
  readonly uses: ReadonlyMap<LinkId, readonly Use[]>;
  /** The links that a link's own text goes through. */
  readonly passed: ReadonlyMap<LinkId, readonly LinkId[]>;
  /** By goal directory: links whose text comes to it from outside of it. */
  readonly entering: ReadonlyMap<Spot, readonly LinkId[]>;
  /** By entry of a goal: links whose text gets to it and no further, with what is left of the text. */
  readonly stopping: ReadonlyMap<string, readonly { readonly link: LinkId; readonly rest: string }[]>;
}

/** What leads to each goal; nothing to one that is undefined. Yields now and then, for a caller that shows progress. */
export function* leadsTo(
  atlas: Atlas,
  goals: readonly (Goal | undefined)[],
): Generator<void, readonly (readonly Lead[])[]> {
  const trails = yield* follow(
    atlas,
    goals.filter((goal) => goal !== undefined),
  );
  return goals.map((goal) => (goal ? leadsOf(atlas, trails, goal) : []));
}

function* follow(atlas: Atlas, goals: readonly Goal[]): Generator<void, Trails> {
  const entering = new Map<Spot, LinkId[]>();
  const stopping = new Map<string, { link: LinkId; rest: string }[]>();
  for (const goal of goals) {
    if (goal.kind === 'dir') entering.set(atlas.same(goal.spot), []);
    if (goal.kind === 'missing') stopping.set(entryKey(atlas, goal.entry), []);
    if (goal.kind === 'file') for (const name of goal.names) stopping.set(entryKey(atlas, name), []);
  }
  const uses = new Map<LinkId, Use[]>();
  const passed = new Map<LinkId, readonly LinkId[]>();
  // Links outside of the census are followed as they are met.
  const links: LinkId[] = Array.from({ length: atlas.census.links.count }, (_, row) => row);
  const met = new Set<LinkId>();
  for (let i = 0; i < links.length; i++) {
    if (i % 4096 === 4095) yield;
    const link = links[i] as LinkId;
    const steps = atlas.steps(link);
    let before = atlas.dirOf(link);
    const end = entering.size > 0 ? atlas.endOf(link) : undefined;
    for (const spot of end === undefined ? steps.spots : [...steps.spots, end]) {
      const goal = atlas.same(spot);
      const found = entering.get(goal);
      // A text that starts inside, or comes up from there, would not notice a change of the goal's name.
      if (found && found.at(-1) !== link && !atlas.isWithin(before, goal)) found.push(link);
      before = spot;
    }
    const { last } = steps;
    if (last && last.link === undefined) stopping.get(entryKey(atlas, last))?.push({ link, rest: last.rest });
    if (steps.links.length > 0) passed.set(link, steps.links);
    for (const [at, other] of steps.links.entries()) {
      const isLast = other === last?.link && at === steps.links.length - 1;
      const known = uses.get(other);
      const use = { by: link, rest: isLast ? last.rest : undefined };
      if (known) known.push(use);
      else uses.set(other, [use]);
      if (other >= 0 || met.has(other)) continue;
      met.add(other);
      links.push(other);
    }
  }
  return { links, uses, passed, entering, stopping };
}

const leadsOf = (atlas: Atlas, trails: Trails, goal: Goal): readonly Lead[] => {
  switch (goal.kind) {
    case 'dir': {
      const spot = atlas.same(goal.spot);
      const outside = trails.links.filter((link) => link < 0 && leadsToSpot(atlas, link, spot));
      const ending = endingLike(trails, [...arriving(atlas.census, goal.stat), ...outside]);
      return answer(trails, ending, reaching(trails, trails.entering.get(spot) ?? [], passes));
    }
    case 'file': {
      const all = endingLike(trails, arriving(atlas.census, goal.stat));
      // Not with a slash after it, which wants a directory.
      const ending = new Set([...all].filter((link) => link < 0 || atlas.census.endOf(link) !== 'not-a-directory'));
      const asDirectory = goal.names.flatMap((name) => trails.stopping.get(entryKey(atlas, name)) ?? []);
      const starts = [...ending, ...asDirectory.map(({ link }) => link)];
      return answer(trails, ending, reaching(trails, starts, passes));
    }
    case 'link': {
      const named = goal.names.map(({ spot, name }) => atlas.linkAt(spot, name));
      const names = new Set(named.filter((link) => link !== undefined).map((link) => atlas.sameLink(link)));
      const own = new Set(trails.links.filter((link) => names.has(atlas.sameLink(link))));
      return answer(trails, usersOf(atlas, trails, own, endsThere), usersOf(atlas, trails, own, passes), own);
    }
    case 'missing':
      return leadsToMissing(atlas, trails, goal);
  }
};

type Counts = (use: Use) => boolean;

const endsThere: Counts = ({ rest }) => rest === '';
const passes: Counts = () => true;

/** Links that end where others do, also where the kernel gives up since they are too many. */
const endingLike = (trails: Trails, links: Iterable<LinkId>): ReadonlySet<LinkId> => reaching(trails, links, endsThere);

/** All links whose way goes through a name of a link; another name of it too, where its text comes to that one from there. */
const usersOf = (atlas: Atlas, { uses }: Trails, own: ReadonlySet<LinkId>, counts: Counts): ReadonlySet<LinkId> => {
  // From which names a link is reached, each one once, wherever it is seen: of two at least one is not its own.
  const origins = new Map<LinkId, Set<LinkId>>();
  const waiting = [...own].map((link) => ({ link, origin: atlas.sameLink(link) }));
  for (const { link, origin } of waiting)
    for (const use of uses.get(link) ?? []) {
      const known = origins.get(use.by) ?? new Set();
      if (!counts(use) || known.size === 2 || known.has(origin)) continue;
      origins.set(use.by, known.add(origin));
      waiting.push({ link: use.by, origin });
    }
  const isLead = (link: LinkId, from: ReadonlySet<LinkId>): boolean =>
    !own.has(link) || [...from].some((origin) => origin !== atlas.sameLink(link));
  return new Set([...origins].flatMap(([link, from]) => (isLead(link, from) ? [link] : [])));
};

const leadsToSpot = (atlas: Atlas, link: LinkId, spot: Spot): boolean => {
  const end = atlas.endOf(link);
  return end !== undefined && atlas.same(end) === spot;
};

/** Good links of the census that lead to an inode. */
function* arriving({ links, devices }: Census, { dev, ino }: Identity): Iterable<LinkId> {
  const device = devices.indexOf(dev);
  const low = Number(ino & 0xffffffffn);
  const high = Number(ino >> 32n);
  const { words, width, count } = links;
  for (let link = 0; link < count; link++) {
    const at = link * width;
    if (words[at + linkField.inoLow] !== low || words[at + linkField.inoHigh] !== high) continue;
    if (words[at + linkField.device] === device && (words[at + linkField.state]! & 0xff) === found) yield link;
  }
}

/** `ending` are the links that end at the goal; `passing` those and the ones that pass it; `own` the goal, if that is a link. */
const answer = (
  { passed }: Trails,
  ending: ReadonlySet<LinkId>,
  passing: ReadonlySet<LinkId>,
  own: ReadonlySet<LinkId> = new Set(),
): readonly Lead[] => {
  const leads: Lead[] = [];
  for (const link of ending) {
    if (link < 0) continue;
    const via = (passed.get(link) ?? []).filter((other) => !own.has(other));
    leads.push({ link, way: via.length > 0 ? 'through' : 'direct', via });
  }
  const leading = (link: LinkId): boolean => (ending.has(link) || passing.has(link)) && !own.has(link);
  for (const link of passing)
    if (link >= 0 && !ending.has(link))
      leads.push({ link, way: 'passing', via: (passed.get(link) ?? []).filter(leading) });
  return leads;
};

/** `starts` and all links whose way goes through one of them. */
const reaching = ({ uses }: Trails, starts: Iterable<LinkId>, counts: Counts): ReadonlySet<LinkId> => {
  const reached = new Set(starts);
  // A Set goes on with what is added meanwhile.
  for (const link of reached) for (const use of uses.get(link) ?? []) if (counts(use)) reached.add(use.by);
  return reached;
};

/** A dangling link that goes through another one gets to what that one lacks, and adds what is left of its own text. */
const leadsToMissing = (
  atlas: Atlas,
  { uses, passed, stopping }: Trails,
  { entry, rest: wanted }: Extract<Goal, { readonly kind: 'missing' }>,
): readonly Lead[] => {
  const reached = new Map((stopping.get(entryKey(atlas, entry)) ?? []).map(({ link, rest }) => [link, rest]));
  for (const [link, rest] of reached)
    for (const use of uses.get(link) ?? [])
      if (use.rest !== undefined && !reached.has(use.by)) reached.set(use.by, join(rest, use.rest));
  const leads: Lead[] = [];
  for (const [link, rest] of reached) {
    const via = passed.get(link) ?? [];
    if (link < 0) continue;
    if (rest === wanted) leads.push({ link, way: via.length > 0 ? 'through' : 'direct', via });
    else if (wanted === '' || rest.startsWith(`${wanted}/`)) leads.push({ link, way: 'passing', via });
  }
  return leads;
};

const entryKey = (atlas: Atlas, { spot, name }: Entry): string => `${atlas.same(spot)}/${name}`;

const join = (path: string, rest: string): string => (path === '' || rest === '' ? path + rest : `${path}/${rest}`);
