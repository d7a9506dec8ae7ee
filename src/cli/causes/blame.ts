import { linkText } from '../../fs/link-text.ts';
import { dirname } from '../../fs/path.ts';
import { culprit } from '../../trace/culprit.ts';
import type { End, Hop, Route } from '../../trace/route.ts';
import type { Cause } from './cause.ts';
import { outside, type Scene } from './scene.ts';
import { say } from './sentence.ts';
import { shellWord } from './shell-word.ts';

/** Whose text ran into the gap: a link's, or the path as it was asked. */
export interface Blame {
  readonly link: Hop | undefined;
  readonly text: string;
  /** The directory that a relative text starts from. */
  readonly at: string;
  /** What of this text would still follow below the place where it ended. */
  readonly rest: string;
}

/** The innermost text that by itself ends where the whole route ends. */
export const blame = (scene: Scene, route: Route): Blame => {
  const found = culprit(scene.fs, scene.root, route, scene.absentVolumes);
  if (!found) return { link: undefined, text: route.path, at: scene.from.path, rest: restOf(route.end) };
  const { link, end } = found;
  return { link, text: link.text, at: dirname(link.link), rest: restOf(end) };
};

const restOf = (end: End): string => ('rest' in end ? end.rest : '');

/** The text with its missing component replaced by another name. */
export const withName = ({ text, rest }: Blame, name: string, other: string): string | undefined => {
  const parts = text.split('/');
  const below = components(rest).join('/');
  const at = parts.findLastIndex(
    (part, i) => part === name && components(parts.slice(i + 1).join('/')).join('/') === below,
  );
  return at < 0 ? undefined : parts.with(at, other).join('/');
};

const components = (path: string): readonly string[] => path.split('/').filter((part) => part !== '' && part !== '.');

/** The command that gives a link another text. */
export const relink = (scene: Scene, link: string, text: string): string =>
  `ln -sfn ${text.startsWith('-') ? '-- ' : ''}${shellWord(linkText(text))} ${shellWord(outside(scene, link))}`;

/** The mended text: a command where it is a link's, else the path to ask for. */
export const corrected = (scene: Scene, { link }: Blame, text: string): Pick<Cause, 'command' | 'advice'> =>
  link ? { command: relink(scene, link.link, text) } : { advice: say`the path ${text}` };
