/** glob(7) of one name; a star goes back to its last place only, so that no pattern takes long. `sets`: as [a-z] and [!a-z]. */
export const globMatcher = (glob: string, sets?: 'sets'): ((name: string) => boolean) => {
  const tokens = tokensOf(glob, sets !== undefined);
  return (name) => {
    if (name.startsWith('.') && !glob.startsWith('.')) return false;
    let [t, n, star, starred] = [0, 0, -1, 0];
    while (n < name.length) {
      const token = tokens[t];
      if (token === anything) [star, starred, t] = [t, n, t + 1];
      else if (token?.(name[n] as string)) [t, n] = [t + 1, n + 1];
      else if (star >= 0) [starred, t, n] = [starred + 1, star + 1, starred + 1];
      else return false;
    }
    while (tokens[t] === anything) t++;
    return t === tokens.length;
  };
};

/** What one character of a name may be. */
type Token = (char: string) => boolean;

/** Any number of any characters: known by its identity. */
const anything: Token = () => true;

const tokensOf = (glob: string, sets: boolean): readonly Token[] => {
  const tokens: Token[] = [];
  for (let at = 0; at < glob.length; ) {
    const char = glob[at] as string;
    const set = sets && char === '[' ? /^\[([!^]?)(\]?[^\]]*)\]/.exec(glob.slice(at)) : null;
    if (set) {
      tokens.push(setOf(set[2] as string, set[1] !== ''));
      at += set[0].length;
      continue;
    }
    const escaped = sets && char === '\\' ? glob[at + 1] : undefined;
    const wanted = escaped ?? char;
    tokens.push(char === '*' ? anything : char === '?' ? () => true : (other) => other === wanted);
    at += escaped === undefined ? 1 : 2;
  }
  return tokens;
};

const setOf = (members: string, not: boolean): Token => {
  const chars = [...members];
  const ranges: [string, string][] = [];
  for (let i = 0; i < chars.length; i++) {
    const isRange = chars[i + 1] === '-' && i + 2 < chars.length;
    ranges.push([chars[i] as string, chars[isRange ? i + 2 : i] as string]);
    if (isRange) i += 2;
  }
  return (char) => ranges.some(([from, to]) => char >= from && char <= to) !== not;
};
