/** What git keeps, as the rules untracked-target and destroyed-symlink ask for it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { test } from 'node:test';
import { gitIndex } from '../../src/cli/check/git-index.ts';
import { Fault } from '../../src/fs/fault.ts';
import type { GitIndex } from '../../src/jobs/check/scene.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { isRoot, nobody, Scratch } from '../scratch.ts';
import { checked } from './checked.ts';

/** Runs a script of bash where the user's own settings of git say nothing. */
const bash = (scratch: Scratch, script: string): void => {
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
    ...{ HOME: scratch.path, LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1' },
    ...{
      GIT_AUTHOR_NAME: 'n',
      GIT_AUTHOR_EMAIL: 'n@example.org',
      GIT_COMMITTER_NAME: 'n',
      GIT_COMMITTER_EMAIL: 'n@example.org',
    },
  };
  const { status, stderr } = spawnSync('bash', ['-ec', script], { cwd: scratch.path, env });
  assert.equal(status, 0, String(stderr));
};

const indexAt = <Value>(path: string, use: (index: GitIndex) => Value): Value => {
  const opened = kernel.open(kernel.cwd, path, { access: 'read', directory: true });
  if (opened instanceof Fault) throw new Error(`${path}: ${opened.errno}`);
  using dir = opened;
  return use(gitIndex(dir, path));
};

const repository = `
  git init -q repo; cd repo; mkdir -p src/deep build
  echo a > src/a; echo b > src/b; echo o > build/out; echo n > 'src/n.log'
  printf 'build/\\n*.log\\n' > .gitignore
  ln -s a src/good; ln -s b src/untracked; ln -s ../build/out src/ignored; ln -s n.log src/log; ln -s ../../.. src/deep/up
  ln -s deep src/dir; ln -s gone src/dangling; ln -s $'caf\\xe9' $'src/lat\\xff'; echo c > $'src/caf\\xe9'
  git add .gitignore src/a src/good src/untracked src/ignored src/log src/deep src/dir src/dangling
  git add --all ':(glob)src/lat*' ':(glob)src/caf*'; git commit -qm one`;

test('modes, what lies below, what is ignored and stored texts, names as bytes', () => {
  using scratch = new Scratch();
  bash(scratch, repository);
  for (const from of ['repo', 'repo/src/deep'])
    indexAt(scratch.at(from), (index) => {
      assert.equal(index.top, scratch.at('repo'));
      assert.equal(index.mode('src/good'), '120000');
      assert.equal(index.mode('src/a'), '100644');
      assert.equal(index.mode('src/b'), undefined);
      assert.equal(index.mode('src/lat\udcff'), '120000');
      assert.equal(index.storedText('src/lat\udcff'), 'caf\udce9');
      assert.equal(index.storedText('src/good'), 'a');
      assert.equal(index.storedText('src/a'), undefined);
      assert.deepEqual(
        ['', 'src', 'src/deep', 'build', 'sr', 'src/a'].map((path) => index.hasBelow(path)),
        [true, true, true, false, false, false],
      );
      assert.deepEqual(
        ['build', 'build/out', 'src/n.log', 'src/b', 'src/a'].map((path) => index.isIgnored(path)),
        [true, true, true, false, false],
      );
      assert.equal([...index.tracked()].length, 11);
    });
});

const told = async (top: string, ...args: readonly string[]): Promise<readonly string[]> => {
  const { findings } = await checked('--no-config', '--git', '--only', 'untracked-target,destroyed-symlink', ...args);
  return findings.map(({ rule, path }) => `${rule} ${relative(top, path)}`).sort();
};

test('links to what no clone has, and links that were checked out as files', async () => {
  using scratch = new Scratch();
  bash(scratch, `${repository}; rm src/good src/dir; printf a > src/good; printf 'deep\\n' > src/dir`);
  assert.deepEqual(await told(scratch.at('repo'), scratch.at('repo')), [
    'destroyed-symlink src/dir',
    'destroyed-symlink src/good',
    'untracked-target src/ignored',
    'untracked-target src/log',
    'untracked-target src/untracked',
  ]);
});

test('a work tree beside the repository, a submodule, and several at once', async () => {
  using scratch = new Scratch();
  bash(
    scratch,
    `(${repository})
    git -C repo worktree add -q ../other; echo b > other/src/b
    git init -q inner; git -C inner commit -q --allow-empty -m one; echo x > inner/x; git -C inner add x; git -C inner commit -qm two
    git -c protocol.file.allow=always -C repo submodule add -q "$PWD/inner" inner
    ln -s ../inner/x repo/src/into; git -C repo add src/into`,
  );
  assert.deepEqual(await told(scratch.at('other'), scratch.at('other')), ['untracked-target src/untracked']);
  const both = await told(scratch.path, scratch.at('repo'), scratch.at('other'));
  assert.ok(both.includes('untracked-target repo/src/into') && both.includes('untracked-target other/src/untracked'));
  indexAt(scratch.at('repo'), (index) => assert.equal(index.mode('inner'), '160000'));
  indexAt(scratch.at('repo/inner'), (index) => assert.equal(index.top, scratch.at('repo/inner')));
});

test('what a hook is told about another directory counts for nothing, and no program of the tree is run', async () => {
  using scratch = new Scratch();
  bash(
    scratch,
    `${repository}
    printf '#!/bin/sh\\ntouch %s\\n' "$HOME/ran" > ../monitor; chmod +x ../monitor; git config core.fsmonitor "$HOME/monitor"`,
  );
  const variables = { GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere', GIT_WORK_TREE: '/' };
  Object.assign(process.env, variables);
  try {
    assert.equal((await told(scratch.at('repo'), scratch.at('repo'))).length, 3);
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
  }
  assert.throws(() => indexAt(scratch.at('ran'), () => {}), /ENOENT/);
});

test('where there is no work tree, or git will not tell, one sentence says so', async () => {
  using scratch = new Scratch();
  bash(scratch, `mkdir plain; git init -q --bare bare; (${repository})`);
  await assert.rejects(() => told('/', scratch.at('plain')), /is in no work tree of git$/);
  await assert.rejects(() => told('/', scratch.at('bare')), /is in no work tree of git, but in a repository/);
  await assert.rejects(() => told('/', '--root', scratch.path, '/repo'), /--git and --root exclude each other/);
  writeFileSync(scratch.at('repo/.git/index'), 'nonsense');
  await assert.rejects(() => told('/', scratch.at('repo')), /git refuses to tell about .*index/);
});

test('a work tree of somebody else is not trusted', async (t) => {
  if (!isRoot) return t.skip('only root can give files away');
  using scratch = new Scratch();
  bash(scratch, repository);
  chownSync(scratch.at('repo'), nobody, nobody);
  chownSync(scratch.at('repo/.git'), nobody, nobody);
  await assert.rejects(
    () => told('/', scratch.at('repo')),
    (error: Error & { tries?: readonly string[] }) =>
      /git does not trust the work tree of .*, since it belongs to somebody else$/.test(error.message) &&
      error.tries?.[0] === `git config --global --add safe.directory ${scratch.at('repo')}`,
  );
});
