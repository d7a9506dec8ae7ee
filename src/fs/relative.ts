/**
 * The way from the directory `from` to `to`, both absolute and canonical: `..` for each name of
 * `from` that they do not share, then the rest of `to`; `.` for the directory itself.
 */
export const relativePath = (from: string, to: string): string => {
  const start = names(from);
  const end = names(to);
  let shared = 0;
  while (shared < start.length && shared < end.length && start[shared] === end[shared]) shared++;
  const way = [...start.slice(shared).fill('..'), ...end.slice(shared)];
  return way.join('/') || '.';
};

/** Whether a canonical path is `dir` or below it. */
export const liesIn = (dir: string, path: string): boolean =>
  path === dir || path.startsWith(dir === '/' ? '/' : `${dir}/`);

const names = (path: string): string[] => path.split('/').filter((name) => name !== '');
