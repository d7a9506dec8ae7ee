/** A real process is killed at a system call, by strace(1), and `lw recover` brings the tree to an end. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { lw } from '../cli/lw.ts';
import { plant } from './every-kind.ts';
import { drawn, Yard } from './yard.ts';

const full = process.env.LINKWRIGHT_FULL === '1';

/** How often the plan makes each call, at least. */
const calls = { renameat2: 12, linkat: 2, symlinkat: 2, pwrite64: 20, fsync: 3 } as const;

/** Does the plan of every kind in a process of its own. */
const script = (yard: Yard): string => `
  import { kernel } from './src/kernel/kernel.ts';
  import { openLedger } from './src/plan/ledger.ts';
  import { apply } from './src/plan/plan.ts';
  import { Sketch } from './src/sketch/sketch.ts';
  import { everyKind } from './test/plan/every-kind.ts';
  import { newWho } from './test/plan/yard.ts';
  const handle = kernel.open(kernel.cwd, ${JSON.stringify(yard.at(''))}, { access: 'path', directory: true });
  const sketch = new Sketch({ base: { fs: kernel, root: handle } });
  everyKind(sketch.process());
  const ledger = openLedger(kernel, kernel.cwd, ${JSON.stringify(yard.scratch.at('state'))}, newWho());
  const { ended } = apply(ledger, { root: { handle, path: '/' }, steps: sketch.steps, words: ['test'] });
  process.exit(ended === 'done' ? 0 : 1);`;

const underStrace = (args: readonly string[], text: string): ReturnType<typeof spawnSync> =>
  spawnSync(
    'strace',
    ['-f', '-qq', '-o', '/dev/null', ...args, '--', process.execPath, '--input-type=module-typescript', '--eval', text],
    { cwd: new URL('../..', import.meta.url), encoding: 'utf8', env: { ...process.env, LINKWRIGHT_LEAK_CHECK: '' } },
  );

const canTrace = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', 'true']).status === 0;
if (!canTrace) process.stderr.write('NOT RUN: killed by strace at its system calls: strace cannot trace here\n');

if (canTrace)
  test('a process killed at a system call leaves a tree that recover brings back', () => {
    const all = Object.entries(calls).flatMap(([call, count]) =>
      Array.from({ length: count }, (_, i) => [call, i + 1] as const),
    );
    const offset = Math.floor(Math.random() * 8);
    const chosen = full ? all : all.filter((_, i) => i % 8 === offset);
    let killed = 0;
    for (const [call, when] of chosen) {
      using yard = new Yard();
      plant(yard);
      const before = yard.tree();
      const label = `killed at ${call} ${when}`;
      const { status, signal, stderr } = underStrace(
        ['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${when}`],
        script(yard),
      );
      assert.ok(status === 0 || signal === 'SIGKILL' || status === 137, `${label}: ${status} ${signal} ${stderr}`);
      if (status !== 0) killed++;
      const ran = lw(['recover', '--root', yard.at(''), '--state', yard.scratch.at('state'), '--json']);
      assert.equal(ran.code, 0, `${label}: ${ran.err}`);
      if (status === 0) assert.equal(yard.undo().ended, 'done');
      assert.deepEqual(yard.tree(), before, label);
      assert.deepEqual(drawn(yard.ledger.fs, yard.ledger.aside), [], label);
    }
    process.stdout.write(`${killed} of ${chosen.length} killed\n`);
    assert.ok(killed > chosen.length / 2, `${killed} of ${chosen.length} killed`);
  });
