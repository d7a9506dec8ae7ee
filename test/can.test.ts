/** `lw can` says beforehand what the kernel answers afterwards, and why. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { command } from '../src/cli/commands/can.ts';
import { ask } from './answer.ts';
import { canMount, nobody, runScript, Scratch } from './scratch.ts';

test('yes, and the name in a directory is the own one', async () => {
  using scratch = new Scratch();
  writeFileSync(scratch.at('a'), '');
  mkdirSync(scratch.at('d'));
  const answer = await ask(command, ['--hard-link', '--rename', scratch.at('a'), scratch.at('d')]);
  assert.equal(answer.code, 0);
  assert.deepEqual(answer.lines, ['hard link  yes', 'rename     yes']);
  assert.deepEqual(answer.paths, [scratch.at('d', 'a')]);
});

test('a directory has one name, and goes not into itself', async () => {
  using scratch = new Scratch();
  mkdirSync(scratch.at('d'));
  const answer = await ask(command, [scratch.at('d'), scratch.at('d')]);
  assert.equal(answer.code, 1);
  assert.match(answer.lines.join('\n'), /hard link {2}no \(EPERM\)\n.*it is a directory/);
  assert.match(answer.lines.join('\n'), /rename {5}no \(EINVAL\)\n.*into itself/);
});

test('a link is not followed, and what is missing is said', async () => {
  using scratch = new Scratch();
  symlinkSync('nowhere', scratch.at('l'));
  assert.equal((await ask(command, ['--hard-link', scratch.at('l'), scratch.at('m')])).code, 0);
  const missing = await ask(command, ['--hard-link', scratch.at('no'), scratch.at('m')]);
  assert.match(missing.lines.join('\n'), /ENOENT\)\n.*the file does not exist/);
  const nowhere = await ask(command, ['--rename', scratch.at('l'), scratch.at('no/such/l')]);
  assert.match(nowhere.lines.join('\n'), /the directory of the new name does not exist/);
});

/** Files and names on two file systems, a bind mount, a read-only one, and in directories of other users. */
const scene = (root: string): string => `
  cd '${root}'
  mkdir here sticky closed far bind ro here/sub full
  mount -t tmpfs far far
  echo > here/f; ln here/f here/g; ln -s f here/l; mkdir here/d; echo > full/x
  echo > sticky/theirs; echo > closed/inside; mkfifo here/p; chmod 4755 here/g
  echo > far/f; echo > sticky/mine; echo > here/mine
  chown ${nobody}:${nobody} here here/sub here/mine sticky/mine far
  chmod 1777 sticky; chmod 755 closed here far .
  mount --bind here bind
  mount --bind here/sub ro; mount -o remount,bind,ro ro`;

const from = ['here/f', 'here/l', 'here/d', 'here/p', 'here/mine', 'sticky/theirs', 'sticky/mine', 'far/f', 'bind/f'];
const to = ['here/new', 'here/d', 'here/d/', 'here/mine', 'far/new', 'bind/new', 'ro/new', 'closed/new', 'sticky/new'];
const more = ['sticky/theirs', 'full', 'here/no/new', 'here/f/new', 'here/new/', 'here/d/new', 'far', '.', 'here/..'];

for (const [who, uid] of [
  ['root', 0],
  ['another user', nobody],
] as const)
  test(`what it foresees is what the kernel answers: ${who}`, () => {
    if (!canMount('predictions against the kernel')) return;
    using scratch = new Scratch();
    chmodSync(scratch.path, 0o755);
    const { status, stderr, stdout } = runScript(
      `import { predict } from './test/can-predictions.ts';
       console.log(JSON.stringify(predict(${JSON.stringify(scratch.path)}, ${uid}, ${JSON.stringify(from)}, ${JSON.stringify([...to, ...more])})));`,
      { mounts: scene(scratch.path) },
    );
    assert.equal(status, 0, stderr);
    const { cases, wrong } = JSON.parse(stdout);
    assert.deepEqual(wrong, []);
    assert.ok(cases >= 300, `${cases} cases`);
  });
