/**
 * The atlas equals `trace`, link by link, on random trees: 600 of them, or 20,000 with
 * LINKWRIGHT_FULL=1. LINKWRIGHT_SEED gives the trees of an earlier run again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canMount, isRoot, runScript, Scratch } from '../scratch.ts';
import { type Campaign, runCampaign, type Tally } from './atlas-campaign.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
const trees = process.env.LINKWRIGHT_FULL === '1' ? 20_000 : 600;

/** A second file system, one of its directories and the root itself seen again through bind mounts. */
const mounts = (root: string): string => `
  cd '${root}'
  mount -t tmpfs tree . && cd "$PWD"
  mkdir mnt bind again
  mount --bind . again
  mount -t tmpfs second mnt
  mkdir mnt/src
  mount --bind mnt/src bind
  chown 65534:65534 . mnt mnt/src
  chmod 755 . mnt mnt/src`;

const full = canMount('random trees with a second file system and bind mounts');

for (const [name, unprivileged] of [
  ['root', false],
  ['another user', true],
] as const)
  if (full)
    test(`the atlas equals trace, with bind mounts: ${name}`, () => {
      using scratch = new Scratch();
      const fixed = ['mnt', 'bind'];
      const aliases = [
        ['', 'again'],
        ['bind', 'mnt/src'],
      ] as const;
      // Far apart, so that the two see different trees.
      const start = (seed + (unprivileged ? 0x1000000 : 0)) >>> 0;
      const campaign = { seed: start, trees: Math.round(trees / 2), root: scratch.path, fixed, aliases, unprivileged };
      report(name, inOwnMounts(campaign, mounts(scratch.path)));
    });

if (!full)
  test('the atlas equals trace', () => {
    using scratch = new Scratch();
    report(
      'without mounts',
      runCampaign({ seed, trees, root: scratch.path, fixed: [], aliases: [], unprivileged: !isRoot }),
    );
  });

const inOwnMounts = (campaign: Campaign, script: string): Tally => {
  const { status, stdout, stderr } = runScript(
    `import { runCampaign } from './test/conformance/atlas-campaign.ts';
     console.log(JSON.stringify(runCampaign(${JSON.stringify(campaign)})));`,
    { mounts: script, env: { LINKWRIGHT_LEAK_CHECK: '1' } },
  );
  assert.equal(status, 0, `LINKWRIGHT_SEED=${seed}\n${stderr}`);
  return JSON.parse(stdout);
};

const report = (name: string, { trees, links, leads }: Tally): void => {
  const text = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .map(([kind, times]) => `${kind} ${times}`)
      .join(', ');
  process.stderr.write(
    `LINKWRIGHT_SEED=${seed}: ${name}: ${trees} trees; links: ${text(links)}; leads: ${text(leads)}\n`,
  );
};
