/**
 * A sketch equals the kernel on scripts of calls: those on which it once did not, every case of the
 * protections of links, and 2,500 random ones, or 200,000 with LINKWRIGHT_FULL=1. LINKWRIGHT_SEED
 * gives the random ones of an earlier run again.
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
  tmpfs: [1500, 110_000],
  ext4: [400, 40_000],
  xfs: [300, 30_000],
  btrfs: [300, 20_000],
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
     import { protectedScripts } from './test/conformance/sketch-protected.ts';
     import { scripts } from './test/conformance/sketch-scripts.ts';
     const campaign = ${JSON.stringify({ ...parts, length: 30, strict: full ? 300 : 800, type })};
     const known = campaign.bug ? [] : [...Object.values(scripts), ...protectedScripts];
     console.log(JSON.stringify(runCampaign({ ...campaign, known, root: process.env.ROOT })));`,
    // Remembering who opened each descriptor would take most of the time.
    { LINKWRIGHT_LEAK_CHECK: full ? '' : '1' },
  ) as Tally | undefined;
