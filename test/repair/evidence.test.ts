/** Each kind of evidence: where it mends, and where it must not. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { command as repairCommand } from '../../src/cli/commands/repair.ts';
import { ask } from '../answer.ts';
import { linkIn, yard } from './yard.ts';

test('a directory was renamed: links to it and through it are mended, each in its own manner, and undo brings the tree back', async () => {
  using tree = yard();
  tree.file('old/sub/file');
  tree.link('../old/sub/file', 'links/relative');
  tree.link(tree.at('old/sub/file'), 'links/absolute');
  tree.link('../old/', 'links/directory');
  tree.link('relative', 'links/chain');
  await tree.remember();
  renameSync(tree.at('old'), tree.at('new'));
  const before = tree.snapshot();
  const dry = await tree.repair('--dry-run');
  assert.deepEqual([dry.code, dry.json.id], [0, null]);
  assert.deepEqual(tree.snapshot(), before);
  const { code, json, paths } = await tree.repair();
  assert.equal(code, 0);
  assert.deepEqual(
    ['relative', 'absolute', 'directory', 'chain'].map((name) => tree.text(`links/${name}`)),
    ['../new/sub/file', tree.at('new/sub/file'), '../new/', 'relative'],
  );
  assert.deepEqual(
    paths.toSorted(),
    ['absolute', 'directory', 'relative'].map((name) => tree.at('links', name)),
  );
  assert.equal(linkIn({ json } as never, 'chain').fate, 'along');
  await tree.undo(json.id);
  assert.deepEqual(tree.snapshot(), before);
});

test('the same inode tells the file from others of its name, wherever it was moved', async () => {
  using tree = yard();
  tree.file('a/data', 'same size');
  tree.file('far/away/x');
  tree.link('a/data', 'link');
  await tree.remember();
  renameSync(tree.at('a/data'), tree.at('far/away/other'));
  tree.file('b/data', 'SAME SIZE');
  const { code } = await tree.repair();
  assert.deepEqual([code, tree.text('link')], [0, 'far/away/other']);
});

test('without a memory nothing is mended, and the best guess is shown', async () => {
  using tree = yard();
  tree.file('old/file');
  tree.link('old/file', 'link');
  renameSync(tree.at('old'), tree.at('new'));
  const answer = await tree.repair('--no-memory');
  assert.deepEqual([answer.code, tree.text('link'), linkIn(answer, 'link').fate], [1, 'old/file', 'choice']);
  assert.equal(linkIn(answer, 'link').candidates[0].path, tree.at('new/file'));
  assert.ok(!existsSync(`${tree.state}/memory`));
});

test('the target was removed: a file with its name and size elsewhere is shown, not taken', async () => {
  using tree = yard();
  tree.file('a/data', 'same size');
  tree.link('a/data', 'link');
  await tree.remember();
  unlinkSync(tree.at('a/data'));
  tree.file('b/data', 'SAME SIZE');
  const answer = await tree.repair();
  assert.deepEqual([answer.code, tree.text('link'), linkIn(answer, 'link').fate], [1, 'a/data', 'choice']);
  // It stays remembered while it is broken.
  renameSync(tree.at('b/data'), tree.at('b/else'));
  assert.equal(linkIn(await tree.repair(), 'link').remembered.path, tree.at('a/data'));
});

test('another file that got the inode number is known by its birth time', async () => {
  using tree = yard();
  let reused = false;
  for (let i = 0; i < 50 && !reused; i++) {
    rmSync(tree.root, { recursive: true });
    tree.file('a/data', 'same size');
    tree.link('a/data', 'link');
    await tree.remember();
    const { ino } = statSync(tree.at('a/data'));
    unlinkSync(tree.at('a/data'));
    for (let n = 0; n < 20 && !reused; n++) {
      tree.file(`a/new${n}`, 'same size');
      reused = statSync(tree.at(`a/new${n}`)).ino === ino;
    }
  }
  if (!reused) process.stderr.write('NOT RUN: this file system did not give an inode number again\n');
  const answer = await tree.repair();
  assert.deepEqual([answer.code, tree.text('link')], [1, 'a/data']);
  assert.ok(linkIn(answer, 'link').candidates.every(({ proven }: { proven: boolean }) => !proven));
});

test('a name was removed of a file with several: it was not moved, so the others are shown only', async () => {
  using tree = yard();
  tree.file('store/abc');
  mkdirSync(tree.at('bin'));
  linkSync(tree.at('store/abc'), tree.at('bin/tool'));
  tree.link('bin/tool', 'link');
  await tree.remember();
  unlinkSync(tree.at('bin/tool'));
  const answer = await tree.repair();
  assert.deepEqual([answer.code, tree.text('link')], [1, 'bin/tool']);
  assert.deepEqual(linkIn(answer, 'link').candidates[0].evidence[0], { kind: 'identity', certain: false });
});

test('but where the directory was renamed, a file with several names went with it', async () => {
  using tree = yard();
  tree.file('store/abc');
  mkdirSync(tree.at('bin'));
  linkSync(tree.at('store/abc'), tree.at('bin/tool'));
  tree.link('bin/tool', 'link');
  await tree.remember();
  renameSync(tree.at('bin'), tree.at('programs'));
  assert.equal((await tree.repair()).code, 0);
  assert.equal(tree.text('link'), 'programs/tool');
});

test('a link that was moved itself leads to where its target stayed', async () => {
  using tree = yard();
  tree.file('data/file');
  tree.link('../data/file', 'links/one');
  await tree.remember();
  mkdirSync(tree.at('links/deep/er'), { recursive: true });
  renameSync(tree.at('links/one'), tree.at('links/deep/er/two'));
  const { code, json } = await tree.repair();
  assert.deepEqual([code, tree.text('links/deep/er/two')], [0, '../../../data/file']);
  assert.equal(json.links[0].candidates[0].evidence[0].kind, 'link-moved');
});

test('a link that got another text meanwhile is not mended by what it was', async () => {
  using tree = yard();
  tree.file('a/data');
  tree.link('a/data', 'link');
  await tree.remember();
  unlinkSync(tree.at('link'));
  tree.link('nowhere', 'link');
  renameSync(tree.at('a/data'), tree.at('moved'));
  const answer = await tree.repair();
  assert.deepEqual([answer.code, tree.text('link'), linkIn(answer, 'link').remembered.since], [1, 'nowhere', 'text']);
});

test('a link on the way was switched: its old target is still there, and nobody is led back to it', async () => {
  using tree = yard();
  tree.file('releases/1/tool');
  tree.file('releases/2/other');
  tree.link('releases/1', 'current');
  tree.link('current/tool', 'link');
  await tree.remember();
  unlinkSync(tree.at('current'));
  tree.link('releases/2', 'current');
  const answer = await tree.repair();
  assert.deepEqual([answer.code, tree.text('link'), linkIn(answer, 'link').fate], [1, 'current/tool', 'choice']);
  assert.equal(linkIn(answer, 'link').candidates[0].path, tree.at('releases/1/tool'));
});

test('a text through a link goes on through it, and a chain of links stays one', async () => {
  using tree = yard();
  tree.file('releases/1/bin/tool');
  tree.link('releases/1', 'current');
  tree.link('current/bin/tool', 'link');
  tree.file('lib/x.so.1.2');
  tree.link('x.so.1.2', 'lib/x.so.1');
  tree.link('lib/x.so.1', 'library');
  await tree.remember();
  renameSync(tree.at('releases/1/bin/tool'), tree.at('releases/1/bin/tool2'));
  renameSync(tree.at('lib'), tree.at('lib64'));
  assert.equal((await tree.repair()).code, 0);
  assert.deepEqual([tree.text('link'), tree.text('library')], ['current/bin/tool2', 'lib64/x.so.1']);
});

test('contents: a younger copy is taken if it is the only one, an older one is not', async () => {
  using tree = yard();
  const text = 'contents of some length '.repeat(40);
  tree.file('a/data', text);
  tree.link('a/data', 'link');
  tree.file('b/data', `other${text}`);
  tree.link('b/data', 'second');
  tree.file('kept/copy', `other${text}`);
  // Files' times come from a clock with long ticks.
  await new Promise((resolve) => setTimeout(resolve, 50));
  await tree.remember('--contents', '1M');
  cpSync(tree.at('a/data'), tree.at('elsewhere'));
  rmSync(tree.at('a'), { recursive: true });
  rmSync(tree.at('b'), { recursive: true });
  // Inode numbers must not tell.
  const answer = await tree.repair();
  assert.deepEqual([tree.text('link'), tree.text('second'), answer.code], ['elsewhere', 'b/data', 1]);
  assert.equal(linkIn(answer, 'link').candidates[0].evidence[0].kind, 'contents');
  assert.deepEqual(linkIn(answer, 'second').candidates[0].evidence[0], { kind: 'contents', certain: false });
});

test('two copies with the same contents are a choice', async () => {
  using tree = yard();
  tree.file('a/data', 'contents '.repeat(200));
  tree.link('a/data', 'link');
  await tree.remember('--contents', '64K');
  cpSync(tree.at('a/data'), tree.at('one'));
  cpSync(tree.at('a/data'), tree.at('two'));
  rmSync(tree.at('a'), { recursive: true });
  const answer = await tree.repair();
  assert.deepEqual([answer.code, tree.text('link')], [1, 'a/data']);
  assert.deepEqual(
    linkIn(answer, 'link').candidates.map(({ evidence }: { evidence: readonly unknown[] }) => evidence[0]),
    [
      { kind: 'contents', certain: false },
      { kind: 'contents', certain: false },
    ],
  );
});

test('name, size and time together are shown first, and not taken', async () => {
  using tree = yard();
  tree.file('a/data', 'same size');
  tree.link('a/data', 'link');
  await tree.remember();
  mkdirSync(tree.at('moved/far'), { recursive: true });
  cpSync(tree.at('a/data'), tree.at('moved/far/data'), { preserveTimestamps: true });
  unlinkSync(tree.at('a/data'));
  tree.file('b/data', 'SAME SIZE');
  utimesSync(tree.at('b/data'), 1, 1);
  const answer = await tree.repair();
  assert.equal(answer.code, 1);
  assert.equal(linkIn(answer, 'link').candidates[0].path, tree.at('moved/far/data'));
});

test('the journal: a move by lw mv is known without any memory; also one that was moved twice', async () => {
  using tree = yard();
  tree.file('a/data');
  tree.link('a/data', 'link');
  await tree.mv(tree.at('a/data'), tree.at('b'));
  await tree.mv(tree.at('b'), tree.at('c'));
  rmSync(`${tree.state}/memory`, { recursive: true, force: true });
  const answer = await tree.repair();
  assert.deepEqual([answer.code, tree.text('link')], [0, 'c']);
  assert.equal(linkIn(answer, 'link').candidates[0].evidence[0].kind, 'journal');
});

test('the journal: what was moved and taken back, or is another file by now, mends nothing', async () => {
  using tree = yard();
  tree.file('a/data');
  tree.link('a/data', 'link');
  await tree.undo((await tree.mv(tree.at('a/data'), tree.at('b'))) as string);
  unlinkSync(tree.at('a/data'));
  tree.file('b', 'a stranger');
  assert.equal((await tree.repair('--no-memory')).code, 1);
  assert.equal(tree.text('link'), 'a/data');
});

test('git: a committed rename and a staged one', async (context) => {
  using tree = yard();
  const git = (...args: readonly string[]): number | null =>
    spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-C', tree.root, ...args]).status;
  tree.file('docs/guide', 'a text of some length\n'.repeat(20));
  tree.file('src/deep/main', 'another text, as long\n'.repeat(20));
  tree.link('docs/guide', 'guide');
  tree.link('src/deep', 'code');
  if (git('init', '-q') !== 0) return context.skip('git is not installed');
  git('add', '.');
  git('commit', '-qm', 'one');
  git('mv', 'docs/guide', 'manual');
  git('commit', '-qm', 'two');
  git('mv', 'src', 'source');
  const answer = await tree.repair('--no-memory');
  for (const [name, to] of [
    ['guide', 'manual'],
    ['code', 'source/deep'],
  ] as const) {
    const [best] = linkIn(answer, name).candidates;
    assert.equal(best.path, tree.at(to));
    assert.ok(
      best.evidence.some(({ kind }: { kind: string }) => kind === 'git'),
      name,
    );
    assert.equal(best.proven, false);
  }
});

test('a link that was never seen whole is mended by the directory that was', async () => {
  using tree = yard();
  tree.file('old/one');
  tree.file('old/two');
  tree.link('old/one', 'first');
  await tree.remember();
  tree.link('old/two', 'second');
  renameSync(tree.at('old'), tree.at('new'));
  assert.equal((await tree.repair()).code, 0);
  assert.deepEqual([tree.text('first'), tree.text('second')], ['new/one', 'new/two']);
});

test('without a memory one change of a prefix that explains all links is the best guess', async () => {
  using tree = yard();
  for (const name of ['index', 'readme', 'data']) {
    tree.file(`old/sub/${name}`);
    tree.file(`decoy/${name}`);
    tree.link(`old/sub/${name}`, `link-${name}`);
  }
  renameSync(tree.at('old'), tree.at('quite-other'));
  const answer = await tree.repair('--no-memory');
  for (const name of ['index', 'readme', 'data']) {
    const [best] = linkIn(answer, `link-${name}`).candidates;
    assert.equal(best.path, tree.at('quite-other/sub', name));
    assert.equal(best.proven, false);
  }
});

test('spelling, case, unicode and version: shown, the nearest first', async () => {
  using tree = yard();
  const cases = [
    ['lib/python3.11/site', 'lib/python3.12/site'],
    ['docs/ReadMe', 'docs/README'],
    ['name/caf\u00e9', 'name/cafe\u0301'],
    ['conf/settigns', 'conf/settings'],
  ] as const;
  for (const [i, [wanted, there]] of cases.entries()) {
    tree.file(there);
    tree.link(wanted, `link${i}`);
  }
  const answer = await tree.repair();
  for (const [i, [, there]] of cases.entries()) {
    const link = linkIn(answer, `link${i}`);
    assert.deepEqual([link.fate, link.candidates[0].path], ['choice', tree.at(there)]);
    assert.equal(link.candidates[0].evidence[0].kind, 'near');
  }
});

test('what lies in the trash is no target', async () => {
  using tree = yard();
  tree.file('a/data');
  tree.link('a/data', 'link');
  await tree.remember();
  mkdirSync(tree.at('.Trash-0/files'), { recursive: true });
  renameSync(tree.at('a/data'), tree.at('.Trash-0/files/data'));
  assert.equal((await tree.repair()).code, 1);
  assert.equal(tree.text('link'), 'a/data');
});

test('names that are no text are remembered, found and written byte for byte', async () => {
  using tree = yard();
  const old = Buffer.from(`${tree.root}/old-\xff`, 'latin1');
  writeFileSync(old, 'data');
  symlinkSync(Buffer.from('old-\xff', 'latin1'), Buffer.from(`${tree.root}/li\xfenk`, 'latin1'));
  await tree.remember();
  const other = Buffer.from(`${tree.root}/new-\xfd`, 'latin1');
  renameSync(old, other);
  assert.equal((await tree.repair()).code, 0);
  assert.equal(readFileSync(Buffer.from(`${tree.root}/li\xfenk`, 'latin1'), 'utf8'), 'data');
});

test('a target outside of DIR is found where its way ends, or where --search says', async () => {
  using tree = yard();
  tree.file('www/index');
  tree.file('store/x/data');
  tree.file('archive/y');
  tree.link('../store/x/data', 'www/link');
  const www = (...args: readonly string[]) => ask(repairCommand, ['--state', tree.state, ...args, tree.at('www')]);
  await www('--remember');
  renameSync(tree.at('store/x'), tree.at('archive/z'));
  assert.equal((await www('--dry-run')).code, 1);
  assert.equal((await www('--search', tree.at('archive'))).code, 0);
  assert.equal(tree.text('www/link'), '../archive/z/data');
});
