import type { Options } from './command.ts';

/** One word of a command line, or part of one. */
export type Token =
  | { readonly kind: 'positional'; readonly value: string }
  | {
      readonly kind: 'option';
      /** The option's own name; what was typed where there is none. */
      readonly name: string;
      readonly rawName: string;
      readonly value: string | undefined;
      /** The value stood in the same word. */
      readonly inlineValue: boolean;
    };

/** Words as node:util's parseArgs tells them apart when it is not strict; a browser has no node:util. */
export function* tokensOf(args: readonly string[], options: Options): Iterable<Token> {
  const takesValue = (name: string): boolean =>
    Object.hasOwn(options, name) && options[name]?.type === 'string' && !options[name].optional;
  const longOf = (letter: string): string =>
    Object.keys(options).find((name) => options[name]?.short === letter) ?? letter;
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      for (const value of rest) yield { kind: 'positional', value };
      return;
    }
    const isLong = arg.startsWith('--');
    if (!arg.startsWith('-') || arg === '-') yield { kind: 'positional', value: arg };
    else if (isLong) {
      const equals = arg.indexOf('=', 3);
      const rawName = equals < 0 ? arg : arg.slice(0, equals);
      const name = rawName.slice(2);
      const value = equals >= 0 ? arg.slice(equals + 1) : takesValue(name) ? rest.shift() : undefined;
      yield { kind: 'option', name, rawName, value, inlineValue: equals >= 0 };
    } else {
      const name = longOf(arg.charAt(1));
      const rawName = arg.slice(0, 2);
      const more = arg.slice(2);
      if (more === '')
        yield { kind: 'option', name, rawName, value: takesValue(name) ? rest.shift() : undefined, inlineValue: false };
      else if (takesValue(name)) yield { kind: 'option', name, rawName, value: more, inlineValue: true };
      else {
        yield { kind: 'option', name, rawName, value: undefined, inlineValue: false };
        rest.unshift(`-${more}`);
      }
    }
  }
}
