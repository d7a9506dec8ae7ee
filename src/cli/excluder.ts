import ignore, { type Ignore } from 'ignore';

/** The library remembers every path that it was asked about: after so many it is asked anew. */
const remembered = 50_000;

/** Whether a path, given from its root without a leading slash, is left out by patterns as gitignore(5) has them. */
export const excluder = (patterns: readonly string[]): ((path: string, isDir: boolean) => boolean) => {
  const fresh = (): Ignore => ignore({ ignorecase: false }).add(patterns);
  let rules = fresh();
  let asked = 0;
  return (path, isDir) => {
    if (++asked % remembered === 0) rules = fresh();
    return rules.ignores(isDir ? `${path}/` : path);
  };
};
