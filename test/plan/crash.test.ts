/** A process dies at every call that changes something, in the middle of a plan, of its undo, of its recovery. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs } from '../../src/fs/fs.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { readHistory } from '../../src/plan/history.ts';
import type { Ledger } from '../../src/plan/ledger.ts';
import { apply } from '../../src/plan/plan.ts';
import { type Recovery, recover, unfinished } from '../../src/plan/recover.ts';
import { findUndo, performUndo } from '../../src/plan/undo.ts';
import { Died, dyingFs } from './dying-fs.ts';
import { everyKind, plant } from './every-kind.ts';
import { must, newWho, Yard } from './yard.ts';

const full = process.env.LINKWRIGHT_FULL === '1';
const withoutInode = (line: string): string => line.replace(/#\d+/, '');

/** Does something as a process that dies; whether it did. */
const die = (yard: Yard, at: number, when: 'before' | 'after' | 'torn', work: (ledger: Ledger) => void): boolean => {
  try {
    using ledger = yard.openLedger();
    const fs = dyingFs(kernel, at, when);
    work({ ...ledger, fs });
    return false;
  } catch (error) {
    if (error instanceof Died) return true;
    throw error;
  }
};

const recoverAll = (yard: Yard, way: 'back' | 'forth', fs: Fs = kernel): readonly Recovery[] => {
  using ledger = yard.openLedger(kernel, newWho());
  const history = must(readHistory(ledger));
  return unfinished(history.entries).map((reading) => recover({ ...ledger, fs }, yard.root, reading, way));
};

for (const when of ['before', 'after', 'torn'] as const)
  for (const way of ['back', 'forth'] as const)
    test(`killed ${when} each call, recovered ${way}`, () => {
      let points = 0;
      for (let at = 1; ; at++) {
        using yard = new Yard();
        plant(yard);
        const before = yard.tree();
        const steps = yard.steps(everyKind);
        const dead = die(yard, at, when, (ledger) => apply(ledger, { root: yard.root, steps, words: ['test'] }));
        if (!dead) break;
        points++;
        const label = `killed ${when} call ${at}, ${way}`;
        const recovered = recoverAll(yard, way);
        for (const { ended, refusal } of recovered)
          assert.ok(ended === 'done' || ended === 'rolled-back', `${label}: ${ended} ${JSON.stringify(refusal)}`);
        if (recovered[0]?.ended !== 'done') {
          const ended = must(readHistory(yard.ledger)).entries[0]?.reading.end;
          if (ended === 'done') continue;
          assert.deepEqual(yard.tree(), before, label);
          assert.deepEqual(yard.kept(), [], label);
        } else {
          assert.deepEqual(yard.tree().map(withoutInode), afterwards(), label);
          assert.equal(yard.undo().ended, 'done', label);
          assert.deepEqual(yard.tree(), before, label);
        }
      }
      assert.ok(points > 50, `${points} points`);
    });

test('killed in an undo, and killed again in its recovery', () => {
  for (let at = 1; ; at += full ? 1 : 3) {
    using yard = new Yard();
    plant(yard);
    const before = yard.tree();
    assert.equal(yard.apply(yard.steps(everyKind)).ended, 'done');
    const after = yard.tree();
    const dead = die(yard, at, at % 2 === 0 ? 'before' : 'after', (ledger) => {
      const undo = findUndo(ledger, undefined, ['undo']);
      if (undo instanceof Fault || 'cannot' in undo) throw new Error('nothing to undo');
      performUndo(ledger, yard.root, undo);
    });
    if (!dead) break;
    for (let again = 1 + (at % 5); again < 40; again += 7) {
      try {
        recoverAll(
          yard,
          again % 2 === 0 ? 'back' : 'forth',
          dyingFs(kernel, again, again % 3 === 0 ? 'after' : 'before'),
        );
      } catch (error) {
        if (!(error instanceof Died)) throw error;
      }
    }
    for (const { ended, refusal } of recoverAll(yard, 'back'))
      assert.ok(ended !== 'stuck', `killed at ${at}: ${JSON.stringify(refusal)}`);
    const now = yard.tree().map(withoutInode);
    const old = before.map(withoutInode);
    assert.deepEqual(now, isDeepStrictEqual(now, old) ? old : after.map(withoutInode), `killed at ${at}`);
  }
});

test('after a power cut the journal may have lost any number of its last lines', () => {
  for (let lost = 0; lost < 40; lost += full ? 1 : 3) {
    using yard = new Yard();
    plant(yard);
    const before = yard.tree();
    const steps = yard.steps(everyKind);
    // The moves of this plan are more than 24 calls after the journal was made durable.
    die(yard, 10 + ((lost * 7) % 45), 'after', (ledger) => apply(ledger, { root: yard.root, steps, words: ['test'] }));
    loseLines(yard, lost);
    for (const { ended, refusal } of recoverAll(yard, lost % 2 === 0 ? 'back' : 'forth'))
      assert.ok(ended !== 'stuck', `lost ${lost}: ${JSON.stringify(refusal)}`);
    const now = yard.tree();
    if (!isDeepStrictEqual(now, before)) assert.deepEqual(now.map(withoutInode), afterwards());
  }
});

/** Cuts off lines, but none from before the first move. */
const loseLines = (yard: Yard, count: number): void => {
  const [reading] = must(readHistory(yard.ledger)).entries.map(({ reading }) => reading);
  if (!reading) return;
  using file = must(kernel.open(yard.ledger.journals, reading.head.id, { access: 'read-write' }));
  const bytes = new Uint8Array(32768);
  const length = must(kernel.read(file, bytes, 0));
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  const lines = text.split('\n');
  const ready = lines.findIndex((line) => line.includes('"ready"'));
  must(kernel.truncate(file, lines.slice(0, Math.max(ready + 1, lines.length - 1 - count)).join('\n').length + 1));
};

/** What the plan leads to, without inodes. */
const afterwards = (): readonly string[] => {
  using yard = new Yard();
  plant(yard);
  assert.equal(yard.apply(yard.steps(everyKind)).ended, 'done');
  return yard.tree().map(withoutInode);
};
