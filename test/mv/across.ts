/** A move between file systems, looked at from all sides; run in a mount namespace where `away` is another one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { command as history } from '../../src/cli/commands/history.ts';
import { command as mv } from '../../src/cli/commands/mv.ts';
import { command as undo } from '../../src/cli/commands/undo.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { ask } from '../answer.ts';

export const acrossFileSystems = async (root: string): Promise<void> => {
  const at = (path: string): string => join(root, path);
  const state = ['--state', at('state')];
  const move = (...args: readonly string[]) => ask(mv, [...state, '--in', at('here'), '--in', at('away'), ...args]);
  mkdirSync(at('here/src/sub'), { recursive: true });
  mkdirSync(at('here/stays'));
  writeFileSync(at('here/src/f'), 'content');
  linkSync(at('here/src/f'), at('here/src/sub/same'));
  writeFileSync(at('here/src/shared'), 'shared');
  linkSync(at('here/src/shared'), at('here/stays/shared'));
  symlinkSync('../stays', at('here/src/out'));
  symlinkSync('sub/same', at('here/src/in'));
  symlinkSync('src/sub', at('here/led'));
  assert.equal(spawnSync('mkfifo', [at('here/src/pipe')]).status, 0);
  writeFileSync(at('here/src/hole'), 'x');
  truncateSync(at('here/src/hole'), 5_000_000);
  appendFileSync(at('here/src/hole'), 'end');
  chownSync(at('here/src/f'), 12, 34);
  chmodSync(at('here/src/f'), 0o4750);
  chmodSync(at('here/src/sub'), 0o2711);
  const attribute = new TextEncoder().encode('value');
  const kept = !kernel.setXattr(kernel.cwd, at('here/src/sub/same'), 'user.linkwright', attribute);
  kernel.setTimes(kernel.cwd, at('here/src/f'), { atime: 981_173_106_987_654_321n, mtime: 981_173_106_123_456_789n });
  kernel.setTimes(kernel.cwd, at('here/src/sub'), { mtime: 981_173_107_123_456_789n });
  const times = [lstatSync(at('here/src/sub'), { bigint: true }), lstatSync(at('here/src/out'), { bigint: true })];
  const { ino } = lstatSync(at('here/src'));

  const planned = await move('--dry-run', at('here/src'), at('away'));
  assert.deepEqual(planned.json.parted, [{ path: at('here/src/shared'), names: 2, moving: 1 }]);
  assert.ok(existsSync(at('here/src')) && !existsSync(at('away/src')));

  const { code, json, problems } = await move(at('here/src'), at('away'));
  assert.equal(code, 0);
  assert.equal(json.moved[0].copied, true);
  assert.deepEqual(problems, [
    `${at('here/src/shared')} is a copy: 1 of the 2 names of its file stays with the original`,
    ...(kept ? json.losses.map((loss: { path: string }) => loss.path) : []),
  ]);
  assert.ok(!existsSync(at('here/src')));
  const file = lstatSync(at('away/src/f'), { bigint: true });
  assert.equal(file.ino, lstatSync(at('away/src/sub/same'), { bigint: true }).ino);
  assert.equal(file.nlink, 2n);
  assert.deepEqual([file.uid, file.gid, file.mode & 0o7777n], [12n, 34n, 0o4750n]);
  assert.deepEqual([file.mtimeNs, readFileSync(at('away/src/f'), 'utf8')], [981_173_106_123_456_789n, 'content']);
  if (kept) assert.deepEqual(kernel.xattr(kernel.cwd, at('away/src/f'), 'user.linkwright'), attribute);
  assert.equal(lstatSync(at('away/src/sub'), { bigint: true }).mtimeNs, times[0]?.mtimeNs);
  assert.equal(lstatSync(at('away/src/sub')).mode & 0o7777, 0o2711);
  assert.equal(lstatSync(at('away/src/out'), { bigint: true }).mtimeNs, times[1]?.mtimeNs);
  assert.ok(lstatSync(at('away/src/pipe')).isFIFO());
  assert.ok(statSync(at('away/src/hole')).blocks * 512 < 200_000, 'the hole stays one');
  assert.equal(readFileSync(at('away/src/hole'), 'utf8').replaceAll('\0', ''), 'xend');
  assert.equal(readlinkSync(at('away/src/out')), '../../here/stays');
  assert.equal(readlinkSync(at('away/src/in')), 'sub/same');
  assert.equal(readlinkSync(at('here/led')), '../away/src/sub');
  assert.equal(lstatSync(at('here/stays/shared')).nlink, 2, 'the original is kept for undo');

  // Undo would lose what was written to the copy.
  appendFileSync(at('away/src/f'), ' more');
  assert.equal((await ask(undo, state)).code, 4);
  assert.equal(readFileSync(at('away/src/f'), 'utf8'), 'content more');
  writeFileSync(at('away/src/f'), 'content');
  kernel.setTimes(kernel.cwd, at('away/src/f'), { mtime: 981_173_106_123_456_789n });
  await ask(undo, state);
  assert.equal(lstatSync(at('here/src')).ino, ino);
  assert.equal(readlinkSync(at('here/src/out')), '../stays');
  assert.ok(!existsSync(at('away/src')));

  // What is mounted in there cannot go along.
  mkdirSync(at('away/deep/point'), { recursive: true });
  assert.equal(spawnSync('mount', ['-t', 'tmpfs', 'deep', at('away/deep/point')]).status, 0);
  await assert.rejects(move(at('away/deep'), at('here')), /something is mounted there; nothing was moved/);
  assert.equal(spawnSync('umount', [at('away/deep/point')]).status, 0);

  // Let go of, it is gone for good.
  await move(at('here/src'), at('away/again'));
  await ask(history, [...state, '--purge', '--keep', '0m']);
  assert.equal(lstatSync(at('here/stays/shared')).nlink, 1);

  await assert.rejects(
    move('--no-copy', '-T', at('away/again'), at('here/src')).then(({ problems: [first = ''] }) => {
      throw new Error(first);
    }),
    /Invalid cross-device link/,
  );
};
