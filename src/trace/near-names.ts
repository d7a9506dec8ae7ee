import { editDistance } from './edit-distance.ts';

export interface NearName {
  readonly name: string;
  readonly how: 'stray-space' | 'other-case' | 'unicode-form' | 'other-version' | 'other-ending' | 'spelling';
}

/** Names of a directory that may have been meant by `name`, nearest first. */
export const nearNames = (name: string, names: readonly string[]): readonly NearName[] =>
  names
    .flatMap((other) => {
      const near = nearness(name, other);
      return near ? [near] : [];
    })
    .sort((a, b) => a.rank - b.rank || a.distance - b.distance || (a.name < b.name ? -1 : 1));

interface Ranked extends NearName {
  readonly rank: number;
  readonly distance: number;
}

const nearness = (name: string, other: string): Ranked | undefined => {
  const as = (how: NearName['how'], rank: number, distance = 0): Ranked => ({ name: other, how, rank, distance });
  if (name.trim() === other.trim()) return as('stray-space', 0);
  if (name.normalize('NFC') === other.normalize('NFC')) return as('unicode-form', 0);
  if (folded(name) === folded(other)) return as('other-case', 0);
  if (/\d/.test(name) && versionless(name) === versionless(other))
    return as('other-version', 1, versionDistance(name, other));
  if (sharesStem(name, other)) return as('other-ending', 2, Math.abs(name.length - other.length));
  // One slip in four letters, three at most; more is another word.
  const limit = Math.min(3, Math.floor(name.length / 4));
  const distance = editDistance(name, other, limit);
  return limit > 0 && distance <= limit ? as('spelling', 2, distance) : undefined;
};

const folded = (name: string): string => name.normalize('NFC').toLowerCase();

/** `libx.so.1.2.10` and `libx.so.3` are versions of one thing. */
const versionless = (name: string): string => name.replace(/\d+(?:[.\-_+]\d+)*/g, '#');

const numbersOf = (name: string): readonly number[] => (name.match(/\d+/g) ?? []).map(Number);

/** Earlier numbers weigh more; of two equally far the newer is nearer, since files are replaced by newer ones. */
const versionDistance = (name: string, other: string): number => {
  const wanted = numbersOf(name);
  const has = numbersOf(other);
  for (let i = 0; i < Math.max(wanted.length, has.length); i++) {
    const step = (has[i] ?? 0) - (wanted[i] ?? 0);
    if (step !== 0) return 10 ** (3 * (8 - Math.min(i, 8))) * (Math.abs(step) + (step < 0 ? 0.5 : 0));
  }
  return 0;
};

/** `ls.1` and `ls.1.gz`, `data` and `data.json`: an ending was added or lost. */
const sharesStem = (name: string, other: string): boolean => {
  const [short, long] = name.length < other.length ? [name, other] : [other, name];
  return short.length > 1 && long.startsWith(`${short}.`);
};
