/** Where attacks run: file systems of their own, each in a mount namespace that ends with the script. */
import type { TestContext } from 'node:test';
import { places } from '../conformance/sketch-places.ts';
import { canMount, nobody, runScript, Scratch } from '../scratch.ts';

const overlay = (lower: string): string => `
  mkdir store && mount -t tmpfs store store && mkdir store/lower store/upper store/scratch
  ${lower}
  mkdir -p store/lower/here store/tree/up store/tree/work
  mount -t overlay -o lowerdir=store/lower,upperdir=store/tree/up,workdir=store/tree/work overlay root`;

export const grounds = {
  ...places,
  // In memory: thousands of trials wait for no disk.
  ext4: `mkdir store && mount -t tmpfs store store && truncate -s 64M store/image
    mkfs.ext4 -q -b 4096 store/image >&2 && mount -o loop store/image root`,
  overlay: overlay('mkdir store/tree'),
  // With its lower layer on another device: files may change their identity when they are copied up.
  'overlay of two': overlay('mkdir store/tree && mount -t tmpfs two store/tree && mount -t tmpfs one store/lower'),
} as const;

export type Ground = keyof typeof grounds;

export const users = { root: 0, nobody } as const;

/**
 * Runs TypeScript text there, with ROOT a directory of that user's own, and gives what it prints last, as JSON. Where
 * that cannot be it is said, and the answer is undefined.
 */
export const runOn = (
  t: TestContext,
  ground: Ground,
  uid: number,
  script: string,
  env: Readonly<Record<string, string>> = {},
): unknown => {
  if (!canMount(t.name)) {
    t.skip('needs root and a mount namespace');
    return undefined;
  }
  using scratch = new Scratch();
  const { status, stdout, stderr } = runScript(script, {
    mounts: `cd '${scratch.path}'; mkdir root; ${grounds[ground]}
      chmod 777 root; mkdir root/own; chown ${uid} root/own; echo mounted`,
    uid,
    env: { ...env, ROOT: scratch.at('root/own'), GROUND: ground },
  });
  if (!/^mounted$/m.test(stdout)) {
    process.stderr.write(`NOT RUN: ${t.name}: ${ground} cannot be had here: ${stderr.trim()}\n`);
    t.skip(`no ${ground}`);
    return undefined;
  }
  if (status !== 0) throw new Error(`${ground}, uid ${uid}: ${stderr || stdout}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string);
};
