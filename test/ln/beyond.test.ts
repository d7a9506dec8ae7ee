/** What lw ln can do beyond GNU's: --beneath, --from0, --fsync, --explain; and the programs as processes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { explainRefused } from '../../src/cli/explain-refused.ts';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs } from '../../src/fs/fs.ts';
import { ln } from '../../src/jobs/make/ln.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { bash, lwPath } from '../cli/lw.ts';
import { type Answer, ours } from '../gnu-program.ts';
import { canMount, runScript, Scratch } from '../scratch.ts';
import { meddled } from './meddled.ts';
import { draw, plant, runHere } from './trial.ts';

const inTree = (tree: readonly string[], work: (scratch: Scratch) => void): void => {
  using scratch = new Scratch();
  plant(scratch.path, tree);
  const before = process.cwd();
  process.chdir(scratch.path);
  try {
    work(scratch);
  } finally {
    process.chdir(before);
  }
};

const run = (args: readonly string[], input = '', fs: Fs = kernel): Answer => runHere('ln', ln, { args, input }, fs);

const sandbox = [
  'secret',
  'out/',
  'out/f',
  'in/',
  'in/a',
  'in/sub/',
  'in/sub/f',
  'in/up -> ..',
  'in/far -> /etc',
  'in/to -> sub',
  'in/toSecret -> ../secret',
];

test('with --beneath paths begin at ROOT and may use its links', () =>
  inTree(sandbox, () => {
    assert.deepEqual(run(['--beneath=in', 'a', 'sub/a']), { code: 0, out: '', err: '' });
    assert.equal(statSync('in/sub/a').ino, statSync('in/a').ino);
    assert.equal(run(['--beneath=in', 'to/f', 'to/../g']).code, 0);
    assert.equal(statSync('in/g').ino, statSync('in/sub/f').ino);
    assert.equal(run(['--beneath=in', '-L', 'to/f', 'h']).code, 0);
    assert.equal(run(['--beneath=in', '-s', 'x', 'y', 'to']).code, 0);
    assert.equal(readlinkSync('in/sub/y'), 'y');
    assert.equal(run(['--beneath=in', '-sf', 'z', 'sub/y']).code, 0);
    assert.equal(run(['--beneath=in', '-sfb', 'z2', 'sub/y']).code, 0);
    assert.deepEqual([readlinkSync('in/sub/y'), readlinkSync('in/sub/y~')], ['z2', 'z']);
    assert.equal(run(['--beneath=in', 'toSecret', 'again']).code, 0);
    assert.equal(readlinkSync('in/again'), '../secret', 'the final name is not followed');
  }));

const escapes = [
  '../out/f new',
  '/etc/hostname new',
  'up/out/f new',
  'far/hostname new',
  '-L toSecret new',
  'a ../new',
  'a /tmp/new',
  'a up/new',
  'a far/new',
].concat([
  '-s x ../new',
  '-s x up/new',
  '-sf x up/secret',
  '-f a up/secret',
  '-t .. a',
  '-t up a',
  '-s x y up',
  '-s x y far',
  '-T a up/new',
  '-sfn a up/',
]);
for (const line of escapes)
  test(`with --beneath this is refused: ln ${line}`, () =>
    inTree(sandbox, ({ path }) => {
      const before = draw(path);
      const { code, err } = run(['--beneath=in', ...line.split(' ')]);
      assert.equal(code, 1);
      assert.match(err, /^ln: '.*' leads out of 'in'\n$|^ln: '.*': hard link not allowed for directory\n$/);
      assert.deepEqual(draw(path), before);
    }));

test('--from0 makes a link of each pair, and goes on after one that cannot be made', () =>
  inTree(['a', 'b', 'd/', 'd/old'], () => {
    const pairs = ['a', 'd/x', 'b', 'd/y', 'nope', 'd/z', 'a', 'd/old', 'b', 'e', 'a', 'd/line\nend'];
    const { code, err } = run(['--from0', '-'], `${pairs.join('\0')}\0`);
    assert.equal(code, 1);
    assert.equal(
      err,
      "ln: failed to access 'nope': No such file or directory\nln: failed to create hard link 'd/old': File exists\n",
    );
    assert.deepEqual(readdirSync('d').toSorted(), ['line\nend', 'old', 'x', 'y']);
    assert.equal(statSync('d/y').ino, statSync('b').ino);
    assert.deepEqual(run(['-sf', '--from0=-'], 'q\0d/old\0r\0d/x'), { code: 0, out: '', err: '' });
    assert.equal(readlinkSync('d/x'), 'r');
    assert.deepEqual(run(['-s', '--from0=-'], 'q\0n1\0r').err, "ln: '-' ends with a target that has no name: 'r'\n");
    assert.equal(run(['-s', '--from0=-', 'x']).err, "ln: extra operand 'x'\nTry 'ln --help' for more information.\n");
    assert.equal(run(['-s', '--from0=none']).err, "ln: cannot open 'none': No such file or directory\n");
    assert.equal(
      run(['-s', '--from0=-'], 'q\0nope/x\0').err,
      "ln: failed to create symbolic link 'nope/x': No such file or directory\n",
    );
    assert.equal(run(['-s', '--beneath=d', '--from0=-'], 'q\0../x\0q\0inside\0').err, "ln: '../x' leads out of 'd'\n");
    assert.equal(readlinkSync('d/inside'), 'q');
  }));

test('--fsync waits for each directory, and says where that fails', () =>
  inTree(['a', 'd/', 'e/'], () => {
    let synced = 0;
    const counting = meddled(kernel, {
      sync: () => {
        synced++;
        return undefined;
      },
    });
    assert.equal(run(['--fsync', 'a', 'b'], '', counting).code, 0);
    assert.equal(synced, 1);
    assert.equal(run(['--fsync', '-s', '-t', 'd', 'x', 'y'], '', counting).code, 0);
    assert.equal(synced, 2);
    assert.equal(run(['--fsync', '-s', '--from0=-'], 'q\0d/1\0q\0d/2\0q\0e/1\0', counting).code, 0);
    assert.equal(synced, 4);
    const failing = meddled(kernel, { sync: () => new Fault('fsync', 'EIO', '') });
    assert.deepEqual(run(['--fsync', '-s', 'q', 'd/3'], '', failing), {
      code: 1,
      out: '',
      err: "ln: cannot synchronize 'd/': Input/output error\n",
    });
  }));

test('--explain names the cause and what to try', () =>
  inTree(['a', 'd/', 'l -> l'], () => {
    const explained = (...args: readonly string[]): string =>
      ours(ln, 'ln', ['--explain', ...args], {}, kernel, { explain: explainRefused }).err;
    assert.match(explained('-d', 'd', 'e'), /Operation not permitted\n {2}why: it is a directory.*\n {2}try: /);
    assert.match(
      explained('/proc/self/status', 'e'),
      /Invalid cross-device link\n {2}why: the file is on \/proc and the new name on .*\n {2}try: ln -s/,
    );
    assert.match(
      explained('-L', 'l', 'e'),
      /Too many levels of symbolic links\n {2}why: symbolic links .*\n {2}try: lw why/,
    );
    assert.equal(explained('nope', 'e'), "ln: failed to access 'nope': No such file or directory\n");
  }));

test('--explain tells two mounts of one file system from two file systems', (t) => {
  if (!canMount('--explain with two mounts')) return t.skip('it needs root and a mount namespace');
  using scratch = new Scratch();
  mkdirSync(scratch.at('one'));
  mkdirSync(scratch.at('two'));
  writeFileSync(scratch.at('one/a'), '');
  const { stdout } = runScript(
    `import { spawnSync } from 'node:child_process';
     const { stderr } = spawnSync(process.execPath, ['bin/lw.cjs', 'ln', '--explain', '${scratch.at('one/a')}', '${scratch.at('two/b')}']);
     process.stdout.write(stderr);`,
    { mounts: `mount --bind ${scratch.at('one')} ${scratch.at('two')}` },
  );
  assert.match(stdout, /Invalid cross-device link\n {2}why: .* they are one file system, and Linux still refuses/);
});

test('as processes: by name, by first word, with bytes that are no text, and with output that cannot be written', () => {
  using scratch = new Scratch();
  for (const name of ['ln', 'link', 'unlink', 'readlink', 'realpath']) symlinkSync(lwPath, scratch.at(name));
  mkdirSync(scratch.at('w'));
  const node = process.execPath;
  const go = (line: string): readonly [number | null, string] => {
    const { code, out, err } = bash(
      `cd ${scratch.at('w')}; as() { local name=$1; shift; ${node} ${scratch.path}/$name "$@"; }; ${line}`,
    );
    return [code, out + err];
  };
  for (const [line, code, said] of [
    ['echo x > a; as ln -v a b', 0, "'b' => 'a'\n"],
    ['$LW ln a c; as link a e; as unlink c; ls', 0, 'a\nb\ne\n'],
    ["as ln -sv $'\\xff' $'n\\xfe'; as readlink $'n\\xfe' | od -An -tx1", 0, "'n'$'\\376' -> ''$'\\377'\n ff 0a\n"],
    ["as ln -s $'\\xc3\\xa9' u; ls | grep -c u; as readlink u", 0, '1\né\n'],
    ["LC_ALL=C as ln nope $'\\xff'", 1, "ln: failed to access 'nope': No such file or directory\n"],
    ['as ln -s x v1 -v > /dev/full', 1, 'ln: write error: No space left on device\n'],
    ['as ln --help > /dev/full', 1, 'ln: write error: No space left on device\n'],
    ['as ln --version | head -n 1 | sed "s/ [0-9.]*$//"', 0, 'ln (Linkwright)\n'],
    ['$LW ln --help | head -n 1', 0, 'Usage: ln [OPTION]... [-T] TARGET NAME\n'],
    ['$LW help ln | head -n 1', 0, 'Usage: lw ln [OPTION]... [-T] TARGET NAME\n'],
    ['$LW help | grep -c "^  \\(ln\\|link\\|unlink\\|readlink\\|realpath\\) "', 0, '5\n'],
    ['printf "y\\nrest\\n" | (as ln -i a b; cat)', 0, "rest\nln: replace 'b'? "],
    ['echo n | as ln -i a b', 1, "ln: replace 'b'? "],
    ['printf "a\\0q1\\0a\\0q2\\0" | as ln --from0 -; ls q1 q2', 0, 'q1\nq2\n'],
    ['printf "a\\0q3\\0" > list; as ln --from0=list; ls q3', 0, 'q3\n'],
    ['as ln --version --bad | wc -l', 0, '1\n'],
    ['as ln --bad --version', 1, "ln: unrecognized option '--bad'\nTry 'ln --help' for more information.\n"],
    ['as realpath a | grep -c /w/a', 0, '1\n'],
    ['as ln --explain -d . dir 2>&1 | wc -l', 0, '3\n'],
    ['LINKWRIGHT_LEAK_CHECK=1 as ln -sfb new a; ls a a~', 0, 'a\na~\n'],
    ['exec >&-; as ln -s q closed', 0, ''],
  ] as const)
    assert.deepEqual(go(line), [code, said], line);
  assert.ok(
    existsSync(scratch.at('w/b')) &&
      lstatSync(scratch.at('w/u')).isSymbolicLink() &&
      readFileSync(scratch.at('w/b'), 'utf8') === 'x\n',
  );
  assert.equal(spawnSync(process.execPath, [lwPath, 'ln']).status, 1);
});
