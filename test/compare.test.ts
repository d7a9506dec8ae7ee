import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../src/cli/command.ts';
import { command } from '../src/cli/commands/compare.ts';
import { differenceNames } from '../src/cli/compare/comparison.ts';
import { quartilesOf } from '../src/cli/compare/quartiles.ts';
import { judged } from '../src/cli/compare/speed.ts';
import { stepsUpTo } from '../src/cli/compare/text-room.ts';
import { displayWidth } from '../src/cli/display-width.ts';
import { lookOf } from '../src/cli/look.ts';
import { parseRequest } from '../src/cli/parse-request.ts';
import { processName } from '../src/cli/process-name.ts';
import { Fault } from '../src/fs/fault.ts';
import { type Answer, ask } from './answer.ts';
import { bash, lw, lwPath } from './cli/lw.ts';
import { places } from './conformance/sketch-places.ts';
import { canMount, nobody, runScript, Scratch } from './scratch.ts';

const full = process.env.LINKWRIGHT_FULL === '1';

const mounts: Readonly<Record<string, string>> = {
  ...places,
  overlay: `
    mkdir store && mount -t tmpfs store store && mkdir store/lower store/upper store/work
    mount -t overlay -o lowerdir=store/lower,upperdir=store/upper,workdir=store/work overlay root`,
};

/** What the type alone makes different. Everything else must be said alike of all of them. */
const own: Readonly<Record<string, { readonly texts: RegExp; readonly count: RegExp }>> = {
  ext4: {
    texts: /no block up to 59 bytes, 8 \(4 KiB\) from 60 bytes on; the longest text has 4095/,
    count: /is 2 and/,
  },
  tmpfs: {
    texts: /no block up to 127 bytes, 8 \(4 KiB\) from 128 bytes on; the longest text has 4095/,
    count: /is 2 and/,
  },
  overlay: {
    texts: /no block up to 127 bytes, 8 \(4 KiB\) from 128 bytes on; the longest text has 4095/,
    count: /is 2 and/,
  },
  xfs: {
    texts: /no block up to 336 bytes, 8 \(4 KiB\) from 337 bytes on; the longest text has 1023/,
    count: /is 2 and/,
  },
  btrfs: {
    texts: /counts 8 blocks \(4 KiB\) for a text of any length; the longest text has 4095/,
    count: /says 1 for every/,
  },
};

for (const type of Object.keys(own))
  for (const uid of full || type === 'tmpfs' ? [0, nobody] : [0])
    test(`on ${type}, as ${uid === 0 ? 'root' : 'nobody'}: what is true there`, (t) => {
      const answer = answerIn(t, type, uid);
      if (!answer) return;
      assert.equal(answer.json.fileSystem, type);
      assert.deepEqual(answer.left, []);
      assert.deepEqual(answer.problems, []);
      const cells = new Map(answer.json.differences.map((each) => [each.name, each] as const));
      assert.deepEqual([...cells.keys()], differenceNames);
      assert.match(cells.get('inode')?.hard ?? '', /^the file's own: \d+$/);
      assert.match(cells.get('inode')?.soft ?? '', /^its own: \d+$/);
      assert.deepEqual(
        ['deletion', 'file-systems', 'directories', 'visibility'].map((name) => cells.get(name)),
        [
          { name: 'deletion', hard: 'the data stays', soft: 'leads nowhere (ENOENT)' },
          { name: 'file-systems', hard: 'refused (EXDEV)', soft: 'works' },
          { name: 'directories', hard: 'refused (EPERM)', soft: 'works' },
          { name: 'visibility', hard: 'writes but no replacement', soft: 'writes and replacements' },
        ],
      );

      const verdicts = new Map(answer.json.experiments.map(({ title, verdict }) => [title, verdict]));
      const said = (title: string): string => verdicts.get(title) ?? `not measured: ${title}`;
      const expected = own[type] as (typeof own)[string];
      assert.match(said('From which length a text takes a block'), expected.texts);
      assert.match(said('The hard links that every directory has'), expected.count);
      for (const [title, verdict] of everywhere) assert.match(said(title), verdict, title);
      for (const [title, verdict] of whereInstalled) if (verdicts.get(title)) assert.match(said(title), verdict, title);
      if (uid === 0) for (const [title, verdict] of forRoot) assert.match(said(title), verdict, title);

      // Noise may hide the speed, and programs may not be there: nothing else has an excuse.
      const missing = answer.json.experiments.filter(
        ({ measured, whyNot }) => !measured && !/not installed|spread/.test(whyNot ?? ''),
      );
      assert.deepEqual(
        missing.map(({ title, whyNot }) => [title, whyNot]),
        uid === 0
          ? []
          : [
              ['Root and other users', 'to try it as another user needs root'],
              ['Two mounts of one file system', 'to mount needs root'],
            ],
      );
      const noisy = answer.json.experiments.some(({ whyNot }) => /spread/.test(whyNot ?? ''));
      assert.equal(answer.code, noisy ? 3 : 0);
    });

const everywhere: readonly (readonly [title: string, verdict: RegExp])[] = [
  [
    'What the names lead to',
    /the inode counts 2; a symbolic link is an inode of its own, whose text leads to the file/,
  ],
  ['Mode and owner belong to the inode', /through one name is seen through all.*changes the file that it leads to/],
  [
    'The file is removed',
    /stays under the hard link, whose inode now counts 1; .*still says "file" and leads nowhere \(ENOENT\)/,
  ],
  ['The last name goes while the file is open', /only the last close frees it/],
  ['A new file with the old name', /hard link stays with the old file; the symbolic link leads to the new one/],
  ['From one to another', /is refused \(EXDEV\): an inode number means nothing.*leads to the file/],
  ['A link to a directory', /is refused \(EPERM\).*works as the directory does/],
  ['The way back out of a symbolic link', /is what holds the target; to a shell's cd, .. is what holds the link/],
  ['What each takes', /takes no inode and no block.*a copy takes 64 KiB/],
  ['How many links one lookup passes', /passes 40 symbolic links, the next is refused \(ELOOP\)/],
  ['Written to, and replaced', /shows what is written to the file, and not .*shows both/],
  ['cp', /become two files; in the place of the symbolic link is a copy/],
  ['cp -a', /one new file with both names; the symbolic link stays one/],
  ['cp -al', /more names of the same file; the symbolic link itself gets one more name/],
  ['tar', /one new file with both names; the symbolic link stays one/],
  ['sed -i', /split off and keeps the old text; a symbolic link is replaced by a file, and its target keeps/],
  [
    'Written in place, as VS Code and the shell do',
    /inode stays.*shows the change; a symbolic link stays, and its target is changed/,
  ],
  ['Written aside and renamed, as many editors do', /split off and keeps the old text; a symbolic link is replaced/],
];

/** Programs that not every machine has; rsync(1), logrotate(8) and vim's help say the same. */
const whereInstalled: readonly (readonly [title: string, verdict: RegExp])[] = [
  [
    'A log with two names under logrotate',
    /is left alone, silently and as if all was well \(exit code 0\); with the option allowhardlink it is rotated/,
  ],
  ['rsync -a', /two names become two files; the symbolic link stays one/],
  ['rsync -aH', /one new file with both names; the symbolic link stays one/],
  ['git', /two names become two files; the symbolic link stays one/],
  ['vim, backupcopy=auto and an empty backupskip', /inode stays.*a symbolic link stays/],
  ['vim, backupcopy=yes and an empty backupskip', /inode stays.*a symbolic link stays/],
  ['vim, backupcopy=no and an empty backupskip', /split off.*a symbolic link is replaced/],
];

const forRoot: readonly (readonly [title: string, verdict: RegExp])[] = [
  ['A link to a directory', /to root as to any user/],
  ['Two mounts of one file system', /refuses hard links from the other mount \(EXDEV\) though the device is equal/],
  ['Root and other users', /both may make\.$/],
];

interface Said extends Pick<Answer, 'code' | 'problems'> {
  readonly json: {
    readonly fileSystem: string;
    readonly differences: readonly { readonly name: string; readonly hard: string; readonly soft: string }[];
    readonly experiments: readonly {
      readonly title: string;
      readonly measured: boolean;
      readonly verdict: string | null;
      readonly whyNot: string | null;
    }[];
  };
  readonly left: readonly string[];
}

const answerIn = (t: TestContext, type: string, uid: number, options = ':'): Said | undefined => {
  if (!canMount(t.name)) return void t.skip('needs root and a mount namespace');
  const maker = /^(ext4|xfs|btrfs)$/.test(type) ? `mkfs.${type}` : 'mount';
  if (spawnSync('sh', ['-c', `command -v ${maker}`]).status !== 0) {
    process.stderr.write(`NOT RUN: ${t.name}: there is no ${maker}\n`);
    return void t.skip(`no ${maker}`);
  }
  using scratch = new Scratch();
  const { status, stdout, stderr } = runScript(
    `import { readdirSync } from 'node:fs';
     import { ask } from './test/answer.ts';
     import { command } from './src/cli/commands/compare.ts';
     const { json, code, problems } = await ask(command, [process.env.ROOT]);
     console.log(JSON.stringify({ json, code, problems, left: readdirSync(process.env.ROOT) }));`,
    {
      mounts: `cd '${scratch.path}'; mkdir root; ${mounts[type]}; ${options}; chmod 777 root`,
      env: { ROOT: scratch.at('root') },
      ...(uid === 0 ? {} : { uid }),
    },
  );
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};

test('where links are not followed (nosymfollow), that is what it says', (t) => {
  const answer = answerIn(t, 'tmpfs', 0, 'mount -o remount,nosymfollow root');
  if (!answer) return;
  const verdicts = new Map(answer.json.experiments.map(({ title, verdict }) => [title, verdict]));
  assert.match(
    verdicts.get('What the names lead to') ?? '',
    /an inode of its own, and following it is refused \(ELOOP\)/,
  );
  assert.equal(answer.json.differences.find(({ name }) => name === 'directories')?.soft, 'leads nowhere (ELOOP)');
  assert.deepEqual(answer.left, []);
});

test('where nothing can be written any more, each difference says what failed, and nothing is left', (t) => {
  const answer = answerIn(t, 'tmpfs', 0, 'mount -o remount,size=16k root; head -c 64k /dev/zero > root/fill || :');
  if (!answer) return;
  assert.deepEqual(answer.left, ['fill']);
  const whyNot = new Map(answer.json.experiments.map((each) => [each.title, each.whyNot]));
  assert.equal(whyNot.get('What the names lead to'), 'pwrite64 of file was refused: No space left on device (ENOSPC)');
  assert.equal(whyNot.get('The hard links that every directory has'), null);
});

/** A file system that has no links of some kinds, as vfat has none, made of one that has. */
const without =
  (...calls: readonly ('link' | 'symlink')[]) =>
  ({ fs }: World): Partial<World> => ({
    fs: {
      ...fs,
      ...(calls.includes('link') && { link: (_from, _name, _to, path) => new Fault('linkat', 'EPERM', path) }),
      ...(calls.includes('symlink') && { symlink: (_text, _to, path) => new Fault('symlinkat', 'EPERM', path) }),
    },
  });

test('a file system without hard links is told as one; the commands are ones that bash understands', async () => {
  using scratch = new Scratch();
  const { json, code } = await ask(command, [scratch.path, '--other', '/dev/shm'], without('link'));
  for (const { name, hard } of json.differences) assert.equal(hard, 'refused (EPERM)', name);
  for (const { title, verdict } of json.experiments)
    assert.doesNotMatch(
      verdict ?? '',
      /hard link (is the file|stays|shows|opens|takes|was made)|through all|more names/,
      title,
    );
  for (const { title, commands } of json.experiments) {
    const { status, stderr } = spawnSync('bash', ['-n', '-c', commands.join('\n')], { encoding: 'utf8' });
    assert.equal(status, 0, `${title}: ${stderr}`);
  }
  assert.ok(json.experiments.some(({ verdict }: { verdict: string }) => /refuses hard links \(EPERM\)/.test(verdict)));
  assert.equal(code, 0);
  assert.deepEqual(readdirSync(scratch.path), []);
});

test('and so is one without any links', async () => {
  using scratch = new Scratch();
  const { json, code } = await ask(command, [scratch.path, '--other', '/dev/shm'], without('link', 'symlink'));
  for (const { name, hard, soft } of json.differences)
    if (name !== 'speed') assert.deepEqual([hard, soft], ['refused (EPERM)', 'refused (EPERM)'], name);
  assert.equal(code, 0);
  assert.deepEqual(readdirSync(scratch.path), []);
});

test('Ctrl-C, pressed twice, and SIGTERM: nothing is left behind', async () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    using here = new Scratch();
    using other = new Scratch('/dev/shm');
    const child = spawn(process.execPath, [lwPath, 'compare', here.path, '--other', other.path], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    while (readdirSync(other.path).length === 0 && child.exitCode === null) await sleep(5);
    child.kill(signal);
    await sleep(20);
    child.kill(signal);
    const [code, by] = await ended;
    // The second may come when all is cleared up and only the answer is left to write.
    assert.ok(by === signal || (signal === 'SIGINT' && code === 130), `ended with ${code}, by ${by}`);
    assert.deepEqual([...readdirSync(here.path), ...readdirSync(other.path)], []);
  }
});

test('what a comparison that was killed left behind is removed by the next one, and nothing else is', async () => {
  using here = new Scratch();
  using other = new Scratch('/dev/shm');
  const args = ['compare', here.path, '--other', other.path, '--only', 'file-systems'];
  const start = () => spawn(process.execPath, [lwPath, ...args.slice(0, 4)], { stdio: 'ignore' });
  const killed = start();
  const ended = once(killed, 'exit');
  const isMarked = (dir: string): boolean =>
    readdirSync(dir).some(
      (name) => existsSync(join(dir, name, '.lw-compare')) && readdirSync(join(dir, name)).length > 1,
    );
  while (!isMarked(here.path) && killed.exitCode === null) await sleep(1);
  killed.kill('SIGKILL');
  await ended;
  const left = [...readdirSync(here.path), ...readdirSync(other.path)];
  assert.equal(left.length, 2);

  // One at work, one of another boot, one that only has the name, and one that says to be another.
  const [boot, namespace] = [
    readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(),
    readlinkSync('/proc/self/ns/pid'),
  ];
  const plant = (word: string, says: string | undefined, mode = 0o700): void => {
    const dir = here.at(`.lw-compare-${word}`);
    mkdirSync(dir, { mode });
    writeFileSync(join(dir, 'precious'), '');
    if (says !== undefined) writeFileSync(join(dir, '.lw-compare'), says);
  };
  const gone = `999999999 1 ${boot} ${namespace}`;
  plant('alive', `.lw-compare-alive\n${processName(process.pid)}\n`);
  plant('boot', `.lw-compare-boot\n1 1 another ${namespace}\n`);
  plant('bare', undefined);
  plant('renamed', `.lw-compare-mine\n${gone}\n`);
  plant('open', `.lw-compare-open\n${gone}\n`, 0o755);
  plant('torn', '.lw-compare-torn\n');
  mkdirSync(here.at('elsewhere'));
  writeFileSync(here.at('elsewhere/.lw-compare'), `.lw-compare-link\n${gone}\n`);
  symlinkSync('elsewhere', here.at('.lw-compare-link'));

  const { code, err } = lw(args);
  assert.equal(code, 0);
  for (const name of left)
    assert.ok(err.includes(`lw: removed ${name}, which an lw compare that was killed had left behind\n`), err);
  assert.match(
    err,
    /lw: \.lw-compare-boot was left behind by an lw compare on another machine, or before this one was/,
  );
  assert.equal(err.trimEnd().split('\n').length, 3);
  assert.deepEqual(
    readdirSync(here.path),
    ['alive', 'bare', 'boot', 'link', 'open', 'renamed', 'torn']
      .map((word) => `.lw-compare-${word}`)
      .concat('elsewhere'),
  );
  assert.deepEqual(readdirSync(other.path), []);
  if (process.geteuid?.() !== 0) return;
  plant('theirs', `.lw-compare-theirs\n${gone}\n`);
  chownSync(here.at('.lw-compare-theirs'), nobody, nobody);
  assert.equal(lw(args).err.includes('theirs'), false);
  assert.ok(existsSync(here.at('.lw-compare-theirs/precious')));
});

test('DIR may have any name, and what is printed of it is harmless', () => {
  using scratch = new Scratch();
  using other = new Scratch('/dev/shm');
  const { code, out, err } = bash(
    `cd ${scratch.path}; d=$'a\\xff\\e]0;|\`*\\n'; mkdir "$d" "${other.path}/$d"; $LW compare "$d" --only storage --only file-systems --other "${other.path}/$d" --markdown; ls -A "$d"`,
  );
  assert.deepEqual([code, err], [0, '']);
  assert.ok(out.includes('a\\xff\\e\\]0;\\|\\`\\*\\n: ') || out.includes('a\\\\xff'), out.slice(0, 200));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there.
  assert.doesNotMatch(out, /\x1b/);
  assert.match(out, /^\| Storage \| an entry, no inode, no block \| an inode; /m);
  assert.match(out, /leads to the file, since its text is a path/);
});

test('what it refuses to do', (t) => {
  using scratch = new Scratch();
  assert.equal(lw(['compare', '--only', 'colour']).code, 2);
  assert.equal(lw(['compare', '--markdown', '--json']).code, 2);
  assert.equal(lw(['compare', 'a', 'b']).code, 2);
  mkdirSync(scratch.at('other'));
  assert.deepEqual(lw(['compare', scratch.path, '--other', scratch.at('other')]), {
    code: 2,
    out: '',
    err: `lw: ${scratch.at('other')} is on the same file system: there is nothing to cross\n`,
  });
  assert.equal(
    lw(['compare', scratch.at('missing')]).err,
    `lw: cannot measure in ${scratch.at('missing')}: No such file or directory\n`,
  );
  assert.deepEqual(readdirSync(scratch.path), ['other']);
  if (!canMount(t.name)) return;
  const { status, stderr } = spawnSync('setpriv', [
    `--reuid=${nobody}`,
    '--clear-groups',
    process.execPath,
    lwPath,
    'compare',
    scratch.path,
  ]);
  assert.equal(status, 1);
  assert.match(
    String(stderr),
    /^lw: cannot make a scratch directory in .*: Permission denied\n {4}try: lw compare DIR/,
  );
});

test('the table stands on a wide terminal, and no sentence is wider than a narrow one', async () => {
  using scratch = new Scratch();
  const args = [scratch.path, '--only', 'deletion', '--only', 'directories'];
  const { lines } = await ask(command, args);
  assert.match(lines[2] ?? '', /^difference {3,}hard link {3,}symbolic link$/);
  assert.match(lines[3] ?? '', /^Deletion {3,}the data stays {3,}leads nowhere \(ENOENT\)$/);
  const request = parseRequest(command, args, () => new Uint8Array());
  assert.ok(request !== 'help');
  const difference = {
    name: 'inode',
    title: 'Inode',
    hard: 'some words of it '.repeat(3).trim(),
    soft: 'some words of it '.repeat(3).trim(),
    experiments: [
      {
        title: 'Tried',
        commands: [],
        observed: [{ what: 'a number', value: 1n }],
        outcome: { kind: 'measured', verdict: 'A sentence of many words. '.repeat(5).trim() },
      },
    ],
  } as const;
  const report = {
    directory: '/',
    fileSystem: 'ext4',
    device: '1:2',
    kernel: '6',
    userId: 0,
    differences: [difference],
    problems: [],
    leftBehind: [],
  };
  for (const width of [40, 60])
    for (const line of command.render(report, lookOf(width, false), request))
      assert.ok(displayWidth(line) <= width, line);
});

test('quartiles, and when a spread is too large to tell', () => {
  assert.deepEqual(quartilesOf([5, 1, 3, 2, 4]), { low: 2, median: 3, high: 4 });
  const even = { low: 0.99, median: 1, high: 1.01 };
  const timing = {
    direct: even,
    ratios: [even, even, { low: 2, median: 2.5, high: 3 }],
    hard: even,
    noHard: undefined,
    rounds: 400,
  };
  const calm = judged({ ...timing, perHop: { low: 90, median: 100, high: 110 } });
  assert.match(
    calm.verdict,
    /opens as fast as the first name; each .* costs 100 ns \(90 to 110\), .* one alone is lost in the spread/,
  );
  assert.throws(() => judged({ ...timing, perHop: { low: -5, median: 20, high: 30 } }), /spread is too large to tell/);
  assert.throws(() => judged({ ...timing, perHop: { low: 5, median: 20, high: 80 } }), /spread is too large to tell/);
});

test('each change of the blocks is found, wherever it is', () => {
  for (const changes of [[], [2], [60], [64, 65, 1000], [127, 2048], [1023]]) {
    const blocksAt = (length: number): number => changes.filter((from) => length >= from).length * 8;
    const wanted = [{ from: 1, blocks: 0 }, ...changes.map((from, index) => ({ from, blocks: (index + 1) * 8 }))];
    const found = stepsUpTo(4095, blocksAt);
    // Two changes within one stride of the grid are seen as one of both sizes.
    if (changes.length < 3) assert.deepEqual(found, wanted);
    else assert.equal(found.at(-1)?.blocks, 24);
  }
});
