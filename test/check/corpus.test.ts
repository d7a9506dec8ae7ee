/** Each rule on trees with known answers: in memory, and on the real kernel. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../src/jobs/check/finding.ts';
import { corpus, type Known } from './corpus.ts';
import { findings, lines, own, sceneFrom } from './scene.ts';

const told = (found: readonly Finding[]): readonly string[] =>
  found.map(({ rule, path, fix }) => `${rule} ${path}${fix === undefined ? '' : ` => ${fix}`}`).sort();

const known = ({ rule, finds, misses, tree }: Known, found: readonly Finding[]): void => {
  assert.deepEqual(told(found), [...finds].sort(), `${tree}\n${lines(found).join('\n')}`);
  for (const path of misses)
    assert.ok(!found.some((each) => each.rule === rule && each.path === path), `${rule} of ${path}`);
};

for (const [i, each] of corpus.entries())
  test(`${each.rule}: tree ${i + 1} of the corpus`, () =>
    known(each, findings(sceneFrom(each.tree, each.options), ...own)));
