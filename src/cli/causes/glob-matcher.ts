/** glob(7) without sets; a star goes back to its last place only, so that no pattern takes long. */
export const globMatcher =
  (glob: string) =>
  (name: string): boolean => {
    if (name.startsWith('.') && !glob.startsWith('.')) return false;
    let [g, n, star, starred] = [0, 0, -1, 0];
    while (n < name.length) {
      if (glob[g] === '*') [star, starred, g] = [g, n, g + 1];
      else if (g < glob.length && (glob[g] === '?' || glob[g] === name[n])) [g, n] = [g + 1, n + 1];
      else if (star >= 0) [starred, g, n] = [starred + 1, star + 1, starred + 1];
      else return false;
    }
    while (glob[g] === '*') g++;
    return g === glob.length;
  };
