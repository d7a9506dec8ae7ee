/** What ln does when somebody else is at work in the same directory, and on file systems that can do less. */
import assert from 'node:assert/strict';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs } from '../../src/fs/fs.ts';
import { ln } from '../../src/jobs/make/ln.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import type { Answer } from '../gnu-program.ts';
import { Scratch } from '../scratch.ts';
import { meddled, withoutFlags } from './meddled.ts';
import { plant, runHere } from './trial.ts';

/** Runs ln in a tree, and looks at what it left. */
const inTree = (
  tree: readonly string[],
  work: (run: (args: string, fs: Fs, input?: string) => Answer) => void,
): void => {
  using scratch = new Scratch();
  plant(scratch.path, tree);
  const before = process.cwd();
  process.chdir(scratch.path);
  try {
    work((args, fs, input = 'y\n') => runHere('ln', ln, { args: args.split(' '), input }, fs));
    assert.deepEqual(leftBehind(), [], 'temporary names are left');
  } finally {
    process.chdir(before);
  }
};

const leftBehind = (): readonly string[] => readdirSync('.').filter((name) => name.startsWith('.lw-'));

const content = (path: string): string =>
  lstatSync(path).isSymbolicLink() ? `-> ${readlinkSync(path)}` : readFileSync(path, 'utf8');

/** Somebody replaces b by another file. */
const intrude = (text = 'theirs'): void => {
  writeFileSync('intruder', text);
  renameSync('intruder', 'b');
};

const once = (happens: () => void): (() => undefined) => {
  let happened = false;
  return () => {
    if (!happened) happens();
    happened = true;
    return undefined;
  };
};

const forms = ['-f a b', '-sf a b', '-fb a b', '-sfb a b', '-f --backup=t a b', '-sb a b', '-i a b', '-sr -f a b'];

for (const form of forms) {
  test(`ln ${form}: a file that somebody put there after the look stays, and is not taken for the old one`, () =>
    inTree(['a', 'b'], (run) => {
      const intruding = once(intrude);
      const { code, err } = run(form, meddled(kernel, { symlink: () => undefined, rename: intruding }));
      assert.equal(code, 1);
      assert.match(err, /'b' was replaced by somebody else meanwhile, and stays as it is now\n$/);
      assert.equal(content('b'), 'theirs');
      assert.deepEqual(readdirSync('.'), ['a', 'b']);
    }));

  test(`ln ${form}: where the old one has left meanwhile, the link takes the free name`, () =>
    inTree(['a', 'b'], (run) => {
      const { code } = run(form, meddled(kernel, { rename: once(() => unlinkSync('b')) }));
      assert.equal(code, 0);
      assert.ok(existsSync('b'));
      assert.deepEqual(readdirSync('.'), ['a', 'b']);
    }));

  test(`ln ${form}: the name is there at every call, and never anything but the old or the new`, () =>
    inTree(['a', 'b'], (run) => {
      const seen = new Set<string>();
      const look = (): undefined => {
        seen.add(content('b'));
        return undefined;
      };
      const watched = meddled(kernel, { link: look, symlink: look, rename: look, unlink: look, stat: look });
      assert.equal(run(form, watched).code, 0);
      seen.add(content('b'));
      assert.deepEqual([...seen], ['b', form.includes('s') ? '-> a' : 'a']);
    }));

  test(`ln ${form}: without the flags of renameat2 it does the same, and misses no moment either`, () =>
    inTree(['a', 'b', 'b.~1~'], (run) => {
      const look = (): undefined => {
        content('b');
        return undefined;
      };
      const watched = meddled(withoutFlags(kernel), { link: look, symlink: look, rename: look, unlink: look });
      const { code, err } = run(form, watched);
      assert.deepEqual({ code, err }, { code: 0, err: form.includes('i') ? "ln: replace 'b'? " : '' });
      assert.equal(content('b'), form.includes('s') ? '-> a' : 'a');
      assert.equal(content('b.~1~'), 'b.~1~');
      const backup = form.includes('b ') || form.includes('backup') ? ['b.~2~'] : [];
      assert.deepEqual(readdirSync('.'), ['a', 'b', 'b.~1~', ...backup]);
      for (const name of backup) assert.equal(content(name), 'b');
    }));

  test(`ln ${form}: an intruder is seen without those flags too`, () =>
    inTree(['a', 'b'], (run) => {
      const less = withoutFlags(kernel);
      const intruding = once(intrude);
      const { code } = run(form, {
        ...less,
        rename: (...args) => {
          if (args[4] === 'exchange') intruding();
          return less.rename(...args);
        },
      });
      assert.equal(code, 1);
      assert.equal(content('b'), 'theirs');
      assert.deepEqual(readdirSync('.'), ['a', 'b']);
    }));
}

test('a file put there while the question waits for its answer stays', () =>
  inTree(['a', 'b'], (run) => {
    const slow: Fs = meddled(kernel, { link: (_, __, ___, path) => (path === 'b' ? undefined : once(intrude)()) });
    assert.equal(run('-i a b', slow).code, 1);
    assert.equal(content('b'), 'theirs');
  }));

test('two intruders, one after the other: the newest stays and the other is kept by a name that is told', () => {
  using scratch = new Scratch();
  plant(scratch.path, ['a', 'b']);
  const before = process.cwd();
  process.chdir(scratch.path);
  try {
    let renames = 0;
    const fs = meddled(kernel, {
      rename: () => {
        renames++;
        if (renames <= 2) intrude(`intruder ${renames}`);
        return undefined;
      },
    });
    const { code, err } = runHere('ln', ln, { args: ['-sf', 'a', 'b'] }, fs);
    assert.equal(code, 1);
    assert.equal(content('b'), 'intruder 2');
    const [kept] = leftBehind() as readonly [string];
    assert.equal(content(kept), 'intruder 1');
    assert.ok(err.endsWith(`what stood there in between is '${kept}'\n`));
  } finally {
    process.chdir(before);
  }
});

test('a numbered backup never replaces a name that somebody planted, whatever it is', () =>
  inTree(['a', 'b', 'elsewhere'], (run) => {
    const plantAll = once(() => {
      writeFileSync('b.~1~', 'planted');
      symlinkSync('elsewhere', 'b.~2~');
      mkdirSync('b.~3~');
      linkSync('elsewhere', 'b.~4~');
    });
    assert.equal(run('--backup=t a b', meddled(kernel, { rename: plantAll })).code, 0);
    assert.equal(content('b.~1~'), 'planted');
    assert.equal(content('b.~2~'), '-> elsewhere');
    assert.equal(content('b.~5~'), 'b');
    assert.equal(content('elsewhere'), 'elsewhere');
  }));

test('a planted temporary name is neither followed nor replaced: another is taken', () =>
  inTree(['a', 'b', 'elsewhere'], (run) => {
    let planted: string | undefined;
    const fs = meddled(kernel, {
      symlink: (_, __, path) => {
        if (planted === undefined && path.startsWith('.lw-')) {
          planted = path;
          symlinkSync('elsewhere', path);
        }
        return undefined;
      },
    });
    assert.equal(run('-sf a b', fs).code, 0);
    assert.equal(content(planted as unknown as string), '-> elsewhere');
    unlinkSync(planted as unknown as string);
    assert.equal(content('b'), '-> a');
  }));

for (const [call, form] of [
  ['link', '-f a b'],
  ['symlink', '-sf a b'],
  ['rename', '-sf a b'],
  ['rename', '-fb a b'],
  ['unlink', '-sf a b'],
] as const)
  test(`ln ${form}: a refused ${call} leaves the old one, and no temporary name`, () =>
    inTree(['a', 'b'], (run) => {
      let calls = 0;
      // The first unlink is refused; those that clean up are not.
      const refuse = (): Fault | undefined =>
        calls++ === (call === 'link' || call === 'symlink' ? 1 : 0) ? new Fault(call, 'EACCES', '') : undefined;
      const { code, err } = run(form, meddled(kernel, { [call]: refuse }));
      assert.equal(code, 1);
      assert.match(err, /: Permission denied\n$/);
      assert.equal(content('b'), 'b');
      assert.deepEqual(readdirSync('.'), ['a', 'b']);
    }));

test('a simple backup whose name is a directory leaves all as it was', () =>
  inTree(['a', 'b', 'b~/'], (run) => {
    const { code, err } = run('-sb a b', kernel);
    assert.deepEqual({ code, err }, { code: 1, err: "ln: cannot backup 'b': Is a directory\n" });
    assert.equal(content('b'), 'b');
  }));

test('where files cannot have two names and nothing can be exchanged, a backup is made all the same', () =>
  inTree(['a', 'b'], (run) => {
    const poor = meddled(withoutFlags(kernel), { link: (_, __, ___, path) => new Fault('linkat', 'EPERM', path) });
    assert.equal(run('-sb a b', poor).code, 0);
    assert.deepEqual([content('b'), content('b~')], ['-> a', 'b']);
    assert.equal(run('-s --backup=t x b', poor).code, 0);
    assert.deepEqual([content('b'), content('b.~1~')], ['-> x', '-> a']);
  }));
