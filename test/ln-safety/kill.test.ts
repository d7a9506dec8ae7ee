/** ln as a process of its own, killed or refused at each of its system calls that change something. */
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { kernel } from '../../src/kernel/kernel.ts';
import { sweep } from '../../src/plan/sweep.ts';
import { contentOf } from '../attacks/canary.ts';
import { lw, lwPath } from '../cli/lw.ts';
import { random } from '../conformance/random.ts';
import { openPlace, Scratch } from '../scratch.ts';
import { type Form, forms, harm, plantFor, temporariesIn } from './forms.ts';

const full = process.env.LINKWRIGHT_FULL === '1';
const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32));
if (!full) process.stderr.write(`kill: LINKWRIGHT_SEED=${seed}\n`);
const dice = random(seed);

/** By whatever means they are called. */
const calls = 'symlinkat,linkat,renameat2,unlinkat,fsync,symlink,link,rename,unlink,renameat';
const known = new Set(
  spawnSync('strace', ['-e', 'trace=renameat', 'true']).status === 0 ? calls.split(',') : calls.split(',').slice(0, 5),
);

const canTrace = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', 'true']).status === 0;
if (!canTrace) process.stderr.write('NOT RUN: ln killed at its system calls: strace cannot trace here\n');

const trace = (cwd: string, { args, input }: Form, ...options: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync('strace', ['-f', '-qq', ...options, '--', process.execPath, lwPath, 'ln', ...args], {
    cwd,
    input: input ?? '',
    timeout: 60_000,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8', LINKWRIGHT_LEAK_CHECK: '' },
  });

interface Point {
  readonly form: Form;
  readonly call: string;
  readonly when: number;
}

/** Every call of a form that changes something. */
const pointsOf = (form: Form): readonly Point[] => {
  using scratch = new Scratch();
  using log = new Scratch();
  plantFor(scratch.path, form);
  const { status, stderr } = trace(scratch.path, form, '-o', log.at('log'), '-e', `trace=${[...known].join(',')}`);
  assert.equal(status, 0, stderr);
  assert.equal(contentOf(scratch.at('name')), form.made);
  const counts = new Map<string, number>();
  return [...readFileSync(log.at('log'), 'utf8').matchAll(/^\d+ +(\w+)\((\d*)/gm)].flatMap(([, call = '', fd]) => {
    counts.set(call, (counts.get(call) ?? 0) + 1);
    // Node synchronizes its standard output and error when it ends, and never ends if that fails: not ours.
    return /^[12]$/.test(fd ?? '') ? [] : [{ form, call, when: counts.get(call) as number }];
  });
};

const label = ({ form, call, when }: Point): string => `${form.args.join(' ')} at ${call} ${when}`;

/** Runs the form, and at the point something happens: a signal, or an error in place of the call (strace(1), inject). */
const injected = (path: string, { form, call, when }: Point, what: string) =>
  trace(path, form, '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:${what}:when=${when}`);

if (canTrace) {
  const chosenForms = full
    ? forms
    : [dice.pick(forms.filter(({ keeps }) => keeps)), dice.pick(forms.filter(({ keeps }) => !keeps))];
  const points = chosenForms.flatMap(pointsOf);

  test('a process killed at any of its calls leaves the old or the new, and nothing that cannot be recognised', (t) => {
    let left = 0;
    for (const point of points) {
      using scratch = new Scratch();
      plantFor(scratch.path, point.form);
      const { signal, status } = injected(scratch.path, point, 'signal=KILL');
      assert.ok(signal === 'SIGKILL' || status === 137, `${label(point)}: not killed (${status})`);
      assert.deepEqual(harm(scratch.path, point.form), [], label(point));
      left += temporariesIn(scratch.path).length;
      using place = openPlace(scratch.path);
      using dir = kernel.open(place.handle, '.', { access: 'read', directory: true }) as typeof place.handle;
      const swept = sweep(kernel, dir, { uid: process.geteuid?.() ?? 0, now: Date.now() + 600_000, dryRun: false });
      assert.ok(Array.isArray(swept));
      assert.deepEqual(harm(scratch.path, point.form), [], `${label(point)}, swept`);
      const kept = swept.filter(({ fate }) => fate !== 'removed');
      assert.deepEqual(temporariesIn(scratch.path).toSorted(), kept.map(({ name }) => name).toSorted());
      for (const { name, fate } of kept) {
        assert.equal(fate, 'kept', label(point));
        const holds = contentOf(scratch.at(name));
        // Without a backup the sweep still removes no last name of data; with one it cannot tell a link from the new one.
        assert.ok(
          holds === point.form.old || (point.form.keeps && holds === point.form.made),
          `${label(point)}: kept ${holds}`,
        );
      }
    }
    t.diagnostic(
      `killed at ${points.length} calls of ${chosenForms.length} forms, ${left} temporary names left and known`,
    );
    assert.ok(left > 0);
  });

  test('a call that is refused leaves nothing beside, and a message', (t) => {
    const refusals = points.flatMap((point) =>
      ['ENOSPC', 'EACCES', 'EIO', 'EINVAL'].map((errno) => ({ point, errno })),
    );
    const chosen = full ? refusals : refusals.filter(() => dice.oneIn(4));
    for (const { point, errno } of chosen) {
      using scratch = new Scratch();
      plantFor(scratch.path, point.form);
      const { status, stderr } = injected(scratch.path, point, `error=${errno}`);
      const what = `${label(point)}, ${errno}: ${status} ${stderr}`;
      assert.deepEqual(harm(scratch.path, point.form), [], what);
      assert.deepEqual(temporariesIn(scratch.path), [], what);
      assert.ok(status === 0 || status === 1, what);
      if (status === 0) assert.equal(contentOf(scratch.at('name')), point.form.made, what);
      else assert.match(stderr, /^ln: .*(name|second|src|'\.').*: [A-Z]/, what);
    }
    t.diagnostic(`${chosen.length} calls refused`);
  });

  test('lw recover --sweep tells of what is left, and leaves alone what may be under way', () => {
    const form = forms.find(({ args }) => args[0] === '-sfn') as Form;
    using scratch = new Scratch();
    plantFor(scratch.path, form);
    trace(scratch.path, form, '-o', '/dev/null', '-e', 'trace=renameat2', '-e', 'inject=renameat2:signal=KILL:when=1');
    const left = temporariesIn(scratch.path);
    assert.equal(left.length, 1);
    const { out } = lw(['recover', '--sweep', scratch.path]);
    assert.match(out, new RegExp(left[0] as string));
    assert.deepEqual(temporariesIn(scratch.path), left);
  });
}
