import { ancestors } from '../../fs/path.ts';
import { liesIn } from '../../fs/relative.ts';

/** A physical path and what it lies in, from the nearest up to the root. */
export const selfAndAncestors = (path: string): readonly string[] => [path, ...ancestors(path)];

/** The nearest directory that holds all of some physical paths, or is one of them. */
export const common = ([first = '/', ...rest]: readonly string[]): string =>
  selfAndAncestors(first).find((above) => rest.every((path) => liesIn(above, path))) ?? '/';
