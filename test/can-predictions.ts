/** What `can` foresees beside what the kernel answers, for every pair of paths. Runs in a process of its own. */

import { kernelWorld } from '../src/cli/kernel-world.ts';
import { rehearse } from '../src/cli/rehearse.ts';
import type { Fault } from '../src/fs/fault.ts';
import { kernel } from '../src/kernel/kernel.ts';
import { asUser } from './scratch.ts';

export const predict = (
  root: string,
  uid: number,
  from: readonly string[],
  to: readonly string[],
): { readonly cases: number; readonly wrong: readonly string[] } => {
  process.chdir(root);
  using world = kernelWorld(undefined, { show: () => {}, erase: () => {} });
  const wrong: string[] = [];
  let cases = 0;
  for (const source of from)
    for (const name of to)
      for (const deed of ['link', 'rename'] as const) {
        const foreseen = asUser(uid, () => {
          const sketch = rehearse(world);
          return sketch[deed](sketch.cwd, source, sketch.cwd, name);
        });
        const answered = asUser(uid, () => kernel[deed](kernel.cwd, source, kernel.cwd, name));
        if (!answered) back(deed, source, name);
        cases++;
        if (errno(foreseen) !== errno(answered))
          wrong.push(`${deed} ${source} ${name}: foreseen ${errno(foreseen)}, answered ${errno(answered)}`);
      }
  return { cases, wrong };
};

const errno = (fault: Fault | undefined): string => fault?.errno ?? 'yes';

/** Takes back what has just been done. */
const back = (deed: 'link' | 'rename', source: string, name: string): void => {
  const refused =
    deed === 'link' ? kernel.unlink(kernel.cwd, name) : kernel.rename(kernel.cwd, name, kernel.cwd, source);
  // Between two names of one file a rename does nothing.
  if (refused && refused.errno !== 'ENOENT') throw new Error(`cannot take back ${deed} ${source} ${name}`);
};
