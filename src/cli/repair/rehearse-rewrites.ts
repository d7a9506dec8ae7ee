import { errorText } from '../../fs/errno.ts';
import { Fault } from '../../fs/fault.ts';
import { temporaryName } from '../../fs/temporary-name.ts';
import { type Rewrite, rewriteAll, type Unwritten } from '../../jobs/repair/rewrite.ts';
import type { Step } from '../../sketch/step.ts';
import { trace } from '../../trace/trace.ts';
import type { World } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { show } from '../show.ts';

/** What can be done, tried out in memory. */
export interface Rehearsed {
  readonly steps: readonly Step[];
  /** By physical path: why a link is left as it is. */
  readonly dropped: ReadonlyMap<string, string>;
  /** Links, of those that were asked about, that would lead somewhere then. */
  readonly whole: ReadonlySet<string>;
}

/**
 * Tries all rewrites together, and again without those that did not work out, until every link that is left leads
 * where it should. One that is not the link that was looked at ends the command.
 */
export const rehearseRewrites = (
  { rehearse, random }: Pick<Rehearsal, 'rehearse' | 'random'>,
  world: World,
  rewrites: readonly Rewrite[],
  asked: readonly string[],
): Rehearsed => {
  const dropped = new Map<string, string>();
  for (;;) {
    const fs = rehearse(world);
    const opened = fs.open(fs.cwd, '/', { access: 'path' });
    if (opened instanceof Fault) throw new CommandError(`cannot look at the root: ${opened.reason}`);
    using handle = opened;
    const root = { handle, path: '/' };
    const left = rewrites.filter(({ path }) => !dropped.has(path));
    const unwritten = rewriteAll(fs, root, left, () => temporaryName(random()));
    for (const each of unwritten) dropped.set(each.rewrite.path, whyText(each));
    if (unwritten.length > 0) continue;
    const isWhole = (path: string): boolean => trace(fs, path, { from: root, root }).end.kind === 'found';
    return { steps: fs.sketch.steps, dropped, whole: new Set(asked.filter(isWhole)) };
  }
};

const whyText = (unwritten: Unwritten): string => {
  const path = show(unwritten.rewrite.path);
  switch (unwritten.why) {
    case 'changed':
      throw new CommandError(
        `${path} ${unwritten.now === 'gone' ? 'is gone' : unwritten.now === 'text' ? 'has another text now' : 'is another file now'}; nothing was changed`,
        ['the same again'],
        4,
      );
    case 'refused':
      return `cannot be changed: ${unwritten.fault.reason}`;
    case 'unproven': {
      const { end } = unwritten;
      return end.kind === 'found' ? `would lead to ${show(end.path)}` : `would lead nowhere: ${errorText(end.errno)}`;
    }
  }
};
