/** Drawn trees as scenes of a check on the real kernel: what is drawn is `/` for links. */

import type { Scene } from '../../src/jobs/check/scene.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { kernelProbe } from '../../src/kernel/probe.ts';
import { build, drawing } from '../../src/lab/drawing.ts';
import { asUser, openPlace, Scratch } from '../scratch.ts';
import { type SceneOptions, walked } from './scene.ts';

/** Draws the tree as root, walks it as the options' user, and asks of it. Everything is gone afterwards. */
export const onKernel = <T>(tree: string, options: SceneOptions, ask: (scene: Scene) => T): T => {
  using scratch = new Scratch();
  using place = openPlace(scratch.path);
  build(kernel, place.handle, drawing(tree));
  options.prepare?.(kernel, place.handle);
  const work = (): T => ask(walked(kernel, probe, { handle: place.handle, path: '/' }, options));
  return options.uid ? asUser(options.uid, work) : work();
};

/** One a thread: each has memory that is never given back. */
const probe = kernelProbe();
