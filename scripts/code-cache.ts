/**
 * Writes beside dist/gnu.cjs what V8 has made of it when it has made one link: bin/lw.cjs gives that back to V8,
 * which takes it from its own version only and then has nothing to compile.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

const file = process.argv[2] as string;
const folder = mkdtempSync(join(tmpdir(), 'linkwright-build-'));
writeFileSync(join(folder, 'a'), '');
process.argv.push(join(folder, 'a'), join(folder, 'b'));
process.once('exit', (code) => {
  rmSync(folder, { recursive: true });
  if (code === 0) writeFileSync(`${file}.cache`, script.createCachedData());
});

const script = new Script(readFileSync(file, 'latin1'), { filename: file });
const module = { exports: {} as { run(name: string, count: number, home: string): void } };
script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
module.exports.run('ln', 2, dirname(dirname(file)));
