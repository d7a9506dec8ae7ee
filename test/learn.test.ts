/** lw learn: what it serves, to whom, and what it says of lessons. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { lw, lwPath } from './cli/lw.ts';
import { schemaErrors } from './schema.ts';
import { Scratch } from './scratch.ts';

const home = join(import.meta.dirname, '..');
const lab = join(home, 'dist/lab');

before(() => {
  if (!existsSync(lab)) assert.equal(spawnSync('npm', ['run', 'build'], { cwd: home }).status, 0);
});

const lesson = (solution: string): string => `# A second name
id: a-second-name
golf: 1

A file may have several names.

## Start

    a #1

## Goal

    a #1
    b #1

## Solution

$ ${solution}
One more entry for the same inode.
`;

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** A request as it is written, which fetch would clean up. */
const ask = (url: string, path: string, options: { method?: string; headers?: Record<string, string> } = {}) =>
  new Promise<Answer>((resolve, reject) => {
    const { port } = new URL(url);
    const asked = request({ host: '127.0.0.1', port, path, ...options }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces).toString() }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });

/** Runs `lw learn` until the work is done, then presses Ctrl-C; what it printed, and how it ended. */
const serving = async (args: readonly string[], work: (url: string) => Promise<void>) => {
  const program = spawn(process.execPath, [lwPath, 'learn', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => program.on('exit', (_code, signal) => resolve(signal)));
  let out = '';
  let err = '';
  program.stderr.on('data', (piece) => {
    err += piece;
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      program.stdout.on('data', (piece) => {
        out += piece;
        const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(out);
        if (found) resolve(found[0]);
      });
      program.on('exit', () => reject(new Error(`lw learn ended: ${out}${err}`)));
    });
    await work(url);
  } finally {
    program.kill('SIGINT');
  }
  return { out, err, signal: await ended };
};

test('the lab is served as it was built, with headers that let it load nothing else', async () => {
  const { out, err, signal } = await serving(['--no-open'], async (url) => {
    for (const name of readdirSync(lab).filter((each) => each !== 'lessons.js')) {
      const { status, headers, body } = await ask(url, `/${name}`);
      assert.equal(status, 200, name);
      assert.equal(body, readFileSync(join(lab, name), 'utf8'), name);
      assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['cache-control'], 'no-store');
    }
    assert.equal((await ask(url, '/?x=1')).body, readFileSync(join(lab, 'index.html'), 'utf8'));
    const head = await ask(url, '/app.js', { method: 'HEAD' });
    assert.deepEqual([head.status, head.body], [200, '']);
  });
  assert.equal(err, '');
  assert.match(out, /^The lab is at http:\/\/127\.0\.0\.1:\d+\/\nCtrl-C ends it\.\n$/);
  // A shell's exit code for that is 130.
  assert.equal(signal, 'SIGINT');
});

test('nothing but the lab is served, to nobody who came by another name, and only to look at', async () => {
  await serving(['--no-open'], async (url) => {
    for (const path of [
      '/../package.json',
      '/..%2fpackage.json',
      '/%2e%2e/package.json',
      '//etc/passwd',
      '/lab/index.html',
      '/main.cjs',
      '/constructor',
      '/app.js/',
      '/app.js%00',
      '/\\..\\main.cjs',
    ])
      assert.equal((await ask(url, path)).status, 404, path);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
      assert.equal((await ask(url, '/', { method })).status, 405, method);
    const { port } = new URL(url);
    for (const host of ['example.org', `example.org:${port}`, '127.0.0.1', '127.0.0.1.example.org', 'localhost:1'])
      assert.equal((await ask(url, '/', { headers: { host } })).status, 421, host);
    assert.equal((await ask(url, '/', { headers: { host: `localhost:${port}` } })).status, 200);
  });
});

test('a lesson of one’s own is shown after those of the lab', async () => {
  using scratch = new Scratch();
  const file = scratch.at('my.lesson');
  writeFileSync(file, lesson('ln a b'));
  await serving(['--json', file], async (url) => {
    const { body } = await ask(url, '/lessons.js');
    const texts = body.split('\n').filter((line) => line.startsWith('"'));
    assert.equal(JSON.parse((texts.at(-1) as string).slice(0, -1)), lesson('ln a b'));
    assert.equal(
      texts.length,
      readdirSync(join(home, 'lessons')).filter((name) => name.endsWith('.lesson')).length + 1,
    );
  });
});

test('a port that is taken is told', async () => {
  await serving(['--no-open'], async (url) => {
    const { code, err } = lw(['learn', '--no-open', '--port', new URL(url).port]);
    assert.equal(code, 1);
    assert.match(err, /^lw: cannot serve on 127\.0\.0\.1:\d+: .*\n {4}try: /);
  });
  for (const port of ['65536', 'x', '-1', '']) assert.equal(lw(['learn', '--no-open', `--port=${port}`]).code, 2, port);
});

test('--check says what is wrong with a lesson, and where', () => {
  using scratch = new Scratch();
  const [right, wrong, broken] = ['right', 'wrong', 'broken'].map((name) => scratch.at(name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(right, lesson('ln a b'));
  writeFileSync(wrong, lesson('cp a b'));
  writeFileSync(broken, 'no lesson');
  assert.deepEqual(lw(['learn', '--check', right]), { code: 0, out: `${right}  A second name\n`, err: '' });

  const { code, out, err } = lw(['learn', '--check', '--json', right, wrong, broken, scratch.at('none')]);
  assert.equal(code, 1);
  assert.match(err, /^lw: cannot read .*none: /);
  const answer = JSON.parse(out);
  assert.equal(schemaErrors('learn', answer), '');
  assert.equal(answer.url, null);
  assert.deepEqual(
    answer.lessons.map(({ file, id, complaints }: { file: string; id: string; complaints: readonly unknown[] }) => [
      file,
      id,
      complaints.length > 0,
    ]),
    [
      [right, 'a-second-name', false],
      [wrong, 'a-second-name', true],
      [broken, null, true],
    ],
  );
  assert.equal(lw(['learn', '--check']).code, 2);
});

test('two lessons that would share their progress are told', () => {
  using scratch = new Scratch();
  const [first, second, ofLab] = ['first', 'second', 'of-lab'].map((name) => scratch.at(name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(first, lesson('ln a b'));
  writeFileSync(second, lesson('ln a b'));
  writeFileSync(ofLab, lesson('ln a b').replace('a-second-name', 'inode'));
  assert.deepEqual(lw(['learn', '--check', first, second, ofLab]), {
    code: 1,
    out: `${first}  A second name
${second}
  ✗ line 2: ${first} has the id a-second-name as well: progress is kept under it, so take another
${ofLab}
  ✗ line 2: the lab's “What is an inode?” has the id inode as well: progress is kept under it, so take another
`,
    err: '',
  });
  // Who mends a lesson of the lab may check it.
  assert.equal(lw(['learn', '--check', join(home, 'lessons/01-inode.lesson')]).code, 0);
});

test('what is no lesson at all is told in one line, however long it is', () => {
  using scratch = new Scratch();
  const file = scratch.at('odd');
  const said = (): string => lw(['learn', '--check', file]).out.replace(file, 'FILE');
  writeFileSync(file, Buffer.from([...Array(256).keys()]));
  assert.equal(said(), 'FILE\n  ✗ line 1: the control character U+0000: a lesson is plain text, saved as UTF-8\n');
  writeFileSync(file, Buffer.from(lesson('ln a b').replace('several', 'é'), 'latin1'));
  assert.equal(said(), 'FILE\n  ✗ line 5: bytes that are no text in UTF-8: a lesson is plain text, saved as UTF-8\n');
  writeFileSync(file, 'x\n'.repeat(1_000_000));
  assert.equal(said(), 'FILE\n  ✗ line 1: this is too long for a lesson: more than 100000 characters\n');
  assert.match(lw(['learn', '--check', '/dev/zero']).out, /✗ line 1: the control character U\+0000/);
  const { code, err } = lw(['learn', '--check', scratch.path]);
  assert.deepEqual([code, err], [1, `lw: cannot read ${scratch.path}: Is a directory\n`]);
});

test('a lesson that is left out of the lab is told', async () => {
  using scratch = new Scratch();
  const file = scratch.at('broken');
  writeFileSync(file, lesson('ln a b').replace('golf: 1\n', ''));
  const { err } = await serving(['--no-open', file], async (url) => {
    // What it says is said before it answers.
    await ask(url, '/');
  });
  assert.equal(
    err,
    `lw: ${file} is left out: it is not right in line 1: the lesson needs its golf, the fewest commands that reach the goal, on a line below its title: golf: 1\n    try: lw learn --check ${file}\n`,
  );
});

test('--list gives every lesson of the lab', () => {
  const { code, out } = lw(['learn', '--list', '--json']);
  assert.equal(code, 0);
  const answer = JSON.parse(out);
  assert.equal(schemaErrors('learn', answer), '');
  assert.equal(
    answer.lessons.length,
    readdirSync(join(home, 'lessons')).filter((name) => name.endsWith('.lesson')).length,
  );
});
