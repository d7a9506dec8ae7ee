/**
 * Mistakes planted in the sketch: its proofs must notice them. A sample of 6, or with
 * LINKWRIGHT_FULL=1 all of them and the score. LINKWRIGHT_SEED gives an earlier run again.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { random } from './conformance/random.ts';
import type { Tally } from './conformance/sketch-campaign.ts';
import { type Place, runIn } from './conformance/sketch-places.ts';
import { answers, shape, shares } from './mutation/answers.ts';
import { type Mutant, mutants } from './mutation/mutants.ts';
import { planted } from './mutation/plant.ts';
import { prove, type Recorded, sound, type Verdict } from './mutation/prove.ts';
import { Scratch } from './scratch.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
const full = process.env.LINKWRIGHT_FULL === '1';

test('every mistake has its place in the sketch, once', () => {
  assert.deepEqual(mutants.flatMap(misfit), []);
  assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
});

if (full)
  for (const [type, scripts] of Object.entries(shares))
    test(`the scripts that are to notice mistakes end on the kernel as in the sketch: ${type}`, (t) => {
      const campaign = { seed, scripts, type, ...shape };
      const tally = runIn(
        t,
        type as Place,
        `import { runCampaign } from './test/conformance/sketch-campaign.ts';
         console.log(JSON.stringify(runCampaign({ ...${JSON.stringify(campaign)}, root: process.env.ROOT })));`,
      ) as Tally | undefined;
      assert.equal(tally?.found?.text, undefined, `LINKWRIGHT_SEED=${seed}`);
    });

test(full ? 'at least 95 of 100 mistakes are noticed' : 'mistakes are noticed: a sample', async () => {
  using scratch = new Scratch();
  const recorded = { file: scratch.at('answers'), seed };
  record(recorded);
  assert.ok(await sound(recorded), `LINKWRIGHT_SEED=${seed}: the sketch itself does not pass`);
  const counted = mutants.filter(({ equivalent }) => equivalent === undefined);
  const chosen = full ? counted : sample(counted, 6);
  const verdicts = await proveAll(chosen, recorded);
  const survivors = verdicts.filter(({ killedBy }) => killedBy.length === 0).map(({ mutant }) => mutant.name);
  process.stderr.write(`LINKWRIGHT_SEED=${seed}: ${report(verdicts)}\n`);
  if (full) assert.ok(survivors.length <= counted.length * 0.05, survivors.join('\n'));
  else assert.deepEqual(survivors, []);
});

const misfit = (mutant: Mutant): readonly string[] => {
  try {
    planted(mutant);
    return [];
  } catch (error) {
    return [String(error)];
  }
};

const sample = (from: readonly Mutant[], count: number): readonly Mutant[] => {
  const dice = random(seed);
  const chosen = new Set<Mutant>();
  while (chosen.size < count) chosen.add(dice.pick(from));
  return [...chosen];
};

/** Both processors work. In the full form all proofs look at each mistake, to see what each is worth. */
const proveAll = async (chosen: readonly Mutant[], recorded: Recorded): Promise<readonly Verdict[]> => {
  const waiting = [...chosen];
  const verdicts: Verdict[] = [];
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift())
      verdicts.push(await prove(mutant, recorded, !full));
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  return verdicts;
};

const record = ({ file }: Recorded): void => {
  const all = Object.entries(shares).map(([type, scripts]) => [...answers(type, seed, scripts)]);
  writeFileSync(file, JSON.stringify(all));
};

const report = (verdicts: readonly Verdict[]): string => {
  const by = (proof: Verdict['killedBy'][number]) => verdicts.filter(({ killedBy }) => killedBy.includes(proof)).length;
  const killed = verdicts.filter(({ killedBy }) => killedBy.length > 0);
  const survivors = verdicts.filter(({ killedBy }) => killedBy.length === 0).map(({ mutant }) => mutant);
  const equivalent = mutants.filter((mutant) => mutant.equivalent !== undefined);
  return [
    full
      ? `${killed.length} of ${verdicts.length} mistakes noticed: ${by('scenarios')} by scenarios, ${by('random scripts')} by random scripts`
      : `noticed: ${killed.map(({ mutant }) => mutant.name).join('; ')}`,
    ...survivors.map(({ file, name }) => `not noticed: ${file}: ${name}`),
    ...(full ? equivalent.map(({ name, equivalent }) => `nobody can notice: ${name}: ${equivalent}`) : []),
    ...(full
      ? verdicts
          .filter(({ killedBy }) => !killedBy.includes('scenarios') && killedBy.length > 0)
          .map(({ mutant }) => `by random scripts alone: ${mutant.name}`)
      : []),
  ].join('\n');
};
