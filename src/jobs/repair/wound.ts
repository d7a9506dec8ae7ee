import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import type { LinkText } from '../../fs/link-text.ts';
import { dirname, join } from '../../fs/path.ts';
import type { Stat } from '../../fs/stat.ts';
import type { Census } from '../../scan/census.ts';
import type { Memory, Remembered } from '../../scan/memory/memory.ts';
import { culprit } from '../../trace/culprit.ts';
import { type Place, trace } from '../../trace/trace.ts';

/** Where links are mended, and what is known of it. */
export interface Ward {
  readonly fs: Fs;
  /** `/` for link texts. */
  readonly root: Place;
  readonly absentVolumes: readonly string[];
  /** What scans of the roots, or of directories above them, have remembered; the nearest first. */
  readonly memories: readonly Memory[];
}

/** A symbolic link that leads nowhere for certain. Paths are physical, but for `path`. */
export interface Wound {
  /** As the user wrote the root, and on from there. */
  readonly path: string;
  readonly physical: string;
  /** The directory that holds it. */
  readonly dir: string;
  readonly text: LinkText;
  /** Of the link itself. */
  readonly stat: Stat;
  /** The first entry on its way that is missing, or that is no directory where one is needed. */
  readonly gap: string;
  /** What would follow below the gap; empty where nothing would. */
  readonly rest: string;
  /** What it would lead to. */
  readonly wanted: string;
  /** Another link, whose text is to blame. */
  readonly because: string | undefined;
  readonly was: Before | undefined;
  /** Where a file system was mounted that held its target and is not there now: then nothing is known. */
  readonly absent: string | undefined;
}

/** What a link was when it led somewhere. */
interface Before extends Remembered {
  /** `text`: it has another text since. `moved`: it lay elsewhere, the same inode. */
  readonly since: 'same' | 'text' | 'moved';
  /** When that was, in milliseconds since 1970. */
  readonly seen: number;
}

/** The links of a settled census that dangle. Yields nothing now and then, for a caller that shows progress. */
export function* wounds(ward: Ward, census: Census): Generator<Wound | undefined> {
  for (let row = 0; row < census.links.count; row++) {
    if (row % 4096 === 4095) yield;
    const end = census.endOf(row);
    if (end === 'missing' || end === 'not-a-directory') yield woundOf(ward, census, row);
  }
}

/** Undefined for one that is whole again, or cannot be looked at. */
const woundOf = (ward: Ward, census: Census, row: number): Wound | undefined => {
  const { fs, root, absentVolumes } = ward;
  const physical = census.linkPhysicalPath(row);
  const { path, text } = census.link(row);
  const route = trace(fs, physical, { from: root, root, absentVolumes });
  const { end } = route;
  if (end.kind !== 'missing' && end.kind !== 'not-a-directory') return undefined;
  const stat = fs.stat(root.handle, physical.slice(1));
  if (stat instanceof Fault || stat.kind !== 'symlink') return undefined;
  const blamed = culprit(fs, root, route, absentVolumes);
  const because = blamed && blamed.link.link !== physical ? blamed.link.link : undefined;
  const was = before(ward, physical, text, stat);
  return {
    path,
    physical,
    dir: dirname(physical),
    text,
    stat,
    gap: end.path,
    rest: end.rest,
    wanted: end.rest === '' ? end.path : join(end.path, end.rest),
    because,
    was,
    absent: was && was.target.dev === undefined ? was.target.mount || undefined : undefined,
  };
};

const before = ({ fs, root, memories }: Ward, path: string, text: LinkText, stat: Stat): Before | undefined => {
  for (const memory of memories) {
    const seen = memory.head.made;
    const here = memory.at(path);
    if (here) return { ...here, since: here.text === text ? 'same' : 'text', seen };
    for (const other of memory.withInode(stat.ino)) {
      if (other.text !== text || other.linkDev !== stat.dev) continue;
      const there = fs.stat(root.handle, other.path.slice(1));
      if (there instanceof Fault || there.ino !== stat.ino) return { ...other, since: 'moved', seen };
    }
  }
  return undefined;
};
