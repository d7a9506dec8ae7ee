/** The source about itself: who may import whom, and what must not be in it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

/** Rooms of src/ and those that each may import besides itself. A job is a room of its own; mod.ts and cli may import all. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  fs: [],
  gnu: ['fs'],
  kernel: ['fs'],
  sketch: ['fs'],
  trace: ['fs'],
  scan: ['fs', 'trace'],
  index: ['fs', 'trace', 'scan'],
  plan: ['fs', 'sketch'],
  jobs: ['fs', 'gnu', 'sketch', 'trace', 'scan', 'plan'],
  // Of cli only what is free of Node: the rule of portable rooms holds for all that they load.
  lab: ['fs', 'gnu', 'sketch', 'trace', 'scan', 'plan', 'jobs', 'cli'],
  web: [],
  cli: ['fs', 'gnu', 'kernel', 'sketch', 'trace', 'scan', 'index', 'plan', 'jobs', 'lab', 'web'],
};

/** Rooms that a browser loads: nothing of Node's, and no package. */
const portable = ['fs', 'gnu', 'trace', 'sketch', 'scan', 'plan', 'jobs', 'lab'];

/** Where the program and the library begin. */
const entries = [
  'src/cli/main.ts',
  'src/cli/gnu.ts',
  'src/cli/scout.ts',
  'src/mod.ts',
  'src/lab/page/app.ts',
  'src/lab/page/theme.ts',
];

/** Written so that this file does not match itself. */
const unwanted: readonly (readonly [pattern: RegExp, where: RegExp, why: string])[] = [
  [/\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b/, /./, 'is left to do'],
  [/@ts-(i[g]nore|n[o]check|e[x]pect-error)/, /\.(ts|cjs)$/, 'silences the compiler'],
  [
    /\b(test|it|describe|suite)\.(s[k]ip|o[n]ly|t[o]do)\(|\b(s[k]ip|o[n]ly|t[o]do): (true|['"`])/,
    /\.test\.ts$/,
    'leaves tests out',
  ],
  // A test that cannot run here says so by `t.skip` with its reason: the runner counts it.
  [/catch( \(\w+\))? \{ ?\}/, /^src\/(?!cli\/output\.ts)/, 'swallows an error'],
  [/\bconsole\./, /^(src|bin)\//, 'prints behind the output’s back'],
  [/(^|[\s'"`(=])\/(w[o]rk|roo[t]|Users)\/\w/, /./, 'is a path of one machine'],
  [/https?:\/\/registry\.|"resol[v]ed":/, /./, 'names a package registry'],
];

interface Source {
  readonly path: string;
  readonly text: string;
}

const home = join(import.meta.dirname, '..');

const complaints = (sources: readonly Source[]): readonly string[] => [
  ...sources.flatMap(strayWords),
  ...wrongImports(sources),
  ...cycles(sources),
  ...deadFiles(sources),
  ...deadLinks(sources),
];

test('the source is tidy', () => {
  assert.deepEqual(complaints(readSources()), []);
});

test('and this test would say if it were not', () => {
  const seeded: readonly Source[] = [
    { path: 'src/cli/main.ts', text: "import '../fs/a.ts'; import('../jobs/move/move.ts'); import '../trace/x.ts';" },
    { path: 'src/mod.ts', text: '' },
    { path: 'src/fs/a.ts', text: "import { b } from './b.ts';\nimport { readFileSync } from 'node:fs';" },
    { path: 'src/fs/b.ts', text: "export { a } from './a.ts';\nimport { kernel } from '../kernel/kernel.ts';" },
    { path: 'src/kernel/kernel.ts', text: `// @ts-${'ignore'} ${'TO'}DO` },
    { path: 'src/jobs/move/move.ts', text: "import {\n  check,\n} from '../check/check.ts';" },
    { path: 'src/jobs/check/check.ts', text: "// import { no } from '../../kernel/kernel.ts'" },
    { path: 'src/trace/x.ts', text: "import ignore from 'ignore';" },
    { path: 'src/lab/page/app.ts', text: "import '../../cli/show.ts'; import type { Buffer } from 'node:buffer';" },
    { path: 'src/lab/page/theme.ts', text: "import '../../kernel/kernel.ts';" },
    { path: 'src/cli/show.ts', text: "import { inspect } from 'node:util';" },
    { path: 'src/scan/dead.ts', text: '' },
    { path: 'src/nowhere/a.ts', text: '' },
    { path: 'README.md', text: '[here](docs/NONE.md)' },
  ];
  assert.deepEqual(complaints(seeded), [
    `src/kernel/kernel.ts:1: \`${'TO'}DO\` is left to do`,
    `src/kernel/kernel.ts:1: \`@ts-${'ignore'}\` silences the compiler`,
    'src/fs/a.ts: fs is loaded by a browser and must not import node:fs',
    'src/fs/b.ts: fs must not import kernel (src/kernel/kernel.ts)',
    'src/jobs/move/move.ts: jobs/move must not import jobs/check (src/jobs/check/check.ts)',
    'src/trace/x.ts: trace is loaded by a browser and must not import ignore',
    'src/lab/page/theme.ts: lab must not import kernel (src/kernel/kernel.ts)',
    'src/cli/show.ts: cli is loaded by a browser and must not import node:util',
    'src/nowhere/a.ts: there is no room nowhere',
    'src/fs/a.ts → src/fs/b.ts → src/fs/a.ts: imports in a circle',
    'src/scan/dead.ts: nothing imports it',
    'src/nowhere/a.ts: nothing imports it',
    'README.md: docs/NONE.md does not exist',
  ]);
});

test('the package holds what it needs, and is small', () => {
  if (!existsSync(join(home, 'dist/main.cjs')))
    assert.equal(spawnSync('npm', ['run', 'build'], { cwd: home }).status, 0);
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: home });
  const packed = JSON.parse(String(stdout));
  const { files, unpackedSize } = (Array.isArray(packed) ? packed[0] : Object.values(packed)[0]) as {
    files: readonly { path: string }[];
    unpackedSize: number;
  };
  const paths = files.map(({ path }) => path);
  for (const needed of [
    'bin/lw.cjs',
    'dist/main.cjs',
    'dist/mod.js',
    'dist/mod.d.ts',
    'dist/lab/index.html',
    'dist/lab/app.js',
    'man/lw.1',
    'README.md',
    'LICENSE',
  ])
    assert.ok(paths.includes(needed), `${needed} is missing`);
  assert.deepEqual(
    paths.filter(
      (path) =>
        !/^(bin|dist|lessons|man|schemas)\/|^(docs\/LESSONS\.md|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(
          path,
        ),
    ),
    [],
  );
  assert.ok(unpackedSize < unpackedLimit, `${unpackedSize} bytes unpacked; ${unpackedLimit} is the limit`);
});

/**
 * Grown with reason only: the lab is a whole machine with most of lw on it, once for browsers and once for
 * `lw learn --check`; and what V8 has made of the programs, 0.7 MB, saves every call 20 ms.
 */
const unpackedLimit = 3_350_000;

const readSources = (folder = ''): readonly Source[] =>
  readdirSync(join(home, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist', '.git'].includes(path) ? [] : readSources(path);
    return /\.(ts|cjs|json|md|c|1)$|^\.ci\//.test(path) ? [{ path, text: readFileSync(join(home, path), 'utf8') }] : [];
  });

const strayWords = ({ path, text }: Source): readonly string[] =>
  text.split('\n').flatMap((line, index) =>
    unwanted.flatMap(([pattern, where, why]) => {
      const found = where.test(path) ? pattern.exec(line) : null;
      return found ? [`${path}:${index + 1}: \`${found[0].trim()}\` ${why}`] : [];
    }),
  );

const isSource = ({ path }: Source): boolean => /^src\/.*\.ts$/.test(path);

/** What a file imports: paths from the project's root, or names of packages. */
const importsOf = ({ path, text }: Source): readonly string[] => {
  const code = text.replace(/^\s*(\/\/|\/?\*).*$/gm, '');
  const statements = code.matchAll(
    /\b(?:import|export)\s(?:[^'";()]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g,
  );
  return [...statements].map(([, named, lazy]) => {
    const target = (named ?? lazy) as string;
    return target.startsWith('.') ? normalize(join(dirname(path), target)) : target;
  });
};

/** `fs` of src/fs/a.ts, `jobs/move` of src/jobs/move/move.ts, nothing of src/mod.ts. */
const roomOf = (path: string): string | undefined => /^src\/(jobs\/[^/]+|[^/]+)\//.exec(path)?.[1];

const wrongImports = (sources: readonly Source[]): readonly string[] => {
  const inBrowser = loadedBy(
    sources.filter(({ path }) => portable.includes(roomOf(path)?.split('/')[0] ?? '')),
    sources,
  );
  return sources.flatMap((source) => {
    const room = isSource(source) ? roomOf(source.path) : undefined;
    if (!room) return [];
    const allowed = rooms[room.split('/')[0] as string];
    if (!allowed) return [`${source.path}: there is no room ${room}`];
    return importsOf(source).flatMap((target) => {
      if (!target.startsWith('src/'))
        return inBrowser.has(source.path) && importsOf(withoutTypes(source)).includes(target)
          ? [`${source.path}: ${room} is loaded by a browser and must not import ${target}`]
          : [];
      const other = roomOf(target) ?? 'mod.ts';
      return other === room || allowed.includes(other.split('/')[0] as string)
        ? []
        : [`${source.path}: ${room} must not import ${other} (${target})`];
    });
  });
};

/** Paths of these sources and of all that they import. */
const loadedBy = (first: readonly Source[], all: readonly Source[]): ReadonlySet<string> => {
  const byPath = new Map(all.map((source) => [source.path, source]));
  const loaded = new Set<string>();
  const visit = (source: Source | undefined): void => {
    if (!source || loaded.has(source.path)) return;
    loaded.add(source.path);
    for (const target of importsOf(withoutTypes(source))) visit(byPath.get(target));
  };
  for (const source of first) visit(source);
  return loaded;
};

/** Types are erased: no browser loads what only they come from. */
const withoutTypes = ({ path, text }: Source): Source => ({
  path,
  text: text.replace(/\b(import|export) type\b/g, ''),
});

const cycles = (sources: readonly Source[]): readonly string[] => {
  const imports = new Map(sources.filter(isSource).map((source) => [source.path, importsOf(source)]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, above: readonly string[]): void => {
    if (above.includes(path))
      found.push(`${[...above.slice(above.indexOf(path)), path].join(' → ')}: imports in a circle`);
    if (done.has(path) || above.includes(path)) return;
    for (const target of imports.get(path) ?? []) visit(target, [...above, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return found;
};

const deadFiles = (sources: readonly Source[]): readonly string[] => {
  const imports = new Map(sources.filter(isSource).map((source) => [source.path, importsOf(source)]));
  const alive = new Set<string>();
  const visit = (path: string): void => {
    if (alive.has(path)) return;
    alive.add(path);
    for (const target of imports.get(path) ?? []) visit(target);
  };
  for (const path of entries) visit(path);
  return [...imports.keys()].filter((path) => !alive.has(path)).map((path) => `${path}: nothing imports it`);
};

/** Links of the documents to files of the project. */
const deadLinks = (sources: readonly Source[]): readonly string[] =>
  sources
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?![a-z]+:|#)([^)#]+)/g)]
        .map(([, target]) => normalize(join(dirname(path), target as string)))
        .filter((target) => !existsSync(join(home, target)))
        .map((target) => `${path}: ${target} does not exist`),
    );
