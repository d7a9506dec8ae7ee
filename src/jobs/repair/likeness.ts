/** How alike two paths are, from 0 to 1: the names that they share at their ends. */
export const likeness = (a: string, b: string): number => {
  const [x, y] = [a.split('/').slice(1), b.split('/').slice(1)];
  const least = Math.min(x.length, y.length);
  let before = 0;
  while (before < least && x[before] === y[before]) before++;
  let after = 0;
  while (after < least - before && x.at(-1 - after) === y.at(-1 - after)) after++;
  return (2 * (before + after)) / (x.length + y.length);
};
