import { Fault } from '../../fs/fault.ts';
import { sameFile } from '../../fs/identity.ts';
import type { LinkText } from '../../fs/link-text.ts';
import { basename, dirname } from '../../fs/path.ts';
import { temporaryName } from '../../fs/temporary-name.ts';
import type { Finding } from '../../jobs/check/finding.ts';
import { retext } from '../../plan/retext.ts';
import type { Step } from '../../sketch/step.ts';
import { trace } from '../../trace/trace.ts';
import type { World } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { openPhysical } from '../open-physical.ts';
import type { Rehearsal } from '../rehearsal.ts';

/** A link that gets another text. */
export interface Mend {
  readonly rule: string;
  readonly path: string;
  readonly physical: string;
  readonly from: LinkText;
  readonly to: LinkText;
}

export interface Mending {
  readonly mends: readonly Mend[];
  readonly steps: readonly Step[];
  /** Links whose new text was not taken, since it does not lead to the same file. */
  readonly left: readonly string[];
}

/** Tries in memory to give links the texts that rules propose; a link that led to a file has to go on leading to it. */
export const rehearseMends = (
  { rehearse, random }: Pick<Rehearsal, 'rehearse' | 'random'>,
  world: World,
  findings: readonly Finding[],
): Mending => {
  const fs = rehearse(world);
  const opened = fs.open(fs.cwd, '/', { access: 'path' });
  if (opened instanceof Fault) throw new CommandError(`cannot look at the root: ${opened.reason}`);
  using handle = opened;
  const root = { handle, path: '/' };
  const here: World = { ...world, fs, root, from: root };
  const mends: Mend[] = [];
  const left: string[] = [];
  const seen = new Set<string>();
  for (const { rule, path, physical, text, fix } of findings) {
    if (fix === undefined || text === undefined || seen.has(physical)) continue;
    seen.add(physical);
    if (mendOne(here, physical, text, fix, temporaryName(random())))
      mends.push({ rule, path, physical, from: text, to: fix });
    else left.push(path);
  }
  mends.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { mends, steps: fs.sketch.steps, left };
};

const mendOne = (world: World, physical: string, text: LinkText, fix: LinkText, temp: string): boolean => {
  const { fs, root } = world;
  const opened = openPhysical(world, dirname(physical), 'path');
  if (opened instanceof Fault) return false;
  using dir = opened;
  const name = basename(physical);
  if (fs.readlink(dir, name) !== text) return false;
  const before = trace(fs, physical, { from: root, root }).end;
  const after = trace(fs, fix, { from: { handle: dir, path: dirname(physical) }, root }).end;
  if (after.kind !== 'found' || (before.kind === 'found' && !sameFile(before.stat, after.stat))) return false;
  const fault = retext(fs, dir, name, fix, temp);
  if (fault) throw new CommandError(`cannot give ${name} another text: ${fault.reason}`);
  return true;
};
