/** Each rule on trees with known answers: in memory, and on the real kernel. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../src/jobs/check/finding.ts';
import { canMount, runScript, Scratch } from '../scratch.ts';
import { corpus, type Known } from './corpus.ts';
import { kernelFindings } from './kernel-corpus.ts';
import { findings, lines, own, ruleOf, sceneFrom } from './scene.ts';

const told = (found: readonly Finding[]): readonly string[] =>
  found.map(({ rule, path, fix }) => `${rule} ${path}${fix === undefined ? '' : ` => ${fix}`}`).sort();

const assertKnown = ({ rule, finds, misses, tree }: Known, found: readonly Finding[]): void => {
  assert.deepEqual(told(found), [...finds].sort(), `${tree}\n${lines(found).join('\n')}`);
  for (const path of misses)
    assert.ok(!found.some((each) => each.rule === rule && each.path === path), `${rule} of ${path}`);
};

for (const [i, each] of corpus.entries())
  test(`${each.rule}: tree ${i} of the corpus`, () => {
    assertKnown(each, findings(sceneFrom(each.tree, each.options), ...own));
  });

test('the corpus has three hits and three near misses of each rule', () => {
  for (const rule of own) {
    const trees = corpus.filter((each) => each.rule === rule);
    const hits = trees.flatMap(({ finds }) => finds.filter((find) => find.startsWith(`${rule} `)));
    assert.ok(hits.length >= 3, `${rule}: ${hits.length} hits`);
    const fixes = hits.filter((hit) => hit.includes(' => ')).length;
    assert.equal(fixes > 0, ruleOf(rule).fixes ?? false, `${rule}: ${fixes} fixes`);
    assert.ok(trees.flatMap(({ misses }) => misses).length >= 3, `${rule}: too few near misses`);
  }
});

test('the kernel gives the same answers', () => {
  using scratch = new Scratch();
  const full = canMount('trees of the corpus with mounts and other users');
  const answers = full ? inOwnMounts(scratch.path) : kernelFindings(scratch.path, 'none');
  if (full) assert.equal(Object.keys(answers).length, corpus.length);
  for (const [i, found] of Object.entries(answers)) assertKnown(corpus[Number(i)] as Known, found);
});

const inOwnMounts = (dir: string): Readonly<Record<number, readonly Finding[]>> => {
  const { status, stdout, stderr } = runScript(
    `import { kernelFindings } from './test/check/kernel-corpus.ts';
     console.log(JSON.stringify(kernelFindings(${JSON.stringify(dir)}, 'root')));`,
    { mounts: 'true', env: { LINKWRIGHT_LEAK_CHECK: '1' } },
  );
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};
