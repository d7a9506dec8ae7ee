import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Scratch } from '../scratch.ts';

const home = join(import.meta.dirname, '../..');

test('the build answers as the sources do, and steps back when they are newer', () => {
  using scratch = new Scratch();
  for (const part of ['bin', 'lessons', 'src', 'scripts', 'package.json', 'tsconfig.json'])
    cpSync(join(home, part), scratch.at(part), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(home, 'node_modules'), scratch.at('node_modules'));
  const run = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: scratch.path });
    return { status, out: String(stdout), err: String(stderr) };
  };

  const fromSource = run('bin/lw.cjs', 'ls', '-d', '/', '/etc');
  assert.equal(fromSource.status, 0);
  assert.deepEqual(run('scripts/build.ts'), { status: 0, out: '', err: '' });
  assert.deepEqual(run('bin/lw.cjs', 'ls', '-d', '/', '/etc'), fromSource);
  // A part that is a file of its own.
  assert.equal(run('bin/lw.cjs', 'learn', '--check', 'lessons/01-inode.lesson').status, 0);
  assert.match(run('-e', "import('linkwright').then(({ trace }) => console.log(typeof trace))").out, /^function$/m);

  // Broken sources tell which of the two is running.
  const main = scratch.at('src/cli/main.ts');
  writeFileSync(main, 'throw new Error("the sources");');
  assert.match(run('bin/lw.cjs', 'ls').err, /the sources/);
  utimesSync(main, 0, 0);
  assert.deepEqual(run('bin/lw.cjs', 'ls', '-d', '/', '/etc'), fromSource);
});
