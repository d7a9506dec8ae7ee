/**
 * A tree of links made from a seed: `node bench/tree.ts DIR [--entries 420000] [--seed 1]`.
 * Its shape is that of a large real one: a twentieth directories, a fifteenth symbolic links of
 * which more than a quarter are broken, a seventh names of hard-linked files. The same seed and
 * number of entries give the same tree; only texts of absolute links depend on where it stands.
 */
import { mkdirSync, readdirSync, realpathSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Fault } from '../src/fs/fault.ts';
import type { Handle } from '../src/fs/fs.ts';
import { linkText } from '../src/fs/link-text.ts';
import { kernel } from '../src/kernel/kernel.ts';
import type { Counts } from './counts.ts';

/** What a made tree holds, its top included. */
export interface TreeCounts extends Counts {
  /** Dangling, divided: the path leads nowhere (ENOENT), or through a file (ENOTDIR). */
  readonly missing: number;
  readonly notDirectory: number;
  /** Links in the longest way from a link to its end. */
  readonly longestChain: number;
  readonly absolute: number;
}

export interface TreeShape {
  readonly entries: number;
  readonly seed: number;
}

/** Makes the tree in `dir`, which must not exist or be empty, and says what it holds. */
export const makeTree = (dir: string, { entries, seed }: TreeShape): TreeCounts => {
  if (!Number.isSafeInteger(entries) || entries < 100)
    throw new Error(`a tree has at least 100 entries, not ${entries}`);
  mkdirSync(dir, { recursive: true });
  if (readdirSync(dir).length > 0) throw new Error(`${dir} is not empty: name a new or empty directory`);
  const plan = planTree(entries, randomFrom(seed), realpathSync(dir));
  build(dir, plan);
  return count(plan);
};

interface Plan {
  readonly dirs: readonly Dir[];
  readonly files: number;
  readonly links: readonly Link[];
  readonly hardFiles: readonly (readonly Place[])[];
  readonly hardLinks: readonly (readonly Place[])[];
}

interface Dir {
  readonly parent: Dir | undefined;
  readonly name: string;
  /** From the top of the tree, whose own path is empty. */
  readonly path: string;
  readonly depth: number;
  readonly children: Dir[];
  readonly files: string[];
  readonly links: Link[];
  /** Further names of inodes whose first name stands elsewhere. */
  readonly names: { readonly first: Place; readonly name: string }[];
}

interface Place {
  readonly dir: Dir;
  readonly name: string;
}

interface Link extends Place {
  readonly text: string;
  readonly end: End;
  /** Links passed from here to the end, this one included. */
  readonly hops: number;
}
type End = 'file' | 'missing' | 'loop' | 'not-directory' | Dir;

type Random = () => number;

const longestChain = 6;
const deepest = 50;
const share = { dirs: 23104 / 423104, links: 27759 / 423104, hardInodes: 30596 / 423104 } as const;

const planTree = (entries: number, random: Random, top: string): Plan => {
  const pick = picker(random);
  const dirs = planDirs(Math.round(entries * share.dirs), random);
  const any = weighted(dirs, random);
  const linkNames = Math.round(entries * share.links);
  const fileNames = entries - dirs.length - linkNames;

  const hardInodes = Math.round(entries * share.hardInodes);
  const linkInodes = Math.ceil(hardInodes / 100);
  const hardLinkSizes = Array.from({ length: linkInodes }, () => (random() < 0.8 ? 2 : 3));
  const hardFileSizes = Array.from({ length: hardInodes - linkInodes }, (_, i) => namesOfFile(i, random));
  const extra = hardFileSizes.reduce((total, size) => total + size - 1, 0);

  let serial = 0;
  const files: Place[] = [];
  for (let i = 0; i < fileNames - extra; i++) {
    const dir = any();
    const name = fileName(serial++, random);
    dir.files.push(name);
    files.push({ dir, name });
  }
  // Half of the further names stand beside the first, as versions of a program do; half elsewhere, as copies do.
  const addNames = (first: Place, size: number, elsewhere: boolean): readonly Place[] => {
    const places = [first];
    while (places.length < size) {
      const place = { dir: elsewhere && random() < 0.5 ? any() : first.dir, name: fileName(serial++, random) };
      place.dir.names.push({ first, name: place.name });
      places.push(place);
    }
    return places;
  };
  const stride = Math.floor(files.length / hardFileSizes.length);
  const hardFiles = hardFileSizes.map((size, i) => addNames(files[i * stride] as Place, size, true));

  const furtherLinkNames = hardLinkSizes.reduce((total, size) => total + size - 1, 0);
  const links = planLinks(linkNames - furtherLinkNames, {
    any,
    dirs,
    files,
    pick,
    random,
    top,
    name: () => fileName(serial++, random),
  });
  // A relative text means something else in another directory: only absolute links get names there.
  const linkStride = Math.floor(links.length / hardLinkSizes.length);
  const hardLinks = hardLinkSizes.map((size, i) => {
    const link = links[i * linkStride] as Link;
    return addNames(link, size, link.text.startsWith('/'));
  });
  return { dirs, files: fileNames, links, hardFiles, hardLinks };
};

/** Most have two names; one in a hundred more, up to twelve. */
const namesOfFile = (index: number, random: Random): number =>
  index === 0 ? 12 : random() < 0.0092 ? 3 + Math.floor(random() * 10) : 2;

/** The top first, every parent before its children. */
const planDirs = (wanted: number, random: Random): readonly Dir[] => {
  const top: Dir = { parent: undefined, name: '', path: '', depth: 0, children: [], files: [], links: [], names: [] };
  const dirs = [top];
  const add = (parent: Dir, name: string): Dir => {
    const path = parent === top ? name : `${parent.path}/${name}`;
    const dir: Dir = { parent, name, path, depth: parent.depth + 1, children: [], files: [], links: [], names: [] };
    dirs.push(dir);
    parent.children.push(dir);
    return dir;
  };
  const depth = Math.min(deepest, Math.floor(wanted / 8));
  for (let chain = 0; chain < 3; chain++)
    for (let at = top, level = 0; level < depth; level++) at = add(at, `deep-${dirs.length.toString(36)}`);
  const afterChains = dirs.length;
  while (dirs.length <= wanted) {
    // A third grow from the newest, as one project's directories do; the others rather from the oldest.
    const grown = dirs.length - afterChains;
    const back = random() < 0.35 ? random() * Math.min(50, grown) : (1 - random() ** 2) * grown;
    const parent = grown < 20 ? top : dirs[dirs.length - 1 - Math.floor(back)];
    add(parent && parent.depth < 24 ? parent : top, dirName(dirs.length, random));
  }
  return dirs;
};

/** A chooser of directories: few are large, many small, three very large. */
const weighted = (dirs: readonly Dir[], random: Random): (() => Dir) => {
  const weights = dirs.map(() => Math.exp(1.5 * normal(random)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (const part of [0.25, 0.5, 0.75]) weights[Math.floor(dirs.length * part)] = total / 25;
  const sums: number[] = [];
  let sum = 0;
  for (const weight of weights) {
    sum += weight;
    sums.push(sum);
  }
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) > wanted) high = middle;
      else low = middle + 1;
    }
    return dirs[low] as Dir;
  };
};

interface Ground {
  readonly any: () => Dir;
  readonly dirs: readonly Dir[];
  readonly files: readonly Place[];
  readonly pick: <T>(from: readonly T[]) => T;
  readonly random: Random;
  readonly top: string;
  readonly name: () => string;
}

const planLinks = (wanted: number, ground: Ground): readonly Link[] => {
  const links: Link[] = [];
  while (links.length < wanted) {
    // Loops first come early, so that a small tree has them and later links lead into them.
    const loop = links.length === 2 || ground.random() < 0.004;
    const room = wanted - links.length;
    const planned =
      loop && room >= 3
        ? planLoop(links.length === 2 ? 3 : 1 + Math.floor(ground.random() * 3), ground)
        : [planLink(links, ground)];
    for (const link of planned) {
      links.push(link);
      link.dir.links.push(link);
    }
  }
  return links;
};

/** One to three links that lead to each other in a ring. */
const planLoop = (size: number, ground: Ground): readonly Link[] => {
  const places = Array.from({ length: size }, () => ({ dir: ground.any(), name: ground.name() }));
  return places.map((place, i) => {
    const next = places[(i + 1) % size] as Place;
    return { ...place, text: textTo(place.dir, next.dir, next.name, ground), end: 'loop', hops: 1 };
  });
};

const planLink = (links: readonly Link[], ground: Ground): Link => {
  const { any, dirs, files, pick, random, name } = ground;
  const here = { dir: any(), name: name() };
  const to = (dir: Dir, rest: string, end: End, hops = 1): Link => ({
    ...here,
    text: textTo(here.dir, dir, rest, ground),
    end,
    hops,
  });
  // On a Debian system two thirds lead to a name beside them, most others to a directory nearby, and
  // 3 % farther than over four directories; the median text has 16 bytes, the mean 22.
  const distance = random();
  const near = distance < 0.68;
  const place = (): Dir => (near ? here.dir : distance < 0.97 ? kinOf(here.dir, pick) : pick(dirs));
  const file = (): Place => {
    const dir = place();
    return dir.files.length > 0 ? { dir, name: pick(dir.files) } : pick(files);
  };
  // The first links of every tree: one of each broken kind, and a chain of six, however small it is.
  const first = links.length;
  const dice = first === 0 ? 0.001 : first === 1 ? 0.1 : first === 5 ? 0.9 : first < 11 ? 0.4 : random();
  if (dice < 0.005) {
    const { dir, name: way } = file();
    return to(dir, `${way}/${random() < 0.3 ? '' : 'x'}`, 'not-directory');
  }
  if (dice < 0.245) return to(place(), `gone-${first}${random() < 0.3 ? '/further' : ''}`, 'missing');
  if (dice < 0.42) {
    const beside = place().links;
    const next = first > 5 && first < 11 ? links[first - 1] : beside.length > 0 ? pick(beside) : undefined;
    if (next && (next.hops < longestChain || next.end === 'loop'))
      return to(next.dir, next.name, next.end, next.end === 'loop' ? 1 : next.hops + 1);
  } else if (dice < 0.45) {
    // Through a link to a directory, to what stands in it.
    const way = pick(links);
    if (typeof way.end === 'object' && way.hops < longestChain) {
      const behind = way.end.files[0];
      return to(
        way.dir,
        `${way.name}/${behind ?? 'gone-behind'}`,
        behind === undefined ? 'missing' : 'file',
        way.hops + 1,
      );
    }
  } else if (dice < 0.55) {
    const dir = distance < 0.97 ? kinOf(here.dir, pick) : pick(dirs);
    return to(dir, '', dir);
  } else if (dice < 0.56) {
    const above = here.dir.parent ?? here.dir;
    return { ...here, text: here.dir.parent ? '..' : '.', end: above, hops: 1 };
  } else if (dice < 0.561) return { ...here, text: '/dev/null', end: 'file', hops: 1 };
  const end = file();
  return to(end.dir, end.name, 'file');
};

/** A directory nearby: below the same parent or grandparent. */
const kinOf = (dir: Dir, pick: Ground['pick']): Dir => {
  const aunt = pick(dir.parent?.parent?.children ?? dir.parent?.children ?? [dir]);
  return pick([aunt, ...aunt.children, ...(dir.parent?.children ?? [])]);
};

/** The text by which a link in `from` leads to `rest` in `to`; one in six is absolute, as on a Debian system. */
const textTo = (from: Dir, to: Dir, rest: string, { random, top }: Ground): string => {
  if (random() < 0.165) return [top, to.path, rest].filter((part) => part !== '').join('/');
  let common: Dir = from;
  let down: Dir = to;
  let ups = 0;
  const below: string[] = [];
  while (common !== down) {
    if (common.depth >= down.depth) {
      common = common.parent as Dir;
      ups++;
    } else {
      below.unshift(down.name);
      down = down.parent as Dir;
    }
  }
  const parts = [...Array<string>(ups).fill('..'), ...below];
  if (rest !== '') parts.push(rest);
  return parts.length === 0 ? '.' : parts.join('/');
};

const words = 'index lib util module icon page Makefile core data test locale font parser store view node'.split(' ');
const endings = ['', '.so', '.js', '.d.ts', '.py', '.h', '.png', '.svg', '.json', '.gz', '.mo', '.conf'];

/** Unlike every other name: `serial` is in it. One in 500 is hostile. */
const fileName = (serial: number, random: Random): string => {
  const mark = serial.toString(36);
  if (serial % 500 === 3) return hostileName(mark, Math.floor(serial / 500));
  const word = words[Math.floor(random() * words.length)] as string;
  return `${word}-${mark}${endings[Math.floor(random() * endings.length)] as string}`;
};

const dirName = (serial: number, random: Random): string =>
  serial % 500 === 7
    ? hostileName(`dir-${serial}`, Math.floor(serial / 500) + 1)
    : `${words[Math.floor(random() * words.length)] as string}-${serial.toString(36)}`;

/** In turn: a newline, an escape sequence, a byte 0xFF, 255 bytes, 255 bytes of two-byte letters and such. */
const hostileName = (mark: string, turn: number): string => {
  switch (turn % 6) {
    case 0:
      return `new\nline\n${mark}`;
    case 1:
      return `\x1b[31mred\x1b]0;title\x07${mark}`;
    case 2:
      return `\udcff\udcfe${mark}\udc80`;
    case 3:
      return `${mark}_`.padEnd(255, 'long');
    case 4:
      return mark.padEnd(mark.length | 1, '-') + 'é'.repeat((255 - mark.length) >> 1);
    default:
      return ` -rf "'\\$(x) ${mark} `;
  }
};

const build = (top: string, plan: Plan): void => {
  using root = must(kernel.open(kernel.cwd, top, { access: 'path', directory: true }));
  let serial = 0;
  for (const dir of plan.dirs) {
    if (dir.parent) done(kernel.mkdir(root, dir.path, 0o755));
    using at = open(root, dir);
    for (const name of dir.files) makeFile(at, name, serial++);
    for (const link of dir.links) done(kernel.symlink(linkText(link.text), at, link.name));
  }
  for (const dir of plan.dirs) {
    if (dir.names.length === 0) continue;
    using at = open(root, dir);
    for (const { first, name } of dir.names) done(kernel.link(root, pathOf(first), at, name));
  }
};

const open = (root: Handle, dir: Dir): Handle =>
  must(kernel.open(root, dir.path || '.', { access: 'path', directory: true, nofollow: true }));

/** Empty, but for one in 32. */
const makeFile = (at: Handle, name: string, serial: number): void => {
  using file = must(kernel.open(at, name, { access: 'write', create: 'exclusive', mode: 0o644 }));
  if (serial % 32 === 0) writeSync(file.fd, `${serial}\n`);
};

const pathOf = ({ dir, name }: Place): string => (dir.path === '' ? name : `${dir.path}/${name}`);

const count = ({ dirs, files, links, hardFiles, hardLinks }: Plan): TreeCounts => {
  // A further name of a link counts as a link of its own, with the same text and end.
  const all = [...links, ...hardLinks.flatMap((places) => places.slice(1).map(() => places[0] as Link))];
  const ending = (wanted: (end: End) => boolean): number => all.filter((link) => wanted(link.end)).length;
  const names = (groups: readonly (readonly Place[])[]): number => groups.reduce((sum, group) => sum + group.length, 0);
  const missing = ending((end) => end === 'missing');
  const notDirectory = ending((end) => end === 'not-directory');
  return {
    entries: dirs.length + files + all.length,
    directories: dirs.length,
    files,
    symlinks: all.length,
    dangling: missing + notDirectory,
    missing,
    notDirectory,
    loops: ending((end) => end === 'loop'),
    unknown: 0,
    symlinksToDirectories: ending((end) => typeof end === 'object'),
    absolute: all.filter((link) => link.text.startsWith('/')).length,
    longestChain: links.reduce((longest, link) => (link.end === 'loop' ? longest : Math.max(longest, link.hops)), 0),
    multiLinkNames: names(hardFiles) + names(hardLinks),
    multiLinkInodes: hardFiles.length + hardLinks.length,
    multiLinkFileNames: names(hardFiles),
    multiLinkFileInodes: hardFiles.length,
    namesOutside: 0,
  };
};

/** Mulberry32: 2^32 states are plenty here, and the sequence is the same on every machine. */
const randomFrom = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const normal = (random: Random): number => random() + random() + random() + random() + random() + random() - 3;

const picker =
  (random: Random) =>
  <T>(from: readonly T[]): T =>
    from[Math.floor(random() * from.length)] as T;

const must = <T>(answer: T | Fault): T => {
  if (answer instanceof Fault) throw new Error(`${answer.call} ${JSON.stringify(answer.path)}: ${answer.reason}`);
  return answer;
};

const done = (answer: Fault | undefined): void => {
  must(answer);
};

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { entries: { type: 'string', default: '420000' }, seed: { type: 'string', default: '1' } },
  });
  const [dir] = positionals;
  if (dir === undefined || positionals.length > 1) {
    process.stderr.write('usage: node bench/tree.ts DIR [--entries 420000] [--seed 1]\n');
    process.exitCode = 2;
  } else {
    const counts = makeTree(dir, { entries: Number(values.entries), seed: Number(values.seed) });
    process.stdout.write(`${JSON.stringify(counts, undefined, 2)}\n`);
  }
}
