/**
 * The lab against bash with coreutils: lines over the shell's language and its commands. New ones each
 * time, with LINKWRIGHT_FULL=1 more than 5,000. LINKWRIGHT_SEED gives those of an earlier
 * run again, LINKWRIGHT_ONLY=cp,mv those of some commands, LINKWRIGHT_COUNT another number of scripts.
 *
 * LINKWRIGHT_WIDE=1 asks for odd spellings of options and for constructs within constructs too: lines that nobody types. One
 * of a thousand still meets a corner in which the lab differs.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../conformance/random.ts';
import { canMount } from '../scratch.ts';
import { causeOf, compareShells, type Difference, type Script } from './both-shells.ts';
import { fixedScripts } from './fixed-lines.ts';
import { justified, reasons } from './justified.ts';
import { commandOf, randomScript } from './random-lines.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
const count = Number(process.env.LINKWRIGHT_COUNT ?? (process.env.LINKWRIGHT_FULL ? 1100 : 90));
const isWide = process.env.LINKWRIGHT_WIDE !== undefined;
const only = process.env.LINKWRIGHT_ONLY?.split(',') ?? [];
/** Real directories that stand at a time. */
const together = 50;

test('random lines give in the lab what they give in bash', (t) => {
  if (!canMount(t.name)) return t.skip('needs root and a mount namespace');
  const scripts = Array.from({ length: count }, (_, index) => randomScript(random((seed + index) >>> 0), only, isWide));
  t.diagnostic(`LINKWRIGHT_SEED=${seed}`);
  const lines = scripts.reduce((sum, script) => sum + script.lines.length, 0);
  const found = differences(scripts);
  const unjustified = found.filter((difference) => !justified(difference));
  const counts = reasons.map(({ name, ...reason }) => {
    const count = found.filter((difference) => justified(difference)?.why === reason.why).length;
    return `${name} ${count}`;
  });
  t.diagnostic(
    `${scripts.length} scripts of ${lines} lines; ${unjustified.length} differ as they may not; ` +
      `as they may: ${counts.join(', ')}`,
  );
  assert.equal(unjustified.length, 0, report(unjustified));
});

test('known lines give in the lab what they give in bash', (t) => {
  if (!canMount(t.name)) return t.skip('needs root and a mount namespace');
  const unjustified = differences(fixedScripts).filter((difference) => !justified(difference));
  assert.equal(unjustified.length, 0, report(unjustified));
});

const differences = (scripts: readonly Script[]): readonly Difference[] => {
  const found: Difference[] = [];
  for (let at = 0; at < scripts.length; at += together) found.push(...compareShells(scripts.slice(at, at + together)));
  // What a tree shows that already differed as it may is no other difference.
  return found.map((difference) => (justified(difference) ? difference : (causeOf(difference) ?? difference)));
};

/** The most frequent first, three examples of each. */
const report = (found: readonly Difference[]): string => {
  const groups = Map.groupBy(found, ({ lines, what }) => `${commandOf(lines.at(-1) ?? '')}: ${what}`);
  return [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([title, group]) => `${title}, ${group.length} times\n${group.slice(0, 3).map(example).join('\n')}`)
    .join('\n\n');
};

const example = ({ tree, lines, what, bash, lab }: Difference): string => {
  const told = [tree, ...lines.map((line) => `$ ${line}`)];
  if (what !== 'tree') return [...told, `bash ${JSON.stringify(bash)}`, `lab  ${JSON.stringify(lab)}`].join('\n');
  const [theirs, ours] = [bash.split('\n'), lab.split('\n')];
  const without = (lines: readonly string[], others: readonly string[], who: string): readonly string[] =>
    lines.filter((line) => !others.includes(line)).map((line) => `${who} ${line}`);
  return [...told, ...without(theirs, ours, 'bash'), ...without(ours, theirs, 'lab ')].join('\n');
};
