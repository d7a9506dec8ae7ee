import type { LinkText } from '../../fs/link-text.ts';
import type { Words } from './finding.ts';
import type { LinkView } from './scene.ts';

/** Where a finding is: the beginning of what a rule says of a link. */
export const placeOf = ({
  path,
  physical,
  text,
}: LinkView): { readonly path: string; readonly physical: string; readonly text: LinkText } => ({
  path,
  physical,
  text,
});

/** A name or path in a sentence. */
export const name = (path: string): { readonly name: string } => ({ name: path });

/** Names with something between them. */
export const series = (paths: readonly string[], between: string): Words =>
  paths.flatMap((path, i) => (i === 0 ? [name(path)] : [between, name(path)]));
