/** Names in messages are quoted as GNU's programs quote them, for a shell to read back. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { decodeBytes, encodeBytes } from '../../src/fs/bytes.ts';
import { quote, quoteIfNeeded, quoteValue } from '../../src/gnu/quote.ts';
import { random } from '../conformance/random.ts';
import { comparing, theirs } from '../gnu-program.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;

const pieces = [
  ...'ab\'" \n\t\x07\x1b\x7f\\#~{}$:=@?[]^!%&*;<>|`(),+/.é’‘😀\u200b\u0085\u2028\u0378',
  '\udcff',
  '\udce2',
  '\udced\udca0\udc80',
  'é',
];

const names = (count: number): readonly string[] => {
  const { below, pick } = random(seed);
  return (
    [
      ...pieces,
      ...Array.from({ length: count }, () => Array.from({ length: 1 + below(6) }, () => pick(pieces)).join('')),
    ]
      // A lone byte followed by others may have become a character: as bytes it is what it is.
      .map((name) => decodeBytes(encodeBytes(name)))
  );
};

/**
 * Where a name with an apostrophe ends in an escape, gnulib starts its second pass inside of that escape: what it
 * prints is then not the name. Ours is.
 */
const misquoted = (name: string, utf8: boolean): boolean =>
  name.includes("'") && quote(name, utf8).endsWith("'") && /\\(\d{3}|[abtnvfr])'$/.test(quote(name, utf8));

for (const locale of ['C', 'C.UTF-8'])
  comparing(`names are quoted as GNU’s are in the locale ${locale}`, () => {
    const utf8 = locale !== 'C';
    process.stderr.write(`LINKWRIGHT_SEED=${seed}\n`);
    const all = names(600).filter((name) => name !== '/' && !misquoted(name, utf8));
    const missing = all.map((name) => `/nowhere/${name}`);
    const variables = { LC_ALL: locale };
    assert.equal(
      theirs('ls', ['-U', '-d', '--', ...missing], variables).err,
      missing.map((name) => `ls: cannot access ${quote(name, utf8)}: No such file or directory\n`).join(''),
    );
    assert.equal(
      theirs('cat', ['--', ...missing], variables).err,
      missing.map((name) => `cat: ${quoteIfNeeded(name, utf8)}: No such file or directory\n`).join(''),
    );
    for (const name of all.slice(-40)) {
      const first = theirs('ln', [`--backup=x${name}`, '/nowhere/a', '/nowhere/b'], variables).err.split(' for ')[0];
      assert.equal(first, `ln: invalid argument ${quoteValue(`x${name}`, utf8)}`);
      assert.ok(
        theirs('unlink', ['--', `${name}/`], variables).err.startsWith(
          `unlink: cannot unlink ${quote(`${name}/`, utf8)}: `,
        ),
      );
    }
  });

test('a shell reads every quoted name back', () => {
  for (const utf8 of [false, true]) {
    const all = names(600);
    const script = all.map((name) => `printf '%s\\0' ${quote(name, utf8)} ${quoteIfNeeded(name, utf8)}\n`).join('');
    const { stdout } = spawnSync('bash', [], { input: encodeBytes(script), env: { LC_ALL: utf8 ? 'C.UTF-8' : 'C' } });
    assert.deepEqual(
      decodeBytes(stdout).split('\0').slice(0, -1),
      all.flatMap((name) => [name, name]),
      `LINKWRIGHT_SEED=${seed}`,
    );
  }
});

test('the empty name is quoted', () => {
  assert.deepEqual(
    [quote('', true), quoteIfNeeded('', true), quoteValue('', true), quoteValue('', false)],
    ["''", "''", '‘’', "''"],
  );
});
