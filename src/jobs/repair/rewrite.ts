import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import { type Identity, sameFile } from '../../fs/identity.ts';
import type { LinkText } from '../../fs/link-text.ts';
import { basename } from '../../fs/path.ts';
import { openParent, retext } from '../../plan/retext.ts';
import type { End } from '../../trace/route.ts';
import { type Place, trace } from '../../trace/trace.ts';

/** What shall become of a link. */
export interface Rewrite {
  /** Physical. */
  readonly path: string;
  readonly text: LinkText;
  /** Which link it was when it was looked at. */
  readonly link: Identity;
  /** Undefined: it is removed. */
  readonly newText: LinkText | undefined;
  /** What it shall lead to. */
  readonly target: Identity | undefined;
}

export type Unwritten =
  /** It is not the link that was looked at: nothing may be done. */
  | { readonly why: 'changed'; readonly rewrite: Rewrite; readonly now: 'gone' | 'another' | 'text' }
  | { readonly why: 'refused'; readonly rewrite: Rewrite; readonly fault: Fault }
  /** With the new text it would lead elsewhere. */
  | { readonly why: 'unproven'; readonly rewrite: Rewrite; readonly end: End };

/**
 * Writes all of it, best into a sketch, and then follows each link: does it lead where it should? `spareName` gives names
 * that are free for a moment. What does not work out is the answer: then nothing of it may be done as it is.
 */
export const rewriteAll = (
  fs: Fs,
  root: Place,
  rewrites: readonly Rewrite[],
  spareName: () => string,
): readonly Unwritten[] => {
  const unwritten: Unwritten[] = [];
  const written: Rewrite[] = [];
  for (const rewrite of rewrites) {
    const why = rewriteOne(fs, root, rewrite, spareName);
    if (why) unwritten.push(why);
    else written.push(rewrite);
  }
  for (const rewrite of written) {
    const { path, target } = rewrite;
    if (!target) continue;
    const { end } = trace(fs, path, { from: root, root });
    if (end.kind !== 'found' || !sameFile(end.stat, target)) unwritten.push({ why: 'unproven', rewrite, end });
  }
  return unwritten;
};

const rewriteOne = (fs: Fs, root: Place, rewrite: Rewrite, spareName: () => string): Unwritten | undefined => {
  const { path, text, link, newText } = rewrite;
  const refused = (fault: Fault): Unwritten => ({ why: 'refused', rewrite, fault });
  const opened = openParent(fs, root.handle, path);
  if (opened instanceof Fault) return refused(opened);
  using dir = opened;
  const name = basename(path);
  const stat = fs.stat(dir, name);
  if (stat instanceof Fault) return { why: 'changed', rewrite, now: 'gone' };
  if (stat.kind !== 'symlink' || !sameFile(stat, link)) return { why: 'changed', rewrite, now: 'another' };
  if (fs.readlink(dir, name) !== text) return { why: 'changed', rewrite, now: 'text' };
  const fault = newText === undefined ? fs.unlink(dir, name) : retext(fs, dir, name, newText, spareName());
  return fault && refused(fault);
};
