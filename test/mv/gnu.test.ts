/**
 * Where no links have to follow, `lw mv` does what the system's mv does: the same tree, exit code, messages, and what -v
 * tells. A sample of 120 of 30,000 calls, 5,000 with LINKWRIGHT_FULL=1; LINKWRIGHT_SEED gives that of an earlier run
 * again. Departures: a command line that makes no sense ends with exit code 2 and other words after the sentence (here both
 * are made the same); long options cannot be shortened; no operand may be empty; a backup for a move that then fails
 * is taken back, where mv leaves it; --strip-trailing-slashes is for each SRC, as the manual says, where mv 9.1 comes too late for
 * the first and takes DST along; -b with -n is refused at once, where mv 9.1 may have moved something by then; a declined question is a failure, as in coreutils since 9.2.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { CommandError } from '../../src/cli/command-error.ts';
import { kernelWorld } from '../../src/cli/kernel-world.ts';
import { openState } from '../../src/cli/open-state.ts';
import { parseRequest } from '../../src/cli/parse-request.ts';
import { rehearsal } from '../../src/cli/this-rehearsal.ts';
import { mvCommand } from '../../src/cli/verbs/mv.ts';
import { fsProbe } from '../../src/fs/fs-probe.ts';
import type { Program } from '../../src/jobs/make/process.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { random } from '../conformance/random.ts';
import { byOurs, bySystem, type Outcome, type Trial } from '../ln/trial.ts';
import { Scratch } from '../scratch.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
const version = /^mv \(GNU coreutils\) (\d+)\.(\d+)/.exec(String(spawnSync('mv', ['--version']).stdout));

const tree: readonly string[] = [
  ...['a', 'b', 'h = a', 'b~', 'd/', 'd/a', 'd/e/', 'd/e/f', 'e/', 'e/e/', 'empty/', 'p|', "it's"],
  ...['away -> /nowhere', 'same = away', 'ld -> d', 'la -> a', 'n/', 'n/d/', 'n/empty/', 'n/a/', 'n/ld'],
];
const operands: readonly string[] = [
  ...[
    'a',
    'b',
    'h',
    'd',
    'd/',
    'd/e',
    'd/a',
    'e',
    'empty',
    'empty/',
    'new',
    'new/',
    'no/x',
    'n',
    'n/empty',
    'n/a',
    'p',
  ],
  ...['ld', 'ld/', 'la', 'la/', 'away', 'same', '.', '..', 'd/.', './a', 'a/', 'a/x', 'd/e/g', "it's", 'b~', 'gone'],
];
const flags: readonly (readonly string[])[] = [
  ...[
    [],
    ['-v'],
    ['-f'],
    ['-n'],
    ['-i'],

    ['-b'],
    ['-T'],
    ['-Tv'],
    ['-bv'],
    ['--backup=numbered', '-v'],
    ['-vS.bak'],
  ],
  ...[
    ['--strip-trailing-slashes'],
    ['-t', 'n'],
    ['-vt', 'd', '-b'],
    ['-fi'],
    ['-if'],
    ['-nf'],
    ['--backup=simple', '-T'],
  ],
  ...[['-t', 'gone'], ['-t', 'a'], ['-T', '-t', 'd'], ['--backup=off']],
];

const calls = function* (): Generator<Trial> {
  for (const given of flags)
    for (const first of operands) {
      for (const second of operands)
        for (const input of given.some((flag) => flag.includes('i')) ? ['y\ny\n', 'n\n'] : [''])
          yield { tree, args: [...given, first, second], input };
      yield { tree, args: [...given, first] };
      yield { tree, args: [...given, first, 'b', 'd'] };
      yield { tree, args: [...given, first, 'n/a', 'n'], input: 'y\nn\n' };
    }
};

/** `lw mv` as a program: what it found in the words that programs have. */
const lwMv =
  (state: string, changed: (links: number) => void): Program =>
  (io, args) => {
    const command = mvCommand(rehearsal, openState, {
      isTerminal: false,
      utf8: true,
      variable: (name) => io.variable(name),
      ask(question) {
        io.err(`${io.name}: ${question}`);
        return /^[yY]/.test(io.readLine() ?? '');
      },
    });
    const complain = (sentence: string): void => io.err(`${io.name}: ${sentence}\n`);
    using world = kernelWorld(undefined, { show: () => {}, erase: () => {} });
    const { pause: _, ...unpaused } = { ...world, probe: () => fsProbe(kernel) };
    try {
      const request = parseRequest(command, ['--state', state, '--in', '.', ...args], () => new Uint8Array());
      if (request === 'help') return 0;
      const report = command.run(unpaused, request);
      if (report instanceof Promise) throw new Error('a promise');
      changed(report.links.changed.length);
      if (report.verbose) for (const line of report.outcome.told) io.out(`${line}\n`);
      for (const problem of report.outcome.problems) complain(problem);
      return command.exitCode(report);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      complain(error.message);
      return 1;
    }
  };

/** Since coreutils 9.2 a refusal at the prompt is a failure; what to try is ours to say. */
const asOurs = (outcome: Outcome, { input = '' }: Trial): Outcome => {
  const [, major = '0', minor = '0'] = version ?? [];
  const old = Number(major) * 100 + Number(minor) < 902;
  const asked = outcome.err.split(/: (?:overwrite|replace) /).length - 1;
  const answers = input.split('\n');
  const declined = Array.from({ length: asked }, (_, i) => answers[i]).some((line = '') => !/^[yY]/.test(line));
  const err = outcome.err.replace(/^Try .*\n/m, '');
  return { ...outcome, err, ...(old && declined && { code: 1 }) };
};

const stripsInVain = (args: readonly string[]): boolean =>
  args.includes('--strip-trailing-slashes') && args.some((arg) => arg.endsWith('/'));

/** Whether mv has made a backup and then failed. */
const leavesBackup = ({ err, tree: after }: Outcome): boolean =>
  /cannot move|subdirectory of itself/.test(err) &&
  after.some((line) => /(~|\.bak) /.test(line) && !/^b~ file b~ /.test(line));

if (version === null) process.stderr.write('NOT RUN: lw mv against the system’s: that is not GNU’s\n');
else
  test('lw mv does what the system’s mv does', () => {
    using scratch = new Scratch();
    const rest = [...calls()].filter(({ args }) => !stripsInVain(args));
    const wanted = process.env.LINKWRIGHT_FULL ? 5000 : 120;
    process.stderr.write(`LINKWRIGHT_SEED=${seed}: ${wanted} of ${rest.length} calls of mv\n`);
    const { below } = random(seed);
    let followed = 0;
    let backups = 0;
    for (let i = 0; i < wanted; i++) {
      const [trial] = rest.splice(below(rest.length), 1) as [Trial];
      let links = 0;
      const ours = byOurs(
        'mv',
        lwMv(scratch.at('state'), (changed) => (links = changed)),
        trial,
      );
      const theirs = asOurs(bySystem('mv', trial), trial);
      if (links > 0) followed++;
      else if (leavesBackup(theirs)) backups++;
      else assert.deepEqual(ours, theirs, `LINKWRIGHT_SEED=${seed}: mv ${JSON.stringify(trial.args)} ${trial.input}`);
    }
    process.stderr.write(`${followed} where links follow, ${backups} where mv leaves a backup\n`);
    assert.ok(followed + backups < wanted / 5);
  });
