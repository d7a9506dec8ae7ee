/**
 * Patterns of the shell (glob(7)). A backslash takes the meaning from what follows it. Matching
 * takes at most the pattern's length times the text's: no pattern is slow.
 */
export const matches = (pattern: string, text: string): boolean => {
  const wanted = itemsOf(pattern);
  const chars = Array.from(text);
  let item = 0;
  let char = 0;
  let star = -1;
  let mark = 0;
  while (char < chars.length) {
    const one = wanted[item];
    if (one === 'any') {
      star = item++;
      mark = char;
    } else if (one?.(chars[char] as string)) {
      item++;
      char++;
    } else if (star >= 0) {
      item = star + 1;
      char = ++mark;
    } else return false;
  }
  while (wanted[item] === 'any') item++;
  return item === wanted.length;
};

/** Whether a pattern is one: it has `*`, `?` or `[…]` that is not quoted. */
export const isPattern = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '*' || text[at] === '?') return true;
    else if (text[at] === '[' && setEnd(text, at) >= 0) return true;
  }
  return false;
};

/** What a pattern stands for if nothing matches it. */
export const unquotePattern = (pattern: string): string => pattern.replace(/\\([\s\S])/g, '$1');

/** Text that means itself in a pattern. */
export const quotePattern = (text: string): string => text.replace(/[*?[\]\\!^-]/g, '\\$&');

type Item = 'any' | ((char: string) => boolean);

const itemsOf = (pattern: string): readonly Item[] => {
  const items: Item[] = [];
  for (let at = 0; at < pattern.length; ) {
    const char = String.fromCodePoint(pattern.codePointAt(at) as number);
    if (char === '*') {
      if (items.at(-1) !== 'any') items.push('any');
      at++;
    } else if (char === '?') {
      items.push(() => true);
      at++;
    } else if (char === '[' && setEnd(pattern, at) >= 0) {
      const end = setEnd(pattern, at);
      items.push(setOf(pattern.slice(at + 1, end)));
      at = end + 1;
    } else if (char === '\\' && at + 1 < pattern.length) {
      const literal = String.fromCodePoint(pattern.codePointAt(at + 1) as number);
      items.push((other) => other === literal);
      at += 1 + literal.length;
    } else {
      items.push((other) => other === char);
      at += char.length;
    }
  }
  return items;
};

/** Index of the `]` that ends a set, -1 if none does. */
const setEnd = (pattern: string, from: number): number => {
  let at = from + 1;
  if (pattern[at] === '!' || pattern[at] === '^') at++;
  if (pattern[at] === ']') at++;
  for (; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === '/') return -1;
    else if (pattern.startsWith('[:', at)) {
      const end = pattern.indexOf(':]', at + 2);
      if (end > 0) at = end + 1;
    } else if (pattern[at] === ']') return at;
  }
  return -1;
};

const classes: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /\p{Cc}/u,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /\s/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

const setOf = (inside: string): ((char: string) => boolean) => {
  const negated = inside.startsWith('!') || inside.startsWith('^');
  const tests: ((char: string) => boolean)[] = [];
  const members: { readonly text: string; readonly quoted: boolean }[] = [];
  const text = inside.slice(negated ? 1 : 0);
  for (let at = 0; at < text.length; ) {
    const named = /^\[:(\w+):\]/.exec(text.slice(at));
    const known = named && classes[named[1] as string];
    if (named) {
      if (known) tests.push((char) => known.test(char));
      at += named[0].length;
      continue;
    }
    const quoted = text[at] === '\\';
    const char = String.fromCodePoint(text.codePointAt(quoted ? at + 1 : at) ?? 0x5c);
    members.push({ text: char, quoted });
    at += char.length + (quoted ? 1 : 0);
  }
  for (let at = 0; at < members.length; at++) {
    const [from, dash, to] = members.slice(at, at + 3);
    if (from && to && dash?.text === '-' && !dash.quoted) {
      const [low, high] = [from.text.codePointAt(0) as number, to.text.codePointAt(0) as number];
      tests.push((char) => (char.codePointAt(0) as number) >= low && (char.codePointAt(0) as number) <= high);
      at += 2;
    } else if (from) tests.push((char) => char === from.text);
  }
  return (char) => tests.some((test) => test(char)) !== negated;
};
