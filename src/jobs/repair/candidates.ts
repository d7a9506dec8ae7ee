import { Fault } from '../../fs/fault.ts';
import { identityKey } from '../../fs/identity.ts';
import { basename, dirname, join } from '../../fs/path.ts';
import type { Stat } from '../../fs/stat.ts';
import { bornOf, type Known } from '../../scan/memory/memory.ts';
import { nearNames } from '../../trace/near-names.ts';
import { trace } from '../../trace/trace.ts';
import { type Candidate, type Evidence, isProven, type Lead, proves, rankOf } from './candidate.ts';
import { type Find, type Finds, isTrash, type Quest } from './finds.ts';
import { groupLeads } from './group-leads.ts';
import { type Moved, movedTo } from './journal-moves.ts';
import { likeness } from './likeness.ts';
import type { Ward, Wound } from './wound.ts';

/** All that may tell where lost targets are. */
export interface Clues {
  readonly ward: Ward;
  readonly finds: Finds;
  readonly moves: readonly Moved[];
  /** Where version control says that a path went. */
  readonly renamed: (path: string) => { readonly path: string; readonly commit: string } | undefined;
  /** Half of the SHA-256 of a file, in hexadecimal. */
  readonly digest: (path: string) => string | undefined;
}

/** What the search for lost targets has to note. */
export const questOf = ({ memories }: Ward, wounds: readonly Wound[]): Quest => {
  const identities = new Map<string, { readonly dev: number; readonly ino: bigint }>();
  const want = (dev: number | undefined, ino: bigint): void => {
    if (dev !== undefined) identities.set(`${dev}:${ino}`, { dev, ino });
  };
  const names = new Set<string>();
  let everything = false;
  for (const { wanted, gap, was } of wounds) {
    names.add(basename(wanted));
    for (const memory of memories) {
      const link = memory.at(gap);
      if (link) want(link.linkDev, link.linkIno);
      const dir = memory.directoryAt(gap);
      if (dir) want(dir.dev, dir.ino);
    }
    if (!was) continue;
    const { target } = was;
    names.add(basename(target.path));
    want(target.dev, target.ino);
    for (const { dev, ino } of target.above) want(dev, ino);
    everything ||= target.contents !== undefined;
  }
  return { identities: [...identities.values()], names, everything };
};

/** What each dangling link may have led to, the best first. Yields now and then, for a caller that shows progress. */
export function* candidatesFor(
  clues: Clues,
  wounds: readonly Wound[],
): Generator<void, ReadonlyMap<Wound, readonly Candidate[]>> {
  const desk = new Desk(clues.ward);
  const all = new Map<Wound, readonly Candidate[]>();
  for (const [i, wound] of wounds.entries()) {
    if (i % 200 === 199) yield;
    all.set(
      wound,
      wound.because === undefined && wound.absent === undefined ? desk.assemble(wound, leads(clues, desk, wound)) : [],
    );
  }
  yield;
  for (const [wound, leads] of groupLeads(all, (path) => desk.lookUp(path)))
    all.set(wound, desk.assemble(wound, leads, all.get(wound)));
  return all;
}

/** Weaker evidence is not asked for where there is proof. */
function leads(clues: Clues, desk: Desk, wound: Wound): readonly Lead[] {
  const proofs = [
    ...byJournal(clues, desk, wound),
    ...byIdentity(clues, desk, wound),
    ...byContents(clues, desk, wound),
  ];
  if (proofs.some(({ evidence }) => proves(evidence))) return proofs;
  return [
    ...proofs,
    ...byLikeness(clues, wound),
    ...byGit(clues, wound),
    ...byNearName(desk, wound),
    ...byName(clues, wound),
  ];
}

/** What was looked up, once each. */
class Desk {
  readonly #ward: Ward;
  readonly #found = new Map<string, Stat | undefined>();
  readonly #entries = new Map<string, readonly string[]>();

  constructor(ward: Ward) {
    this.#ward = ward;
  }

  /** What a path from the root leads to. */
  lookUp(path: string): Stat | undefined {
    if (this.#found.has(path)) return this.#found.get(path);
    const { fs, root, absentVolumes } = this.#ward;
    const { end } = trace(fs, path, { from: root, root, absentVolumes });
    const stat = end.kind === 'found' ? end.stat : undefined;
    this.#found.set(path, stat);
    return stat;
  }

  /** The inode at a path, of a final link itself. */
  at(path: string): Stat | undefined {
    const { fs, root } = this.#ward;
    const stat = fs.stat(root.handle, path.slice(1) || '.');
    return stat instanceof Fault ? undefined : stat;
  }

  textOf(path: string): string | undefined {
    const { fs, root } = this.#ward;
    const text = fs.readlink(root.handle, path.slice(1));
    return text instanceof Fault ? undefined : text;
  }

  entries(path: string): readonly string[] {
    const known = this.#entries.get(path);
    if (known) return known;
    const { fs, root } = this.#ward;
    const opened = fs.open(root.handle, path.slice(1) || '.', { access: 'read', directory: true });
    let names: readonly string[] = [];
    if (!(opened instanceof Fault)) {
      using dir = opened;
      const entries = fs.entries(dir);
      if (!(entries instanceof Fault)) names = entries.map(({ name }) => name);
    }
    this.#entries.set(path, names);
    return names;
  }

  /** Leads that lead to something of the right kind, each file once, with all its evidence. */
  assemble(wound: Wound, leads: readonly Lead[], before: readonly Candidate[] = []): readonly Candidate[] {
    const files = new Map<string, { stat: Stat; leads: Lead[] }>();
    const add = (lead: Lead, stat: Stat): void => {
      const key = identityKey(stat);
      const known = files.get(key);
      if (known) known.leads.push(lead);
      else files.set(key, { stat, leads: [lead] });
    };
    for (const { path, stat, evidence } of before) for (const each of evidence) add({ path, evidence: each }, stat);
    for (const lead of leads) {
      const stat = lead.path === wound.wanted ? undefined : this.lookUp(lead.path);
      if (stat && fits(wound, stat)) add(lead, stat);
    }
    const order = (a: Lead, b: Lead): number =>
      rankOf(a.evidence) - rankOf(b.evidence) || likeness(b.path, wound.wanted) - likeness(a.path, wound.wanted);
    const candidates = [...files.values()].map(({ stat, leads }) => {
      const sorted = leads.toSorted(order);
      return { path: (sorted[0] as Lead).path, stat, evidence: distinct(sorted.map(({ evidence }) => evidence)) };
    });
    const size = wound.was?.target.kind === 'file' ? wound.was.target.size : undefined;
    const weight = ({ path, stat, evidence }: Candidate): readonly number[] => [
      rankOf(evidence[0] as Evidence),
      -evidence.length,
      size === undefined || stat.size === size ? 0 : 1,
      -likeness(path, wound.wanted),
    ];
    return candidates.toSorted((a, b) => compare(weight(a), weight(b)) || (a.path < b.path ? -1 : 1)).slice(0, most);
  }
}

/** Candidates that are kept of each link. */
const most = 12;

const compare = (a: readonly number[], b: readonly number[]): number => {
  for (let i = 0; i < a.length; i++) {
    const step = (a[i] as number) - (b[i] as number);
    if (step !== 0) return step;
  }
  return 0;
};

const distinct = (evidence: readonly Evidence[]): readonly Evidence[] =>
  evidence.filter((each, i) => evidence.findIndex(({ kind }) => kind === each.kind) === i);

/** A file in the place of a directory helps nobody. */
const fits = ({ was, text }: Wound, stat: Stat): boolean => {
  if (was) return (was.target.kind === 'dir') === (stat.kind === 'dir');
  return !text.endsWith('/') || stat.kind === 'dir';
};

function* byJournal({ moves }: Clues, desk: Desk, { wanted, was, stat }: Wound): Iterable<Lead> {
  if (moves.length === 0) return;
  // What was renamed before there was the link is no reason for it to dangle.
  const since = stat.btime === undefined ? 0 : Number(stat.btime / 1_000_000n);
  for (const path of new Set([wanted, was?.target.path ?? wanted])) {
    const moved = movedTo(moves, path, since);
    const there = moved && desk.lookUp(moved.path);
    if (!moved || !there) continue;
    const { seen } = moved.last;
    const top = moved.within === '' ? there : desk.at(moved.last.to);
    const isMoved =
      seen !== undefined && top?.dev === seen.dev && top.ino === seen.ino && (seen.btime ?? top.btime) === top.btime;
    const isTarget = was !== undefined && was.since !== 'text' && isSame(was.target, there);
    const certain = isTarget || (isMoved && stat.btime !== undefined);
    yield {
      path: moved.path,
      evidence: { kind: 'journal', plan: moved.last.plan, certain: certain && !isTrash(moved.path) },
    };
  }
}

function* byIdentity({ ward, finds }: Clues, desk: Desk, wound: Wound): Iterable<Lead> {
  const { was, wanted, gap, rest } = wound;
  const trusted = was !== undefined && was.since !== 'text';
  const inPlace = was && desk.at(was.target.path);
  const stays = was && inPlace && isSame(was.target, inPlace);

  // A link on the way that has another name now.
  for (const memory of ward.memories) {
    const link = memory.at(gap);
    if (!link) continue;
    for (const find of finds.withInode(link.linkDev, link.linkIno)) {
      if (find.kind !== 'symlink' || desk.textOf(find.path) !== link.text) continue;
      const path = rest === '' ? find.path : join(find.path, rest);
      const end = desk.lookUp(path);
      const certain = trusted && end !== undefined && isSame(was.target, end) && !isTrash(path);
      yield { path, evidence: { kind: 'identity', certain } };
    }
  }

  if (was && stays) {
    const moved = was.since === 'moved';
    yield {
      path: was.target.path,
      evidence: moved ? { kind: 'link-moved', from: was.path } : { kind: 'identity', certain: false },
    };
    return;
  }

  const directory = trusted ? movedDirectory(finds, desk, was.target.above) : gapDirectory(ward, finds, wound);
  const to = (path: string): string | undefined =>
    directory && path.startsWith(`${directory.from}/`) ? directory.to + path.slice(directory.from.length) : undefined;
  if (directory && !isTrash(directory.to))
    for (const path of new Set([wanted, was?.target.path ?? wanted])) {
      const there = path === directory.from ? directory.to : to(path);
      if (there !== undefined) yield { path: there, evidence: { kind: 'directory', ...directory } };
    }
  if (!was) return;

  const { target } = was;
  const names = finds
    .same(target)
    .filter((find) => find.kind === target.kind && (target.born !== 0 || isAlike(target, find)));
  const best = names.toSorted((a, b) => likeness(b.path, target.path) - likeness(a.path, target.path));
  const isAlone = best.length < 2 || likeness(best[0]!.path, target.path) > likeness(best[1]!.path, target.path);
  for (const [i, { path }] of best.entries()) {
    // One of several names may have been there all the time: then the file was not moved, a name of it was removed.
    const follows = path === to(target.path);
    const went = follows || (i === 0 && isAlone && !target.hadOtherNames);
    const evidence = { kind: 'identity', certain: trusted && went && !isTrash(path) } as const;
    const way = mapped(target.path, path, wanted);
    const end = way === undefined ? undefined : desk.lookUp(way);
    if (way !== undefined && end && isSame(target, end)) yield { path: way, evidence };
    else yield { path, evidence };
  }
}

/** The nearest directory above a target that is not in its place any more, and where it is now. */
const movedDirectory = (
  finds: Finds,
  desk: Desk,
  above: readonly (Known & { readonly path: string })[],
): { readonly from: string; readonly to: string } | undefined => {
  const [nearest] = above;
  if (!nearest || nearest.born === 0) return undefined;
  const there = desk.at(nearest.path);
  if (there && isKnown(nearest, there)) return undefined;
  const now = finds.same(nearest).filter(({ kind }) => kind === 'dir');
  return now.length === 1 ? { from: nearest.path, to: now[0]!.path } : undefined;
};

/** For a link that was never seen whole: the directory that is missing may have been seen. */
const gapDirectory = (
  { memories }: Ward,
  finds: Finds,
  { gap, was }: Wound,
): { readonly from: string; readonly to: string } | undefined => {
  if (was) return undefined;
  for (const memory of memories) {
    const known = memory.directoryAt(gap);
    const now = known && known.born !== 0 ? finds.same(known).filter(({ kind }) => kind === 'dir') : [];
    if (now.length === 1) return { from: gap, to: now[0]!.path };
  }
  return undefined;
};

/** File systems take times from a clock that stands still for some milliseconds. */
const clockTick = 20;

function* byContents({ finds, digest }: Clues, desk: Desk, { was }: Wound): Iterable<Lead> {
  if (!was || was.target.contents === undefined || was.target.size === 0) return;
  const { target, since, seen } = was;
  const same = finds.sized(target.size).filter(({ path }) => digest(path) === target.contents);
  const files = new Set(same.map(({ dev, ino }) => `${dev}:${ino}`));
  for (const { path } of same) {
    const born = desk.at(path)?.btime;
    // A copy that was there before is not where the file went.
    const isNew = born !== undefined && born > BigInt(seen - clockTick) * 1_000_000n;
    const certain = files.size === 1 && isNew && since !== 'text' && !isTrash(path);
    yield { path, evidence: { kind: 'contents', certain } };
  }
}

function* byLikeness({ finds }: Clues, { was }: Wound): Iterable<Lead> {
  if (was?.target.kind !== 'file' || was.target.size === 0) return;
  const { target } = was;
  for (const find of finds.named(basename(target.path)))
    if (find.kind === 'file' && find.size === target.size)
      yield { path: find.path, evidence: { kind: 'likeness', mtime: find.mtime === target.mtime } };
}

function* byGit({ renamed }: Clues, { wanted, was }: Wound): Iterable<Lead> {
  for (const path of new Set([wanted, was?.target.path ?? wanted])) {
    const now = renamed(path);
    if (now) yield { path: now.path, evidence: { kind: 'git', commit: now.commit } };
  }
}

function* byNearName(desk: Desk, { gap, rest }: Wound): Iterable<Lead> {
  const parent = dirname(gap);
  const name = basename(gap);
  const names = desk.entries(parent).filter((other) => other !== name);
  for (const other of nearNames(name, names).slice(0, most)) {
    const path = join(parent, other.name);
    yield {
      path: rest === '' ? path : join(path, rest),
      evidence: { kind: 'near', how: other.how, from: name, to: other.name },
    };
  }
}

function* byName({ finds }: Clues, { wanted, physical }: Wound): Iterable<Lead> {
  const found = finds.named(basename(wanted)).filter(({ path }) => path !== physical);
  const weighed = found.map((find) => ({ find, weight: likeness(find.path, wanted) }));
  for (const { find } of weighed.toSorted((a, b) => b.weight - a.weight).slice(0, most))
    yield { path: find.path, evidence: { kind: 'name' } };
}

const isKnown = ({ dev, ino, born }: Known, stat: Stat): boolean =>
  stat.dev === dev && stat.ino === ino && bornOf(stat) === born;

/** The same file; where the file system tells no birth times, size and time have to speak for it. */
const isSame = (target: NonNullable<Wound['was']>['target'], stat: Stat): boolean =>
  isKnown(target, stat) &&
  (target.born !== 0 ||
    isAlike(target, { kind: stat.kind, size: stat.size, mtime: Number((stat.mtime / 1_000_000_000n) & 0xffffffffn) }));

const isAlike = (
  target: NonNullable<Wound['was']>['target'],
  { kind, size, mtime }: Pick<Find, 'kind' | 'size' | 'mtime'>,
): boolean => kind === 'file' && target.kind === 'file' && size > 0 && size === target.size && mtime === target.mtime;

/** What `path` becomes by the change of prefix that makes `to` of `from`; undefined where that does not touch it. */
const mapped = (from: string, to: string, path: string): string | undefined => {
  const [a, b] = [from.split('/'), to.split('/')];
  while (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-1)) {
    a.pop();
    b.pop();
  }
  const [before, after] = [a.join('/'), b.join('/')];
  return path === before || path.startsWith(`${before}/`) ? after + path.slice(before.length) : undefined;
};

/** What may be done without a question: the best candidate, proven, and no other one that is proven too. */
export const provenOf = (candidates: readonly Candidate[]): Candidate | undefined => {
  const [best, ...others] = candidates.filter(isProven);
  return best && others.length === 0 && best === candidates[0] ? best : undefined;
};
