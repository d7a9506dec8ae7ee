/** The sketch runs where there is no Node. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const budget = 20 * 1024;

test('a browser loads the sketch: nothing of Node’s in it, and at most 20 KiB compressed', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(import.meta.dirname, '..', '..', 'src', 'sketch', 'sketch.ts')],
    bundle: true,
    minify: true,
    format: 'iife',
    globalName: 'sketch',
    platform: 'browser',
    metafile: true,
    write: false,
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.filter(({ external }) => external));
  assert.deepEqual(imports, []);
  const [bundle] = outputFiles;
  if (!bundle) throw new Error('no bundle');
  const bytes = gzipSync(bundle.contents).length;
  console.log(`the sketch in a browser: ${bundle.contents.length} bytes, ${bytes} compressed`);
  assert.ok(bytes <= budget, `${bytes} bytes`);
  const said = runInNewContext(
    `${bundle.text}
    const fs = new sketch.Sketch().process();
    fs.mkdir(fs.cwd, 'd', 0o755);
    fs.symlink('d/x', fs.cwd, 'l');
    [fs.readlink(fs.cwd, 'l'), fs.stat(fs.cwd, 'l', 'follow').errno, fs.stat(fs.cwd, 'd').kind].join(' ');`,
    { TextEncoder, TextDecoder },
  );
  assert.equal(said, 'd/x ENOENT dir');
});
