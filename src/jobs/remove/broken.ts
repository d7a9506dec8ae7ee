import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import type { LinkText } from '../../fs/link-text.ts';
import { type Failure, type Found, health } from '../../trace/route.ts';
import { type Place, trace } from '../../trace/trace.ts';

/** A symbolic link that may lead to what was removed. */
export interface Candidate {
  /** As the directory that was searched is written, and on from there. */
  readonly path: string;
  readonly physical: string;
  readonly text: LinkText;
}

/** A link that led somewhere, and leads nowhere without what was removed. */
export interface Broken extends Candidate {
  /** What it led to. */
  readonly led: Found;
  readonly end: Failure;
  /** Its own text leads there; that of others gets there through this or another link. */
  readonly own: boolean;
}

/** Which links break, by trying: `before` is the tree as it is, `after` a sketch without what was removed. Yields now and then. */
export function* findBroken(
  candidates: Iterable<Candidate>,
  before: { readonly fs: Fs; readonly root: Place },
  after: { readonly fs: Fs; readonly root: Place },
): Generator<void, readonly Broken[]> {
  const broken: Broken[] = [];
  let looked = 0;
  for (const candidate of candidates) {
    if (++looked % 256 === 0) yield;
    const one = brokenOne(candidate, before, after);
    if (one) broken.push(one);
  }
  return broken;
}

const brokenOne = (
  candidate: Candidate,
  before: { readonly fs: Fs; readonly root: Place },
  after: { readonly fs: Fs; readonly root: Place },
): Broken | undefined => {
  const { physical } = candidate;
  // One that was removed itself breaks nothing.
  if (after.fs.stat(after.root.handle, physical.slice(1)) instanceof Fault) return undefined;
  const { hops, end } = trace(after.fs, physical, { from: after.root, root: after.root });
  if (end.kind === 'found' || health(end.kind) !== 'broken') return undefined;
  const led = trace(before.fs, physical, { from: before.root, root: before.root }).end;
  if (led.kind !== 'found') return undefined;
  return { ...candidate, led, end, own: hops.at(-1)?.link === physical };
};
