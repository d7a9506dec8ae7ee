import assert from 'node:assert/strict';
import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import type { Fs } from '../../src/fs/fs.ts';
import { linkText } from '../../src/fs/link-text.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { openLedger } from '../../src/plan/ledger.ts';
import { apply } from '../../src/plan/plan.ts';
import { findUndo, performUndo } from '../../src/plan/undo.ts';
import { Sketch } from '../../src/sketch/sketch.ts';
import { everyKind, plant } from './every-kind.ts';
import { drawn, must, newWho, whyStopped, Yard } from './yard.ts';

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

const { cwd } = kernel;

/** What somebody else does, what the plan was to do, and the sentence that stops it. */
const changes: readonly (readonly [
  name: string,
  plan: (fs: Fs) => void,
  meanwhile: (yard: Yard) => void,
  why: RegExp,
])[] = [
  [
    'another file has the name',
    (fs) => must(fs.unlink(cwd, '/a/file')),
    (yard) => renameSync(yard.at('a/one'), yard.at('a/file')),
    /^\/a\/file is another file now \(a file\)$/,
  ],
  [
    'the file is gone',
    (fs) => must(fs.unlink(cwd, '/a/file')),
    (yard) => rmSync(yard.at('a/file')),
    /^\/a\/file is gone$/,
  ],
  [
    'a link has another text',
    (fs) => must(fs.unlink(cwd, '/a/dangling')),
    (yard) => replaceLink(yard.at('a/dangling'), 'elsewhere'),
    /^the link \/a\/dangling has another text now: elsewhere in place of nowhere$/,
  ],
  [
    'something has appeared where a link is to be',
    (fs) => must(fs.symlink(linkText('x'), cwd, '/a/new')),
    (yard) => yard.write('a/new'),
    /^something has appeared at \/a\/new$/,
  ],
  [
    'something has appeared where a file is to be renamed',
    (fs) => must(fs.rename(cwd, '/a/file', cwd, '/a/new')),
    (yard) => yard.write('a/new'),
    /^something has appeared at \/a\/new$/,
  ],
  [
    'the directory above was replaced by a link',
    (fs) => must(fs.unlink(cwd, '/b/two')),
    (yard) => {
      renameSync(yard.at('b'), yard.at('c/b'));
      symlinkSync('c/b', yard.at('b'));
    },
    /^\/b, the directory of \/b\/two, is another one now$/,
  ],
  [
    'the directory above was replaced by another',
    (fs) => must(fs.symlink(linkText('x'), cwd, '/b/new')),
    (yard) => {
      renameSync(yard.at('b'), yard.at('was'));
      mkdirSync(yard.at('b'));
    },
    /^\/b, the directory of \/b\/new, is another one now$/,
  ],
  [
    'the directory above is gone',
    (fs) => must(fs.mkdir(cwd, '/a/empty/new', 0o755)),
    (yard) => rmSync(yard.at('a/empty'), { recursive: true }),
    /^\/a\/empty, the directory of \/a\/empty\/new, is gone$/,
  ],
  [
    'a hard link’s file was replaced: the planted one gets no name',
    (fs) => must(fs.link(cwd, '/a/file', cwd, '/a/new')),
    (yard) => {
      rmSync(yard.at('a/file'));
      linkSync(yard.at('c/rest'), yard.at('a/file'));
    },
    /^\/a\/file is another file now \(a file\)$/,
  ],
  [
    'what a rename replaces is another file',
    (fs) => must(fs.rename(cwd, '/a/file', cwd, '/b/two')),
    (yard) => renameSync(yard.at('a/one'), yard.at('b/two')),
    /^\/b\/two is another file now \(a file\)$/,
  ],
  [
    'one side of an exchange is another file',
    (fs) => must(fs.rename(cwd, '/a/file', cwd, '/b/two', 'exchange')),
    (yard) => renameSync(yard.at('a/one'), yard.at('b/two')),
    /^\/b\/two is another file now \(a file\)$/,
  ],
  [
    'a directory to be removed holds something',
    (fs) => must(fs.rmdir(cwd, '/a/empty')),
    (yard) => yard.write('a/empty/precious'),
    /^the directory \/a\/empty is not empty: it holds precious$/,
  ],
  [
    'a directory to be replaced holds something',
    (fs) => must(fs.rename(cwd, '/lone', cwd, '/over')),
    (yard) => yard.write('over/precious'),
    /^the directory \/\S+ is not empty: it holds precious$/,
  ],
  [
    'the permissions are others',
    (fs) => must(fs.chmod(cwd, '/a/file', 0o600, 'follow')),
    (yard) => chmodSync(yard.at('a/file'), 0o755),
    /^\/a\/file has other permissions now: 0755 in place of 0644$/,
  ],
];

const replaceLink = (path: string, text: string): void => {
  rmSync(path);
  symlinkSync(text, path);
};

for (const [name, plan, meanwhile, why] of changes)
  test(`refused, and all is as it was: ${name}`, () => {
    using yard = new Yard();
    plant(yard);
    // Steps before it, which have to be taken back.
    const steps = yard.steps((fs) => {
      must(fs.symlink(linkText('rest'), cwd, '/c/first'));
      must(fs.chmod(cwd, '/c/rest', 0o640, 'follow'));
      plan(fs);
    });
    meanwhile(yard);
    const before = yard.tree();
    const outcome = yard.apply(steps);
    assert.equal(outcome.ended, 'rolled-back');
    assert.match(whyStopped(outcome), why);
    assert.deepEqual(yard.tree(), before);
    assert.deepEqual(yard.kept(), []);

    const kept = yard.apply(steps, 'keep');
    assert.equal(kept.ended, 'partial');
    assert.match(whyStopped(kept), why);
    assert.equal(yard.undo(kept.id).ended, 'done');
    assert.deepEqual(yard.tree(), before);
  });

/** A changed world after a plan: its undo refuses before it touches anything. */
const laterChanges: readonly (readonly [name: string, meanwhile: (yard: Yard) => void, why: RegExp])[] = [
  ['a new link was replaced', (yard) => replaceLink(yard.at('made'), 'mine'), /the link \/made has another text now/],
  ['a new link was removed', (yard) => rmSync(yard.at('made')), /^\/made is gone$/],
  ['a new directory was filled', (yard) => yard.write('dir/mine'), /^the directory \/dir is not empty: it holds mine$/],
  ['the other name of a new hard link is gone', (yard) => rmSync(yard.at('a/one')), /^\/again is the last name/],
  ['the old name is taken', (yard) => yard.write('a/file'), /^something has appeared at \/a\/file$/],
  ['the directory is another', (yard) => moveAway(yard, 'a'), /^\/a, the directory of \/a\/file, is another one now$/],
  ['permissions were changed', (yard) => chmodSync(yard.at('b/two'), 0o444), /^\/b\/two has other permissions/],
  ['what was kept is gone', (yard) => rmSync(yard.scratch.at('state/aside'), { recursive: true }), /not kept|is gone/],
];

const moveAway = (yard: Yard, dir: string): void => {
  renameSync(yard.at(dir), yard.at('away'));
  mkdirSync(yard.at(dir));
};

for (const [name, meanwhile, why] of laterChanges)
  test(`undo refuses before it touches anything: ${name}`, () => {
    using yard = new Yard();
    plant(yard);
    const done = yard.apply(
      yard.steps((fs) => {
        must(fs.chmod(cwd, '/b/two', 0o600, 'follow'));
        must(fs.unlink(cwd, '/a/file'));
        must(fs.link(cwd, '/a/one', cwd, '/again'));
        must(fs.mkdir(cwd, '/dir', 0o755));
        must(fs.symlink(linkText('dir'), cwd, '/made'));
      }),
    );
    assert.equal(done.ended, 'done');
    meanwhile(yard);
    const before = yard.tree();
    const outcome = yard.undo();
    assert.equal(outcome.ended, 'rolled-back');
    assert.equal(outcome.id, undefined);
    assert.match(whyStopped(outcome), why);
    assert.deepEqual(yard.tree(), before);
  });

test('a file that has the inode number of the old one is not the old one', () => {
  using yard = new Yard(tmpdir());
  plant(yard);
  const steps = yard.steps((fs) => must(fs.unlink(cwd, '/a/file')));
  const [step] = steps;
  if (step?.kind !== 'unlink' || 'madeBy' in step.file) throw new Error('one unlink was expected');
  const older = { ...step, file: { ...step.file, btime: (step.file.btime as bigint) - 1n } };
  assert.match(whyStopped(yard.apply([older])), /^\/a\/file is another file now/);
});

test('names that are no text are kept exactly', () => {
  using yard = new Yard();
  const name = '/\udcff\udc80\n';
  const steps = yard.steps((fs) => {
    must(fs.symlink(linkText('\udcfe'), cwd, name));
    must(fs.rename(cwd, name, cwd, `${name}x`));
  });
  assert.equal(yard.apply(steps).ended, 'done');
  assert.equal(must(kernel.readlink(yard.root.handle, `${name.slice(1)}x`)), '\udcfe');
  assert.equal(yard.undo().ended, 'done');
  assert.deepEqual(yard.tree(), []);
});

test('a plan runs inside a sketch too, and is undone there', () => {
  const sketch = new Sketch();
  const fs = sketch.process();
  must(fs.mkdir(cwd, '/dir', 0o755));
  must(fs.symlink(linkText('old'), cwd, '/dir/link'));
  const opened = openLedger(fs, fs.cwd, '/state', { ...newWho(), uid: 0 });
  if (!('fs' in opened)) throw new Error(String(opened.why));
  using ledger = opened;
  using top = must(fs.open(cwd, '/dir', { access: 'path', directory: true }));
  const rehearsal = new Sketch({ base: { fs, root: top } });
  const inner = rehearsal.process();
  must(inner.unlink(cwd, '/link'));
  must(inner.symlink(linkText('new'), cwd, '/link'));
  const before = drawn(fs, top);
  const root = { handle: top, path: '/' };
  const { steps } = rehearsal;
  assert.equal(apply(ledger, { root, steps, words: ['test'] }).ended, 'done');
  assert.equal(must(fs.readlink(cwd, '/dir/link')), 'new');
  const undo = must(findUndo(ledger, undefined, ['undo']));
  if ('cannot' in undo) throw new Error(undo.cannot);
  assert.equal(performUndo(ledger, root, undo).ended, 'done');
  assert.deepEqual(drawn(fs, top), before);
});

test('a state directory that others can enter, or that is a link, is not used', () => {
  using yard = new Yard();
  mkdirSync(yard.at('open'), { mode: 0o755 });
  symlinkSync('open', yard.at('link'));
  for (const [path, why] of [
    ['open', 'open to others'],
    ['link', 'not a directory'],
  ] as const) {
    const opened = openLedger(kernel, yard.root.handle, path, newWho());
    assert.equal('why' in opened && opened.why, why);
  }
});
