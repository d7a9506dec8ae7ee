/** The path of a key in a TOML document: tables, indices of arrays of tables, and the key. */
export type KeyPath = readonly (string | number)[];

/** The line, from 1, on which a TOML document that is known to be right gives a key; that of what holds it, where the key itself is not found. */
export const lineOfKey = (toml: string, wanted: KeyPath): number => {
  const target = wanted.join('\0');
  const seen = new Map<string, number>();
  let table: KeyPath = [];
  let best = { length: 0, line: 1 };
  /** What ends the string of several lines that we are in. */
  let until: string | undefined;
  for (const [index, line] of toml.split('\n').entries()) {
    if (until !== undefined) {
      if (line.includes(until)) until = undefined;
      continue;
    }
    const found = keyOf(line, table, seen);
    if (found) {
      if (found.isTable) table = found.path;
      const path = found.path.join('\0');
      if ((target === path || target.startsWith(`${path}\0`)) && path.length > best.length)
        best = { length: path.length, line: index + 1 };
    }
    const opened = line.match(/"""|'''/g);
    if (opened && opened.length % 2 === 1) until = opened[0];
  }
  return best.line;
};

const keyOf = (
  line: string,
  table: KeyPath,
  seen: Map<string, number>,
): { readonly path: KeyPath; readonly isTable: boolean } | undefined => {
  const header = /^\s*(\[\[?)([^\]]+)\]/.exec(line);
  if (header) {
    const names = namesOf(header[2] as string);
    if (header[1] === '[') return { path: names, isTable: true };
    const key = names.join('\0');
    const index = seen.get(key) ?? 0;
    seen.set(key, index + 1);
    return { path: [...names, index], isTable: true };
  }
  const pair = /^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_.\s-])+?)\s*=/.exec(line);
  return pair ? { path: [...table, ...namesOf(pair[1] as string)], isTable: false } : undefined;
};

const namesOf = (dotted: string): readonly string[] =>
  Array.from(
    dotted.matchAll(/"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)/g),
    (found) => found[1] ?? found[2] ?? found[3] ?? '',
  );
