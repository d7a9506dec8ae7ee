/** Many random trees, and on each the atlas against `trace`, link by link. Runs in a process of its own. */
import { Fault } from '../../src/fs/fault.ts';
import type { Fs, Handle } from '../../src/fs/fs.ts';
import { identityKey } from '../../src/fs/identity.ts';
import { inTheWayOf, missingOf } from '../../src/jobs/check/missing-of.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { readMounts } from '../../src/kernel/mounts.ts';
import { kernelProbe } from '../../src/kernel/probe.ts';
import { Atlas, type LinkId, type Spot } from '../../src/scan/atlas.ts';
import type { Census, Level } from '../../src/scan/census.ts';
import { type Goal, type Lead, leadsTo } from '../../src/scan/leads.ts';
import { settle } from '../../src/scan/settle.ts';
import { Walk } from '../../src/scan/walk.ts';
import type { Route } from '../../src/trace/route.ts';
import { type Place, trace } from '../../src/trace/trace.ts';
import { nobody, openPlace } from '../scratch.ts';
import { type Random, random } from './random.ts';
import { buildTree, type Item, randomPath, randomTree, removeTree, type Tree } from './random-tree.ts';

export interface Campaign {
  readonly seed: number;
  readonly trees: number;
  /** An empty directory, but for `fixed`: the root of all texts. */
  readonly root: string;
  readonly fixed: readonly string[];
  /** Directories of it that can be seen under another name, and that name. */
  readonly aliases: readonly (readonly [name: string, other: string])[];
  /** Look at the trees, which it then owns, as a user without rights. */
  readonly unprivileged: boolean;
}

export interface Tally {
  trees: number;
  /** Links by how they end. */
  readonly links: Record<string, number>;
  /** Links that lead to one of the paths that were asked about, by the way they do. */
  readonly leads: Record<string, number>;
}

/** What is scanned of a tree, and asked about it. */
interface Scan {
  /** Directories, without a leading slash. */
  readonly roots: readonly string[];
  readonly excluded: string | undefined;
  readonly goals: readonly string[];
}

/** Runs a campaign. Throws at the first mismatch, with the smallest tree that still shows it. */
export const runCampaign = (campaign: Campaign): Tally => {
  process.umask(0);
  if (campaign.unprivileged && process.geteuid?.() === 0) {
    process.setgroups?.([]);
    process.setgid?.(nobody);
    process.setuid?.(nobody);
  }
  using place = openPlace(campaign.root);
  const root: Place = { handle: place.handle, path: '/' };
  const probe = kernelProbe();
  const tally: Tally = { trees: 0, links: {}, leads: {} };
  const attempt = (tree: Tree, scan: Scan, counted?: Tally): string | undefined => {
    buildTree(kernel, root.handle, campaign.root, tree, process.geteuid?.() === 0);
    try {
      return firstMismatch(root, probe, scan, counted);
    } finally {
      removeTree(kernel, root.handle, campaign.root, tree);
    }
  };
  for (let i = 0; i < campaign.trees; i++) {
    const seed = (campaign.seed + i) >>> 0;
    const dice = random(seed);
    const tree = withAliases(dice, randomTree(dice, campaign.fixed), campaign.aliases);
    const scan = randomScan(dice, tree, campaign);
    const wrong = attempt(tree, scan, tally);
    if (wrong !== undefined) throw new Error(`seed ${seed}: ${smallest(tree, scan, wrong, attempt)}`);
    tally.trees++;
  }
  return tally;
};

/** Lets some texts take the other name. */
const withAliases = (dice: Random, { items }: Tree, aliases: Campaign['aliases']): Tree => ({
  items: items.map((item) => {
    if (item.kind !== 'link' || aliases.length === 0 || dice.oneIn(2)) return item;
    const [name, other] = dice.pick(aliases);
    const text = name === '' ? item.text.replace(/^\//, `/${other}/`) : item.text.replace(`${name}/`, `${other}/`);
    return { ...item, text };
  }),
});

const randomScan = (dice: Random, { items }: Tree, { fixed, aliases }: Campaign): Scan => {
  const others = aliases.map(([, other]) => other);
  const dirs = [...fixed, ...others, ...items.filter(({ kind }) => kind === 'dir').map(({ path }) => path)];
  const known = items.map(({ path }) => path);
  return {
    roots: dice.oneIn(3) ? Array.from({ length: 1 + dice.below(2) }, () => dice.pick(dirs)) : [''],
    excluded: dice.oneIn(4) ? dice.pick(['a', 'b', 'c', 'd']) : undefined,
    goals: Array.from({ length: 4 }, () => randomPath(dice, '', known)),
  };
};

const scanned = (
  root: Place,
  probe: ReturnType<typeof kernelProbe>,
  level: Level,
  { roots, excluded }: Scan,
): Atlas => {
  using held = new DisposableStack();
  using walk = new Walk(probe, {
    level,
    root: root.handle,
    ...(excluded !== undefined && { excludes: (path: string) => path.split('/').includes(excluded) }),
  });
  for (const path of roots) {
    const handle = kernel.open(root.handle, path || '.', { access: 'read', directory: true });
    if (!(handle instanceof Fault)) walk.addRoot(held.use(handle), { path: `/${path}`, physical: `/${path}` });
  }
  while (!walk.step(1000)) {}
  const atlas = new Atlas(walk.census, kernel, root);
  for (const _ of settle(atlas, kernel, root, []));
  return atlas;
};

const firstMismatch = (
  root: Place,
  probe: ReturnType<typeof kernelProbe>,
  scan: Scan,
  tally?: Tally,
): string | undefined => {
  const { goals } = scan;
  const atlas = scanned(root, probe, 'symlinks', scan);
  const { census } = atlas;
  const byEnds = scanned(root, probe, 'ends', scan);
  const routes: Traced[] = [];
  for (let link = 0; link < census.links.count; link++) {
    const traced = traceLink(root, census, link);
    if (traced === undefined) continue;
    routes[link] = traced;
    const { kind } = traced.route.end;
    if (tally) tally.links[kind] = (tally.links[kind] ?? 0) + 1;
    const wrong = compareLink(root, atlas, link, traced) ?? compareBroken(byEnds, census, link, traced);
    if (wrong !== undefined) return `${census.linkPhysicalPath(link)} -> ${census.link(link).text}: ${wrong}`;
  }
  return goals.map((path) => compareLeads(root, atlas, routes, path, tally)).find((wrong) => wrong !== undefined);
};

interface Traced {
  readonly route: Route;
  /** The directories that a name of a text was looked up in, in order. */
  readonly lookups: readonly Lookup[];
}

interface Lookup {
  readonly key: string;
  /** Where the directory is, by the kernel's word. */
  readonly path: string;
}

/** The route of a link from its own directory, and every lookup on the way. */
const traceLink = (root: Place, census: Census, link: LinkId): Traced | undefined => {
  const path = census.linkPhysicalPath(link);
  const slash = path.lastIndexOf('/');
  const dir = kernel.open(root.handle, path.slice(1, slash) || '.', { access: 'path', directory: true });
  if (dir instanceof Fault) return undefined;
  using handle = dir;
  const lookups: Lookup[] = [];
  const watched: Fs = {
    ...kernel,
    open(at, name, how) {
      // With `resolve` it is not a step but a question on the side.
      if (!how.resolve) lookups.push(lookupIn(root, at));
      return kernel.open(at, name, how);
    },
  };
  const from = { handle, path: path.slice(0, slash) || '/' };
  const followingMounts = new Set(readMountIds());
  const route = trace(watched, path.slice(slash + 1), { from, root, followingMounts });
  // The first is for the link itself.
  return { route, lookups: lookups.slice(1) };
};

let mountIds: readonly number[] | undefined;
const readMountIds = (): readonly number[] => (mountIds ??= readMounts().map(({ id }) => id));

const lookupIn = (root: Place, at: Handle): Lookup => {
  const stat = kernel.stat(at, '');
  const [top, path] = [root.handle, at].map(({ fd }) => kernel.readlink(kernel.cwd, `/proc/self/fd/${fd}`));
  if (stat instanceof Fault || typeof top !== 'string' || typeof path !== 'string')
    throw new Error('no answer from /proc');
  return { key: identityKey(stat), path: path.slice(top.length) || '/' };
};

const identityAt = (root: Place, path: string): string => {
  const stat = kernel.stat(root.handle, path.slice(1));
  return stat instanceof Fault ? stat.errno : identityKey(stat);
};

const compareLink = (root: Place, atlas: Atlas, link: LinkId, { route, lookups }: Traced): string | undefined => {
  const { hops, end } = route;
  // Where the kernel gives up, the atlas may still know how it would go on.
  const cut = end.kind === 'permission' || end.kind === 'too-many-links' || end.kind === 'loop';
  // `trace` stops after 40 links, where a longer cycle does not show yet.
  const known = atlas.census.endOf(link);
  if (known !== end.kind && !(known === 'loop' && end.kind === 'too-many-links'))
    return `ends ${known}, not ${end.kind}`;
  const passed = allPassed(atlas, link);
  const links = new Set([...passed].map((each) => atlas.linkPath(each)));
  const wrongLinks = difference(links, new Set(hops.map((hop) => hop.link)), cut);
  if (wrongLinks) return `links: ${wrongLinks}`;
  const spots = [...passed].flatMap((each) => atlas.steps(each).spots);
  const dirs = new Set(spots.map((spot) => identityAt(root, atlas.pathOf(spot))));
  // Without permission to search, a path does not tell what it names.
  const wrongDirs = dirs.has('EACCES') ? undefined : difference(dirs, new Set(lookups.map(({ key }) => key)), cut);
  if (wrongDirs) return `directories: ${wrongDirs}`;
  if (end.kind === 'missing') return compareStop(atlas, link, end);
  if (end.kind !== 'found') return undefined;
  if (atlas.hops(link) !== hops.length) return `${atlas.hops(link)} hops, not ${hops.length}`;
  const spot = atlas.endOf(link);
  const path = spot === undefined ? undefined : atlas.pathOf(spot);
  const wanted = end.stat.kind === 'dir' ? end.path : undefined;
  return path === wanted ? undefined : `leads to the directory ${path}, not ${wanted}`;
};

/** Without the texts of good links, what is told of a broken one must be the same, if anything is told. */
const compareBroken = (atlas: Atlas, full: Census, link: number, { route: { end } }: Traced): string | undefined => {
  const [kind, wanted] = [atlas.census.endOf(link), full.endOf(link)];
  if (kind !== wanted) return `by ends alone it is ${kind}, not ${wanted}`;
  const got = kind === 'missing' ? missingOf(atlas, link)?.path : inTheWay(atlas, link);
  if (got !== undefined && 'path' in end && got !== end.path)
    return `by ends alone it stops at ${got}, not ${end.path}`;
  const [text, read] = [atlas.census.strings.at(atlas.textAt(link)), full.strings.at(full.textAt(link))];
  return Buffer.compare(text, read) === 0 ? undefined : `by ends alone its text is ${text}`;
};

const inTheWay = (atlas: Atlas, link: number): string | undefined =>
  atlas.census.endOf(link) === 'not-a-directory' ? inTheWayOf(atlas, link) : undefined;

/** A link and all that are followed with it. */
const allPassed = (atlas: Atlas, link: LinkId): ReadonlySet<LinkId> => {
  const passed = new Set([link]);
  for (const each of passed) for (const next of atlas.steps(each).links) passed.add(next);
  return passed;
};

const difference = (got: Set<string>, wanted: Set<string>, moreIsFine: boolean): string | undefined => {
  const less = [...wanted].filter((each) => !got.has(each));
  const more = [...got].filter((each) => !wanted.has(each));
  if (less.length === 0 && (moreIsFine || more.length === 0)) return undefined;
  return `${less.length > 0 ? `lacks ${less} ` : ''}${more.length > 0 ? `has ${more} too` : ''}`;
};

/** Where a dangling link stops. */
const compareStop = (
  atlas: Atlas,
  link: LinkId,
  end: { readonly path: string; readonly rest: string },
): string | undefined => {
  const rests: string[] = [];
  for (let at = link; ; ) {
    const { last } = atlas.steps(at);
    if (!last) return `stops nowhere, not at ${end.path}`;
    rests.unshift(last.rest);
    if (last.link !== undefined) {
      at = last.link;
      continue;
    }
    const got = [below(atlas.pathOf(last.spot), last.name), rests.filter((rest) => rest !== '').join('/')];
    const wanted = [end.path, end.rest];
    return got.join(' + ') === wanted.join(' + ') ? undefined : `stops at ${got}, not ${wanted}`;
  }
};

const below = (dir: string, name: string): string => (dir === '/' ? `/${name}` : `${dir}/${name}`);

/** What leads to a path, by the atlas and by the routes of all links. */
const compareLeads = (
  root: Place,
  atlas: Atlas,
  routes: readonly Traced[],
  path: string,
  tally?: Tally,
): string | undefined => {
  const { end } = trace(kernel, path, { from: root, root, last: 'stay' });
  const goal = goalOf(atlas, end);
  if (!goal) return undefined;
  const work = leadsTo(atlas, [goal]);
  let step = work.next();
  while (!step.done) step = work.next();
  const got = new Map(step.value[0]?.map(({ link, way }) => [link, way]));
  for (const [link, traced] of routes.entries()) {
    if (traced === undefined) continue;
    const { kind } = traced.route.end;
    if (kind === 'permission' || kind === 'too-many-links' || kind === 'loop' || kind === 'unknown') continue;
    const wanted = wayOf(root, atlas, goal, end, link, traced);
    if (tally && wanted) tally.leads[`${goal.kind} ${wanted}`] = (tally.leads[`${goal.kind} ${wanted}`] ?? 0) + 1;
    if (got.get(link) !== wanted)
      return `${atlas.linkPath(link)} -> ${atlas.census.link(link).text} to ${path}: ${got.get(link)}, not ${wanted}`;
  }
  return undefined;
};

const entryOf = (atlas: Atlas, path: string): { readonly spot: Spot; readonly name: string } | undefined => {
  const slash = path.lastIndexOf('/');
  const spot = atlas.spotAt(path.slice(0, slash) || '/');
  return spot === undefined ? undefined : { spot, name: path.slice(slash + 1) };
};

const goalOf = (atlas: Atlas, end: Route['end']): Goal | undefined => {
  if (end.kind !== 'found' && end.kind !== 'missing') return undefined;
  if (end.kind === 'found' && end.stat.kind === 'dir') {
    const spot = atlas.spotAt(end.path);
    return spot === undefined ? undefined : { kind: 'dir', spot, stat: end.stat };
  }
  const entry = entryOf(atlas, end.path);
  if (!entry) return undefined;
  if (end.kind === 'missing') return { kind: 'missing', entry, rest: end.rest };
  return end.stat.kind === 'symlink'
    ? { kind: 'link', names: [entry] }
    : { kind: 'file', stat: end.stat, names: [entry] };
};

/** The way in which a link leads to a goal, as its route tells. */
const wayOf = (
  root: Place,
  atlas: Atlas,
  goal: Goal,
  asked: Route['end'],
  link: LinkId,
  { route: { hops, end }, lookups }: Traced,
): Lead['way'] | undefined => {
  const atGoal = (path: string): boolean => 'path' in asked && identityAt(root, path) === identityAt(root, asked.path);
  const byLinks = hops.length > 1 ? 'through' : 'direct';
  switch (goal.kind) {
    case 'dir': {
      if (end.kind === 'found' && atGoal(end.path)) return byLinks;
      const key = identityAt(root, atlas.pathOf(goal.spot));
      const places = [atlas.pathOf(atlas.dirOf(link)), ...lookups.map((lookup) => lookup.path)];
      const enters = lookups.some((lookup, i) => lookup.key === key && !isWithin(root, places[i] as string, key));
      return enters ? 'passing' : undefined;
    }
    case 'file':
      if (end.kind === 'found') return atGoal(end.path) ? byLinks : undefined;
      return end.kind === 'not-a-directory' && atGoal(end.path) ? 'passing' : undefined;
    case 'link': {
      const uses = hops.map((hop) => atGoal(hop.link));
      if (uses[0]) return undefined;
      const last = hops.findLastIndex((hop, i) => uses[i] && hop.last);
      // A route does not tell whose text led through a link: where the goal comes twice, the steps do.
      const before =
        last > uses.indexOf(true)
          ? atlas.steps(link).links.map((each) => atGoal(atlas.linkPath(each)))
          : uses.slice(1, last);
      if (last > 0) return before.every((use) => use) ? 'direct' : 'through';
      return uses.includes(true) ? 'passing' : undefined;
    }
    case 'missing': {
      if (end.kind !== 'missing' || asked.kind !== 'missing') return undefined;
      const parent = identityAt(root, asked.parent) === identityAt(root, end.parent);
      if (!parent || asked.name !== end.name) return undefined;
      if (end.rest === asked.rest) return byLinks;
      return asked.rest === '' || end.rest.startsWith(`${asked.rest}/`) ? 'passing' : undefined;
    }
  }
};

/** Whether a directory is, or lies in, the one with an identity. */
const isWithin = (root: Place, path: string, key: string): boolean => {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    if (identityAt(root, at) === key) return true;
    if (at === '/') return false;
  }
};

/** Drops what it can from the tree while the mismatch stays, and says what is left. */
const smallest = (
  { items }: Tree,
  scan: Scan,
  wrong: string,
  attempt: (tree: Tree, scan: Scan) => string | undefined,
): string => {
  let left: readonly Item[] = items;
  let mismatch = wrong;
  for (let shrunk = true; shrunk; ) {
    shrunk = false;
    for (const item of left) {
      const without = left.filter(({ path }) => path !== item.path && !path.startsWith(`${item.path}/`));
      const still = attempt({ items: without }, scan);
      if (still === undefined) continue;
      [left, mismatch, shrunk] = [without, still, true];
      break;
    }
  }
  return [mismatch, JSON.stringify(scan), ...left.map((item) => `  ${JSON.stringify(item)}`)].join('\n');
};
