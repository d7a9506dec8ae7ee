/** The same random moves on the real kernel, below a directory that is taken for the root: links may say what they like. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { command as mv } from '../../src/cli/commands/mv.ts';
import { command as undo } from '../../src/cli/commands/undo.ts';
import { kernelWorld } from '../../src/cli/kernel-world.ts';
import { parseRequest } from '../../src/cli/parse-request.ts';
import type { Report } from '../../src/cli/verbs/mv.ts';
import type { Fs } from '../../src/fs/fs.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { kernelProbe } from '../../src/kernel/probe.ts';
import { attempt, check, newTally } from './property.ts';
import { type Scene, scene, stage } from './random.ts';
import { snapshot } from './snapshot.ts';

/** `root` holds `t`, where the trees grow, and what is mounted in it. */
export const movesOnKernel = async (root: string, mounts: readonly string[], seed: number, runs: number) => {
  const tally = { ...newTally(), copied: 0 };
  const state = ['--root', root, '--state', join(root, 'state')];
  const fs = rooted(root);
  const probe = kernelProbe();
  const run = async (command: typeof mv | typeof undo, args: readonly string[]) => {
    const request = parseRequest(command, args, () => new Uint8Array());
    if (request === 'help') throw new Error('help');
    using world = kernelWorld(root, { show: () => {}, erase: () => {} });
    return await command.run({ ...world, probe: () => probe }, request);
  };
  await fc.assert(
    fc.asyncProperty(scene, async (drawn: Scene) => {
      process.chdir('/');
      clear(root, mounts);
      const { cwd, args } = stage(fs, '/t', { ...drawn, long: false }, mounts);
      process.chdir(join(root, cwd));
      const before = snapshot(fs);
      let report: Report | undefined;
      let failure: unknown;
      try {
        report = (await run(mv, [...state, '--links=most', '--in=/', ...args])) as Report;
      } catch (error) {
        failure = error;
      }
      attempt(() => {
        if (failure) throw failure;
        return report as Report;
      });
      if (!report || report.steps.length === 0) {
        assert.deepEqual(snapshot(fs), before);
        return;
      }
      check(before, snapshot(fs), report, 4095, tally);
      tally.copied += report.outcome.moved.filter(({ copied }) => copied).length;
      await run(undo, state);
      assert.deepEqual(snapshot(fs), before, 'undone');
    }),
    { seed, numRuns: runs },
  );
  return tally;
};

/** Everything goes but what is mounted. */
const clear = (root: string, mounts: readonly string[]): void => {
  for (const name of readdirSync(root)) if (name !== 't') rmSync(join(root, name), { recursive: true, force: true });
  mkdirSync(join(root, 't'), { recursive: true });
  const kept = mounts.map((mount) => join(root, mount));
  for (const dir of [join(root, 't'), ...kept])
    for (const name of readdirSync(dir))
      if (!kept.includes(join(dir, name))) rmSync(join(dir, name), { recursive: true, force: true });
};

/** Absolute paths begin at `root`. */
const rooted = (root: string): Fs => {
  const below = (path: string): string => (path.startsWith('/') ? root + path : path);
  return {
    ...kernel,
    open: (at, path, how) => kernel.open(at, below(path), how),
    stat: (at, path, follow) => kernel.stat(at, below(path), follow),
    readlink: (at, path) => kernel.readlink(at, below(path)),
    mkdir: (at, path, mode) => kernel.mkdir(at, below(path), mode),
    symlink: (text, at, path) => kernel.symlink(text, at, below(path)),
    link: (from, fromPath, to, path) => kernel.link(from, below(fromPath), to, below(path)),
  };
};
