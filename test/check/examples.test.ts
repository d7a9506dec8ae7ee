/** The examples of the documentation: what is broken is found, what is mended is not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rulesDocument } from '../../scripts/rules-document.ts';
import { presets } from '../../src/jobs/check/presets.ts';
import { rules } from '../../src/jobs/check/rules.ts';
import { gitOf } from './corpus.ts';
import { findings, lines, own, ruleOf, type SceneOptions, sceneFrom } from './scene.ts';

/** What an example takes besides its tree. */
const settings: Readonly<Record<string, SceneOptions>> = {
  unreadable: { uid: 65534 },
  'volume-absent': { absentVolumes: ['/mnt/disk'] },
  'root-dependent': { image: '/image', roots: ['/'] },
  'untracked-target': { more: { git: gitOf('/', { notes: 'notes.local', 'notes.md': '100644' }, ['notes.local']) } },
  'destroyed-symlink': { more: { git: gitOf('/', { guide: 'docs/guide', 'docs/guide': '100644' }, []) } },
};

const usual = own.filter((id) => ruleOf(id).severity !== 'off');

for (const id of own) {
  const rule = ruleOf(id);
  const options = { ...(rule.checked !== undefined && { roots: [rule.checked] }), ...settings[id] };

  test(`${id} finds something in its broken example`, () => {
    const found = findings(sceneFrom(rule.broken, options), ...own);
    assert.ok(
      found.some((each) => each.rule === id),
      lines(found).join('\n'),
    );
    for (const { cause, says } of found) assert.ok(says.length > 0 && (cause === undefined || cause.key !== ''));
  });

  test(`nothing is found in the fixed example of ${id}`, () => {
    const mended = settings[id]?.absentVolumes ? { ...options, absentVolumes: [] } : options;
    assert.deepEqual(lines(findings(sceneFrom(rule.fixed, mended), id, ...usual)), []);
  });
}

test('every rule says in one line what it finds, in more why, and has a name of its own', () => {
  assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
  for (const { id, summary, why, yieldsTo } of rules) {
    assert.match(id, /^[a-z]+(-[a-z]+)*$/);
    assert.match(summary, /^[^A-Z\n][^\n]*[^.\n]$/, id);
    assert.ok(why.length > 80, id);
    for (const other of yieldsTo ?? [])
      assert.ok(
        rules.some((each) => each.id === other),
        `${id} yields to ${other}`,
      );
  }
});

test('no two rules yield to each other, whatever the way round', () => {
  const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
    (ruleOf(from).yieldsTo ?? []).some((next) => {
      if (next === goal) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, goal, seen);
    });
  for (const { id } of rules) assert.ok(!reaches(id, id), id);
});

test('presets speak of rules that there are', () => {
  for (const [preset, { severities }] of Object.entries(presets))
    for (const id of Object.keys(severities))
      assert.ok(
        rules.some((rule) => rule.id === id),
        `${preset}: ${id}`,
      );
});

test('docs/RULES.md says what the rules say: npm run rules writes it', () => {
  const written = readFileSync(join(import.meta.dirname, '../../docs/RULES.md'), 'utf8');
  assert.equal(written, rulesDocument());
});
