/** `lw mv` on the disk: which links it changes and how, what it refuses, and what it says. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CommandError, UsageError } from '../../src/cli/command-error.ts';
import { command as mv } from '../../src/cli/commands/mv.ts';
import { command as undo } from '../../src/cli/commands/undo.ts';
import { ask } from '../answer.ts';
import { lw } from '../cli/lw.ts';
import { canMount, isRoot, nobody, runScript, Scratch } from '../scratch.ts';

const scene = () => {
  const scratch = new Scratch();
  const at = (...names: readonly string[]): string => join(scratch.at('tree'), ...names);
  mkdirSync(at());
  const state = ['--state', scratch.at('state')];
  return {
    at,
    state,
    dir: (...paths: readonly string[]) => {
      for (const path of paths) mkdirSync(at(path), { recursive: true });
    },
    file: (path: string, content = path) => writeFileSync(at(path), content),
    link: (path: string, text: string) => symlinkSync(text, at(path)),
    text: (path: string) => readlinkSync(at(path)),
    /** Links are looked for in the tree, unless the test says where. */
    mv: (...args: readonly string[]) => ask(mv, [...state, ...(args.includes('--in') ? [] : ['--in', at()]), ...args]),
    undo: () => ask(undo, state),
    [Symbol.dispose]: () => scratch[Symbol.dispose](),
  };
};

const complaint = async (asked: Promise<unknown>): Promise<CommandError> => {
  try {
    await asked;
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  assert.fail('nothing was complained of');
};

test('links to a directory, through it, from it and past it lead on after it was moved', async () => {
  using tree = scene();
  const { at } = tree;
  tree.dir('lib/parser/sub', 'lib/other', 'src');
  tree.file('lib/parser/sub/x');
  tree.link('relative', 'lib/parser/sub/x');
  tree.link('absolute', at('lib/parser'));
  tree.link('lib/beside', './parser//sub/');
  tree.link('src/past', '../lib/parser/../other');
  tree.link('through', 'absolute/sub/x');
  tree.link('lib/parser/sub/out', '../../other');
  tree.link('lib/parser/inside', 'sub/x');
  tree.link('unrelated', 'lib/other');
  const { code, json, lines } = await tree.mv(at('lib/parser'), at('src/reader'));
  assert.equal(code, 0);
  assert.equal(tree.text('relative'), 'src/reader/sub/x');
  assert.equal(tree.text('absolute'), at('src/reader'));
  assert.equal(tree.text('lib/beside'), '../src/reader//sub/');
  assert.equal(tree.text('src/past'), '../lib/other');
  assert.equal(tree.text('through'), 'absolute/sub/x');
  assert.equal(tree.text('src/reader/sub/out'), '../../../lib/other');
  assert.equal(tree.text('src/reader/inside'), 'sub/x');
  assert.equal(tree.text('unrelated'), 'lib/other');
  assert.equal(json.links.length, 5);
  assert.deepEqual(json.roots, [at()]);
  assert.ok(lines.includes(`5 links changed; searched ${at()}`));
  assert.ok(lines.includes(`lw undo ${json.id} takes it back`));
  await tree.undo();
  assert.equal(tree.text('lib/beside'), './parser//sub/');
  assert.equal(tree.text('lib/parser/sub/out'), '../../other');
});

test('of a text only the beginning changes that does not hold: a way through other links stays', async () => {
  using tree = scene();
  const { at } = tree;
  tree.dir('releases/5/share/doc', 'etc');
  tree.file('releases/5/share/doc/x');
  tree.link('current', 'releases/5');
  tree.link('etc/doc', '../current/share/doc/x');
  tree.link('deep', at('current/share/doc'));
  await tree.mv(at('releases/5/share/doc'), at('releases/5/manual'));
  assert.equal(tree.text('etc/doc'), '../current/manual/x');
  assert.equal(tree.text('deep'), at('current/manual'));
  assert.equal(tree.text('current'), 'releases/5');
});

test('a link that is moved leads on, in its style', async () => {
  using tree = scene();
  const { at } = tree;
  tree.dir('a', 'b/c');
  tree.file('a/file');
  tree.link('a/near', 'file');
  tree.link('a/far', at('a/file'));
  tree.link('a/down', '../b/c');
  const { json } = await tree.mv(at('a/near'), at('a/far'), at('a/down'), at('b'));
  assert.equal(tree.text('b/near'), '../a/file');
  assert.equal(tree.text('b/far'), at('a/file'));
  assert.equal(tree.text('b/down'), '../b/c', 'it would not have to change');
  assert.equal(json.moved.length, 3);
});

test('names of one link stay together where all of them change, and are parted, and told, where not', async () => {
  using tree = scene();
  const { at } = tree;
  tree.dir('a', 'x/y');
  tree.file('a/f');
  tree.link('one', at('a/f'));
  linkSync(at('one'), at('two'));
  linkSync(at('one'), at('x/y/three'));
  await tree.mv(at('a'), at('b'));
  assert.equal(lstatSync(at('one')).ino, lstatSync(at('x/y/three')).ino);
  assert.equal(lstatSync(at('two')).nlink, 3);
  assert.equal(tree.text('two'), at('b/f'));
  tree.link('near', 'b/f');
  linkSync(at('near'), at('x/near'));
  const { problems } = await tree.mv(at('b'), at('c'));
  assert.deepEqual(problems, [`${at('near')} was one of 2 names of one link: it is a link of its own now`]);
});

test('the links of others stay theirs', { skip: !isRoot && 'only root may give files away' }, async () => {
  using tree = scene();
  tree.file('f');
  tree.link('l', 'f');
  lchownSync(tree.at('l'), nobody, nobody);
  await tree.mv(tree.at('f'), tree.at('g'));
  assert.equal(tree.text('l'), 'g');
  assert.equal(lstatSync(tree.at('l')).uid, nobody);
});

test('links are looked for where --in says, and always in what is moved', async () => {
  using tree = scene();
  const { at } = tree;
  tree.dir('project/a', 'elsewhere');
  tree.file('project/f');
  tree.link('project/a/out', '../f');
  tree.link('project/l', 'a');
  tree.link('elsewhere/l', '../project/a');
  await tree.mv('--in', at('elsewhere'), at('project/a'), at('b'));
  assert.equal(tree.text('elsewhere/l'), '../b');
  assert.equal(tree.text('b/out'), '../project/f');
  assert.equal(tree.text('project/l'), 'a');
  const { message } = await complaint(tree.mv('--in', at('no'), at('project'), at('p')));
  assert.match(message, /cannot walk .*no/);
  assert.ok(existsSync(at('project')));
});

test('--dry-run names what it would touch and touches nothing; --links=keep changes no link', async () => {
  using tree = scene();
  const { at } = tree;
  tree.file('f');
  tree.link('l', 'f');
  const { lines, json, paths } = await tree.mv('--dry-run', at('f'), at('g'));
  assert.ok(lines.includes(`mv -n -T -- ${at('f')} ${at('g')}`), lines.join('\n'));
  assert.ok(lines.includes(`ln -sfT -- g ${at('l')}`), lines.join('\n'));
  assert.ok(lines.includes(`1 link would be changed; searched ${at()}`));
  assert.equal(json.id, null);
  assert.deepEqual(paths, [at('l')]);
  assert.deepEqual(readdirSync(at()), ['f', 'l']);
  await tree.mv('--links=keep', at('f'), at('g'));
  assert.equal(tree.text('l'), 'f');
});

test('a link in a place that may not be written to is told, and with --links=most it is left', {
  skip: !isRoot && 'needs another user',
}, () => {
  using scratch = new Scratch();
  const tree = scratch.at('t');
  for (const dir of ['', 'mine', 'theirs']) mkdirSync(join(tree, dir));
  writeFileSync(join(tree, 'mine/f'), '');
  symlinkSync('../mine/f', join(tree, 'theirs/l'));
  symlinkSync('theirs/l', join(tree, 'through'));
  lchownSync(join(tree, 'mine'), nobody, nobody);
  chmodSync(tree, 0o777);
  const run = (...more: readonly string[]) =>
    asNobody('--in', tree, '--state', join(tree, 'state'), ...more, join(tree, 'mine/f'), join(tree, 'mine/g'));
  const refused = run();
  assert.equal(refused.status, 1);
  assert.match(refused.err, /a link cannot be kept leading; nothing was moved/);
  assert.match(refused.err, /theirs\/l -> \.\.\/mine\/f cannot be changed: Permission denied/);
  assert.ok(existsSync(join(tree, 'mine/f')));
  const most = run('--links=most');
  assert.match(most.err, /theirs\/l -> \.\.\/mine\/f was left as it is: Permission denied/);
  assert.match(most.err, /through leads through such a link/);
  assert.ok(existsSync(join(tree, 'mine/g')));
});

test('what may not be read nearby makes no answer incomplete; in a project, or in what is moved, it does', {
  skip: !isRoot && 'needs another user',
}, () => {
  using scratch = new Scratch();
  const at = (...names: readonly string[]): string => scratch.at('t', ...names);
  for (const dir of ['', 'own', 'own/closed', 'shut', 'work', 'work/.git', 'work/shut']) mkdirSync(at(dir));
  for (const mine of ['', 'own', 'own/closed', 'work', 'work/.git']) lchownSync(at(mine), nobody, nobody);
  for (const shut of ['own/closed', 'shut', 'work/shut']) chmodSync(at(shut), 0o700);
  for (const file of ['f', 'work/f']) writeFileSync(at(file), '');
  symlinkSync('f', at('l'));
  const move = (from: string, to: string) => asNobody('--state', at('state'), at(from), at(to));
  const nearby = move('f', 'g');
  assert.deepEqual([nearby.status, nearby.err], [0, '']);
  assert.match(nearby.out, /1 link changed; .*; \d+ places? nearby may not be read/);
  const project = move('work/f', 'work/g');
  assert.equal(project.status, 3);
  assert.match(project.err, /cannot read .*work\/shut: Permission denied/);
  chmodSync(at('own/closed'), 0);
  const moved = move('own', 'ours');
  assert.equal(moved.status, 3);
  assert.match(moved.err, /cannot read .*own\/closed: Permission denied/);
});

/** `lw mv` in a process of another user. */
const asNobody = (
  ...args: readonly string[]
): { readonly status: number; readonly out: string; readonly err: string } =>
  JSON.parse(
    runScript(
      `import { spawnSync } from 'node:child_process';
      const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/lw.cjs', 'mv', ...${JSON.stringify(args)}]);
      process.stdout.write(JSON.stringify({ status, out: String(stdout), err: String(stderr) }));`,
      { uid: nobody },
    ).stdout,
  );

test('what mv takes and refuses', async () => {
  using tree = scene();
  const { at } = tree;
  tree.file('a', 'a');
  tree.file('b', 'b');
  tree.dir('d');
  assert.ok((await complaint(tree.mv(at('a')))) instanceof UsageError);
  assert.ok((await complaint(tree.mv('--update=soon', at('a'), at('b')))) instanceof UsageError);
  utimesSync(at('b'), 2e9, 2e9);
  assert.equal((await tree.mv('-u', at('a'), at('b'))).json.moved.length, 0);
  assert.equal((await tree.mv('--update=none', at('a'), at('b'))).json.moved.length, 0);
  assert.equal((await tree.mv('-f', '-n', at('a'), at('b'))).json.moved.length, 0);
  assert.equal((await tree.mv('--strip-trailing-slashes', `${at('a')}/`, at('d'))).json.moved.length, 1);
  const { code, problems } = await tree.mv(at('d'), at('d/e'));
  assert.equal(code, 1);
  assert.deepEqual(problems, [`cannot move '${at('d')}' to a subdirectory of itself, '${at('d/e')}'`]);
  const backed = await tree.mv('-bv', at('d/a'), at('b'));
  assert.equal(backed.lines[0], `renamed '${at('d/a')}' -> '${at('b')}' (backup: '${at('b~')}')`);
  assert.equal(readFileSync(at('b~'), 'utf8'), 'b');
  await tree.undo();
  assert.equal(readFileSync(at('b'), 'utf8'), 'b');
});

test('the program asks, and moves what it is told to', () => {
  using tree = scene();
  tree.file('a', 'new');
  tree.file('b', 'old');
  const args = ['mv', '-i', '--in', tree.at(), ...tree.state, tree.at('a'), tree.at('b')];
  const no = lw(args, { input: 'n\n' });
  assert.equal(no.code, 1);
  assert.equal(no.err, `lw: overwrite '${tree.at('b')}'? `);
  assert.equal(lw(args, { input: 'yes\n' }).code, 0);
  assert.equal(readFileSync(tree.at('b'), 'utf8'), 'new');
});

test('to another file system: names stay together, nothing is lost, what stays behind is told, and undo brings the originals', () => {
  if (!canMount('lw mv to another file system')) return;
  using scratch = new Scratch();
  const { status, stdout, stderr } = runScript(
    `import { acrossFileSystems } from './test/mv/across.ts';
    await acrossFileSystems(${JSON.stringify(scratch.path)});`,
    { mounts: `mkdir ${scratch.at('away')}; mount -t tmpfs away ${scratch.at('away')}` },
  );
  assert.equal(status, 0, stdout + stderr);
});
