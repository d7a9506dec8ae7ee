import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { harmless, show } from '../../src/cli/show.ts';
import { decodeBytes, encodeBytes } from '../../src/fs/bytes.ts';

test('a printable name is shown as it is', () => {
  for (const name of ['a', 'two words', 'ÄÖ 日本 ❤️', 'back\\slash', "it's", '-rf', '$HOME', 'Ünï', '🙂'])
    assert.equal(show(name), name);
});

test('what a terminal acts on, or nobody sees, is written as bash writes it', () => {
  const cases: readonly (readonly [name: string, shown: string])[] = [
    ['a\nb', "$'a\\nb'"],
    ['\x1b[31mred', "$'\\e[31mred'"],
    ["it's\t\\", "$'it\\'s\\t\\\\'"],
    [decodeBytes(Uint8Array.of(0x61, 0xff, 0x62)), "$'a\\xffb'"],
    ['\x7f', "$'\\x7f'"],
    ['\u009b31m', "$'\\u009b31m'"],
    ['invoice\u202efdp.exe', "$'invoice\\u202efdp.exe'"],
    ['zero\u200bwidth', "$'zero\\u200bwidth'"],
    ['line\u2028end', "$'line\\u2028end'"],
    ['no\u00a0break', "$'no\\u00a0break'"],
    ['tag\u{e0041}', "$'tag\\U000e0041'"],
    ['', "$''"],
    ["$'x'", "$'$\\'x\\''"],
    [' at the ends ', "$' at the ends '"],
  ];
  for (const [name, shown] of cases) assert.equal(show(name), shown);
});

/** Bytes that make both text and nonsense likely. */
const nameBytes = fc
  .array(
    fc.oneof(
      fc.integer({ min: 1, max: 255 }).map((byte) => [byte]),
      fc
        .constantFrom(
          '\n',
          '\x1b',
          "'",
          '\\',
          '$',
          "$'",
          '\u202e',
          '\u200b',
          '\u0085',
          '\u2028',
          '\u00a0',
          '日',
          '🙂',
          '\u{e0001}',
          '0',
          'f',
        )
        .map((text) => [...encodeBytes(text)]),
    ),
    { maxLength: 40 },
  )
  .map((parts) => Uint8Array.from(parts.flat()));

test('a quoted name, given to bash, is the same bytes again', () => {
  const names = fc.sample(nameBytes, 3000);
  const quoted = names.map((bytes) => show(decodeBytes(bytes)));
  // A plain name is its own bytes; only the quoted ones are bash's to read.
  const script = quoted.map(
    (shown) => `printf '%s\\0' ${shown.startsWith("$'") ? shown : `'${shown.replaceAll("'", "'\\''")}'`}`,
  );
  const { stdout, stderr } = spawnSync('bash', [], { input: script.join('\n'), env: { LC_ALL: 'C.UTF-8' } });
  assert.equal(String(stderr), '');
  assert.deepEqual(stdout, Buffer.concat(names.flatMap((bytes) => [bytes, Uint8Array.of(0)])));
});

test('two names are never shown alike', () => {
  fc.assert(
    fc.property(nameBytes, nameBytes, (a, b) => {
      const same = Buffer.compare(a, b) === 0;
      assert.equal(show(decodeBytes(a)) === show(decodeBytes(b)), same);
    }),
  );
});

test('a message keeps its colours and lines, and nothing else that acts', () => {
  assert.equal(harmless('\x1b[31mred\x1b[0m\nnext'), '\x1b[31mred\x1b[0m\nnext');
  assert.equal(harmless('\x1b]0;title\x07 \x1b[2J \udcff \u202e'), '\\e]0;title\\x07 \\e[2J \\xff \\u202e');
});
