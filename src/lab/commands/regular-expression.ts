/** A POSIX regular expression as JavaScript has it. */
export const basicPattern = (
  text: string,
  kind: 'basic' | 'extended' | 'fixed',
): string | { readonly problem: string } => {
  if (kind === 'fixed') return [...text].map(literal).join('');
  let out = '';
  let depth = 0;
  let atStart = true;
  for (let at = 0; at < text.length; at++) {
    const char = String.fromCodePoint(text.codePointAt(at) as number);
    if (char.length === 2) at++;
    if (char === '[') {
      const set = /^\[(\^?)(\]?(?:\[:[a-z]+:\]|\[[.=].[.=]\]|[^\]])*)\]/su.exec(text.slice(at));
      if (!set) return { problem: 'Unmatched [, [^, [:, [., or [=' };
      const body = (set[2] as string).replace(/\[:([a-z]+):\]|[\\[\]^]|^-|-$/gu, (all, name?: string) =>
        name === undefined ? `\\${all}` : (classes[name] ?? ''),
      );
      out += `[${set[1]}${body}]`;
      at += set[0].length - 1;
      atStart = false;
      continue;
    }
    const escaped = char === '\\';
    const next = escaped ? text[++at] : char;
    if (next === undefined) return { problem: 'Trailing backslash' };
    const special = (kind === 'extended') !== escaped;
    if ('(){}|+?'.includes(next)) {
      if (!special) out += `\\${next}`;
      else if (next === '(') {
        depth++;
        out += '(';
        atStart = true;
        continue;
      } else if (next === ')') {
        if (--depth < 0) return { problem: kind === 'basic' ? 'Unmatched ) or \\)' : 'Unmatched ) or \\)' };
        out += ')';
      } else if (next === '{') {
        const count = /^(\d*(?:,\d*)?)(\\?)\}/.exec(text.slice(at + 1));
        if (!count) out += '\\{';
        else {
          out += `{${(count[1] as string).replace(/^,/, '0,')}}`;
          at += count[0].length;
        }
      } else if (next === '}') out += '\\}';
      else if (atStart && next !== '|') out += `\\${next}`;
      else out += next;
      atStart = next === '|' && special;
      continue;
    }
    if (escaped) {
      if (/[1-9wWsSbB]/.test(next)) out += `\\${next}`;
      else if (next === '<') out += '\\b(?=\\w)';
      else if (next === '>') out += '\\b(?<=\\w)';
      else if (next === 'n') out += '\\n';
      else if (next === 't') out += '\\t';
      else out += literal(next);
    } else if (next === '*') out += atStart ? '\\*' : '*';
    else if (next === '^') {
      out += atStart || kind === 'extended' ? '^' : '\\^';
      continue;
    } else if (next === '$')
      out += kind === 'extended' || at === text.length - 1 || /^\\[)|]/.test(text.slice(at + 1)) ? '$' : '\\$';
    else if (next === '.') out += '.';
    else out += literal(next);
    atStart = false;
  }
  if (depth > 0) return { problem: 'Unmatched ( or \\(' };
  try {
    new RegExp(out, 'su');
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: 'Invalid preceding regular expression' };
    throw error;
  }
  return out;
};

const literal = (char: string): string => (/[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char);

const classes: Readonly<Record<string, string>> = {
  ...{
    alpha: '\\p{L}',
    digit: '0-9',
    alnum: '\\p{L}0-9',
    upper: '\\p{Lu}',
    lower: '\\p{Ll}',
    space: '\\s',
    xdigit: '0-9a-fA-F',
  },
  ...{ punct: '!-\\/:-@\\[-`{-~', blank: ' \\t', print: ' -~', graph: '!-~', cntrl: '\\p{Cc}' },
};
