/**
 * Random trees and random moves: every link leads after the move where it led before, or is told; no other link is
 * touched; undo brings back the very tree. 800 of them in memory, 45,000 with LINKWRIGHT_FULL=1; LINKWRIGHT_SEED gives
 * those of an earlier run again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Sketch } from '../../src/sketch/sketch.ts';
import { must } from '../plan/yard.ts';
import { canMount, runScript, Scratch } from '../scratch.ts';
import { attempt, check, newTally } from './property.ts';
import { type Scene, scene, stage } from './random.ts';
import { commandsIn } from './sketched.ts';
import { snapshot } from './snapshot.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) | 0;
const full = process.env.LINKWRIGHT_FULL === '1';

test('after a move every link leads where it led, and undo brings back the very tree', () => {
  process.stderr.write(`LINKWRIGHT_SEED=${seed}\n`);
  const tally = newTally();
  fc.assert(
    fc.property(scene, (drawn: Scene) => {
      let now = 1_700_000_000_000_000_000n;
      const sketch = new Sketch({ type: drawn.long ? 'xfs' : 'ext4', now: () => (now += 1_000_000_000n) });
      const fs = sketch.process();
      must(fs.mkdir(fs.cwd, '/t', 0o755) as undefined);
      const { cwd, args } = stage(fs, '/t', drawn);
      must(fs.chdir(cwd) as undefined);
      const commands = commandsIn(fs);
      const before = snapshot(fs);
      const report = attempt(() => commands.mv(['--links=most', '--in=/', ...args]));
      const after = snapshot(fs);
      if (!report || report.steps.length === 0) {
        assert.deepEqual(after, before);
        return;
      }
      check(before, after, report, drawn.long ? 1023 : 4095, tally);
      commands.undo();
      assert.deepEqual(snapshot(fs), before, 'undone');
    }),
    { seed, numRuns: full ? 45_000 : 800 },
  );
  process.stderr.write(`${JSON.stringify(tally)}\n`);
  assert.ok(tally.moved > tally.refused && tally.changed > 100);
});

test('and so it is on the kernel, within a file system and from one to another', () => {
  if (!canMount('lw mv between file systems')) return;
  using scratch = new Scratch();
  const { status, stdout, stderr } = runScript(
    `import { movesOnKernel } from './test/mv/on-kernel.ts';
    const tally = await movesOnKernel(${JSON.stringify(scratch.path)}, ['/t/m', '/t/n'], ${seed}, ${full ? 2000 : 120});
    process.stdout.write(JSON.stringify(tally));`,
    {
      mounts: `mkdir -p ${scratch.at('t/m')} ${scratch.at('t/n')}
        mount -t tmpfs one ${scratch.at('t/m')}; mount -t tmpfs two ${scratch.at('t/n')}`,
    },
  );
  assert.equal(status, 0, `LINKWRIGHT_SEED=${seed}: ${stderr}`);
  process.stderr.write(`on the kernel: ${stdout}\n`);
  const tally = JSON.parse(stdout);
  assert.ok(tally.moved > 20 && tally.copied > 5, stdout);
});
