import type { Failure } from '../../trace/route.ts';
import { type Blame, relink, withName } from './blame.ts';
import type { Cause } from './cause.ts';
import { elsewhere } from './elsewhere.ts';
import { type NearName, nearNames } from './near-names.ts';
import { packageCauses } from './packages.ts';
import { basename, entriesOf, found, join, reach, type Scene } from './scene.ts';
import { listing, quoted, type Sentence, say, words } from './sentence.ts';
import { shellWord } from './shell-word.ts';

export type Missing = Extract<Failure, { kind: 'missing' }>;

/** Why a component may be missing, the best explained first; guesses only where nothing better is known. */
export const missingCauses = (scene: Scene, end: Missing, culprit: Blame): readonly Cause[] => {
  const lock = lockText(culprit);
  if (lock) return [lock];
  const causes = [
    ...notExpanded(scene, end, culprit),
    ...elsewhere(scene, culprit),
    ...near(scene, end, culprit),
    ...packageCauses(scene, end, culprit),
  ];
  const likely = causes.filter((cause) => cause.certainty === 'likely');
  if (likely.length > 0) return likely;
  return causes.length > 0 ? causes : emptyDirectory(scene, end);
};

/** What a near name stands for, and the words that say so. */
const near = (scene: Scene, end: Missing, culprit: Blame): readonly Cause[] => {
  const entries = entriesOf(scene, end.parent);
  if (!entries) return [];
  const others = nearNames(
    end.name,
    entries.map((entry) => entry.name),
  );
  const kinds = [...new Set(others.map((other) => other.how))];
  return kinds.map((how) =>
    nearCause(
      scene,
      end,
      culprit,
      how,
      others.filter((other) => other.how === how),
    ),
  );
};

const nearCause = (
  scene: Scene,
  end: Missing,
  culprit: Blame,
  how: NearName['how'],
  others: readonly NearName[],
): Cause => {
  const places = others.slice(0, 20).map(({ name }) => ({ name, path: join(end.parent, name) }));
  const leading = places.filter(({ path }) => found(scene, end.rest ? join(path, end.rest) : path));
  const shown = leading.length > 0 ? leading : places;
  const best = leading[0];
  // The rest below the gap in the culprit's own text, which may be less than the route still had to go.
  const own = reach(scene, culprit.text, culprit.at).end;
  const ownRest = own.kind === 'missing' ? own.rest : end.rest;
  const text = best ? withName(culprit.text, end.name, ownRest, best.name) : undefined;
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

/** The mended text: a command where it is a link's, else the path to ask for. */
const corrected = (scene: Scene, { link }: Blame, text: string): Pick<Cause, 'command' | 'advice'> =>
  link ? { command: relink(scene, link.link, text) } : { advice: say`the path ${text}` };

const nearWords = (how: NearName['how'], name: string, others: readonly string[]): Sentence => {
  const [be, have] = others.length === 1 ? ['is', 'has'] : ['are', 'have'];
  const held = listing(others.map(quoted));
  switch (how) {
    case 'stray-space':
      return name.trim() === name
        ? say`it holds ${held}, with a space or line break at its end`
        : say`it holds ${held}, without the space or line break`;
    case 'other-case':
      return say`it holds ${held}, with other capital letters`;
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

/** A shell expands `~`, `$VAR` and `*` before a program sees them; in quotes, or in a file, nobody does. */
const notExpanded = (scene: Scene, end: Missing, culprit: Blame): readonly Cause[] => {
  if (/^~/.test(culprit.text) && end.name.startsWith('~')) return [tilde(scene, culprit)];
  if (/^\$(\w+|\{\w+\})/.test(end.name))
    return [unexpanded(say`${quoted(end.name)} is taken as it stands: only a shell puts a value in its place`)];
  if (/[*?]/.test(end.name)) return [pattern(scene, end, culprit)];
  return [];
};

const unexpanded = (because: Sentence, more: Partial<Cause> = {}): Cause => ({
  kind: 'not-expanded',
  certainty: 'likely',
  because,
  suggests: [],
  advice: words('write the real path into the link'),
  ...more,
});

const tilde = (scene: Scene, { link, text }: Blame): Cause => {
  const home = scene.machine?.home;
  const path = home !== undefined && /^~(?:\/|$)/.test(text) ? home + text.slice(1) : undefined;
  const there = path !== undefined && found(scene, path) ? path : undefined;
  const because = say`"~" is taken as a name: only a shell puts a home directory in its place`;
  if (there === undefined) return unexpanded(because);
  return unexpanded(say`${because}; here that would be ${there}`, {
    suggests: [there],
    ...(link ? { command: relink(scene, link.link, there) } : {}),
  });
};

const pattern = (scene: Scene, end: Missing, culprit: Blame): Cause => {
  const matches = (entriesOf(scene, end.parent) ?? []).map((entry) => entry.name).filter(globMatcher(end.name));
  const [only] = matches;
  const because = say`${quoted(end.name)} is taken as a name, not as a pattern${
    matches.length > 0 ? say`; as a pattern it would match ${listing(matches.map(quoted))}` : words('')
  }`;
  const text =
    only !== undefined && matches.length === 1 ? withName(culprit.text, end.name, end.rest, only) : undefined;
  return unexpanded(because, {
    suggests: matches.map((name) => join(end.parent, name)),
    ...(text === undefined ? {} : corrected(scene, culprit, text)),
  });
};

/** glob(7) without sets; a star goes back to its last place only, so that no pattern takes long. */
const globMatcher =
  (glob: string) =>
  (name: string): boolean => {
    if (name.startsWith('.') && !glob.startsWith('.')) return false;
    let [g, n, star, starred] = [0, 0, -1, 0];
    while (n < name.length) {
      if (glob[g] === '*') [star, starred, g] = [g, n, g + 1];
      else if (g < glob.length && (glob[g] === '?' || glob[g] === name[n])) [g, n] = [g + 1, n + 1];
      else if (star >= 0) [starred, g, n] = [starred + 1, star + 1, starred + 1];
      else return false;
    }
    while (glob[g] === '*') g++;
    return g === glob.length;
  };

/** Emacs (`.#file`), Firefox (`lock`) and Chromium (`SingletonLock`) note a lock's owner in a link that leads nowhere. */
const lockText = ({ link }: Blame): Cause | undefined => {
  if (!link) return undefined;
  const name = basename(link.link);
  const isLock =
    (name.startsWith('.#') && /^[^/]+@[^/]+\.\d+(:\d+)?$/.test(link.text)) ||
    (name === 'lock' && /^[\d.]+:\+?\d+$/.test(link.text)) ||
    (/^Singleton(Lock|Cookie)$/.test(name) && /^[^/]+$/.test(link.text));
  if (!isLock) return undefined;
  return {
    kind: 'lock',
    certainty: 'likely',
    because: words('its text is no path but a note of who holds a lock, as editors and browsers leave it'),
    suggests: [],
    advice: words('leave it while that program runs'),
  };
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
      because: say`${end.parent} is empty; if a volume is usually mounted there, it is not now`,
      suggests: [],
    },
  ];
};
