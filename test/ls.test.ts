import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Look, Request, World } from '../src/cli/command.ts';
import { type Listing, command as ls, type Row } from '../src/cli/commands/ls.ts';
import { displayWidth } from '../src/cli/display-width.ts';
import { fit } from '../src/cli/fit.ts';
import { jsonText } from '../src/cli/json.ts';
import { lookOf } from '../src/cli/look.ts';
import { show } from '../src/cli/show.ts';
import { decodeBytes, encodeBytes } from '../src/fs/bytes.ts';
import { Fault } from '../src/fs/fault.ts';
import type { Fs } from '../src/fs/fs.ts';
import { kernel } from '../src/kernel/kernel.ts';
import { kernelProbe } from '../src/kernel/probe.ts';
import { schemaErrors } from './schema.ts';
import { asUser, isRoot, nobody, openPlace, Scratch } from './scratch.ts';

test('names of one inode carry one letter and say how many are here', () => {
  using tree = new Scratch();
  write(tree, 'a', 'b', 'lone', 'outside');
  mkdirSync(tree.at('sub'));
  linkSync(tree.at('a'), tree.at('z'));
  linkSync(tree.at('b'), tree.at('b2'));
  linkSync(tree.at('b'), tree.at('sub', 'b3'));
  linkSync(tree.at('outside'), tree.at('sub', 'o2'));
  assert.deepEqual(cells(list(tree.path)), {
    a: '2, all here A',
    b: '3, 2 here B',
    b2: '3, 2 here B',
    lone: '1',
    outside: '2, 1 here',
    'sub/': '-',
    z: '2, all here A',
  });
});

test('names of one inode belong together across operands, and one entry counts once', () => {
  using tree = new Scratch();
  mkdirSync(tree.at('one'));
  mkdirSync(tree.at('two'));
  write(tree, 'one/f');
  linkSync(tree.at('one/f'), tree.at('two/g'));
  const groups = rows(list(tree.path, ['one', 'two', 'one/f', './one/f'])).map(({ name, group }) => [
    name,
    group?.mark,
    group?.here,
  ]);
  assert.deepEqual(groups, [
    ['./one/f', 'A', 2],
    ['one/f', 'A', 2],
    ['f', 'A', 2],
    ['g', 'A', 2],
  ]);
});

test('a hard-linked symbolic link is a group too', () => {
  using tree = new Scratch();
  symlinkSync('nowhere', tree.at('l'));
  linkSync(tree.at('l'), tree.at('m'));
  assert.deepEqual(drawn(list(tree.path)), [
    'link 2, all here A 7 l -> nowhere dangling',
    'link 2, all here A 7 m -> nowhere dangling',
  ]);
});

test('a link shows where it ends when its text says otherwise, and its state when that is not good', () => {
  using tree = new Scratch();
  mkdirSync(tree.at('dir'));
  write(tree, 'dir/file');
  for (const [name, text] of [
    ['a-plain', 'dir/file'],
    ['b-dots', './dir/../dir//file'],
    ['c-absolute', tree.at('dir/file')],
    ['d-chain', 'a-plain'],
    ['e-through', 'to-dir/file'],
    ['f-dangling', 'no/such/file'],
    ['g-chain-to-dangling', 'f-dangling'],
    ['h-loop', 'i-loop'],
    ['i-loop', 'h-loop'],
    ['j-self', 'j-self'],
    ['k-file-as-dir', 'dir/file/'],
    ['l-below-file', 'dir/file/x'],
    ['m-long', 'x'.repeat(256)],
    ['to-dir', 'dir'],
  ] as const)
    symlinkSync(text, tree.at(name));
  const there = tree.path;
  assert.deepEqual(
    drawn(list(tree.path)).map((line) => line.replace(/^link 1 \d+ /, '')),
    [
      'a-plain -> dir/file',
      'b-dots -> ./dir/../dir//file',
      `c-absolute -> ${there}/dir/file`,
      `d-chain -> a-plain => ${there}/dir/file`,
      'dir - - dir/',
      `e-through -> to-dir/file => ${there}/dir/file`,
      'f-dangling -> no/such/file dangling',
      `g-chain-to-dangling -> f-dangling => ${there}/no dangling`,
      'h-loop -> i-loop loop',
      'i-loop -> h-loop loop',
      'j-self -> j-self loop',
      'k-file-as-dir -> dir/file/ not a directory',
      'l-below-file -> dir/file/x not a directory',
      `m-long -> ${'x'.repeat(256)} name too long`,
      'to-dir -> dir',
    ],
  );
});

test('a link behind a closed directory is unknown, not broken; a listing without search permission is incomplete', (context) => {
  if (!isRoot) return notRoot(context.name);
  using tree = new Scratch();
  mkdirSync(tree.at('closed'), { mode: 0o700 });
  write(tree, 'closed/file');
  mkdirSync(tree.at('listed'), { mode: 0o744 });
  write(tree, 'listed/file');
  symlinkSync('closed/file', tree.at('link'));
  asUser(nobody, () => {
    assert.deepEqual(drawn(list(tree.path, ['link'])), ['link 1 11 link -> closed/file unknown']);
    const listed = list(tree.path, ['listed']);
    assert.deepEqual(drawn(listed), ['file ? ? file']);
    assert.equal(ls.exitCode(listed), 3);
    assert.deepEqual([...ls.problems(listed)], ['cannot look at 1 of the entries of listed: Permission denied']);
    const closed = list(tree.path, ['closed', 'link']);
    assert.equal(ls.exitCode(closed), 1);
    assert.deepEqual([...ls.problems(closed)], ['cannot list closed: Permission denied']);
    assert.equal(rows(closed).length, 1);
  });
});

test('a missing operand is a sentence and exit code 1; the others are listed', () => {
  using tree = new Scratch();
  write(tree, 'here', 'odd\nname');
  const listing = list(tree.path, ['gone', 'here', 'odd\nname/x']);
  assert.equal(ls.exitCode(listing), 1);
  assert.deepEqual(
    rows(listing).map(({ name }) => name),
    ['here'],
  );
  assert.deepEqual(
    [...ls.problems(listing)],
    ['cannot look at gone: No such file or directory', "cannot look at $'odd\\nname/x': Not a directory"],
  );
});

test('an entry that vanishes while it is listed is no error', () => {
  using tree = new Scratch();
  write(tree, 'stays', 'vanishes');
  const fs: Fs = {
    ...kernel,
    entries(dir) {
      const entries = kernel.entries(dir);
      rmSync(tree.at('vanishes'));
      return entries;
    },
  };
  const listing = list(tree.path, [], {}, { fs });
  assert.deepEqual(
    rows(listing).map(({ name }) => name),
    ['stays'],
  );
  assert.equal(ls.exitCode(listing), 0);
});

test('a directory is listed, a link to one is shown itself, and a slash follows it', () => {
  using tree = new Scratch();
  mkdirSync(tree.at('dir'));
  write(tree, 'dir/.dot', 'dir/file');
  symlinkSync('dir', tree.at('link'));
  const paths = (operands: string[], options = {}): string[] => {
    const listing = list(tree.path, operands, options);
    return [...ls.paths(listing, request(operands, options))];
  };
  assert.deepEqual(paths([]), ['dir', 'link']);
  assert.deepEqual(paths(['dir']), ['dir/file']);
  assert.deepEqual(paths(['link']), ['link']);
  assert.deepEqual(paths(['link/']), ['link/file']);
  assert.deepEqual(paths(['dir'], { all: '' }), ['dir/.dot', 'dir/file']);
  assert.deepEqual(paths(['dir', 'link', '/'], { directory: '' }), ['/', 'dir', 'link']);
});

test('--root: paths and link texts start at that directory', () => {
  using tree = new Scratch();
  mkdirSync(tree.at('etc'));
  write(tree, 'etc/file');
  symlinkSync('/etc/file', tree.at('etc', 'good'));
  symlinkSync('/bin', tree.at('etc', 'bad'));
  using root = openPlace(tree.path);
  const place = { handle: root.handle, path: '/' };
  assert.deepEqual(drawn(list(tree.path, ['/etc'], {}, { from: place, root: place })), [
    'link 1 4 bad -> /bin dangling',
    'file 1 0 file',
    'link 1 9 good -> /etc/file',
  ]);
});

test('orders', () => {
  using tree = new Scratch();
  write(tree, 'b10', 'B2', 'a', 'ä');
  writeFileSync(tree.at('big'), 'x'.repeat(2000));
  linkSync(tree.at('a'), tree.at('c'));
  const sorted = (sort?: string): string[] => rows(list(tree.path, [], sort ? { sort } : {})).map(({ name }) => name);
  assert.deepEqual(sorted(), ['a', 'ä', 'B2', 'b10', 'big', 'c']);
  assert.deepEqual(sorted('size')[0], 'big');
  assert.deepEqual(sorted('names').slice(0, 2), ['a', 'c']);
  const inodes = rows(list(tree.path, [], { sort: 'inode' })).map(({ ino }) => ino);
  assert.deepEqual(
    inodes,
    inodes.toSorted((a, b) => (a < b ? -1 : 1)),
  );
});

test('sizes: for people in four figures, exact with --bytes', () => {
  using tree = new Scratch();
  for (const size of [0, 1023, 1024, 10_189, 1_048_575, 1_048_576])
    writeFileSync(tree.at(`f${size}`), Buffer.alloc(size));
  const size = (options = {}): (string | undefined)[] =>
    lines(list(tree.path), { width: 80 }, options).map((line) => /file +1 +(\S+)/.exec(line)?.[1]);
  assert.deepEqual(size().slice(1), ['0', '1023', '1.0K', '10K', '1.0M', '1.0M']);
  assert.deepEqual(size({ bytes: '' }).slice(1), ['0', '1023', '1024', '10189', '1048575', '1048576']);
});

const hostile = [
  'new\nline',
  'esc\x1b[31mred',
  decodeBytes(Uint8Array.from([0x62, 0xff, 0x61, 0x64])),
  'n'.repeat(255),
  '漢字'.repeat(42),
  'e\u0301'.repeat(80),
  '👨‍👩‍👧'.repeat(10),
  '\u202egnp.exe',
  'tab\there',
  ' ends with spaces ',
  "$'quoted'",
  '-rf',
  'a -> b',
];

test('hostile names: one line each, nothing raw, and byte-exact for programs', () => {
  using tree = new Scratch();
  for (const name of hostile) {
    writeFileSync(bytesOf(tree, name), '');
    symlinkSync(Buffer.from(encodeBytes(name)), bytesOf(tree, `l${name}`.slice(0, 60)));
  }
  const listing = list(tree.path);
  for (const width of [60, 80, 120]) {
    const text = lines(listing, { width });
    assert.equal(text.length, 1 + 2 * hostile.length);
    for (const line of text) {
      assert.ok(displayWidth(line) <= width, line);
      assert.doesNotMatch(line, /[\p{Cc}\p{Cs}\u202e]/u);
    }
  }
  const uncut = lines(listing, {}).join('\n');
  for (const name of hostile) assert.ok(uncut.includes(`  ${show(name)}`), show(name));

  assert.deepEqual(
    [...ls.paths(listing, request([]))].filter((path) => hostile.includes(path)).toSorted(),
    hostile.toSorted(),
  );
  const answer = JSON.parse([...jsonText({ schema: 'linkwright/ls/1', ...ls.json(listing, request([])) })].join(''));
  assert.equal(schemaErrors('ls', answer), '');
  const names = answer.entries.map(({ name }: { name: unknown }) => nameFromJson(name));
  for (const name of hostile) assert.ok(names.includes(name), show(name));
});

test('a listing of any names never exceeds one screen line an entry', () => {
  const letter = fc.oneof(
    fc.constantFrom(
      'a',
      ' ',
      '\n',
      '\x1b',
      '漢',
      'e\u0301',
      '👨‍👩‍👧',
      '❤️',
      '\udcff',
      '\u202e',
      "'",
      '\\',
      '한',
      'ᄒ',
      '…',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2 }),
  );
  const name = fc.array(letter, { minLength: 1, maxLength: 300 }).map((letters) => letters.join(''));
  const row = fc.record({
    name,
    text: fc.option(name),
    end: fc.option(name),
    ino: fc.bigInt(1n, 2n ** 64n - 1n),
    nlink: fc.integer({ min: 1, max: 65_000 }),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), fc.integer({ min: 60, max: 140 }), (drafts, width) => {
      const listing: Listing = {
        sections: [{ directory: undefined, rows: drafts.map(invented) }],
        problems: [],
        failed: false,
      };
      const text = [...ls.render(listing, lookOf(width, false), request([]))];
      assert.equal(text.length, drafts.length + 1);
      for (const line of text)
        assert.ok(displayWidth(line) <= width, `${displayWidth(line)} columns of ${width}: ${line}`);
    }),
    { numRuns: 300 },
  );
});

test('fit keeps both ends, whole characters and whole escapes', () => {
  assert.equal(fit('abcdefghij.txt', 9, show), 'abcd….txt');
  assert.equal(fit('short', 5, show), 'short');
  assert.equal(fit('漢字漢字漢字', 7, show), '漢字…字');
  assert.equal(fit('e\u0301'.repeat(9), 5, show), 'e\u0301e\u0301…e\u0301e\u0301');
  assert.equal(fit('\x1b'.repeat(20), 12, show), "$'\\e\\e…\\e\\e'");
  assert.equal(fit('anything', 0, show), '');
});

test('display width counts as a terminal does', () => {
  for (const [text, width] of [
    ['', 0],
    ['abc', 3],
    ['漢字', 4],
    ['e\u0301', 1],
    ['한', 2],
    ['ﬀ', 1],
    ['…', 1],
    ['😀', 2],
    ['soft\u00adhyphen', 11],
  ] as const)
    assert.equal(displayWidth(text), width, text);
});

// What the tests stand on.

const write = (tree: Scratch, ...names: readonly string[]): void => {
  for (const name of names) writeFileSync(tree.at(name), '');
};

const bytesOf = (tree: Scratch, name: string): Buffer =>
  Buffer.concat([Buffer.from(`${tree.path}/`), encodeBytes(name)]);

const request = (operands: readonly string[], options: Readonly<Record<string, string>> = {}): Request => ({
  words: ['ls', ...operands],
  operands,
  flag: (name) => name in options,
  value: (name) => options[name],
  values: (name) => (options[name] === undefined ? [] : [options[name]]),
  last: (...names) => Object.keys(options).findLast((name) => names.includes(name)),
});

const list = (
  path: string,
  operands: readonly string[] = [],
  options: Readonly<Record<string, string>> = {},
  other: Partial<World> = {},
): Listing => {
  using from = openPlace(path);
  using root = openPlace('/');
  const world: World = {
    fs: kernel,
    probe: kernelProbe,
    from,
    root,
    absentVolumes: [],
    fileSystemType: () => undefined,
    mounts: () => [],
    progress: () => {},
    interrupted: () => false,
    pause: async () => {},
    ...other,
  };
  return ls.run(world, request(operands, options)) as Listing;
};

const rows = (listing: Listing): readonly Row[] => listing.sections.flatMap((section) => section.rows);

const lines = (listing: Listing, look: Partial<Look>, options: Readonly<Record<string, string>> = {}): string[] => [
  ...ls.render(listing, { ...lookOf(undefined, false), ...look }, request([], options)),
];

/** The lines without inode and alignment. */
const drawn = (listing: Listing): string[] =>
  lines(listing, {})
    .slice(1)
    .map((line) =>
      line
        .trim()
        .replace(/^\d+ +/, '')
        .replace(/ +/g, ' '),
    );

/** What the column of names says of each entry. */
const cells = (listing: Listing): Record<string, string> =>
  Object.fromEntries(
    lines(listing, {})
      .slice(1)
      .map((line) => line.trim().split(/ {2,}/))
      .map(([, , names = '', , name = '']) => [name, names]),
  );

const nameFromJson = (name: unknown): string =>
  typeof name === 'string' ? name : decodeBytes(Buffer.from((name as { bytes: string }).bytes, 'base64'));

interface Invention {
  readonly name: string;
  readonly text: string | null;
  readonly end: string | null;
  readonly ino: bigint;
  readonly nlink: number;
}

const root = kernel.stat(kernel.cwd, '/');

const invented = ({ name, text, end, ino, nlink }: Invention): Row => {
  if (root instanceof Fault) throw new Error('the root has no stat');
  const stat = { ...root, kind: text === null ? ('file' as const) : ('symlink' as const), ino, nlink };
  const link = text === null ? undefined : { text: text as never, said: undefined, end: endAt(end) };
  const group = nlink > 1 ? { mark: 'AB', here: 2, names: nlink } : undefined;
  return { name, path: name, kind: stat.kind, ino, stat, link, group };
};

const endAt = (path: string | null): NonNullable<Row['link']>['end'] => {
  if (path === null) return { kind: 'loop', errno: 'ELOOP', cycle: [] };
  return { kind: 'not-a-directory', errno: 'ENOTDIR', path, stat: root as never, rest: '' };
};

const notRoot = (name: string): void => {
  process.stderr.write(`NOT RUN: ${name}: it needs root\n`);
};
