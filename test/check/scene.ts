/** Drawn trees as scenes of a check, in memory. */
import { Fault } from '../../src/fs/fault.ts';
import type { Fs, Handle } from '../../src/fs/fs.ts';
import { fsProbe } from '../../src/fs/fs-probe.ts';
import type { Probe } from '../../src/fs/probe.ts';
import { check } from '../../src/jobs/check/check.ts';
import type { Finding, Words } from '../../src/jobs/check/finding.ts';
import type { Rule } from '../../src/jobs/check/rule.ts';
import { rules } from '../../src/jobs/check/rules.ts';
import type { Scene } from '../../src/jobs/check/scene.ts';
import { sceneOf } from '../../src/jobs/check/scene-of.ts';
import { build, drawing } from '../../src/lab/drawing.ts';
import { Atlas } from '../../src/scan/atlas.ts';
import type { Level } from '../../src/scan/census.ts';
import { settle } from '../../src/scan/settle.ts';
import { Walk } from '../../src/scan/walk.ts';
import type { SketchProcess } from '../../src/sketch/process.ts';
import { Sketch } from '../../src/sketch/sketch.ts';
import type { Place } from '../../src/trace/trace.ts';

export interface SceneOptions {
  readonly level?: Exclude<Level, 'names'>;
  /** Directories to walk, `/` unless it is said: physical paths. */
  readonly roots?: readonly string[];
  /** The directory that is `/` for the links, as with --root; what is drawn is the machine outside of it. */
  readonly image?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly absentVolumes?: readonly string[];
  /** Takes over the handle of `image`, which is otherwise open as long as the process. */
  readonly keeps?: DisposableStack;
  /** What else the scene has. */
  readonly more?: Partial<Scene>;
  /** What root does before, beyond what can be drawn. */
  readonly prepare?: (fs: Fs, at: Handle) => void;
}

/** A machine in memory with a drawn tree at its root, made by root. */
export const machine = (tree: string): Sketch => {
  let now = 0n;
  const sketch = new Sketch({ type: 'ext4', now: () => (now += 1_000_000_000n) });
  const process = sketch.process();
  build(process, process.cwd, drawing(tree));
  return sketch;
};

/** What is drawn, walked. */
export const sceneFrom = (tree: string, options: SceneOptions = {}): Scene => {
  const { uid = 0, gid = uid } = options;
  const sketch = machine(tree);
  const maker = sketch.process();
  options.prepare?.(maker, maker.cwd);
  const process: SketchProcess = sketch.process({ uid, gid });
  const root: Place = { handle: openDir(process, process.cwd, '/'), path: '/' };
  return walked(process, fsProbe(process), root, options);
};

/** The scene of directories below a root, on any Fs. */
export const walked = (fs: Fs, probe: Probe, machineRoot: Place, options: SceneOptions): Scene => {
  const { level = 'symlinks', roots = ['/'], absentVolumes = [], image, keeps, more = {} } = options;
  const outside = image === undefined ? undefined : machineRoot;
  const opened = image === undefined ? undefined : openDir(fs, machineRoot.handle, image.slice(1));
  if (opened) keeps?.use(opened);
  const root = opened ? { handle: opened, path: '/' } : machineRoot;
  using held = new DisposableStack();
  using walk = new Walk(probe, { level, root: root.handle });
  for (const path of roots) {
    const handle = openDir(fs, root.handle, path.slice(1) || '.', 'read');
    walk.addRoot(held.use(handle), { path, physical: path });
  }
  while (!walk.step(10_000)) {}
  const { census } = walk;
  const atlas = new Atlas(census, fs, root);
  for (const _ of settle(atlas, fs, root, absentVolumes));
  return sceneOf({ fs, root, absentVolumes, census, atlas }, { outside, ...more });
};

const openDir = (fs: Fs, at: Handle, path: string, access: 'path' | 'read' = 'path'): Handle => {
  const handle = fs.open(at, path, { access, directory: true });
  if (handle instanceof Fault) throw new Error(`cannot open ${path}: ${handle.reason}`);
  return handle;
};

/** All that some rules find, all switched on; with the ids of rules, only those. */
export const findings = (scene: Scene, ...ids: readonly string[]): readonly Finding[] => {
  const chosen = ids.length === 0 ? rules : ids.map(ruleOf);
  return [...check(scene, chosen, ({ severity }) => (severity === 'off' ? 'error' : severity))].filter(
    (finding) => finding !== undefined,
  );
};

export const ruleOf = (id: string): Rule => {
  const rule = rules.find((each) => each.id === id);
  if (!rule) throw new Error(`there is no rule ${id}`);
  return rule;
};

/** Findings as lines, in order: `rule path: sentence`. */
export const lines = (found: readonly Finding[]): readonly string[] =>
  found.map(({ rule, path, says }) => `${rule} ${path}: ${sentence(says)}`).sort();

export const sentence = (words: Words): string =>
  words.map((word) => (typeof word === 'string' ? word : word.name)).join('');

/** The rules that find what is wrong with symbolic links alone. */
export const own: readonly string[] = rules
  .filter(({ group }) => ['resolution', 'portability', 'hygiene'].includes(group))
  .map(({ id }) => id);
