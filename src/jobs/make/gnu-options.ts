import { decodeBytes, encodeBytes } from '../../fs/bytes.ts';

/**
 * Command lines as getopt_long(3) of the GNU C library understands them: clusters of short options, values in
 * the same word or the next, unique beginnings of long options, operands anywhere.
 */

export interface OptionSpec {
  readonly long?: string;
  /** One ASCII character. */
  readonly short?: string;
  readonly value?: 'required' | 'optional';
  /** Not one of GNU's: a beginning that fits an option of theirs means theirs, so their command lines keep their meaning. */
  readonly beyond?: true;
}

/** An option as it was given. */
interface Given<Name extends string> {
  readonly name: Name;
  readonly value: string | undefined;
}

export interface Parsed<Name extends string> {
  /** In their order. Those before a problem are here too: a program that acts on them at once never meets it. */
  readonly options: readonly Given<Name>[];
  readonly operands: readonly string[];
  /** The first thing that could not be understood, without the name of the program. */
  readonly problem: string | undefined;
}

/** `specs` in the order in which messages list them. `posixly`: the first operand ends the options (POSIXLY_CORRECT). */
export const gnuOptions = <Name extends string>(
  args: readonly string[],
  specs: Readonly<Record<Name, OptionSpec>>,
  posixly = false,
): Parsed<Name> => {
  const known = (Object.keys(specs) as Name[]).map((name) => [name, specs[name]] as const);
  const options: Given<Name>[] = [];
  const operands: string[] = [];
  let at = 0;

  /** Answers with the problem, if there is one. */
  const takeLong = (word: string): string | undefined => {
    const equals = word.indexOf('=');
    const typed = equals < 0 ? word : word.slice(0, equals);
    const found = findLong(typed, known);
    if (found.length === 0) return `unrecognized option '--${word}'`;
    if (found.length > 1)
      return `option '--${word}' is ambiguous; possibilities:${found.map(([, { long }]) => ` '--${long}'`).join('')}`;
    const [name, { long, value: takes }] = found[0] as readonly [Name, OptionSpec];
    let value = equals < 0 ? undefined : word.slice(equals + 1);
    if (value !== undefined && !takes) return `option '--${long}' doesn't allow an argument`;
    if (value === undefined && takes === 'required') {
      if (at === args.length) return `option '--${long}' requires an argument`;
      value = args[at++];
    }
    options.push({ name, value });
    return undefined;
  };

  /** `word` is a cluster; the last of it may take the rest, or the next word. */
  const takeShorts = (word: string): string | undefined => {
    for (let i = 0; i < word.length; i++) {
      const char = word[i] as string;
      const found = known.find(([, { short }]) => short === char);
      if (!found) return `invalid option -- '${firstByte(word.slice(i))}'`;
      const [name, { value: takes }] = found;
      const rest = takes && i + 1 < word.length ? word.slice(i + 1) : undefined;
      if (takes === 'required' && rest === undefined && at === args.length)
        return `option requires an argument -- '${char}'`;
      options.push({ name, value: rest ?? (takes === 'required' ? args[at++] : undefined) });
      if (rest !== undefined) return undefined;
    }
    return undefined;
  };

  while (at < args.length) {
    const arg = args[at++] as string;
    if (arg === '--') break;
    if (!arg.startsWith('-') || arg === '-') {
      operands.push(arg);
      if (posixly) break;
      continue;
    }
    const problem = arg.startsWith('--') ? takeLong(arg.slice(2)) : takeShorts(arg.slice(1));
    if (problem !== undefined) return { options, operands, problem };
  }
  return { options, operands: [...operands, ...args.slice(at)], problem: undefined };
};

/** What follows a complaint about the command line. */
export const tryHelp = (program: string): string => `Try '${program} --help' for more information.\n`;

/** The options that a beginning may mean: one if it is a whole name. */
const findLong = <Name extends string>(
  typed: string,
  known: readonly (readonly [Name, OptionSpec])[],
): readonly (readonly [Name, OptionSpec])[] => {
  const exact = known.find(([, { long }]) => long === typed);
  if (exact) return [exact];
  const fits = known.filter(([, { long }]) => long?.startsWith(typed));
  const theirs = fits.filter(([, { beyond }]) => !beyond);
  return theirs.length > 0 ? theirs : fits;
};

/** getopt(3) knows bytes: of a longer character it names the first. */
const firstByte = (text: string): string => decodeBytes(encodeBytes(text).subarray(0, 1));
