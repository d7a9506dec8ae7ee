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
  let depth = 1;
  for (let at = from; at >= 0 && at < text.length; ) {
    if (text[at] === closing && --depth === 0) return at + 1;
    // `${x#…}` has no brackets of its own that count.
    if (text[at] === opening && opening === '(') depth++;
    if (opening === '(' && text[at] === '#' && /[\s;&|(]/.test(text[at - 1] ?? ' ')) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? -1 : end;
    } else at = skipPiece(text, at);
  }
  return -1;
};

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
