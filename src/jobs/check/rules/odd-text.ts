import { health } from '../../../trace/route.ts';
import type { Rule } from '../rule.ts';
import { placeOf } from '../saying.ts';

export const oddText: Rule = {
  id: 'odd-text',
  group: 'resolution',
  severity: 'error',
  summary: 'stores a text that nobody can have meant',
  why: `A newline, a carriage return or another control character at the end of a text comes from a program that did not
cut the line it read. A \`*\`, \`$VAR\` or \`~\` was meant for a shell and stood in quotes. A blank at the end comes from a
careless copy. Characters that reverse the direction of text make it read as another text.

A link that works is a warning, and only for characters that cannot be seen: what looks like a wildcard may be the name
of the file. A link that leads to nothing is an error, and this is the likely reason.`,
  broken: `
    docs/
      guide
    guide -> '$DOCS/guide'`,
  fixed: `
    docs/
      guide
    guide -> docs/guide`,
  needs: 'symlinks',
  marks: ['odd'],
  *link(link) {
    const broken = health(link.end) === 'broken';
    const odd = oddity(link.text, broken);
    if (odd === undefined) return;
    yield broken
      ? { ...placeOf(link), says: [`leads to nothing, and its text ${odd}`] }
      : { ...placeOf(link), severity: 'warning', says: [`its text ${odd}`] };
  },
};

const oddity = (text: string, broken: boolean): string | undefined => {
  const surely = certain.find(([pattern]) => pattern.test(text));
  const likely = broken ? likelyMeantOtherwise.find(([pattern]) => pattern.test(text)) : undefined;
  return (surely ?? likely)?.[1];
};

/** Odd whatever the text leads to. */
const certain: readonly (readonly [pattern: RegExp, says: string])[] = [
  [/\r\n?$/, 'ends with a carriage return: the line that it comes from was written on Windows'],
  [/\n$/, 'ends with a newline'],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  [/[\x00-\x1f\x7f\u0080-\u009f]/, 'holds a control character'],
  [/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/, 'holds a character that changes the direction of text'],
  [/[\u00ad\u200b\u2028\u2029\u2060\ufeff]/, 'holds a character that cannot be seen'],
];

/** Good names of files, too: odd only where there is no such file. */
const likelyMeantOtherwise: readonly (readonly [pattern: RegExp, says: string])[] = [
  [/^\s|\s$/, 'begins or ends with a blank'],
  [/^(["']).*\1$/, 'stands in quotes'],
  [/\*/, 'holds a wildcard that no shell has expanded'],
  [/\$[({]|(^|\/)\$[A-Za-z_]\w*(\/|$)/, 'holds a variable that no shell has expanded'],
  [/^~[\w.-]*(\/|$)/, 'begins with a ~ that no shell has expanded'],
];
