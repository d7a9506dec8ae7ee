/** Readers, other writers and people at a prompt, beside ln as a process of its own. */
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isTemporaryName } from '../../src/fs/temporary-name.ts';
import { lwPath } from '../cli/lw.ts';
import { random } from '../conformance/random.ts';
import { Scratch } from '../scratch.ts';

const full = process.env.LINKWRIGHT_FULL === '1';
const replacements = full ? 10_000 : 1_000;
/** So many of them by a process each. */
const alone = full ? 100 : 2;
const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32));
if (!full) process.stderr.write(`races: LINKWRIGHT_SEED=${seed}\n`);
const dice = random(seed);
/** All of them, or one. */
const some = <T>(of: readonly T[]): readonly T[] => (full ? of : [dice.pick(of)]);

const forms = ['-f', '-sf', '-sfn', '-sfbn', '-fb', '-f --backup=numbered', '-sf --backup=numbered'] as const;
const objects = ['files', 'links to directories'] as const;
const memory = existsSync('/dev/shm') ? '/dev/shm' : undefined;
const places = [
  ...(memory && full ? [['the temporary directory', undefined] as const] : []),
  ['memory', memory],
] as const;

/** Without the check for leaks, which makes each open a hundred times slower. */
const quick = { ...process.env, LC_ALL: 'C.UTF-8', LINKWRIGHT_LEAK_CHECK: undefined };

class Reader {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #stop: string;
  #out = '';

  private constructor(child: ChildProcessWithoutNullStreams, stop: string) {
    this.#child = child;
    this.#stop = stop;
    child.stdout.on('data', (data) => {
      this.#out += data;
    });
    child.stderr.pipe(process.stderr);
  }

  static async start(path: string, stop: string): Promise<Reader> {
    const script = new URL('reader.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [script, path, stop], { env: quick });
    const reader = new Reader(child, stop);
    await once(child.stdout, 'data');
    return reader;
  }

  async end(): Promise<{ readonly reads: number; readonly faults: Readonly<Record<string, number>> }> {
    writeFileSync(this.#stop, '');
    await once(this.#child, 'close');
    return JSON.parse(this.#out.split('\n')[1] as string);
  }
}

const run = async (
  cwd: string,
  args: readonly string[],
  input = '',
): Promise<{ code: number; out: string; err: string }> => {
  const child = spawn(process.execPath, [lwPath, 'ln', ...args], { cwd, env: quick });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, out, err };
};

const plant = (top: string): void => {
  for (const number of [1, 2]) {
    writeFileSync(join(top, `file${number}`), `${number}`);
    mkdirSync(join(top, `dir${number}`));
    symlinkSync(`dir${number}`, join(top, `link${number}`));
  }
};

for (const [where, parent] of places)
  for (const form of forms)
    for (const over of some(objects))
      test(`no reader finds the name missing: ${form} over ${over}, in ${where}`, async (t) => {
        using scratch = new Scratch(parent);
        plant(scratch.path);
        const base = over === 'files' ? 'file' : form.includes('s') && !form.startsWith('-f ') ? 'dir' : 'link';
        if (over === 'files') linkSync(scratch.at('file2'), scratch.at('name'));
        else symlinkSync('dir2', scratch.at('name'));
        const reader = await Reader.start(scratch.at('name'), scratch.at('stop'));
        const options = form.split(' ');
        // Each numbered backup asks which there are.
        const batch = form.includes('numbered') ? 500 : replacements;
        let done = 0;
        for (; done < replacements - alone; done += batch) {
          const many = Math.min(batch, replacements - alone - done);
          const input = Array.from({ length: many }, (_, index) => `${base}${1 + (index % 2)}\0name\0`).join('');
          const { code, err } = await run(scratch.path, [...options, '--from0=-'], input);
          assert.equal(code, 0, err);
          for (const name of readdirSync(scratch.path)) if (name.startsWith('name.~')) unlinkSync(scratch.at(name));
        }
        for (let i = 0; i < alone; i++) {
          const { code, err } = await run(scratch.path, [...options, '-T', `${base}${1 + (i % 2)}`, 'name']);
          assert.equal(code, 0, err);
        }
        const { reads, faults } = await reader.end();
        t.diagnostic(`${replacements} replacements, ${reads} reads, ${JSON.stringify(faults)}`);
        assert.deepEqual(faults, {});
        assert.ok(reads > replacements / 2, `the reader was too slow to see anything: ${reads} reads`);
        assert.deepEqual(readdirSync(scratch.path).filter(isTemporaryName), []);
      });

test('and a reader does find it missing where it is removed first', async (t) => {
  using scratch = new Scratch(memory);
  plant(scratch.path);
  symlinkSync('dir1', scratch.at('name'));
  let missing = 0;
  let tries = 0;
  while (missing === 0 && tries < 100) {
    tries++;
    rmSync(scratch.at('stop'), { force: true });
    const reader = await Reader.start(scratch.at('name'), scratch.at('stop'));
    for (let i = 0; i < 2000; i++) {
      unlinkSync(scratch.at('name'));
      symlinkSync(`dir${1 + (i % 2)}`, scratch.at('name'));
    }
    const { reads, faults } = await reader.end();
    missing += faults.ENOENT ?? 0;
    t.diagnostic(`2000 replacements, ${reads} reads, ${JSON.stringify(faults)}`);
  }
  assert.ok(missing > 0);
});

for (const options of ['-sfv', '-sfv --backup=numbered', '-sv --backup=numbered'])
  test(`two writers with ${options} for one name: what either has put there is there or was replaced by the other`, async (t) => {
    using scratch = new Scratch(memory);
    symlinkSync('first', scratch.at('name'));
    const reader = await Reader.start(scratch.at('name'), scratch.at('stop'));
    const count = full ? 3000 : 300;
    const answers = await Promise.all(
      ['a', 'b'].map((who) =>
        run(
          scratch.path,
          [...options.split(' '), '--from0=-'],
          Array.from({ length: count }, (_, index) => `${who}${index}\0name\0`).join(''),
        ),
      ),
    );
    const { reads, faults } = await reader.end();
    // A dangling link cannot be opened, only looked at: a third of the questions.
    assert.equal(faults.ENOENT, reads / 3);
    const names = readdirSync(scratch.path).filter((name) => name !== 'stop');
    const kept = new Set(names.map((name) => readlinkSync(scratch.at(name))));
    let met = 0;
    for (const { code, out, err } of answers) {
      const complaints = err.split('\n').filter((line) => line !== '');
      for (const line of complaints) assert.match(line, /^ln: 'name' was replaced by somebody else meanwhile/);
      assert.equal(code, complaints.length > 0 ? 1 : 0);
      met += complaints.length;
      const made = [...out.matchAll(/'name' -> '(\w+)'/g)].map((match) => match[1] as string);
      assert.equal(made.length + complaints.length, count);
      if (options.includes('numbered')) for (const text of made) assert.ok(kept.has(text), `${text} is lost`);
      for (const temp of names.filter(isTemporaryName))
        assert.ok(
          answers.some((answer) => answer.err.includes(temp)),
          temp,
        );
    }
    t.diagnostic(`${2 * count} links, ${met} times the other was met, ${reads} reads`);
  });

/** What somebody does to the name while the question stands on the screen, and what must come of it. */
const meanwhile: Readonly<Record<string, readonly [act: (name: string) => void, code: number, name: RegExp]>> = {
  'a new file': [
    (name) => {
      writeFileSync(`${name}.new`, 'theirs');
      renameSync(`${name}.new`, name);
    },
    1,
    /^theirs$/,
  ],
  'a file removed and made anew': [
    (name) => {
      unlinkSync(name);
      writeFileSync(name, 'theirs');
    },
    1,
    /^theirs$/,
  ],
  'a link': [
    (name) => {
      unlinkSync(name);
      symlinkSync('theirs', name);
    },
    1,
    /^theirs$/,
  ],
  'a directory': [
    (name) => {
      unlinkSync(name);
      mkdirSync(name);
    },
    1,
    /^directory$/,
  ],
  nothing: [unlinkSync, 0, /^source|text$/],
};

for (const [what, [act, expected, holds]] of Object.entries(meanwhile))
  for (const form of some(['-i', '-si', '-ib', '-sib']))
    test(`${form} asks, meanwhile there is ${what}: nothing of somebody else's is lost`, async () => {
      using scratch = new Scratch();
      writeFileSync(scratch.at('src'), 'source');
      writeFileSync(scratch.at('name'), 'old');
      const source = form.includes('s') ? 'text' : 'src';
      const child = spawn(process.execPath, [lwPath, 'ln', form, source, 'name'], { cwd: scratch.path, env: quick });
      let err = '';
      child.stderr.on('data', (data) => {
        err += data;
      });
      while (!err.includes('?')) await once(child.stderr, 'data');
      act(scratch.at('name'));
      child.stdin.end('y\n');
      const [code] = await once(child, 'close');
      const stat = lstatSync(scratch.at('name'));
      const now = stat.isSymbolicLink()
        ? readlinkSync(scratch.at('name'))
        : stat.isDirectory()
          ? 'directory'
          : readFileSync(scratch.at('name'), 'utf8');
      assert.match(now, holds, err);
      assert.equal(code, expected, err);
      if (expected !== 0) assert.match(err, /'name' was replaced by somebody else/);
      assert.deepEqual(readdirSync(scratch.path).toSorted(), ['name', 'src']);
    });

test('a batch beneath ROOT while a directory of it is exchanged with a link that leads out, again and again', async (t) => {
  using scratch = new Scratch(memory);
  for (const dir of ['root', 'root/dir', 'outside']) mkdirSync(scratch.at(dir));
  symlinkSync('../outside', scratch.at('root/evil'));
  writeFileSync(scratch.at('root/src'), '');
  const swapper = spawn(
    process.execPath,
    [
      '--input-type=module-typescript',
      '--eval',
      `import { kernel } from './src/kernel/kernel.ts';
       process.stdout.write('ready');
       setInterval(() => {
         for (let i = 0; i < 2000; i++)
           kernel.rename(kernel.cwd, '${scratch.at('root/dir')}', kernel.cwd, '${scratch.at('root/evil')}', 'exchange');
       }, 0);`,
    ],
    { cwd: new URL('../..', import.meta.url), env: quick },
  );
  await once(swapper.stdout, 'data');
  let refused = 0;
  let made = 0;
  for (const form of ['-s', '', '-sf', '-fb']) {
    const count = full ? 20_000 : 3_000;
    // In turn with another directory, so that each is opened anew.
    const input = Array.from(
      { length: count },
      (_, index) => `src\0dir/${form}${index % 50}\0src\0./other-${form}${index}\0`,
    ).join('');
    const { err } = await run(scratch.path, ['--beneath=root', ...(form === '' ? [] : [form]), '--from0=-'], input);
    refused += (err.match(/leads out of/g) ?? []).length;
    made += 2 * count - (err.match(/\n/g) ?? []).length;
  }
  swapper.kill('SIGKILL');
  await once(swapper, 'close');
  assert.deepEqual(readdirSync(scratch.at('outside')), []);
  t.diagnostic(`${refused} refused, ${made} made`);
  assert.ok(refused > 0 && made > 0, `${refused} refused, ${made} made: the attack does not attack`);
  const left = ['root', 'root/dir', 'root/evil'].flatMap((dir) => readdirSync(scratch.at(dir)).filter(isTemporaryName));
  assert.deepEqual(left, []);
});

test('in a sticky directory another user can neither take nor remove what is being made', {
  skip: process.geteuid?.() !== 0 && 'needs root',
}, async (t) => {
  using scratch = new Scratch(memory);
  mkdirSync(scratch.at('tmp'));
  spawnSync('chmod', ['1777', scratch.at('tmp')]);
  writeFileSync(scratch.at('src'), '');
  symlinkSync('old', scratch.at('tmp/name'));
  const attacker = spawn(
    'setpriv',
    [
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      process.execPath,
      '--eval',
      `const { readdirSync, renameSync, unlinkSync, writeFileSync, linkSync, appendFileSync } = require('node:fs');
       const dir = '${scratch.at('tmp')}/';
       let met = 0, taken = 0;
       process.stdout.write('ready ');
       process.on('SIGTERM', () => { process.stdout.write(JSON.stringify({ met, taken })); process.exit(); });
       const attempt = (deed) => { try { deed(); taken++; } catch {} };
       setInterval(() => {
         for (let i = 0; i < 300; i++)
           for (const name of readdirSync(dir).filter((name) => name.startsWith('.lw-'))) {
             met++;
             attempt(() => unlinkSync(dir + name));
             attempt(() => renameSync(dir + name, dir + 'stolen'));
             writeFileSync(dir + 'mine', '');
             attempt(() => renameSync(dir + 'mine', dir + name));
           }
       }, 0);`,
    ],
    { env: quick },
  );
  let out = '';
  attacker.stdout.on('data', (data) => {
    out += data;
  });
  await once(attacker.stdout, 'data');
  const count = full ? 20_000 : 4_000;
  const input = Array.from({ length: count }, (_, index) => `text${index}\0tmp/name\0`).join('');
  const { code, err } = await run(scratch.path, ['-sfb', '--from0=-'], input);
  attacker.kill('SIGTERM');
  await once(attacker, 'close');
  t.diagnostic(`${count} replacements, ${out}`);
  assert.equal(code, 0, err);
  assert.equal(readlinkSync(scratch.at('tmp/name')), `text${count - 1}`);
  assert.equal(readlinkSync(scratch.at('tmp/name~')), `text${count - 2}`);
  const { taken } = JSON.parse(out.slice(6));
  // A name that is free again by then it may take: that is not ours any more.
  const planted = readdirSync(scratch.at('tmp')).filter(isTemporaryName);
  for (const name of planted) assert.equal(lstatSync(scratch.at('tmp', name)).uid, 65534);
  assert.equal(existsSync(scratch.at('tmp/stolen')), false);
  assert.ok(taken >= planted.length);
});
