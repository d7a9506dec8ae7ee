/** Random scripts: a small tree full of links, then calls that mostly meet something in it. */
import type { OpenHow, Resolve } from '../../src/fs/fs.ts';
import type { Random } from './random.ts';
import { randomPath } from './random-tree.ts';
import type { Call, Item, Script, Spot, Step, User } from './sketch-script.ts';
import { bare } from './sketch-sides.ts';

const slotCount = 5;
/** Where the file is that is written more often than others. */
const fileSlot = 2;

/** A script of about `length` calls; one in `strict` is watched strictly. */
export const randomScript = (dice: Random, length: number, strict: number): Script => {
  const items = randomItems(dice);
  const made = items.filter(({ kind }) => kind !== 'own');
  // What a script makes is met more often than what is always there.
  const paths = [...bare, ...[0, 1, 2].flatMap(() => made.map(({ path }) => path))];
  const dirs = ['s', 't', 'mnt', ...made.filter(({ kind }) => kind === 'dir').map(({ path }) => path)];
  const files = made.filter(({ kind }) => kind !== 'dir').map(({ path }) => path);
  const known: Known = { paths, dirs, files, slots: [] };
  const steps: Step[] = [];
  let as: User = dice.pick(allUsers);
  // Handles to act from and a file to write, most of which open.
  for (const slot of [0, 1, fileSlot]) {
    const path = dice.pick(slot === 0 ? dirs : slot === fileSlot && files.length > 0 ? files : paths);
    known.slots[slot] = path;
    const access = slot === fileSlot ? 'read-write' : dice.oneIn(2) ? 'path' : 'read';
    steps.push({ as, do: 'open', slot, at: { at: 'cwd', path }, how: { access, nofollow: dice.oneIn(2) } });
  }
  while (steps.length < length) {
    if (dice.oneIn(4)) as = dice.pick(allUsers);
    steps.push({ as, ...randomCall(dice, known) });
  }
  const watched = dice.oneIn(strict) ? 'strictly' : dice.oneIn(8) ? 'loosely' : 'no';
  return { umask: dice.pick([0, 0o22, 0o22, 0o27, 0o77, 0o177]), items, steps, watched };
};

const allUsers: readonly User[] = [0, 1, 1, 1, 2, 2];
/** The shared group is 2000. */
const uids = [0, 1001, 1001, 1001, 1002];
const gids = [0, 1001, 1002, 2000, 2000];
const names = ['a', 'b', 'c', 'd', 'e', 'f', '\udcff'];
const newNames = [...names, 'x', 'y', 'z'];
const dirModes = [
  0o755, 0o755, 0o777, 0o777, 0o777, 0o1777, 0o1777, 0o2775, 0o2777, 0o3777, 0o700, 0o770, 0o711, 0o555, 0o300, 0o400,
  0o644, 0o077, 0o707, 0o1755, 0o1770, 0,
];
const fileModes = [
  0o644, 0o644, 0o666, 0o666, 0o600, 0o660, 0o066, 0o606, 0o4755, 0o2755, 0o6777, 0o2644, 0o2666, 0o1644, 0o755, 0o444,
  0,
];

interface Known {
  readonly paths: string[];
  readonly dirs: string[];
  /** What is no directory. */
  readonly files: readonly string[];
  /** The paths by which slots were opened. */
  readonly slots: (string | undefined)[];
}

const randomItems = (dice: Random): readonly Item[] => {
  const items: Item[] = [];
  const taken = new Set(bare);
  const dirs = ['', '', '', 's', 's', 't', 'mnt'];
  const files: string[] = [];
  const owner = () => ({ uid: dice.pick(uids), gid: dice.pick(gids) });
  for (const path of ['.', 's', 't', 'mnt', 'over'])
    if (dice.oneIn(3)) items.push({ kind: 'own', path, mode: dice.pick(dirModes.slice(0, 12)), ...owner() });
  for (let left = 3 + dice.below(12); left > 0; left--) {
    const path = under(dice.pick(dirs), dice.pick(names));
    if (taken.has(path)) continue;
    taken.add(path);
    const kind = dice.below(12);
    if (kind < 4) {
      dirs.push(path, path);
      items.push({ kind: 'dir', path, mode: dice.pick(dirModes), ...owner() });
    } else if (kind < 6 || (kind < 8 && files.length === 0)) {
      files.push(path);
      items.push({
        kind: 'file',
        path,
        mode: dice.pick(fileModes),
        content: dice.pick(['', 'x', 'some text']),
        ...owner(),
      });
    } else if (kind < 8) items.push({ kind: 'name', path, of: dice.pick(files), mode: 0, uid: 0, gid: 0 });
    else if (kind < 11) {
      files.push(path);
      const text = randomPath(dice, parentOf(path), [...taken]);
      items.push({ kind: 'symlink', path, text, mode: 0, ...owner() });
    } else if (dice.oneIn(4)) {
      files.push(path);
      items.push({ kind: 'fifo', path, mode: dice.pick(fileModes), ...owner() });
    } else {
      files.push(path);
      items.push({ kind: 'symlink', path, text: dice.pick(names), mode: 0, ...owner() });
    }
  }
  if (dice.oneIn(8)) {
    const dir = dice.pick(dirs);
    const end = dice.pick([...taken].map((path) => `/${path}`).concat('gone', 'h0', '.'));
    items.push({ kind: 'chain', path: under(dir, 'h0'), length: 38 + dice.below(5), end, mode: 0, uid: 0, gid: 0 });
  }
  return items;
};

const randomCall = (dice: Random, known: Known): Call => {
  const follow = dice.oneIn(2);
  const somewhere = (): Spot => randomSpot(dice, known);
  /** A name beside it, where a link or a rename crosses nothing. */
  const beside = ({ at, path }: Spot): Spot =>
    dice.oneIn(2) ? { at, path: under(parentOf(path.replace(/\/+$/, '')), dice.pick(newNames)) } : fresh();
  /** An empty path is the handle's own file. */
  const something = (): Spot => (dice.oneIn(5) ? { at: randomAt(dice, known), path: '' } : somewhere());
  const fresh = (): Spot => freshSpot(dice, known);
  const slot = randomSlot(dice, known);
  const file = dice.oneIn(3) ? slot : fileSlot;
  switch (dice.below(41)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
      return randomOpen(dice, known, dice.below(slotCount));
    case 6:
      known.slots[slot] = undefined;
      return { do: 'close', slot };
    case 7:
    case 8:
    case 9:
      return { do: 'stat', at: something(), follow };
    case 10:
      return { do: 'readlink', at: something() };
    case 11:
      return { do: 'entries', slot };
    case 12:
    case 13:
      return { do: 'access', at: something(), wanted: dice.pick(['read', 'write', 'search']) };
    case 14:
    case 15:
    case 16:
    case 17: {
      const from = known.files.length === 0 || dice.oneIn(3) ? something() : randomSpot(dice, known, known.files);
      return { do: 'link', from, to: dice.oneIn(5) ? somewhere() : beside(from), follow };
    }
    case 18:
    case 19:
      return { do: 'symlink', text: randomText(dice, known), to: fresh() };
    case 20:
    case 21:
    case 22:
    case 23:
    case 24:
    case 25: {
      const how = dice.pick(['plain', 'plain', 'no-replace', 'exchange'] as const);
      const from = dice.oneIn(40) ? { at: randomAt(dice, known), path: '' } : somewhere();
      return { do: 'rename', from, to: dice.oneIn(3) ? somewhere() : beside(from), ...(how !== 'plain' && { how }) };
    }
    case 26:
    case 27:
      return { do: 'unlink', at: somewhere() };
    case 28:
    case 29:
      return { do: 'rmdir', at: somewhere() };
    case 30:
    case 31: {
      const at = fresh();
      if (at.at === 'cwd') known.dirs.push(at.path);
      return { do: 'mkdir', at, mode: dice.pick(dirModes) };
    }
    case 32: {
      const kind = dice.pick(['file', 'file', 'fifo', 'socket', 'char', 'block'] as const);
      const rdev = kind === 'char' || kind === 'block' ? dice.pick([0, 0x100003]) : 0;
      return { do: 'mknod', at: fresh(), kind, mode: dice.pick(fileModes), rdev };
    }
    case 33:
      return {
        do: 'chmod',
        at: something(),
        mode: dice.pick(dice.oneIn(2) ? dirModes : fileModes),
        follow: !dice.oneIn(4),
      };
    case 34: {
      const uid = dice.oneIn(2) ? { uid: dice.pick(uids) } : {};
      const gid = dice.oneIn(3) ? {} : { gid: dice.pick(gids) };
      return { do: 'chown', at: something(), ...uid, ...gid, follow };
    }
    case 35: {
      const time = (): number | 'now' | undefined => (dice.oneIn(4) ? undefined : dice.pick(['now', 2, 3]));
      const [atime, mtime] = dice.oneIn(3) ? (['now', 'now'] as const) : [time(), time()];
      return {
        do: 'setTimes',
        at: something(),
        ...(atime !== undefined && { atime }),
        ...(mtime !== undefined && { mtime }),
        follow,
      };
    }
    case 36:
      return { do: 'read', slot: file, count: dice.pick([0, 4, 64]), position: dice.pick([0, 0, 3, 50]) };
    case 37:
    case 38:
      return { do: 'write', slot: file, text: dice.pick(['', 'new', 'new text']), position: dice.pick([0, 0, 3, 20]) };
    case 39: {
      const path = dice.pick([...known.dirs, '/', '..', dice.pick(known.paths)]);
      if (dice.oneIn(2)) return { do: 'chdir', path };
      return { do: 'stat', at: { at: 'cwd', path: dice.pick(['.', '..', '']) }, follow };
    }
    default:
      return { do: 'truncate', slot: file, size: dice.pick([0, 2, 9, 40]) };
  }
};

const randomOpen = (dice: Random, known: Known, slot: number): Call => {
  const create = dice.oneIn(3) ? { create: dice.pick(['if-missing', 'if-missing', 'exclusive'] as const) } : {};
  const mode = 'create' in create ? { mode: dice.pick(fileModes) } : {};
  const access = dice.pick(['path', 'path', 'path', 'read', 'read', 'write', 'read-write'] as const);
  const how: OpenHow = {
    access,
    ...(access === 'path' && !dice.oneIn(12) ? {} : { ...create, ...mode }),
    ...(dice.oneIn(4) && { directory: true }),
    ...(dice.oneIn(3) && { nofollow: true }),
    ...(access !== 'path' && dice.oneIn(8) && { truncate: true }),
    ...(access !== 'path' && dice.oneIn(8) && { append: true }),
    ...(dice.oneIn(4) && { resolve: randomResolve(dice) }),
  };
  const at =
    'create' in create && dice.oneIn(2)
      ? freshSpot(dice, known)
      : dice.oneIn(20)
        ? { at: randomAt(dice, known), path: '' }
        : randomSpot(dice, known, dice.oneIn(3) ? known.dirs : known.paths);
  known.slots[slot] = at.at === 'cwd' ? at.path.replace(/^\/+|\/+$/g, '') : (known.slots[at.at] ?? '');
  return { do: 'open', slot, at, how };
};

const randomResolve = (dice: Random): Resolve => {
  const resolve: { -readonly [flag in keyof Resolve]: true } = {};
  do {
    const flag = dice.pick(['beneath', 'inRoot', 'noSymlinks', 'noCrossing', 'noMagicLinks'] as const);
    resolve[flag] = true;
  } while (dice.oneIn(4));
  return resolve;
};

const randomAt = (dice: Random, known: Known): number | 'cwd' => (dice.oneIn(6) ? 'cwd' : randomSlot(dice, known));

/** One that has been opened, if any; that may have failed. */
const randomSlot = (dice: Random, { slots }: Known): number => {
  const used = [...slots.keys()].filter((slot) => slots[slot] !== undefined);
  return used.length === 0 ? 0 : dice.pick(used);
};

/** A place that is there, more often than not. */
const randomSpot = (dice: Random, known: Known, towards: readonly string[] = known.paths): Spot => {
  const at = dice.oneIn(3) && known.slots.length > 0 ? randomSlot(dice, known) : 'cwd';
  const from = at === 'cwd' ? '' : (known.slots[at] ?? '');
  if (dice.oneIn(250)) return { at, path: longPath(dice) };
  if (dice.oneIn(150)) return { at, path: dice.pick(['', '/', '.', '..', './', '../', '/.', '/..', '//']) };
  // Straight to it, half of the time: the detours lead nowhere too often.
  if (dice.oneIn(2)) {
    const path = dice.pick(towards);
    if (at === 'cwd' || dice.oneIn(4))
      return { at, path: `${at === 'cwd' ? '' : '/'}${path}${dice.oneIn(10) ? '/' : ''}` };
    return { at, path: dice.oneIn(2) ? dice.pick(names) : relative(from, path) };
  }
  const chain = towards.filter((path) => path.endsWith('h0'));
  return { at, path: randomPath(dice, from, chain.length > 0 && dice.oneIn(3) ? chain : towards) };
};

/** A place where something can be made, more often than not. */
const freshSpot = (dice: Random, known: Known): Spot => {
  if (dice.oneIn(5)) return randomSpot(dice, known);
  const name = dice.oneIn(40) ? 'n'.repeat(254 + dice.below(3)) : dice.pick(newNames);
  const slash = dice.oneIn(12) ? '/' : '';
  if (dice.oneIn(4) && known.slots.length > 0) return { at: randomSlot(dice, known), path: name + slash };
  const path = under(dice.pick(dice.oneIn(8) ? known.paths : ['', '', ...known.dirs]), name);
  known.paths.push(path);
  return { at: 'cwd', path: path + slash };
};

const randomText = (dice: Random, known: Known): string => {
  if (dice.oneIn(40)) return 'x'.repeat(dice.pick([59, 60, 1022, 1023, 1024, 1025, 4094, 4095]));
  if (dice.oneIn(60)) return '';
  return randomPath(dice, dice.oneIn(2) ? '' : 'x', known.paths);
};

/** Around the most bytes that a path may have. */
const longPath = (dice: Random): string => '././a/..//'.repeat(410).slice(0, 4094 + dice.below(3));

const relative = (from: string, to: string): string =>
  [...(from === '' ? [] : from.split('/').map(() => '..')), to].join('/');

const under = (dir: string, name: string): string => (dir === '' ? name : `${dir}/${name}`);

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
