import type { Loss } from '../plan/copy-tree.ts';
import { apply } from '../plan/plan.ts';
import type { Step } from '../sketch/step.ts';
import type { Request, World } from './command.ts';
import { CommandError } from './command-error.ts';
import { refusalCode, refusalText } from './plan-words.ts';
import type { OpenState } from './state-directory.ts';

/**
 * Does what was rehearsed, all or nothing; what is displaced is kept for `keep` milliseconds, where that is said. The id for
 * undo; undefined where there was nothing to do. `lose` hears what copies do not have of their originals.
 */
export const applySteps = (
  openState: OpenState,
  world: World,
  request: Request,
  steps: readonly Step[],
  keep?: number,
  lose?: (loss: Loss) => void,
): string | undefined => {
  if (steps.length === 0) return undefined;
  using ledger = openState(world, request);
  const { handle, path } = world.root;
  const outcome = apply(ledger, {
    root: { handle, path },
    steps,
    words: request.words,
    ...(keep === undefined ? {} : { keep }),
  });
  if (outcome.ended === 'done') {
    if (lose) outcome.losses.forEach(lose);
    return outcome.id;
  }
  const why = refusalText(outcome.refusal);
  if (outcome.ended === 'rolled-back')
    throw new CommandError(`${why}; nothing was changed`, [], refusalCode(outcome.refusal));
  const left = outcome.stuck ? `: ${refusalText(outcome.stuck)}` : '';
  throw new CommandError(`${why}, and what was done before cannot be reversed${left}`, ['lw recover']);
};
