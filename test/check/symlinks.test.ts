/**
 * What symlinks(1) calls dangling, messy and lengthy, on random trees: 300 of them, or 6,000 with LINKWRIGHT_FULL=1.
 * LINKWRIGHT_SEED gives the trees of an earlier run again.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeBytes } from '../../src/fs/bytes.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { kernelProbe } from '../../src/kernel/probe.ts';
import { health } from '../../src/trace/route.ts';
import { random } from '../conformance/random.ts';
import { buildTree, randomTree } from '../conformance/random-tree.ts';
import { openPlace, Scratch } from '../scratch.ts';
import { findings, walked } from './scene.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
const trees = process.env.LINKWRIGHT_FULL === '1' ? 6_000 : 300;
/** Trees that one run of the program looks at. */
const batch = 100;

test('symlinks(1) finds the same links broken, messy and lengthy, where it looks at what the kernel does', (t) => {
  if (spawnSync('symlinks', ['/dev/null']).error) {
    t.skip('there is no symlinks(1) here');
    return;
  }
  const probe = kernelProbe();
  using root = openPlace('/');
  const seen: Record<string, number> = {};
  for (let from = 0; from < trees; from += batch) {
    using scratch = new Scratch();
    for (let i = from; i < from + batch; i++) makeTree(scratch.at(String(i)), (seed + i) >>> 0);
    const scene = walked(kernel, probe, root, { roots: [scratch.path] });
    const said = symlinksOf(scratch.path);
    const { census } = scene;
    assert.equal(said.size, census.links.count);
    const marks = new Map<string, Set<string>>();
    for (const rule of ['messy', 'lengthy'])
      for (const { path } of findings(scene, rule)) marks.set(path, (marks.get(path) ?? new Set()).add(rule));
    for (let row = 0; row < census.links.count; row++) {
      const { path, text, end } = census.link(row);
      const where = `LINKWRIGHT_SEED=${(seed + Number(path.split('/')[scratch.path.split('/').length])) >>> 0}: ${path} -> ${text}`;
      const theirs = said.get(path) as string;
      const ours = marks.get(path) ?? new Set();
      seen[theirs] = (seen[theirs] ?? 0) + 1;
      // It takes a name and the `..` after it away before it looks.
      if (/(^|\/)(?!\.\.?(\/|$))[^/]+\/(.*\/)?\.\.(\/|$)/.test(text)) continue;
      // It asks for the text, not for the link: with one link less, a chain of 41 is one of 40.
      if (end === 'too-many-links') continue;
      // And it takes slashes and dots at the end away first: `file/` is no directory, `file` is there.
      if (end === 'not-a-directory' && /\/\.?$/.test(text)) continue;
      // A lookup that Linux begins anew goes on counting: long chains are now and then ELOOP, which it takes for the truth.
      if (theirs === 'dangling' && end === 'found' && scene.atlas.hops(row) > 20) continue;
      assert.equal(theirs === 'dangling', health(end) === 'broken', `${theirs}, ${end}: ${where}`);
      // Of absolute links it says nothing else.
      if (theirs === 'absolute' || theirs === 'dangling') continue;
      // What is both it calls messy. A slash at the end alone it takes away without a word.
      if (ours.has('lengthy')) assert.ok(theirs === 'lengthy' || theirs === 'messy', `${theirs}: ${where}`);
      if (theirs === 'lengthy') assert.ok(ours.has('lengthy'), where);
      const tidy = !/\/\/|(^|\/)\.(\/|$)/.test(text) || text === '.' || text === './';
      assert.equal(theirs === 'messy', !tidy, `${theirs}: ${where}`);
      assert.equal(ours.has('messy'), !tidy || (text.endsWith('/') && text !== '/'), where);
    }
  }
  process.stderr.write(`LINKWRIGHT_SEED=${seed}: ${trees} trees: ${JSON.stringify(seen)}\n`);
});

/** A random tree whose absolute texts lead into it. */
const makeTree = (path: string, start: number): void => {
  const { items } = randomTree(random(start), []);
  mkdirSync(path);
  using place = openPlace(path);
  const placed = items
    .filter(({ path: name }) => name.length < 200)
    .map((item) => {
      if (item.kind === 'dir') return { ...item, mode: 0o755 };
      return item.kind === 'link' && item.text.startsWith('/') ? { ...item, text: join(path, item.text) } : item;
    });
  buildTree(kernel, place.handle, path, { items: placed }, false);
};

/** What it calls each link. */
const symlinksOf = (path: string): ReadonlyMap<string, string> => {
  const { stdout } = spawnSync('symlinks', ['-rsv', path], { maxBuffer: 2 ** 28 });
  const lines = decodeBytes(stdout)
    .split('\n')
    .filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [, kind, link] = /^(\w+): +(.*?) -> /.exec(line) as unknown as [string, string, string];
      return [link, kind];
    }),
  );
};
