/**
 * What the rules say of links equals what `trace` says, on random trees in memory: 800 of them, or 20,000 with
 * LINKWRIGHT_FULL=1. LINKWRIGHT_SEED gives the trees of an earlier run again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../src/fs/fault.ts';
import { fsProbe } from '../../src/fs/fs-probe.ts';
import { sameFile } from '../../src/fs/identity.ts';
import { type LinkText, linkText } from '../../src/fs/link-text.ts';
import { check } from '../../src/jobs/check/check.ts';
import type { Finding } from '../../src/jobs/check/finding.ts';
import type { Scene } from '../../src/jobs/check/scene.ts';
import { Sketch } from '../../src/sketch/sketch.ts';
import { type End, health, type Route } from '../../src/trace/route.ts';
import { trace } from '../../src/trace/trace.ts';
import { type Random, random } from '../conformance/random.ts';
import { type Item, randomTree, type Tree } from '../conformance/random-tree.ts';
import { nobody } from '../scratch.ts';
import { findings, own, ruleOf, walked } from './scene.ts';

const seed = Number(process.env.LINKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
const trees = process.env.LINKWRIGHT_FULL === '1' ? 20_000 : 800;

const rulesOfEnds: Readonly<Record<End['kind'], string>> = {
  found: '',
  missing: 'dangling',
  'name-too-long': 'dangling',
  loop: 'loop',
  'too-many-links': 'too-deep',
  'not-a-directory': 'not-a-directory',
  permission: 'unreadable',
  unknown: 'unreadable',
  'absent-volume': 'volume-absent',
};

const resolution = own.filter((id) => ruleOf(id).group === 'resolution');

test('findings of resolution are what trace says of each link, and every fix leads to the same file', () => {
  const seen: Record<string, number> = {};
  for (let i = 0; i < trees; i++) {
    const dice = random((seed + i) >>> 0);
    const tree = withOtherCase(dice, randomTree(dice, []));
    const uid = dice.oneIn(2) ? nobody : 0;
    const absent = dice.oneIn(4) ? ['/a', '/b/c'] : [];
    const where = `LINKWRIGHT_SEED=${(seed + i) >>> 0}: ${JSON.stringify(tree)}`;
    const { scene, maker } = sceneOfTree(tree, uid, absent);
    const found = findings(scene, ...resolution);
    for (let row = 0; row < scene.census.links.count; row++) compare(scene, row, found, where, seen);
    for (const finding of findings(scene, ...own)) checkFix(scene, maker, finding, where, seen);
    // With the severities that rules have of their own, no broken link goes without an error.
    const usual = [...check(scene, own.map(ruleOf), ({ severity }) => (severity === 'off' ? undefined : severity))];
    for (let row = 0; row < scene.census.links.count; row++) {
      const path = scene.census.linkPhysicalPath(row);
      const graves = usual.filter((each) => each?.physical === path && each.severity === 'error').length;
      if (health(scene.census.endOf(row)) === 'broken') assert.equal(graves, 1, `${path} ${where}`);
    }
  }
  process.stderr.write(`LINKWRIGHT_SEED=${seed}: ${trees} trees: ${JSON.stringify(seen)}\n`);
});

/** Some texts have a letter that is another one for Linux alone. */
const withOtherCase = (dice: Random, { items }: Tree): Tree => ({
  items: items.map((item) =>
    item.kind === 'link' && dice.oneIn(6)
      ? { ...item, text: item.text.replace(dice.pick([/a/, /b/g, /[a-d]/g]), (letter) => letter.toUpperCase()) }
      : item,
  ),
});

interface Drawn {
  readonly scene: Scene;
  /** Root, who may change everything. */
  readonly maker: ReturnType<Sketch['process']>;
}

const sceneOfTree = ({ items }: Tree, uid: number, absentVolumes: readonly string[]): Drawn => {
  const sketch = new Sketch({ type: 'ext4', now: () => 0n });
  const maker = sketch.process();
  for (const item of items) make(maker, item);
  for (const item of items) if (item.kind === 'dir') must(maker.chmod(maker.cwd, item.path, item.mode, 'follow'));
  const process = sketch.process({ uid, gid: uid });
  const handle = process.open(process.cwd, '/', { access: 'path', directory: true });
  if (handle instanceof Fault) throw new Error(handle.reason);
  return { scene: walked(process, fsProbe(process), { handle, path: '/' }, { absentVolumes }), maker };
};

const make = (maker: ReturnType<Sketch['process']>, item: Item): void => {
  if (item.kind === 'dir') must(maker.mkdir(maker.cwd, item.path, 0o755));
  else if (item.kind === 'file') must(maker.mknod(maker.cwd, item.path, 'file', 0o644));
  else {
    must(maker.symlink(linkText(item.text), maker.cwd, item.path));
    if (item.foreign) must(maker.chown(maker.cwd, item.path, { uid: nobody, gid: nobody }));
  }
};

const must = (fault: Fault | undefined): void => {
  if (fault) throw new Error(`${fault.call} ${fault.path}: ${fault.reason}`);
};

const compare = (
  scene: Scene,
  row: number,
  found: readonly Finding[],
  where: string,
  seen: Record<string, number>,
): void => {
  const physical = scene.census.linkPhysicalPath(row);
  const { end, hops } = follow(scene, physical);
  // Trace gives up after 40 links, and may not have come to the circle yet.
  const isLoop = end.kind === 'too-many-links' && scene.atlas.isLoop(row);
  const wanted = isLoop
    ? 'loop'
    : end.kind === 'found' && hops.length > scene.thresholds.hops
      ? 'deep-chain'
      : rulesOfEnds[end.kind];
  const mine = found.filter((each) => each.physical === physical);
  assert.deepEqual(
    mine.map(({ rule }) => rule),
    wanted === '' ? [] : [wanted],
    `${physical} is ${end.kind}: ${where}`,
  );
  seen[wanted] = (seen[wanted] ?? 0) + 1;
  const key = mine[0]?.cause?.key;
  if (end.kind === 'missing' || end.kind === 'not-a-directory') assert.equal(key, end.path, `${physical}: ${where}`);
  if (end.kind === 'absent-volume') assert.equal(key, end.mountPoint, `${physical}: ${where}`);
  if (end.kind === 'loop') assert.deepEqual(key?.split('\0').toSorted(), end.cycle.toSorted(), `${physical}: ${where}`);
};

/** With its fix a link that works leads to the same file; one of a broken link leads to something. */
const checkFix = (
  scene: Scene,
  maker: Drawn['maker'],
  finding: Finding,
  where: string,
  seen: Record<string, number>,
): void => {
  const { fix, physical, rule, text } = finding;
  if (fix === undefined || text === undefined) return;
  const now = follow(scene, physical).end;
  const retext = (to: LinkText): void => {
    must(maker.unlink(maker.cwd, physical));
    must(maker.symlink(to, maker.cwd, physical));
  };
  retext(fix);
  const then = follow(scene, physical).end;
  retext(text);
  const what = `${rule} ${physical} -> ${text} => ${fix}: ${where}`;
  assert.equal(then.kind, 'found', what);
  assert.notEqual(fix, text, what);
  if (rule !== 'case-mismatch')
    assert.ok(now.kind === 'found' && then.kind === 'found' && sameFile(now.stat, then.stat), what);
  seen[`fix of ${rule}`] = (seen[`fix of ${rule}`] ?? 0) + 1;
};

const follow = ({ fs, root, absentVolumes }: Scene, path: string): Route =>
  trace(fs, path, { from: root, root, absentVolumes });
