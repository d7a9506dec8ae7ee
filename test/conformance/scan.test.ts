/**
 * The census equals a plain implementation over node:fs, on random trees with hard links, bind-like
 * second roots and every kind of link: 300 of them, or 5,000 with LINKWRIGHT_FULL=1. LINKWRIGHT_SEED
 * gives the trees of an earlier run again.
 */
import assert from 'node:assert/strict';
import { type BigIntStats, linkSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { encodeBytes } from '../../src/fs/bytes.ts';
import { Fault } from '../../src/fs/fault.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { kernelProbe } from '../../src/kernel/probe.ts';
import { Atlas } from '../../src/scan/atlas.ts';
import { settle } from '../../src/scan/settle.ts';
import { tallyLinks, tallyNames } from '../../src/scan/tally.ts';
import { Walk } from '../../src/scan/walk.ts';
import type { End } from '../../src/trace/route.ts';
import { isRoot, openPlace, Scratch } from '../scratch.ts';
import { type Random, random } from './random.ts';
import { buildTree, randomTree, removeTree } from './random-tree.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
const trees = process.env.LINKWRIGHT_FULL === '1' ? 5_000 : 300;
const probe = kernelProbe();

test('a census equals a plain walk that keeps everything', (context) => {
  context.diagnostic(`LINKWRIGHT_SEED=${seed}`);
  using scratch = new Scratch();
  using top = openPlace(scratch.path);
  for (let number = 0; number < trees; number++) {
    const chance = random((seed + number * 7919) >>> 0);
    const tree = randomTree(chance, []);
    buildTree(kernel, top.handle, scratch.path, tree, isRoot);
    const further = addNames(chance, scratch.path);
    const dirs = tree.items.filter(({ kind }) => kind === 'dir').map(({ path }) => `${scratch.path}/${path}`);
    const roots = chance.oneIn(3) && dirs.length > 0 ? [scratch.path, chance.pick(dirs)] : [scratch.path];
    if (chance.oneIn(2)) roots.reverse();
    const root = chance.oneIn(2) ? scratch.path : '/';
    try {
      const expected = plain(roots, root);
      const { links, ...seen } = walked(roots, root);
      assert.deepEqual({ ...seen, links: asFar(links, expected.links) }, expected);
    } catch (error) {
      process.stderr.write(`LINKWRIGHT_SEED=${seed} tree ${number}, roots ${roots}, root ${root}\n`);
      process.stderr.write(`${JSON.stringify(tree.items)} and the names ${JSON.stringify(further)}\n`);
      throw error;
    }
    for (const path of further) assert.equal(kernel.unlink(top.handle, path), undefined);
    removeTree(kernel, top.handle, scratch.path, tree);
  }
});

/** Links with the end `far-loop` where that is what is expected, and one of its two words is said. */
const asFar = (links: Seen['links'], expected: Seen['links']): Seen['links'] => {
  const isFar = (path: string, { end }: Leads): boolean =>
    expected[path]?.end === 'far-loop' && (end === 'loop' || end === 'too-many-links');
  return Object.fromEntries(
    Object.entries(links).map(([path, link]) => [path, isFar(path, link) ? { ...link, end: 'far-loop' } : link]),
  );
};

/** One more name for a few files and links, here and there. */
const addNames = (chance: Random, top: string): readonly string[] => {
  const made: string[] = [];
  const entries = [...list(top)].filter(({ path }) => path !== top);
  const others = entries.filter(({ stat }) => !stat.isDirectory());
  const dirs = [
    '',
    ...entries.filter(({ stat }) => stat.isDirectory()).map(({ path }) => `${path.slice(top.length + 1)}/`),
  ];
  for (let left = others.length > 0 ? chance.below(4) : 0; left > 0; left--) {
    const path = `${chance.pick(dirs)}name${left}`;
    linkSync(raw(chance.pick(others).path), raw(`${top}/${path}`));
    made.push(kernelName(path));
  }
  return made;
};

/** What both sides say. Paths are one character a byte. */
interface Seen {
  readonly counts: Readonly<Record<string, number>>;
  readonly links: Readonly<Record<string, Leads>>;
  readonly names: Readonly<Record<string, readonly string[]>>;
}

interface Leads {
  readonly text: string;
  /** `far-loop`: one that closes behind the 40th link, so that either word is true. */
  readonly end: End['kind'] | 'far-loop';
  readonly target: string | undefined;
  readonly dir: boolean;
  /** Of good links. */
  readonly hops: number | undefined;
}

const walked = (roots: readonly string[], root: string): Seen => {
  using place = openPlace(root);
  using handles = new DisposableStack();
  using walk = new Walk(probe, { level: 'full', ...(root !== '/' && { root: place.handle }) });
  for (const path of roots) {
    const handle = kernel.open(kernel.cwd, kernelName(path), { access: 'read', directory: true });
    assert.ok(!(handle instanceof Fault));
    const physical = root === '/' ? path : path.slice(root.length) || '/';
    walk.addRoot(handles.use(handle), { path: kernelName(path), physical: kernelName(physical) });
  }
  while (!walk.step(1));
  const { census } = walk;
  const inside = { handle: place.handle, path: '/' };
  const atlas = new Atlas(census, kernel, inside);
  Array.from(settle(atlas, kernel, inside, []));
  const tally = tallyLinks(census, atlas, 3);
  const names = tallyNames(census);
  const links: Record<string, Leads> = {};
  for (let row = 0; row < census.links.count; row++) {
    const { path, text, end, target, leadsToDir } = census.link(row);
    links[bytesOf(path)] = {
      text: bytesOf(text),
      end,
      target: target && `${target.dev} ${target.ino}`,
      dir: leadsToDir,
      hops: end === 'found' ? atlas.hops(row) : undefined,
    };
  }
  const groups = census.namesByFile().map((rows, file) => {
    const { nlink, dev, ino } = census.file(file);
    return [`${dev} ${ino} has ${nlink}`, rows.map((row) => bytesOf(census.namePath(row))).sort()] as const;
  });
  const { entries, dirs, files, links: linkCount, others, vanished, seenAgain, bytes, blocks } = census.counts;
  return {
    counts: {
      entries,
      dirs,
      files,
      links: linkCount,
      others,
      vanished,
      seenAgain,
      bytes,
      blocks,
      blind: census.blind.length,
      through: tally.through,
      absolute: tally.absolute,
      toDirectories: tally.toDirectories,
      ancestorCycles: tally.ancestorCycles,
      longest: tally.longest?.hops ?? 0,
      names: names.names,
      outside: names.namesOutside,
    },
    links: sorted(links),
    names: sorted(Object.fromEntries(groups)),
  };
};

const plain = (roots: readonly string[], root: string): Seen => {
  const counts = { entries: 0, dirs: 0, files: 0, links: 0, others: 0, vanished: 0, seenAgain: 0, bytes: 0, blocks: 0 };
  const links: Record<string, Leads> = {};
  const groups = new Map<string, string[]>();
  const inodes = new Set<string>();
  const cycles: string[] = [];
  // The last root is walked first, and what it holds is met again below an earlier one.
  for (const top of roots.toReversed())
    for (const { path, stat, again } of list(top, inodes)) {
      if (again) {
        counts.seenAgain++;
        continue;
      }
      counts.entries++;
      const id = `${deviceOf(stat.dev)} ${stat.ino}`;
      if (stat.isDirectory()) counts.dirs++;
      else if (stat.isSymbolicLink()) counts.links++;
      else if (stat.isFile()) counts.files++;
      else counts.others++;
      if (!inodes.has(id) || stat.isDirectory()) {
        counts.blocks += Number(stat.blocks);
        if (!stat.isDirectory()) counts.bytes += Number(stat.size);
      }
      inodes.add(id);
      if (stat.isSymbolicLink()) {
        links[path] = leads(path, root);
        const { end, dir } = links[path];
        const target = end === 'found' && dir ? resolve(path, root) : undefined;
        if (target && `${physicalParent(path)}/`.startsWith(target.path === '/' ? '/' : `${target.path}/`))
          cycles.push(path);
      }
      if (!stat.isDirectory() && stat.nlink > 1n) {
        const key = `${id} has ${stat.nlink}`;
        groups.set(key, [...(groups.get(key) ?? []), path].sort());
      }
    }
  const good = Object.values(links).filter(({ end }) => end === 'found');
  return {
    counts: {
      ...counts,
      blind: 0,
      through: good.filter(({ hops }) => hops !== 1).length,
      absolute: Object.values(links).filter(({ text }) => text.startsWith('/')).length,
      toDirectories: good.filter(({ dir }) => dir).length,
      ancestorCycles: cycles.length,
      longest: Math.max(0, ...good.map(({ hops }) => hops as number)),
      names: [...groups.values()].flat().length,
      outside: [...groups].reduce((sum, [key, names]) => sum + Number(key.split(' ').at(-1)) - names.length, 0),
    },
    links: sorted(links),
    names: sorted(Object.fromEntries(groups)),
  };
};

interface Entry {
  readonly path: string;
  readonly stat: BigIntStats;
  /** A directory that is in `known` already. */
  readonly again: boolean;
}

function* list(path: string, known?: Set<string>): Iterable<Entry> {
  const stat = lstatSync(raw(path), { bigint: true });
  const again = stat.isDirectory() && known?.has(`${deviceOf(stat.dev)} ${stat.ino}`) === true;
  yield { path, stat, again };
  if (!stat.isDirectory() || again) return;
  for (const name of readdirSync(raw(path), { encoding: 'buffer' }))
    yield* list(`${path}/${name.toString('latin1')}`, known);
}

const leads = (path: string, root: string): Leads => {
  const text = readlinkSync(raw(path), { encoding: 'buffer' }).toString('latin1');
  const end = resolve(path, root);
  const { stat } = end;
  return {
    text,
    end: end.kind,
    target: stat && `${deviceOf(stat.dev)} ${stat.ino}`,
    dir: stat?.isDirectory() ?? false,
    hops: stat ? end.hops : undefined,
  };
};

interface Resolved {
  readonly kind: Leads['end'];
  readonly hops: number;
  readonly path: string;
  readonly stat?: BigIntStats;
}

/** What path_resolution(7) says, a component at a time and without mercy for speed. */
const resolve = (link: string, root: string): Resolved => {
  const top = root === '/' ? '' : root;
  let here = physicalParent(link);
  let rest: (string | { readonly ended: string })[] = [link.slice(link.lastIndexOf('/') + 1)];
  const within = new Set<string>();
  let hops = 0;
  for (;;) {
    const name = rest.shift();
    if (name === undefined) break;
    if (typeof name === 'object') {
      within.delete(name.ended);
      continue;
    }
    if (!lstatSync(raw(here || '/')).isDirectory())
      return { kind: hops > 40 ? 'too-many-links' : 'not-a-directory', hops, path: here };
    if (name === '' || name === '.') continue;
    if (name === '..') {
      here = here === top ? top : here.slice(0, here.lastIndexOf('/'));
      continue;
    }
    const path = `${here}/${name}`;
    const stat = inspect(path);
    if (typeof stat === 'string') return { kind: hops > 40 ? 'too-many-links' : stat, hops, path };
    if (!stat.isSymbolicLink()) {
      here = path;
      continue;
    }
    // A link met in its own text leads back to itself for ever; the kernel only knows that the 41st is refused.
    if (within.has(path)) return { kind: hops > 40 ? 'far-loop' : 'loop', hops, path };
    if (++hops > 3000) return { kind: 'too-many-links', hops, path };
    within.add(path);
    const text = readlinkSync(raw(path), { encoding: 'buffer' }).toString('latin1');
    if (text.startsWith('/')) here = top;
    rest = [...text.split('/'), { ended: path }, ...rest];
  }
  if (hops > 40) return { kind: 'too-many-links', hops, path: here };
  return { kind: 'found', hops, path: here || '/', stat: lstatSync(raw(here || '/'), { bigint: true }) };
};

const inspect = (path: string): BigIntStats | End['kind'] => {
  try {
    return lstatSync(raw(path), { bigint: true });
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'ENOENT':
        return 'missing';
      case 'ENAMETOOLONG':
        return 'name-too-long';
      case 'EACCES':
        return 'permission';
      default:
        throw error;
    }
  }
};

const physicalParent = (path: string): string => path.slice(0, path.lastIndexOf('/'));
const raw = (path: string): Buffer => Buffer.from(path, 'latin1');
const bytesOf = (name: string): string => Buffer.from(encodeBytes(name)).toString('latin1');
const kernelName = (path: string): string =>
  path.replace(/[\x80-\xff]/g, (byte) => String.fromCharCode(0xdc00 + byte.charCodeAt(0)));
/** libc's dev_t (makedev(3)) as Linkwright's. */
const deviceOf = (dev: bigint): number =>
  Number(((dev >> 8n) & 0xfffn) * 0x100000n + ((dev & 0xffn) | ((dev >> 12n) & 0xfff00n)));
const sorted = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
