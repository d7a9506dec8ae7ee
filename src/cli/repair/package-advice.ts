import { blame } from '../causes/blame.ts';
import { packageCauses } from '../causes/packages.ts';
import { type Machine, reach, sceneOf } from '../causes/scene.ts';
import { speak } from '../causes/sentence.ts';
import type { World } from '../command.ts';
import { show } from '../show.ts';

/** What to do about a link whose target a package brings: nothing is rewritten then. */
export interface Advice {
  readonly because: string;
  readonly command: string | undefined;
}

/** Reading the lists of all packages for one link takes a moment: so many are asked about. */
const askedMost = 40;

/** Directories that packages install to. */
const installed = /^\/(bin|boot|etc|lib\w*|opt|sbin|usr|var)\//;

/** What dpkg knows of dangling links, by their physical paths. */
export const packageAdvice = (world: World, machine: Machine): ((physical: string) => Advice | undefined) => {
  const scene = sceneOf(world, machine);
  let asked = 0;
  return (physical) => {
    if (!installed.test(physical) || ++asked > askedMost) return undefined;
    const route = reach(scene, physical);
    if (route.end.kind !== 'missing') return undefined;
    const [cause] = packageCauses(scene, route.end, blame(scene, route));
    return cause && { because: speak(cause.because, show), command: cause.command };
  };
};
