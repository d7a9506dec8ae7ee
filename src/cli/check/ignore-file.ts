import { decodeBytes } from '../../fs/bytes.ts';
import { UsageError } from '../command-error.ts';
import { nearest } from '../nearest.ts';
import { show } from '../show.ts';

/** What .linkwrightignore says. */
export interface IgnoreFile {
  /** Not looked at, as in .gitignore. */
  readonly patterns: readonly string[];
  /** Looked at, but without these rules. */
  readonly silenced: readonly { readonly pattern: string; readonly rules: readonly string[] }[];
}

/**
 * Lines as in .gitignore; a line that ends with words like `@dangling` holds for these rules only, and a group of
 * rules is such a word too. `\@` is an at sign of the pattern's own.
 */
export const parseIgnoreFile = (bytes: Uint8Array, shown: string, rules: readonly string[]): IgnoreFile => {
  const patterns: string[] = [];
  const silenced: { pattern: string; rules: readonly string[] }[] = [];
  for (const [index, line] of decodeBytes(bytes).split(/\r?\n/).entries()) {
    if (line.startsWith('#')) continue;
    const found = /^(.*?)((?:\s+@\S+)+)\s*$/s.exec(line);
    if (!found) {
      if (line.trim() !== '') patterns.push(line.replace(/\\@/g, '@'));
      continue;
    }
    const [, pattern = '', words = ''] = found;
    const ids = words
      .trim()
      .split(/\s+/)
      .map((word) => word.slice(1));
    const unknown = ids.find((id) => !rules.includes(id));
    if (unknown !== undefined)
      throw new UsageError(
        `${shown}:${index + 1}: there is no rule ${show(unknown)}`,
        nearest(unknown, rules) ?? 'lw check --list-rules',
      );
    if (pattern.trim() === '') throw new UsageError(`${shown}:${index + 1}: there is no pattern before @${ids[0]}`);
    silenced.push({ pattern: pattern.replace(/\\@/g, '@'), rules: ids });
  }
  return { patterns, silenced };
};
