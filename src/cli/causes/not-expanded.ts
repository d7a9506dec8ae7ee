import { globMatcher } from '../../fs/glob-matcher.ts';
import { join } from '../../fs/path.ts';
import type { Missing } from '../../trace/route.ts';
import { type Blame, corrected, withName } from './blame.ts';
import type { Cause } from './cause.ts';
import { entriesOf, found, type Scene } from './scene.ts';
import { listing, quoted, type Sentence, say, words } from './sentence.ts';

/** A shell expands `~`, `$VAR` and `*` before a program sees them; in quotes, or in a file, nobody does. */
export const notExpanded = (scene: Scene, end: Missing, culprit: Blame): readonly Cause[] => {
  if (/^~[\w-]*(?:\/|$)/.test(culprit.text) && culprit.text.startsWith(end.name)) return [tilde(scene, culprit)];
  if (/^\$(\w+|\{\w+\})/.test(end.name))
    return [unexpanded(say`that is taken as it stands: only a shell puts a value in its place`)];
  if (/[*?]/.test(end.name)) return [pattern(scene, end, culprit)];
  return [];
};

const writeIt = { advice: words('write the real path into the link') };

const unexpanded = (because: Sentence, more: Partial<Cause> = writeIt): Cause => ({
  kind: 'not-expanded',
  certainty: 'likely',
  because,
  suggests: [],
  ...more,
});

const tilde = (scene: Scene, culprit: Blame): Cause => {
  const { text } = culprit;
  const home = scene.machine?.home;
  const path = home !== undefined && /^~(?:\/|$)/.test(text) ? home + text.slice(1) : undefined;
  const there = path !== undefined && found(scene, path) ? path : undefined;
  const because = say`that is taken as it stands: only a shell puts a home directory in its place`;
  if (there === undefined) return unexpanded(because);
  return unexpanded(say`${because}; here that would be ${there}`, {
    suggests: [there],
    ...corrected(scene, culprit, there),
  });
};

const pattern = (scene: Scene, end: Missing, culprit: Blame): Cause => {
  const matches = (entriesOf(scene, end.parent) ?? []).map((entry) => entry.name).filter(globMatcher(end.name));
  const [only] = matches;
  const because = say`that is taken as a name, not as a pattern${
    matches.length > 0 ? say`; as a pattern it would match ${listing(matches.map(quoted))}` : words('')
  }`;
  const text = only !== undefined && matches.length === 1 ? withName(culprit, end.name, only) : undefined;
  return unexpanded(because, {
    suggests: matches.map((name) => join(end.parent, name)),
    ...(text === undefined ? writeIt : corrected(scene, culprit, text)),
  });
};
