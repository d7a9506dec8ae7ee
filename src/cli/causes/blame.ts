import { linkText } from '../../fs/link-text.ts';
import type { Hop, Route } from '../../trace/route.ts';
import { shellWord } from './shell-word.ts';
import { dirname, outside, reach, type Scene } from './scene.ts';

/** Whose text ran into the gap: a link's, or the path as it was asked. */
export interface Blame {
  readonly link: Hop | undefined;
  readonly text: string;
  /** The directory that a relative text starts from. */
  readonly at: string;
}

/** The innermost text that by itself ends where the whole route ends. */
export const blame = (scene: Scene, route: Route): Blame => {
  for (const hop of route.hops.toReversed()) {
    const at = dirname(hop.link);
    if (hop.style !== 'magic' && endsAlike(reach(scene, hop.text, at), route)) return { link: hop, text: hop.text, at };
  }
  return { link: undefined, text: route.path, at: scene.from.path };
};

const endsAlike = (part: Route, whole: Route): boolean =>
  part.end.kind === whole.end.kind && 'path' in part.end && 'path' in whole.end && part.end.path === whole.end.path;

/** A text with the component that is missing, `name` before `rest`, replaced by another name. */
export const withName = (text: string, name: string, rest: string, other: string): string | undefined => {
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

/** The relative text that leads from a physical directory to a path. */
export const relativeText = (fromDir: string, to: string): string => {
  const from = components(fromDir);
  const steps = components(to);
  const shared = from.findIndex((part, i) => part !== steps[i]);
  const common = shared < 0 ? from.length : shared;
  return [...from.slice(common).map(() => '..'), ...steps.slice(common)].join('/') || '.';
};
