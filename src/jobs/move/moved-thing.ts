import type { Stat } from '../../fs/stat.ts';
import type { MovedName } from './moved-paths.ts';

/** Something that was moved. Physical paths. */
export interface MovedThing extends MovedName {
  /** What it was called before the first of the moves: `from`, unless an earlier one has moved what it lay in. */
  readonly began: string;
  /** As it was when it was moved. */
  readonly stat: Stat;
  /** As the user wrote both. */
  readonly source: string;
  readonly destination: string;
  /** What stood there before; not where it was kept under another name. */
  readonly replaced: Stat | undefined;
  /** The name that what stood there has now. */
  readonly backup: string | undefined;
  /** To another file system: what is there now is a copy. */
  readonly copied: boolean;
}
