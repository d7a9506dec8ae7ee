/**
 * Writes beside dist/gnu.cjs and dist/main.cjs what V8 has made of each when it has done some work: bin/lw.cjs gives
 * that back to V8, which takes it from its own version only and then has nothing to compile.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';

interface Program {
  /** Of gnu.cjs: runs one of GNU's with the last `count` words. */
  run?(name: string, count: number, home: string): void;
  /** Of main.cjs: runs `lw` with all words. */
  main?(): Promise<void>;
}

/** In a process of its own, since programs read their words from the kernel's list. */
const [, , file = '', ...words] = process.argv;

const inFolder = (folder: string): void => {
  writeFileSync(join(folder, 'a'), '');
  symlinkSync('missing', join(folder, 'dangling'));
  const work = basename(file) === 'gnu.cjs' ? [join(folder, 'a'), join(folder, 'b')] : ['check', '--no-config', folder];
  const command = [...process.execArgv, import.meta.filename, file, ...work];
  const { status } = spawnSync(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) process.exitCode = 1;
};

const withCache = async (): Promise<void> => {
  const script = new Script(readFileSync(file, 'latin1'), { filename: file });
  const module = { exports: {} as Program };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
  process.once('exit', (code) => {
    if (code === 0) writeFileSync(`${file}.cache`, script.createCachedData());
  });
  process.argv.splice(2, 1);
  const { run, main } = module.exports;
  run?.('ln', words.length, dirname(dirname(file)));
  await main?.();
  // The broken link was found.
  if (main && process.exitCode === 1) process.exitCode = 0;
};

if (words.length > 0) await withCache();
else {
  const folder = mkdtempSync(join(tmpdir(), 'linkwright-build-'));
  try {
    inFolder(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
