/** `lw make` on the disk: what it says, what it writes down, and that undo takes it back. */
import assert from 'node:assert/strict';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { applySteps } from '../src/cli/apply-steps.ts';
import { CommandError } from '../src/cli/command-error.ts';
import { command as make } from '../src/cli/commands/make.ts';
import { command as undo } from '../src/cli/commands/undo.ts';
import { kernelWorld } from '../src/cli/kernel-world.ts';
import { openState } from '../src/cli/open-state.ts';
import { parseRequest } from '../src/cli/parse-request.ts';
import { rehearse } from '../src/cli/rehearse.ts';
import { decodeBytes } from '../src/fs/bytes.ts';
import { linkText } from '../src/fs/link-text.ts';
import { ask } from './answer.ts';
import { canMount, runScript, Scratch } from './scratch.ts';

const scene = () => {
  const scratch = new Scratch();
  const at = (...names: readonly string[]): string => join(scratch.at('tree'), ...names);
  mkdirSync(at());
  const state = ['--state', scratch.at('state')];
  return {
    at,
    state,
    make: (...args: readonly string[]) => ask(make, [...state, ...args]),
    undo: (...args: readonly string[]) => ask(undo, [...state, ...args]),
    [Symbol.dispose]: () => scratch[Symbol.dispose](),
  };
};

type Scene = ReturnType<typeof scene>;

const complaint = async (asked: Promise<unknown> | (() => Promise<unknown>)): Promise<CommandError> => {
  try {
    await (typeof asked === 'function' ? asked() : asked);
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  assert.fail('nothing was complained of');
};

test('a link is made, and undone', async () => {
  using tree = scene();
  writeFileSync(tree.at('file'), '');
  mkdirSync(tree.at('bin'));
  const { code, lines, json } = await tree.make(tree.at('file'), tree.at('bin/link'));
  assert.equal(code, 0);
  assert.equal(readlinkSync(tree.at('bin/link')), '../file');
  assert.deepEqual(lines, [`${tree.at('bin/link')} -> ../file`, `lw undo ${json.id} takes it back`]);
  await tree.undo();
  assert.deepEqual(readdirSync(tree.at('bin')), []);
});

test('what was replaced comes back as the same inode', async () => {
  using tree = scene();
  writeFileSync(tree.at('new'), 'new');
  writeFileSync(tree.at('old'), 'precious');
  const { ino } = lstatSync(tree.at('old'));
  const refused = await complaint(tree.make(tree.at('new'), tree.at('old')));
  assert.match(refused.message, /a file has this name/);
  await tree.make('--replace', tree.at('new'), tree.at('old'));
  assert.equal(readFileSync(tree.at('old'), 'utf8'), 'new');
  assert.deepEqual(readdirSync(tree.at()).sort(), ['new', 'old'], 'nothing else lies about');
  await tree.undo();
  assert.equal(lstatSync(tree.at('old')).ino, ino);
  assert.equal(readFileSync(tree.at('old'), 'utf8'), 'precious');
});

test('a dry run changes nothing and shows commands', async () => {
  using tree = scene();
  const { lines, json } = await tree.make('--dry-run', '--parents', tree.at('later'), tree.at('a/b'));
  assert.deepEqual(lines.slice(0, 2), [`mkdir -m 0755 -- ${tree.at('a')}`, `ln -sT -- ../later ${tree.at('a/b')}`]);
  assert.equal(json.id, null);
  assert.deepEqual(readdirSync(tree.at()), []);
});

test('a link that leads nowhere is made with a word about it; one that leads to itself is not', async () => {
  using tree = scene();
  const { code, problems } = await tree.make(tree.at('later'), tree.at('link'));
  assert.equal(code, 0);
  assert.deepEqual(problems, [`${tree.at('link')} leads nowhere yet: ${tree.at('later')} does not exist`]);
  const { message } = await complaint(tree.make(tree.at('link'), tree.at('later')));
  assert.equal(message, `${tree.at('later')} -> link would lead to itself, by ${tree.at('link')}`);
  assert.deepEqual(readdirSync(tree.at()), ['link']);
});

test('swapped arguments are told, with the right order', async () => {
  using tree = scene();
  writeFileSync(tree.at('precious'), '');
  const { message, tries } = await complaint(tree.make('--replace', tree.at('alias'), tree.at('precious')));
  assert.match(message, /^there is no .*alias, but there is .*precious/);
  assert.deepEqual(tries, [`lw make ${tree.at('precious')} ${tree.at('alias')}`]);
});

test('names that are not text, or that would move the cursor, are made byte for byte and shown harmless', async () => {
  using tree = scene();
  const name = decodeBytes(Uint8Array.from([0x61, 0x0a, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0xff]));
  const { lines, json } = await tree.make(tree.at(`target${name}`), tree.at(name));
  assert.ok(!lines.some((line) => line.includes('\n') || line.includes('\u001b')), lines.join());
  assert.deepEqual(Object.keys(json.path), ['bytes']);
  assert.deepEqual(
    readdirSync(Buffer.from(tree.at()), 'buffer').map((found) => decodeBytes(found)),
    [name],
  );
});

test('why a hard link cannot be is said at once', async () => {
  if (!canMount('a hard link across file systems')) return;
  using scratch = new Scratch();
  const { status, stderr } = runScript(
    `import { ask } from './test/answer.ts';
     import { command } from './src/cli/commands/make.ts';
     process.chdir('${scratch.path}');
     const { json } = await ask(command, ['--state', '${scratch.at('state')}', '--auto', 'file', 'far/link']);
     if (json.made !== 'symbolic') throw new Error('auto made it ' + json.made);
     await ask(command, ['--hard', 'file', 'far/hard']);`,
    { mounts: `cd '${scratch.path}'; echo > file; mkdir far; mount -t tmpfs far far` },
  );
  assert.notEqual(status, 0);
  assert.match(stderr, /the file is on .* and the new name on .*far: a file has all its names on one file system/);
});

test('what changes between the rehearsal and the deed stops it: exit code 4', async () => {
  const outsiders = {
    'something has the name': (at: Scene['at']) => writeFileSync(at('link'), ''),
    'the directory is another one': (at: Scene['at']) => {
      renameSync(at(), at('../moved'));
      mkdirSync(at());
    },
    'the directory is a link': (at: Scene['at']) => {
      renameSync(at(), at('../moved'));
      symlinkSync('/', at());
    },
  };
  for (const [what, act] of Object.entries(outsiders)) {
    using tree = scene();
    const request = parseRequest(make, [...tree.state, 'target', tree.at('link')], () => new Uint8Array());
    if (request === 'help') return;
    using world = kernelWorld(undefined, { show: () => {}, erase: () => {} });
    const fs = rehearse(world);
    fs.symlink(linkText('target'), fs.cwd, tree.at('link'));
    act(tree.at);
    const { exitCode, message } = await complaint(async () => applySteps(openState, world, request, fs.sketch.steps));
    assert.equal(exitCode, 4, `${what}: ${message}`);
    assert.match(message, /nothing was changed$/);
  }
});

test('a file of several names keeps them', async () => {
  using tree = scene();
  writeFileSync(tree.at('a'), '');
  linkSync(tree.at('a'), tree.at('b'));
  await tree.make('--hard', tree.at('a'), tree.at('c'));
  assert.equal(lstatSync(tree.at('b')).nlink, 3);
  await tree.undo();
  assert.equal(lstatSync(tree.at('b')).nlink, 2);
});
