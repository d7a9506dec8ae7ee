/**
 * `trace` equals open(2) and openat2(2), on random trees: 1,500 of them, or 50,000 with
 * LINKWRIGHT_FULL=1. LINKWRIGHT_SEED gives the trees of an earlier run again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canMount, isRoot, runScript, Scratch } from '../scratch.ts';
import { type Campaign, runCampaign, type Tally } from './trace-campaign.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
const trees = process.env.LINKWRIGHT_FULL === '1' ? 50_000 : 1_500;

/** A second file system, a directory and the root itself seen through a second mount, and a mount that follows no links. */
const mounts = (root: string, own: boolean): string => `
  cd '${root}'
  ${own ? 'mount -t tmpfs tree . && cd "$PWD"' : ''}
  mkdir mnt bind nofollow again
  mount --bind . again
  mount -t tmpfs second mnt
  mkdir mnt/src
  mount --bind mnt/src bind
  mount -t tmpfs -o nosymfollow third nofollow || mount -t tmpfs third nofollow
  chown 65534:65534 . mnt mnt/src nofollow
  chmod 755 . mnt mnt/src nofollow`;

interface Part {
  readonly name: string;
  readonly share: number;
  readonly tmpfs: boolean;
  readonly unprivileged: boolean;
}

const parts: readonly Part[] = [
  { name: 'root on tmpfs', share: 0.4, tmpfs: true, unprivileged: false },
  { name: 'another user on tmpfs', share: 0.4, tmpfs: true, unprivileged: true },
  { name: 'root on the file system of temporary files', share: 0.1, tmpfs: false, unprivileged: false },
  { name: 'another user on the file system of temporary files', share: 0.1, tmpfs: false, unprivileged: true },
];

const full = canMount('random trees with a second file system, in a root of their own');

for (const [index, part] of parts.entries())
  if (full)
    test(`trace equals the kernel: ${part.name}`, () => {
      using scratch = new Scratch();
      const campaign: Campaign = {
        // Far apart, so that the parts see different trees.
        seed: (seed + index * 0x1000000) >>> 0,
        trees: Math.round(trees * part.share),
        root: scratch.path,
        fixed: ['mnt', 'bind', 'nofollow'],
        chroot: true,
        unprivileged: part.unprivileged,
      };
      report(part.name, inOwnMounts(campaign, mounts(scratch.path, part.tmpfs)));
    });

if (!full)
  test('trace equals the kernel: confined by RESOLVE_IN_ROOT', () => {
    using scratch = new Scratch();
    const campaign = { seed, trees, root: scratch.path, fixed: [], chroot: false, unprivileged: !isRoot };
    report('confined', runCampaign(campaign));
  });

const inOwnMounts = (campaign: Campaign, script: string): Tally => {
  const { status, stdout, stderr } = runScript(
    `import { runCampaign } from './test/conformance/trace-campaign.ts';
     console.log(JSON.stringify(runCampaign(${JSON.stringify(campaign)})));`,
    { mounts: script, env: { LINKWRIGHT_LEAK_CHECK: '1' } },
  );
  assert.equal(status, 0, `LINKWRIGHT_SEED=${seed}\n${stderr}`);
  return JSON.parse(stdout);
};

const report = (name: string, { trees, paths, ends, fortyLinks }: Tally): void => {
  const kinds = Object.entries(ends).map(([kind, times]) => `${kind} ${times}`);
  process.stderr.write(
    `LINKWRIGHT_SEED=${seed}: ${name}: ${trees} trees, ${paths} paths (${kinds.join(', ')}; ${fortyLinks} found by 40 links)\n`,
  );
};
