import assert from 'node:assert/strict';
import { linkSync, lutimesSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { command } from '../src/cli/commands/recover.ts';
import { kernel } from '../src/kernel/kernel.ts';
import { readHistory } from '../src/plan/history.ts';
import { apply } from '../src/plan/plan.ts';
import { sweep } from '../src/plan/sweep.ts';
import { type Answer, ask } from './answer.ts';
import { Died, dyingFs } from './plan/dying-fs.ts';
import { everyKind, plant } from './plan/every-kind.ts';
import { must, Yard } from './plan/yard.ts';

const recover = (yard: Yard, ...args: readonly string[]): Promise<Answer> =>
  ask(command, ['--root', yard.scratch.at('tree'), '--state', yard.scratch.at('state'), ...args]);

/** A plan whose process dies at a call. */
const interrupt = (yard: Yard, at: number): void => {
  const steps = yard.steps(everyKind);
  try {
    using ledger = yard.openLedger();
    apply({ ...ledger, fs: dyingFs(kernel, at, 'after') }, { root: yard.root, steps, words: ['test'] });
  } catch (error) {
    if (!(error instanceof Died)) throw error;
  }
};

test('an interrupted change is told by a dry run, reversed, and then there is nothing more', async () => {
  using yard = new Yard();
  plant(yard);
  const before = yard.tree();
  interrupt(yard, 30);
  const interrupted = yard.tree();
  const dry = await recover(yard, '--dry-run');
  assert.equal(dry.json.recovered[0].ended, 'planned');
  assert.deepEqual(yard.tree(), interrupted);
  const { code, lines, json } = await recover(yard);
  assert.equal(code, 0);
  assert.match(lines[0] as string, /^\w{14}: reversed \(\d+ of its \d+ moves had been done\)$/);
  assert.equal(json.recovered[0].ended, 'rolled-back');
  assert.deepEqual(yard.tree(), before);
  assert.deepEqual((await recover(yard)).lines, ['nothing was interrupted']);
});

test('an interrupted change is finished with --forward, and can then be undone', async () => {
  using yard = new Yard();
  plant(yard);
  const before = yard.tree();
  interrupt(yard, 25);
  const { code, json } = await recover(yard, '--forward');
  assert.deepEqual([code, json.recovered[0].ended], [0, 'done']);
  assert.equal(yard.undo().ended, 'done');
  assert.deepEqual(yard.tree(), before);
});

test('where the world changed meanwhile, the change is left as it is and named', async () => {
  using yard = new Yard();
  plant(yard);
  interrupt(yard, 12);
  rmSync(yard.at('a/again'));
  writeFileSync(yard.at('a/again'), 'precious');
  const before = yard.tree();
  const { code, problems } = await recover(yard);
  assert.equal(code, 4);
  assert.match(problems[0] as string, /^cannot bring \w{14} to an end: \/a\/again is another file now/);
  assert.deepEqual(yard.tree(), before);
});

test('a change that is under way is not taken for an interrupted one', () => {
  using yard = new Yard();
  plant(yard);
  interrupt(yard, 30);
  const history = must(readHistory({ ...yard.ledger, isAlive: () => true }));
  assert.deepEqual(
    history.entries.map(({ state }) => state),
    ['running'],
  );
});

test('a sweep removes old leftovers that hold nothing', async () => {
  using yard = new Yard();
  const name = (letter: string): string => `.lw-${letter.repeat(12)}`;
  symlinkSync('x', yard.at(name('a')));
  yard.write('file', name('c'), 'named');
  linkSync(yard.at('file'), yard.at(name('b')));
  mkdirSync(yard.at(name('d')));
  symlinkSync('x', yard.at('.lw-short'));
  lutimesSync(yard.at(name('a')), 1, 1);
  const all = readdirSync(yard.at(''));
  const young = await recover(yard, '--sweep', '/');
  assert.deepEqual(young.json.leftovers.map(({ fate }: { fate: string }) => fate).toSorted(), [
    'kept',
    'kept',
    'young',
    'young',
  ]);
  assert.deepEqual(readdirSync(yard.at('')), all);

  const later = { uid: 0, now: Date.now() + 6 * 60_000 };
  const fates = (dryRun: boolean): readonly (readonly [string, unknown])[] => {
    using dir = must(kernel.open(yard.root.handle, '.', { access: 'read', directory: true }));
    return must(sweep(kernel, dir, { ...later, dryRun }))
      .map(({ name, fate }) => [name.slice(4, 5), fate] as const)
      .toSorted();
  };
  assert.deepEqual(fates(true), [
    ['a', 'would be removed'],
    ['b', 'would be removed'],
    ['c', 'kept'],
    ['d', 'kept'],
  ]);
  assert.deepEqual(fates(false), [
    ['a', 'removed'],
    ['b', 'removed'],
    ['c', 'kept'],
    ['d', 'kept'],
  ]);
  assert.deepEqual(
    readdirSync(yard.at('')).toSorted(),
    [name('c'), name('d'), '.lw-short', 'file', 'named'].toSorted(),
  );
  await assert.rejects(recover(yard, '--sweep'), /go together/);
});
