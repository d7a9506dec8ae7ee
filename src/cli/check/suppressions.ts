import { encodeBytes } from '../../fs/bytes.ts';
import type { Fault } from '../../fs/fault.ts';
import type { Fs, Handle } from '../../fs/fs.ts';
import { type NameJson, nameFromJson } from '../../fs/name-json.ts';
import { temporaryName } from '../../fs/temporary-name.ts';
import { writeWhole } from '../../fs/whole-file.ts';
import { CommandError } from '../command-error.ts';
import { jsonText } from '../json.ts';
import type { Placed } from './looked.ts';

/** So many findings of a rule at a path are known, and not told again. */
export interface Suppression {
  readonly path: string;
  readonly rule: string;
  readonly count: number;
}

const schema = 'linkwright/suppressions/1';

/** The baseline. Throws CommandError where it is none. */
export const parseSuppressions = (bytes: Uint8Array, shown: string): readonly Suppression[] => {
  const broken = (why: string): CommandError =>
    new CommandError(`${shown} is no baseline: ${why}`, ['lw check --suppress-all, to write it anew'], 2);
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw broken(error instanceof Error ? error.message : String(error));
  }
  const { schema: said, suppressions } = (document ?? {}) as { schema?: unknown; suppressions?: unknown };
  if (said !== schema || !Array.isArray(suppressions)) throw broken(`it does not say "schema": "${schema}"`);
  return suppressions.map((each: { path?: unknown; rule?: unknown; count?: unknown } | null) => {
    const { path, rule, count } = each ?? {};
    const isName = typeof path === 'string' || typeof (path as { bytes?: unknown } | undefined)?.bytes === 'string';
    if (!isName || typeof rule !== 'string' || !Number.isSafeInteger(count) || (count as number) < 1)
      throw broken('each of its suppressions needs a path, a rule and a count');
    return { path: nameFromJson(path as NameJson), rule, count: count as number };
  });
};

/** Findings as a baseline has them, by `keyOf`. */
export const suppressionsOf = (
  found: readonly Placed[],
  below: (place: string) => string,
): ReadonlyMap<string, Suppression> => {
  const counts = new Map<string, { path: string; rule: string; count: number }>();
  for (const { finding, place } of found) {
    const path = below(place);
    const key = keyOf(path, finding.rule);
    const known = counts.get(key);
    if (known) known.count++;
    else counts.set(key, { path, rule: finding.rule, count: 1 });
  }
  return counts;
};

export const keyOf = (path: string, rule: string): string => `${rule}\0${path}`;

/** Puts a baseline in its place, at once. */
export const writeSuppressions = (
  fs: Fs,
  dir: Handle,
  name: string,
  suppressions: readonly Suppression[],
  random: string,
): Fault | undefined => {
  const sorted = suppressions.toSorted((a, b) => compare(a.path, b.path) || compare(a.rule, b.rule));
  const bytes = encodeBytes([...jsonText({ schema, suppressions: sorted })].join(''));
  const temp = temporaryName(random);
  const fault = writeWhole(fs, dir, temp, bytes) ?? fs.chmod(dir, temp, 0o644) ?? fs.rename(dir, temp, dir, name);
  if (fault) fs.unlink(dir, temp);
  return fault;
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
