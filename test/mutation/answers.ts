/**
 * What the sketch answers to random scripts. That the kernel says the same is made sure of once;
 * then the answers of a sketch with a mistake are compared with them, which is far cheaper.
 */
import { random } from '../conformance/random.ts';
import { Run } from '../conformance/sketch-compare.ts';
import { randomScript } from '../conformance/sketch-random.ts';
import { SketchSide } from '../conformance/sketch-sides.ts';

/** The types of file system that are played, with how many scripts. */
export const shares = { tmpfs: 1200, ext4: 400, xfs: 200, btrfs: 200 } as const;

/** Calls in a script, and one script in how many has its times looked at after each call. */
export const shape = { length: 30, strict: 40 } as const;

/** One text for each script. */
export function* answers(type: string, seed: number, scripts: number) {
  const side = new SketchSide(type);
  for (let i = 0; i < scripts; i++) yield answer(side, (seed + i) >>> 0);
}

const answer = (side: SketchSide, seed: number): string => {
  const script = randomScript(random(seed), shape.length, shape.strict);
  using run = new Run(side, script);
  const lines: string[] = [];
  for (const step of script.steps) {
    lines.push(run.perform(step));
    if (script.watched === 'strictly') lines.push(...run.watch());
  }
  return [...lines, ...run.held(), ...run.tree()].join('\n');
};
