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
