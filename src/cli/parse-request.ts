import { decodeBytes } from '../fs/bytes.ts';
import type { Command, Option, Options, Request } from './command.ts';
import { UsageError } from './command-error.ts';
import { nearest } from './nearest.ts';
import { commonOptions } from './options.ts';
import { show } from './show.ts';
import { tokensOf } from './tokens.ts';

type Words = Pick<Command<unknown>, 'name' | 'operands' | 'options'>;

/** Understands the arguments of one command; `help` where they ask for it. Reads the files that they name lists in. */
export const parseRequest = (
  command: Words,
  args: readonly string[],
  readFile: (path: string) => Uint8Array,
): Request | 'help' => {
  const options: Options = { ...commonOptions, ...command.options };
  const operands: string[] = [];
  const given = new Map<string, string[]>();
  const add = (name: string, ...values: readonly string[]): void => {
    const before = given.get(name) ?? [];
    // The order of the map is that in which options were last given.
    given.delete(name);
    given.set(name, [...before, ...values]);
  };

  for (const token of tokensOf(args, options)) {
    if (token.kind === 'positional') {
      operands.push(token.value);
      continue;
    }
    if (token.name === 'help') return 'help';
    const value = checkedValue(command.name, options, token);
    if (token.name === 'exclude-from') add('exclude', ...namesIn(readFile(value)));
    else add(token.name, value);
  }

  if (given.has('json') && given.has('null'))
    throw new UsageError('--json and --null are two forms of one answer: give one of them');
  for (const list of given.get('files-from') ?? []) operands.push(...operandsIn(list, readFile));
  checkOperands(command, operands);
  const values = (name: string): readonly string[] => {
    if (!(name in options)) throw new Error(`lw ${command.name} has no option --${name}`);
    return given.get(name) ?? [];
  };
  return {
    words: [command.name, ...args],
    operands,
    flag: (name) => values(name).length > 0,
    value: (name) => values(name).at(-1),
    values,
    last: (...names) => [...given.keys()].findLast((name) => names.includes(name)),
  };
};

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/** What an option was given; the empty string for one that takes no value. */
const checkedValue = (
  command: string,
  options: Options,
  { name, rawName, value, inlineValue }: OptionToken,
): string => {
  const option: Option | undefined = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) throw unknownOption(command, options, rawName);
  if (option.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`);
    return '';
  }
  if (option.optional && value === undefined) return '';
  const wanted = option.oneOf?.join(', ') ?? option.value ?? 'a value';
  // `--root --json` is a forgotten value rather than a directory called --json.
  if (value === undefined || (!inlineValue && /^-./.test(value)))
    throw new UsageError(
      `${rawName} needs a value: ${wanted}`,
      ...(value === undefined ? [] : [`${rawName}=${show(value)}, if that is the value`]),
    );
  if (option.oneOf && !option.oneOf.includes(value))
    throw new UsageError(`${rawName} takes ${wanted}; it was given ${show(value)}`);
  return value;
};

const unknownOption = (command: string, options: Options, rawName: string): UsageError => {
  const near = nearest(
    rawName,
    Object.keys(options).map((name) => `--${name}`),
  );
  return new UsageError(
    `lw ${command} has no option ${show(rawName)}`,
    rawName.startsWith('--') && near ? near : `lw ${command} --help`,
  );
};

/** `operands` of a command is what its usage line shows: nothing, `PATH…`, or `[PATH…]` where none is a request too. */
const checkOperands = ({ name, operands: form }: Words, operands: readonly string[]): void => {
  if (form === '' && operands.length > 0)
    throw new UsageError(`lw ${name} takes no operands; it was given ${show(operands[0] as string)}`);
  if (form !== '' && !form.startsWith('[') && operands.length === 0)
    throw new UsageError(`lw ${name} needs ${form}`, `lw ${name} --help`);
  if (operands.includes('')) throw new UsageError('an operand is empty: no file has an empty name');
};

/** An empty list must not become the default of a command without operands, the whole directory. */
const operandsIn = (list: string, readFile: (path: string) => Uint8Array): readonly string[] => {
  const names = namesIn(readFile(list));
  if (names.length === 0) throw new UsageError(`--files-from ${show(list)} holds no names`);
  return names;
};

const namesIn = (bytes: Uint8Array): readonly string[] => {
  const separator = bytes.includes(0) ? '\0' : '\n';
  return decodeBytes(bytes)
    .split(separator)
    .filter((name) => name !== '');
};
