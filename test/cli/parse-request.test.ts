import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request } from '../../src/cli/command.ts';
import { UsageError } from '../../src/cli/command-error.ts';
import { walkOptions } from '../../src/cli/options.ts';
import { parseRequest } from '../../src/cli/parse-request.ts';

const walker = {
  name: 'stroll',
  operands: '[DIR…]',
  options: { ...walkOptions, list: { type: 'string', value: 'KIND', oneOf: ['broken', 'hard'], help: '' } },
} as const;

const files: Readonly<Record<string, string>> = {
  lines: 'a\nb b\n\n',
  nuls: 'a\nb\0c\0',
  empty: '\n',
  patterns: '*.o\n!keep.o\n',
  '-': 'piped\n',
};
const readFile = (path: string): Uint8Array => new TextEncoder().encode(files[path]);

const parse = (...args: readonly string[]): Request => {
  const request = parseRequest(walker, args, readFile);
  assert.ok(request !== 'help');
  return request;
};

const refused = (args: readonly string[], sentence: string, ...tries: readonly string[]): void => {
  assert.throws(
    () => parseRequest(walker, args, readFile),
    (error) => {
      assert.ok(error instanceof UsageError);
      assert.deepEqual([error.message, ...error.tries], [sentence, ...tries]);
      return true;
    },
  );
};

test('operands and options come in any order; after -- all are operands', () => {
  const request = parse('a', '-xq', '--list=hard', 'b', '--', '--json', '-');
  assert.deepEqual(request.operands, ['a', 'b', '--json', '-']);
  assert.equal(request.flag('one-file-system'), true);
  assert.equal(request.flag('quiet'), true);
  assert.equal(request.flag('json'), false);
  assert.equal(request.value('list'), 'hard');
  assert.equal(request.value('root'), undefined);
});

test('the last of several values counts, unless all do', () => {
  const request = parse('--root', 'a', '--root=b', '--exclude', 'x', '--exclude-from=patterns', '--exclude=y');
  assert.equal(request.value('root'), 'b');
  assert.deepEqual(request.values('exclude'), ['x', '*.o', '!keep.o', 'y']);
});

test('names that are not UTF-8 stay what they are', () => {
  assert.deepEqual(parse('\udcff', '--exclude=\udcfe').operands, ['\udcff']);
});

test('lists of operands: lines, or NULs where there is one', () => {
  assert.deepEqual(parse('first', '--files-from', 'lines').operands, ['first', 'a', 'b b']);
  assert.deepEqual(parse('--files-from=nuls', '--files-from', '-').operands, ['a\nb', 'c', 'piped']);
  refused(['--files-from=empty'], '--files-from empty holds no names');
});

test('help is given whatever else is wrong', () => {
  assert.equal(parseRequest(walker, ['-h', '--nonsense'], readFile), 'help');
  assert.equal(parseRequest({ ...walker, operands: 'DIR…' }, ['--help'], readFile), 'help');
});

test('what is not understood is named, with the nearest spelling', () => {
  refused(['--exlude=a'], 'lw stroll has no option --exlude', '--exclude');
  refused(['--jsno'], 'lw stroll has no option --jsno', '--json');
  refused(['-z'], 'lw stroll has no option -z', 'lw stroll --help');
  refused(['--zzzzzzzz\x1b'], "lw stroll has no option $'--zzzzzzzz\\e'", 'lw stroll --help');
  refused(['--constructor'], 'lw stroll has no option --constructor', 'lw stroll --help');
  refused(['--json=yes'], '--json takes no value');
  refused(['--root'], '--root needs a value: DIR');
  refused(['--root', '--json'], '--root needs a value: DIR', '--root=--json, if that is the value');
  refused(['--list=all'], '--list takes broken, hard; it was given all');
  refused(['--color=blue'], '--color takes auto, always, never; it was given blue');
  refused(['--json', '-0'], '--json and --null are two forms of one answer: give one of them');
  refused([''], 'an operand is empty: no file has an empty name');
});

test('operands are asked for, or refused, as the usage line says', () => {
  assert.throws(() => parseRequest({ ...walker, operands: 'DIR…' }, [], readFile), /^Error: lw stroll needs DIR…/);
  assert.throws(
    () => parseRequest({ ...walker, operands: '' }, ['a'], readFile),
    /^Error: lw stroll takes no operands; it was given a/,
  );
});

test('a command that asks for an option it does not take is our mistake', () => {
  assert.throws(() => parse().flag('colour'), /lw stroll has no option --colour/);
});
