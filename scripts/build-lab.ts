import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { lessonsScript } from '../src/web/lessons-script.ts';

const home = join(import.meta.dirname, '..');

/** Makes the lab: a folder of static files that any web server can serve, and a browser can open by itself. */
export const buildLab = async (folder: string): Promise<void> => {
  const page = join(home, 'src/lab/page');
  await build({
    absWorkingDir: home,
    entryPoints: ['src/lab/page/app.ts', 'src/lab/page/theme.ts'],
    outdir: folder,
    bundle: true,
    minify: true,
    // A module would not load from a file: address.
    format: 'iife',
    platform: 'browser',
    target: ['chrome123', 'firefox125', 'safari17.5'],
    supported: { using: false },
    // What `using` calls, where a browser does not know it yet.
    banner: { js: "Symbol.dispose??Object.defineProperty(Symbol,'dispose',{value:Symbol.for('Symbol.dispose')});" },
  });
  mkdirSync(folder, { recursive: true });
  const styles = [join(page, 'style.css'), join(home, 'src/lab/picture/picture.css')].filter((file) =>
    existsSync(file),
  );
  const css = await build({
    stdin: { contents: styles.map((file) => readFileSync(file, 'utf8')).join('\n'), loader: 'css' },
    minify: true,
    write: false,
    target: ['chrome123', 'firefox125', 'safari17.5'],
  });
  writeFileSync(join(folder, 'style.css'), css.outputFiles[0]?.contents ?? '');
  writeFileSync(join(folder, 'index.html'), readFileSync(join(page, 'index.html')));
  writeFileSync(join(folder, 'lessons.js'), lessonsScript(readLessons(join(home, 'lessons'))));
};

/** The texts of a folder's lessons in the order of their names. */
const readLessons = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.lesson'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
