/** Reading ahead changes nothing in the answer. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTree } from '../bench/tree.ts';
import { Scratch } from './scratch.ts';

const lw = join(import.meta.dirname, '../bin/lw.cjs');

test('a map is the same with and without threads that read ahead', async () => {
  using scratch = new Scratch();
  const tree = join(scratch.path, 'tree');
  await makeTree(tree, { entries: 30_000, seed: 7 });
  const map = (threads: string): unknown =>
    JSON.parse(
      execFileSync(process.execPath, [lw, 'map', '--json', '--read-ahead', threads, tree], { encoding: 'utf8' }),
    );
  assert.deepEqual(map('3'), map('0'));
});

test('a number of threads that is none is refused', () => {
  assert.throws(
    () => execFileSync(process.execPath, [lw, 'map', '--read-ahead', 'many', '/etc'], { stdio: 'pipe' }),
    (error: { status: number; stderr: Buffer }) =>
      error.status === 2 && /--read-ahead takes a number of threads up to 99, not many/.test(String(error.stderr)),
  );
});
