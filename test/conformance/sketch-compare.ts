/** Runs one script on both sides and says where they first differ. */
import { Fault } from '../../src/fs/fault.ts';
import type { Fs, Handle } from '../../src/fs/fs.ts';
import { identityKey } from '../../src/fs/identity.ts';
import type { Stat } from '../../src/fs/stat.ts';
import {
  build,
  type Hands,
  type Item,
  left,
  longAgo,
  perform,
  type Script,
  type Step,
  statWords,
  users,
} from './sketch-script.ts';
import { bare, bareOnce, covered, type Side } from './sketch-sides.ts';

export interface Difference {
  /** Index of the step, or what is after all of them. */
  readonly step: number | 'the tree after';
  readonly kernel: string;
  readonly sketch: string;
}

export interface Counts {
  /** Calls by what they are and how they ended. */
  readonly ends: Map<string, number>;
}

/** The first difference, or nothing. */
export const compare = (kernel: Side, sketch: Side, script: Script, counts?: Counts): Difference | undefined => {
  using ours = new Run(kernel, script);
  using theirs = new Run(sketch, script);
  const { watched } = script;
  if (watched !== 'no') {
    const difference = unlike('the tree after', ours.watch(), theirs.watch());
    if (difference) return difference;
  }
  for (const [index, step] of script.steps.entries()) {
    if (watched === 'strictly') awaitTick();
    let wanted = ours.perform(step);
    const got = wanted === left ? left : theirs.perform(step);
    // A rename or mount elsewhere makes the kernel walk again, and links of the first time still count.
    for (let again = 0; wanted !== got && wanted.endsWith(' ELOOP') && again < 99; again++) wanted = ours.perform(step);
    if (counts && wanted !== left) count(counts, step, wanted);
    if (wanted !== got) return { step: index, kernel: wanted, sketch: got };
    if (watched === 'no') continue;
    const difference = unlike(index, ours.watch(), theirs.watch(), watched === 'loosely');
    if (difference) return difference;
  }
  return unlike('the tree after', [...ours.held(), ...ours.tree()], [...theirs.held(), ...theirs.tree()]);
};

const count = ({ ends }: Counts, step: Step, ended: string): void => {
  const errno = / (E[A-Z0-9]+)$/.exec(ended)?.[1] ?? 'done';
  const key = `${step.do} ${errno}`;
  ends.set(key, (ends.get(key) ?? 0) + 1);
};

const unlike = (
  step: Difference['step'],
  kernel: readonly string[],
  sketch: readonly string[],
  loosely = false,
): Difference | undefined => {
  for (let i = 0; i < Math.max(kernel.length, sketch.length); i++)
    if (kernel[i] !== sketch[i] && !(loosely && onlyLater(kernel[i], sketch[i])))
      return { step, kernel: kernel[i] ?? 'nothing more', sketch: sketch[i] ?? 'nothing more' };
  return undefined;
};

const moved = / (m|c)time moved/g;

/**
 * Linux gives changes between two ticks of its clock one time, unless somebody looked in between;
 * and even then where a directory gets the time of a file that nobody looked at (shmem_unlink()).
 */
const onlyLater = (kernel = '', sketch = ''): boolean =>
  kernel.replace(moved, '') === sketch.replace(moved, '') &&
  (kernel.match(moved) ?? []).every((mark) => sketch.includes(mark));

/** Ticks come every 10 ms or more often. */
const awaitTick = (): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10.2);
};

/** One side with one script's tree in it. */
export class Run implements Disposable {
  readonly #side: Side;
  readonly #hands: Hands;
  /** Handles of what was there at the start: it keeps its number, and shows what becomes of it. */
  readonly #pins: { readonly path: string; readonly handle: Handle; before: Stat | undefined }[] = [];
  /** Which pin a file is. */
  readonly #pinOf = new Map<string, number>();
  readonly #mountNames = new Map<number, string>();
  #last = 0;
  readonly #wrote: boolean;

  constructor(side: Side, { umask, items, steps }: Script) {
    this.#side = side;
    const fs = side.begin();
    build(fs, items);
    for (const path of bareOnce) fs.setTimes(fs.cwd, path, longAgo);
    for (const path of ['.', ...bare, covered]) this.#pin(fs, path);
    for (const { path, kind } of items) if (kind !== 'name' && kind !== 'own') this.#pin(fs, path);
    for (const path of ['.', ...bare]) {
      const stat = fs.stat(fs.cwd, path);
      if (!(stat instanceof Fault) && !this.#mountNames.has(stat.mountId)) this.#mountNames.set(stat.mountId, path);
    }
    side.start(umask);
    this.#wrote = steps.some((step) => step.do === 'write' || step.do === 'truncate' || step.do === 'open');
    const hasFifos = items.some(({ kind }) => kind === 'fifo') || steps.some((step) => step.do === 'mknod');
    this.#hands = { slots: [], tell: (stat) => this.#tell(stat), hasFifos, chdir: (path) => side.chdir(path), turn: 0 };
  }

  perform(step: Step): string {
    if (step.as !== this.#last) this.#hands.turn++;
    this.#last = step.as;
    return perform(this.#side.as(step.as), this.#hands, step);
  }

  /** What became of the files that were there at the start, and which of their times have moved. */
  watch(): readonly string[] {
    const fs = this.#side.as(this.#last as Step['as']);
    return this.#pins.map((pin) => {
      const stat = fs.stat(pin.handle, '');
      if (stat instanceof Fault) return `${pin.path}: ${stat.errno}`;
      const { before } = pin;
      pin.before = stat;
      const moved = before
        ? `${before.mtime === stat.mtime ? '' : ' mtime moved'}${before.ctime === stat.ctime ? '' : ' ctime moved'}`
        : '';
      return `${pin.path}: ${statWords(stat)}${moved}`;
    });
  }

  /** What the handles hold at the end. */
  held(): readonly string[] {
    const fs = this.#side.as(0);
    const say = (what: string, handle: Handle): string => {
      const stat = fs.stat(handle, '');
      return `${what}: ${stat instanceof Fault ? stat.errno : `${statWords(stat)} ${this.#tell(stat)}`}`;
    };
    return [
      ...this.#hands.slots.map((slot, index) => (slot ? say(`handle ${index}`, slot.handle) : '')),
      ...this.#pins.map(({ path, handle }) => say(`what was ${path}`, handle)),
    ];
  }

  /** All that the tree holds, by names in order. */
  tree(): readonly string[] {
    const fs = this.#side.as(0);
    this.#side.chdir('/');
    const lines: string[] = [];
    const seen = new Map<string, string>();
    this.#list(fs, fs.cwd, '.', '', lines, seen);
    this.#list(fs, fs.cwd, covered, `${covered}/`, lines, seen);
    return lines;
  }

  #list(fs: Fs, at: Handle, name: string, path: string, lines: string[], seen: Map<string, string>): void {
    const opened = fs.open(at, name, { access: 'read', directory: true, nofollow: true });
    if (opened instanceof Fault) {
      lines.push(`${path}: ${opened.errno}`);
      return;
    }
    using dir = opened;
    const entries = fs.entries(dir);
    if (entries instanceof Fault) {
      lines.push(`${path}: ${entries.errno}`);
      return;
    }
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const below = path + entry.name;
      const stat = fs.stat(dir, entry.name);
      if (stat instanceof Fault) {
        lines.push(`${below}: ${stat.errno}`);
        continue;
      }
      const key = identityKey(stat);
      const first = seen.get(key);
      if (first === undefined) seen.set(key, below);
      const number = entry.ino === stat.ino ? '' : ' covered';
      const same = first === undefined ? '' : ` is ${first}`;
      const kind = entry.kind === stat.kind ? '' : ` listed as ${entry.kind}`;
      lines.push(
        `${below}: ${statWords(stat)} ${this.#tell(stat)}${same}${number}${kind}${this.#content(fs, dir, entry.name, stat)}`,
      );
      if (stat.kind === 'dir' && (!stat.mountRoot || below === 'mnt'))
        this.#list(fs, dir, entry.name, `${below}/`, lines, seen);
    }
  }

  #content(fs: Fs, dir: Handle, name: string, { kind, nlink, size }: Stat): string {
    if (kind === 'symlink') {
      const text = fs.readlink(dir, name);
      return text instanceof Fault ? ` ${text.errno}` : ` -> ${text}`;
    }
    if (kind !== 'file' || size === 0 || !this.#wrote || nlink === 0) return '';
    const file = fs.open(dir, name, { access: 'read', nofollow: true });
    if (file instanceof Fault) return ` ${file.errno}`;
    using held = file;
    const bytes = new Uint8Array(64);
    const count = fs.read(held, bytes, 0);
    return count instanceof Fault ? ` ${count.errno}` : ` ${String.fromCharCode(...bytes.subarray(0, count))}`;
  }

  #pin(fs: Fs, path: string): void {
    const handle = fs.open(fs.cwd, path, { access: 'path', nofollow: true });
    if (handle instanceof Fault) return;
    const stat = fs.stat(handle, '');
    const key = stat instanceof Fault ? '' : identityKey(stat);
    if (!this.#pinOf.has(key)) this.#pinOf.set(key, this.#pins.length);
    this.#pins.push({ path, handle, before: undefined });
  }

  /** Which file, in which mount. */
  #tell(stat: Stat): string {
    const pin = this.#pinOf.get(identityKey(stat));
    const which = pin === undefined ? '' : ` was ${this.#pins[pin]?.path}`;
    return `in ${this.#mountNames.get(stat.mountId) ?? 'no known mount'}${stat.mountRoot ? ', its root' : ''}${which}`;
  }

  [Symbol.dispose](): void {
    for (const { handle } of this.#pins) handle[Symbol.dispose]();
    for (const slot of this.#hands.slots) slot?.handle[Symbol.dispose]();
  }
}

/** Leaves out whatever is not needed for a difference, then makes simpler what is left. */
export const shrink = (script: Script, differs: (smaller: Script) => Difference | undefined): Script => {
  let smallest = script;
  const attempt = (smaller: Script): boolean => {
    if (!differs(smaller)) return false;
    smallest = smaller;
    return true;
  };
  for (let before = ''; before !== JSON.stringify(smallest); ) {
    before = JSON.stringify(smallest);
    for (let size = Math.ceil(smallest.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
      for (let at = smallest.steps.length - size; at >= 0; at -= size)
        attempt({ ...smallest, steps: smallest.steps.toSpliced(at, size) });
    for (let at = smallest.items.length - 1; at >= 0; at--)
      attempt({ ...smallest, items: smallest.items.toSpliced(at, 1) });
    if (smallest.umask !== 0) attempt({ ...smallest, umask: 0 });
    if (smallest.watched !== 'no') attempt({ ...smallest, watched: 'no' });
    if (smallest.watched === 'strictly') attempt({ ...smallest, watched: 'loosely' });
    for (const [at, item] of smallest.items.entries())
      for (const simpler of simplerItems(item)) attempt({ ...smallest, items: smallest.items.with(at, simpler) });
    for (const [at, step] of smallest.steps.entries())
      for (const simpler of simplerSteps(step)) attempt({ ...smallest, steps: smallest.steps.with(at, simpler) });
  }
  return smallest;
};

const simplerItems = (item: Item): readonly Item[] => {
  const simpler: Item[] = [];
  if (item.uid !== 0) simpler.push({ ...item, uid: 0 });
  if (item.gid !== 0) simpler.push({ ...item, gid: 0 });
  if (item.mode !== 0o777 && item.mode !== 0) simpler.push({ ...item, mode: 0o777 });
  if (item.kind === 'file' && item.content !== '') simpler.push({ ...item, content: '' });
  if (item.kind === 'symlink' && item.text.length > 1) simpler.push({ ...item, text: 'a' });
  return simpler;
};

const simplerSteps = (step: Step): readonly Step[] => {
  const simpler: Step[] = [];
  if (step.as !== 0) simpler.push({ ...step, as: 0 });
  if ('follow' in step && step.follow) simpler.push({ ...step, follow: false });
  if (step.do === 'rename' && step.how) {
    const { how, ...plain } = step;
    simpler.push(plain);
  }
  if (step.do === 'open')
    for (const flag of Object.keys(step.how) as (keyof typeof step.how)[]) {
      if (flag === 'access') continue;
      const { [flag]: dropped, ...how } = step.how;
      simpler.push({ ...step, how });
    }
  for (const end of ['at', 'from', 'to'] as const) {
    const spot = (step as { readonly at?: unknown; readonly from?: unknown; readonly to?: unknown })[end];
    if (typeof spot !== 'object' || spot === null) continue;
    const { at, path } = spot as { readonly at: number | 'cwd'; readonly path: string };
    if (at !== 'cwd' && path !== '') simpler.push({ ...step, [end]: { at: 'cwd', path } } as Step);
    for (const shorter of [
      path.replace(/\/+$/, ''),
      path.replace(/\/\/+/, '/'),
      path.replace(/^\/+/, ''),
      path.replace(/(^|\/)\.\.?\//, '$1'),
    ])
      if (shorter !== path && shorter !== '') simpler.push({ ...step, [end]: { at, path: shorter } } as Step);
  }
  return simpler;
};

/** A script and its difference for people, and for a list of scripts that are run again. */
export const explain = (script: Script, { step, kernel, sketch }: Difference): string => {
  const lines = [
    ...script.items.map((item) => `  ${itemWords(item)}`),
    ...script.steps.map((each, index) => `${index === step ? '>' : ' '} ${users[each.as].name}: ${stepWords(each)}`),
    `${typeof step === 'number' ? 'there' : step}`,
    `  kernel: ${JSON.stringify(kernel)}`,
    `  sketch: ${JSON.stringify(sketch)}`,
  ];
  return [...lines.map(shortened), JSON.stringify(script)].join('\n');
};

const shortened = (line: string): string =>
  line.replace(/(.{1,40}?)\1{20,}/g, (all, part) => `(${part}, ${all.length / part.length} times)`);

const itemWords = ({ kind, path, mode, uid, gid, ...rest }: Item): string =>
  `${kind} ${JSON.stringify(path)} ${mode.toString(8)} ${uid}:${gid}${Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : ''}`;

const stepWords = ({ do: call, as, ...rest }: Step): string =>
  `${call} ${JSON.stringify(rest, (key, value) =>
    key === 'mode' ? `0o${value.toString(8)}` : value?.at === 'cwd' ? value.path : value,
  )}`;
