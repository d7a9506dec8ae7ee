/** `!!`, `!3`, `!-2`, `!ln`, `!$` and `^old^new` as the lines they stand for; what has no line is the complaint. */
export const expandHistory = (
  line: string,
  history: readonly string[],
): { readonly line: string } | { readonly complaint: string } => {
  const swap = /^\^([^^]+)\^([^^]*)\^?$/.exec(line);
  if (swap) {
    const [, old, by] = swap as unknown as [string, string, string];
    const last = history.at(-1);
    return last?.includes(old)
      ? { line: last.replace(old, () => by) }
      : { complaint: `:s${line}: substitution failed` };
  }
  let out = '';
  let quote = '';
  for (let at = 0; at < line.length; ) {
    const char = line[at] as string;
    if (char === '\\' && quote !== "'") {
      out += line.slice(at, at + 2);
      at += 2;
      continue;
    }
    if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    const event = char === '!' && quote !== "'" && !isOperator(line, at) ? eventAt(line.slice(at), quote) : undefined;
    if (event === undefined) {
      out += char;
      at++;
      continue;
    }
    const found = lineOf(event, history);
    if (found === undefined) return { complaint: `${event}: event not found` };
    out += found;
    at += event.length;
  }
  return { line: out };
};

/** `[!a]`, `${!x}` and `$!` are none of the history's. */
const isOperator = (line: string, at: number): boolean =>
  line[at - 1] === '$' ||
  (line[at - 1] === '[' && line.includes(']', at)) ||
  (line.endsWith('${', at) && line.includes('}', at));

const eventAt = (text: string, quote: string): string | undefined => {
  const found = /^!(?:!|\$|-?\d+|\?[^?\n]+\??|[^\s=(!$?:;&|<>"'-][^\s:;&|<>()"']*)/.exec(text)?.[0];
  return found !== undefined && quote === '"' && found === '!"' ? undefined : found;
};

const lineOf = (event: string, history: readonly string[]): string | undefined => {
  const name = event.slice(1);
  if (name === '!') return history.at(-1);
  if (name === '$') return /(\S+)\s*$/.exec(history.at(-1) ?? '')?.[1];
  if (/^-?\d+$/.test(name)) {
    const number = Number(name);
    return number < 0 ? history.at(number) : history[number - 1];
  }
  if (name.startsWith('?')) return history.findLast((old) => old.includes(name.replace(/^\?|\?$/g, '')));
  return history.findLast((old) => old.startsWith(name));
};
