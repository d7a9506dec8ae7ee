/**
 * A sketch equals the kernel on random scripts of calls: 3,500 of them, or 200,000 with
 * LINKWRIGHT_FULL=1. LINKWRIGHT_SEED gives the scripts of an earlier run again.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { bugs } from './sketch-bugs.ts';
import type { Campaign, Tally } from './sketch-campaign.ts';
import { type Place, runIn } from './sketch-places.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
const full = process.env.LINKWRIGHT_FULL === '1';

/** Scripts, and in the full form. */
const shares: Readonly<Record<Place, readonly [number, number]>> = {
  tmpfs: [2000, 110_000],
  ext4: [600, 40_000],
  xfs: [500, 30_000],
  btrfs: [400, 20_000],
};

for (const [index, [type, share]] of Object.entries(shares).entries())
  test(`a sketch does what the kernel does: ${type}`, (t) => {
    // Far apart, so that the file systems see different scripts.
    const parts = { seed: (seed + index * 0x1000000) >>> 0, scripts: share[full ? 1 : 0] };
    const tally = run(t, type as Place, parts);
    if (!tally) return;
    assert.equal(tally.found?.text, undefined);
    const { scripts, calls, unrepeated, ends } = tally;
    const done = Object.entries(ends).reduce((sum, [end, times]) => sum + (end.endsWith(' done') ? times : 0), 0);
    process.stderr.write(
      `LINKWRIGHT_SEED=${seed}: ${type}: ${scripts} scripts, ${calls} calls, ${done} of them done, ${
        Object.keys(ends).length
      } ways to end, ${unrepeated} late ticks\n`,
    );
  });

for (const type of ['tmpfs', 'ext4', 'xfs', 'btrfs'] as const)
  test(`and where it once differed: ${type}`, (t) => {
    const differing = runIn(
      t,
      type,
      `import { runScripts } from './test/conformance/sketch-campaign.ts';
       import { scripts } from './test/conformance/sketch-scripts.ts';
       const place = { root: process.env.ROOT, type: '${type}' };
       console.log(JSON.stringify(runScripts(Object.values(scripts), place)));`,
      { LINKWRIGHT_LEAK_CHECK: '1' },
    );
    if (differing !== undefined) assert.equal(differing, '');
  });

test('and in every case of the protections of sticky directories and of others’ files', (t) => {
  const differing = runIn(
    t,
    'tmpfs',
    `import { runScripts } from './test/conformance/sketch-campaign.ts';
     import { protectedScripts } from './test/conformance/sketch-protected.ts';
     const text = runScripts(protectedScripts, { root: process.env.ROOT, type: 'tmpfs' });
     console.log(JSON.stringify([text, protectedScripts.reduce((sum, { steps }) => sum + steps.length, 0)]));`,
    { LINKWRIGHT_LEAK_CHECK: '1' },
  ) as readonly [string, number] | undefined;
  if (!differing) return;
  assert.equal(differing[0], '');
  process.stderr.write(`${differing[1]} cases of protections\n`);
});

const planted: readonly (keyof typeof bugs)[] = [
  'a rename between two names of one file removes the first',
  '45 links pass',
  'a sticky directory keeps nobody from renaming',
];

for (const bug of planted)
  test(`and these scripts would find it if ${bug.replace(/^a |^45/, (start) => (start === '45' ? 'up to 45' : start))}`, (t) => {
    const tally = run(t, 'tmpfs', { seed, scripts: 20_000, bug });
    if (!tally) return;
    const { found, scripts } = tally;
    assert.ok(found, `LINKWRIGHT_SEED=${seed}: not found in ${scripts} scripts`);
    const { steps, items } = found.script;
    assert.ok(steps.length + items.length <= 6, found.text);
    process.stderr.write(
      `LINKWRIGHT_SEED=${seed}: ${bug}: found by script ${scripts}, shrunk to ${items.length} things and ${steps.length} calls\n`,
    );
  });

const run = (t: TestContext, type: Place, parts: Pick<Campaign, 'seed' | 'scripts' | 'bug'>): Tally | undefined =>
  runIn(
    t,
    type,
    `import { runCampaign } from './test/conformance/sketch-campaign.ts';
     const campaign = ${JSON.stringify({ ...parts, length: 30, strict: full ? 300 : 500, type })};
     console.log(JSON.stringify(runCampaign({ ...campaign, root: process.env.ROOT })));`,
    // Remembering who opened each descriptor would take most of the time.
    { LINKWRIGHT_LEAK_CHECK: full ? '' : '1' },
  ) as Tally | undefined;
