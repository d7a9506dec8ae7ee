import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errnoNumber } from '../src/fs/errno.ts';
import { fsProbe } from '../src/fs/fs-probe.ts';
import type { Probe } from '../src/fs/probe.ts';
import { machine, walked } from './check/scene.ts';

test('a link that Linux refused with ELOOP by mistake is good, and one lookup a link is enough to know loops', () => {
  const process = machine(`
    good -> dir
    dir/
    chain -> good
    a -> b
    b -> a
  `).process();
  let lookups = 0;
  const refusing = (ask: () => number): number => {
    lookups++;
    return Math.min(ask(), -errnoNumber('ELOOP'));
  };
  const plain = fsProbe(process);
  const probe: Probe = {
    ...plain,
    stat: (dir, name) => refusing(() => plain.stat(dir, name)),
    statInRoot: (root, name) => refusing(() => plain.statInRoot(root, name)),
  };
  const { census } = walked(process, probe, { handle: process.cwd, path: '/' }, {});
  const ends = Array.from({ length: census.links.count }, (_, row) => {
    const { path, end, leadsToDir, target } = census.link(row);
    return [path, end, leadsToDir, target !== undefined];
  });
  assert.deepEqual(ends.sort(), [
    ['/a', 'loop', false, false],
    ['/b', 'loop', false, false],
    ['/chain', 'found', true, true],
    ['/good', 'found', true, true],
  ]);
  assert.equal(lookups, 4);
});
