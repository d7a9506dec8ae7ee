import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'smol-toml';
import { parseConfig } from '../../src/cli/check/parse-config.ts';
import { command } from '../../src/cli/commands/check.ts';
import { command as undo } from '../../src/cli/commands/undo.ts';
import { rules } from '../../src/jobs/check/rules.ts';
import { type Answer, ask } from '../answer.ts';
import { bash } from '../cli/lw.ts';
import { isRoot, nobody, runScript, Scratch } from '../scratch.ts';

test('what is found is told the worst first, by path, and links with one cause together', async () => {
  using tree = planted({
    'a/l1': '-> ../old/1',
    'a/l2': '-> ../old/2',
    'a/l3': '-> ../old/3',
    file: '',
    'z-messy': '-> .//file',
    'b-circle': '-> b-circle',
  });
  const { lines, code, json } = await checked(tree);
  assert.deepEqual(shortened(tree, lines), [
    'error    3 links: T/old does not exist  (dangling)',
    '           T/a/l1 -> ../old/1',
    '           T/a/l2 -> ../old/2',
    '           T/a/l3 -> ../old/3',
    'error    T/b-circle -> b-circle: leads to itself  (loop)',
    'warning  T/z-messy -> .//file: its text has parts that say nothing  (messy)',
    '',
    '4 errors and 1 warning in 5 links, 8 entries seen',
    'lw check --fix would mend one of them (--dry-run shows how)',
    'lw repair looks for what dangling links meant; lw why PATH explains one',
    'lw check --explain dangling says what that means',
  ]);
  assert.equal(code, 1);
  assert.deepEqual(json.counts, { error: 4, warning: 1, info: 0 });
  assert.deepEqual(
    json.causes.map(({ rule, places }: { rule: string; places: number }) => [rule, places]),
    [['dangling', 3]],
  );
});

test('many findings of one rule or cause are cut short, unless all are asked for', async () => {
  using tree = planted(
    Object.fromEntries([
      ...Array.from({ length: 30 }, (_, i) => [`gone${i}`, `-> none/${i}`]),
      ...Array.from({ length: 30 }, (_, i) => [`messy${i}`, '-> .//file']),
      ['file', ''],
    ]),
  );
  const short = await checked(tree);
  assert.equal(short.lines.filter((line) => line.includes(' -> none/')).length, 5);
  assert.ok(short.lines.includes('           and 25 more'), short.lines.join('\n'));
  assert.equal(short.lines.filter((line) => line.includes('(messy)')).length, 10);
  assert.ok(short.lines.includes('warning  and 20 more  (messy; --all shows them)'));
  const all = await checked(tree, ['--all']);
  assert.equal(all.lines.filter((line) => line.includes(' -> none/')).length, 30);
  assert.equal(all.lines.filter((line) => line.includes('(messy)')).length, 30);
  assert.equal(short.paths.length, 60);
});

test('--only, --rule, presets, overrides and the file of rules to ignore decide what is asked and how it is taken', async () => {
  using tree = planted({
    file: '',
    messy: '-> .//file',
    'vendor/messy': '-> ..//file',
    'vendor/gone': '-> none',
    'lib/messy': '-> ..//file',
    'linkwright.toml':
      '[rules]\nhygiene = "info"\nmessy = "error"\n[[override]]\npaths = ["vendor/"]\nrules = { messy = "off" }\n',
    '.linkwrightignore': '# comment\nlib/  @messy\n',
  });
  const found = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { json } = await checked(tree, args);
    return json.findings.map(
      ({ rule, severity, path }: Found) => `${severity} ${rule} ${path.slice(tree.path.length + 1)}`,
    );
  };
  assert.deepEqual(await found(), ['error messy messy', 'error dangling vendor/gone']);
  assert.deepEqual(await found('--no-config'), [
    'error dangling vendor/gone',
    'warning messy lib/messy',
    'warning messy messy',
    'warning messy vendor/messy',
  ]);
  assert.deepEqual(await found('--only', 'messy'), ['error messy messy']);
  assert.deepEqual(await found('--only', 'resolution'), ['error dangling vendor/gone']);
  assert.deepEqual(await found('--rule', 'messy=info', '--rule', 'dangling=off'), [
    'info messy messy',
    'info messy vendor/messy',
  ]);
  assert.deepEqual(await found('--no-config', '--preset', 'home', '--only', 'hygiene'), [
    'info messy lib/messy',
    'info messy messy',
    'info messy vendor/messy',
  ]);
});

test('what is excluded or ignored is not looked at; what git ignores neither, in the preset repo alone', async () => {
  using tree = planted({
    'build/gone': '-> none',
    'out/gone': '-> none',
    'tmp/gone': '-> none',
    'sub/gen/gone': '-> none',
    'sub/keep/gone': '-> none',
    'sub/.gitignore': 'gen/\n!keep/\n',
    '.git/HEAD': '',
    '.git/gone': '-> none',
    '.gitignore': 'tmp/\nkeep/\n',
    '.linkwrightignore': 'out/\n',
    'linkwright.toml': 'exclude = ["/build"]\n',
  });
  const gone = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await checked(tree, ['--only', 'dangling', ...args])).paths.map((path) => path.slice(tree.path.length + 1));
  assert.deepEqual(await gone(), ['.git/gone', 'sub/gen/gone', 'sub/keep/gone', 'tmp/gone']);
  assert.deepEqual(await gone('--preset', 'repo'), ['sub/keep/gone']);
});

test('settings are found above the first directory', async () => {
  using tree = planted({
    'a/b/gone': '-> none',
    'linkwright.toml': '[[override]]\npaths = ["a/b/"]\nrules = { dangling = "off" }\n',
  });
  assert.equal((await ask(command, ['--only', 'dangling', tree.at('a/b')])).code, 0);
});

test('an expected finding is not told; an entry that is over, or fits nothing, is', async () => {
  const expecting = (...more: readonly string[]): string =>
    ['[[expect]]', 'path = "gone"', 'rule = "dangling"', 'reason = "made at the start"', ...more, ''].join('\n');
  using tree = planted({ gone: '-> none', 'linkwright.toml': expecting('until = 2999-12-31') });
  const expected = await checked(tree);
  assert.deepEqual([expected.code, expected.json.expected, expected.problems], [0, 1, []]);
  writeFileSync(tree.at('linkwright.toml'), expecting('until = 2001-01-01'));
  const over = await checked(tree);
  assert.deepEqual(
    [over.code, shortened(tree, over.problems)],
    [1, ['T/linkwright.toml:1: dangling of gone was expected until 2001-01-01 only']],
  );
  writeFileSync(tree.at('linkwright.toml'), `\n${expecting().replace('"gone"', '"other"')}`);
  const stale = await checked(tree);
  assert.deepEqual(
    [stale.code, shortened(tree, stale.problems)],
    [1, ['T/linkwright.toml:2: dangling of other is expected, but is not found any more: the entry can go']],
  );
  assert.deepEqual((await checked(tree, ['--only', 'loop'])).problems, []);
});

test('a baseline: what was there is known, what is new is told, what is mended is told and pruned', async () => {
  using tree = planted({ gone: '-> none', 'd/gone': '-> none', messy: '-> .//file', file: '' });
  symlinkSync('none', Buffer.concat([Buffer.from(`${tree.path}/`), Buffer.from([0xff])]));
  const written = await checked(tree, ['--suppress-all']);
  assert.deepEqual([written.code, written.json.suppressed, written.json.baseline.suppressions], [0, 4, 4]);
  const text = readFileSync(tree.at('linkwright-suppressions.json'), 'utf8');
  assert.match(text, /\{"path":"d\/gone","rule":"dangling","count":1\}/);
  assert.match(text, /\{"path":\{"bytes":"\/w=="\},"rule":"dangling","count":1\}/);
  assert.equal((await checked(tree)).code, 0);

  symlinkSync('none', tree.at('new'));
  const after = await checked(tree);
  assert.deepEqual(after.paths, [tree.at('new')]);

  writeFileSync(tree.at('none'), '');
  const mended = await checked(tree);
  assert.match(mended.problems.join('\n'), /knows 2 findings too many/);
  // Of what was not walked, nothing is known.
  assert.deepEqual((await ask(command, [tree.at('d')])).problems, []);
  const pruned = await checked(tree, ['--prune-suppressions']);
  assert.equal(pruned.json.baseline.suppressions, 2);
  assert.deepEqual((await checked(tree)).problems, []);
  await assert.rejects(checked(tree, ['--baseline', tree.at('file')]), /is no baseline/);
});

test('--fix gives links the texts that rules propose, and undo takes it back', async () => {
  using tree = planted({ 'a/file': '', 'a/b/messy': '-> .././/file', 'a/b/long': '-> ../../a/file', gone: '-> none' });
  using state = new Scratch();
  const fixing = ['--fix', '--state', state.at('state')];
  const dry = await checked(tree, [...fixing, '--dry-run']);
  assert.equal(readlinkSync(tree.at('a/b/messy')), '.././/file');
  assert.deepEqual(shortened(tree, dry.lines).slice(0, 2), [
    'would be T/a/b/long -> ../file  was ../../a/file',
    'would be T/a/b/messy -> ../file  was .././/file',
  ]);
  const fixed = await checked(tree, fixing);
  assert.deepEqual([readlinkSync(tree.at('a/b/messy')), readlinkSync(tree.at('a/b/long'))], ['../file', '../file']);
  assert.deepEqual(
    fixed.json.findings.map(({ rule }: Found) => rule),
    ['dangling'],
  );
  assert.equal(fixed.code, 1);
  await ask(undo, ['--state', state.at('state')]);
  assert.deepEqual(
    [readlinkSync(tree.at('a/b/messy')), readlinkSync(tree.at('a/b/long'))],
    ['.././/file', '../../a/file'],
  );
});

test('exit codes: --fail-on, directories that are not there, and what could not be looked at', async (t) => {
  using tree = planted({ messy: '-> .//file', file: '', 'closed/file': '', into: '-> closed/file' });
  const code = async (...args: readonly string[]): Promise<number> => (await checked(tree, args)).code;
  assert.equal(await code(), 1);
  assert.equal(await code('--fail-on', 'error'), 0);
  assert.equal(await code('--rule', 'messy=off'), 0);
  assert.equal((await ask(command, [tree.at('none')])).code, 1);
  await assert.rejects(checked(tree, ['--rule', 'mesy=off']), /there is no rule mesy/);
  if (!isRoot) return t.skip('only root can give up its rights');
  mkdirSync(tree.at('closed/deep'));
  writeFileSync(tree.at('closed/deep/x'), '');
  symlinkSync('closed/deep/x', tree.at('deeper'));
  chmodSync(tree.at('closed'), 0o700);
  const asNobody = (...args: readonly string[]): number => {
    const { stdout, stderr } = runScript(
      `import { ask } from './test/answer.ts';
       import { command } from './src/cli/commands/check.ts';
       console.log((await ask(command, ${JSON.stringify(['--rule', 'messy=off', ...args, tree.path])})).code);`,
      { uid: nobody },
    );
    assert.match(stdout, /^[0-9]\n$/, stderr);
    return Number(stdout);
  };
  assert.equal(asNobody('--rule', 'security=off'), 3);
  assert.equal(asNobody('--rule', 'security=off', '--allow-incomplete'), 0);
  assert.equal(asNobody('--only', 'dangling'), 3);
});

test('a mistake in linkwright.toml is told with its line and the nearest spelling', () => {
  const mistakes: readonly (readonly [toml: string, says: RegExp, tries?: string])[] = [
    ['presett = "repo"', /^f:1: there is no key presett here/, 'preset'],
    ['\npreset = "rep"', /^f:2: preset must be repo, deploy, image or home/, 'repo'],
    ['[rules]\n\ndangeling = "off"', /^f:3: there is no rule dangeling/, 'dangling'],
    ['[rules]\ndangling = "of"', /^f:2: dangling must be off, error, warning or info/, 'off'],
    ['[rules]\ndeep-chain = { hops = 0 }', /^f:2: hops must be a whole number from 1/],
    ['[rules]\ndangling = { hops = 3 }', /^f:2: there is no key hops here/],
    ['[[expect]]\npath = "a"\nrule = "loop"', /^f:1: expect needs reason/],
    [
      '[[expect]]\npath = "a"\nrule = "loop"\nreason = "b"\n[[expect]]\npath = "c"\nrule = "lop"\nreason = "d"',
      /^f:7: there is no rule lop/,
      'loop',
    ],
    ['[[override]]\npaths = "a"\nrules = {}', /^f:2: paths must be a list of texts/],
    ['[[group]]\nnames = ["a"]', /^f:2: a group has at least two names/],
    ['expect = 3', /^f:1: expect must be a list of tables: \[\[expect\]\]/],
    ['a = ', /^f:1: this is not TOML/],
    ['x = """\npreset = 1\n"""\n', /^f:1: there is no key x here/],
  ];
  for (const [toml, says, tries] of mistakes)
    assert.throws(
      () => parseConfig(new TextEncoder().encode(toml), 'f', rules, parse),
      (error: Error & { tries: readonly string[]; exitCode: number }) => {
        assert.match(error.message, says);
        assert.equal(error.exitCode, 2);
        if (tries !== undefined) assert.deepEqual(error.tries, [tries]);
        return true;
      },
      toml,
    );
  assert.throws(() => parseConfig(Uint8Array.of(0x0a, 0xff), 'f', rules, parse), /^UsageError|f:2: this is not UTF-8/);
});

test('the example of the documentation is right, by the schema and by the program, and so are all keys of the schema', () => {
  const [, toml = ''] =
    /```toml\n(.*?)```/s.exec(readFileSync(new URL('../../docs/CHECK.md', import.meta.url), 'utf8')) ?? [];
  const schema = JSON.parse(readFileSync(new URL('../../schemas/linkwright.toml.json', import.meta.url), 'utf8'));
  // A schema is about JSON, in which a day is a text.
  const plain: object = JSON.parse(JSON.stringify(parse(toml)));
  const valid = new Ajv2020({ strict: false }).compile(schema);
  assert.ok(valid(plain), JSON.stringify(valid.errors));
  const config = parseConfig(new TextEncoder().encode(toml), 'example', rules, parse);
  assert.equal(config.thresholds.hops, 3);
  assert.deepEqual(Object.keys(plain).sort(), Object.keys(schema.properties).sort());
  assert.ok(!valid({ ...plain, presett: 'repo' }));
  assert.ok(!valid({ rules: { dangling: { hops: 3 } } }));
});

test('names with bytes and controls: nothing of them reaches a terminal', () => {
  using tree = new Scratch();
  const ran = bash(
    `cd '${tree.path}' && ln -s $'no\\e[31mne' $'\\xff\\e]0;x\\a' && ` +
      `script -qec "$LW check --color always" /dev/null | cat -v; $LW check --format jsonl; $LW check --null | od -An -tx1`,
  );
  assert.match(ran.out, /xff/);
  assert.doesNotMatch(ran.out, /\^\[\]0|\^G|no\^\[\[31mne/);
  assert.match(ran.out, /2e 2f ff 1b 5d/);
});

test('with --root, texts are those of the image', async () => {
  using tree = planted({ 'etc/good': '-> /usr/file', 'usr/file': '', 'etc/bad': '-> /none' });
  const { json } = await ask(command, ['--root', tree.path, '--only', 'dangling', '/']);
  assert.deepEqual(
    json.findings.map(({ path }: Found) => path),
    ['/etc/bad'],
  );
});

test('findings by the ten thousand are held and told in little memory', () => {
  using tree = new Scratch();
  const full = process.env.LINKWRIGHT_FULL === '1';
  const links = full ? 100_000 : 20_000;
  for (let i = 0; i < links; i++) {
    const dir = tree.at(`${i % 100}`);
    if (i < 100) mkdirSync(dir);
    symlinkSync(`none-${i}`, `${dir}/link-${i}`);
  }
  // Some 900 bytes a finding; V8 ends the process where its heap is full.
  const megabytes = 24 + Math.ceil((links * 1200) / 2 ** 20);
  const program = `$(echo $LW | sed 's/ / --max-old-space-size=${megabytes} /')`;
  for (const [form, lines] of [
    ['--json', links],
    ['--format jsonl', links],
    ['--all', links],
    ['', 11],
  ] as const) {
    const ran = bash(`${program} check --only dangling ${form} '${tree.path}' | grep -c none-; echo \${PIPESTATUS[0]}`);
    assert.equal(ran.out, `${form === '' ? 10 : lines}\n1\n`, `${form}: ${ran.err.slice(0, 500)}`);
  }
});

interface Found {
  readonly rule: string;
  readonly severity: string;
  readonly path: string;
}

/** Files by path; `-> text` is a link. */
const planted = (files: Readonly<Record<string, string>>): Scratch => {
  const tree = new Scratch();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(tree.at(dirname(path)), { recursive: true });
    if (content.startsWith('-> ')) symlinkSync(content.slice(3), tree.at(path));
    else writeFileSync(tree.at(path), content);
  }
  return tree;
};

const checked = (tree: Scratch, args: readonly string[] = []): Promise<Answer> => ask(command, [...args, tree.path]);

const shortened = (tree: Scratch, lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replaceAll(tree.path, 'T'));
