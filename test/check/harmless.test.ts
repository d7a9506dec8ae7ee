/** Beside symlinks(1), which does harm: what could not be looked at, and what `..` leads to, is left alone by us. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { lwPath } from '../cli/lw.ts';
import { isRoot, nobody, Scratch } from '../scratch.ts';

const links = ['absolute', 'relative', 'through', 'chain', 'dir', 'directly'] as const;

/** Good links of nobody into a directory that only root may search; the last one leads to that directory itself. */
const yard = (): Scratch => {
  const scratch = new Scratch();
  for (const dir of ['closed', 'closed/dir', 'tree']) mkdirSync(scratch.at(dir));
  writeFileSync(scratch.at('closed/file'), 'hello\n');
  symlinkSync('file', scratch.at('closed/hop'));
  const texts = [
    scratch.at('closed/file'),
    '../closed/file',
    '../closed/hop',
    'relative',
    '../closed/dir',
    '../closed',
  ];
  for (const [i, link] of links.entries()) {
    symlinkSync(texts[i] as string, scratch.at('tree', link));
    lchownSync(scratch.at('tree', link), nobody, nobody);
  }
  lchownSync(scratch.at('tree'), nobody, nobody);
  chmodSync(scratch.at('closed'), 0o700);
  return scratch;
};

const asNobody = (scratch: Scratch, ...command: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(
    'setpriv',
    [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--', ...command],
    { encoding: 'utf8', env: { ...process.env, HOME: scratch.at('tree'), LINKWRIGHT_STATE: scratch.at('state') } },
  );
  return { code: status, out: stdout, err: stderr };
};

const textsIn = (scratch: Scratch): readonly (string | undefined)[] =>
  links.map((link) =>
    lstatSync(scratch.at('tree', link), { throwIfNoEntry: false }) ? readlinkSync(scratch.at('tree', link)) : undefined,
  );

/** Whether the comparison has to be left out, which is told loudly. */
const hindered = (what: string): boolean => {
  const installed = spawnSync('symlinks', []).error === undefined;
  if (isRoot && installed) return false;
  process.stderr.write(`NOT RUN: ${what}: it needs root and symlinks(1)\n`);
  return true;
};

test('a good link into a directory that may not be searched: symlinks -d removes it, lw check calls it unknown', (t) => {
  if (hindered('symlinks -d')) return t.skip();
  using ours = yard();
  const before = textsIn(ours);
  const told = asNobody(ours, process.execPath, lwPath, 'check', '--no-config', '--json', ours.at('tree'));
  const findings: readonly { readonly rule: string; readonly path: string }[] = JSON.parse(told.out).findings;
  assert.deepEqual(
    findings.map(({ rule, path }) => `${rule} ${path}`).sort(),
    links
      .slice(0, -1)
      .map((link) => `unreadable ${ours.at('tree', link)}`)
      .sort(),
  );
  assert.equal(told.code, 3);
  assert.equal(asNobody(ours, process.execPath, lwPath, 'check', '--no-config', '--fix', ours.at('tree')).code, 3);
  assert.deepEqual(textsIn(ours), before);

  using theirs = yard();
  assert.equal(asNobody(theirs, 'symlinks', '-d', theirs.at('tree')).code, 0);
  assert.deepEqual(textsIn(theirs), [undefined, undefined, undefined, undefined, undefined, '../closed']);
});

/** A good absolute link, and another way to the directory that holds it. */
const shortcut = (): Scratch => {
  const scratch = new Scratch();
  mkdirSync(scratch.at('a/b/real'), { recursive: true });
  mkdirSync(scratch.at('x'));
  writeFileSync(scratch.at('x/file'), 'hello\n');
  symlinkSync('a/b/real', scratch.at('short'));
  symlinkSync(scratch.at('x/file'), scratch.at('a/b/real/link'));
  return scratch;
};

test('a good link in a directory that is reached through a link: symlinks -c breaks it, lw check --fix does not', (t) => {
  if (hindered('symlinks -c')) return t.skip();
  using theirs = shortcut();
  assert.equal(spawnSync('symlinks', ['-rc', `${theirs.at('short')}/`]).status, 0);
  assert.equal(readlinkSync(theirs.at('a/b/real/link')), '../x/file');
  assert.throws(() => readFileSync(theirs.at('short/link')), /ENOENT/);

  using ours = shortcut();
  const env = { ...process.env, LINKWRIGHT_STATE: ours.at('state') };
  for (const dir of [`${ours.at('short')}/`, ours.path]) {
    const fixing = ['check', '--no-config', '--only', 'absolute-inside-root,messy,lengthy', '--fix', dir];
    const { status, stderr } = spawnSync(process.execPath, [lwPath, ...fixing], { encoding: 'utf8', env });
    assert.ok(status === 0 || status === 1, stderr);
    assert.equal(readFileSync(ours.at('short/link'), 'utf8'), 'hello\n');
  }
  assert.equal(readlinkSync(ours.at('a/b/real/link')), '../../../x/file');
});
