/** Where quotes, expansions and words end. Each answers with the index after the end, -1 where there is none. */

/** From an opening quote, backslash, backquote or `$`; otherwise one character. */
export const skipPiece = (text: string, at: number): number => {
  switch (text[at]) {
    case '\\':
      return at + 1 < text.length ? at + 2 : at + 1;
    case "'":
      return after(text.indexOf("'", at + 1));
    case '"':
      return skipDouble(text, at + 1);
    case '`':
      return skipBackquoted(text, at + 1);
    case '$':
      return skipDollar(text, at);
    default:
      return at + 1;
  }
};

/** From within double quotes to after the closing one. */
const skipDouble = (text: string, from: number): number => {
  let at = from;
  while (at < text.length) {
    const char = text[at];
    if (char === '"') return at + 1;
    at = char === "'" || (char === '$' && text[at + 1] === "'") ? at + 1 : skipPiece(text, at);
    if (at < 0) return -1;
  }
  return -1;
};

const skipBackquoted = (text: string, from: number): number => {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '`') return at + 1;
  }
  return -1;
};

const skipDollar = (text: string, at: number): number => {
  switch (text[at + 1]) {
    case "'":
      return skipEscaped(text, at + 2);
    case '"':
      return skipDouble(text, at + 2);
    case '{':
      return skipUntil(text, at + 2, '{', '}');
    case '(':
      return skipUntil(text, at + 2, '(', ')');
    default:
      return at + 1;
  }
};

/** From within `$'…'`. */
const skipEscaped = (text: string, from: number): number => {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === "'") return at + 1;
  }
  return -1;
};

/** To after the closing bracket of the one that stands before `from`. */
export const skipUntil = (text: string, from: number, opening: string, closing: string): number => {
  // `${x#…}` has no brackets of its own that count.
  if (opening === '(') return skipCommand(text, from);
  for (let at = from; at >= 0 && at < text.length; at = skipPiece(text, at)) if (text[at] === closing) return at + 1;
  return -1;
};

/** From within `$(…)`, with its comments, here-documents and the patterns of `case`. */
const skipCommand = (text: string, from: number): number => {
  let depth = 1;
  /** How deep each open `case` lies: a `)` there ends a pattern. */
  const cases: number[] = [];
  const ends: RegExp[] = [];
  for (let at = from; at >= 0 && at < text.length; ) {
    const char = text[at];
    if (char === 'c' && beginsCase(text, from, at)) cases.push(depth);
    if (char === 'e' && cases.at(-1) === depth && /[\s;]esac(?![^\s;&|)])/y.test(text.slice(at - 1, at + 5)))
      cases.pop();
    if (char === ')' && cases.at(-1) !== depth && --depth === 0) return at + 1;
    if (char === '(') depth++;
    if (char === '<') {
      const document = /^<<(-?)[ \t]*(?![<(=])((?:[^\s;&|<>()'"]|'[^']*'|"[^"]*")+)/.exec(text.slice(at, at + 80));
      if (document?.[2] && text[at - 1] !== '<') ends.push(endOf(document[2], document[1] === '-'));
    }
    if (char === '#' && /[\s;&|(]/.test(text[at - 1] ?? ' ')) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? -1 : end;
    } else if (char === '\n' && ends.length > 0) at = skipDocuments(text, at + 1, ends.splice(0));
    else at = skipPiece(text, at);
  }
  return -1;
};

const beginsCase = (text: string, from: number, at: number): boolean =>
  /^case\s/.test(text.slice(at, at + 5)) &&
  /(?:^|[;&|()\n{!]|\b(?:then|do|else|elif|if|while|until))\s*$/.test(text.slice(Math.max(from, at - 20), at));

/** The line that ends a here-document. */
const endOf = (word: string, isIndented: boolean): RegExp => {
  const line = word.replace(/['"\\]/g, '').replace(/[^\w]/g, '\\$&');
  return new RegExp(`^${isIndented ? '\\t*' : ''}${line}$`, 'gm');
};

/** To the end of the line that ends the last of them; where one has no end it is none (`$((1<<2))`). */
const skipDocuments = (text: string, from: number, ends: readonly RegExp[]): number => {
  let at = from;
  for (const end of ends) {
    end.lastIndex = at;
    if (end.test(text)) at = end.lastIndex;
  }
  return at;
};

/** Whether what is in `$(…)` or `(…)` is in brackets as a whole, so that it is a sum and no command. */
export const isArithmetic = (inner: string): boolean =>
  inner.startsWith('(') && skipUntil(inner, 1, '(', ')') === inner.length;

const after = (index: number): number => (index < 0 ? -1 : index + 1);

/** The end of the word that begins at `from`: `from` itself where none does. */
export const skipWord = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && !/[\s|&;()<>]/.test(text[at] as string)) {
    at = skipPiece(text, at);
    if (at < 0) return -1;
  }
  return at;
};
