/** What this kernel, with this user, allows: each is asked by a call that changes nothing, or read where the kernel tells it. */
import { readFileSync } from 'node:fs';
import { machine, release } from 'node:os';
import type { Errno } from '../fs/errno.ts';
import { Fault } from '../fs/fault.ts';
import { STATX_MNT_ID } from './abi.ts';
import { watchGroup } from './fanotify.ts';
import { kernel } from './kernel.ts';
import { statxMask } from './statx-mask.ts';

export interface Capabilities {
  readonly release: string;
  readonly machine: string;
  /** `yes`, or the kernel's refusal. */
  readonly openat2: 'yes' | Errno;
  readonly statxMountId: boolean;
  /** linkat(2) with AT_EMPTY_PATH, by this user. */
  readonly linkByHandle: 'yes' | Errno;
  /** A fanotify group that tells names and inodes, for this user. */
  readonly fanotify: 'yes' | Errno;
  /** proc_sys_fs(5); undefined where it cannot be read. */
  readonly protectedHardlinks: number | undefined;
  readonly protectedSymlinks: number | undefined;
  readonly protectedRegular: number | undefined;
  readonly protectedFifos: number | undefined;
  readonly userId: number | undefined;
  /** Effective capabilities (capabilities(7)) among those that matter to links; undefined where unknown. */
  readonly privileges: ReadonlySet<Privilege> | undefined;
  /** The capabilities count inside a user namespace only (user_namespaces(7)). */
  readonly inUserNamespace: boolean | undefined;
  readonly openFilesMax: number | undefined;
  readonly inotifyWatchesMax: number | undefined;
  readonly inotifyInstancesMax: number | undefined;
}

/** linux/capability.h. */
const privilegeBits = {
  CAP_DAC_OVERRIDE: 1,
  CAP_DAC_READ_SEARCH: 2,
  CAP_FOWNER: 3,
  CAP_LINUX_IMMUTABLE: 9,
  CAP_SYS_ADMIN: 21,
} as const;
export type Privilege = keyof typeof privilegeBits;

export const readCapabilities = (): Capabilities => ({
  release: release(),
  machine: machine(),
  openat2: tryOpenat2(),
  statxMountId: ((statxMask(kernel.cwd) ?? 0) & STATX_MNT_ID) !== 0,
  linkByHandle: tryLinkByHandle(),
  fanotify: tryFanotify(),
  ...readLinkProtections(),
  protectedRegular: readNumber('/proc/sys/fs/protected_regular'),
  protectedFifos: readNumber('/proc/sys/fs/protected_fifos'),
  userId: process.geteuid?.(),
  privileges: readPrivileges(),
  inUserNamespace: readUserNamespace(),
  openFilesMax: readOpenFilesMax(),
  inotifyWatchesMax: readNumber('/proc/sys/fs/inotify/max_user_watches'),
  inotifyInstancesMax: readNumber('/proc/sys/fs/inotify/max_user_instances'),
});

/** proc_sys_fs(5), protected_hardlinks and protected_symlinks: 0 or 1, undefined where they cannot be read. */
export const readLinkProtections = (): Pick<Capabilities, 'protectedHardlinks' | 'protectedSymlinks'> => ({
  protectedHardlinks: readNumber('/proc/sys/fs/protected_hardlinks'),
  protectedSymlinks: readNumber('/proc/sys/fs/protected_symlinks'),
});

const tryOpenat2 = (): 'yes' | Errno => {
  const opened = kernel.open(kernel.cwd, '/', { access: 'path', resolve: { noMagicLinks: true } });
  if (opened instanceof Fault) return opened.errno;
  opened[Symbol.dispose]();
  return 'yes';
};

/**
 * Asks for the one name that can never be made, `/`. Kernels before 6.10 refuse the empty path
 * without CAP_DAC_READ_SEARCH first, by ENOENT (open(2), AT_EMPTY_PATH); then comes EEXIST.
 */
const tryLinkByHandle = (): 'yes' | Errno => {
  const opened = kernel.open(kernel.cwd, '/', { access: 'path' });
  if (opened instanceof Fault) return opened.errno;
  using handle = opened;
  const refused = kernel.link(handle, '', kernel.cwd, '/');
  return refused && refused.errno !== 'EEXIST' ? refused.errno : 'yes';
};

const tryFanotify = (): 'yes' | Errno => {
  const group = watchGroup();
  if (typeof group === 'string') return group;
  group[Symbol.dispose]();
  return 'yes';
};

const readPrivileges = (): ReadonlySet<Privilege> | undefined => {
  const digits = /^CapEff:\s*([0-9a-f]+)$/m.exec(read('/proc/self/status') ?? '')?.[1];
  if (digits === undefined) return undefined;
  const mask = BigInt(`0x${digits}`);
  const names = Object.keys(privilegeBits) as Privilege[];
  return new Set(names.filter((name) => (mask >> BigInt(privilegeBits[name])) & 1n));
};

/** The first namespace maps every user to itself: one line, from 0, of all 2³²-1. */
const readUserNamespace = (): boolean | undefined => {
  const map = read('/proc/self/uid_map');
  return map === undefined ? undefined : map.trim().split(/\s+/).join(' ') !== '0 0 4294967295';
};

/** proc_pid_limits(5). */
const readOpenFilesMax = (): number | undefined => {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(read('/proc/self/limits') ?? '')?.[1];
  return soft === 'unlimited' ? Infinity : soft === undefined ? undefined : Number(soft);
};

const readNumber = (path: string): number | undefined => {
  const text = read(path)?.trim();
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
};

/** Undefined where this kernel has no such file or does not let us read it. */
const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};
