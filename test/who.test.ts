import assert from 'node:assert/strict';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { command } from '../src/cli/commands/who.ts';
import { ask, nameFromJson } from './answer.ts';
import { bash } from './cli/lw.ts';
import { canMount, isRoot, nobody, runScript, Scratch } from './scratch.ts';

test('a file: its other names, links to it, links through links, and links that take it for a directory', async () => {
  using tree = planted({
    'dir/file': '',
    'dir/same': 'dir/file',
    direct: '-> dir/file',
    absolute: '-> /dir/file',
    'to-same': '-> dir/same',
    chain: '-> direct',
    longer: '-> chain',
    alias: '-> dir',
    'through-dir': '-> alias/file',
    'as-dir': '-> dir/file/',
    below: '-> dir/file/x',
    'chain-below': '-> direct/x',
    'chain-slash': '-> direct/',
    unrelated: '-> dir',
  });
  assert.deepEqual(await who(tree, 'dir/file'), [
    'name dir/same',
    'direct absolute -> /dir/file',
    'direct direct -> dir/file',
    'direct to-same -> dir/same',
    'through chain -> direct via direct',
    'through longer -> chain via chain',
    'through through-dir -> alias/file via alias',
    'passing as-dir -> dir/file/ not-a-directory',
    'passing below -> dir/file/x not-a-directory',
    'passing chain-below -> direct/x via direct not-a-directory',
    'passing chain-slash -> direct/ via direct not-a-directory',
  ]);
});

test('a directory: links to it, and those whose path goes through it from outside', async () => {
  using tree = planted({
    'dir/file': '',
    'dir/sub/file': '',
    'dir/inner': '-> sub/file',
    'dir/sub/up': '-> ../file',
    'dir/self': '-> .',
    'dir/by-self': '-> self/file',
    'dir/round': '-> ../dir/file',
    'dir/absolute': '-> /dir/file',
    to: '-> dir',
    slash: '-> dir/',
    chain: '-> to',
    into: '-> dir/file',
    deep: '-> dir/sub/file',
    back: '-> dir/sub/../../other',
    'chain-into': '-> into',
    'through-chain': '-> chain/sub/file',
    lost: '-> dir/gone',
    other: '',
    'not-there': '-> other',
  });
  assert.deepEqual(await who(tree, 'dir'), [
    'direct dir/self -> .',
    'direct slash -> dir/',
    'direct to -> dir',
    'through chain -> to via to',
    'passing back -> dir/sub/../../other',
    'passing chain-into -> into via into',
    'passing deep -> dir/sub/file',
    'passing dir/absolute -> /dir/file',
    'passing dir/round -> ../dir/file',
    'passing into -> dir/file',
    'passing lost -> dir/gone missing',
    'passing through-chain -> chain/sub/file via chain',
  ]);
});

test('a symbolic link: its names, and who leads to or through the link itself; -L and a slash ask for its target', async () => {
  using tree = planted({
    'real/file': '',
    link: '-> real',
    same: 'link',
    to: '-> link',
    'to-same': '-> same',
    chain: '-> to',
    into: '-> link/file',
    'chain-into': '-> into',
    straight: '-> real/file',
  });
  assert.deepEqual(await who(tree, 'link'), [
    'name same',
    'direct to -> link',
    'direct to-same -> same',
    'through chain -> to via to',
    'passing chain-into -> into via into',
    'passing into -> link/file',
  ]);
  const target = await who(tree, 'real');
  assert.ok(target.includes('direct link -> real') && target.includes('passing straight -> real/file'));
  assert.deepEqual(await who(tree, '-L', 'link'), target);
  assert.deepEqual(await who(tree, 'link/'), target);
});

test('a name of a symbolic link leads to another of its names where its text does from there', async () => {
  using near = planted({ 'b/b': '-> ../b', 'b/c/same': 'b/b' });
  assert.deepEqual(await who(near, 'b/b'), ['name b/c/same', 'direct b/c/same -> ../b']);
  using far = planted({ 'c/': '', b: '-> c', 'c/c': '-> ../b', 'c/same': 'b' });
  assert.deepEqual(await who(far, 'b'), ['name c/same', 'direct c/c -> ../b', 'through c/same -> c via c/c']);
});

test('a link in a loop, and one that dangles, are asked about as any other', async () => {
  using tree = planted({ a: '-> b', b: '-> a', out: '-> a', dangling: '-> gone', to: '-> dangling' });
  assert.deepEqual(await who(tree, 'a'), ['direct b -> a loop', 'direct out -> a loop']);
  assert.deepEqual(await who(tree, 'dangling'), ['direct to -> dangling missing']);
});

test('something missing: the links that wait for it', async () => {
  using tree = planted({
    'dir/there': '',
    direct: '-> dir/gone',
    chain: '-> direct',
    alias: '-> dir',
    'through-dir': '-> alias/gone',
    below: '-> dir/gone/x',
    'chain-below': '-> direct/x',
    deeper: '-> dir/gone/x/y',
    other: '-> dir/gone2',
  });
  assert.deepEqual(await who(tree, 'dir/gone'), [
    'direct direct -> dir/gone missing',
    'through chain -> direct via direct missing',
    'through through-dir -> alias/gone via alias missing',
    'passing below -> dir/gone/x missing',
    'passing chain-below -> direct/x via direct missing',
    'passing deeper -> dir/gone/x/y missing',
  ]);
  assert.deepEqual(await who(tree, 'alias/gone/x'), [
    'direct below -> dir/gone/x missing',
    'through chain-below -> direct/x via direct missing',
    'passing deeper -> dir/gone/x/y missing',
  ]);
  assert.deepEqual(await who(tree, '-L', 'other'), ['direct other -> dir/gone2 missing']);
});

test('links lead out of what is searched and back, and through what is excluded', async () => {
  using tree = planted({
    'in/file': '',
    'out/hop': '-> ../in/file',
    'out/dir': '-> ../in',
    'in/by-hop': '-> ../out/hop',
    'in/by-dir': '-> ../out/dir/file',
    'in/to-out': '-> ../out',
    'out/file': '',
  });
  assert.deepEqual(await who(tree, '--in', '/in', 'in/file'), [
    'through in/by-dir -> ../out/dir/file via out/dir',
    'through in/by-hop -> ../out/hop via out/hop',
  ]);
  assert.deepEqual(await who(tree, '--exclude', 'out', 'in/file'), [
    'through in/by-dir -> ../out/dir/file via out/dir',
    'through in/by-hop -> ../out/hop via out/hop',
  ]);
  // What is asked about may itself lie outside.
  assert.deepEqual(await who(tree, '--in', '/in', 'out'), [
    'direct in/to-out -> ../out',
    'passing in/by-dir -> ../out/dir/file',
    'passing in/by-hop -> ../out/hop',
  ]);
  assert.deepEqual(await who(tree, '--in', '/in', 'out/hop'), ['direct in/by-hop -> ../out/hop']);
});

test('several paths at once, counts, and a path that cannot be looked at', async () => {
  using tree = planted({ a: '', b: '', one: '-> a', two: '-> b', loop: '-> loop' });
  const { code, json, lines, problems, paths } = await ask(command, ['--root', tree.path, '/a', '/b', '/a/x']);
  assert.equal(code, 1);
  assert.deepEqual(paths, ['/one', '/two']);
  assert.deepEqual(
    json.targets.map(({ operand, direct, names }: Record<string, unknown>) => [operand, direct, names]),
    [
      ['/a', 1, 0],
      ['/b', 1, 0],
    ],
  );
  assert.deepEqual(problems, ['cannot look at /a/x: Not a directory\ntry: lw why /a/x']);
  assert.deepEqual(
    lines.map((line) => line.replace(/inode \d+ on \S+,/, 'inode …,')),
    [
      '/a: file, inode …, 1 name',
      '  1 link to it',
      '    /one -> a',
      '',
      '/b: file, inode …, 1 name',
      '  1 link to it',
      '    /two -> b',
    ],
  );
  const looping = await ask(command, ['--root', tree.path, '-L', '/loop']);
  assert.deepEqual([looping.code, looping.lines], [1, []]);
  const nothing = await ask(command, ['--root', tree.path, '/loop']);
  assert.deepEqual([nothing.code, nothing.lines.at(-1)], [0, '  nothing leads there']);
});

test('chains longer than any that the kernel follows, and long loops, end', async () => {
  const links: Record<string, string> = { file: '', l6000: '-> file' };
  for (let i = 0; i < 6000; i++) links[`l${i}`] = `-> l${i + 1}`;
  // Each doubles the steps of the one after it: 2^40 of them.
  for (let i = 0; i < 40; i++) links[`d${i}`] = `-> d${i + 1}/../d${i + 1}`;
  links.d40 = '-> .';
  using tree = planted(links);
  const { json } = await ask(command, ['--root', tree.path, '/file', '/l6000', '/d40']);
  const counted = json.targets.map(({ direct, through, passing }: Record<string, number>) => [
    direct,
    through,
    passing,
  ]);
  assert.deepEqual(counted, [
    [1, 6000, 0],
    [1, 5999, 0],
    // A text that fails at its first name goes no further.
    [1, 4, 35],
  ]);
});

test('hostile names come back byte for byte, and none reaches a terminal raw', () => {
  using tree = new Scratch();
  const hostile = [String.raw`new\nline`, String.raw`\e[31mred`, String.raw`\xff\xfe`, 'x'.repeat(255), '-rf', ' '];
  const made = hostile.map((name) => `ln -s -- $'../sub\\n\\xff/file' $'links/${name}'`).join(' && ');
  assert.equal(bash(`cd ${tree.path} && mkdir links $'sub\\n\\xff' && : >$'sub\\n\\xff/file' && ${made}`).err, '');
  const expected = bash(`cd ${tree.path} && printf '%s\\0' "$PWD"/links/* | sort -z | od -An -tx1`);
  const ask = `--in ${tree.path} ${tree.path}/$'sub\\n\\xff/file'`;
  assert.deepEqual(bash(`$LW who --null ${ask} | sort -z | od -An -tx1`), expected);
  const json = JSON.parse(bash(`$LW who --json ${ask}`).out);
  assert.equal(json.answers.length, hostile.length);
  for (const { text } of json.answers) assert.equal(nameFromJson(text), '../sub\n\udcff/file');
  const names = json.answers.map(({ path }: { path: string }) => nameFromJson(path).split('/').at(-1)).sort();
  assert.deepEqual(names, ['new\nline', '\x1b[31mred', '\udcff\udcfe', 'x'.repeat(255), '-rf', ' '].sort());
  const shown = bash(`$LW who ${ask}`).out;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there.
  assert.doesNotMatch(shown, /[\x00-\x09\x0b-\x1f\x7f]/);
  assert.equal(shown.split('\n').length, 2 + 1 + hostile.length);
});

test('what may not be looked at makes the answer incomplete, and is said', (context) => {
  if (!isRoot) return notRun(context.name, 'root');
  using tree = planted({
    file: '',
    'closed/link': '-> ../file',
    'closed/file': '',
    unknown: '-> closed/file',
    direct: '-> file',
  });
  bash(`chmod 700 ${tree.at('closed')}`);
  const answer = askElsewhere(['--in', tree.path, tree.at('file')], { uid: nobody });
  assert.deepEqual([answer.code, answer.paths], [3, [tree.at('direct')]]);
  assert.deepEqual(answer.problems, [
    `cannot read ${tree.at('closed')}: Permission denied`,
    `where 1 link lead could not be looked at, as ${tree.at('unknown')}\ntry: lw map --list unknown`,
  ]);
  const closed = askElsewhere(['--in', tree.path, tree.at('closed')], { uid: nobody });
  assert.deepEqual(closed.paths, [tree.at('unknown')]);
});

test('bind mounts: one directory at two places, and the way up from each', (context) => {
  if (!canMount(context.name)) return;
  using tree = planted({
    'a/dir/file': '',
    'a/dir/up': '-> ../beside',
    'a/beside': '',
    'b/beside': '',
    'b/seen/': '',
    one: '-> a/dir/file',
    two: '-> b/seen/file',
    'up-a': '-> a/dir/up',
    'up-b': '-> b/seen/up',
  });
  const mounts = `mount --bind ${tree.at('a/dir')} ${tree.at('b/seen')}`;
  const asked = (path: string): readonly string[] => shown(askElsewhere(['--root', tree.path, path], { mounts }));
  assert.deepEqual(asked('/a/dir/file'), ['direct one -> a/dir/file', 'direct two -> b/seen/file']);
  assert.deepEqual(asked('/b/seen/file'), asked('/a/dir/file'));
  assert.deepEqual(asked('/b/beside'), ['through up-b -> b/seen/up via b/seen/up']);
  assert.ok(asked('/a/beside').includes('through up-a -> a/dir/up via a/dir/up'));
  assert.deepEqual(
    asked('/a/dir').filter((line) => line.startsWith('passing')),
    [
      'passing one -> a/dir/file',
      'passing two -> b/seen/file',
      'passing up-a -> a/dir/up',
      'passing up-b -> b/seen/up',
    ],
  );
});

test('-x searches the file system of the path alone', (context) => {
  if (!canMount(context.name)) return;
  using tree = planted({ 'mnt/': '', 'to-file': '-> mnt/file' });
  const mounts = `cd ${tree.path}
    mount -t tmpfs t mnt
    : >mnt/file && ln -s file mnt/link`;
  const file = tree.at('mnt/file');
  assert.deepEqual(askElsewhere(['-x', file], { mounts }).paths, [tree.at('mnt/link')]);
  assert.deepEqual(askElsewhere(['--in', tree.path, file], { mounts }).paths, [
    tree.at('mnt/link'),
    tree.at('to-file'),
  ]);
});

// What the tests stand on.

/** A tree: `dir/` is a directory, `-> text` a link, '' an empty file, anything else one more name of that file. */
const planted = (entries: Readonly<Record<string, string>>): Scratch => {
  const tree = new Scratch();
  for (const [path, what] of Object.entries(entries)) {
    mkdirSync(path.endsWith('/') ? tree.at(path) : dirname(tree.at(path)), { recursive: true });
    if (path.endsWith('/')) continue;
    if (what.startsWith('-> ')) symlinkSync(what.slice(3), tree.at(path));
    else if (what === '') writeFileSync(tree.at(path), '');
    else linkSync(tree.at(what), tree.at(path));
  }
  return tree;
};

/** The answers, a line each, for a tree that is the root; the last argument is a path in it. */
const who = async (tree: Scratch, ...args: readonly string[]): Promise<readonly string[]> => {
  const answer = await ask(command, ['--root', tree.path, ...args.slice(0, -1), `/${args.at(-1)}`]);
  assert.deepEqual([answer.code, answer.problems], [0, []]);
  return shown(answer);
};

interface Line {
  readonly way: string;
  readonly path: string;
  readonly text?: string;
  readonly via?: readonly string[];
  readonly end?: string;
}

const shown = ({ json }: Awaited<ReturnType<typeof ask>>): readonly string[] =>
  json.answers.map(({ way, path, text, via, end }: Line) =>
    [
      way,
      path.slice(1),
      ...(text === undefined ? [] : ['->', text]),
      ...(via?.length ? ['via', ...via.map((link) => link.slice(1))] : []),
      ...(end === undefined || end === 'found' ? [] : [end]),
    ].join(' '),
  );

/** Asks in a process of its own: with mounts or another user's rights. */
const askElsewhere = (
  args: readonly string[],
  setting: { mounts?: string; uid?: number },
): Awaited<ReturnType<typeof ask>> => {
  const { status, stdout, stderr } = runScript(
    `import { ask } from './test/answer.ts';
     import { command } from './src/cli/commands/who.ts';
     console.log(JSON.stringify(await ask(command, ${JSON.stringify(args)})));`,
    { ...setting, env: { LINKWRIGHT_LEAK_CHECK: '1' } },
  );
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};

const notRun = (test: string, need: string): void => {
  process.stderr.write(`NOT RUN: ${test}: it needs ${need}\n`);
};
