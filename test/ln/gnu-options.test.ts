import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gnuOptions } from '../../src/jobs/make/gnu-options.ts';

const specs = {
  all: { short: 'a', long: 'all' },
  alter: { long: 'alter', value: 'required' },
  size: { short: 's', long: 'size', value: 'required' },
  maybe: { short: 'm', long: 'maybe', value: 'optional' },
  sizeable: { long: 'sizeable', beyond: true },
  zeal: { long: 'zeal', beyond: true },
} as const;

const read = (line: string, posixly = false) => {
  const { options, operands, problem } = gnuOptions(line.split(' '), specs, posixly);
  const given = options.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`)).join(' ');
  return problem ?? `${given} | ${operands.join(' ')}`;
};

for (const [line, meaning] of [
  ['x', ' | x'],
  ['x -a y', 'all | x y'],
  ['-a -- -a', 'all | -a'],
  ['- -a', 'all | -'],
  ['-as5 x', 'all size=5 | x'],
  ['-as 5 x', 'all size=5 | x'],
  ['-s -- x', 'size=-- | x'],
  ['-m x', 'maybe | x'],
  ['-mx', 'maybe=x | '],
  ['-ma', 'maybe=a | '],
  ['--maybe x', 'maybe | x'],
  ['--maybe= x', 'maybe= | x'],
  ['--may=x=y', 'maybe=x=y | '],
  ['--size 5', 'size=5 | '],
  ['--size=5', 'size=5 | '],
  ['--si=5', 'size=5 | '],
  ['--sizea', 'sizeable | '],
  ['--z', 'zeal | '],
  ['--al', "option '--al' is ambiguous; possibilities: '--all' '--alter'"],
  ['--a=1', "option '--a=1' is ambiguous; possibilities: '--all' '--alter'"],
  ['--all', 'all | '],
  ['--all=1', "option '--all' doesn't allow an argument"],
  ['--alt', "option '--alter' requires an argument"],
  ['-s', "option requires an argument -- 's'"],
  ['-x', "invalid option -- 'x'"],
  ['-ax', "invalid option -- 'x'"],
  ['-a-', "invalid option -- '-'"],
  ['--no=1', "unrecognized option '--no=1'"],
] as const)
  test(`${line} is read as ${meaning}`, () => assert.equal(read(line), meaning));

test('with POSIXLY_CORRECT the first operand ends the options', () => {
  assert.equal(read('-a x -a', true), 'all | x -a');
  assert.equal(read('-a -- x', true), 'all | x');
});

test('options before a problem are given, so that --help is answered', () => {
  const { options, problem } = gnuOptions(['-a', '-x', '-a'], specs);
  assert.deepEqual(options, [{ name: 'all', value: undefined }]);
  assert.equal(problem, "invalid option -- 'x'");
});
