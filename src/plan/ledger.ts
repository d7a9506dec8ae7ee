import { Fault } from '../fs/fault.ts';
import type { Fs, Handle } from '../fs/fs.ts';
import type { Stat } from '../fs/stat.ts';

/** Where plans are written down and displaced things are kept, and who does it. */
export interface Ledger extends Who, Disposable {
  readonly fs: Fs;
  /** The state directory: ours alone. */
  readonly state: Handle;
  /** `journals/` in it. */
  readonly journals: Handle;
  /** `aside/` in it. */
  readonly aside: Handle;
}

/** What code over `Fs` cannot know by itself. */
export interface Who {
  /** The effective user. */
  readonly uid: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** So many characters of 0-9 and a-z that nobody can guess. */
  readonly random: (length: number) => string;
  /** This process, in a way that no later one has. */
  readonly process: string;
  readonly isAlive: (process: string) => boolean;
  /** The type of the file system on a device, as mountinfo names it. */
  readonly fileSystemType?: (dev: number) => string | undefined;
}

/** A directory that cannot serve, and why. */
export interface Unfit {
  readonly directory: string;
  readonly why: Fault | 'not a directory' | 'of another user' | 'open to others';
}

/** Opens the state directory, and makes it where there is none. */
export const openLedger = (fs: Fs, at: Handle, path: string, who: Who): Ledger | Unfit => {
  const above = makeParents(fs, at, path);
  if (above) return above;
  const state = ownDirectory(fs, at, path, who.uid);
  if (!('fd' in state)) return state;
  const journals = ownDirectory(fs, state, 'journals', who.uid);
  if (!('fd' in journals)) {
    state[Symbol.dispose]();
    return journals;
  }
  const aside = ownDirectory(fs, state, 'aside', who.uid);
  if (!('fd' in aside)) {
    journals[Symbol.dispose]();
    state[Symbol.dispose]();
    return aside;
  }
  return {
    ...who,
    fs,
    state,
    journals,
    aside,
    [Symbol.dispose]() {
      for (const handle of [aside, journals, state]) handle[Symbol.dispose]();
    },
  };
};

/** A directory that nobody else can enter, made where nothing stands. A link in its place does not count. */
export const ownDirectory = (fs: Fs, at: Handle, path: string, uid: number): Handle | Unfit => {
  const unfit = (why: Unfit['why']): Unfit => ({ directory: path, why });
  const refused = fs.mkdir(at, path, 0o700);
  if (refused && refused.errno !== 'EEXIST') return unfit(refused);
  const handle = fs.open(at, path, { access: 'read', directory: true, nofollow: true });
  if (handle instanceof Fault)
    return unfit(handle.errno === 'ENOTDIR' || handle.errno === 'ELOOP' ? 'not a directory' : handle);
  const stat = fs.stat(handle, '');
  const why = stat instanceof Fault ? stat : whyNotOurs(stat, uid);
  if (!why) return handle;
  handle[Symbol.dispose]();
  return unfit(why);
};

const whyNotOurs = (stat: Stat, uid: number): Unfit['why'] | undefined =>
  stat.uid !== uid ? 'of another user' : stat.mode & 0o077 ? 'open to others' : undefined;

const makeParents = (fs: Fs, at: Handle, path: string): Unfit | undefined => {
  for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
    const directory = path.slice(0, end);
    const refused = fs.stat(at, directory, 'follow') instanceof Fault ? fs.mkdir(at, directory, 0o700) : undefined;
    if (refused && refused.errno !== 'EEXIST') return { directory, why: refused };
  }
  return undefined;
};
