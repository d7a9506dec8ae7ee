/** Matching in time in proportion to the text, against JavaScript's own expressions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinearExpression } from '../../src/lab/commands/linear-expression.ts';
import { Exhausted } from '../../src/lab/exhausted.ts';
import { random } from '../conformance/random.ts';

test('random patterns find what RegExp finds', () => {
  const dice = random(5);
  const atoms = [
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    '\\.',
    '\\p{L}',
    '\\b',
    '^',
    '$',
    '\\w',
    '(a|b)',
    '(ab|a)',
    '(?:b|)',
    '(a*)',
    'é',
    '😀',
  ];
  const signs = ['', '', '', '', '*', '+', '?', '{2}', '{1,2}', '{0,}', '{0}'];
  let matches = 0;
  for (let round = 0; round < 5000; round++) {
    const source = Array.from({ length: 1 + dice.below(5) }, () => {
      const atom = dice.pick(atoms);
      // Where RegExp drops a turn that matches nothing, and with it what groups held, no answer of POSIX is at stake.
      return /^(\\b|\^|\$|\(a\*\)|\(\?:b\|\))$/.test(atom) ? atom : atom + dice.pick(signs);
    }).join(dice.oneIn(5) ? '|' : '');
    const text = Array.from({ length: dice.below(9) }, () =>
      dice.pick(['a', 'b', 'c', ' ', '.', 'é', '😀', '\n']),
    ).join('');
    const show = (expression: RegExp): readonly unknown[] =>
      [...text.matchAll(expression)].map((one) => [one.index, one[0]]);
    const [ours, theirs] = [show(new LinearExpression(source, 'gsu')), show(new RegExp(source, 'gsu'))];
    assert.deepEqual(ours, theirs, `/${source}/ in ${JSON.stringify(text)}`);
    matches += ours.length;
  }
  assert.ok(matches > 1000, `${matches} matches`);
});

test('groups, replacing and testing work as with RegExp', () => {
  assert.equal('ab-cd'.replace(new LinearExpression('(\\w)(\\w)', 'gsu'), '$2$1'), 'ba-dc');
  assert.deepEqual([...(new LinearExpression('(a)|(b)', 'su').exec('xb') ?? [])], ['b', undefined, 'b']);
  assert.equal(new LinearExpression('A', 'isu').test('a'), true);
  assert.equal(new LinearExpression('\\b(?=\\w)one\\b(?<=\\w)', 'su').test('a one b'), true);
  assert.equal('aXbX'.replace(new LinearExpression('X$', 'su'), ''), 'aXb');
  assert.equal('abab'.replace(new LinearExpression('(ab)\\1', 'su'), '-'), '-');
});

test('no pattern takes forever', () => {
  const text = `${'a'.repeat(2000)}c`;
  for (const source of ['(a+)+b', '(a|a)*b', '(a*)*b', 'a*a*a*a*a*b', '(a?){50}a{50}b', '((a|b)*c?)*d'])
    assert.equal(new LinearExpression(source, 'su').test(text), false, source);
  assert.throws(() => new LinearExpression('((a{100}){100}){100}', 'su'), Exhausted);
  assert.throws(() => new LinearExpression('(a*)*\\1*b+', 'su').test(text), Exhausted);
  const short = 'a'.repeat(190);
  for (const source of ['(a*)*\\1b', '(a|a)*\\1b', '((a?)b?)+\\1c', '(([)*]|a)){9}\\1b'])
    assert.throws(() => new LinearExpression(source, 'su').test(short), Exhausted, source);
  for (const source of ['(a*)\\1*b', '(a|b)\\1c', '([*(]a)*\\1b', '(a\\()*\\1+b', '(a*)?\\1b'])
    assert.equal(new LinearExpression(source, 'su').test(short), false, source);
});
