import { basename, dirname } from '../fs/path.ts';
import { liesIn } from '../fs/relative.ts';
import { isTemporaryName } from '../fs/temporary-name.ts';
import type { Inode } from '../sketch/inode.ts';
import type { Sketch } from '../sketch/sketch.ts';
import { journalsPlace } from './journals.ts';
import type { Refused, Tally } from './tally.ts';

/** One more change was refused. Of a program's tries at one name only that one stays that stopped it. */
export const addRefusal = (sketch: Sketch, { refused, settled }: Tally, next: Refused): void => {
  const place = nameOf(sketch, next);
  // Nobody asked for the journals of lw.
  if (next.paths.some((path) => liesIn(journalsPlace, path))) return;
  const last = refused.length > settled ? refused.at(-1) : undefined;
  const before = last && nameOf(sketch, last);
  const isAgain = isSame(before, place);
  // `touch` goes on to the times of what it could not make.
  if (isAgain && (next.errno === 'ENOENT' || next.errno === last?.errno)) return;
  // `mv` copies what rename(2) may not take along, `ln -f` makes way for a name that is taken.
  const leadsOn = last !== undefined && leadingOn.has(last.errno);
  const isForLast = before?.dir === place.dir && isTemporaryName(place.name);
  if (leadsOn && (isAgain || isForLast)) refused.pop();
  refused.push(leadsOn && isForLast ? { ...next, paths: last.paths } : next);
};

/** A program changed what this path names: what was refused to it there before has been done in another way. */
export const withdrawRefusals = (sketch: Sketch, { refused, settled }: Tally, path: string): void => {
  const done = nameIn(sketch, path);
  const left = refused.splice(settled).filter((one) => !isSame(nameOf(sketch, one), done));
  refused.push(...left);
};

/** After these a program tries something else. */
const leadingOn: ReadonlySet<string> = new Set(['EEXIST', 'EISDIR', 'ENOTEMPTY', 'EXDEV']);

/** A name that was to be made or taken away, whichever path led to its directory; the path where there is none. */
interface Name {
  readonly dir: Inode | string;
  readonly name: string;
}

const nameOf = (sketch: Sketch, { paths }: Refused): Name => nameIn(sketch, paths.at(-1) ?? '/');

const nameIn = (sketch: Sketch, path: string): Name => {
  const bare = path.replace(/(?<=.)\/+$/, '');
  const dir = sketch.process().locate(dirname(bare));
  return { dir: typeof dir === 'string' ? dirname(bare) : dir.inode, name: basename(bare) };
};

const isSame = (a: Name | undefined, b: Name): boolean => a?.dir === b.dir && a.name === b.name;
