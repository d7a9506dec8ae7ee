import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkText } from '../../src/fs/link-text.ts';
import { condensed, type Said, saidInverse, toShell } from '../../src/plan/to-shell.ts';

const temp = { path: '/d/.lw-abcdefghijkl' };
const name = { path: '/d/name' };
const told = (steps: readonly Said[]): readonly string[] => condensed(steps).map((step) => toShell(step, (it) => it));

const replacement: readonly Said[] = [
  { kind: 'symlink', text: linkText('new'), to: temp },
  { kind: 'rename', from: temp, to: name, replaces: true },
];

test('a replacement is told as one thing', () => {
  assert.deepEqual(told(replacement), ['ln -sfT -- new /d/name']);
  assert.deepEqual(told([{ kind: 'link', from: { path: '/f' }, to: temp }, replacement[1] as Said]), [
    'ln -PfT -- /f /d/name',
  ]);
});

test('and so is its undoing', () => {
  assert.deepEqual(told(replacement.toReversed().flatMap(saidInverse)), ['# bring back /d/name']);
});

test('a name of the user’s is told whatever happens to it', () => {
  const steps: readonly Said[] = [
    { kind: 'symlink', text: linkText('new'), to: { path: '/d/a' } },
    { kind: 'rename', from: { path: '/d/a' }, to: name, replaces: true },
    { kind: 'unlink', at: temp },
  ];
  assert.deepEqual(told(steps), ['ln -sT -- new /d/a', 'mv -f -T -- /d/a /d/name', `rm -- ${temp.path}`]);
});
