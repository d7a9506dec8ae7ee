/** Somebody else acts between the look at a name and the change of it. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Fs } from '../../src/fs/fs.ts';
import { linkText } from '../../src/fs/link-text.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { lock } from '../../src/plan/lock.ts';
import { apply } from '../../src/plan/plan.ts';
import { must, newWho, whyStopped, Yard } from './yard.ts';

/** The kernel, where somebody acts just before the call of that name that comes as the `at`-th. */
const meddling = (call: 'rename' | 'link' | 'chmod' | 'rmdir', at: number, meddle: () => void): Fs => {
  let left = at;
  return new Proxy(kernel, {
    get(target, name: string) {
      const member = target[name as keyof Fs];
      if (name !== call || typeof member !== 'function') return member;
      return (...args: readonly unknown[]): unknown => {
        if (--left === 0) meddle();
        return Reflect.apply(member, target, args);
      };
    },
  });
};

const { cwd } = kernel;
const precious = (yard: Yard, path: string): void => {
  writeFileSync(yard.at('theirs'), 'precious');
  renameSync(yard.at('theirs'), yard.at(path));
};

const races: readonly (readonly [
  name: string,
  plan: (fs: Fs) => void,
  call: 'rename' | 'link' | 'chmod' | 'rmdir',
  at: number,
  meddle: (yard: Yard) => void,
  why: RegExp,
])[] = [
  [
    'the file to be removed is replaced',
    (fs) => must(fs.unlink(cwd, '/a/file')),
    'rename',
    1,
    (yard) => precious(yard, 'a/file'),
    /^\/a\/file is another file now/,
  ],
  [
    'the file to be replaced is replaced',
    (fs) => must(fs.rename(cwd, '/a/new', cwd, '/a/file')),
    'rename',
    1,
    (yard) => precious(yard, 'a/file'),
    /^\/a\/file is another file now/,
  ],
  [
    'the name of a new link is taken',
    (fs) => must(fs.symlink(linkText('x'), cwd, '/a/link')),
    'rename',
    1,
    (yard) => precious(yard, 'a/link'),
    /^something has appeared at \/a\/link/,
  ],
  [
    'the new name of a file is taken',
    (fs) => must(fs.rename(cwd, '/a/file', cwd, '/b/file')),
    'rename',
    1,
    (yard) => precious(yard, 'b/file'),
    /^something has appeared at \/b\/file/,
  ],
  [
    'a side of an exchange is replaced',
    (fs) => must(fs.rename(cwd, '/a/file', cwd, '/a/new', 'exchange')),
    'rename',
    1,
    (yard) => precious(yard, 'a/new'),
    /^\/a\/\w+ is another file now/,
  ],
  [
    'the source of a hard link is replaced',
    (fs) => must(fs.link(cwd, '/a/file', cwd, '/a/link')),
    'link',
    1,
    (yard) => precious(yard, 'a/file'),
    /^\/a\/file is gone$/,
  ],
  [
    'a directory to be removed is filled',
    (fs) => must(fs.rmdir(cwd, '/empty')),
    'rename',
    1,
    (yard) => writeFileSync(yard.at('empty/theirs'), 'precious'),
    /^the directory \/empty is not empty: it holds theirs/,
  ],
];

for (const [name, plan, call, at, meddle, why] of races)
  test(`meanwhile, ${name}`, () => {
    using yard = new Yard();
    yard.write('a/file', 'a/new', 'b/rest');
    mkdirSync(yard.at('empty'));
    const steps = yard.steps(plan);
    let meddled: readonly string[] = [];
    const fs = meddling(call, at, () => {
      meddle(yard);
      meddled = yard.tree().filter((line) => !line.includes('/.lw-'));
    });
    const outcome = apply({ ...yard.ledger, fs }, { root: yard.root, steps, words: ['test'] });
    assert.ok(meddled.length > 0);
    assert.match(whyStopped(outcome), why);
    assert.deepEqual(yard.tree(), meddled);
    assert.deepEqual(yard.kept(), []);
  });

test('what was put there twice is kept both times', () => {
  using yard = new Yard();
  yard.write('a/file');
  const steps = yard.steps((fs) => must(fs.unlink(cwd, '/a/file')));
  const first = meddling('rename', 1, () => precious(yard, 'a/file'));
  const fs = new Proxy(first, {
    get(target, name: string) {
      if (name !== 'rename') return Reflect.get(target, name);
      return (...args: Parameters<Fs['rename']>) => {
        const refused = target.rename(...args);
        if (!existsSync(yard.at('a/file'))) writeFileSync(yard.at('a/file'), 'second');
        return refused;
      };
    },
  });
  const outcome = apply({ ...yard.ledger, fs }, { root: yard.root, steps, words: ['test'] });
  const [, name] =
    /^\/a\/file was changed twice meanwhile: what stood there first is kept as (\S+)$/.exec(whyStopped(outcome)) ?? [];
  assert.equal(readFileSync(yard.scratch.at('state', name as string), 'utf8'), 'precious');
  assert.equal(readFileSync(yard.at('a/file'), 'utf8'), 'second');
});

test('a directory that is swapped for a link while the plan acts in it leads nothing astray', () => {
  using yard = new Yard();
  yard.write('a/file', 'a/second');
  mkdirSync(yard.scratch.at('victim'));
  writeFileSync(yard.scratch.at('victim/second'), 'precious');
  const steps = yard.steps((fs) => {
    must(fs.unlink(cwd, '/a/file'));
    must(fs.unlink(cwd, '/a/second'));
    must(fs.symlink(linkText('x'), cwd, '/a/planted'));
  });
  const fs = meddling('rename', 2, () => {
    renameSync(yard.at('a'), yard.at('was'));
    symlinkSync(yard.scratch.at('victim'), yard.at('a'));
  });
  apply({ ...yard.ledger, fs }, { root: yard.root, steps, words: ['test'] });
  assert.equal(readFileSync(yard.scratch.at('victim/second'), 'utf8'), 'precious');
  assert.ok(!existsSync(yard.scratch.at('victim/planted')));
});

test('one process at a time has the lock; that of a dead one is taken over', () => {
  using yard = new Yard();
  const living = new Set<string>();
  const someone = () => {
    const who = newWho();
    living.add(who.process);
    return yard.openLedger(kernel, { ...who, isAlive: (process) => living.has(process) });
  };
  using first = someone();
  using second = someone();
  const held = must(lock(first));
  assert.ok('number' in held);
  assert.deepEqual(lock(second), { busy: first.process });
  living.delete(first.process);
  const taken = must(lock(second));
  assert.ok('number' in taken && taken.number === held.number + 1);
  using third = someone();
  assert.deepEqual(lock(third), { busy: second.process });
  taken[Symbol.dispose]();
  const free = must(lock(third));
  assert.ok('number' in free);
  free[Symbol.dispose]();
});
