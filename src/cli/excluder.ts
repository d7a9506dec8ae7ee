import ignore from 'ignore';

/** Whether a path, given from its root without a leading slash, is left out by patterns as gitignore(5) has them. */
export const excluder = (patterns: readonly string[]): ((path: string, isDir: boolean) => boolean) => {
  const rules = ignore({ ignorecase: false }).add(patterns);
  return (path, isDir) => rules.ignores(isDir ? `${path}/` : path);
};
