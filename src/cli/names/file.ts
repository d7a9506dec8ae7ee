import type { Stat } from '../../fs/stat.ts';

/** A file whose names are looked for. */
export interface File {
  /** The operands that are names of it, as written; for one that --outside has found, its first name there. */
  readonly operands: readonly string[];
  /** Where it was reached: physical. */
  readonly path: string;
  readonly stat: Pick<Stat, 'dev' | 'ino' | 'kind' | 'nlink' | 'mountId' | 'mountRoot'>;
}
