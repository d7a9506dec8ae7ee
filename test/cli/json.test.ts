import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonText } from '../../src/cli/json.ts';
import { decodeBytes, encodeBytes } from '../../src/fs/bytes.ts';

const text = (answer: Record<string, unknown>): string => [...jsonText(answer)].join('');

test('one line for each member and for each element of a list', () => {
  function* links(): Iterable<unknown> {
    yield { path: 'a', ino: 2n ** 64n - 1n };
    yield { path: 'b', none: undefined };
  }
  assert.equal(
    text({
      schema: 'linkwright/map/1',
      links: links(),
      none: undefined,
      empty: [],
      counts: { deep: new Set([1, 2]), no: null },
    }),
    `{"schema":"linkwright/map/1",
"links":[
{"path":"a","ino":18446744073709551615},
{"path":"b"}
],
"empty":[],
"counts":{"deep":[1,2],"no":null}}
`,
  );
  assert.equal(text({}), '{}\n');
});

test('any text comes back from JSON.parse, and none of it acts on a terminal', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.oneof(
          fc.string({ unit: 'binary', maxLength: 1 }),
          fc.constantFrom('\x1b', '\u009b', '\u202e', '\u200b', '\u2028', '\x7f', '\u{e0001}', '"', '\\'),
        ),
      }),
      (value) => {
        const written = text({ value });
        assert.deepEqual(JSON.parse(written), { value });
        assert.doesNotMatch(written.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      },
    ),
  );
});

test('a name that is not text comes back byte for byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      const name = decodeBytes(bytes);
      const { value } = JSON.parse(text({ value: [name] }));
      const back = typeof value[0] === 'string' ? encodeBytes(value[0]) : Buffer.from(value[0].bytes, 'base64');
      assert.deepEqual(Uint8Array.from(back), bytes);
    }),
  );
});

test('what JSON cannot say is a mistake, not a null', () => {
  assert.throws(() => text({ value: Number.NaN }), /JSON has no NaN/);
  assert.throws(() => text({ value: () => 1 }), /JSON has no function/);
  assert.throws(() => text({ value: { '\udcff': 1 } }), /key/);
});
