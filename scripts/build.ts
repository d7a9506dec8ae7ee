/** Makes dist/: the program in pieces that are loaded as they are needed, and the library with its types. */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const home = join(import.meta.dirname, '..');
const dist = join(home, 'dist');
const started = new Date();

const { metafile } = await build({
  absWorkingDir: home,
  entryPoints: ['src/cli/main.ts', 'src/mod.ts'],
  outdir: 'dist',
  entryNames: '[name]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Dependencies stay themselves: each is loaded by the few commands that need it, under its own licence.
  packages: 'external',
  metafile: true,
});

const made = new Set(Object.keys(metafile.outputs).map((path) => path.slice('dist/'.length)));
for (const name of readdirSync(dist)) if (!made.has(name)) rmSync(join(dist, name), { recursive: true });

const { status } = spawnSync(
  process.execPath,
  [join(home, 'node_modules/typescript/bin/tsc'), '-p', join(home, 'scripts/tsconfig.types.json'), '--outDir', dist],
  { stdio: 'inherit' },
);
if (status !== 0) throw new Error('the types of the library could not be written');

// bin/lw.cjs compares it with the sources: one that was saved during the build is newer.
utimesSync(join(dist, 'main.js'), started, started);
