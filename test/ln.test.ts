/**
 * `lw ln` is GNU's ln: each call of test/ln/cases.ts is made by the system's and by ours, in trees of their own. A sample
 * of 250; all with LINKWRIGHT_FULL=1; LINKWRIGHT_SEED gives that of an earlier run again.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { link } from '../src/jobs/make/link.ts';
import { ln } from '../src/jobs/make/ln.ts';
import { unlink } from '../src/jobs/make/unlink.ts';
import { random } from './conformance/random.ts';
import { cases } from './ln/cases.ts';
import { byOurs, bySystem, type Outcome, type Trial } from './ln/trial.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
const wanted = process.env.LINKWRIGHT_FULL ? cases.length : 250;
const version = /^ln \(GNU coreutils\) (\d+)\.(\d+)/.exec(String(spawnSync('ln', ['--version']).stdout));

/** Since coreutils 9.2 a refusal at the prompt is a failure. */
const asSince92 = (outcome: Outcome, trial: Trial): Outcome => {
  const [, major = '0', minor = '0'] = version ?? [];
  const old = Number(major) * 100 + Number(minor) < 902;
  const asked = outcome.err.split(': replace ').length - 1;
  const answers = (trial.input ?? '').split('\n');
  const declined = Array.from({ length: asked }, (_, i) => answers[i]).some((line = '') => !/^[yY]/.test(line));
  return old && declined ? { ...outcome, code: 1 } : outcome;
};

if (version === null) process.stderr.write('NOT RUN: ln against the system’s: that is not GNU’s\n');
else {
  test('ln does what the system’s ln does: exit code, output, messages, and which inode has which name', () => {
    process.stderr.write(`LINKWRIGHT_SEED=${seed}: ${wanted} of ${cases.length} calls of ln\n`);
    const { below } = random(seed);
    const rest = [...cases];
    for (let i = 0; i < wanted; i++) {
      const [trial] = rest.splice(below(rest.length), 1) as [Trial];
      const command = `LINKWRIGHT_SEED=${seed}: ln ${JSON.stringify(trial)}`;
      assert.deepEqual(byOurs('ln', ln, trial), asSince92(bySystem('ln', trial), trial), command);
    }
  });

  test('link and unlink do what the system’s do', () => {
    const tree = ['a', 'b', 'd/', 'l -> a', 'dangling -> nope'];
    const calls = [
      '',
      'a',
      'a new',
      'a b',
      'a new extra',
      'nope new',
      'd new',
      'l new',
      'dangling new',
      'a d',
      'a/ new',
    ]
      .concat(['a no/new', '-x a', '--x', '--h=1', '-- a -new', 'a -- new', 'd', 'l', 'nope', 'a/', "it's new", 'd/'])
      .map((line) => ({ tree, args: line.split(' ').filter((word) => word !== '') }));
    for (const trial of [...calls, { tree, args: ['', 'new'] }, { tree, args: [''] }, { tree, args: ['a', ''] }])
      for (const [name, program] of Object.entries({ link, unlink }))
        assert.deepEqual(byOurs(name, program, trial), bySystem(name, trial), `${name} ${trial.args.join(' ')}`);
  });

  const losses: readonly (readonly [what: string, trial: Trial, message: string])[] = [
    [
      'a symbolic link does not replace the one that was just made',
      { tree: ['p/', 'p/x', 'q/', 'q/x', 'd/'], args: ['-sf', 'p/x', 'q/x', 'd'] },
      "will not overwrite just-created 'd/x' with 'q/x'",
    ],
    [
      'nor does a backup of the one that was just made replace the backup',
      { tree: ['p/', 'p/x', 'q/', 'q/x', 'd/', 'd/x'], args: ['-b', 'p/x', 'q/x', 'd'] },
      "will not overwrite just-created 'd/x' with 'q/x'",
    ],
    [
      'a numbered backup whose name had to be cut short does not replace another',
      { tree: ['a', 'x'.repeat(253), `${'x'.repeat(253)}~`], args: ['--backup=t', 'a', 'x'.repeat(253)] },
      `cannot backup '${'x'.repeat(253)}': File exists`,
    ],
  ];
  for (const [what, trial, message] of losses)
    test(`${what}, where the system’s ln loses data`, () => {
      const ours = byOurs('ln', ln, trial);
      assert.equal(ours.err, `ln: ${message}\n`);
      assert.equal(ours.code, 1);
      const files = (tree: readonly string[]): number => tree.filter((line) => line.includes(' file ')).length;
      assert.equal(
        files(ours.tree),
        trial.tree.filter((line) => !line.endsWith('/')).length + (trial.args[0] === '-b' ? 1 : 0),
      );
      assert.equal(bySystem('ln', trial).code, 0, 'the system’s ln has learnt it: this is no departure any more');
    });
}
