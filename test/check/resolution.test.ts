import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings, lines, sceneFrom } from './scene.ts';

test('a dangling link is found with the first name that is missing', () => {
  const scene = sceneFrom(`
    docs/
      guide
    good -> docs/guide
    bad -> docs/gone/guide`);
  assert.deepEqual(lines(findings(scene, 'dangling')), ['dangling /bad: leads to nothing: /docs/gone does not exist']);
});

test('a circle is found with its links', () => {
  const scene = sceneFrom(`
    a -> b
    b -> a
    c -> b
    d -> e
    e`);
  assert.deepEqual(lines(findings(scene, 'loop')), [
    'loop /a: is part of a circle: /a → /b → /a',
    'loop /b: is part of a circle: /a → /b → /a',
    'loop /c: leads into a circle: /a → /b → /a',
  ]);
});

test('a link that somebody else made in a directory open to all is gone through in a longer path', () => {
  const chain = Array.from({ length: 5000 }, (_, i) => `      n${i} -> n${i + 1} @1001`).join('\n');
  const scene = sceneFrom(`
    dir/
      loop -> loop
    pub/ 1777
      to-dir -> ../dir @1001
${chain}
    a -> pub/to-dir/loop
    b -> pub/to-dir
    c -> pub/n0`);
  assert.deepEqual(lines(findings(scene, 'loop')), [
    'loop /a: leads into a circle: /dir/loop → /dir/loop',
    'loop /dir/loop: leads to itself',
  ]);
  const { atlas, census } = scene;
  const row = Array.from({ length: census.links.count }, (_, row) => row).find((row) => atlas.linkPath(row) === '/b');
  assert.equal(atlas.endOf(row as number), atlas.spotAt('/dir'));
});
