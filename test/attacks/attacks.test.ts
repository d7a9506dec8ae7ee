/** Somebody changes the tree between any two calls of ln or of a plan: nothing outside is touched, nothing is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ground, grounds, runOn, users } from './grounds.ts';
import type { Verdict } from './ln-attacks.ts';

const full = process.env.LINKWRIGHT_FULL === '1';
const seed = process.env.LINKWRIGHT_SEED ?? String(Math.floor(Math.random() * 2 ** 32));
if (!full) process.stderr.write(`attacks: LINKWRIGHT_SEED=${seed}\n`);

/** One series of trials in so many. Inode numbers come again on ext4 alone. */
const oneIn = (ground: Ground, uid: number, what: string): number =>
  full ? 1 : (ground === 'ext4' && uid === 0 ? 8 : 32) * (what === 'plans' ? 2 : 1);

for (const [what, module] of [
  ['ln', 'ln-attacks.ts'],
  ['plans', 'plan-attacks.ts'],
] as const)
  for (const ground of Object.keys(grounds) as Ground[])
    for (const [user, uid] of Object.entries(users))
      test(`${what} under attack, on ${ground}, as ${user}`, async (t) => {
        const script = `
          import { attacks } from './test/attacks/${module}';
          console.log(JSON.stringify(attacks(process.env.ROOT)));`;
        const verdicts = runOn(t, ground, uid, script, { ONE_IN: String(oneIn(ground, uid, what)), SEED: seed });
        for (const { attack, trials, wrong } of (verdicts ?? []) as readonly Verdict[])
          await t.test(`${attack}: ${trials} trials`, () => {
            assert.deepEqual(wrong.slice(0, 10), [], `${wrong.length} wrong; LINKWRIGHT_SEED=${seed}`);
          });
      });
