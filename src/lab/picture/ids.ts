import type { Inode } from '../../sketch/inode.ts';

/** The id of an inode's card. */
export const inodeId = ({ volume, ino }: Pick<Inode, 'volume' | 'ino'>): string => `inode-${volume.dev}-${ino}`;

/** What tells an entry from all others: its directory and its name. */
export const nameId = ({ volume, ino }: Inode, name: string): string => `${volume.dev}-${ino}-${safeId(name)}`;

/** Any text as a part of an id in HTML: letters and digits stay, the rest is its code between underscores. */
export const safeId = (text: string): string =>
  text.replace(/[^A-Za-z0-9]/g, (unit) => `_${unit.charCodeAt(0).toString(16)}_`);
