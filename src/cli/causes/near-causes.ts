import { join } from '../../fs/path.ts';
import { type NearName, nearNames } from '../../trace/near-names.ts';
import type { Missing } from '../../trace/route.ts';
import { type Blame, corrected, withName } from './blame.ts';
import type { Cause } from './cause.ts';
import { entriesOf, found, type Scene } from './scene.ts';
import { listing, quoted, type Sentence, say, words } from './sentence.ts';
import { shellWord } from './shell-word.ts';

/** Names of the directory that lacks one which may have been meant, and the words that say how they differ. */
export const nearCauses = (scene: Scene, end: Missing, culprit: Blame): readonly Cause[] => {
  const entries = entriesOf(scene, end.parent);
  if (!entries) return [];
  const others = nearNames(
    end.name,
    entries.map((entry) => entry.name),
  );
  const kinds = [...new Set(others.map((other) => other.how))];
  return kinds.flatMap((how) => {
    const alike = others.flatMap((other) => (other.how === how ? [other.name] : []));
    return nearCause(scene, end, culprit, how, alike) ?? [];
  });
};

const nearCause = (
  scene: Scene,
  end: Missing,
  culprit: Blame,
  how: NearName['how'],
  others: readonly string[],
): Cause | undefined => {
  const places = others.slice(0, 20).map((name) => ({ name, path: join(end.parent, name) }));
  const leading = places.filter(({ path }) => found(scene, end.rest ? join(path, end.rest) : path));
  // Without the rest below it a directory is half an answer; what leads nowhere itself is none.
  const shown = leading.length > 0 ? leading : places.filter(({ path }) => end.rest && found(scene, path));
  if (shown.length === 0) return undefined;
  const best = leading[0];
  const text = best ? withName(culprit, end.name, best.name) : undefined;
  return {
    kind: how,
    certainty: leading.length > 0 ? 'likely' : 'possible',
    because: say`${nearWords(
      how,
      end.name,
      shown.map((place) => place.name),
    )}${leading.length === 0 && end.rest ? say`, but no ${quoted(end.rest)} below it` : words('')}`,
    suggests: shown.map((place) => place.path),
    ...(text === undefined ? {} : corrected(scene, culprit, text)),
  };
};

const nearWords = (how: NearName['how'], name: string, others: readonly string[]): Sentence => {
  const [be, have, differ] = others.length === 1 ? ['is', 'has', 'differs'] : ['are', 'have', 'differ'];
  const held = listing(others.map(quoted));
  switch (how) {
    case 'stray-space':
      return name.trim() === name
        ? say`it holds ${held}, with a space or line break at its end`
        : say`it holds ${held}, without the space or line break`;
    case 'other-case':
      return say`it holds ${held}, which ${words(differ)} in capital letters only`;
    case 'unicode-form':
      // Shown as bytes: on a screen the two look alike.
      return say`it holds ${listing(others.map((other) => words(shellWord(other))))}, the same letters in other bytes (composed or decomposed Unicode)`;
    case 'other-version':
      return say`it holds ${held}, which ${words(be)} of another version`;
    case 'other-ending':
      return say`it holds ${held}, which ${words(have)} another ending`;
    case 'spelling':
      return say`it holds ${held}, which ${words(be)} spelt almost alike`;
  }
};
