/** Text for people in lines of a terminal's width. */
export const lineWidth = 80;

/** Two columns, the right one wrapped. */
export const columns = (rows: readonly (readonly [string, string])[]): readonly string[] => {
  const indent = 4 + Math.max(...rows.map(([left]) => left.length));
  return rows.flatMap(([left, right]) => {
    const [first = '', ...rest] = wrap(right, lineWidth - indent);
    return [`  ${left.padEnd(indent - 2)}${first}`, ...rest.map((line) => ' '.repeat(indent) + line)];
  });
};

/** Lines of at most `width` characters, but for words that are longer. */
export const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
};
