/** Where sketches are compared with the kernel: file systems of their own, in a mount namespace of their own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { canMount, runScript, Scratch } from '../scratch.ts';

/** Without times of reading: then times only move by what is compared. */
const onImage = (type: string): string => `
  mkdir store && mount -t tmpfs store store
  truncate -s 400M store/image
  mkfs.${type} -q store/image >&2
  mount -o loop,noatime store/image root
  rm -rf root/lost+found`;

export const places = {
  tmpfs: 'mount -t tmpfs -o noatime root root',
  // That of temporary files, if it is one.
  ext4: `if [ "$(stat -f -c %T .)" = ext2/ext3 ]; then mount --bind root root && mount -o remount,bind,noatime root
         else ${onImage('ext4')}; fi`,
  xfs: onImage('xfs'),
  btrfs: onImage('btrfs'),
} as const;

export type Place = keyof typeof places;

/** Runs TypeScript text with such a file system at ROOT and gives what it prints last, as JSON; nothing where that cannot be. */
export const runIn = (
  t: TestContext,
  type: Place,
  script: string,
  env: Readonly<Record<string, string>> = {},
): unknown => {
  if (!canMount(t.name)) {
    t.skip('needs root and a mount namespace');
    return undefined;
  }
  if (type !== 'tmpfs' && spawnSync('sh', ['-c', `command -v mkfs.${type}`]).status !== 0) {
    process.stderr.write(`NOT RUN: ${t.name}: there is no mkfs.${type}\n`);
    t.skip(`no mkfs.${type}`);
    return undefined;
  }
  using scratch = new Scratch();
  const { status, stdout, stderr } = runScript(script, {
    mounts: `cd '${scratch.path}'; mkdir root; ${places[type]}; chmod 777 root`,
    env: { ...env, ROOT: scratch.at('root') },
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string);
};
