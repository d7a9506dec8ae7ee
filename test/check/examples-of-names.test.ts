/** The trees in the documentation of the rules of hard links and of security do what they say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rule } from '../../src/jobs/check/rule.ts';
import { rules } from '../../src/jobs/check/rules.ts';
import { isRoot } from '../scratch.ts';
import { onKernel } from './on-kernel.ts';
import { findings, lines, type SceneOptions, sceneFrom } from './scene.ts';

const asked = rules.filter(
  ({ group, shows }) => (group === 'hard-links' || group === 'security') && shows !== 'members',
);
const ids = asked.map(({ id }) => id);

/** What a tree needs beyond what can be drawn. */
const optionsOf = (rule: Rule, which: 'broken' | 'fixed'): SceneOptions => {
  const { checked, groups = [], crowd } = rule;
  return {
    level: 'full',
    ...(checked !== undefined && { roots: [checked] }),
    more: {
      declaredGroups: groups.map((names) => ({ names, from: 'declared' })),
      ...(crowd && { fileSystemType: () => 'ext4' }),
    },
    prepare(fs, at) {
      const path = crowd?.of.slice(1) ?? '';
      for (let i = 1; crowd && i <= crowd[which]; i++) {
        const refused = fs.link(at, path, at, `${path}.${i}`);
        if (refused) throw new Error(`link: ${refused.errno}`);
      }
    },
  };
};

for (const rule of asked)
  test(`${rule.id} finds something in its broken example, and nothing is found in the fixed one`, () => {
    for (const which of ['broken', 'fixed'] as const) {
      const found = findings(sceneFrom(rule[which], optionsOf(rule, which)), ...ids);
      assert.deepEqual(
        [...new Set(found.map((each) => each.rule))],
        which === 'broken' ? [rule.id] : [],
        lines(found).join('\n'),
      );
      for (const { cause, says } of found) assert.ok(says.length > 0 && (cause === undefined || cause.key !== ''));
      // Times are others there, and so many names take their time.
      if (!isRoot || rule.crowd) continue;
      const real = onKernel(rule[which], optionsOf(rule, which), (scene) => findings(scene, ...ids).length);
      assert.equal(real, found.length, 'on the kernel');
    }
  });
