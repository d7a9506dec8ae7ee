import { ancestors, join } from '../../fs/path.ts';
import { relativePath } from '../../fs/relative.ts';
import type { Blame } from './blame.ts';
import { relink } from './blame.ts';
import type { Cause } from './cause.ts';
import { found, outside, type Scene } from './scene.ts';
import { say } from './sentence.ts';
import { shellWord } from './shell-word.ts';

/**
 * Would the text lead somewhere if it were read from another directory? `ln -s` stores its operand as it is
 * written, and who wrote it usually stood in a directory above the link, not in the link's own.
 */
export const elsewhere = (scene: Scene, { link, text, at }: Blame): readonly Cause[] => {
  const climbing = components(text)[0] === '..';
  for (const dir of startsFor(scene, text, at)) {
    const candidate = join(dir, text.startsWith('/') ? text.slice(1) : text);
    const there = found(scene, candidate);
    if (!there || there.path === dir || there.path === '/') continue;
    if (text.startsWith('/')) return [madeForOtherRoot(scene, text, dir, candidate)];
    // From the root `..` stays there, so a text that climbs proves nothing.
    if (dir === '/') {
      if (climbing) continue;
      return [missingSlash(scene, link?.link, candidate)];
    }
    return [otherDirectory(scene, link?.link, at, dir, candidate)];
  }
  return [];
};

/** A relative text: the directories above, then where the user stands. An absolute one: only those above the link. */
const startsFor = (scene: Scene, text: string, at: string): readonly string[] => {
  const above = ancestors(at);
  if (text.startsWith('/')) return [at, ...above].filter((dir) => dir !== '/');
  return [...new Set([...above.filter((dir) => dir !== '/'), scene.from.path, '/'])].filter((dir) => dir !== at);
};

const otherDirectory = (scene: Scene, link: string | undefined, at: string, dir: string, candidate: string): Cause => ({
  kind: 'relative-to-elsewhere',
  certainty: 'likely',
  because: link
    ? say`its text is read from its own directory, ${at}; read from ${dir} it would lead to ${candidate}`
    : say`it is read from ${at}; from ${dir} it would lead to ${candidate}`,
  suggests: [candidate],
  ...(link ? { command: relink(scene, link, relativePath(at, candidate)) } : {}),
});

const missingSlash = (scene: Scene, link: string | undefined, candidate: string): Cause => ({
  kind: 'no-leading-slash',
  certainty: 'likely',
  because: link
    ? say`its text lacks the leading slash; with it, it would lead to ${candidate}`
    : say`with a leading slash it would lead to ${candidate}`,
  suggests: [candidate],
  ...(link ? { command: relink(scene, link, candidate) } : {}),
});

const madeForOtherRoot = (scene: Scene, text: string, dir: string, candidate: string): Cause => ({
  kind: 'made-for-other-root',
  certainty: 'likely',
  because: say`it would lead to ${candidate} if ${dir} were the root, as inside an image or a chroot`,
  suggests: [candidate],
  command: `lw why --root ${shellWord(outside(scene, dir))} ${shellWord(text)}`,
});

const components = (path: string): readonly string[] => path.split('/').filter((part) => part !== '' && part !== '.');
