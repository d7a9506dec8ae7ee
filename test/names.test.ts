import assert from 'node:assert/strict';
import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import type { World } from '../src/cli/command.ts';
import { command } from '../src/cli/commands/names.ts';
import type { Probe } from '../src/fs/probe.ts';
import { ask, nameFromJson } from './answer.ts';
import { bash } from './cli/lw.ts';
import { canMount, isRoot, nobody, runScript, Scratch } from './scratch.ts';

test('all names of several files, each once, in the order of their paths', async () => {
  using tree = new Scratch();
  write(tree, 'b/one', 'a/two', 'lone');
  hardlink(tree, 'b/one', 'a/uno', 'z');
  hardlink(tree, 'a/two', 'c/deep/er/dos');
  const { code, json, lines, paths } = await names(['z', 'a/two', 'b/one', 'lone'].map((name) => tree.at(name)));
  assert.equal(code, 0);
  const expected = [['a/uno', 'b/one', 'z'], ['a/two', 'c/deep/er/dos'], ['lone']].map((group) =>
    group.map((name) => tree.at(name)),
  );
  assert.deepEqual(
    json.files.map((file: { names: string[] }) => file.names),
    expected,
  );
  assert.deepEqual(json.files[0].operands, [tree.at('z'), tree.at('b/one')]);
  assert.deepEqual(paths, expected.flat());
  assert.equal(
    lines[0]?.replace(/inode \d+ on \S+,/, 'inode …,'),
    `${tree.at('z')}, ${tree.at('b/one')}: inode …, 3 names`,
  );
  assert.deepEqual(
    lines.slice(1, 4),
    expected[0]?.map((path) => `  ${path}`),
  );
});

test('a file with one name costs no walk', async () => {
  using tree = new Scratch();
  write(tree, 'dir/file');
  const { world, calls } = counting();
  assert.deepEqual((await names([tree.at('dir/file')], world)).paths, [tree.at('dir/file')]);
  assert.deepEqual(calls, { openDir: 0, lstat: 0 });
});

test('a walk begins near the file, ends soon after its last name, and looks at no other file', async () => {
  using tree = new Scratch();
  write(tree, 'far/file', 'near/file');
  hardlink(tree, 'near/file', 'near/below/second');
  for (let dir = 0; dir < 100; dir++) {
    mkdirSync(tree.at('far', `${dir}`));
    for (let file = 0; file < 40; file++) writeFileSync(tree.at('far', `${dir}`, `${file}`), '');
  }
  const { world, calls } = counting();
  const { code, paths } = await names(['--in', tree.path, tree.at('near/file')], world);
  assert.deepEqual([code, paths], [0, [tree.at('near/below/second'), tree.at('near/file')]]);
  assert.ok(calls.openDir < 60, `${calls.openDir} directories opened`);
  assert.equal(calls.lstat, 2);
});

test('the names of a symbolic link are its own; -L asks for its target’s', async () => {
  using tree = new Scratch();
  write(tree, 'file');
  hardlink(tree, 'file', 'also');
  symlinkSync('file', tree.at('link'));
  hardlink(tree, 'link', 'sub/link');
  const own = await names([tree.at('link')]);
  assert.deepEqual([own.code, own.paths], [0, [tree.at('link'), tree.at('sub/link')]]);
  assert.equal(own.json.files[0].kind, 'symlink');
  assert.deepEqual((await names(['-L', tree.at('link')])).paths, [tree.at('also'), tree.at('file')]);
});

test('a directory and a missing file fail with a sentence, the rest is answered', async () => {
  using tree = new Scratch();
  write(tree, 'file');
  const { code, paths, problems } = await names([tree.path, tree.at('gone'), tree.at('file')]);
  assert.deepEqual([code, paths], [1, [tree.at('file')]]);
  assert.match(problems[0] as string, /is a directory, and has one name: its link count, 2, may also count the ".."/);
  assert.match(problems[1] as string, /^cannot look at .*gone: No such file or directory\ntry: lw why/);
  const scope = await names(['--in', tree.at('file'), tree.at('file')]);
  assert.deepEqual([scope.code, scope.paths], [1, []]);
  assert.match(scope.problems[0] as string, /^cannot search .*file: it is a file, not a directory$/);
  await assert.rejects(names([]), /needs FILE…, or --outside DIR/);
});

test('--in: names elsewhere are counted, and the answer is complete', async () => {
  using tree = new Scratch();
  write(tree, 'in/file');
  hardlink(tree, 'in/file', 'in/sub/again', 'out/other');
  const { code, paths, json, lines, problems } = await names(['--in', tree.at('in'), tree.at('out/other')]);
  assert.deepEqual([code, problems, paths], [0, [], [tree.at('in/file'), tree.at('in/sub/again')]]);
  assert.equal(json.complete, true);
  assert.deepEqual([json.files[0].missing.names, json.files[0].missing.elsewhere], [1, true]);
  assert.match(lines[0] as string, /, 2 of 3 names found$/);
  assert.equal(lines.at(-1), '  1 more name elsewhere');
  const excluded = await names(['--in', tree.path, '--exclude', 'sub', tree.at('out/other')]);
  assert.deepEqual([excluded.code, excluded.paths], [0, [tree.at('in/file'), tree.at('out/other')]]);
});

test('--in is written as it was, and a directory within it nearer to the file does not change that', async () => {
  using tree = new Scratch();
  write(tree, 'real/a/b/file');
  hardlink(tree, 'real/a/b/file', 'real/c/other');
  symlinkSync('real', tree.at('alias'));
  const { paths } = await names(['--in', `${tree.path}/./alias/`, tree.at('real/a/b/file')]);
  assert.deepEqual(paths, [`${tree.path}/./alias/a/b/file`, `${tree.path}/./alias/c/other`]);
});

test('--outside: of one file, and of every file that has names outside', async () => {
  using tree = new Scratch();
  write(tree, 'dir/kept', 'dir/shared', 'dir/sub/twice', 'dir/alone');
  hardlink(tree, 'dir/kept', 'dir/kept2');
  hardlink(tree, 'dir/shared', 'library/shared');
  hardlink(tree, 'dir/sub/twice', 'dir/twice', 'library/one', 'two');
  const one = await names(['--outside', tree.at('dir'), tree.at('dir/sub/twice')]);
  assert.deepEqual([one.code, one.paths], [0, [tree.at('library/one'), tree.at('two')]]);
  assert.equal(one.json.files[0].inside, 2);
  assert.match(one.lines[0] as string, /, 4 names, 2 outside$/);
  const all = await names(['--outside', tree.at('dir')]);
  assert.deepEqual([all.code, all.paths], [0, ['library/shared', 'library/one', 'two'].map((name) => tree.at(name))]);
  rmSync(tree.at('library'), { recursive: true });
  rmSync(tree.at('two'));
  const none = await names(['--outside', tree.at('dir')]);
  assert.deepEqual([none.code, none.lines], [0, [`no file in ${tree.at('dir')} has a name outside of it`]]);
});

test('hostile names come back byte for byte, and none reaches a terminal raw', () => {
  using tree = new Scratch();
  const hostile = [String.raw`new\nline`, String.raw`\e[31mred`, String.raw`\xff\xfe`, 'x'.repeat(255), '-rf', ' '];
  const made = hostile.map((name) => `ln -- first $'sub/${name}'`).join(' && ');
  const started = bash(`cd ${tree.path} && mkdir sub && : >first && ${made}`);
  assert.equal(started.err, '');
  const expected = bash(
    `cd ${tree.path} && { printf '%s\\0' "$PWD/first"; printf '%s\\0' "$PWD"/sub/*; } | sort -z | od -An -tx1`,
  );
  const found = bash(`$LW names --null ${tree.path}/first | sort -z | od -An -tx1`);
  assert.deepEqual(found, expected);
  const json = JSON.parse(bash(`$LW names --json ${tree.path}/first`).out);
  const exact = bash(`$LW names --null ${tree.path}/first | base64 -w0`).out;
  const wanted = Buffer.from(exact, 'base64').toString('latin1').split('\0').slice(0, -1);
  const got = json.files[0].names.map((name: string | { bytes: string }) =>
    typeof name === 'string'
      ? Buffer.from(name).toString('latin1')
      : Buffer.from(name.bytes, 'base64').toString('latin1'),
  );
  assert.deepEqual(got, wanted);
  assert.ok(json.files[0].names.map(nameFromJson).every((name: string) => name.startsWith(tree.path)));
  const shown = bash(`$LW names ${tree.path}/first`).out;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there.
  assert.doesNotMatch(shown, /[\x00-\x09\x0b-\x1f\x7f]/);
  assert.match(shown, /\$'.*\/sub\/new\\nline'/);
  assert.equal(shown.split('\n').length, 2 + 1 + hostile.length);
});

test('names in a directory that may not be read: incomplete, and said', (context) => {
  if (!isRoot) return notRun(context.name, 'root');
  using tree = new Scratch();
  write(tree, 'open/file');
  hardlink(tree, 'open/file', 'closed/other');
  bash(`chmod 700 ${tree.at('closed')}`);
  const { code, paths, lines, problems, json } = askElsewhere(['--in', tree.path, tree.at('open/file')], {
    uid: nobody,
  });
  assert.deepEqual([code, paths], [3, [tree.at('open/file')]]);
  assert.deepEqual(problems, [`cannot read ${tree.at('closed')}: Permission denied`]);
  assert.equal(json.complete, false);
  assert.equal(json.blind[0].path, tree.at('closed'));
  assert.ok(lines.includes('  1 name not found; where one could look:'));
  assert.ok(lines.includes('    in 1 place that could not be looked at'));
  // What is closed does not matter where all is found.
  write(tree, 'open/two');
  hardlink(tree, 'open/two', 'open/deux');
  assert.equal(askElsewhere(['--in', tree.path, tree.at('open/two')], { uid: nobody }).code, 0);
  // A file's own directory that may be searched only.
  bash(`chmod 711 ${tree.at('closed')}`);
  const own = askElsewhere(['--in', tree.path, tree.at('closed/other')], { uid: nobody });
  assert.deepEqual([own.code, own.paths], [3, [tree.at('open/file')]]);
});

test('a second mount: where else the names may be; one seen again is not outside; a mounted file is no name', (context) => {
  if (!canMount(context.name)) return;
  using tree = new Scratch();
  const mounts = `cd ${tree.path}
    mkdir -p whole part
    mount -t tmpfs t whole
    mkdir whole/sub whole/other
    echo >whole/sub/file && ln whole/sub/file whole/other/file
    mount --bind whole/sub part`;
  const part = askElsewhere([tree.at('part/file')], { mounts });
  assert.deepEqual([part.code, part.paths], [3, [tree.at('part/file')]]);
  assert.deepEqual(part.json.files[0].missing.otherMounts, [tree.at('whole')]);
  assert.equal(part.lines.at(-1), `    below another mount of the file system: lw names --in ${tree.at('whole')} …`);

  const again = `${mounts}
    mkdir whole/again
    mount --bind whole/sub whole/again`;
  const outside = askElsewhere(['--outside', tree.at('whole/sub')], { mounts: again });
  assert.deepEqual([outside.code, outside.paths], [0, [tree.at('whole/other/file')]]);

  const covered = `${mounts}
    mount -t tmpfs over whole/other`;
  const below = askElsewhere([tree.at('whole/sub/file')], { mounts: covered });
  assert.deepEqual([below.code, below.paths], [3, [tree.at('whole/sub/file')]]);
  assert.deepEqual(below.json.files[0].missing.covered, [tree.at('whole/other')]);

  const mounted = `${mounts}
    : >mounted && mount --bind whole/sub/file mounted`;
  const file = askElsewhere([tree.at('mounted')], { mounts: mounted });
  assert.deepEqual([file.code, file.paths], [0, [tree.at('whole/other/file'), tree.at('whole/sub/file')]]);
});

for (const [type, bytes] of [
  ['xfs', '400M'],
  ['btrfs', '256M'],
] as const)
  test(`on ${type} in an image of its own, the answer is that of find`, (context) => {
    if (!canHave(context.name, type)) return;
    using tree = new Scratch();
    const mounts = `${image(tree, type, bytes)}
      cd ${tree.at('mnt')}
      mkdir -p a/b c d/e/f
      echo >a/file
      ln a/file a/b/two && ln a/file c/three && ln a/file d/e/f/four && ln a/file five
      ln -s file a/link && ln a/link c/link`;
    for (const file of ['a/file', 'd/e/f/four', 'a/link']) {
      const { code, paths } = askElsewhere([tree.at('mnt', file)], { mounts });
      const found = runScript(
        `import { spawnSync } from 'node:child_process';
         const found = spawnSync('find', ['${tree.at('mnt')}', '-samefile', '${tree.at('mnt', file)}']);
         process.stdout.write(String(found.stdout).split('\\n').filter(Boolean).sort().join('\\n'));`,
        { mounts },
      );
      assert.deepEqual([code, paths.join('\n')], [0, found.stdout]);
    }
  });

test('btrfs tells root all names without a walk, as a walk finds them', (context) => {
  if (!canHave(context.name, 'btrfs')) return;
  using tree = new Scratch();
  const mounts = `${image(tree, 'btrfs', '256M')}
    cd ${tree.at('mnt')}
    btrfs -q subvolume create sub
    mkdir -p sub/a/b sub/c part
    echo >sub/a/file
    ln sub/a/file sub/a/b/two && ln sub/a/file sub/c/three && ln sub/a/file "sub/a/$(printf 'h\\377\\n.')"
    echo >top && ln top sub/../part/top2
    echo >sub/c/many
    for i in $(seq 60); do ln sub/c/many sub/c/$(printf 'n%0100d' $i); done
    mount --bind sub/a part`;
  const noWalk = { mounts, probe: false };
  const expected = ['a/b/two', 'a/file', 'a/h\udcff\n.', 'c/three'].map((name) => tree.at('mnt/sub', name));
  for (const file of ['mnt/sub/a/file', 'mnt/sub/c/three']) {
    const told = askElsewhere([tree.at(file)], noWalk);
    assert.deepEqual([told.code, told.paths], [0, expected]);
    assert.deepEqual(askElsewhere(['--in', tree.at('mnt'), tree.at(file)], { mounts }).paths, expected);
  }
  // More than the kernel's 4096 bytes: searched for.
  const many = askElsewhere([tree.at('mnt/sub/c/many')], { mounts });
  assert.deepEqual([many.code, many.paths.length], [0, 61]);
  assert.match(askElsewhere([tree.at('mnt/sub/c/many')], noWalk).problems[0] as string, /walked/);
  // Through a mount of a directory, names elsewhere in the subvolume are not seen, but known.
  const part = askElsewhere([tree.at('mnt/part/file')], { mounts });
  assert.equal(part.code, 3);
  assert.deepEqual(
    part.paths,
    ['b/two', 'file', 'h\udcff\n.'].map((name) => tree.at('mnt/part', name)),
  );
  assert.deepEqual(part.json.files[0].missing.hidden, ['c/three']);
  assert.ok(part.lines.includes('    outside of what this mount shows: c/three in its btrfs subvolume'));
  // A name below a mount that covers it.
  const top = askElsewhere([tree.at('mnt/top')], { mounts });
  assert.deepEqual([top.code, top.json.files[0].missing.hidden], [3, ['part/top2']]);
  // Anyone else searches.
  const other = askElsewhere([tree.at('mnt/sub/c/three')], { mounts, uid: nobody });
  assert.deepEqual([other.code, other.paths], [0, expected]);
});

// What the tests stand on.

const names = (args: readonly string[], changed?: (world: World) => Partial<World>) => ask(command, args, changed);

const write = (tree: Scratch, ...paths: readonly string[]): void => {
  for (const path of paths) {
    mkdirSync(dirname(tree.at(path)), { recursive: true });
    writeFileSync(tree.at(path), '');
  }
};

const hardlink = (tree: Scratch, from: string, ...paths: readonly string[]): void => {
  for (const path of paths) {
    mkdirSync(dirname(tree.at(path)), { recursive: true });
    linkSync(tree.at(from), tree.at(path));
  }
};

/** A world that counts the calls of its walks. */
const counting = () => {
  const calls = { openDir: 0, lstat: 0 };
  const world = (kernel: World): Partial<World> => ({
    probe() {
      const probe = kernel.probe();
      return {
        ...probe,
        openDir(parent, name) {
          calls.openDir++;
          return probe.openDir(parent, name);
        },
        lstat(dir, name) {
          calls.lstat++;
          return probe.lstat(dir, name);
        },
      } satisfies Probe;
    },
  });
  return { calls, world };
};

/** Asks in a process of its own: with mounts or another user's rights, or without a walk. */
const askElsewhere = (
  args: readonly string[],
  { probe = true, ...setting }: { mounts?: string; uid?: number; probe?: boolean },
): Awaited<ReturnType<typeof ask>> => {
  const changed = probe ? '' : ", () => ({ probe() { throw new Error('walked'); } })";
  const { status, stdout, stderr } = runScript(
    `import { ask } from './test/answer.ts';
     import { command } from './src/cli/commands/names.ts';
     const failed = (error) => ({ code: -1, lines: [], paths: [], json: {}, problems: [error.message] });
     const answer = await ask(command, ${JSON.stringify(args)}${changed}).catch(failed);
     console.log(JSON.stringify(answer));`,
    { ...setting, env: { LINKWRIGHT_LEAK_CHECK: '1' } },
  );
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};

/** Shell lines that make a file system in a file and mount it at `mnt`. */
const image = (tree: Scratch, type: string, bytes: string): string => `
  cd ${tree.path}
  mkdir -p mnt
  rm -f image
  truncate -s ${bytes} image
  mkfs.${type} -q image >/dev/null
  mount -o loop image mnt`;

const canHave = (test: string, type: 'xfs' | 'btrfs'): boolean => {
  if (!canMount(test)) return false;
  using tree = new Scratch();
  const tried = runScript('', { mounts: image(tree, type, '400M') });
  if (tried.status === 0) return true;
  notRun(test, `a ${type} image: ${tried.stderr}`);
  return false;
};

const notRun = (test: string, need: string): void => {
  process.stderr.write(`NOT RUN: ${test}: it needs ${need}\n`);
};
