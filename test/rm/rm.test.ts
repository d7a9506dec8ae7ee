/** `lw rm` on the disk: what it tells before, what it does, and that undo takes it back. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CommandError } from '../../src/cli/command-error.ts';
import { command as history } from '../../src/cli/commands/history.ts';
import { command as undo } from '../../src/cli/commands/undo.ts';
import { findHolders } from '../../src/cli/holders.ts';
import { openState } from '../../src/cli/open-state.ts';
import { rehearsal } from '../../src/cli/this-rehearsal.ts';
import { type Machine, rmCommand } from '../../src/cli/verbs/rm.ts';
import { ask, nameFromJson } from '../answer.ts';
import { bash } from '../cli/lw.ts';
import { canMount, Scratch } from '../scratch.ts';

const scene = (machine: Partial<Machine> = {}) => {
  const scratch = new Scratch();
  const at = (...names: readonly string[]): string => join(scratch.at('tree'), ...names);
  mkdirSync(at('releases/41/bin'), { recursive: true });
  writeFileSync(at('releases/41/bin/tool'), 'tool');
  writeFileSync(at('releases/41/only'), 'x'.repeat(5000));
  linkSync(at('releases/41/bin/tool'), at('shared'));
  symlinkSync('releases/41', at('current'));
  symlinkSync('current/bin/tool', at('tool'));
  symlinkSync('nowhere', at('dangling'));
  const state = ['--state', scratch.at('state')];
  const rm = rmCommand(rehearsal, openState, {
    ask: undefined,
    holders: () => [],
    pathOf: () => '/',
    ...machine,
  });
  return {
    at,
    state,
    scratch,
    tree: () => bash(`cd '${at()}' && find . -printf '%p %y %i %m %l\\n' | sort`).out,
    rm: (...args: readonly string[]) => ask(rm, [...state, '--in', at(), ...args]),
    undo: () => ask(undo, state),
    history: (...args: readonly string[]) => ask(history, [...state, ...args]),
    [Symbol.dispose]: () => scratch[Symbol.dispose](),
  };
};

test('links that would break stop it, and are told', async () => {
  using here = scene();
  const before = here.tree();
  const answer = await here.rm('-r', here.at('releases/41'));
  assert.deepEqual([answer.code, answer.json.held], [1, 'links']);
  assert.deepEqual(answer.json.broken.map(({ path }: { path: string }) => path).toSorted(), [
    here.at('current'),
    here.at('tool'),
  ]);
  assert.match(answer.problems.join('\n'), /2 links would lead nowhere: nothing was removed\ntry: --links=keep/);
  assert.equal(here.tree(), before);
});

test('-n tells the same, does nothing and says what it would do', async () => {
  using here = scene();
  const before = here.tree();
  const answer = await here.rm('-n', '-r', here.at('releases/41'));
  assert.deepEqual([answer.code, answer.json.dryRun, answer.json.done], [0, true, false]);
  assert.match(
    answer.lines.join('\n'),
    /2 links would lead nowhere[\s\S]*would remove .*41: a directory with 3 entries/,
  );
  assert.equal(here.tree(), before);
  assert.equal(existsSync(here.scratch.at('state')), false);
});

test('kept, they dangle; removed, they are gone; undo brings all of it back', async () => {
  for (const [policy, expected] of [
    ['keep', ['current', 'dangling', 'releases', 'shared', 'tool']],
    ['remove', ['dangling', 'releases', 'shared']],
  ] as const) {
    using here = scene();
    const before = here.tree();
    const answer = await here.rm('-r', `--links=${policy}`, here.at('releases/41'));
    assert.deepEqual([answer.code, answer.json.done], [0, true]);
    assert.deepEqual(readdirSync(here.at()).toSorted(), expected);
    assert.equal(lstatSync(here.at('releases'), { throwIfNoEntry: false })?.isDirectory(), true);
    assert.equal((await here.undo()).code, 0);
    assert.equal(here.tree(), before);
  }
});

test('what comes free and what lives on is counted', async () => {
  using here = scene();
  const { json, lines } = await here.rm('-r', '-f', here.at('releases/41'));
  const [removed] = json.removed;
  assert.equal(removed.entries, 3);
  assert.equal(removed.shared, 1);
  assert.ok(removed.frees >= 8192, `${removed.frees}`);
  assert.match(lines.join('\n'), /1 file in it lives on by names elsewhere/);
});

test('both names of a file free its room, one does not', async () => {
  using here = scene();
  const { json } = await here.rm('-f', here.at('shared'));
  assert.deepEqual([json.removed[0].shared, json.removed[0].frees], [1, 0]);
  await here.undo();
  const both = await here.rm('-f', here.at('shared'), here.at('releases/41/bin/tool'));
  assert.ok(both.json.removed.reduce((sum: number, { frees }: { frees: number }) => sum + frees, 0) > 0);
  assert.deepEqual(
    both.json.removed.map(({ shared }: { shared: number }) => shared),
    [0, 0],
  );
});

test('retarget: links to a file go to its other name, in their style', async () => {
  using here = scene();
  symlinkSync(here.at('shared'), here.at('absolute'));
  symlinkSync('../shared', here.at('releases/relative'));
  const answer = await here.rm('--links=retarget', here.at('shared'));
  assert.equal(answer.code, 0, answer.problems.join('\n'));
  assert.equal(readlinkSync(here.at('absolute')), here.at('releases/41/bin/tool'));
  assert.equal(readlinkSync(here.at('releases/relative')), '41/bin/tool');
});

test('retarget --to: links to it and below it, and what goes through them', async () => {
  using here = scene();
  mkdirSync(here.at('releases/42/bin'), { recursive: true });
  symlinkSync('releases/41/bin', here.at('bin'));
  const before = here.tree();
  await assert.rejects(
    () => here.rm('-r', '--links=retarget', '--to', here.at('releases/42'), here.at('releases/41')),
    (error) => error instanceof CommandError && /1 link would not lead where they should even so/.test(error.message),
  );
  assert.equal(here.tree(), before);
  writeFileSync(here.at('releases/42/bin/tool'), 'new');
  const { code } = await here.rm('-r', '--links=retarget', '--to', here.at('releases/42'), here.at('releases/41'));
  assert.equal(code, 0);
  assert.deepEqual(
    ['current', 'bin', 'tool'].map((name) => readlinkSync(here.at(name))),
    ['releases/42', 'releases/42/bin', 'current/bin/tool'],
  );
});

test('who sits at the terminal is asked, after being told', async () => {
  const asked: string[] = [];
  const answers = [false, true];
  using here = scene({
    ask(question, before = []) {
      asked.push([...before, question].join('\n'));
      return answers.shift() ?? false;
    },
  });
  const no = await here.rm('-r', here.at('releases/41'));
  assert.deepEqual([no.code, no.json.held, no.lines], [0, 'declined', [...no.lines]]);
  assert.ok(existsSync(here.at('releases/41')));
  const yes = await here.rm('-r', here.at('releases/41'));
  assert.deepEqual([yes.code, yes.json.done], [0, true]);
  assert.match(asked[0] ?? '', /2 links would lead nowhere[\s\S]*remove it anyway/);
});

test('-i asks for each, -I once', async () => {
  using here = scene({ ask: (question) => question.includes('dangling') });
  await here.rm('-i', here.at('dangling'), here.at('shared'));
  assert.deepEqual(readdirSync(here.at()).includes('shared'), true);
  assert.deepEqual(readdirSync(here.at()).includes('dangling'), false);
  const once = await here.rm('-I', '-r', here.at('releases'));
  assert.deepEqual(once.json.removed, []);
  await assert.rejects(() => scene().rm('-i', 'x'), /there is none/);
});

test('operands that stay each have their sentence, the others go', async () => {
  using here = scene();
  writeFileSync(here.at('file'), '');
  const { code, problems, json } = await here.rm(
    ...['releases', 'current/', 'gone', '.', 'file/', 'file'].map((name) => `${here.at()}/${name}`),
    '/',
  );
  assert.equal(code, 1);
  assert.deepEqual(
    json.failed.map(({ why }: { why: string }) => why),
    ['is-directory', 'slash-after-link', 'missing', 'dots', 'refused', 'root'],
  );
  assert.equal(problems.length, 6);
  assert.equal(existsSync(here.at('file')), false);
  const { code: forced } = await here.rm('-f', here.at('gone'));
  assert.equal(forced, 0);
  const full = await here.rm('-d', here.at('releases'));
  assert.equal(full.json.failed[0].why, 'not-empty');
});

test('--purge is for good', async () => {
  using here = scene();
  const { json, lines } = await here.rm('-r', '-f', '--purge', here.at('releases/41'));
  assert.deepEqual([json.purged, json.id], [4, null]);
  assert.match(lines.join('\n'), /4 names removed for good/);
  assert.deepEqual(readdirSync(here.scratch.at('state/aside')), []);
  assert.equal(lstatSync(here.at('shared')).nlink, 1);
  await assert.rejects(() => here.undo());
});

test('--keep: when its time is over the next removal lets go of it', async () => {
  using here = scene();
  await here.rm('-r', '-f', '--keep', '0m', here.at('releases/41'));
  assert.equal(readdirSync(here.scratch.at('state/aside')).length, 1);
  const kept = await here.rm('-f', '--keep', '5d', here.at('dangling'));
  assert.deepEqual([kept.json.expired, kept.json.done], [4, true]);
  assert.equal(readdirSync(here.scratch.at('state/aside')).length, 1);
  const { json } = await here.history('--purge');
  assert.deepEqual(json.purged, []);
  assert.equal((await here.undo()).code, 0);
});

test('a directory with a mount below stays', (t) => {
  if (!canMount('a mount below what is removed')) return t.skip('needs root and a mount namespace');
  using here = scene();
  const point = here.at('releases/41/mnt');
  mkdirSync(point);
  const { out } = bash(
    `unshare --mount --propagation=private bash -c '
      mount -t tmpfs none "$1"; touch "$1/precious"
      $LW rm -rf --state "$2" "$3" 2>&1; echo "code $?"; ls "$1"' - '${point}' '${here.scratch.at('state')}' '${here.at('releases')}'`,
  );
  assert.match(out, /something is mounted on .*41\/mnt[\s\S]*code 1\nprecious/);
});

test('the state directory is not removed by what it shall keep', async () => {
  using here = scene();
  const { json } = await here.rm('-rf', here.scratch.path);
  assert.equal(json.failed[0].why, 'journal');
});

test('names that are no text, or that hold line ends, go and come back', async () => {
  using here = scene();
  const names = bash(
    `cd '${here.at()}' && touch $'a\\nb' $'\\xff' && ln -s $'\\xff' $'l\\e[31m' && $LW rm --state '${here.scratch.at('state')}' --null --links=remove $'a\\nb' $'\\xff' | od -An -c | grep -c 377; ls; $LW undo --state '${here.scratch.at('state')}' >/dev/null; ls | wc -l`,
  );
  assert.match(names.out, /^1\n/);
  assert.match(names.out, /\n9\n$/);
});

test('who holds it is told: by path below a tree, by inode for a file', async () => {
  using here = scene({ holders: findHolders });
  const fd = openSync(here.at('releases/41/only'), 'r');
  try {
    const { json } = await here.rm('-n', '-r', here.at('releases/41'));
    assert.ok(
      json.holders.some(
        ({ pid, path }: { pid: number; path: string }) =>
          pid === process.pid && nameFromJson(path) === here.at('releases/41/only'),
      ),
    );
    linkSync(here.at('releases/41/only'), here.at('other'));
    const file = await here.rm('-n', here.at('other'));
    assert.ok(file.json.holders.some(({ pid }: { pid: number }) => pid === process.pid));
  } finally {
    closeSync(fd);
  }
  const child = spawn('sleep', ['60'], { cwd: here.at('releases') });
  try {
    await new Promise((resolve) => child.once('spawn', resolve));
    const { json } = await here.rm('-n', '-r', here.at('releases'));
    assert.ok(
      json.holders.some(({ pid, name }: { pid: number; name: string }) => pid === child.pid && name === 'sleep'),
    );
  } finally {
    child.kill();
  }
});

test('without --in it looks nearby and above, and says where', async () => {
  using here = scene();
  const rm = rmCommand(rehearsal, openState, { ask: undefined, holders: () => [], pathOf: () => '/' });
  const { json } = await ask(rm, [...here.state, '-n', '-r', here.at('releases/41')]);
  assert.equal(json.broken.length, 2);
  assert.ok(json.searched.length > 0);
});
