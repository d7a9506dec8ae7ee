/** Makes dist/: the program, the library with its types, and the lab. */
import { spawnSync } from 'node:child_process';
import { rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { buildLab } from './build-lab.ts';

const home = join(import.meta.dirname, '..');
const dist = join(home, 'dist');
const started = new Date();

const common = {
  absWorkingDir: home,
  outdir: 'dist',
  entryNames: '[name]',
  bundle: true,
  platform: 'node',
  target: 'node24',
  // Dependencies stay themselves: each is loaded by the few commands that need it, under its own licence.
  packages: 'external',
} as const;

rmSync(dist, { recursive: true, force: true });
await build({ ...common, entryPoints: ['src/mod.ts'], format: 'esm' });
// The program is one CommonJS file in which each command still waits to be called for: Node's loader of
// ES modules costs 17 ms more for the same. That file is one function, since bin/lw.cjs compiles it by itself.
const program = {
  ...common,
  format: 'cjs',
  minify: true,
  lineLimit: 160,
  outExtension: { '.js': '.cjs' },
  define: {
    'import.meta.url': 'importMetaUrl',
    'import.meta.filename': '__filename',
    'import.meta.dirname': '__dirname',
  },
} as const;
const importMetaUrl = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";
const asFunction = { banner: '(function(exports,require,module,__filename,__dirname){', footer: '})' };
await build({ ...program, entryPoints: ['src/cli/scout.ts'], banner: { js: importMetaUrl } });
await build({
  ...program,
  entryPoints: ['src/cli/main.ts'],
  supported: { 'dynamic-import': false },
  banner: { js: asFunction.banner + importMetaUrl },
  footer: { js: asFunction.footer },
  // The lab's machine is as large as the rest of the program, and only `lw learn --check` wants it.
  plugins: [apart('check-lesson')],
});

// Loaded by every call of ln and its like: as small as can be, and what it rarely needs is another file. It is one
// function too.
const small = {
  ...common,
  format: 'cjs',
  minify: true,
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.filename': '__filename', 'import.meta.dirname': '__dirname' },
  supported: { using: true, 'dynamic-import': false },
} as const;
await build({ ...small, entryPoints: ['src/cli/explain-refused.ts', 'src/lab/lessons/check-lesson.ts'] });
await build({
  ...small,
  entryPoints: ['src/cli/gnu.ts'],
  banner: { js: asFunction.banner },
  footer: { js: asFunction.footer },
  plugins: [apart('explain-refused')],
});
for (const name of ['gnu', 'main']) run('scripts/code-cache.ts', join(dist, `${name}.cjs`));

await buildLab(join(dist, 'lab'));

run('node_modules/typescript/bin/tsc', '-p', 'scripts/tsconfig.types.json', '--outDir', dist);

// bin/lw.cjs compares it with the sources: one that was saved during the build is newer.
utimesSync(join(dist, 'main.cjs'), started, started);

/** Leaves what is imported when it is needed in a file of its own. */
function apart(name: string): Plugin {
  return {
    name: `${name} apart`,
    setup: ({ onResolve }) =>
      onResolve({ filter: new RegExp(`/${name}\\.ts$`) }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: `./${name}.cjs`, external: true } : undefined,
      ),
  };
}

function run(...command: readonly string[]): void {
  const { status } = spawnSync(process.execPath, command, { cwd: home, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command[0]} failed`);
}
