/** Names of backups, as GNU programs choose them (gnulib's backupfile). */
import { byteLength, decodeBytes, encodeBytes } from '../fs/bytes.ts';
import { Fault } from '../fs/fault.ts';
import type { Fs, Handle } from '../fs/fs.ts';
import { quoteValue } from './quote.ts';

/** `existing`: numbered where a numbered backup is there already, simple otherwise. */
export type BackupControl = 'none' | 'simple' | 'existing' | 'numbered';

const controls: readonly (readonly [control: BackupControl, words: readonly string[]])[] = [
  ['none', ['none', 'off']],
  ['simple', ['simple', 'never']],
  ['existing', ['existing', 'nil']],
  ['numbered', ['numbered', 't']],
];

/** What --backup=WORD means, or the complaint, of several lines; `context` names where the word comes from. */
export const backupControl = (
  word: string,
  context: string,
  utf8: boolean,
): BackupControl | { readonly problem: string } => {
  const words = controls.flatMap(([, all]) => all);
  const fits = words.includes(word) ? [word] : words.filter((known) => known.startsWith(word));
  const found = fits.length === 1 ? controls.find(([, all]) => all.includes(fits[0] as string)) : undefined;
  if (found) return found[0];
  const lines = controls.map(([, all]) => `  - ${all.map((known) => quoteValue(known, utf8)).join(', ')}`);
  const kind = fits.length > 1 ? 'ambiguous' : 'invalid';
  return {
    problem: `${kind} argument ${quoteValue(word, utf8)} for ${quoteValue(context, utf8)}\nValid arguments are:\n${lines.join('\n')}`,
  };
};

/** A suffix that is empty or would lead to another directory is not one. */
export const backupSuffix = (wanted: string | undefined): string =>
  wanted === undefined || wanted === '' || wanted.includes('/') ? '~' : wanted;

export interface BackupName {
  readonly name: string;
  /** It must not replace anything. */
  readonly numbered: boolean;
}

/** Names to try for a backup of `base` in `dir`, the best first: after a numbered one that is taken, the next. */
export function* backupNames(
  fs: Fs,
  dir: Handle,
  base: string,
  control: Exclude<BackupControl, 'none'>,
  suffix: string,
): Generator<BackupName, void> {
  const last = control === 'simple' ? 0n : highestNumber(fs, dir, base);
  if (control === 'simple' || (control === 'existing' && last === 0n)) {
    yield { name: fitting(base, suffix), numbered: false };
    return;
  }
  for (let number = last + 1n; ; number++) {
    const name = fitting(base, `.~${number}~`);
    yield { name, numbered: true };
    // Cut short it has lost its number, and all that follow would be the same.
    if (!name.endsWith(`.~${number}~`)) return;
  }
}

/** One byte less than a name can have, as gnulib has it. */
const nameMax = 254;

/** A name that would be too long keeps what fits of the base, and a tilde. */
const fitting = (base: string, suffix: string): string => {
  if (byteLength(base) + byteLength(suffix) <= nameMax) return base + suffix;
  return `${decodeBytes(encodeBytes(base).subarray(0, nameMax - 1))}~`;
};

/** Of the numbered backups of `base`; 0 where there is none, or where the directory cannot be read. */
const highestNumber = (fs: Fs, dir: Handle, base: string): bigint => {
  const opened = fs.open(dir, '.', { access: 'read', directory: true });
  if (opened instanceof Fault) return 0n;
  using readable = opened;
  const entries = fs.entries(readable);
  if (entries instanceof Fault) return 0n;
  let highest = 0n;
  for (const { name } of entries) {
    if (!name.startsWith(`${base}.~`)) continue;
    const digits = /^([1-9][0-9]*)~$/.exec(name.slice(base.length + 2))?.[1];
    if (digits !== undefined && BigInt(digits) > highest) highest = BigInt(digits);
  }
  return highest;
};
