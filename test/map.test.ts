import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { countTree } from '../bench/counts.ts';
import { makeTree } from '../bench/tree.ts';
import { displayWidth } from '../src/cli/display-width.ts';
import { bash, lw, lwPath, type Ran } from './cli/lw.ts';
import { schemaErrors } from './schema.ts';
import { isRoot, nobody, Scratch } from './scratch.ts';

const full = process.env.LINKWRIGHT_FULL === '1';

const kinds =
  'links broken unknown missing loops absolute relative through directories across cycles hard outside'.split(' ');

interface Answer {
  readonly complete: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly symlinks: Readonly<Record<string, number>> & {
    readonly ends: Readonly<Record<string, number>>;
    readonly longest: { readonly hops: number } | null;
  };
  readonly hardLinks: Readonly<Record<string, number>>;
  readonly list: readonly {
    readonly path: unknown;
    readonly text: unknown;
    readonly kind: string;
    readonly names: readonly unknown[];
  }[];
}

/** The answer of `lw map --json`, which must keep to its schema. */
const map = (...args: readonly string[]): Answer => {
  const { out, err } = lw(['map', '--json', ...args], { maxBuffer: 2 ** 30 });
  assert.notEqual(out, '', err);
  const answer = JSON.parse(out);
  assert.equal(schemaErrors('map', answer), '', args.join(' '));
  return answer;
};

/** The same counts from both sides. */
const agree = (dir: string): { readonly ours: Counted; readonly finds: Counted } => {
  const { counts, symlinks, hardLinks } = map(dir);
  const files = map('--list', 'hard', dir).list.filter(({ kind }) => kind === 'file');
  const found = countTree(dir);
  const { ends } = symlinks;
  return {
    ours: {
      entries: counts.entries,
      directories: counts.dirs,
      files: counts.files,
      symlinks: counts.links,
      dangling: (ends.missing ?? 0) + (ends['not-a-directory'] ?? 0) + (ends['absent-volume'] ?? 0),
      loops: (ends.loop ?? 0) + (ends['too-many-links'] ?? 0),
      unknown: (ends.permission ?? 0) + (ends['name-too-long'] ?? 0) + (ends.unknown ?? 0),
      symlinksToDirectories: symlinks.toDirectories,
      multiLinkNames: hardLinks.names,
      multiLinkInodes: hardLinks.files,
      multiLinkFileNames: files.reduce((sum, { names }) => sum + names.length, 0),
      multiLinkFileInodes: files.length,
      namesOutside: hardLinks.namesOutside,
    },
    finds: { ...found },
  };
};
type Counted = Readonly<Record<string, number | undefined>>;

test('a tree made from a seed: the counts are those of find, and of the plan it was made by', () => {
  using scratch = new Scratch();
  const dir = scratch.at('tree');
  const plan = makeTree(dir, { entries: full ? 420_000 : 20_000, seed: 7 });
  const { ours, finds } = agree(dir);
  assert.deepEqual(ours, finds);
  for (const [key, number] of Object.entries(ours)) assert.equal(number, plan[key as keyof typeof plan], key);
  const { symlinks } = map('--level', 'symlinks', dir);
  assert.deepEqual(
    [symlinks.absolute, symlinks.ends.missing, symlinks.ends['not-a-directory'], symlinks.longest?.hops],
    [plan.absolute, plan.missing, plan.notDirectory, plan.longestChain],
  );
});

test('/usr of this machine: the counts are those of find', () => {
  let counted = agree('/usr');
  // Someone may have changed it between the two.
  for (let left = 2; left > 0 && JSON.stringify(counted.ours) !== JSON.stringify(counted.finds); left--)
    counted = agree('/usr');
  assert.deepEqual(counted.ours, counted.finds);
});

test('papirus-icon-theme: a forest of symbolic links, none broken, at most three in a row', (context) => {
  const cache = new URL('../node_modules/.cache/linkwright/', import.meta.url).pathname;
  mkdirSync(cache, { recursive: true });
  const packed = () => readdirSync(cache).find((name) => /^papirus-icon-theme_.*\.deb$/.test(name));
  if (!packed()) spawnSync('apt-get', ['download', 'papirus-icon-theme'], { cwd: cache });
  const deb = packed();
  if (deb === undefined) {
    process.stderr.write(`NOT RUN: ${context.name}: apt-get could not download the package\n`);
    assert.ok(!full, 'the full tests need papirus-icon-theme');
    return;
  }
  using scratch = new Scratch();
  assert.equal(spawnSync('dpkg-deb', ['-x', `${cache}${deb}`, scratch.path]).status, 0);
  const { ours, finds } = agree(scratch.path);
  assert.deepEqual(ours, finds);
  const { symlinks } = map(scratch.path);
  assert.deepEqual([symlinks.broken, symlinks.unknown, symlinks.longest?.hops], [0, 0, 3]);
  // The number of the version in Debian 12 and 13; another may have more.
  if (deb.includes('_20230104')) assert.equal(symlinks.total, 58_113);
  else process.stderr.write(`${deb} has ${symlinks.total} symbolic links\n`);
});

test('every list and level keeps to the schema, and lists agree with counts', () => {
  using scratch = new Scratch();
  const dir = scratch.at('tree');
  makeTree(dir, { entries: 2_000, seed: 3 });
  writeFileSync(scratch.at('outside'), '');
  linkSync(scratch.at('outside'), `${dir}/inside`);
  const { symlinks, hardLinks } = map(dir);
  const length: Readonly<Record<string, number | undefined>> = {
    links: symlinks.total,
    broken: symlinks.broken,
    unknown: symlinks.unknown,
    missing: symlinks.ends.missing,
    loops: symlinks.ends.loop,
    absolute: symlinks.absolute,
    relative: symlinks.relative,
    through: symlinks.through,
    directories: symlinks.toDirectories,
    across: symlinks.acrossFileSystems,
    cycles: symlinks.ancestorCycles,
    hard: hardLinks.files,
    outside: 1,
  };
  for (const kind of kinds) assert.equal(map('--list', kind, dir).list.length, length[kind], kind);
  for (const level of ['names', 'symlinks', 'full']) map('--level', level, dir);
  map('--list', 'broken', scratch.at('outside'), '/nowhere');
});

test('hostile names come back byte for byte, and nothing raw reaches a terminal', () => {
  using tree = new Scratch();
  const names = [
    'new\nline',
    '\x1b[31mred\x1b]0;t\x07',
    'n'.repeat(255),
    '\u009b31m',
    '\u202eright\u2066',
    ' -rf ',
    '\'"$(x)\\',
  ];
  for (const name of names) symlinkSync(`to ${name}`.slice(0, 255), tree.at(name));
  const raw = Buffer.from([0xff, 0x61, 0x80, 0x0a]);
  symlinkSync(raw, Buffer.concat([Buffer.from(`${tree.path}/`), raw]));
  writeFileSync(tree.at('f'), '');
  linkSync(tree.at('f'), Buffer.concat([Buffer.from(`${tree.path}/f`), raw]));
  for (const [list, test] of [
    ['links', ['-type', 'l']],
    ['hard', ['-type', 'f', '-links', '+1']],
  ] as const) {
    const { stdout } = spawnSync(process.execPath, [lwPath, 'map', '--list', list, '--null', tree.path], {
      encoding: 'latin1',
    });
    const found = spawnSync('find', [tree.path, ...test, '-print0'], { encoding: 'latin1' });
    assert.deepEqual(stdout.split('\0').sort(), found.stdout.split('\0').sort());
  }
  const listed = map('--list', 'links', tree.path).list;
  const bytesOf = (name: unknown): Buffer =>
    typeof name === 'string' ? Buffer.from(name) : Buffer.from((name as { bytes: string }).bytes, 'base64');
  const texts = new Map(
    listed.map(({ path, text }) => [bytesOf(path).toString('latin1'), bytesOf(text).toString('latin1')]),
  );
  assert.equal(texts.size, names.length + 1);
  for (const path of texts.keys())
    assert.equal(texts.get(path), readlinkSync(Buffer.from(path, 'latin1'), { encoding: 'buffer' }).toString('latin1'));

  const controls = /(?!\n)\p{Cc}|[\p{Cf}\p{Cs}\ufffd]/u;
  for (const list of ['links', 'hard']) {
    assert.doesNotMatch(lw(['map', '--list', list, tree.path]).out, controls);
    assert.doesNotMatch(lw(['map', '--list', list, '--json', tree.path]).out, controls);
    const shown = bash(
      `stty cols 80 2>/dev/null; script -qec "stty cols 80; $LW map --list ${list} ${tree.path}" /dev/null`,
    ).out;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are all that may be left.
    const plain = shown.replaceAll('\r\n', '\n').replace(/\x1b\[\d*m/g, '');
    assert.doesNotMatch(plain, controls);
    assert.ok(plain.split('\n').length > 2 && plain.split('\n').every((line) => displayWidth(line) < 80), plain);
  }
});

test('what cannot be walked is said, with a way on; the rest is answered', () => {
  using tree = new Scratch();
  mkdirSync(tree.at('dir'));
  symlinkSync('gone', tree.at('dir/l'));
  writeFileSync(tree.at('file'), '');
  const missing = tree.at('missing');
  const noSuch = `lw: cannot walk ${missing}: No such file or directory\n    try: lw why ${missing}\n`;
  assert.deepEqual(lw(['map', missing]), { code: 1, out: '', err: noSuch });
  const none = JSON.parse(lw(['map', '--json', missing]).out);
  assert.deepEqual([none.roots, none.failed.length, none.complete, none.counts.entries], [[], 1, false, 0]);
  assert.deepEqual(lw(['map', tree.at('file')]), {
    code: 1,
    out: '',
    err: `lw: cannot walk ${tree.at('file')}: it is a file, not a directory\n    try: lw ls ${tree.at('file')}\n`,
  });
  const both = lw(['map', missing, '--list', 'broken', tree.at('dir')]);
  assert.deepEqual(both, { code: 1, out: `${tree.at('dir/l')} -> gone  missing\n`, err: noSuch });
  assert.equal(lw(['map', '']).code, 2);
});

test('a root that may not be read, and a place below that may not be looked at', (context) => {
  if (!isRoot) {
    process.stderr.write(`NOT RUN: ${context.name}: it needs root\n`);
    return;
  }
  using tree = new Scratch();
  mkdirSync(tree.at('closed/in'), { recursive: true });
  symlinkSync('closed/in', tree.at('l'));
  chmodSync(tree.at('closed'), 0o700);
  const as = (...args: readonly string[]): Ran => lw(['map', ...args], { uid: nobody, gid: nobody, cwd: '/' });
  assert.deepEqual(as(tree.at('closed')), {
    code: 1,
    out: '',
    err: `lw: cannot read the directory ${tree.at('closed')}: Permission denied\n    try: lw why ${tree.at('closed')}/.\n`,
  });
  const { code, out, err } = as('--list', 'unknown', tree.path);
  assert.equal(code, 3);
  assert.equal(out, `${tree.at('l')} -> closed/in  may not be looked at\n`);
  assert.equal(err, `lw: cannot read ${tree.at('closed')}: Permission denied\n`);
  assert.match(as(tree.path).out, /^ +1 {2}place that could not be looked at: there may be more than is counted$/m);
  assert.equal(as('--list', 'broken', tree.path).out, '');
});

test('requests that make no sense', () => {
  assert.deepEqual(lw(['map', '--level', 'names', '--list', 'broken', '/etc']), {
    code: 2,
    out: '',
    err: 'lw: --level names does not look at what --list asks for\n    try: --level symlinks\n',
  });
  const bad = lw(['map', '--list', 'bad']);
  assert.equal(bad.code, 2);
  assert.match(bad.err, /^lw: .*--list.*bad/);
  assert.equal(lw(['map', '--level', 'symlinks', '--du']).code, 2);
  assert.equal(lw(['map', '--json', '--null']).code, 2);
});

test('an empty directory', () => {
  using tree = new Scratch();
  const { code, out, err } = lw(['map', tree.path]);
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^ +1 {2}entry: 1 directory, 0 files, 0 symbolic links$/m);
  assert.match(out, /^symbolic links\n +none\n\nhard links\n +none {2}every file has one name\n$/m);
  assert.deepEqual(lw(['map', '--list', 'broken', tree.path]), { code: 0, out: '', err: '' });
});

test('a reader that leaves, and a full disk', () => {
  using tree = new Scratch();
  for (let i = 0; i < 3_000; i++) symlinkSync('nowhere', tree.at(`${i}-`.padEnd(200, 'x')));
  for (const args of ['--list links', '--list links --null', '--list links --json']) {
    const { out, err } = bash(`$LW map ${args} ${tree.path} | head -c 1 >/dev/null; echo "\${PIPESTATUS[0]}"`);
    assert.deepEqual([out, err], ['141\n', ''], args);
    assert.deepEqual(bash(`$LW map ${args} ${tree.path} >/dev/full`), {
      code: 3,
      out: '',
      err: 'lw: cannot write the answer to standard output: no space left on device\n',
    });
  }
});

test('Ctrl-C: what was seen until then, whole and marked as incomplete', async () => {
  let answered = 0;
  for (let wait = 0; wait < 400 && answered === 0; wait += 20) {
    const child = spawn(process.execPath, [lwPath, 'map', '--json', '/usr'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = Promise.all([text(child.stdout), text(child.stderr)]);
    const ended = new Promise<readonly [number | null, string | null]>((resolve) =>
      child.on('exit', (code, signal) => resolve([code, signal])),
    );
    // Once it has opened directories below /usr it is in mid-walk.
    while (child.exitCode === null && !opened(child.pid as number).some((path) => path.startsWith('/usr/')))
      await setTimeout(1);
    await setTimeout(wait);
    child.kill('SIGINT');
    const [code, signal] = await ended;
    const [out, err] = await texts;
    // Before it watches for signals, or after the walk was done.
    if (signal === 'SIGINT' || code === 0) {
      assert.equal(signal === 'SIGINT' ? out : '', '');
      continue;
    }
    answered++;
    assert.equal(code, 130);
    assert.match(err, /^(lw: cannot .*\n)*lw: interrupted: the answer covers what was seen until then\n$/);
    const answer = JSON.parse(out);
    assert.equal(schemaErrors('map', answer), '');
    assert.equal(answer.complete, false);
    assert.ok(answer.counts.entries > 0);
  }
  assert.equal(answered, 1, 'no Ctrl-C came in mid-walk');
});

test('without many descriptors', () => {
  using tree = new Scratch();
  makeTree(tree.at('tree'), { entries: 4_000, seed: 5 });
  const counts = map(tree.at('tree')).counts;
  const few = bash(`prlimit --nofile=40:40 $LW map --json ${tree.at('tree')}`);
  assert.deepEqual([few.code, JSON.parse(few.out).counts], [0, counts]);
});

const text = async (stream: AsyncIterable<unknown>): Promise<string> => {
  let all = '';
  for await (const piece of stream) all += piece;
  return all;
};

/** What a process has open. */
const opened = (pid: number): readonly string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    // It closed one just now, or has ended.
    return [];
  }
};
