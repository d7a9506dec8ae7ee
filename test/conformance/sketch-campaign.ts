/** Many random scripts on the kernel and in a sketch. Runs in a process and a mount namespace of its own. */
import { random } from './random.ts';
import { bugs } from './sketch-bugs.ts';
import { type Counts, compare, explain, shrink } from './sketch-compare.ts';
import { randomScript } from './sketch-random.ts';
import type { Script } from './sketch-script.ts';
import { KernelSide, SketchSide } from './sketch-sides.ts';

export interface Campaign {
  readonly seed: number;
  readonly scripts: number;
  /** To run before those. */
  readonly known?: readonly Script[];
  /** Calls in a script. */
  readonly length: number;
  /** One script in so many is watched strictly. */
  readonly strict: number;
  /** An empty directory, the root of a mount. */
  readonly root: string;
  /** The type of its file system. */
  readonly type: string;
  /** Plant this into the sketch. */
  readonly bug?: keyof typeof bugs;
}

export interface Tally {
  readonly scripts: number;
  readonly calls: number;
  /** Differences of times that were gone when the script ran again. */
  readonly unrepeated: number;
  /** Calls by what they are and how they ended. */
  readonly ends: Readonly<Record<string, number>>;
  /** The first difference, if any: no script was run after it. */
  readonly found?: Found;
}

export interface Found {
  /** The smallest script that still shows it. */
  readonly script: Script;
  /** The script for people and for `sketch-scripts.ts`, and what each side said. */
  readonly text: string;
}

export const runCampaign = (campaign: Campaign): Tally => {
  const honest = new SketchSide(campaign.type);
  const sketch = campaign.bug ? bugs[campaign.bug](honest) : honest;
  const kernel = new KernelSide(campaign.root);
  const counts: Counts = { ends: new Map() };
  let unrepeated = 0;
  let found: Found | undefined;
  let scripts = 0;
  for (const [name, script] of scriptsOf(campaign)) {
    if (found) break;
    scripts++;
    const difference = compare(kernel, sketch, script, counts);
    if (!difference) continue;
    const differs = (smaller: Script) => compare(kernel, sketch, smaller);
    // On a busy machine a tick can be late.
    if (/ [cm]time moved/.test(difference.kernel + difference.sketch) && !differs(script)) unrepeated++;
    else {
      const smallest = shrink(script, differs);
      const shown = differs(smallest);
      found = {
        script: smallest,
        text: `${name}${shown ? '' : ', and not when it ran again'}\n${explain(smallest, shown ?? difference)}`,
      };
    }
  }
  const ends = Object.fromEntries([...counts.ends].sort(([, a], [, b]) => b - a));
  const calls = Object.values(ends).reduce((a, b) => a + b, 0);
  return { scripts, calls, unrepeated, ends, ...(found && { found }) };
};

function* scriptsOf({ known = [], seed, scripts, length, strict }: Campaign): Generator<readonly [string, Script]> {
  for (const script of known) yield ['a known script', script];
  for (let i = 0; i < scripts; i++) {
    const own = (seed + i) >>> 0;
    yield [`seed ${own}`, randomScript(random(own), length, strict)];
  }
}
