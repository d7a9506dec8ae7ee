import type { Errno } from '../../fs/errno.ts';
import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import { basename, join } from '../../fs/path.ts';
import type { Stat } from '../../fs/stat.ts';
import { type Facts, obstacles } from './causes.ts';
import { parentPart } from './parents.ts';

/** What could be done with a file and a new name for it. */
export type Deed = 'hard-link' | 'reflink' | 'rename';

export interface Possibility {
  readonly deed: Deed;
  readonly answer: 'yes' | 'no' | 'unknown';
  /** How the kernel would refuse it. */
  readonly errno: Errno | undefined;
  readonly reasons: readonly Reason[];
}

/** Why not, and what would do instead. */
interface Reason {
  readonly why: string;
  readonly tries: readonly string[];
}

/** What is known of reflinks, which no call but the real one tells. */
export interface Reflinks {
  /** One file system, whatever the device says: subvolumes of btrfs have one each. */
  readonly sameFileSystem: (a: Stat, b: Stat) => boolean;
  /** Whether files on the file system of the directory at a path can share data; undefined where that is not known. */
  readonly possible: (directory: string, stat: Stat) => boolean | undefined;
}

/**
 * Whether a file could get a name, or go there. Links and renames are tried in sketches, one each:
 * `rehearse` gives a new one over the same world.
 */
export const can = (
  rehearse: () => Fs,
  facts: Facts,
  reflinks: Reflinks,
  from: string,
  to: string,
  deeds: readonly Deed[],
): readonly Possibility[] =>
  deeds.map((deed) => {
    const fs = rehearse();
    if (deed === 'reflink') return reflink(fs, facts, reflinks, from, to);
    const fault = deed === 'rename' ? fs.rename(fs.cwd, from, fs.cwd, to) : fs.link(fs.cwd, from, fs.cwd, to);
    return verdict(fs, facts, deed, from, to, fault);
  });

/** The name that ln and mv would give: in a directory that is there, the file's own. */
export const nameFor = (fs: Fs, from: string, to: string): string => {
  const there = fs.stat(fs.cwd, to, 'follow');
  return !(there instanceof Fault) && there.kind === 'dir' ? join(to, basename(from.replace(/(?<=.)\/+$/, ''))) : to;
};

const verdict = (fs: Fs, facts: Facts, deed: Deed, from: string, to: string, fault: Fault | undefined): Possibility =>
  fault
    ? { deed, answer: 'no', errno: fault.errno, reasons: reasonsFor(fs, facts, deed, from, to, fault) }
    : { deed, answer: 'yes', errno: undefined, reasons: [] };

const reasonsFor = (fs: Fs, facts: Facts, deed: Deed, from: string, to: string, fault: Fault): readonly Reason[] => {
  if (deed === 'rename' && fault.errno === 'EPERM') return unmovable(fs, facts, from, to);
  if (!toldByObstacles.includes(fault.errno)) return plainReasons(fs, deed, from, to, fault.errno);
  const refused = {
    kind: 'hard',
    from: { at: fs.cwd, path: from, follow: false },
    to: { at: fs.cwd, path: to },
  } as const;
  // Only a replacement minds the sticky bit, and a link replaces nothing.
  const found = obstacles(fs, facts, refused, fault).filter(({ kind }) => kind !== 'sticky directory');
  return found.length > 0 ? found : plainReasons(fs, deed, from, to, fault.errno);
};

const toldByObstacles: readonly Errno[] = ['EXDEV', 'EPERM', 'EMLINK', 'ELOOP', 'EROFS'];

/** Why a rename is EPERM: a sticky directory, or an immutable file or directory (rename(2)). */
const unmovable = (fs: Fs, { uid }: Facts, from: string, to: string): readonly Reason[] => {
  const reasons: Reason[] = [];
  for (const path of [from, to]) {
    const file = fs.stat(fs.cwd, path);
    const parent = parentPart(path) || '.';
    const dir = fs.stat(fs.cwd, parent, 'follow');
    if (file instanceof Fault || dir instanceof Fault) continue;
    if (dir.mode & 0o1000 && ![0, file.uid, dir.uid].includes(uid))
      reasons.push({
        why: `${parent} is sticky (mode +t): only the owner of ${path} may take it from there`,
        tries: [],
      });
    for (const [what, stat] of [[path, file] as const, [parent, dir] as const])
      if (stat.immutable || stat.appendOnly)
        reasons.push({
          why: `${what} is ${stat.immutable ? 'immutable (chattr +i)' : 'append-only (chattr +a)'}`,
          tries: [`chattr ${stat.immutable ? '-i' : '-a'} ${what}`],
        });
  }
  return reasons.length > 0 ? reasons : [{ why: 'the file or its directory does not allow it', tries: [] }];
};

const reflink = (fs: Fs, facts: Facts, known: Reflinks, from: string, to: string): Possibility => {
  const no = (errno: Errno, ...reasons: readonly Reason[]): Possibility => ({
    deed: 'reflink',
    answer: 'no',
    errno,
    reasons,
  });
  const file = fs.stat(fs.cwd, from, 'follow');
  if (file instanceof Fault) return no(file.errno, ...plainReasons(fs, 'reflink', from, to, file.errno));
  if (file.kind !== 'file') return no('EINVAL', { why: 'only regular files share their data', tries: ['cp -a'] });
  const unreadable = fs.access(fs.cwd, from, 'read');
  if (unreadable) return no(unreadable.errno, { why: 'you may not read the file', tries: [] });
  const there = fs.stat(fs.cwd, to);
  if (!(there instanceof Fault))
    return no('EEXIST', { why: 'the name is taken, and a reflink is a new file', tries: ['another name'] });
  const parent = parentPart(to) || '.';
  const dir = fs.stat(fs.cwd, parent, 'follow');
  if (dir instanceof Fault) return no(dir.errno, ...plainReasons(fs, 'reflink', from, to, dir.errno));
  const closed = fs.access(fs.cwd, parent, 'write') ?? fs.access(fs.cwd, parent, 'search');
  if (closed) return no(closed.errno, ...reasonsFor(fs, facts, 'reflink', from, to, closed));
  if (!known.sameFileSystem(file, dir)) {
    const [here, away] = [file, dir].map(({ mountId }) => facts.mount(mountId)?.point ?? 'another mount');
    return no('EXDEV', {
      why: `the file is on ${here} and the new name on ${away}: data is shared within one file system`,
      tries: ['cp'],
    });
  }
  const possible = known.possible(parent, dir);
  if (possible === undefined)
    return {
      deed: 'reflink',
      answer: 'unknown',
      errno: undefined,
      reasons: [{ why: 'whether this file system shares data is not known', tries: ['cp --reflink=auto'] }],
    };
  if (possible) return { deed: 'reflink', answer: 'yes', errno: undefined, reasons: [] };
  const type = facts.mount(dir.mountId)?.type ?? 'this file system';
  return no('EOPNOTSUPP', { why: `${type} here cannot share data between files`, tries: ['cp, or a hard link'] });
};

/** Reasons that the errno tells, once it is known where it comes from. */
const plainReasons = (fs: Fs, deed: Deed, from: string, to: string, errno: Errno): readonly Reason[] => {
  const source = fs.stat(fs.cwd, from);
  const one = (why: string, ...tries: readonly string[]): readonly Reason[] => [{ why, tries }];
  switch (errno) {
    case 'ENOENT':
      return source instanceof Fault
        ? one('the file does not exist')
        : one('the directory of the new name does not exist', 'mkdir -p, or lw make --parents');
    case 'EEXIST':
      return deed === 'rename'
        ? one('the directory of that name holds something')
        : one('the name is taken', 'another name');
    case 'EACCES': {
      const closed = [to, ...(deed === 'rename' ? [from] : [])]
        .map((path) => parentPart(path) || '.')
        .filter((dir) => fs.access(fs.cwd, dir, 'write') || fs.access(fs.cwd, dir, 'search'));
      return closed.length > 0
        ? closed.map((dir) => ({ why: `you may not change names in ${dir}`, tries: [] }))
        : one('a directory on the way may not be searched or changed by you');
    }
    case 'ENOTDIR':
      return one('a directory is needed where there is none');
    case 'EISDIR':
      return one('a directory has that name, and what is renamed is none', 'a slash and a name after it');
    case 'ENOTEMPTY':
      return one('the directory of that name holds something');
    case 'EINVAL':
      return one('a directory cannot be moved into itself');
    case 'EBUSY':
      return one('something is mounted there, or it is the root or a dot', 'umount first');
    case 'ENAMETOOLONG':
      return one('a name has more than 255 bytes, or the path more than 4095');
    case 'EPERM':
      return one('the file or its directory does not allow it');
    default:
      return one(`the kernel would answer ${errno}`);
  }
};
