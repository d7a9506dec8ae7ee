/** What repair must not touch, whoever runs it and whatever it finds. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { CommandError } from '../../src/cli/command-error.ts';
import { command as check } from '../../src/cli/commands/check.ts';
import { aids } from '../../src/cli/repair/aids.ts';
import { repairCommand } from '../../src/cli/verbs/repair.ts';
import { ask } from '../answer.ts';
import { canMount, isRoot, nobody, runScript } from '../scratch.ts';
import { linkIn, type Yard, yard } from './yard.ts';

/** Runs `lw repair` in a process of its own: its exit code, and its answer in JSON. */
const apart = (
  args: readonly string[],
  setting: Parameters<typeof runScript>[1],
  // biome-ignore lint/suspicious/noExplicitAny: the tests look at what they want.
): { readonly code: number; readonly json: any } => {
  const { status, stdout, stderr } = runScript(
    `import { command } from './src/cli/commands/repair.ts';
     import { jsonText } from './src/cli/json.ts';
     import { kernelWorld } from './src/cli/kernel-world.ts';
     import { parseRequest } from './src/cli/parse-request.ts';
     using world = kernelWorld(undefined, { show: () => {}, erase: () => {} });
     const request = parseRequest(command, ${JSON.stringify(args)}, () => new Uint8Array());
     const report = await command.run(world, request);
     console.log([...jsonText({ code: command.exitCode(report), ...command.json(report, request) })].join(''));`,
    setting,
  );
  assert.equal(status, 0, stderr);
  const json = JSON.parse(stdout);
  return { code: json.code, json };
};

/** Another user's tree with a good link that leads where that user may not look. */
const shut = (tree: Yard): void => {
  tree.file('shut/file');
  tree.link('shut/file', 'good');
  tree.link('nowhere', 'dangling');
  chownSync(tree.root, nobody, nobody);
  for (const name of ['good', 'dangling']) lchownSync(tree.at(name), nobody, nobody);
  chmodSync(tree.at('shut'), 0o700);
  mkdirSync(tree.state, { mode: 0o700 });
  chownSync(tree.state, nobody, nobody);
};

test('a good link into a directory that may not be searched is left alone, also by --prune; symlinks(1) removes it', (context) => {
  if (!isRoot) return context.skip('only root can be somebody else');
  using tree = yard();
  shut(tree);
  const before = tree.snapshot();
  for (const args of [['--dry-run'], [], ['--prune'], ['--relative'], ['--shorten']])
    assert.equal(apart(['--state', tree.state, '--yes', ...args, tree.root], { uid: nobody }).code, 3, args.join());
  assert.deepEqual(tree.snapshot(), before);
  const { json } = apart(['--state', tree.state, '--prune', tree.root], { uid: nobody });
  assert.equal(json.pruneRefused, true);
  const peer = spawnSync('setpriv', [
    `--reuid=${nobody}`,
    `--regid=${nobody}`,
    '--clear-groups',
    'symlinks',
    '-d',
    tree.root,
  ]);
  if (peer.status !== 0) {
    process.stderr.write(`NOT RUN: ${context.name}: symlinks(1) is not installed\n`);
    return;
  }
  assert.ok(
    readdirSync(tree.root).every((name) => name !== 'good'),
    'symlinks -d removes the good link',
  );
  assert.ok(lstatSync(tree.at('shut/file')).isFile());
});

test('symlinks -rc breaks a good link where a directory is a link; --relative does not', async (context) => {
  const prepared = (): Yard => {
    const tree = yard();
    tree.file('real/deep/dir/file');
    tree.file('x/file');
    tree.link('real/deep/dir', 'sd');
    tree.link(tree.at('x/file'), 'real/deep/dir/good');
    return tree;
  };
  const works = (tree: Yard): boolean => existsSync(tree.at('real/deep/dir/good'));
  using theirs = prepared();
  const peer = spawnSync('symlinks', ['-rc', `${theirs.at('sd')}/`]);
  if (peer.error) process.stderr.write(`NOT RUN: ${context.name}: symlinks(1) is not installed\n`);
  else assert.deepEqual([peer.status, works(theirs)], [0, false]);
  using ours = prepared();
  const { code } = await ours.repair('--relative');
  assert.deepEqual([code, works(ours)], [0, true]);
  assert.equal(ours.text('real/deep/dir/good'), '../../../x/file');
});

test('--prune mends what is proven, removes what dangles by its own text, and undo brings it back', async () => {
  using tree = yard();
  tree.file('a/data');
  tree.link('a/data', 'mendable');
  await tree.remember();
  tree.link('nowhere', 'dangling');
  tree.link('dangling', 'second');
  tree.link('loop', 'loop');
  renameSync(tree.at('a'), tree.at('b'));
  const before = tree.snapshot();
  const answer = await tree.repair('--prune');
  assert.deepEqual(readdirSync(tree.root).toSorted(), ['b', 'loop', 'mendable', 'second']);
  assert.equal(tree.text('mendable'), 'b/data');
  assert.deepEqual([linkIn(answer, 'dangling').fate, linkIn(answer, 'second').fate], ['pruned', 'waits']);
  assert.equal(answer.code, 1);
  await tree.undo();
  assert.deepEqual(tree.snapshot(), before);
});

test('below a mount point of fstab without its volume nothing is known, and nothing is touched', async () => {
  using tree = yard();
  tree.file('mnt/usb/file');
  tree.link('mnt/usb/file', 'link');
  await tree.remember();
  rmSync(tree.at('mnt/usb/file'));
  tree.file('elsewhere/file');
  const { command } = await import('../../src/cli/commands/repair.ts');
  const answer = await ask(command, ['--state', tree.state, '--prune', tree.root], () => ({
    absentVolumes: [tree.at('mnt/usb')],
  }));
  assert.deepEqual([tree.text('link'), answer.json.links.length], ['mnt/usb/file', 0]);
});

test('a target on a file system that is not mounted now is not lost', (context) => {
  if (!canMount(context.name)) return;
  using tree = yard();
  mkdirSync(tree.at('usb'));
  tree.link('usb/file', 'link');
  tree.file('elsewhere/file', 'data');
  const mounts = `mount -t tmpfs none ${tree.at('usb')}; echo data > ${tree.at('usb/file')}`;
  assert.equal(apart(['--state', tree.state, '--remember', tree.root], { mounts }).code, 0);
  for (const more of [[], ['--prune']]) {
    const { code, json } = apart(['--state', tree.state, ...more, tree.root], {});
    assert.deepEqual([code, json.links[0].fate, json.links[0].absent], [1, 'absent', tree.at('usb')]);
  }
  assert.equal(tree.text('link'), 'usb/file');
});

test('somebody changes the link meanwhile: exit code 4, and nothing is done', async () => {
  for (const when of ['before the rehearsal', 'after it'] as const) {
    using tree = yard();
    tree.file('a/one');
    tree.file('a/two');
    tree.link('a/one', 'first');
    tree.link('a/two', 'second');
    await tree.remember();
    renameSync(tree.at('a'), tree.at('b'));
    const change = (): void => {
      unlinkSync(tree.at('second'));
      tree.link('mine', 'second');
    };
    let asked = 0;
    const command = repairCommand({
      ...aids,
      gitRenames: (world) => {
        if (when === 'before the rehearsal') change();
        return aids.gitRenames(world);
      },
      openState: (world, request) => {
        // The first time the journal is read, the second time the plan is done.
        if (when === 'after it' && ++asked === 2) change();
        return aids.openState(world, request);
      },
    });
    await assert.rejects(
      ask(command, ['--state', tree.state, tree.root]),
      (error: unknown) => error instanceof CommandError && error.exitCode === 4,
      when,
    );
    assert.deepEqual([tree.text('first'), tree.text('second')], ['a/one', 'mine'], when);
  }
});

test('a memory that is damaged, or of others, is not used, and that is said', async () => {
  const harms: Readonly<Record<string, (file: string, tree: Yard) => void>> = {
    'is damaged': (file) => {
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(file, bytes);
    },
    damaged: (file) => writeFileSync(file, readFileSync(file).subarray(0, 100)),
    'later version': (file) => {
      const bytes = readFileSync(file);
      bytes.writeUInt32LE(2, 8);
      writeFileSync(file, bytes);
    },
    'others may write': (file) => chmodSync(file, 0o666),
    ...(isRoot ? { 'another user': (file: string) => chownSync(file, nobody, nobody) } : {}),
  };
  for (const [said, harm] of Object.entries(harms)) {
    using tree = yard();
    tree.file('a/data');
    tree.link('a/data', 'link');
    await tree.remember();
    const [name] = readdirSync(`${tree.state}/memory`);
    harm(`${tree.state}/memory/${name}`, tree);
    renameSync(tree.at('a'), tree.at('b'));
    const answer = await tree.repair('--dry-run');
    assert.deepEqual([answer.code, linkIn(answer, 'link').fate], [1, 'choice'], said);
    assert.match(answer.problems.join('\n'), new RegExp(said));
  }
});

test('every single bit of a memory is guarded', async () => {
  using tree = yard();
  tree.file('a/data');
  tree.link('a/data', 'link');
  await tree.remember();
  const [name] = readdirSync(`${tree.state}/memory`);
  const whole = readFileSync(`${tree.state}/memory/${name}`);
  const { taken } = await import('../../src/scan/memory/layout.ts');
  const aligned = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes);
  assert.equal(typeof taken(aligned(whole)), 'object');
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const bytes = aligned(whole);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(typeof taken(bytes), 'string', `bit ${bit}`);
  }
  for (let length = 0; length < whole.length; length++) assert.equal(taken(aligned(whole.subarray(0, length))), 'torn');
});

test('the memory lies in the tree where that has a .linkwright, else in the state directory, and is nobody else’s', async () => {
  using tree = yard();
  tree.file('a/data');
  tree.link('a/data', 'link');
  mkdirSync(tree.at('.linkwright'));
  const { json } = await tree.remember();
  assert.deepEqual(json.remembered.kept, [tree.at('.linkwright/memory')]);
  assert.equal(statSync(tree.at('.linkwright/memory')).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(tree.at('.linkwright')), ['memory']);
  chmodSync(tree.at('.linkwright'), 0o777);
  await tree.remember();
  assert.equal(statSync(`${tree.state}/memory`).mode & 0o777, 0o700);
  assert.equal(readdirSync(`${tree.state}/memory`).length, 1);
  chmodSync(`${tree.state}/memory`, 0o755);
  assert.match((await tree.remember()).problems.join(), /cannot remember .* yours alone/);
});

test('the tree is known again under another path, with what lies in it', async () => {
  using tree = yard();
  tree.file('t/a/data');
  tree.link('../a/data', 't/links/link');
  const { command } = await import('../../src/cli/commands/repair.ts');
  const repair = (...args: readonly string[]) => ask(command, ['--state', tree.state, ...args]);
  await repair('--remember', tree.at('t'));
  renameSync(tree.at('t'), tree.at('other'));
  renameSync(tree.at('other/a'), tree.at('other/b'));
  // Asked of a part of it, what was remembered of the whole counts.
  assert.equal((await repair('--search', tree.at('other'), tree.at('other/links'))).code, 0);
  assert.equal(tree.text('other/links/link'), '../b/data');
});

test('an incomplete scan changes no memory; a dry run and --no-memory keep none', async (context) => {
  using tree = yard();
  tree.file('a/data');
  tree.link('a/data', 'link');
  await tree.repair('--dry-run');
  await tree.repair('--no-memory');
  assert.equal(existsSync(`${tree.state}/memory`), false);
  if (!isRoot) return context.skip('only root can be somebody else');
  using other = yard();
  shut(other);
  apart(['--state', other.state, '--remember', other.root], { uid: nobody });
  assert.equal(existsSync(`${other.state}/memory`) && readdirSync(`${other.state}/memory`).length > 0, false);
});

test('a link that is given a new text keeps its owner', async (context) => {
  if (!isRoot) return context.skip('only root can be somebody else');
  using tree = yard();
  tree.file('a/data');
  tree.link('a/data', 'link');
  lchownSync(tree.at('link'), nobody, nobody);
  await tree.remember();
  renameSync(tree.at('a'), tree.at('b'));
  assert.equal((await tree.repair()).code, 0);
  assert.deepEqual([readlinkSync(tree.at('link')), lstatSync(tree.at('link')).uid], ['b/data', nobody]);
});

test('who is asked chooses, and may say no', async () => {
  for (const [answers, text, code] of [
    [['2', 'y'], 'c/file', 0],
    [['', ''], 'a/file', 1],
    [['7', '1', 'no'], 'a/file', 1],
    [['q'], 'a/file', 1],
  ] as const) {
    using tree = yard();
    tree.file('b/file');
    tree.file('c/file');
    utimesSync(tree.at('c/file'), 1, 1);
    tree.link('a/file', 'link');
    const left = [...answers] as string[];
    const command = repairCommand({ ...aids, talk: () => () => left.shift() });
    const answer = await ask(command, ['--state', tree.state, tree.root]);
    assert.deepEqual([tree.text('link'), answer.code], [text, code], answers.join());
    assert.equal(left.length, answers[0] === '' ? 1 : 0);
  }
});

test('texts: relative, absolute, shorter and tidier ones lead to the same files', async () => {
  using tree = yard();
  tree.file('a/b/file');
  tree.link(tree.at('a/b/file'), 'links/absolute');
  tree.link('/etc/passwd', 'links/outside');
  tree.link('absolute', 'links/chain');
  tree.link('.././/a//b/', 'links/messy');
  tree.link('../links/../a/b/file', 'links/lengthy');
  const before = tree.snapshot();
  const texts = (): readonly string[] =>
    ['absolute', 'outside', 'chain', 'messy', 'lengthy'].map((name) => tree.text(`links/${name}`));
  const [absolute, outside, chain, messy, lengthy] = texts() as [string, string, string, string, string];
  const cases = [
    ['--relative', ['../a/b/file', outside, chain, messy, lengthy]],
    ['--shorten', [absolute, outside, '../a/b/file', messy, lengthy]],
    ['--tidy', [absolute, outside, chain, '../a/b', '../a/b/file']],
    ['--absolute', [absolute, outside, tree.at('links/absolute'), tree.at('a/b'), tree.at('a/b/file')]],
  ] as const;
  for (const [option, wanted] of cases) {
    const { code, json } = await tree.repair(option);
    assert.deepEqual([code, texts()], [0, wanted], option);
    await tree.undo(json.id);
    assert.deepEqual(tree.snapshot(), before, option);
  }
});

test('lw check renews what is remembered, and begins nothing; names that were one file are watched', async () => {
  using tree = yard();
  tree.file('a/data');
  tree.file('one');
  linkSync(tree.at('one'), tree.at('two'));
  tree.link('a/data', 'link');
  const checked = () => ask(check, ['--state', tree.state, tree.root]);
  await checked();
  assert.equal(existsSync(tree.state), false);
  await tree.remember();
  tree.link('a/data', 'later');
  assert.equal((await checked()).code, 0);
  renameSync(tree.at('a/data'), tree.at('moved'));
  rmSync(tree.at('two'));
  tree.file('two', 'split');
  // Broken and split: neither is taken for right.
  for (let i = 0; i < 2; i++) {
    const { json } = await checked();
    const rules = json.findings.map(({ rule }: { rule: string }) => rule);
    assert.ok(rules.includes('split-group') && rules.includes('dangling'), rules.join());
  }
  assert.equal((await tree.repair()).code, 0);
  assert.deepEqual([tree.text('link'), tree.text('later')], ['moved', 'moved']);
  await tree.remember();
  assert.equal((await checked()).code, 0);
});
