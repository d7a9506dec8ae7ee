import { Fault } from '../../fs/fault.ts';
import { sameFile } from '../../fs/identity.ts';
import type { LinkText } from '../../fs/link-text.ts';
import { basename, dirname, join } from '../../fs/path.ts';
import { liesIn } from '../../fs/relative.ts';
import { openParent, retext } from '../../plan/retext.ts';
import { absoluteText, shortestText } from '../../trace/shortest-text.ts';
import { trace } from '../../trace/trace.ts';
import type { Broken } from './broken.ts';
import type { Gone, Trial } from './take.ts';

/** A link that was given another text. */
export interface Retargeted {
  readonly path: string;
  readonly physical: string;
  readonly from: LinkText;
  readonly to: LinkText;
}

/** What links should lead to in place of what went. */
export interface Instead {
  /** A path from the root; undefined where there is nothing. `rest`: what followed below what went. */
  readonly of: (gone: Gone, rest: string) => string | undefined;
  /** It is the same file by another path. */
  readonly same: boolean;
}

/** Removes links that would lead nowhere; the first refusal. */
export const removeLinks = ({ fs, root }: Trial, broken: readonly Broken[]): Fault | undefined => {
  for (const { physical } of broken) {
    const refused = fs.unlink(root.handle, physical.slice(1));
    if (refused) return refused;
  }
  return undefined;
};

/**
 * Gives those whose own text leads to what went another one, in the style it had; the others follow. What leads nowhere
 * even then is `left`.
 */
export const retarget = (
  trial: Trial,
  gone: readonly Gone[],
  broken: readonly Broken[],
  instead: Instead,
  temporaryName: () => string,
): { readonly done: readonly Retargeted[]; readonly left: readonly Broken[] } | Fault => {
  const done: Retargeted[] = [];
  for (const link of broken) {
    const target = link.own ? targetFor(gone, link, instead) : undefined;
    if (target === undefined) continue;
    const { physical, text, path } = link;
    const style = text.startsWith('/') ? absoluteText : undefined;
    const to = style?.(trial, target) ?? shortestText(trial, dirname(physical), target);
    const refused = retextAt(trial, physical, to, temporaryName());
    if (refused) return refused;
    done.push({ path, physical, from: text, to });
  }
  return { done, left: broken.filter((link) => !leads(trial, link, instead.same)) };
};

const retextAt = ({ fs, root }: Trial, path: string, text: LinkText, temporaryName: string): Fault | undefined => {
  const opened = openParent(fs, root.handle, path);
  if (opened instanceof Fault) return opened;
  using dir = opened;
  return retext(fs, dir, basename(path), text, temporaryName);
};

/** The path that leads to the same thing, or to what takes its place. */
const targetFor = (gone: readonly Gone[], { end }: Broken, instead: Instead): string | undefined => {
  if (end.kind !== 'missing') return undefined;
  const lacks = end.rest === '' ? end.path : join(end.path, end.rest);
  const which = gone.find(({ path }) => liesIn(path, lacks));
  return which && instead.of(which, lacks.slice(which.path.length + 1));
};

/** Whether a link leads to something, or to `same` as before. */
const leads = ({ fs, root }: Trial, { physical, led }: Broken, same: boolean): boolean => {
  const { end } = trace(fs, physical, { from: root, root });
  return end.kind === 'found' && (!same || sameFile(end.stat, led.stat));
};
