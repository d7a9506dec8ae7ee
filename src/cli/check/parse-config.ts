import { decodeBytes } from '../../fs/bytes.ts';
import type { Severity } from '../../jobs/check/finding.ts';
import type { Rule } from '../../jobs/check/rule.ts';
import type { Thresholds } from '../../jobs/check/scene.ts';
import { UsageError } from '../command-error.ts';
import { nearest } from '../nearest.ts';
import { show } from '../show.ts';
import { type Config, type Expect, type Override, presetNames, type Ratings, severities } from './config.ts';
import { type KeyPath, lineOfKey } from './toml-lines.ts';

/** A reader of TOML. What it throws for a mistake has a message, and a line where it knows it. */
export type ParseToml = (toml: string) => unknown;

/** linkwright.toml, checked. Throws UsageError with the line of the first mistake; `shown` is what the file is called. */
export const parseConfig = (bytes: Uint8Array, shown: string, rules: readonly Rule[], parseToml: ParseToml): Config => {
  const toml = decodeBytes(bytes);
  const says = (line: number, sentence: string, ...tries: readonly string[]): UsageError =>
    new UsageError(`${shown}:${line}: ${sentence}`, ...tries);
  if (!toml.isWellFormed()) {
    const line = toml.split('\n').findIndex((each) => !each.isWellFormed()) + 1;
    throw says(line, 'this is not UTF-8, as TOML must be', '? in a pattern stands for such a byte');
  }
  const wrong: Wrong = (path, sentence, ...tries) => says(lineOfKey(toml, path), sentence, ...tries);
  let document: unknown;
  try {
    document = parseToml(toml);
  } catch (error) {
    const line = (error as { readonly line?: number }).line ?? 1;
    throw says(line, `this is not TOML: ${firstLine(error)}`);
  }
  return configOf({ value: document, path: [], wrong }, toml, rules);
};

type Wrong = (path: KeyPath, sentence: string, ...tries: readonly string[]) => UsageError;

/** A value of the document, and where it stands. */
interface Node {
  readonly value: unknown;
  readonly path: KeyPath;
  readonly wrong: Wrong;
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replace(/^Invalid TOML document: /, '')
    .split('\n')[0] as string;

const configOf = (document: Node, toml: string, rules: readonly Rule[]): Config => {
  const names = ['preset', 'roots', 'exclude', 'fail-on', 'rules', 'override', 'expect', 'group'] as const;
  const top = table(document, names);
  const { ratings, thresholds } = top.rules ? settingsOf(top.rules, rules) : { ratings: new Map(), thresholds: {} };
  return {
    preset: top.preset && oneOf(top.preset, presetNames),
    roots: top.roots ? strings(top.roots) : [],
    exclude: top.exclude ? strings(top.exclude) : [],
    failOn: top['fail-on'] && oneOf(top['fail-on'], severities),
    rules: ratings,
    thresholds,
    overrides: list(top.override).map((each) => overrideOf(each, rules)),
    expects: list(top.expect).map((each) => expectOf(each, toml, rules)),
    groups: list(top.group).map(groupOf),
  };
};

const overrideOf = (node: Node, rules: readonly Rule[]): Override => {
  const found = table(node, ['paths', 'rules']);
  return {
    paths: strings(needed(node, found.paths, 'paths')),
    rules: settingsOf(needed(node, found.rules, 'rules'), rules, 'ratings only').ratings,
  };
};

const expectOf = (node: Node, toml: string, rules: readonly Rule[]): Expect => {
  const found = table(node, ['path', 'rule', 'reason', 'valid-where', 'until']);
  const rule = needed(node, found.rule, 'rule');
  const id = string(rule);
  checkId(
    rule,
    id,
    rules.map((each) => each.id),
  );
  return {
    path: string(needed(node, found.path, 'path')),
    rule: id,
    reason: string(needed(node, found.reason, 'reason')),
    validWhere: found['valid-where'] && string(found['valid-where']),
    until: found.until && dayOf(found.until),
    line: lineOfKey(toml, node.path),
  };
};

const groupOf = (node: Node): readonly string[] => {
  const { names } = table(node, ['names']);
  const list = strings(needed(node, names, 'names'));
  if (list.length < 2) throw node.wrong([...node.path, 'names'], 'a group has at least two names');
  return list;
};

/** Options of rules: what each is called in [rules], and the threshold that it sets. */
const ruleOptions: Readonly<Record<string, readonly [name: string, (node: Node) => Partial<Thresholds>]>> = {
  'deep-chain': ['hops', (node) => ({ hops: whole(node) })],
  'machine-path': ['paths', (node) => ({ machinePaths: strings(node) })],
  'target-too-long': ['bytes', (node) => ({ textLength: whole(node) })],
};

const settingsOf = (
  node: Node,
  rules: readonly Rule[],
  only?: 'ratings only',
): { readonly ratings: Ratings; readonly thresholds: Partial<Thresholds> } => {
  const ratings = new Map<string, Severity | 'off' | 'on'>();
  let thresholds: Partial<Thresholds> = {};
  for (const [id, each] of Object.entries(entries(node, 'a table of rules'))) {
    checkId(each, id, ruleWords(rules));
    if (typeof each.value === 'string') {
      ratings.set(id, oneOf(each, ['off', ...severities]));
      continue;
    }
    const [name, read] = (only ? undefined : ruleOptions[id]) ?? [];
    const found = table(each, name === undefined ? ['severity'] : ['severity', name]);
    if (found.severity) ratings.set(id, oneOf(found.severity, ['off', ...severities]));
    const option = name === undefined ? undefined : (found as Readonly<Record<string, Node | undefined>>)[name];
    if (option && read) thresholds = { ...thresholds, ...read(option) };
  }
  return { ratings, thresholds };
};

/** What may stand for rules: ids and groups. */
export const ruleWords = (rules: readonly Rule[]): readonly string[] => [
  ...rules.map(({ id }) => id),
  ...new Set(rules.map(({ group }) => group)),
];

const checkId = (node: Node, id: string, known: readonly string[]): void => {
  if (known.includes(id)) return;
  throw node.wrong(node.path, `there is no rule ${show(id)}`, nearest(id, known) ?? 'lw check --list-rules');
};

/** The members of a table, none of which may have another name than these. */
const table = <Name extends string>(node: Node, names: readonly Name[]): Partial<Record<Name, Node>> => {
  const found = entries(node, 'a table');
  for (const [key, each] of Object.entries(found))
    if (!(names as readonly string[]).includes(key)) {
      const near = nearest(key, names);
      throw node.wrong(
        each.path,
        `there is no key ${show(key)} here${near ? '' : `: there are ${names.join(', ')}`}`,
        ...(near ? [near] : []),
      );
    }
  return found as Partial<Record<Name, Node>>;
};

const entries = ({ value, path, wrong }: Node, wanted: string): Readonly<Record<string, Node>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date)
    throw wrong(path, `${keyName(path)} must be ${wanted}`);
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, { value: each, path: [...path, key], wrong }]),
  );
};

/** An array of tables, `[[name]]`. */
const list = (node: Node | undefined): readonly Node[] => {
  if (!node) return [];
  const { value, path, wrong } = node;
  if (!Array.isArray(value)) throw wrong(path, `${keyName(path)} must be a list of tables: [[${keyName(path)}]]`);
  return value.map((each, i) => ({ value: each, path: [...path, i], wrong }));
};

const needed = (node: Node, found: Node | undefined, name: string): Node => {
  if (found) return found;
  throw node.wrong(node.path, `${keyName(node.path)} needs ${name}`);
};

const string = ({ value, path, wrong }: Node): string => {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw wrong(path, `${keyName(path)} must be a text${value === '' ? ' that is not empty' : ''}`);
};

const strings = ({ value, path, wrong }: Node): readonly string[] => {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '')) return value;
  throw wrong(path, `${keyName(path)} must be a list of texts`);
};

const whole = ({ value, path, wrong }: Node): number => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw wrong(path, `${keyName(path)} must be a whole number from 1`);
};

/** A local date, as TOML has it, or the same as a text. */
const dayOf = ({ value, path, wrong }: Node): string => {
  const day = value instanceof Date ? value.toISOString() : String(value);
  if (/^\d{4}-\d\d-\d\d$/.test(day)) return day;
  throw wrong(path, `${keyName(path)} must be a day, as 2027-01-31`);
};

const oneOf = <Word extends string>({ value, path, wrong }: Node, words: readonly Word[]): Word => {
  if (words.includes(value as Word)) return value as Word;
  const near = typeof value === 'string' ? nearest(value, words) : undefined;
  throw wrong(
    path,
    `${keyName(path)} must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
    ...(near ? [near] : []),
  );
};

const keyName = (path: KeyPath): string => String(path.findLast((part) => typeof part === 'string') ?? 'the file');
