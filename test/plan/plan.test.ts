import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyKind, plant } from './every-kind.ts';
import { Yard } from './yard.ts';

test('a plan of every kind of step does what its sketch says; undo brings the same inodes back; redo does it again', () => {
  using yard = new Yard();
  plant(yard);
  const before = yard.tree();
  const steps = yard.steps(everyKind);
  const outcome = yard.apply(steps);
  assert.equal(
    outcome.ended,
    'done',
    JSON.stringify(outcome, (_, v) => (typeof v === 'bigint' ? String(v) : v)),
  );
  const after = yard.tree();
  assert.notDeepEqual(after, before);
  const undone = yard.undo();
  assert.equal(
    undone.ended,
    'done',
    JSON.stringify(undone, (_, v) => (typeof v === 'bigint' ? String(v) : v)),
  );
  assert.deepEqual(yard.tree(), before);
  assert.deepEqual(yard.kept(), []);
  const redone = yard.undo(undone.id);
  assert.equal(
    redone.ended,
    'done',
    JSON.stringify(redone, (_, v) => (typeof v === 'bigint' ? String(v) : v)),
  );
  assert.deepEqual(yard.tree().map(withoutInode), after.map(withoutInode));
  assert.equal(yard.undo().ended, 'done');
  assert.deepEqual(yard.tree(), before);
});

/** What a redo makes has new inodes. */
const withoutInode = (line: string): string => line.replace(/#\d+/, '');
