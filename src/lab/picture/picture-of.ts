import { decodeBytes } from '../../fs/bytes.ts';
import type { OpenHow } from '../../fs/fs.ts';
import { deviceText } from '../../fs/identity.ts';
import { basename, dirname, join } from '../../fs/path.ts';
import { modeText } from '../../gnu/mode-text.ts';
import type { Inode, Location, Mount, Volume } from '../../sketch/inode.ts';
import type { SketchProcess } from '../../sketch/process.ts';
import type { Sketch } from '../../sketch/sketch.ts';
import { inodeId, nameId, safeId } from './ids.ts';
import { LinkFollower } from './link-follower.ts';
import type { NameRow } from './name-row.ts';
import { numberHops } from './number-hops.ts';
import type { Band, Data, Frame, Hop, InodeCard, Picture, Row } from './picture.ts';
import { type PlacedRefusal, placeRefusals, type RefusedChange } from './place-refusals.ts';

export interface PictureOptions {
  /** The directory below which names are shown: `/` unless said otherwise. */
  readonly root?: string;
  /** Shows `.` and `..`, which explain the link count of a directory. */
  readonly dots?: boolean;
  /** Whose descriptors are shown. The first one's working directory is marked. */
  readonly processes?: readonly Holder[];
  /** Changes that were refused: Answer.refused. */
  readonly refused?: readonly RefusedChange[];
  /** System directories are folded until something in them is younger than this: nanoseconds since 1970. */
  readonly since?: bigint;
  /** Names of users. */
  readonly userName?: (uid: number) => string | undefined;
  /** How many names are shown at most. */
  readonly limit?: number;
}

/** A process and its name for people. */
export interface Holder {
  readonly name: string;
  readonly process: SketchProcess;
  /** What it holds open; all that the process has open unless said otherwise. */
  readonly opens?: readonly Held[];
}

/** An inode that is held open. */
export interface Held {
  readonly inode: Inode;
  readonly access: OpenHow['access'];
  /** Undefined where nobody knows the number. */
  readonly fd: number | undefined;
}

/** What there is to see of a sketch. It changes nothing, access times included. */
export const pictureOf = (sketch: Sketch, options: PictureOptions = {}): Picture => {
  const root = options.root ?? '/';
  const follower = new LinkFollower(sketch);
  const refusals = placeRefusals(sketch, options.refused ?? []);
  const { rows, hops } = readNames(sketch, options, follower, refusals);
  const numbered = numberHops(hops, rows);
  return { root, bands: bandsOf(sketch, options, rows, numbered) };
};

/** Enough for every lesson; a page of this length is still drawn at once. */
const usualLimit = 1500;
/** Deeper names are folded. */
const depthMax = 40;

/**
 * The names that are shown and where their links lead. What a link leads to is shown as well, and
 * may be a link that leads further: so it is read again until nothing more comes.
 */
const readNames = (
  sketch: Sketch,
  options: PictureOptions,
  follower: LinkFollower,
  refusals: readonly PlacedRefusal[],
): { readonly rows: readonly NameRow[]; readonly hops: readonly Hop[] } => {
  const needed = new Set(refusals.flatMap(({ parent, existing }) => (existing ? [parent, existing] : [parent])));
  const ghosts = new Map<string, Set<string>>();
  for (;;) {
    const lister = new Lister(sketch, options, needed, ghosts, refusals);
    const rows = lister.list();
    const before = needed.size;
    const hops = follower.hopsOf(rows);
    for (const { next, ending } of hops) {
      if (next === undefined || needed.has(next)) continue;
      needed.add(next);
      if (ending !== 'ghost') continue;
      const beside = ghosts.get(dirname(next)) ?? new Set();
      ghosts.set(dirname(next), beside.add(basename(next)));
    }
    if (needed.size === before) return { rows: [...rows, ...lister.elsewhere(hops)], hops };
  }
};

/** Directories that hold nothing of a lesson, unless it says so. */
const systemDirs = /^\/(bin|boot|dev|etc|lib\w*|proc|root|run|sbin|sys|usr)$/;
/** And those, where they are empty. */
const usuallyEmpty = /^\/(media|mnt|opt|srv|tmp|var|home\/[^/]+)$/;

/** Lists what is seen through each mount. */
class Lister {
  readonly #sketch: Sketch;
  readonly #options: PictureOptions;
  /** What must be seen, and so all above it. */
  readonly #needed: Set<string>;
  readonly #ghosts: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #refusals: readonly PlacedRefusal[];
  readonly #here: string | undefined;
  /** Directories that are listed already, and where: another mount shows the same entries. */
  readonly #listed = new Map<Inode, string>();
  readonly #rows: NameRow[] = [];
  #room: number;

  constructor(
    sketch: Sketch,
    options: PictureOptions,
    needed: ReadonlySet<string>,
    ghosts: ReadonlyMap<string, ReadonlySet<string>>,
    refusals: readonly PlacedRefusal[],
  ) {
    this.#sketch = sketch;
    this.#options = options;
    this.#ghosts = ghosts;
    this.#refusals = refusals;
    this.#room = options.limit ?? usualLimit;
    const process = options.processes?.[0]?.process;
    this.#here = process && process.here.inode.nlink > 0 ? process.workingDirectory : undefined;
    this.#needed = new Set(this.#here === undefined ? [] : [this.#here]);
    for (const path of needed) for (let at = path; !this.#needed.has(at); at = dirname(at)) this.#needed.add(at);
    for (let at = this.#here ?? '/'; at !== '/'; at = dirname(at)) this.#needed.add(at);
    for (const { on } of sketch.mounts)
      if (on) for (let at = sketch.pathOf(on); at !== '/'; at = dirname(at)) this.#needed.add(at);
  }

  list(): readonly NameRow[] {
    const { root = '/' } = this.#options;
    const start = this.#sketch.process().locate(root);
    if (typeof start === 'string') return [];
    this.#listFrame(start, root);
    for (const mount of this.#sketch.mounts) {
      if (!mount.on) continue;
      const path = this.#sketch.pathOf(mount.on);
      if (path !== root && isBelow(path, root)) this.#listFrame({ mount, inode: mount.root }, path);
    }
    return this.#rows;
  }

  /** Rows for names that links lead to and that are not shown: they lie outside of the root, or were too many. */
  elsewhere(hops: readonly Hop[]): readonly NameRow[] {
    const first = this.#rows[0];
    if (!first) return [];
    const shown = new Set(this.#rows.map(({ row }) => row.path));
    const outside = new Map(
      hops.flatMap(({ next, ending }) => (next === undefined || shown.has(next) ? [] : [[next, ending] as const])),
    );
    return [...outside].map(([path, ending]) => ({
      ...first,
      row: newRow({
        ...{ id: `elsewhere-${safeId(path)}`, kind: ending === 'ghost' ? 'ghost' : 'elsewhere' },
        ...{ name: path, path, depth: 0 },
      }),
      inode: undefined,
    }));
  }

  #listFrame(start: Location, path: string): void {
    const { inode, mount } = start;
    const frame = `frame-${mount.id}`;
    const isView = this.#listed.has(inode);
    const row = newRow({
      ...{ id: `${frame}-root`, kind: 'root', name: path, path, depth: 0, fileKind: inode.kind },
      inode: isView ? undefined : inodeId(inode),
      here: path === this.#here,
    });
    this.#rows.push({ row, frame, inode, mount });
    if (inode.kind === 'dir') this.#listDir({ start, frame, isView }, start, path, 1);
  }

  #listDir(of: FrameOf, { inode: dir, mount }: Location, path: string, depth: number): void {
    const { frame } = of;
    const isView = of.isView || this.#listed.has(dir);
    if (!isView) this.#listed.set(dir, path);
    if (this.#options.dots && !isView) this.#listDots(of, dir, mount, depth);
    const entries = new Map<string, Inode | undefined>(dir.entries);
    for (const name of this.#ghosts.get(path) ?? []) if (!entries.has(name)) entries.set(name, undefined);
    const folded: string[] = [];
    const refusals = this.#refusals.filter(({ parent }) => parent === path);
    for (const [name, inode] of [...entries].sort(byName)) {
      const at = join(path, name);
      if (!inode) this.#push({ kind: 'ghost', name, path: at, depth, id: `ghost-${nameId(dir, name)}` }, of, mount);
      else if (this.#isFolded(path, at, inode, depth)) folded.push(inode.kind === 'dir' ? `${name}/` : name);
      else this.#listEntry({ ...of, isView }, { mount, inode }, { dir, name, path: at, depth });
      for (const refusal of refusals) if (refusal.name === name) this.#pushRefusal(refusal, of, mount, depth);
    }
    for (const refusal of refusals) if (!entries.has(refusal.name)) this.#pushRefusal(refusal, of, mount, depth);
    if (folded.length === 0) return;
    const row = newRow({
      ...{ id: `folded-${frame}-${dir.volume.dev}-${dir.ino}`, kind: 'folded', path, depth },
      ...{ name: folded.slice(0, 12).join(' '), count: folded.length },
    });
    this.#rows.push({ row, frame, inode: undefined, mount });
  }

  #listEntry(of: FrameOf, { inode, mount }: Location, spot: EntrySpot): void {
    const { dir, name, path, depth } = spot;
    this.#room--;
    const over = this.#sketch.top({ mount, inode });
    const isMountPoint = over.inode !== inode || over.mount !== mount;
    const id = of.isView ? `view-${mount.id}-${nameId(dir, name)}` : `name-${nameId(dir, name)}`;
    this.#push(
      {
        ...{ id, kind: of.isView ? 'view' : 'name', name, path, depth, fileKind: inode.kind },
        inode: of.isView ? undefined : inodeId(inode),
        here: path === this.#here && !isMountPoint,
        mounted: isMountPoint ? mountWords(this.#sketch, over.mount) : undefined,
      },
      of,
      mount,
      inode,
    );
    if (inode.kind === 'dir' && !isMountPoint) this.#listDir(of, { mount, inode }, path, depth + 1);
  }

  #listDots({ frame, start }: FrameOf, dir: Inode, mount: Mount, depth: number): void {
    const isTop = dir === mount.root;
    const parent = isTop ? dir : dir === start.inode ? undefined : dir.home?.dir;
    for (const [name, inode] of [
      ['.', dir],
      ['..', parent],
    ] as const) {
      const path = join(this.#listed.get(dir) as string, name);
      const id = `dot-${nameId(dir, name)}`;
      const row = newRow({ id, kind: 'dot', name, path, depth, fileKind: 'dir', inode: inode && inodeId(inode) });
      this.#rows.push({ row, frame, inode, mount });
    }
  }

  #push(row: RowDraft, { frame }: FrameOf, mount: Mount, inode?: Inode): void {
    this.#rows.push({ row: newRow(row), frame, inode, mount });
  }

  #pushRefusal(refusal: PlacedRefusal, of: FrameOf, mount: Mount, depth: number): void {
    const { id, name, path, stopped } = refusal;
    this.#push({ id, kind: 'refused', name, path, depth, stopped }, of, mount);
  }

  #isFolded(dir: string, path: string, inode: Inode, depth: number): boolean {
    if (this.#needed.has(path)) return false;
    if (this.#room <= 0 || depth > depthMax) return true;
    // What a link leads to in a folded directory is shown alone.
    if (systemDirs.test(dir) && !this.#isTouched(dir)) return true;
    const isSystem = systemDirs.test(path) || (usuallyEmpty.test(path) && inode.entries.size === 0);
    return isSystem && inode.kind === 'dir' && !this.#isTouched(path);
  }

  #isTouched(path: string): boolean {
    const { since } = this.#options;
    const found = this.#sketch.process().locate(path);
    if (path === this.#here) return true;
    return since !== undefined && typeof found !== 'string' && isYounger(found.inode, since);
  }
}

interface FrameOf {
  readonly start: Location;
  readonly frame: string;
  readonly isView: boolean;
}

interface EntrySpot {
  readonly dir: Inode;
  readonly name: string;
  readonly path: string;
  readonly depth: number;
}

type RowDraft = Partial<Row> & Pick<Row, 'id' | 'kind' | 'name' | 'path' | 'depth'>;

const newRow = (draft: RowDraft): Row => ({
  ...{ fileKind: undefined, inode: undefined, here: false, mounted: undefined, count: 0, stopped: undefined },
  ...draft,
});

/** A bind mount shows a volume that is mounted already. */
const mountWords = (sketch: Sketch, mount: Mount): string =>
  sketch.mounts.find(({ volume }) => volume === mount.volume) === mount
    ? `${mount.volume.typeName} mount`
    : 'bind mount';

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

const isBelow = (path: string, dir: string): boolean => `${path}/`.startsWith(join(dir, '/').replace(/\/+$/, '/'));

/** Whether a directory or anything in it changed since. */
const isYounger = (dir: Inode, since: bigint): boolean => {
  const open = [dir];
  for (let inode = open.pop(); inode; inode = open.pop()) {
    if (inode.ctime > since) return true;
    for (const child of inode.entries.values()) if (child) open.push(child);
  }
  return false;
};

/** Bands in the order in which their devices came. */
const bandsOf = (
  sketch: Sketch,
  options: PictureOptions,
  rows: readonly NameRow[],
  hops: ReadonlyMap<string, readonly Hop[]>,
): readonly Band[] => {
  const frames = Map.groupBy(rows, ({ frame }) => frame);
  const cards = cardsOf(options, rows, hops);
  const volumes = new Map<Volume, Frame[]>();
  for (const inFrame of frames.values()) {
    const first = inFrame[0] as NameRow;
    const { volume } = first.mount;
    const beside = volumes.get(volume) ?? [];
    volumes.set(volume, beside);
    beside.push(frameOf(sketch, first, inFrame, rows));
  }
  for (const { volume } of cards) if (!volumes.has(volume)) volumes.set(volume, []);
  return [...volumes].map(([volume, inside]) => ({
    ...{ id: `band-${volume.dev}`, device: deviceText(volume.dev), type: volume.typeName },
    ...{ readOnly: volume.readOnly, frames: inside },
    inodes: cards.flatMap(({ card, volume: other }) => (other === volume ? [card] : [])),
  }));
};

const frameOf = (sketch: Sketch, first: NameRow, inside: readonly NameRow[], all: readonly NameRow[]): Frame => {
  const isView = first.row.kind === 'root' && first.row.inode === undefined;
  const original = isView && all.find(({ row, inode }) => inode === first.inode && row.inode !== undefined);
  return {
    ...{ id: first.frame, path: first.row.path },
    same: original
      ? original.row.path
      : isView
        ? sketch.pathOf({ mount: sketch.root.mount, inode: first.mount.root })
        : undefined,
    readOnly: first.mount.readOnly,
    rows: inside.map(({ row }) => row),
  };
};

/** An inode and what leads to it. */
interface Seen {
  readonly inode: Inode;
  /** Paths of its names. */
  readonly names: string[];
  /** Where lines come from, as numbers of rows. */
  readonly rows: number[];
  readonly opens: string[];
}

const cardsOf = (
  { processes = [], userName }: PictureOptions,
  rows: readonly NameRow[],
  hops: ReadonlyMap<string, readonly Hop[]>,
): readonly { readonly card: InodeCard; readonly volume: Volume }[] => {
  const seen = new Map<Inode, Seen>();
  const see = (inode: Inode): Seen => {
    const known = seen.get(inode) ?? { inode, names: [], rows: [], opens: [] };
    seen.set(inode, known);
    return known;
  };
  rows.forEach(({ row, inode }, index) => {
    if (!inode || row.inode === undefined) return;
    const { names, rows: from } = see(inode);
    if (row.kind === 'name') names.push(row.path);
    from.push(index);
  });
  for (const { name, process, opens = heldBy(process) } of processes) {
    for (const { inode, access, fd } of opens)
      if (inode.nlink === 0 || seen.has(inode))
        see(inode).opens.push(`${name}: ${accessWords[access]}${fd === undefined ? '' : ` (fd ${fd})`}`);
    if (process.here.inode.nlink === 0) see(process.here.inode).opens.push(`${name} works here`);
  }
  const middle = ({ rows: from }: Seen): number =>
    from.length === 0 ? Infinity : from.reduce((sum, row) => sum + row, 0) / from.length;
  return [...seen.values()]
    .map((one) => ({ one, at: middle(one) }))
    .sort((a, b) => (a.at === b.at ? 0 : a.at - b.at))
    .map(({ one }) => ({ card: cardOf(one, hops, userName), volume: one.inode.volume }));
};

const heldBy = (process: SketchProcess): readonly Held[] =>
  process.openFiles.map(({ fd, location, access }) => ({ inode: location.inode, access, fd }));

const accessWords: Readonly<Record<OpenHow['access'], string>> = {
  path: 'holds it',
  read: 'reads',
  write: 'writes',
  'read-write': 'reads, writes',
};

const cardOf = (
  { inode, names, opens }: Seen,
  hops: ReadonlyMap<string, readonly Hop[]>,
  userName: PictureOptions['userName'],
): InodeCard => ({
  id: inodeId(inode),
  ino: inode.ino,
  device: deviceText(inode.volume.dev),
  kind: inode.kind,
  links: inode.nlink,
  mode: modeText(inode.kind, inode.mode).slice(1),
  owner: userName?.(inode.uid) ?? (inode.uid === 0 ? 'root' : String(inode.uid)),
  size: inode.size,
  names,
  hidden: inode.kind === 'dir' ? 0 : Math.max(0, inode.nlink - names.length),
  opens,
  orphan: inode.nlink === 0,
  data: dataOf(inode, hops),
});

/** Bytes of a file that are shown. */
const shownBytes = 96;

const dataOf = (inode: Inode, hops: ReadonlyMap<string, readonly Hop[]>): Data | undefined => {
  if (inode.kind === 'symlink') return { kind: 'link', text: inode.text ?? '', hops: hops.get(inodeId(inode)) ?? [] };
  if (inode.kind !== 'file') return undefined;
  const bytes = new Uint8Array(Math.min(inode.size, shownBytes));
  inode.content.read(bytes, 0);
  return { kind: 'bytes', text: decodeBytes(bytes), size: inode.size };
};
