import { Fault } from '../../fs/fault.ts';
import { join } from '../../fs/path.ts';
import { liesIn, relativePath } from '../../fs/relative.ts';
import type { Finding } from '../../jobs/check/finding.ts';
import type { Request, World } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { openPhysical } from '../open-physical.ts';
import { show } from '../show.ts';
import { count } from '../survey.ts';
import { readIn, readNamed, suppressionsName } from './find-settings.ts';
import { type Looked, type Placed, wasWalked } from './looked.ts';
import type { Settings } from './settings.ts';
import { keyOf, parseSuppressions, type Suppression, suppressionsOf, writeSuppressions } from './suppressions.ts';

export interface WithoutKnown {
  readonly left: readonly Finding[];
  readonly suppressed: number;
  /** Where the baseline was written: how many suppressions it has. */
  readonly written: { readonly path: string; readonly suppressions: number } | undefined;
  readonly notices: readonly string[];
}

/** Leaves out what the baseline knows. Writes it, where that is asked for. */
export const withoutKnown = (
  world: World,
  request: Request,
  { base, asked }: Pick<Settings, 'base' | 'asked'>,
  looked: readonly Looked[],
  found: readonly Placed[],
  complete: boolean,
  random: () => string,
): WithoutKnown => {
  const suppressesAll = request.flag('suppress-all');
  const prunes = request.flag('prune-suppressions');
  if ((suppressesAll || prunes) && (!complete || world.interrupted()))
    throw new CommandError('the baseline was not written: not all could be looked at', ['lw check'], 3);
  const below = (place: string): string => (liesIn(base, place) ? relativePath(base, place) : place);
  const named = request.value('baseline');
  const shown = named ?? relativeName(world, join(base, suppressionsName));
  const write = (suppressions: readonly Suppression[]): WithoutKnown['written'] => {
    writeNamed(world, base, named, suppressions, random());
    return { path: shown, suppressions: suppressions.length };
  };
  if (suppressesAll)
    return {
      left: [],
      suppressed: found.length,
      written: write([...suppressionsOf(found, below).values()]),
      notices: [],
    };

  const bytes = named === undefined ? readBeside(world, request, base) : readNamed(world.fs, named);
  if (!bytes) return { left: found.map(({ finding }) => finding), suppressed: 0, written: undefined, notices: [] };
  const counts = suppressionsOf(found, below);
  const known = parseSuppressions(bytes, show(shown));
  const allowed = new Map(known.map((each) => [keyOf(each.path, each.rule), each.count]));
  // More than were known: nobody can say which of them is new, so all are told.
  const left = found.flatMap(({ finding, place }) => {
    const key = keyOf(below(place), finding.rule);
    return (counts.get(key)?.count ?? 0) <= (allowed.get(key) ?? 0) ? [] : [finding];
  });
  // Of what was not walked, or not asked for, nothing is known.
  const isSeen = ({ path, rule }: Suppression): boolean =>
    complete && asked.some((each) => each.rule.id === rule) && wasWalked(join(base, path), looked);
  const present = (each: Suppression): number => counts.get(keyOf(each.path, each.rule))?.count ?? 0;
  const stale = known.filter((each) => isSeen(each) && present(each) < each.count);
  const suppressed = found.length - left.length;
  if (!prunes) {
    const notices =
      stale.length === 0
        ? []
        : [
            `${show(shown)} knows ${count(stale.length)} finding${stale.length === 1 ? '' : 's'} too many, as ${stale[0]?.rule} of ${show(stale[0]?.path ?? '')}\ntry: lw check --prune-suppressions`,
          ];
    return { left, suppressed, written: undefined, notices };
  }
  const kept = known.flatMap((each) => {
    const number = isSeen(each) ? Math.min(each.count, present(each)) : each.count;
    return number > 0 ? [{ ...each, count: number }] : [];
  });
  return { left, suppressed, written: write(kept), notices: [] };
};

/** The usual one; none with --no-config. */
const readBeside = (world: World, request: Request, base: string): Uint8Array | undefined => {
  if (request.flag('no-config')) return undefined;
  const opened = openPhysical(world, base, 'path');
  if (opened instanceof Fault) return undefined;
  using dir = opened;
  return readIn(world, dir, base, suppressionsName);
};

const writeNamed = (
  world: World,
  base: string,
  named: string | undefined,
  suppressions: readonly Suppression[],
  random: string,
): void => {
  const path = named ?? suppressionsName;
  const slash = path.lastIndexOf('/');
  const opened =
    named === undefined
      ? openPhysical(world, base, 'read')
      : world.fs.open(world.fs.cwd, slash < 0 ? '.' : path.slice(0, slash) || '/', { access: 'read', directory: true });
  if (opened instanceof Fault) throw new CommandError(`cannot write ${show(path)}: ${opened.reason}`, [], 2);
  using dir = opened;
  const fault = writeSuppressions(world.fs, dir, path.slice(slash + 1), suppressions, random);
  if (fault) throw new CommandError(`cannot write ${show(path)}: ${fault.reason}`, [], 2);
};

const relativeName = ({ from }: World, physical: string): string =>
  liesIn(from.path, physical) ? relativePath(from.path, physical) : physical;
