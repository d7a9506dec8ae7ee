/** A change of a mode: from the old one, that of a directory or not, under an umask. */
export type ModeChange = (before: number, isDirectory: boolean, umask: number) => number;

/** Modes as chmod(1) takes them: octal, or `u=rwx,g+s,o-w`; undefined for what is none. */
export const parseMode = (text: string): ModeChange | undefined => {
  if (/^[0-7]+$/.test(text)) return octal(text, '=');
  if (/^[-+=][0-7]+$/.test(text)) return octal(text.slice(1), text[0] as string);
  const clauses: ModeChange[] = [];
  for (const clause of text.split(',')) {
    const [, who, actions] = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause) ?? [];
    if (who === undefined || actions === undefined) return undefined;
    for (const [, sign, perms] of actions.matchAll(/([-+=])([rwxXst]*|[ugo])(?=[-+=]|$)/g))
      clauses.push(symbolic(who, sign as string, perms as string));
  }
  return (before, isDirectory, umask) =>
    clauses.reduce((mode, clause) => clause(mode, isDirectory, umask), before & 0o7777);
};

/** Of a directory, set-user-ID and set-group-ID stay unless five digits are given. */
const octal = (digits: string, sign: string): ModeChange | undefined => {
  const value = Number.parseInt(digits, 8);
  if (value > 0o7777) return undefined;
  return (before, isDirectory) => {
    if (sign === '+') return before | value;
    if (sign === '-') return before & ~value;
    const kept = isDirectory && digits.length < 5 ? before & 0o6000 & ~value : 0;
    return value | kept;
  };
};

const classes: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 };

const symbolic =
  (who: string, sign: string, perms: string): ModeChange =>
  (before, isDirectory, umask) => {
    const affected = who === '' ? 0o7777 : [...who].reduce((bits, letter) => bits | (classes[letter] as number), 0);
    let value = 0;
    for (const perm of perms) {
      if (perm === 'r') value |= 0o444;
      else if (perm === 'w') value |= 0o222;
      else if (perm === 'x') value |= 0o111;
      else if (perm === 'X') value |= isDirectory || before & 0o111 ? 0o111 : 0;
      else if (perm === 's') value |= 0o6000;
      else if (perm === 't') value |= 0o1000;
      else value |= ((before >> { u: 6, g: 3, o: 0 }[perm as 'u' | 'g' | 'o']) & 7) * 0o111;
    }
    const reach = affected & (who === '' ? ~umask : 0o7777);
    value &= reach;
    // `=` takes the special bits of a directory away only where it names them.
    const special = isDirectory && !/[st]/.test(perms) ? 0o6000 : 0;
    if (sign === '+') return before | value;
    if (sign === '-') return before & ~value;
    return (before & ~(affected & ~special)) | value;
  };
