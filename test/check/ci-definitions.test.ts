/** The definitions for pre-commit and GitHub Actions: that they can be read, and what their commands do. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { lwPath, type Ran } from '../cli/lw.ts';
import { Scratch } from '../scratch.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** A repository with a broken link, and programs that stand for the installed ones. */
const repository = (): Scratch => {
  const scratch = new Scratch();
  mkdirSync(scratch.at('bin'));
  mkdirSync(scratch.at('repo/docs'), { recursive: true });
  writeFileSync(scratch.at('bin/lw'), `#!/bin/sh\nexec '${process.execPath}' '${lwPath}' "$@"\n`);
  writeFileSync(
    scratch.at('bin/npx'),
    `#!/bin/sh\n[ "$1 $2" = "--yes linkwright@${version}" ] || exit 99\nshift 2\nexec '${scratch.at('bin/lw')}' "$@"\n`,
  );
  for (const name of ['lw', 'npx']) chmodSync(scratch.at('bin', name), 0o755);
  symlinkSync('gone', scratch.at('repo/docs/broken'));
  const env = { PATH: process.env.PATH, HOME: scratch.path, GIT_CONFIG_NOSYSTEM: '1' };
  assert.equal(spawnSync('bash', ['-ec', 'git init -q; git add docs'], { cwd: scratch.at('repo'), env }).status, 0);
  return scratch;
};

const run = (scratch: Scratch, script: string, env: Readonly<Record<string, string>> = {}): Ran => {
  const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: scratch.at('repo'),
    env: { HOME: scratch.path, ...env, PATH: `${scratch.at('bin')}:${process.env.PATH}` },
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
};

const { version } = JSON.parse(read('package.json')) as { version: string };

test('the hook for pre-commit checks the whole tree', () => {
  const hooks = parse(read('.pre-commit-hooks.yaml')) as readonly Record<string, unknown>[];
  assert.equal(hooks.length, 1);
  const [hook = {}] = hooks;
  for (const key of ['id', 'name', 'description', 'entry']) assert.equal(typeof hook[key], 'string', key);
  assert.deepEqual([hook.language, hook.pass_filenames, hook.always_run], ['node', false, true]);
  using scratch = repository();
  const { code, out } = run(scratch, [hook.entry, ...(hook.args as readonly string[])].join(' '));
  assert.equal(code, 1);
  assert.match(out, /docs\/broken/);
});

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const action = parse(read('action.yml')) as {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: unknown }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
};

/** What a step's variables are with these inputs. */
const environmentOf = ({ env = {} }: Step, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).map(([name, value]) => {
      const [, input = ''] = /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(value) ?? assert.fail(`${name}: ${value}`);
      return [name, given[input] ?? String(action.inputs[input]?.default)];
    }),
  );

const step = (name: string): Step & { readonly run: string } => {
  const found = action.runs.steps.find((each) => each.name === name);
  assert.ok(found?.run, name);
  return { ...found, run: found.run };
};

test('the action can be read, takes this version, and puts no input into a script', () => {
  assert.equal(action.runs.using, 'composite');
  assert.equal(String(action.inputs.version?.default), version);
  for (const { description } of Object.values(action.inputs)) assert.equal(typeof description, 'string');
  for (const { run: script, shell, uses } of action.runs.steps) {
    assert.equal(script === undefined, uses !== undefined);
    if (script === undefined) continue;
    assert.equal(shell, 'bash');
    assert.doesNotMatch(script, /\$\{\{/);
  }
});

test('the action annotates what it finds and fails', () => {
  using scratch = repository();
  const check = step('Check links');
  const found = run(scratch, check.run, environmentOf(check, {}));
  assert.equal(found.code, 1, found.err);
  assert.match(found.out, /^::error file=docs\/broken,line=1,title=dangling::/m);
  const clean = run(scratch, check.run, environmentOf(check, { paths: '\n.git/info\n', git: 'false', preset: '' }));
  assert.deepEqual([clean.code, clean.err], [0, '']);
  const odd = run(scratch, check.run, environmentOf(check, { paths: '$(touch ran)\n-x' }));
  assert.equal(odd.code, 1);
  assert.throws(() => readFileSync(scratch.at('repo/ran')));
});

test('the action writes SARIF, and goes on where something is found', () => {
  using scratch = repository();
  const write = step('Write SARIF');
  const { code, err } = run(scratch, write.run, environmentOf(write, { 'sarif-file': 'links.sarif' }));
  assert.equal(code, 0, err);
  const log = JSON.parse(readFileSync(scratch.at('repo/links.sarif'), 'utf8'));
  assert.equal(log.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri, 'docs/broken');
  const wrong = run(scratch, write.run, environmentOf(write, { 'sarif-file': 'links.sarif', preset: 'none' }));
  assert.notEqual(wrong.code, 0);
});
