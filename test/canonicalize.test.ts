/**
 * Canonical paths of random trees, ours against the system's readlink and realpath. 2,000 paths, or
 * 40,000 with LINKWRIGHT_FULL=1; LINKWRIGHT_SEED gives those of an earlier run again.
 */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { encodeBytes } from '../src/fs/bytes.ts';
import { basename, dirname } from '../src/fs/path.ts';
import { relativePath } from '../src/fs/relative.ts';
import { readlink } from '../src/jobs/make/readlink.ts';
import { realpath } from '../src/jobs/make/realpath.ts';
import { type Random, random } from './conformance/random.ts';
import { type Answer, comparing, ours, theirs } from './gnu-program.ts';
import { asUser, isRoot, nobody, Scratch } from './scratch.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
const wanted = process.env.LINKWRIGHT_FULL === '1' ? 40_000 : 2_000;
const pathsPerTree = 50;

const commands: readonly (readonly [name: 'readlink' | 'realpath', ...options: string[]])[] = [
  ['readlink', '-v'],
  ['readlink', '-vf'],
  ['readlink', '-ve'],
  ['readlink', '-vm'],
  ['realpath'],
  ['realpath', '-L'],
  ['realpath', '-Le'],
  ['realpath', '-Lm'],
  ['realpath', '-s'],
  ['realpath', '-se'],
  ['realpath', '-sm'],
];

comparing('random paths of random trees lead where the system’s readlink and realpath say', () => {
  const dice = random(seed);
  const before = process.cwd();
  let answered = 0;
  let refused = 0;
  try {
    for (let done = 0; done < wanted; done += pathsPerTree) {
      using scratch = new Scratch();
      const uid = isRoot && dice.oneIn(4) ? nobody : undefined;
      const tree = plant(dice, scratch.path, uid !== undefined);
      const paths = Array.from({ length: pathsPerTree }, () => randomPath(dice, tree));
      process.chdir(dice.oneIn(3) ? dice.pick(tree.dirs.filter((dir) => dir.isWellFormed())) : scratch.path);
      for (const command of [dice.pick(commands), dice.pick(commands), relativeTo(dice, tree)]) {
        const [name, ...options] = command;
        const args = [...options, '-z', '--', ...paths];
        const program = name === 'readlink' ? readlink : realpath;
        const variables = { LC_ALL: dice.pick(['C', 'C.UTF-8']) };
        const run = () => ours(program, name, args, variables);
        const answer = uid === undefined ? run() : asUser(uid, run);
        assert.deepEqual(
          split(answer),
          split(theirs(name, args, variables, uid)),
          `LINKWRIGHT_SEED=${seed}: ${command.join(' ')} in ${process.cwd()}`,
        );
        answered += answer.out.split('\0').length - 1;
        refused += answer.err.split('\n').length - 1;
      }
      process.chdir(before);
    }
  } finally {
    process.chdir(before);
  }
  process.stderr.write(`LINKWRIGHT_SEED=${seed}: ${wanted} paths: ${answered} answers, ${refused} refusals\n`);
  assert.ok(answered > wanted / 2 && refused > wanted / 4, 'the trees are too dull');
});

const split = ({ code, out, err }: Answer) => ({ code, out: out.split('\0'), err: err.split('\n') });

interface Tree {
  readonly root: string;
  readonly dirs: readonly string[];
  /** What there is, by its path, and the directory that it is or is meant to lead to. */
  readonly spots: readonly Spot[];
}

interface Spot {
  readonly path: string;
  readonly leadsTo: string | undefined;
}

/**
 * A tree whose names all differ. Links of the first kind, `c`, lead onward to anything, in cycles too; those of the
 * second, `p`, only to directories, files and earlier ones of the second kind, and only these are passed within a
 * link's text: a cycle that adds to the path in each round has no end in gnulib.
 */
const plant = (dice: Random, root: string, unreadable: boolean): Tree => {
  const dirs = [root];
  const safe: Spot[] = [{ path: root, leadsTo: root }];
  // Not both in one path: messages of coreutils before 9.6 are wrong where quotes meet a last character that is escaped.
  const hostile = dice.oneIn(2) ? ["'", ' ', '$'] : ['\n', '\udcff', 'é'];
  const decorate = (name: string): string => name + (dice.oneIn(2) ? dice.pick(hostile) : '');
  for (let i = 0; i < 2 + dice.below(5); i++) {
    const path = `${dice.pick(dirs)}/${decorate(`d${i}`)}`;
    mkdirSync(bytes(path));
    dirs.push(path);
    safe.push({ path, leadsTo: path });
  }
  for (let i = 0; i < 1 + dice.below(3); i++) {
    const path = `${dice.pick(dirs)}/${decorate(`f${i}`)}`;
    writeFileSync(bytes(path), '');
    safe.push({ path, leadsTo: undefined });
  }
  const passed = Array.from({ length: dice.below(8) }, (_, i) => `${dice.pick(dirs)}/${decorate(`p${i}`)}`);
  const cyclic = Array.from({ length: dice.below(8) }, (_, i) => `${dice.pick(dirs)}/${decorate(`c${i}`)}`);
  for (const path of passed) {
    const { text, leadsTo } = linkTo(dice, dirname(path), dice.pick(safe), safe);
    const ending = leadsTo === undefined ? '' : dice.pick(['', '', '', '/', '/.', '//', '/gone', '/..']);
    symlinkSync(bytes(text + ending), bytes(path));
    safe.push({ path, leadsTo: ending.length < 3 ? leadsTo : undefined });
  }
  const spots = [...safe];
  for (const path of cyclic) {
    const target = dice.oneIn(2) ? dice.pick(safe) : { path: dice.pick(cyclic), leadsTo: undefined };
    const { text, leadsTo } = linkTo(dice, dirname(path), target, safe);
    symlinkSync(bytes(text), bytes(path));
    spots.push({ path, leadsTo });
  }
  if (unreadable) for (const dir of dirs.slice(1)) if (dice.oneIn(4)) chmodSync(bytes(dir), dice.pick([0o700, 0o744]));
  return { root, dirs, spots };
};

/** A text that leads from `dir` to the target, or nearly so; `safe` may be passed on the way. */
const linkTo = (
  dice: Random,
  dir: string,
  target: Spot,
  safe: readonly Spot[],
): { readonly text: string; readonly leadsTo: string | undefined } => {
  if (dice.oneIn(8)) return { text: dice.pick(['gone', '/gone/gone', './gone', '../gone', '/']), leadsTo: undefined };
  const plain = dice.oneIn(3) ? dice.pick(['', '', '/', '//']) + target.path : relativePath(dir, target.path);
  const over = dice.pick(safe);
  if (over.leadsTo === undefined || dice.oneIn(2)) return { text: plain, leadsTo: target.leadsTo };
  return {
    text: `${relativePath(dir, over.path)}/${relativePath(over.leadsTo, target.path)}`,
    leadsTo: target.leadsTo,
  };
};

const bytes = (path: string): Buffer => Buffer.from(encodeBytes(path));

const randomPath = (dice: Random, { root, dirs, spots }: Tree): string => {
  if (dice.oneIn(40))
    return dice.pick(['', '/', '//', '///', '.', '..', './', '/..', '//x', 'x'.repeat(256), 'y/'.repeat(2048)]);
  const first = dice.pick(spots);
  const slash = () => dice.pick(['/', '/', '/', '//', '/./']);
  let path = dice.oneIn(2) ? first.path : relativePath(dice.pick([root, root, ...dirs]), first.path);
  let { leadsTo } = first;
  for (let more = dice.below(5); more > 0; more--) {
    if (leadsTo !== undefined && !dice.oneIn(4)) {
      const next = dice.pick(spots);
      path += slash() + relativePath(leadsTo, next.path);
      leadsTo = next.leadsTo;
    } else if (dice.oneIn(3))
      path += slash() + dice.pick(['.', '..', '../..', 'gone', 'gone/..', basename(dice.pick(spots).path)]);
  }
  return path + dice.pick(['', '', '', '', '/', '//', '/.', '/..', '/./', '/gone', '/gone/', '/gone/gone']);
};

const relativeTo = (dice: Random, tree: Tree): readonly [name: 'realpath', ...options: string[]] => {
  const dir = () => (dice.oneIn(3) ? randomPath(dice, tree) : dice.pick([...tree.dirs, '/', '.', '//', '/usr']));
  return [
    'realpath',
    dice.pick(['-P', '-m', '-m', '-e', '-s', '-L']),
    ...(dice.oneIn(4) ? [] : [`--relative-to=${dir()}`]),
    ...(dice.oneIn(2) ? [] : [`--relative-base=${dir()}`]),
  ];
};
