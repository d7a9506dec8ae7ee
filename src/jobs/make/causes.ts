import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import type { Stat } from '../../fs/stat.ts';
import { parentPart } from './parents.ts';
import type { Refused } from './process.ts';

/** A fact about this machine that `Fs` does not tell. */
export interface Facts {
  readonly uid: number;
  /** fs.protected_hardlinks (proc_sys_fs(5)). */
  readonly protectedHardlinks: boolean;
  /** By the mount's id. */
  readonly mount: (
    id: number,
  ) => { readonly point: string; readonly type: string; readonly readOnly: boolean } | undefined;
  /** What a type of file system can do, as far as its name tells. */
  readonly fileSystem: (type: string) => {
    readonly hardLinks?: boolean;
    readonly symlinks?: boolean;
    readonly namesMax?: number;
  };
}

/** Something in the way of a link: a clause for people, and what would do instead. */
export interface Obstacle {
  readonly kind: ObstacleKind;
  readonly why: string;
  readonly tries: readonly string[];
}

type ObstacleKind =
  | 'other file system'
  | 'other mount'
  | 'directory'
  | 'immutable'
  | 'protected hard link'
  | 'no hard links'
  | 'no symbolic links'
  | 'link limit'
  | 'loop'
  | 'read-only'
  | 'sticky directory';

/**
 * What stands in the way of a link from here to there, most certain first. It looks at the file and at the directory of
 * the new name; with the file system's own refusal it tells only what explains that.
 */
export const obstacles = (
  fs: Fs,
  facts: Facts,
  { kind, from, to }: Omit<Refused, 'fault'>,
  refusal?: Fault,
): readonly Obstacle[] => {
  const dir = fs.stat(to.at, parentPart(to.path) || '.', 'follow');
  const file = from ? fs.stat(from.at, from.path, from.follow ? 'follow' : undefined) : undefined;
  const found: Obstacle[] = [];
  if (
    refusal?.errno === 'ELOOP' ||
    (dir instanceof Fault && dir.errno === 'ELOOP') ||
    (file instanceof Fault && file.errno === 'ELOOP')
  )
    found.push({
      kind: 'loop',
      why: 'symbolic links on the way lead back to each other, or there are more than 40',
      tries: ['lw why PATH'],
    });
  if (!(dir instanceof Fault)) found.push(...inDirectory(facts, kind, dir));
  if (file && !(file instanceof Fault)) {
    found.push(...ofFile(facts, file));
    if (!(dir instanceof Fault)) found.push(...between(facts, file, dir));
  }
  const explains = refusal && explaining[refusal.errno];
  return explains ? found.filter((obstacle) => explains.includes(obstacle.kind)) : found;
};

/** Which obstacles each refusal can mean. */
const explaining: Readonly<Record<string, readonly ObstacleKind[]>> = {
  EXDEV: ['other file system', 'other mount'],
  EPERM: ['directory', 'immutable', 'protected hard link', 'no hard links', 'no symbolic links', 'sticky directory'],
  EOPNOTSUPP: ['no hard links', 'no symbolic links'],
  EMLINK: ['link limit'],
  ELOOP: ['loop'],
  EROFS: ['read-only'],
};

const inDirectory = (facts: Facts, kind: 'hard' | 'symbolic', dir: Stat): readonly Obstacle[] => {
  const found: Obstacle[] = [];
  const mount = facts.mount(dir.mountId);
  if (dir.immutable || dir.appendOnly)
    found.push({
      kind: 'immutable',
      why: dir.immutable
        ? 'the directory of the new name is immutable (chattr +i)'
        : 'the directory of the new name takes new names only, and nothing in it can be replaced (chattr +a)',
      tries: [dir.immutable ? 'chattr -i DIRECTORY' : 'chattr -a DIRECTORY'],
    });
  if (!mount) return found;
  if (mount.readOnly)
    found.push({
      kind: 'read-only',
      why: `${mount.point} is mounted read-only`,
      tries: [`mount -o remount,rw ${mount.point}`],
    });
  const able = facts.fileSystem(mount.type);
  if (kind === 'hard' && able.hardLinks === false)
    found.push({ kind: 'no hard links', why: `${mount.type} has no hard links`, tries: ['ln -s, or cp'] });
  if (kind === 'symbolic' && able.symlinks === false)
    found.push({ kind: 'no symbolic links', why: `${mount.type} has no symbolic links`, tries: ['cp'] });
  if ((dir.mode & 0o1000) !== 0 && facts.uid !== 0 && facts.uid !== dir.uid)
    found.push({
      kind: 'sticky directory',
      why: 'in this directory (mode +t) only its owner may replace what belongs to others',
      tries: ['another name'],
    });
  return found;
};

const ofFile = (facts: Facts, file: Stat): readonly Obstacle[] => {
  const found: Obstacle[] = [];
  if (file.kind === 'dir')
    found.push({
      kind: 'directory',
      why: 'it is a directory, and Linux gives those one name only',
      tries: ['ln -s, or mount --bind'],
    });
  if (file.immutable || file.appendOnly)
    found.push({
      kind: 'immutable',
      why: `the file is ${file.immutable ? 'immutable (chattr +i)' : 'append-only (chattr +a)'}`,
      tries: [file.immutable ? 'chattr -i FILE' : 'chattr -a FILE'],
    });
  if (facts.protectedHardlinks && facts.uid !== 0 && facts.uid !== file.uid && !isSafeSource(file))
    found.push({
      kind: 'protected hard link',
      why: `it belongs to another user (${file.uid}), and fs.protected_hardlinks is 1: then the file must be one that you may read and write, and no set-user-ID program`,
      tries: ['ln -s, or let its owner make the link'],
    });
  const mount = facts.mount(file.mountId);
  const most = mount && facts.fileSystem(mount.type).namesMax;
  if (most !== undefined && file.nlink >= most)
    found.push({
      kind: 'link limit',
      why: `it has ${file.nlink} names, and ${mount?.type} allows no more`,
      tries: ['cp --reflink=auto for a second file'],
    });
  return found;
};

/** As far as the mode tells: safe_hardlink_source() in the kernel's fs/namei.c, for others than owner and group. */
const isSafeSource = ({ kind, mode }: Stat): boolean =>
  kind === 'file' && (mode & 0o4000) === 0 && (mode & 0o2010) !== 0o2010 && (mode & 0o006) === 0o006;

const between = (facts: Facts, file: Stat, dir: Stat): readonly Obstacle[] => {
  if (file.dev === dir.dev && file.mountId === dir.mountId) return [];
  const [here, there] = [file, dir].map(({ mountId }) => facts.mount(mountId)?.point ?? 'another mount') as [
    string,
    string,
  ];
  if (file.dev !== dir.dev)
    return [
      {
        kind: 'other file system',
        why: `the file is on ${here} and the new name on ${there}: a file has all its names on one file system`,
        tries: ['ln -s, or cp'],
      },
    ];
  return [
    {
      kind: 'other mount',
      why: `the file is reached through the mount at ${here} and the new name through that at ${there}: they are one file system, and Linux still refuses links from one mount to another`,
      tries: [`paths of both through one mount, or ln -s`],
    },
  ];
};
