import { dirname } from '../../fs/path.ts';
import { relativePath } from '../../fs/relative.ts';
import { type Failure, type Hop, maxLinks, type Route } from '../../trace/route.ts';
import { relink } from './blame.ts';
import type { Cause } from './cause.ts';
import { elsewhere } from './elsewhere.ts';
import { found, reach, type Scene } from './scene.ts';
import { say, words } from './sentence.ts';
import { timeText } from './time-text.ts';

type Loop = Extract<Failure, { kind: 'loop' }>;

/** Which link of the cycle to cut, and what it may have been meant for. */
export const loopCauses = (scene: Scene, route: Route, { cycle }: Loop): readonly Cause[] => {
  const links = cycle.flatMap((path) => route.hops.find((hop) => hop.link === path) ?? []);
  const meant = links
    .flatMap((link) => elsewhere(scene, { link, text: link.text, at: dirname(link.link), rest: '' }))
    .slice(0, 1);
  if (links.length > 1) return [...meant, newest(scene, links)];
  return meant.length > 0 ? meant : links.map(({ link }) => itself(scene, link));
};

/** A link's ctime is when it was made or renamed, since its text cannot be changed (symlink(7)). */
const newest = (scene: Scene, links: readonly Hop[]): Cause => {
  const byAge = links.toSorted((a, b) => (a.stat.ctime < b.stat.ctime ? 1 : -1));
  const [first, second] = byAge as [Hop, Hop];
  const apart = first.stat.ctime - second.stat.ctime;
  if (apart < 1_000_000_000n) {
    return {
      kind: 'newest-of-cycle',
      certainty: 'possible',
      because: words('all were made within one second, so their age does not tell which one is wrong'),
      suggests: [],
      advice: words('give one of them the text that it should have'),
    };
  }
  return {
    kind: 'newest-of-cycle',
    certainty: 'likely',
    because: say`${first.link} is the newest, made or renamed ${words(timeText(first.stat.ctime))}: it closed the circle, so cut it there`,
    suggests: [first.link],
    command: relink(scene, first.link, 'TARGET'),
  };
};

const itself = (scene: Scene, link: string): Cause => ({
  kind: 'points-at-itself',
  certainty: 'likely',
  because: say`a text is read from the link's own directory, and there it names the link itself`,
  suggests: [],
  command: relink(scene, link, 'TARGET'),
});

/** The 41st link is refused; from there the way may still lead on. */
export const chainCause = (scene: Scene, route: Route, next: string): Cause => {
  const first = route.hops[0];
  const end = farEnd(scene, next);
  const because = say`the kernel follows ${maxLinks} in one lookup`;
  if (!end || !first) return { kind: 'chain-too-long', certainty: 'possible', because, suggests: [] };
  return {
    kind: 'chain-too-long',
    certainty: 'likely',
    because: say`${because}; from there the way ends at ${end}`,
    suggests: [end],
    ...(first.last
      ? {
          command: relink(scene, first.link, first.style === 'absolute' ? end : relativePath(dirname(first.link), end)),
        }
      : {}),
  };
};

/** Where the links after the 41st end, looked for in a few lookups of 40. */
const farEnd = (scene: Scene, next: string): string | undefined => {
  for (let at = next, lookups = 0; lookups < 25; lookups++) {
    const { end } = reach(scene, at);
    if (end.kind === 'found') return found(scene, end.path)?.path;
    if (end.kind !== 'too-many-links' || end.path === at) return undefined;
    at = end.path;
  }
  return undefined;
};
