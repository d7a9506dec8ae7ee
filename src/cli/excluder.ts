import ignore, { type Ignore } from 'ignore';

/** The library remembers every path that it was asked about: after so many it is asked anew. */
const remembered = 50_000;

/** Whether a path, given from its root without a leading slash, is left out by patterns as gitignore(5) has them. */
export const excluder = (patterns: readonly string[]): ((path: string, isDir: boolean) => boolean) => {
  const says = patternSays(patterns);
  return (path, isDir) => says(path, isDir) === 'leave out';
};

/** What patterns say of a path; undefined where none matches. */
export type PatternSays = (path: string, isDir: boolean) => 'leave out' | 'keep' | undefined;

/** The same, for patterns of several files: where one is silent another one may have a word. */
export const patternSays = (patterns: readonly string[]): PatternSays => {
  const fresh = (): Ignore => ignore({ ignorecase: false }).add(patterns);
  let rules = fresh();
  let asked = 0;
  return (path, isDir) => {
    if (++asked % remembered === 0) rules = fresh();
    const { ignored, unignored } = rules.test(isDir ? `${path}/` : path);
    return ignored ? 'leave out' : unignored ? 'keep' : undefined;
  };
};
