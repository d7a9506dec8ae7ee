/** Paths as text: nothing here looks at links, so `dirname` is where a path lies only if it is physical. */

/** `dir` may end with a slash, as the root does; joined with the empty path it is itself. */
export const join = (dir: string, path: string): string =>
  path === '' ? dir : dir.endsWith('/') ? dir + path : `${dir}/${path}`;

/** What a path from the root lies in; the root's own is the root. */
export const dirname = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** The last name of a path. */
export const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** From the nearest up to the root: what a path from the root lies in. */
export const ancestors = (path: string): readonly string[] => {
  const above: string[] = [];
  for (let at = path; at !== '/'; ) {
    at = dirname(at);
    above.push(at);
  }
  return above;
};
