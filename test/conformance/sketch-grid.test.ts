/**
 * A sketch equals the kernel for every call on every path of a tree, and on every pair: one case in
 * some, picked anew each time, or all with LINKWRIGHT_FULL=1. LINKWRIGHT_SEED picks those of an earlier run.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GridTally } from './sketch-grid.ts';
import { type Place, runIn } from './sketch-places.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
const full = process.env.LINKWRIGHT_FULL === '1';

/** One case in so many. */
const samples: Readonly<Record<Place, number>> = { tmpfs: 5, ext4: 25, xfs: 30, btrfs: 30 };

for (const [index, [type, oneIn]] of Object.entries(samples).entries())
  test(`a sketch answers every case as the kernel does: ${type}`, (t) => {
    const grid = { seed: (seed + index) >>> 0, oneIn: full ? 1 : oneIn, type };
    const tally = runIn(
      t,
      type as Place,
      `import { runGrid } from './test/conformance/sketch-grid.ts';
       console.log(JSON.stringify(runGrid({ ...${JSON.stringify(grid)}, root: process.env.ROOT })));`,
      { LINKWRIGHT_LEAK_CHECK: full ? '' : '1' },
    ) as GridTally | undefined;
    if (!tally) return;
    assert.equal(tally.wrong.join('\n\n'), '', `LINKWRIGHT_SEED=${seed}`);
    const ends = Object.entries(tally.ends).map(([end, times]) => `${end} ${times}`);
    process.stderr.write(
      `LINKWRIGHT_SEED=${seed}: ${type}: ${tally.cases} cases, ${tally.changes} changed the tree (${ends.join(', ')})\n`,
    );
  });

// tmpfs and xfs have no limit that a test could reach.
for (const type of full ? (['ext4', 'btrfs', 'tmpfs', 'xfs'] as const) : (['ext4'] as const))
  test(`a file has as many names in a sketch as on ${type}`, (t) => {
    const counts = runIn(
      t,
      type,
      `import { countNames } from './test/conformance/sketch-grid.ts';
       import { KernelSide, SketchSide } from './test/conformance/sketch-sides.ts';
       const sketch = countNames(new SketchSide('${type}'), 66000);
       console.log(JSON.stringify([countNames(new KernelSide(process.env.ROOT), 66000), sketch]));`,
      { LINKWRIGHT_LEAK_CHECK: '1' },
    ) as readonly (readonly [number, string])[] | undefined;
    if (counts) assert.deepEqual(counts[1], counts[0]);
  });
