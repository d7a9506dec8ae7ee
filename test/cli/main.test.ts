import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { Scratch } from '../scratch.ts';
import { bash, lw, lwPath } from './lw.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

test('the version, from the dispatcher and from the program behind it', () => {
  assert.deepEqual(lw(['--version']), { code: 0, out: `${version}\n`, err: '' });
  const { code, err } = bash('$LW --version >/dev/full');
  assert.deepEqual([code, err], [3, 'lw: cannot write the answer to standard output: no space left on device\n']);
});

test('help: of all, of one, and on standard error where nothing was asked', () => {
  const all = lw(['help']);
  assert.equal(all.code, 0);
  assert.match(all.out, /\n {2}map +\S/);
  assert.deepEqual(lw(['--help']), all);
  assert.deepEqual(lw([]), { code: 2, out: '', err: all.out });
  const one = lw(['help', 'ls']);
  assert.match(one.out, /^Usage: lw ls \[OPTION…\] \[PATH…\]$/m);
  assert.deepEqual(lw(['ls', '--help']), one);
  assert.ok(one.out.split('\n').every((line) => line.length <= 80));
});

test('a misspelt command and a misplaced option', () => {
  assert.deepEqual(lw(['nmaes']), { code: 2, out: '', err: 'lw: there is no command nmaes\n    try: lw names\n' });
  assert.deepEqual(lw(['help', 'zzzzzzz']), {
    code: 2,
    out: '',
    err: 'lw: there is no command zzzzzzz\n    try: lw help\n',
  });
  assert.equal(lw(['--json', 'ls']).err, 'lw: lw has no option --json: the command comes first\n    try: lw help\n');
});

test('arguments are bytes: a name that is not UTF-8 reaches the command, and comes back', () => {
  using scratch = new Scratch();
  const { code, out } = bash(`cd ${scratch.path} && : >$'a\\xffb' && $LW ls -d -0 $'a\\xffb' | od -An -c`);
  assert.equal(code, 0);
  assert.match(out, /a 377 {3}b {2}\\0/);
  assert.match(bash(`$LW ls $'no\\xffne'`).err, /\$'no\\xffne'/);
});

test('a NUL answer does not go to a terminal, nor JSON and NULs together', () => {
  assert.equal(lw(['ls', '--json', '--null']).code, 2);
  const onTerminal = bash(`script -qec "$LW ls --null /" /dev/null`);
  assert.equal(onTerminal.code, 2);
  assert.match(
    onTerminal.out,
    /^lw: --null prints names as raw bytes, which a terminal may act on\r?\n {4}try: lw ls /,
  );
});

test('colours: asked for, on a terminal, and not where NO_COLOR is', () => {
  using scratch = new Scratch();
  symlinkSync('nowhere', scratch.at('link'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours begin with it.
  const coloured = /\x1b\[3/;
  assert.match(lw(['ls', '--color=always', scratch.path]).out, coloured);
  assert.doesNotMatch(lw(['ls', scratch.path]).out, coloured);
  const terminal = `script -qec "$LW ls ${scratch.path}" /dev/null`;
  assert.match(bash(terminal, { TERM: 'xterm', NO_COLOR: '' }).out, coloured);
  assert.doesNotMatch(bash(terminal, { TERM: 'xterm', NO_COLOR: '1' }).out, coloured);
  assert.doesNotMatch(bash(terminal, { TERM: 'dumb' }).out, coloured);
});

test('a reader that leaves ends it as SIGPIPE would, without a word', () => {
  using scratch = new Scratch();
  bash(`cd ${scratch.path} && seq 1 20000 | xargs touch`);
  const { out, err } = bash(`$LW ls ${scratch.path} | head -n 1 >/dev/null; echo "\${PIPESTATUS[0]}"`);
  assert.deepEqual([out, err], ['141\n', '']);
});

test('a full disk is said, and the answer is not taken for complete', () => {
  assert.deepEqual(bash('$LW ls / >/dev/full'), {
    code: 3,
    out: '',
    err: 'lw: cannot write the answer to standard output: no space left on device\n',
  });
});

test('--root: paths begin there, and the working directory lies where it lies below it', () => {
  using scratch = new Scratch();
  bash(`mkdir -p ${scratch.at('usr/bin')} && ln -s /usr ${scratch.at('abs')} && : >${scratch.at('usr/bin/x')}`);
  assert.match(bash(`$LW ls --root ${scratch.path} /abs/`).out, /bin\//);
  assert.match(bash(`cd ${scratch.at('usr')} && $LW ls --root .. bin`).out, /x/);
  assert.match(bash(`cd / && $LW ls --root ${scratch.path} usr/bin`).out, /x/);
  assert.deepEqual(lw(['ls', '--root', scratch.at('nowhere')]), {
    code: 2,
    out: '',
    err: `lw: cannot take ${scratch.at('nowhere')} as the root: No such file or directory\n`,
  });
});

test('operands from a list, a pipe or nowhere', () => {
  using scratch = new Scratch();
  assert.match(bash(`printf '/usr\\0/etc\\0' | $LW ls -d --files-from -`).out, /usr(.|\n)*etc|etc(.|\n)*usr/);
  assert.equal(bash('$LW ls --files-from - </dev/null').code, 2);
  assert.equal(
    lw(['ls', '--files-from', scratch.at('none')]).err,
    `lw: cannot read ${scratch.at('none')}: no such file or directory\n`,
  );
});

test('under an older Node it becomes the one that was installed with it', () => {
  const older = '/usr/bin/node';
  const major = existsSync(older)
    ? Number.parseInt(spawnSync(older, ['-p', 'process.version.slice(1)']).stdout.toString(), 10)
    : 24;
  if (major >= 24) {
    process.stderr.write('could not run under an older Node: there is none in /usr/bin\n');
    return;
  }
  const LW = `${older} ${lwPath}`;
  assert.match(bash(`$LW ls $'no\\xffne\\n'`, { LW }).err, /^lw: .*\$'no\\xffne\\n'/);
  assert.equal(bash('$LW ls /usr', { LW }).out, lw(['ls', '/usr']).out);

  using alone = new Scratch();
  bash(`mkdir ${alone.at('bin')} && cp ${lwPath} ${alone.at('bin')}`);
  const { code, err } = bash('$LW ls', { LW: `${older} ${alone.at('bin/lw.cjs')}` });
  assert.equal(code, 2);
  assert.match(err, /^lw: Linkwright needs Node\.js 24 or newer; this is [\d.]+\n {4}try: /);
});

test('the first Ctrl-C is told to a job that asks; the second ends it', async () => {
  using scratch = new Scratch();
  const script = scratch.at('poll.ts');
  const { href } = new URL('../../src/cli/interrupt.ts', import.meta.url);
  writeFileSync(
    script,
    `import { interrupted, pause } from '${href}';
     import { writeSync } from 'node:fs';
     if (interrupted()) throw new Error('too early');
     writeSync(1, 'ready');
     while (!interrupted()) await pause();
     writeSync(1, 'seen');
     for (;;);`,
  );
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)));
  let told = '';
  for await (const piece of child.stdout) {
    told += piece;
    child.kill('SIGINT');
  }
  assert.equal(told, 'readyseen');
  assert.equal(await ended, 'SIGINT');
});
