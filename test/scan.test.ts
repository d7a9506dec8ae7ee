import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { excluder } from '../src/cli/excluder.ts';
import { decodeBytes } from '../src/fs/bytes.ts';
import { errnoNumber } from '../src/fs/errno.ts';
import { Fault } from '../src/fs/fault.ts';
import { linkText } from '../src/fs/link-text.ts';
import { dirent, type Probe, probeLayout, statxField } from '../src/fs/probe.ts';
import { kernel } from '../src/kernel/kernel.ts';
import { kernelProbe } from '../src/kernel/probe.ts';
import { Atlas } from '../src/scan/atlas.ts';
import type { Census } from '../src/scan/census.ts';
import { settle } from '../src/scan/settle.ts';
import { type LinkTally, tallyLinks, tallyNames } from '../src/scan/tally.ts';
import { Walk, type WalkOptions } from '../src/scan/walk.ts';
import { asUser, canMount, isRoot, nobody, openPlace, runScript, Scratch } from './scratch.ts';

const EMFILE = errnoNumber('EMFILE');

/** One for all: a probe's memory lasts as long as the process. */
const probe = kernelProbe();

interface Scan extends Partial<WalkOptions> {
  readonly probe?: Probe;
  /** Resolve as if this directory were `/`. */
  readonly inside?: string;
}

/** A whole walk over directories, its links settled. */
const scan = (roots: string | readonly string[], options: Scan = {}): Census => tallied(roots, options).census;

/** The same with its links counted. */
const tallied = (
  roots: string | readonly string[],
  { probe: asked = probe, inside = '/', ...options }: Scan = {},
): { census: Census; tally: LinkTally } => {
  using top = openPlace(inside);
  const root = { handle: top.handle, path: '/' };
  using handles = new DisposableStack();
  using walk = new Walk(asked, { level: 'full', ...options, ...(inside !== '/' && { root: root.handle }) });
  for (const path of [roots].flat()) {
    const handle = kernel.open(kernel.cwd, path, { access: 'read', directory: true });
    assert.ok(!(handle instanceof Fault), path);
    const physical = realpathSync(path).slice(inside === '/' ? 0 : inside.length) || '/';
    walk.addRoot(handles.use(handle), { path, physical });
  }
  while (!walk.step(1));
  const { census } = walk;
  const atlas = new Atlas(census, kernel, root);
  Array.from(settle(atlas, kernel, root, []));
  return { census, tally: tallyLinks(census, atlas, 1) };
};

/** Each link as `path -> text: end`, in order of path, paths from `top`. */
const links = (census: Census, top: string): readonly string[] =>
  Array.from({ length: census.links.count }, (_, row) => census.link(row))
    .map(({ path, text, end }) => `${path.slice(top.length + 1)} -> ${text}: ${end}`)
    .sort();

/** Each inode with several names as `a b: 2 of 3`. */
const groups = (census: Census, top: string): readonly string[] =>
  census
    .namesByFile()
    .map((rows, file) => {
      const { seen, nlink } = census.file(file);
      const names = rows.map((row) => census.namePath(row).slice(top.length + 1)).sort();
      return `${names.join(' ')}: ${seen} of ${nlink}`;
    })
    .sort();

const write = (top: Scratch, ...names: readonly string[]): void => {
  for (const name of names) writeFileSync(top.at(name), name);
};
const dirs = (top: Scratch, ...names: readonly string[]): void => {
  for (const name of names) mkdirSync(top.at(name), { recursive: true });
};

test('names of one file belong together, wherever they stand, and those outside are counted', () => {
  using tree = new Scratch();
  dirs(tree, 'in/sub', 'out');
  write(tree, 'in/a', 'in/b', 'in/lone', 'out/elsewhere');
  linkSync(tree.at('in/a'), tree.at('in/a2'));
  linkSync(tree.at('in/a'), tree.at('in/sub/a3'));
  linkSync(tree.at('in/b'), tree.at('out/b2'));
  linkSync(tree.at('in/b'), tree.at('out/b3'));
  symlinkSync('a', tree.at('in/link'));
  linkSync(tree.at('in/link'), tree.at('in/sub/link2'));
  const census = scan(tree.at('in'));
  assert.deepEqual(groups(census, tree.at('in')), ['a a2 sub/a3: 3 of 3', 'b: 1 of 3', 'link sub/link2: 2 of 2']);
  const { files, names, namesOutside, filesWithNamesOutside, bytesSaved, bytesSharedOutside } = tallyNames(census);
  assert.deepEqual([files, names, namesOutside, filesWithNamesOutside], [3, 6, 2, 1]);
  const storage = (name: string) => statSync(tree.at(name)).blocks * 512;
  assert.equal(bytesSaved, storage('in/a') * 2);
  assert.equal(bytesSharedOutside, storage('in/b'));
  assert.equal(census.counts.bytes, 'in/ain/bin/lone'.length + 'a'.length);
  assert.deepEqual(links(census, tree.at('in')), ['link -> a: found', 'sub/link2 -> a: missing']);
});

test('several roots: names of one file belong together; what two roots hold counts once, whatever their order', () => {
  using tree = new Scratch();
  dirs(tree, 'a/b/c', 'd');
  write(tree, 'a/b/f', 'd/g');
  linkSync(tree.at('a/b/f'), tree.at('d/f2'));
  symlinkSync('f', tree.at('a/b/l'));
  const once = scan([tree.at('a'), tree.at('d')]);
  assert.deepEqual(groups(once, tree.path), ['a/b/f d/f2: 2 of 2']);
  assert.equal(once.counts.seenAgain, 0);
  const [a, b, d] = [tree.at('a'), tree.at('a/b'), tree.at('d')];
  for (const roots of [
    [a, b, d],
    [b, a, d],
    [d, b, a],
    [a, a, d],
    [`${a}/.`, d, `${b}/../../a`],
  ]) {
    const again = scan(roots);
    assert.deepEqual(again.counts, { ...once.counts, seenAgain: 1 }, String(roots));
    assert.equal(again.links.count, 1);
    assert.equal(again.names.count, 2);
  }
});

test('a bind mount is not walked twice, and a file mounted on a name is not one more name', (context) => {
  if (!canMount(context.name)) return;
  using tree = new Scratch();
  dirs(tree, 'real/sub', 'again', 'kept');
  write(tree, 'real/f', 'real/covered', 'kept/lone', 'real/device');
  linkSync(tree.at('real/f'), tree.at('real/sub/f2'));
  symlinkSync('f', tree.at('real/l'));
  const mounts = `cd ${tree.path}
    mount --bind real again
    mount --bind real/f real/covered
    mount --bind /dev/null real/device
    mount --bind kept/lone kept/lone`;
  const seen = inMounts(`map('${tree.path}')`, mounts);
  // The two directories `real` and `again` are one; whichever was met first is told.
  assert.equal(seen.counts.seenAgain, 1);
  assert.deepEqual(seen.counts, { ...seen.counts, entries: 10, dirs: 4, links: 1, vanished: 0 });
  assert.equal(seen.links.length, 1);
  assert.deepEqual(
    seen.groups.map(([names]: readonly [string[], number]) => names.map((name) => name.replace(/^(again|real)/, 'R'))),
    [['R/f', 'R/sub/f2']],
  );
});

test('-x stays on one file system; proc, sysfs and such are not entered, unless they are a root', (context) => {
  if (!canMount(context.name)) return;
  using tree = new Scratch();
  dirs(tree, 'tmp', 'proc', 'here');
  write(tree, 'here/f');
  const mounts = `cd ${tree.path}
    mount -t tmpfs inner tmp
    mount -t proc proc proc
    mkdir tmp/d
    : >tmp/d/f
    ln -s ../here/f tmp/across`;
  const [all, one, both, reversed, proc] = inMounts(
    `[map('${tree.path}'), map('${tree.path}', '-x'), map('${tree.path}', '${tree.at('tmp')}', '-x'),
      map('${tree.at('tmp')}', '${tree.path}', '-x'), map('${tree.at('proc/self/ns')}', '--level', 'names')]`,
    mounts,
  );
  assert.deepEqual(
    { ...all.counts, blocks: 0 },
    { ...all.counts, blocks: 0, entries: 8, dirs: 5, files: 2, links: 1, notEntered: 1 },
  );
  assert.equal(all.symlinks.acrossFileSystems, 1);
  assert.deepEqual({ ...one.counts }, { ...one.counts, entries: 5, dirs: 4, files: 1, links: 0, notEntered: 2 });
  for (const two of [both, reversed])
    assert.deepEqual([two.counts.entries, two.counts.notEntered, two.counts.seenAgain], [8, 1, 1]);
  assert.ok(proc.counts.links > 5, 'a root on proc is walked');
});

test('excludes are those of gitignore', () => {
  using tree = new Scratch();
  dirs(tree, 'build/x', 'src/build', 'a b', 'deep/one/two', 'keep');
  write(
    tree,
    'build/x/f',
    'src/build/f',
    'a b/f',
    'deep/one/two/end',
    'keep/a.o',
    'keep/b.o',
    '#hash',
    '!bang',
    'src/top',
    'top',
    'star*',
    'stars',
  );
  const bytes = Buffer.concat([Buffer.from(`${tree.path}/`), Buffer.from([0x62, 0xff, 0x6c])]);
  writeFileSync(bytes, '');
  writeFileSync(tree.at('line\nbreak'), '');
  const left = (...patterns: readonly string[]): readonly string[] => {
    const dropped = new Set<string>();
    const matches = excluder(patterns);
    const census = scan(tree.path, {
      excludes: (path, isDir) => matches(path, isDir) && dropped.add(path) !== undefined,
    });
    assert.equal(census.counts.excluded, dropped.size);
    const below = spawnSync('find', [tree.path, '-mindepth', '1', '-printf', '%P\\0'], { encoding: 'latin1' });
    const all = below.stdout
      .split('\0')
      .slice(0, -1)
      .map((name) => decodeBytes(Buffer.from(name, 'latin1')));
    const gone = all.filter((path) => [...dropped].some((top) => path === top || path.startsWith(`${top}/`)));
    assert.equal(census.counts.entries, 1 + all.length - gone.length, String(patterns));
    return [...dropped].sort();
  };
  assert.deepEqual(left('build/'), ['build', 'src/build']);
  assert.deepEqual(left('top/'), []);
  assert.deepEqual(left('/top'), ['top']);
  assert.deepEqual(left('top'), ['src/top', 'top']);
  assert.deepEqual(left('*.o', '!b.o'), ['keep/a.o']);
  assert.deepEqual(left('deep/**/end'), ['deep/one/two/end']);
  assert.deepEqual(left('**/two'), ['deep/one/two']);
  assert.deepEqual(left('deep/**'), ['deep/one']);
  assert.deepEqual(left('a b'), ['a b']);
  assert.deepEqual(left('a\\ b/'), ['a b']);
  assert.deepEqual(left('\\#hash', '#top', '\\!bang'), ['!bang', '#hash']);
  assert.deepEqual(left('star\\*'), ['star*']);
  assert.deepEqual(left('b\udcffl'), ['b\udcffl']);
  assert.deepEqual(left('line*'), ['line\nbreak']);
  assert.deepEqual(left('TOP'), []);
  assert.deepEqual(left('/build/', '!/build/x'), ['build']);
});

test('a file system that does not tell types in its directories costs calls, not answers', () => {
  using tree = mixed();
  let hidden = 0;
  const untyped: Probe = {
    ...probe,
    getdents(fd) {
      const filled = probe.getdents(fd);
      for (const at of records(filled)) {
        probe.bytes[at + dirent.type] = 0;
        if (!isDots(at)) hidden++;
      }
      return filled;
    },
  };
  for (const level of ['names', 'symlinks', 'full'] as const) {
    hidden = 0;
    const typed = scan(tree.path, { level });
    const census = scan(tree.path, { level, probe: untyped });
    assert.deepEqual(census.counts, { ...typed.counts, untyped: hidden });
    assert.deepEqual(links(census, tree.path), links(typed, tree.path));
    assert.deepEqual(groups(census, tree.path), groups(typed, tree.path));
  }
});

test('a read of a directory that a signal cuts short is not taken for the last', () => {
  using tree = mixed();
  // What is left of each read, where it belongs.
  const kept = new Map<number, Uint8Array>();
  const short: Probe = {
    ...probe,
    getdents(fd) {
      const rest = kept.get(fd);
      if (rest) probe.bytes.set(rest, probeLayout.dents);
      const filled = rest ? rest.length : probe.getdents(fd);
      const second = [...records(filled)][1];
      if (second === undefined) kept.delete(fd);
      else kept.set(fd, probe.bytes.slice(second, probeLayout.dents + filled));
      return second === undefined ? filled : second - probeLayout.dents;
    },
  };
  const whole = scan(tree.path);
  const census = scan(tree.path, { probe: short });
  assert.deepEqual(census.counts, whole.counts);
  assert.deepEqual(links(census, tree.path), links(whole, tree.path));
});

test('the levels: names asks for no inode but directories, symlinks for no file’s', () => {
  using tree = mixed();
  const asked = { lstat: 0, stat: 0, readlink: 0 };
  const counted = (call: keyof typeof asked) => (dir: number, name: number) => {
    asked[call]++;
    return probe[call](dir, name);
  };
  const counting = { ...probe, lstat: counted('lstat'), stat: counted('stat'), readlink: counted('readlink') };
  const full = scan(tree.path);
  const names = scan(tree.path, { level: 'names', probe: counting });
  assert.deepEqual(asked, { lstat: 0, stat: 0, readlink: 0 });
  assert.equal(names.links.count + names.files.count, 0);
  const symlinks = scan(tree.path, { level: 'symlinks', probe: counting });
  assert.deepEqual(asked, { lstat: 0, stat: full.counts.links, readlink: full.counts.links });
  assert.deepEqual(links(symlinks, tree.path), links(full, tree.path));
  for (const { counts } of [names, symlinks])
    assert.deepEqual({ ...counts, bytes: 0, blocks: 0 }, { ...full.counts, bytes: 0, blocks: 0 });
});

test('inode numbers of 64 bits keep their high words', () => {
  using tree = new Scratch();
  write(tree, 'a', 'b');
  linkSync(tree.at('a'), tree.at('a2'));
  linkSync(tree.at('b'), tree.at('b2'));
  symlinkSync('a', tree.at('to-a'));
  dirs(tree, 'd1', 'd2');
  const ino = (probeLayout.statx + statxField.ino) >> 2;
  // All low words are equal: only the high ones tell these inodes apart.
  const wide = (result: number): number => {
    if (result < 0) return result;
    probe.words[ino + 1] = 0xf0000000 + probe.words[ino]!;
    probe.words[ino] = 7;
    return result;
  };
  const census = scan(tree.path, {
    probe: {
      ...probe,
      lstat: (dir, name) => wide(probe.lstat(dir, name)),
      stat: (dir, name) => wide(probe.stat(dir, name)),
      fstat: (fd) => wide(probe.fstat(fd)),
    },
  });
  assert.deepEqual(groups(census, tree.path), ['a a2: 2 of 2', 'b b2: 2 of 2']);
  assert.equal(census.counts.seenAgain, 0);
  const real = BigInt(statSync(tree.at('a')).ino);
  const { target } = census.link(0);
  assert.equal(target?.ino, ((0xf0000000n + real) << 32n) | 7n);
  assert.ok(census.namesByFile().some((_, file) => census.file(file).ino === target?.ino));
});

test('the eight kinds of broken link', () => {
  using tree = new Scratch();
  write(tree, 'f');
  dirs(tree, 'd');
  for (const [name, text] of [
    ['1', 'gone'],
    ['2', 'd/gone'],
    ['3', 'gone/further'],
    ['4a', '4b'],
    ['4b', '4a'],
    ['5', '5'],
    ['6a', '6b'],
    ['6b', '6c'],
    ['6c', '6a'],
    ['7', 'f/'],
    ['8', 'f/x'],
    ['good', 'f'],
    ['long', 'n'.repeat(256)],
    ['through', '1'],
  ] as const)
    symlinkSync(text, tree.at(name));
  for (let i = 0; i < 42; i++) symlinkSync(i === 41 ? 'f' : `many${i + 1}`, tree.at(`many${i}`));
  const { census, tally } = tallied(tree.path);
  assert.deepEqual(tally.ends, {
    found: 41,
    missing: 4,
    loop: 6,
    'not-a-directory': 2,
    'name-too-long': 1,
    'too-many-links': 2,
    permission: 0,
    'absent-volume': 0,
    unknown: 0,
  });
  assert.equal(tally.longest?.hops, 40);
  assert.deepEqual(
    links(census, tree.path).filter((line) => !line.endsWith(': found') && !line.startsWith('long')),
    [
      '1 -> gone: missing',
      '2 -> d/gone: missing',
      '3 -> gone/further: missing',
      '4a -> 4b: loop',
      '4b -> 4a: loop',
      '5 -> 5: loop',
      '6a -> 6b: loop',
      '6b -> 6c: loop',
      '6c -> 6a: loop',
      '7 -> f/: not-a-directory',
      '8 -> f/x: not-a-directory',
      'many0 -> many1: too-many-links',
      'many1 -> many2: too-many-links',
      'through -> 1: missing',
    ],
  );
});

test('a closed directory is told, and a link behind it is unknown, never broken', (context) => {
  if (!isRoot) return notRoot(context.name);
  using tree = new Scratch();
  dirs(tree, 'closed/sub', 'listed/sub', 'open');
  write(tree, 'closed/f', 'listed/f', 'open/f');
  symlinkSync('f', tree.at('listed/l'));
  for (const [name, text] of [
    ['l1', 'closed/f'],
    ['l2', 'closed/gone'],
    ['l3', 'listed/f'],
    ['l4', 'open/f'],
    ['l5', 'open/gone'],
    ['l6', 'closed'],
  ] as const)
    symlinkSync(text, tree.at(name));
  chmodSync(tree.at('closed'), 0o700);
  chmodSync(tree.at('listed'), 0o744);
  for (const level of ['names', 'symlinks', 'full'] as const) {
    const census = asUser(nobody, () => scan(tree.path, { level }));
    assert.equal(census.complete, false);
    // Every entry is counted that a directory told, and each that could not be looked at is told once.
    assert.deepEqual(census.counts, { ...census.counts, entries: 14, dirs: 5, files: 2, links: 7, vanished: 0 });
    const blind = census.blind.map(({ path, call, errno }) => `${path.slice(tree.path.length + 1)} ${call} ${errno}`);
    assert.deepEqual(blind.sort(), [
      'closed openat EACCES',
      ...(level === 'full' ? ['listed/f statx EACCES'] : []),
      ...(level === 'names' ? [] : ['listed/l readlinkat EACCES']),
      'listed/sub openat EACCES',
    ]);
    if (level !== 'names')
      assert.deepEqual(links(census, tree.path), [
        'l1 -> closed/f: permission',
        'l2 -> closed/gone: permission',
        'l3 -> listed/f: permission',
        'l4 -> open/f: found',
        'l5 -> open/gone: missing',
        'l6 -> closed: found',
      ]);
  }
  const hidden = asUser(nobody, () => scan(tree.path, { probe: { ...probe, getdents: withoutTypes } }));
  assert.deepEqual([hidden.counts.entries, hidden.blind.length], [14, 4]);
});

test('an entry that goes, or becomes something else, before it is looked at is vanished and nothing more', () => {
  type Turn = readonly [name: string, becomes: 'nothing' | 'file' | 'dir' | 'link', left: Partial<Census['counts']>];
  const turns: readonly Turn[] = [
    ['file', 'nothing', { files: 0 }],
    ['link', 'nothing', { links: 0 }],
    ['dir', 'nothing', { dirs: 1 }],
    ['file', 'dir', { files: 0 }],
    ['file', 'link', { files: 0 }],
    ['link', 'file', { links: 0 }],
    ['link', 'dir', { links: 0 }],
    ['dir', 'file', { dirs: 1 }],
    ['dir', 'link', { dirs: 1 }],
  ];
  for (const [name, becomes, left] of turns) {
    using tree = new Scratch();
    dirs(tree, 'dir');
    write(tree, 'file');
    symlinkSync('file', tree.at('link'));
    let turned = false;
    const census = scan(tree.path, {
      probe: {
        ...probe,
        getdents(fd) {
          const filled = probe.getdents(fd);
          if (!turned) {
            rmSync(tree.at(name), { recursive: true });
            if (becomes === 'file') write(tree, name);
            if (becomes === 'dir') dirs(tree, `${name}/x/y`);
            if (becomes === 'link') symlinkSync('/usr', tree.at(name));
          }
          turned = true;
          return filled;
        },
      },
    });
    const { entries, dirs: dirCount, files, links: linkCount, others, vanished } = census.counts;
    assert.deepEqual(
      { entries, dirs: dirCount, files, links: linkCount, others, vanished },
      { entries: 3, dirs: 2, files: 1, links: 1, others: 0, vanished: 1, ...left },
      `${name} becomes ${becomes}`,
    );
    assert.equal(census.complete, true);
    assert.equal(census.files.count, 0);
    assert.equal(census.links.count, linkCount);
  }
});

test('a directory that got the inode number of one that is gone is entered too; one that is seen twice is not', () => {
  using tree = new Scratch();
  dirs(tree, 'one', 'two');
  write(tree, 'one/file', 'two/file');
  const countsWhere = (bornApart: boolean): Census['counts'] => {
    let asked = 0;
    return scan(tree.path, {
      probe: {
        ...probe,
        fstat(fd) {
          const result = probe.fstat(fd);
          const field = (offset: number): number => (probeLayout.statx + offset) >> 2;
          // Roots are asked about twice.
          if (++asked > 2) probe.words.fill(77, field(statxField.ino), field(statxField.size));
          probe.words[field(statxField.mask)]! |= 0x800;
          probe.words[field(statxField.btime)] = bornApart ? asked : 1;
          probe.words[field(statxField.btime + 8)] = 0;
          return result;
        },
      },
    }).counts;
  };
  const { entries, seenAgain } = countsWhere(true);
  assert.deepEqual({ entries, seenAgain }, { entries: 5, seenAgain: 0 });
  assert.equal(countsWhere(false).seenAgain, 1);
});

test('a directory that is replaced by another while its children are entered is not mistaken for it', () => {
  using tree = new Scratch();
  dirs(tree, 'top/a/x', 'top/b/x', 'top/c/x', 'new/a/evil', 'new/b/evil', 'new/c/evil');
  let opened = 0;
  // With few descriptors the walk closes `top` and finds it again by its name, which by then leads elsewhere.
  const census = scan(tree.path, {
    excludes: (path) => path === 'new',
    probe: {
      ...probe,
      openDir(parent, name) {
        if (++opened === 3) {
          renameSync(tree.at('top'), tree.at('old'));
          renameSync(tree.at('new'), tree.at('top'));
          return -EMFILE;
        }
        return probe.openDir(parent, name);
      },
    },
  });
  const names = Array.from({ length: census.dirs.count }, (_, row) => census.dirPath(row));
  assert.ok(
    names.every((path) => !path.includes('evil')),
    names.join(' '),
  );
});

test('a tree that changes all the time is walked without a stumble, and no name is made up', async () => {
  using tree = new Scratch();
  const mutator = spawn(process.execPath, ['--eval', mutating, tree.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  using _ends = { [Symbol.dispose]: () => mutator.kill() };
  const ended = new Promise((resolve) => mutator.on('exit', resolve));
  await new Promise((resolve) => mutator.stdout.once('data', resolve));
  let running = true;
  void ended.then(() => {
    running = false;
  });
  let scans = 0;
  let vanished = 0;
  while (running) {
    const census = scan(tree.path);
    scans++;
    vanished += census.counts.vanished;
    assert.ok(
      census.blind.every(({ errno }) => errno === 'ENOENT'),
      JSON.stringify(census.blind),
    );
    const { entries, dirs: dirCount, files, links: linkCount, others } = census.counts;
    assert.equal(entries, dirCount + files + linkCount + others);
    for (let row = 0; row < census.links.count; row++) {
      const { path, text } = census.link(row);
      assert.match(path.slice(tree.path.length), /^(\/d-\d+)*\/n-(\d+)$/);
      assert.match(text, /^(d-\d+\/)?n-\d+$/);
    }
    for (let row = 1; row < census.dirs.count; row++)
      assert.match(census.dirPath(row).slice(tree.path.length), /^(\/d-\d+)+$/);
    for (const rows of census.namesByFile())
      for (const row of rows) assert.match(census.namePath(row).slice(tree.path.length), /^(\/d-\d+)*\/n-\d+$/);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(await ended, 0);
  assert.ok(scans > 1, `${scans} scans, ${vanished} entries vanished`);
});

/** Makes, renames and removes for two seconds: `d-N` are directories, `n-N` files, links and further names. */
const mutating = `
  const fs = require('node:fs');
  process.chdir(process.argv[1]);
  const end = Date.now() + 2000;
  const below = (n) => Math.floor(Math.random() * n);
  const dir = () => ['.', 'd-1', 'd-2', 'd-1/d-3', 'd-2/d-3/d-4'][below(5)];
  const name = () => dir() + '/n-' + below(30);
  const tries = [
    () => fs.writeFileSync(name(), ''),
    () => fs.symlinkSync(['', 'd-1/', 'd-3/'][below(3)] + 'n-' + below(30), name()),
    () => fs.linkSync(name(), name()),
    () => fs.renameSync(name(), name()),
    () => fs.unlinkSync(name()),
    () => fs.mkdirSync(dir() + '/d-' + below(5), { recursive: true }),
    () => fs.renameSync(dir() + '/d-' + below(5), dir() + '/d-' + below(5)),
    () => fs.rmSync(dir() + '/d-' + below(5), { recursive: true }),
  ];
  for (const d of ['d-1/d-3', 'd-2/d-3/d-4']) fs.mkdirSync(d, { recursive: true });
  fs.writeSync(1, 'ready');
  const expected = new Set(['ENOENT', 'EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EISDIR', 'EINVAL', 'EPERM', 'ELOOP', 'EBUSY', 'ERR_FS_EISDIR']);
  while (Date.now() < end)
    try { tries[below(tries.length)](); } catch (error) { if (!expected.has(error.code)) throw error; }
`;

test('20,000 levels, far beyond what a path can say', () => {
  using tree = new Scratch();
  using cleaner = removing(tree);
  const levels = 20_000;
  deepen(tree.path, levels, ['d']);
  const { census, tally } = tallied(cleaner.path);
  assert.deepEqual(census.counts, { ...census.counts, entries: 2 * levels + 1, dirs: levels + 1, links: levels });
  assert.equal(census.complete, true);
  const deepest = census.link(levels - 1);
  assert.equal(deepest.path, `${tree.path}${'/d'.repeat(levels)}/l`);
  assert.deepEqual([deepest.end, deepest.leadsToDir], ['found', true]);
  assert.deepEqual([tally.toDirectories, tally.ancestorCycles, tally.direct], [levels, levels, levels]);
});

test('--root: a path too long to be asked for says nothing about the link', () => {
  using tree = new Scratch();
  using cleaner = removing(tree);
  const levels = 2_500;
  deepen(tree.path, levels, ['d']);
  const inside = scan(cleaner.path, { inside: tree.path });
  const found = Array.from({ length: levels }, (_, row) => inside.link(row)).filter(({ end }) => end === 'found');
  assert.ok(found.length > 2_000 && found.length < 2_048, String(found.length));
  const last = inside.link(levels - 1);
  assert.deepEqual([last.end, last.errno], ['unknown', 'ENAMETOOLONG']);
});

test('few descriptors: directories are closed and found again', () => {
  using tree = new Scratch();
  using cleaner = removing(tree);
  const levels = 600;
  deepen(tree.path, levels, ['a', 'd', 'z']);
  const whole = scan(cleaner.path);
  assert.deepEqual(whole.counts, { ...whole.counts, entries: 4 * levels + 1, dirs: 3 * levels + 1, links: levels });
  for (const most of [3, 7, 40, 300]) {
    let held = 0;
    let peak = 0;
    const narrow: Probe = {
      ...probe,
      openDir(parent, name) {
        if (held >= most) return -EMFILE;
        const fd = probe.openDir(parent, name);
        if (fd >= 0) peak = Math.max(peak, ++held);
        return fd;
      },
      close(fd) {
        held--;
        probe.close(fd);
      },
    };
    const census = scan(tree.path, { probe: narrow });
    assert.deepEqual([census.blind, census.counts], [[], whole.counts], `${most} descriptors`);
    assert.deepEqual([held, peak], [0, most]);
  }
});

test('a directory of 50,000 entries', () => {
  using tree = new Scratch();
  using top = openPlace(tree.path);
  for (let i = 0; i < 50_000; i++)
    assert.equal(kernel.symlink(linkText(i % 2 === 0 ? '.' : 'nowhere'), top.handle, `link-${i}`), undefined);
  const { census, tally } = tallied(tree.path);
  assert.deepEqual([census.counts.entries, census.counts.links], [50_001, 50_000]);
  const { ends, toDirectories, ancestorCycles, mostLinked } = tally;
  assert.deepEqual([ends.found, ends.missing, toDirectories, ancestorCycles], [25_000, 25_000, 25_000, 25_000]);
  assert.equal(mostLinked[0]?.links, 25_000);
});

test('a chain of 20,000 links: all but the last 40 are too many, and none is a loop', () => {
  using tree = new Scratch();
  const length = 20_000;
  for (let i = 0; i < length; i++) symlinkSync(i === length - 1 ? '.' : `l${i + 1}`, tree.at(`l${i}`));
  const { tally } = tallied(tree.path);
  assert.deepEqual([tally.ends.found, tally.ends['too-many-links']], [40, length - 40]);
  assert.deepEqual([tally.longest?.hops, tally.direct, tally.ancestorCycles], [40, 1, 40]);
});

test('--root: absolute links begin there, and nothing leads above it', () => {
  using tree = new Scratch();
  dirs(tree, 'image/usr/bin', 'image/etc', 'secret');
  write(tree, 'image/usr/bin/tool', 'secret/f');
  for (const [name, text] of [
    ['absolute', '/usr/bin/tool'],
    ['up', '../../../../usr/bin/tool'],
    ['escape', '../../secret/f'],
    ['host', '/secret/f'],
    ['top', '/'],
    ['above', '../..'],
    ['real', tree.at('secret/f')],
  ] as const)
    symlinkSync(text, tree.at('image/etc', name));
  symlinkSync('/etc/absolute', tree.at('image/usr/chain'));
  const image = tree.at('image');
  const { census, tally } = tallied(image, { inside: image });
  assert.deepEqual(
    links(census, image).map((line) => line.replace(tree.path, '…')),
    [
      'etc/above -> ../..: found',
      'etc/absolute -> /usr/bin/tool: found',
      'etc/escape -> ../../secret/f: missing',
      'etc/host -> /secret/f: missing',
      'etc/real -> …/secret/f: missing',
      'etc/top -> /: found',
      'etc/up -> ../../../../usr/bin/tool: found',
      'usr/chain -> /etc/absolute: found',
    ],
  );
  assert.deepEqual([tally.ancestorCycles, tally.through, tally.longest?.hops], [2, 1, 2]);
});

test('a walk that is stopped holds nothing more, and says that it was stopped', () => {
  using tree = new Scratch();
  dirs(tree, ...Array.from({ length: 60 }, (_, i) => `a/b${i % 7}/c${i}/d`));
  const before = openFiles();
  for (const budget of [1, 10, 50]) {
    let census: Census;
    {
      const handle = kernel.open(kernel.cwd, tree.path, { access: 'read', directory: true });
      assert.ok(!(handle instanceof Fault));
      using _held = handle;
      using walk = new Walk(probe, { level: 'full' });
      walk.addRoot(handle, { path: tree.path, physical: tree.path });
      assert.equal(walk.step(budget), false);
      assert.ok(openFiles().length > before.length);
      census = walk.census;
    }
    assert.deepEqual(openFiles(), before);
    assert.deepEqual([census.stopped, census.complete], [true, false]);
  }
});

/** Something of everything. */
const mixed = (): Scratch => {
  const tree = new Scratch();
  dirs(tree, 'd/e', 'empty', 'other');
  write(tree, 'd/f', 'd/e/g');
  linkSync(tree.at('d/f'), tree.at('other/f2'));
  for (const [name, text] of [
    ['d/l', 'f'],
    ['d/broken', 'gone'],
    ['to-d', 'd'],
    ['loop', 'loop'],
    ['other/up', '..'],
  ] as const)
    symlinkSync(text, tree.at(name));
  spawnSync('mkfifo', [tree.at('fifo')]);
  return tree;
};

/** Where the records of a filled block start. */
const records = (filled: number): readonly number[] => {
  const starts: number[] = [];
  for (let at = probeLayout.dents; at < probeLayout.dents + filled; at += probe.halves[(at + dirent.length) >> 1]!)
    starts.push(at);
  return starts;
};

const isDots = (at: number): boolean => {
  const name = at + dirent.name;
  return /^\.\.?$/.test(Buffer.from(probe.bytes.subarray(name, probe.bytes.indexOf(0, name))).toString('latin1'));
};

const withoutTypes = (fd: number): number => {
  const filled = probe.getdents(fd);
  for (const at of records(filled)) probe.bytes[at + dirent.type] = 0;
  return filled;
};

/** A chain of directories `d`, made by handle since no path is long enough; beside each its `names`, in each a link to itself. */
const deepen = (top: string, levels: number, names: readonly string[]): void => {
  let here = kernel.open(kernel.cwd, top, { access: 'path' });
  for (let level = 0; level < levels; level++) {
    assert.ok(!(here instanceof Fault));
    for (const name of names) assert.equal(kernel.mkdir(here, name, 0o755), undefined);
    const next = kernel.open(here, 'd', { access: 'path' });
    here[Symbol.dispose]();
    here = next;
    assert.ok(!(here instanceof Fault));
    assert.equal(kernel.symlink(linkText('.'), here, 'l'), undefined);
  }
  assert.ok(!(here instanceof Fault));
  here[Symbol.dispose]();
};

/** Deeper than node:fs can remove. */
const removing = (tree: Scratch): { readonly path: string } & Disposable => ({
  path: tree.path,
  [Symbol.dispose]: () => assert.equal(spawnSync('rm', ['-rf', '--', tree.path]).status, 0),
});

const openFiles = (): readonly string[] =>
  readdirSync('/proc/self/fd').filter((fd) => existsSync(`/proc/self/fd/${fd}/.`));

const notRoot = (name: string): void => {
  process.stderr.write(`NOT RUN: ${name}: it needs root\n`);
};

/** Runs `lw map --json --list …` in a mount namespace; `expression` may call `map(…arguments)`. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is what the expression makes of it.
const inMounts = (expression: string, mounts: string): any => {
  const { status, stdout, stderr } = runScript(
    `import { spawnSync } from 'node:child_process';
     const json = (...args) => {
       const ran = spawnSync(process.execPath, ['bin/lw.cjs', 'map', '--json', ...args], { encoding: 'utf8' });
       if (ran.status !== 0) throw new Error(ran.stderr + ran.stdout);
       return JSON.parse(ran.stdout);
     };
     const map = (...args) => {
       const below = (path) => path.slice(args[0].length + 1);
       const answer = json(...args);
       if (args.includes('--level')) return answer;
       return {
         ...answer,
         links: json('--list', 'links', ...args).list.map(({ path }) => below(path)),
         groups: json('--list', 'hard', ...args).list.map(({ names, nlink }) => [names.map(below), nlink]),
       };
     };
     console.log(JSON.stringify(${expression}));`,
    { mounts },
  );
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};
