/** Archives are checked without unpacking them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { openArchive } from '../../src/cli/check/archive/open-archive.ts';
import { Damage } from '../../src/cli/check/archive/tar-members.ts';
import type { Source } from '../../src/cli/check/source.ts';
import { kernelWorld } from '../../src/cli/kernel-world.ts';
import { encodeBytes } from '../../src/fs/bytes.ts';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs, Handle } from '../../src/fs/fs.ts';
import { rules } from '../../src/jobs/check/rules.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { draw, drawing } from '../../src/lab/drawing.ts';
import { type Random, random } from '../conformance/random.ts';
import { openPlace, Scratch } from '../scratch.ts';
import { checked } from './checked.ts';
import { dir, file, hardLink, joined, longName, longText, pax, symlink, type TarMember, tar } from './make-tar.ts';

/** The archive at a path, its top as a directory. */
const opened = async (path: string, wholeSystem = false): Promise<Source> => {
  using world = kernelWorld(undefined, { show: () => {}, erase: () => {} });
  return await openArchive(world, path, path, wholeSystem);
};

const drawn = ({ world, roots }: Source): string =>
  draw(world.fs, at(world.fs, world.root.handle, roots[0]?.slice(1) || '.'));

const at = (fs: Fs, from: Handle, path: string): Handle => {
  const handle = fs.open(from, path, { access: 'path', directory: true });
  if (handle instanceof Fault) throw new Error(`${path}: ${handle.errno}`);
  return handle;
};

/** What is found in an archive of these members: `rule path`. */
const found = async (members: readonly TarMember[], ...options: readonly string[]): Promise<readonly string[]> => {
  using scratch = new Scratch();
  const path = scratch.at('a.tar');
  writeFileSync(path, tar(members));
  const { findings } = await checked('--no-config', ...options, path);
  assert.deepEqual(readdirSync(scratch.path), ['a.tar'], 'nothing was written');
  return findings.map((each) => `${each.severity} ${each.rule} ${each.path.replace(`${path}:`, '')}`).sort();
};

const run = (cwd: string, program: string, ...args: readonly string[]): void => {
  const { status, stderr, error } = spawnSync(program, args, { cwd, env: { ...process.env, LC_ALL: 'C' } });
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${error ?? stderr}`);
};

const installed = (program: string): boolean => {
  const is = spawnSync(program, ['--version']).status === 0;
  if (!is) process.stderr.write(`NOT RUN: archives of ${program}: it is not installed\n`);
  return is;
};

/** A tree with what archives have troubles with. */
const planted = (scratch: Scratch): string => {
  const script = `
    mkdir -p tree/sub/empty tree/$(printf 'n%.0s' {1..200})/$(printf 'm%.0s' {1..200}) && cd tree
    echo x > file; ln file sub/again; ln file sub/third
    ln -s file link; ln link sub/link-again 2>/dev/null || cp -P link sub/link-again
    ln -s gone dangling; ln -s $'caf\\xe9' latin; echo y > $'caf\\xe9'
    echo z > $(printf 'n%.0s' {1..200})/$(printf 'm%.0s' {1..200})/deep
    ln -s $(printf 't%.0s' {1..150}) long-text; echo u > $'\\xff\\xfe-'$(printf 'l%.0s' {1..120})
    ln $'\\xff\\xfe-'$(printf 'l%.0s' {1..120}) hard-long
    mkfifo pipe; mkdir closed; chmod 0700 closed; echo s > $'line\\nend'
    truncate -s 4M holes; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
      printf X | dd of=holes bs=1 seek=$((i*130000)) conv=notrunc status=none; done; touch zlast`;
  const { status, stderr } = spawnSync('bash', ['-ec', script], {
    cwd: scratch.path,
    env: { ...process.env, LC_ALL: 'C' },
  });
  assert.equal(status, 0, String(stderr));
  return scratch.at('tree');
};

for (const [program, options] of [
  ['tar', ['--format=gnu', '--sparse']],
  ['tar', ['--format=pax', '--sparse', '--sparse-version=0.0']],
  ['tar', ['--format=pax', '--sparse', '--sparse-version=1.0']],
  ['tar', ['--format=oldgnu', '--sparse', '--label=a volume']],
  ['bsdtar', ['--format=pax']],
  ['bsdtar', ['--format=gnutar']],
] as const)
  test(`a tree as ${program} ${options.join(' ')} packs it`, async () => {
    if (program === 'bsdtar' && !installed(program)) return;
    using scratch = new Scratch();
    using tree = openPlace(planted(scratch));
    run(scratch.path, program, ...options, '-cf', 'a.tar', '-C', 'tree', '.');
    const source = await opened(scratch.at('a.tar'));
    assert.equal(drawn(source), draw(kernel, tree.handle));
    assert.deepEqual([source.members, source.troubles], [[], []]);
    const mode = source.world.fs.stat(source.world.root.handle, 'a.tar/closed');
    assert.ok(!(mode instanceof Fault) && mode.mode === 0o700);
  });

test('packed with gzip, zstd, xz and bzip2, whatever the name', async () => {
  using scratch = new Scratch();
  const plain = tar([file('a', 'x'.repeat(70_000)), symlink('b', 'a')]);
  writeFileSync(scratch.at('plain'), plain);
  writeFileSync(scratch.at('gz'), gzipSync(plain));
  writeFileSync(scratch.at('gz-in-two'), joined([gzipSync(plain.subarray(0, 1000)), gzipSync(plain.subarray(1000))]));
  writeFileSync(scratch.at('zst'), zstdCompressSync(plain));
  const halves = [zstdCompressSync(plain.subarray(0, 1000)), zstdCompressSync(plain.subarray(1000))];
  writeFileSync(scratch.at('zst-in-two'), joined(halves));
  const skipped = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
  writeFileSync(scratch.at('zst-with-skipped-frames'), joined([skipped, ...halves, skipped]));
  if (installed('zstd'))
    writeFileSync(scratch.at('zst-checked'), spawnSync('zstd', ['--stdout', '--check'], { input: plain }).stdout);
  for (const program of ['xz', 'bzip2']) {
    if (!installed(program)) continue;
    writeFileSync(scratch.at(program), spawnSync(program, ['--stdout'], { input: plain }).stdout);
  }
  for (const name of readdirSync(scratch.path)) {
    const source = await opened(scratch.at(name));
    assert.equal(drawn(source), 'a\nb -> a', name);
    assert.deepEqual(source.troubles, [], name);
  }
});

test('names and texts are bytes, in every kind of header', async () => {
  using scratch = new Scratch();
  const odd = '\udcff\udc80é\n';
  const members = [
    file(`u${odd}`),
    symlink('text', odd),
    { ...file('short'), prefix: `p${odd}` },
    pax({ path: `x${odd}` }),
    file('other'),
    pax({ linkpath: odd }),
    symlink('pax-text', 'other'),
    longName(`L${odd}${'n'.repeat(120)}`),
    file('cut'),
    longText(`K${odd}`),
    symlink('gnu-text', 'cut'),
    { ...file('v7'), magic: '' },
    { ...file('v7-dir/'), magic: '' },
    pax({ 'GNU.sparse.name': `s${odd}`, path: 'GNUSparseFile.1/s' }),
    file('s'),
    pax({ path: 'of-all' }, 'g'),
    file('not-this'),
  ];
  writeFileSync(scratch.at('a.tar'), tar(members));
  const shown = `$'\\xff\\x80é\\n'`;
  const quoted = (prefix: string, rest = ''): string => `$'${prefix}\\xff\\x80é\\n${rest}'`;
  assert.equal(
    drawn(await opened(scratch.at('a.tar'))),
    drawing(`
      ${quoted('L', 'n'.repeat(120))}
      gnu-text -> ${quoted('K')}
      of-all
      pax-text -> ${shown}
      ${quoted('p')}/
        short
      ${quoted('s')}
      text -> ${shown}
      ${quoted('u')}
      v7
      v7-dir/
      ${quoted('x')}`),
  );
});

test('sizes are taken as GNU tar takes them, so nothing hides in what another reader passes over', async () => {
  using scratch = new Scratch();
  const hidden = tar([symlink('hidden', '/etc')], 0);
  const asText = Array.from(hidden, (byte) => String.fromCharCode(byte)).join('');
  const more = new Uint8Array(512);
  writeFileSync(
    scratch.at('a.tar'),
    tar([
      // The size of the pax header counts, not that of the header.
      pax({ size: String(hidden.length) }),
      { ...file('data', asText), size: 0 },
      // What a hard link's header says of a size means nothing.
      { ...hardLink('same', 'data'), size: 512 },
      // A map of 30 pieces takes a block that no size counts.
      { ...file('sparse', 'x'), type: 'S', magic: 'ustar  \0', at: { 482: '\x01' }, between: [more] },
      file('last'),
    ]),
  );
  assert.equal(drawn(await opened(scratch.at('a.tar'))), 'data #1\nlast\nsame #1\nsparse');
});

test('an archive that is whole in part is checked in that part, and the check is incomplete', async () => {
  using scratch = new Scratch();
  const whole = tar([symlink('a', 'gone'), file('b', 'x'.repeat(2000)), file('c')]);
  const wrong = new Uint8Array(whole);
  wrong[512 + 3]! ^= 1;
  for (const [name, bytes, says] of [
    ['cut-in-a-file', whole.subarray(0, 2000), /it ends in the middle of a file/],
    ['cut-in-a-header', whole.subarray(0, 700), /it ends in the middle of a header/],
    ['wrong', wrong, /a header has a wrong checksum/],
    ['bad-gzip', gzipSync(whole).subarray(0, -12), /it cannot be uncompressed/],
    ['bad-pax', tar([symlink('a', 'gone'), { ...pax({ path: 'x' }), data: '99 path=x\n' }]), /pax header/],
    ['negative', tar([symlink('a', 'gone'), { ...file('b'), at: { 124: '-0000000001' } }]), /size that is no number/],
    ['huge', tar([symlink('a', 'gone'), { ...pax({}), size: 2 ** 30 }]), /longer than any that is needed/],
    ['fat-link', tar([{ ...symlink('a', 'gone'), data: 'x' }]), /programs disagree/],
  ] as const) {
    writeFileSync(scratch.at(name), bytes);
    const { code, report, findings, problems } = await checked('--no-config', scratch.at(name));
    assert.equal(report.complete, false, name);
    assert.match(problems.join('\n'), says);
    assert.equal(findings.length, 1, name);
    assert.equal(code, 1);
    const without = await checked('--no-config', '--only', 'loop', scratch.at(name));
    assert.equal(without.code, 3, name);
  }
});

test('what is no archive is refused in one sentence', async () => {
  using scratch = new Scratch();
  for (const [name, bytes, says] of [
    ['empty', new Uint8Array(0), /it is empty/],
    ['text', encodeBytes('hello\n'.repeat(200)), /it is no tar archive/],
    ['short', encodeBytes('hello'), /it is no tar archive/],
    ['packed-text', gzipSync('hello'), /it is no tar archive/],
    ['no-gzip', Uint8Array.of(0x1f, 0x8b, 9, 9, 9), /it cannot be uncompressed/],
  ] as const) {
    writeFileSync(scratch.at(name), bytes);
    await assert.rejects(
      () => opened(scratch.at(name)),
      (error) => error instanceof Damage && says.test(error.message),
      name,
    );
    await assert.rejects(() => checked('--no-config', scratch.at(name)), /cannot read .* as an archive: /);
  }
});

test('a bomb is refused before it is big', async () => {
  using scratch = new Scratch();
  const zeros = new Uint8Array(2 ** 26);
  const piece = zstdCompressSync(zeros);
  const head = zstdCompressSync(tar([{ ...file('zeros'), size: 2 ** 33 - 1 }], 0));
  writeFileSync(scratch.at('bomb'), joined([head, ...Array.from({ length: 40 }, () => piece)]));
  const { troubles = [] } = await opened(scratch.at('bomb'));
  assert.match(troubles.join('\n'), /that is no archive, but a trap/);
});

test('members that reach out of the archive, and near misses', async () => {
  assert.deepEqual(
    await found(
      [
        file('../../etc/passwd'),
        file('a/../b'),
        file('/etc/shadow'),
        file('./..c/d..'),
        symlink('up', '../../etc'),
        symlink('absolute', '/etc'),
        dir('d'),
        symlink('d/inside', '../a'),
        symlink('d/out-and-in', '../../a.tar/a'),
        file('a'),
      ],
      '--only',
      'link-leaves-archive,member-outside',
    ),
    [
      'error link-leaves-archive absolute',
      'error link-leaves-archive up',
      'error member-outside ../../etc/passwd',
      'error member-outside a/../b',
      'warning member-outside etc/shadow',
    ],
  );
});

test('members that are unpacked through a link of the archive, and near misses', async () => {
  assert.deepEqual(
    await found(
      [
        symlink('out', '../../etc'),
        file('out/passwd'),
        file('out/deep/down'),
        symlink('gone', 'nowhere'),
        file('gone/x'),
        dir('real'),
        symlink('in', 'real'),
        file('in/x'),
        symlink('later', 'real'),
        symlink('late', '/etc'),
        file('over'),
        symlink('over', '/etc/passwd'),
        file('over'),
        symlink('twice', 'real'),
        symlink('twice', 'real/x'),
        file('later-than/late'),
      ],
      '--only',
      'member-through-link,member-over-link',
    ),
    [
      'error member-over-link over',
      'error member-through-link gone/x',
      'error member-through-link out/deep/down',
      'error member-through-link out/passwd',
      'warning member-through-link in/x',
    ],
  );
});

test('hard links that lead out of the archive or to nothing, and near misses', async () => {
  assert.deepEqual(
    await found(
      [
        file('file'),
        dir('d'),
        hardLink('good', 'file'),
        hardLink('dotted', './/file'),
        hardLink('passwd', '../../etc/passwd'),
        hardLink('shadow', '/etc/shadow'),
        symlink('out', '../..'),
        hardLink('through', 'out/etc/passwd'),
        symlink('in', 'd'),
        file('d/x'),
        hardLink('through-in', 'in/x'),
        hardLink('early', 'late'),
        file('late'),
        hardLink('to-dir', 'd'),
        hardLink('to-link', 'in'),
        hardLink('file', 'file'),
      ],
      '--only',
      'hard-link-leaves-archive,hard-link-missing',
    ),
    [
      'error hard-link-leaves-archive passwd',
      'error hard-link-leaves-archive through',
      'error hard-link-missing early',
      'error hard-link-missing shadow',
      'error hard-link-missing to-dir',
    ],
  );
});

test('the archive of a whole system is / for its own links', async () => {
  const members = [dir('etc'), file('etc/motd'), symlink('motd', '/etc/motd'), symlink('gone', '/etc/gone')];
  assert.deepEqual(await found(members, '--preset', 'image', '--only', 'dangling,link-leaves-archive'), [
    'error dangling gone',
  ]);
  assert.deepEqual(await found(members, '--only', 'dangling,link-leaves-archive'), [
    'error link-leaves-archive gone',
    'error link-leaves-archive motd',
  ]);
  // What lies outside is not known to be missing.
  assert.deepEqual(await found(members, '--only', 'dangling'), []);
});

/** `lib -> text`, `copy = other`, `dir/`, `file`: as examples of rules have members. */
const membersOf = (lines: string): readonly TarMember[] =>
  drawing(lines)
    .split('\n')
    .map((line) => {
      const [, name = line, sign, text = ''] = /^(.*) (->|=) (.*)$/.exec(line) ?? [];
      if (sign === '->') return symlink(name, text);
      if (sign === '=') return hardLink(name, text);
      return name.endsWith('/') ? dir(name.slice(0, -1)) : file(name);
    });

for (const rule of rules.filter(({ shows }) => shows === 'members'))
  test(`${rule.id}: its examples`, async () => {
    const hits = await found(membersOf(rule.broken), '--only', rule.id);
    assert.deepEqual(
      hits.map((hit) => hit.split(' ')[1]),
      [rule.id],
    );
    assert.deepEqual(await found(membersOf(rule.fixed), '--only', `${rule.id},dangling`), []);
  });

/** Members that GNU tar makes at once: links whose text is absolute or climbs it makes when all else is done. */
const randomMembers = (dice: Random): readonly TarMember[] => {
  const names = ['a', 'b', 'c'];
  const name = (): string => Array.from({ length: 1 + dice.below(3) }, () => dice.pick(names)).join('/');
  const members: TarMember[] = [];
  for (let left = 3 + dice.below(9); left > 0; left--) {
    const earlier = members.filter(({ type }) => type !== '5');
    const kind = dice.below(6);
    if (kind === 0 && earlier.length > 0) members.push(hardLink(name(), dice.pick(earlier).name));
    else if (kind === 1) members.push(dir(name()));
    else members.push(kind === 2 ? file(name(), 'x') : symlink(name(), name()));
  }
  return members;
};

test('random archives are in memory what GNU tar makes of them', async () => {
  const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
  const archives = process.env.LINKWRIGHT_FULL === '1' ? 4_000 : 200;
  let compared = 0;
  using scratch = new Scratch();
  for (let i = 0; i < archives; i++) {
    const members = randomMembers(random((seed + i) >>> 0));
    writeFileSync(scratch.at('a.tar'), tar(members));
    const source = await opened(scratch.at('a.tar'));
    // Where a hard link fails, tar may have removed what had its name, or made directories for it; and one whose target
    // goes through its own name fails once that has been removed.
    if (members.some(({ type, name, text }) => type === '1' && text?.startsWith(`${name}/`))) continue;
    if (source.members?.some(({ kind }) => kind.startsWith('hard-link'))) continue;
    mkdirSync(scratch.at('out'));
    spawnSync('tar', ['-xf', '../a.tar'], { cwd: scratch.at('out') });
    using out = openPlace(scratch.at('out'));
    const shown = members.map(({ name, type, text }) => `${type ?? 0} ${name} ${text ?? ''}`).join('\n');
    assert.equal(drawn(source), draw(kernel, out.handle), `LINKWRIGHT_SEED=${(seed + i) >>> 0}\n${shown}`);
    rmSync(scratch.at('out'), { recursive: true });
    compared++;
  }
  assert.ok(compared > archives / 2);
  process.stderr.write(`LINKWRIGHT_SEED=${seed}: ${compared} archives unpacked\n`);
});
