import type { Missing } from '../../trace/route.ts';
import type { Blame } from './blame.ts';
import type { Cause } from './cause.ts';
import { elsewhere } from './elsewhere.ts';
import { lockText } from './lock-text.ts';
import { nearCauses } from './near-causes.ts';
import { notExpanded } from './not-expanded.ts';
import { packageCauses } from './packages.ts';
import { entriesOf, type Scene } from './scene.ts';
import { words } from './sentence.ts';

/** Why a component may be missing, the best explained first; guesses only where nothing better is known. */
export const missingCauses = (scene: Scene, end: Missing, culprit: Blame): readonly Cause[] => {
  const lock = lockText(culprit);
  if (lock) return [lock];
  const causes = [
    ...notExpanded(scene, end, culprit),
    ...elsewhere(scene, culprit),
    ...nearCauses(scene, end, culprit),
    ...packageCauses(scene, end, culprit),
  ];
  const likely = causes.filter((cause) => cause.certainty === 'likely');
  if (likely.length > 0) return likely;
  return causes.length > 0 ? causes : emptyDirectory(scene, end);
};

/** An empty directory where a path goes on is often a mount point without its volume. */
const emptyDirectory = (scene: Scene, end: Missing): readonly Cause[] => {
  const entries = entriesOf(scene, end.parent);
  if (!entries) return [];
  if (entries.length > 0 || end.parent === '/') return [];
  return [
    {
      kind: 'empty-directory',
      certainty: 'possible',
      because: words('the directory is empty: if a volume is usually mounted there, it is not now'),
      suggests: [],
    },
  ];
};
