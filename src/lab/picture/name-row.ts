import type { Inode, Mount } from '../../sketch/inode.ts';
import type { Row } from './picture.ts';

/** A row with what it stands for. */
export interface NameRow {
  readonly row: Row;
  readonly frame: string;
  readonly inode: Inode | undefined;
  readonly mount: Mount;
}
