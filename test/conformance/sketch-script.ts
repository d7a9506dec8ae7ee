/** Scripts of calls as data: what both sides are made to do, and what they said. */
import { Fault } from '../../src/fs/fault.ts';
import type { Entry, Fs, Handle, NodeKind, OpenHow, Times } from '../../src/fs/fs.ts';
import { linkText } from '../../src/fs/link-text.ts';
import type { Stat } from '../../src/fs/stat.ts';

/** Index into `users`. */
export type User = 0 | 1 | 2;

export const users = [
  { name: 'root', uid: 0, gid: 0, groups: [] },
  { name: 'ann', uid: 1001, gid: 1001, groups: [2000] },
  { name: 'bob', uid: 1002, gid: 1002, groups: [2000] },
] as const;

/** What stands in the tree before the calls. Paths are from the root and free of links. */
export type Item = Owned &
  (
    | { readonly kind: 'dir' }
    | { readonly kind: 'file'; readonly content: string }
    | { readonly kind: 'symlink'; readonly text: string }
    | { readonly kind: 'name'; readonly of: string }
    | { readonly kind: 'fifo' }
    /** Directories that are always there get an owner and a mode. */
    | { readonly kind: 'own' }
    /** `length` links `h0` to `h1` and so on, the last to `end`. */
    | { readonly kind: 'chain'; readonly length: number; readonly end: string }
  );

interface Owned {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A path from the working directory, which is the root, or from an open handle. */
export interface Spot {
  readonly at: number | 'cwd';
  readonly path: string;
}

export type Call =
  | { readonly do: 'open'; readonly slot: number; readonly at: Spot; readonly how: OpenHow }
  | { readonly do: 'close'; readonly slot: number }
  | { readonly do: 'chdir'; readonly path: string }
  | { readonly do: 'stat'; readonly at: Spot; readonly follow: boolean }
  | { readonly do: 'readlink'; readonly at: Spot }
  | { readonly do: 'entries'; readonly slot: number }
  | { readonly do: 'access'; readonly at: Spot; readonly wanted: 'read' | 'write' | 'search' }
  | { readonly do: 'link'; readonly from: Spot; readonly to: Spot; readonly follow: boolean }
  | { readonly do: 'symlink'; readonly text: string; readonly to: Spot }
  | { readonly do: 'rename'; readonly from: Spot; readonly to: Spot; readonly how?: 'no-replace' | 'exchange' }
  | { readonly do: 'unlink' | 'rmdir'; readonly at: Spot }
  | { readonly do: 'mkdir'; readonly at: Spot; readonly mode: number }
  | { readonly do: 'mknod'; readonly at: Spot; readonly kind: NodeKind; readonly mode: number; readonly rdev: number }
  | { readonly do: 'chmod'; readonly at: Spot; readonly mode: number; readonly follow: boolean }
  | { readonly do: 'chown'; readonly at: Spot; readonly uid?: number; readonly gid?: number; readonly follow: boolean }
  | {
      readonly do: 'setTimes';
      readonly at: Spot;
      /** In seconds. */
      readonly atime?: number | 'now';
      readonly mtime?: number | 'now';
      readonly follow: boolean;
    }
  | { readonly do: 'read'; readonly slot: number; readonly count: number; readonly position: number }
  | { readonly do: 'write'; readonly slot: number; readonly text: string; readonly position: number }
  | { readonly do: 'truncate'; readonly slot: number; readonly size: number };

export type Step = Call & { readonly as: User };

export interface Script {
  readonly umask: number;
  readonly items: readonly Item[];
  readonly steps: readonly Step[];
  /**
   * Look after every call at every file that was there at the start, and which of its times moved;
   * `strictly` lets the kernel's clock tick before every call, so that each change shows.
   */
  readonly watched: 'no' | 'loosely' | 'strictly';
}

/** A handle that the script holds. */
export interface Slot {
  readonly handle: Handle;
  readonly user: User;
  /** How often the user had changed when it was opened. */
  readonly turn: number;
}

/** What one side has at hand while it runs a script. */
export interface Hands {
  readonly slots: (Slot | undefined)[];
  /** Says which file it is, in words that are equal on both sides. */
  readonly tell: (stat: Stat) => string;
  /** The kernel would wait for the other end of a fifo. */
  readonly hasFifos: boolean;
  readonly chdir: (path: string) => string | undefined;
  turn: number;
}

/** The call is left out on both sides. */
export const left = 'left out';

/** Runs one call and says how it ended: a value, or the call and errno that refused. */
export const perform = (fs: Fs, hands: Hands, step: Step): string => {
  const { slots } = hands;
  const dir = ({ at }: Spot): Handle | undefined => (at === 'cwd' ? fs.cwd : slots[at]?.handle);
  const followed = (follow: boolean): 'follow' | undefined => (follow ? 'follow' : undefined);
  switch (step.do) {
    case 'open': {
      const at = dir(step.at);
      if (!at) return left;
      if (hands.hasFifos && wouldWait(fs, at, step.at.path, step.how)) return left;
      const opened = fs.open(at, step.at.path, step.how);
      if (opened instanceof Fault) return ended(opened);
      slots[step.slot]?.handle[Symbol.dispose]();
      slots[step.slot] = { handle: opened, user: step.as, turn: hands.turn };
      return told(hands, fs.stat(opened, ''));
    }
    case 'close': {
      const slot = slots[step.slot];
      if (!slot) return left;
      slot.handle[Symbol.dispose]();
      slots[step.slot] = undefined;
      return 'done';
    }
    case 'chdir': {
      const errno = hands.chdir(step.path);
      return errno === undefined ? 'done' : `chdir ${errno}`;
    }
    case 'entries': {
      const slot = slots[step.slot];
      if (!slot) return left;
      const entries = fs.entries(slot.handle);
      // What was made since it was opened may be among them or not: btrfs leaves it out.
      const direct = entries instanceof Fault ? ended(entries) : 'listed';
      const again = fs.open(slot.handle, '.', { access: 'read', directory: true });
      if (again instanceof Fault) return `${direct}, again: ${ended(again)}`;
      using dir = again;
      return `${direct}, again: ${listed(fs.entries(dir))}`;
    }
    case 'read': {
      const slot = slots[step.slot];
      if (!slot) return left;
      const bytes = new Uint8Array(step.count);
      const count = fs.read(slot.handle, bytes, step.position);
      return count instanceof Fault ? ended(count) : latin1(bytes.subarray(0, count));
    }
    case 'write': {
      const slot = slots[step.slot];
      if (!slot) return left;
      const count = fs.write(slot.handle, toBytes(step.text), step.position);
      return count instanceof Fault ? ended(count) : `${count} bytes`;
    }
    case 'truncate': {
      const slot = slots[step.slot];
      return slot ? ended(fs.truncate(slot.handle, step.size)) : left;
    }
    case 'link':
    case 'rename': {
      const from = dir(step.from);
      const to = dir(step.to);
      if (!from || !to) return left;
      if (step.do === 'rename') return ended(fs.rename(from, step.from.path, to, step.to.path, step.how));
      if (step.from.path === '' && reopenedCredentials(hands, step)) return left;
      return ended(fs.link(from, step.from.path, to, step.to.path, followed(step.follow)));
    }
    case 'symlink': {
      const to = dir(step.to);
      return to ? ended(fs.symlink(linkText(step.text), to, step.to.path)) : left;
    }
  }
  const at = dir(step.at);
  if (!at) return left;
  const { path } = step.at;
  switch (step.do) {
    case 'stat':
      return told(hands, fs.stat(at, path, followed(step.follow)));
    case 'readlink': {
      const text = fs.readlink(at, path);
      return text instanceof Fault ? ended(text) : `-> ${text}`;
    }
    case 'access':
      return ended(fs.access(at, path, step.wanted));
    case 'unlink':
      return ended(fs.unlink(at, path));
    case 'rmdir':
      return ended(fs.rmdir(at, path));
    case 'mkdir':
      return ended(fs.mkdir(at, path, step.mode));
    case 'mknod':
      return ended(fs.mknod(at, path, step.kind, step.mode, step.rdev));
    case 'chmod':
      return ended(fs.chmod(at, path, step.mode, followed(step.follow)));
    case 'chown':
      return ended(fs.chown(at, path, { uid: step.uid, gid: step.gid }, followed(step.follow)));
    case 'setTimes':
      return ended(
        fs.setTimes(at, path, { atime: moment(step.atime), mtime: moment(step.mtime) }, followed(step.follow)),
      );
  }
};

/** Makes the items as root. What cannot be made, because the script is being shrunk, is left out. */
export const build = (fs: Fs, items: readonly Item[]): void => {
  for (const item of items) {
    make(fs, item);
    // `name` and `chain` have no owner of their own.
    if (item.kind === 'name' || item.kind === 'chain') continue;
    if (item.uid !== 0 || item.gid !== 0) fs.chown(fs.cwd, item.path, { uid: item.uid, gid: item.gid });
    if (item.kind !== 'symlink') fs.chmod(fs.cwd, item.path, item.mode, 'follow');
  }
  for (const { path } of items) fs.setTimes(fs.cwd, path, longAgo);
};

/** Small enough to tell from a time that a call has set. */
export const longAgo: Times = { atime: 1_000_000_000n, mtime: 1_000_000_000n };

const make = (fs: Fs, item: Item): void => {
  switch (item.kind) {
    case 'own':
      return;
    case 'dir':
      fs.mkdir(fs.cwd, item.path, 0o700);
      return;
    case 'file': {
      const made = fs.open(fs.cwd, item.path, { access: 'write', create: 'exclusive', mode: 0o600 });
      if (made instanceof Fault) return;
      if (item.content !== '') fs.write(made, toBytes(item.content), 0);
      made[Symbol.dispose]();
      return;
    }
    case 'symlink':
      fs.symlink(linkText(item.text), fs.cwd, item.path);
      return;
    case 'name':
      fs.link(fs.cwd, item.of, fs.cwd, item.path);
      return;
    case 'fifo':
      fs.mknod(fs.cwd, item.path, 'fifo', 0o600);
      return;
    case 'chain':
      for (let i = 0; i < item.length; i++)
        fs.symlink(linkText(i + 1 < item.length ? `h${i + 1}` : item.end), fs.cwd, item.path.replace(/h0$/, `h${i}`));
  }
};

/** A stat without what differs from machine to machine; `tell` names the file. */
export const statWords = ({ kind, mode, nlink, uid, gid, size, rdev, atime, mtime }: Stat): string =>
  `${kind} ${mode.toString(8)} ${nlink} names ${uid}:${gid}${kind === 'file' || kind === 'symlink' ? ` ${size} bytes` : ''}${
    rdev === 0 ? '' : ` device ${rdev}`
  } ${when(atime)} ${when(mtime)}`;

/** Times that were set are exact; others are only known to be the clock's. */
const when = (time: bigint): string => (time < 1_000_000_000_000_000n ? `${time / 1_000_000_000n}s` : 'now');

const told = (hands: Hands, stat: Stat | Fault): string =>
  stat instanceof Fault ? ended(stat) : `${statWords(stat)} ${hands.tell(stat)}`;

const ended = (fault: Fault | undefined): string => (fault ? `${fault.call} ${fault.errno}` : 'done');

const listed = (entries: readonly Entry[] | Fault): string =>
  entries instanceof Fault
    ? ended(entries)
    : entries
        .map(({ name, kind }) => `${name} ${kind}`)
        .sort()
        .join(', ');

const wouldWait = (fs: Fs, at: Handle, path: string, { access, nofollow = false, resolve }: OpenHow): boolean => {
  if (access === 'path') return false;
  const there = fs.open(at, path, { access: 'path', nofollow, ...(resolve && { resolve }) });
  if (there instanceof Fault) return false;
  using handle = there;
  const stat = fs.stat(handle, '');
  return !(stat instanceof Fault) && (stat.kind === 'fifo' || stat.kind === 'char' || stat.kind === 'block');
};

/**
 * linkat(2) with AT_EMPTY_PATH asks whether the very credentials opened the file. One process that
 * plays several users loses them at each change, which several processes would not.
 */
const reopenedCredentials = ({ slots, turn }: Hands, { from, as }: Step & { readonly from: Spot }): boolean => {
  const slot = from.at === 'cwd' ? undefined : slots[from.at];
  return slot !== undefined && as !== 0 && slot.user === as && slot.turn !== turn;
};

const moment = (seconds: number | 'now' | undefined): bigint | 'now' | undefined =>
  typeof seconds === 'number' ? BigInt(seconds) * 1_000_000_000n : seconds;

const toBytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
