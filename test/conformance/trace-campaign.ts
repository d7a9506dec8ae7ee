/** Many random trees, and `trace` against the kernel on each. Runs in a process of its own. */
import { encodeBytes } from '../../src/fs/bytes.ts';
import { Fault } from '../../src/fs/fault.ts';
import type { Handle } from '../../src/fs/fs.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { allocate, syscall } from '../../src/kernel/libc.ts';
import { maxLinks, type Route } from '../../src/trace/route.ts';
import { trace } from '../../src/trace/trace.ts';
import { nobody, openPlace } from '../scratch.ts';
import { random } from './random.ts';
import { buildTree, type Item, randomPath, randomTree, removeTree, type Tree } from './random-tree.ts';

export interface Campaign {
  readonly seed: number;
  readonly trees: number;
  /** An empty directory, but for `fixed`. */
  readonly root: string;
  readonly fixed: readonly string[];
  /**
   * Make the root that of this process, by chroot(2), so that a path can start in any directory;
   * otherwise RESOLVE_IN_ROOT confines, and every path starts at the root.
   */
  readonly chroot: boolean;
  /** Look at the trees, which it then owns, as a user without rights. */
  readonly unprivileged: boolean;
}

export interface Tally {
  trees: number;
  paths: number;
  /** Paths by how they end. */
  readonly ends: Record<string, number>;
  /** Paths that took exactly 40 links, the most that pass. */
  fortyLinks: number;
}

/** A path that is asked about, and from where. */
interface Query {
  readonly from: string;
  readonly path: string;
  readonly last: 'follow' | 'stay';
  /** RESOLVE_IN_ROOT, with `from` as the root. */
  readonly confined: boolean;
}

const queriesPerTree = 14;

/** Runs a campaign. Throws at the first mismatch, with the smallest tree that still shows it. */
export const runCampaign = (campaign: Campaign): Tally => {
  const rootPath = enter(campaign);
  using place = openPlace(rootPath);
  const root = place.handle;
  const tally: Tally = { trees: 0, paths: 0, ends: {}, fortyLinks: 0 };
  for (let i = 0; i < campaign.trees; i++) {
    const seed = (campaign.seed + i) >>> 0;
    const dice = random(seed);
    const tree = randomTree(dice, campaign.fixed);
    const queries = Array.from({ length: queriesPerTree }, () => randomQuery(dice, tree, campaign));
    buildTree(kernel, root, rootPath, tree, process.geteuid?.() === 0);
    const wrong = firstMismatch(root, queries, tally);
    removeTree(kernel, root, rootPath, tree);
    if (wrong) throw new Error(explain(seed, root, rootPath, tree, wrong));
    tally.trees++;
  }
  return tally;
};

/** Everything is loaded by now: the process can leave its root and its rights behind. */
const enter = ({ root, chroot, unprivileged }: Campaign): string => {
  process.umask(0);
  if (chroot) {
    process.chdir(root);
    const number = process.arch === 'arm64' ? 51 : 161;
    const here = allocate(8);
    here.bytes.set(encodeBytes('.'));
    if (syscall(number, here.address, 0, 0, 0, 0) < 0) throw new Error(`chroot(2) to ${root} failed`);
    process.chdir('/');
  }
  if (unprivileged && process.geteuid?.() === 0) {
    process.setgroups?.([]);
    process.setgid?.(nobody);
    process.setuid?.(nobody);
  }
  return chroot ? '/' : root;
};

const firstMismatch = (root: Handle, queries: readonly Query[], tally?: Tally): Mismatch | undefined => {
  for (const query of queries) {
    const mismatch = compare(root, query, tally);
    if (mismatch) return mismatch;
  }
  return undefined;
};

interface Mismatch {
  readonly query: Query;
  readonly kernel: string;
  readonly trace: string;
  readonly route: Route;
}

const compare = (root: Handle, query: Query, tally?: Tally): Mismatch | undefined => {
  const start = query.from === '' ? undefined : kernel.open(root, query.from, { access: 'path', directory: true });
  // Behind a directory that this user may not search: nothing can start there.
  if (start instanceof Fault) return undefined;
  using from = start;
  const at = from ?? root;
  const place = { handle: at, path: `/${query.from}` };
  const confined = { handle: at, path: '/' };
  const route = query.confined
    ? trace(kernel, query.path, { from: confined, root: confined, last: query.last })
    : trace(kernel, query.path, { from: place, root: { handle: root, path: '/' }, last: query.last });
  const got = traceAnswer(route);
  let wanted = kernelAnswer(at, query);
  // A rename or mount elsewhere makes the kernel walk again, and links of the first time still count.
  for (let again = 0; wanted === 'ELOOP' && wanted !== got && again < 99; again++) wanted = kernelAnswer(at, query);
  if (tally) count(tally, route);
  const untrue = wanted === got ? untruePath(query.confined ? at : root, route) : undefined;
  if (wanted === got && untrue === undefined) return undefined;
  return { query, kernel: wanted, trace: untrue ?? got, route };
};

const kernelAnswer = (at: Handle, { path, last, confined }: Query): string => {
  for (;;) {
    const resolve = confined ? { resolve: { inRoot: true } } : {};
    const opened = kernel.open(at, path, { access: 'path', nofollow: last === 'stay', ...resolve });
    // A rename or mount anywhere on the machine makes a confined `..` uncertain (openat2(2)).
    if (opened instanceof Fault && opened.errno === 'EAGAIN') continue;
    if (opened instanceof Fault) return opened.errno;
    using handle = opened;
    return answerOf(kernel.stat(handle, ''));
  }
};

const traceAnswer = ({ end }: Route): string => (end.kind === 'found' ? answerOf(end.stat) : end.errno);

const answerOf = (stat: ReturnType<typeof kernel.stat>): string =>
  stat instanceof Fault ? stat.errno : `device ${stat.dev} inode ${stat.ino} mount ${stat.mountId}`;

/** A physical path in the answer that is not one: it must lead to what it stands for, without links. */
const untruePath = (root: Handle, { hops, end }: Route): string | undefined => {
  const claims = hops.map(({ link, stat }) => ({ path: link, stat }));
  if (end.kind === 'found') claims.push(end);
  for (const { path, stat } of claims) {
    const relative = path.replace(/^\/+/, '') || '.';
    const reached = kernel.open(root, relative, { access: 'path', nofollow: true, resolve: { noSymlinks: true } });
    if (reached instanceof Fault && reached.errno === 'EACCES') continue;
    if (reached instanceof Fault) return `the path ${path} is ${reached.errno}`;
    using handle = reached;
    const found = answerOf(kernel.stat(handle, ''));
    if (found !== answerOf(stat)) return `the path ${path} is ${found}`;
    if (/(^|\/)\.\.?(\/|$)/.test(path)) return `the path ${path} is not physical`;
  }
  return hops.length > maxLinks ? `${hops.length} hops` : undefined;
};

const count = (tally: Tally, { hops, end }: Route): void => {
  tally.paths++;
  tally.ends[end.kind] = (tally.ends[end.kind] ?? 0) + 1;
  if (hops.length === maxLinks && end.kind === 'found') tally.fortyLinks++;
};

const randomQuery = (dice: ReturnType<typeof random>, { items }: Tree, { chroot, fixed }: Campaign): Query => {
  const last = dice.oneIn(4) ? 'stay' : 'follow';
  const dirs = ['', ...fixed, ...items.filter(({ kind }) => kind === 'dir').map(({ path }) => path)];
  const from = dice.oneIn(2) ? dice.pick(dirs) : '';
  const known = items.map((item) => item.path);
  // A chain has 40 links more or less: its start and the next few are where it matters.
  const chain = known.filter((path) => /(^|\/)h[0-3]$/.test(path));
  const towards = chain.length > 0 && dice.oneIn(2) ? chain : known;
  const path = dice.oneIn(400) ? longPath(dice) : randomPath(dice, from, towards);
  return { from, path, last, confined: !chroot || dice.oneIn(3) };
};

/** Around the most bytes that a path may have. */
const longPath = (dice: ReturnType<typeof random>): string => '././a/..//'.repeat(410).slice(0, 4094 + dice.below(3));

/** Drops what it can from the tree while the mismatch stays, and says what is left. */
const explain = (seed: number, root: Handle, rootPath: string, tree: Tree, wrong: Mismatch): string => {
  const attempt = (items: readonly Item[]): Mismatch | undefined => {
    const smaller = { items };
    buildTree(kernel, root, rootPath, smaller, process.geteuid?.() === 0);
    const mismatch = firstMismatch(root, [wrong.query]);
    removeTree(kernel, root, rootPath, smaller);
    return mismatch;
  };
  let { items } = tree;
  let mismatch = wrong;
  for (let shrunk = true; shrunk; ) {
    shrunk = false;
    for (const item of items) {
      const without = items.filter(({ path }) => path !== item.path && !path.startsWith(`${item.path}/`));
      const still = without.length < items.length ? attempt(without) : undefined;
      if (!still) continue;
      [items, mismatch, shrunk] = [without, still, true];
      break;
    }
  }
  const show = (value: unknown): string =>
    JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}` : each));
  return [
    `seed ${seed}: ${show(mismatch.query)}`,
    ...items.map((item) => `  ${show(item)}`),
    `kernel: ${mismatch.kernel}`,
    `trace:  ${mismatch.trace}`,
    `route:  ${show(mismatch.route)}`,
  ].join('\n');
};
