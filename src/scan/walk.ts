import { decodeBytes, encodeBytes } from '../fs/bytes.ts';
import { errnoName, errnoNumber } from '../fs/errno.ts';
import type { Handle } from '../fs/fs.ts';
import { dirent, direntType, type Probe, probeLayout, statxField } from '../fs/probe.ts';
import type { End } from '../trace/route.ts';
import {
  Census,
  dirField,
  ends,
  fileField,
  hasOtherNames,
  type Level,
  leadsToDir,
  linkField,
  nameField,
  noDir,
  noText,
  notedField,
  type Root,
  targetField,
} from './census.ts';
import { mix } from './columns.ts';

export interface WalkOptions {
  readonly level: Level;
  /** Do not enter directories of another device than their root's, as find -xdev. */
  readonly oneFileSystem?: boolean;
  /** Whether to enter a file system below the roots: those of the kernel itself hold no files. */
  readonly enters?: (dev: number) => boolean;
  /** Left out with all that lies below it. The path is from its root, without a leading slash. */
  readonly excludes?: (path: string, isDir: boolean, root: Root) => boolean;
  /** What `/` is for link texts, where that is not the machine's own. */
  readonly root?: Handle;
  /** Ask only for inodes whose number, as the directory gives it, passes. At mount points and on stacked file systems that number is not the inode's. */
  readonly wanted?: (inoLow: number, inoHigh: number, dev: number) => boolean;
  /** Fill `targets` of the census: what is needed to find a lost target again. */
  readonly remembers?: boolean;
  /** Fill `noted` of the census with entries that pass, directories excepted. The NUL-ended name is at `name` of `bytes`. */
  readonly notes?: (inoLow: number, inoHigh: number, dev: number, bytes: Uint8Array, name: number) => boolean;
}

/** Somebody who reads directories before the walk comes to them. */
export interface ReadAhead {
  wants(): boolean;
  /** Takes over an open directory, and will close it. */
  take(fd: number): void;
}

const { statx: statxAt, text: textAt, dents } = probeLayout;
const { devMajor, devMinor } = statxField;
const inoWord = (statxAt + statxField.ino) >> 2;
const modeHalf = (statxAt + statxField.mode) >> 1;
const nlinkWord = (statxAt + statxField.nlink) >> 2;
const uidWord = (statxAt + statxField.uid) >> 2;
const gidWord = (statxAt + statxField.gid) >> 2;
const sizeWord = (statxAt + statxField.size) >> 2;
const blocksWord = (statxAt + statxField.blocks) >> 2;
const attributesWord = (statxAt + statxField.attributes) >> 2;
const majorWord = (statxAt + devMajor) >> 2;
const minorWord = (statxAt + devMinor) >> 2;

const maskWord = (statxAt + statxField.mask) >> 2;
/** Seconds; nanoseconds are the word after the next. */
const bornWord = (statxAt + statxField.btime) >> 2;
const mtimeWord = (statxAt + statxField.mtime) >> 2;
const hasBirthTime = 0x800;
const mountRoot = 0x2000;
/** NAME_MAX (limits.h), and more: a file system may allow longer names. */
const nameMax = 4095;
const typeBits = 0o170000;
const dirMode = 0o040000;

const ENOENT = errnoNumber('ENOENT');
const ENOTDIR = errnoNumber('ENOTDIR');
const ELOOP = errnoNumber('ELOOP');
const EACCES = errnoNumber('EACCES');
const ENAMETOOLONG = errnoNumber('ENAMETOOLONG');
const EINVAL = errnoNumber('EINVAL');
const EMFILE = errnoNumber('EMFILE');

const state = (end: End['kind']): number => ends.indexOf(end);
const unknownState = state('unknown');

/** The end that an errno of a following stat(2) tells; ELOOP may also be more than 40 links, which `trace` can tell. */
const stateOfErrno = (errno: number): number => {
  switch (errno) {
    case ENOENT:
      return state('missing');
    case ELOOP:
      return state('loop');
    case ENOTDIR:
      return state('not-a-directory');
    case EACCES:
      return state('permission');
    case ENAMETOOLONG:
      return state('name-too-long');
    default:
      return unknownState;
  }
};

/** The place of a name that is not in the census's strings. */
const unstored = -1;
/** In its stead, of an entry that is no longer what the directory said; of one that may not be looked at. */
const gone = -2;
const closed = -3;

/** Directories kept open for their children: more are closed, oldest first, and found again by their names. */
const openMost = 512;
/** The answer in place of an errno where a path is too long to be asked for. */
const unasked = -4096;

/** An open directory and how many of its children have still to be opened from it. */
interface Open {
  fd: number;
  children: number;
}

/**
 * The walk: every directory is opened from its parent's handle and known by its identity, so no
 * rename elsewhere in the path can lead it astray and none is entered twice. What it meets is
 * packed into a census. `step` works for a while and returns, so that a caller can show progress
 * and stop.
 */
export class Walk {
  readonly census: Census;
  readonly #probe: Probe;
  readonly #options: WalkOptions;
  readonly #pending: number[] = [];
  #rootsLeft = 0;
  /** Pending directories below this place have been handed out to be read ahead. */
  #ahead = 0;
  readonly #open = new Map<number, Open>();
  /** How many of them hold a descriptor, and how many may: fewer once the process has no more to give. */
  #held = 0;
  #openLimit = openMost;
  readonly #rootFds: number[] = [];
  readonly #rootDevices: number[] = [];
  readonly #entered = new Map<number, boolean>();
  readonly #full: boolean;
  readonly #readsLinks: boolean;
  /** Even of links that lead somewhere. */
  readonly #readsTexts: boolean;

  constructor(probe: Probe, options: WalkOptions) {
    this.census = new Census(options.level);
    this.#probe = probe;
    this.#options = options;
    this.#full = options.level === 'full';
    this.#readsLinks = options.level !== 'names';
    this.#readsTexts = options.level !== 'ends';
  }

  /** Adds an open, readable directory to start from. The caller keeps the handle until the walk is done. */
  addRoot(handle: Handle, root: Root): void {
    const { census } = this;
    const number = census.roots.push(root) - 1;
    this.#rootFds.push(handle.fd);
    if (this.#probe.fstat(handle.fd) === 0) this.#rootDevices.push(this.#device());
    this.#pending.push(this.#addDir(noDir, number));
    this.#rootsLeft++;
  }

  /** Directories not yet entered. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Roots not yet begun: the last that was added is the first to be walked. */
  get rootsLeft(): number {
    return this.#rootsLeft;
  }

  /** Hands out directories that the walk will come to last. */
  feed(ahead: ReadAhead): void {
    const { dirs } = this.census;
    this.#ahead = Math.min(this.#ahead, this.#pending.length);
    while (this.#ahead < this.#pending.length - 1 && ahead.wants()) {
      const row = this.#pending[this.#ahead++]!;
      const parent = dirs.words[row * dirField.width + dirField.parent]!;
      const parentFd = parent === noDir ? -1 : this.#fdOf(parent);
      const fd = parentFd < 0 ? -1 : this.#probe.openDir(parentFd, this.#putName(row));
      if (fd >= 0) ahead.take(fd);
    }
  }

  /** Walks on until about `budget` more entries are seen; true when nothing is left. */
  step(budget: number): boolean {
    const until = this.census.counts.entries + budget;
    while (this.#pending.length > 0) {
      this.#visit(this.#pending.pop()!);
      if (this.census.counts.entries >= until) return this.#pending.length === 0;
    }
    return true;
  }

  /** Ends it before it is done: what was not entered stays unread. */
  stop(): void {
    if (this.#pending.length > 0) this.census.stopped = true;
    for (const row of this.#pending) this.census.unread.add(row);
    this.#pending.length = 0;
  }

  /** Releases what an unfinished walk holds. */
  [Symbol.dispose](): void {
    this.stop();
    for (const open of this.#open.values()) this.#release(open);
    this.#open.clear();
  }

  #addDir(parent: number, name: number): number {
    const { dirs } = this.census;
    const at = dirs.add();
    dirs.words[at + dirField.parent] = parent;
    dirs.words[at + dirField.name] = name;
    return dirs.count - 1;
  }

  #visit(row: number): void {
    const { census } = this;
    const { words } = census.dirs;
    const parent = words[row * dirField.width + dirField.parent]!;
    const isRoot = parent === noDir;
    if (isRoot) this.#rootsLeft--;
    const fd = isRoot ? this.#rootFds[words[row * dirField.width + dirField.name]!]! : this.#enter(row, parent);
    if (fd < 0) return;
    const children = this.#isNew(row, fd, isRoot) ? this.#read(row, fd) : 0;
    if (isRoot) return;
    if (children === 0) this.#probe.close(fd);
    else {
      this.#open.set(row, { fd, children });
      if (++this.#held > this.#openLimit) this.#closeOldest();
    }
  }

  /** Opens a directory from its parent, and lets go of the parent after its last child. */
  #enter(row: number, parent: number): number {
    const open = this.#open.get(parent);
    const parentFd = open && open.fd >= 0 ? open.fd : this.#fdOf(parent);
    const fd = parentFd < 0 ? parentFd : this.#openDir(parentFd, row);
    if (open && --open.children === 0) {
      this.#release(open);
      this.#open.delete(parent);
    }
    if (fd >= 0) return fd;
    if (fd === -ENOENT || fd === -ENOTDIR || fd === -ELOOP) this.census.counts.vanished++;
    else this.#unreadable(row, 'openat', -fd);
    return fd;
  }

  /** A directory of which nothing but its name is known. */
  #unreadable(row: number, call: string, errno: number): void {
    const { counts, unread } = this.census;
    counts.entries++;
    counts.dirs++;
    unread.add(row);
    this.#blind(this.census.dirPath(row), call, errno);
  }

  #openDir(parentFd: number, row: number): number {
    const fd = this.#probe.openDir(parentFd, this.#putName(row));
    if (fd !== -EMFILE || this.#held < 2) return fd;
    this.#spare();
    const parent = this.census.dirs.words[row * dirField.width + dirField.parent]!;
    const again = this.#fdOf(parent);
    return again < 0 ? again : this.#openDir(again, row);
  }

  /** Writes a directory's name where the probe reads it. */
  #putName(row: number): number {
    const { strings, dirs } = this.census;
    const from = dirs.words[row * dirField.width + dirField.name]!;
    const { bytes } = this.#probe;
    let i = 0;
    do bytes[probeLayout.name + i] = strings.bytes[from + i]!;
    while (strings.bytes[from + i++] !== 0);
    return probeLayout.name;
  }

  /** The descriptor of a directory whose children are being entered. */
  #fdOf(row: number): number {
    for (;;) {
      const fd = this.#findAgain(row);
      if (fd !== -EMFILE || this.#held < 2) return fd;
      this.#spare();
    }
  }

  /** Goes to a directory by name and identity, from the nearest one above that is still open. Those just above it stay open. */
  #findAgain(row: number): number {
    const { words } = this.census.dirs;
    const way: number[] = [];
    let fd = -1;
    for (let at = row; fd < 0; at = words[at * dirField.width + dirField.parent]!) {
      const isRoot = words[at * dirField.width + dirField.parent] === noDir;
      fd = isRoot ? this.#rootFds[words[at * dirField.width + dirField.name]!]! : (this.#open.get(at)?.fd ?? -1);
      if (fd < 0) way.push(at);
    }
    let passed = -1;
    for (let left = way.length; left > 0; left--) {
      const next = way[left - 1]!;
      const opened = this.#openAgain(fd, next);
      if (passed >= 0) this.#probe.close(passed);
      if (opened < 0) return opened;
      fd = opened;
      const open = left === 1 || left * 2 <= this.#openLimit ? this.#open.get(next) : undefined;
      passed = open ? -1 : fd;
      if (open) {
        open.fd = fd;
        this.#held++;
      }
    }
    return fd;
  }

  #openAgain(parentFd: number, row: number): number {
    const fd = this.#probe.openDir(parentFd, this.#putName(row));
    if (fd < 0 || (this.#probe.fstat(fd) === 0 && this.#isRow(row))) return fd;
    this.#probe.close(fd);
    return -ENOENT;
  }

  /** Makes do with half of the descriptors held now; lets go of all, since those still needed are found again. */
  #spare(): void {
    this.#openLimit = this.#held >> 1;
    for (const open of this.#open.values()) this.#release(open);
  }

  /** Closes half of the directories that are kept open, those entered first. */
  #closeOldest(): void {
    let left = Math.floor(this.#held / 2);
    for (const open of this.#open.values()) {
      if (left <= 0) return;
      if (open.fd >= 0) left--;
      this.#release(open);
    }
  }

  #release(open: Open): void {
    if (open.fd < 0) return;
    this.#probe.close(open.fd);
    open.fd = -1;
    this.#held--;
  }

  /** Whether `statx` in the block describes the directory of a row. */
  #isRow(row: number): boolean {
    const { words } = this.#probe;
    const { census } = this;
    const at = row * dirField.width;
    return (
      census.dirs.words[at + dirField.inoLow] === words[inoWord] &&
      census.dirs.words[at + dirField.inoHigh] === words[inoWord + 1] &&
      census.dirs.words[at + dirField.device] === this.#device()
    );
  }

  /** A hash of the birth time of what `statx` in the block describes; 0 where it has none. */
  #born(): number {
    const { words } = this.#probe;
    return words[maskWord]! & hasBirthTime ? mix(words[bornWord]!, words[bornWord + 2]!, 0) || 1 : 0;
  }

  #device(): number {
    const { words } = this.#probe;
    return this.census.device(words[majorWord]! * 0x100000 + words[minorWord]!);
  }

  /** Notes which directory this is; false if it was met before or shall not be entered. */
  #isNew(row: number, fd: number, isRoot: boolean): boolean {
    const { census } = this;
    const { words } = this.#probe;
    const failed = this.#probe.fstat(fd);
    if (failed < 0) {
      this.#unreadable(row, 'statx', -failed);
      return false;
    }
    const device = this.#device();
    const at = row * dirField.width;
    census.dirs.words[at + dirField.inoLow] = words[inoWord]!;
    census.dirs.words[at + dirField.inoHigh] = words[inoWord + 1]!;
    census.dirs.words[at + dirField.device] = device;
    census.dirs.words[at + dirField.mode] = this.#probe.halves[modeHalf]!;
    census.dirs.words[at + dirField.uid] = words[uidWord]!;
    census.dirs.words[at + dirField.gid] = words[gidWord]!;
    census.dirs.words[at + dirField.born] = this.#born();
    if (census.sameDir(row) !== row) {
      census.counts.seenAgain++;
      return false;
    }
    census.addOpenedDir(row);
    census.counts.entries++;
    census.counts.dirs++;
    census.counts.blocks += words[blocksWord]!;
    if (isRoot || this.#enters(device)) return true;
    census.counts.notEntered++;
    census.unread.add(row);
    return false;
  }

  /** Asked once per device. */
  #enters(device: number): boolean {
    const known = this.#entered.get(device);
    if (known !== undefined) return known;
    const { oneFileSystem, enters } = this.#options;
    const answer =
      this.#rootDevices.includes(device) || (!oneFileSystem && (enters?.(this.census.devices[device]!) ?? true));
    this.#entered.set(device, answer);
    return answer;
  }

  #blind(path: string, call: string, errno: number): void {
    this.census.blind.push({ path, call, errno: errnoName(errno) });
  }

  /** Reads a directory; the number of directories in it that were put on the stack. */
  #read(row: number, fd: number): number {
    const probe = this.#probe;
    const { bytes, halves, words } = probe;
    const { counts } = this.census;
    const { excludes, wanted, notes } = this.#options;
    const full = this.#full;
    const readsLinks = this.#readsLinks;
    const device = this.census.dirs.words[row * dirField.width + dirField.device]!;
    const dev = this.census.devices[device]!;
    const before = this.#pending.length;
    // To the last, empty read: one that leaves room may have been cut short by a signal, SIGCONT too (filldir64() in fs/readdir.c).
    for (;;) {
      const filled = probe.getdents(fd);
      if (filled <= 0) {
        if (filled < 0) {
          this.census.unread.add(row);
          this.#blind(this.census.dirPath(row), 'getdents64', -filled);
        }
        return this.#pending.length - before;
      }
      // Summed up here, and added to the counts once a buffer: this loop is where a walk's own time goes.
      let files = 0;
      let links = 0;
      let others = 0;
      let bytesSeen = 0;
      let blocksSeen = 0;
      const end = dents + filled;
      for (let at = dents; at < end; at += halves[(at + dirent.length) >> 1]!) {
        const name = at + dirent.name;
        // `.` and `..`
        if (bytes[name] === 0x2e && (bytes[name + 1] === 0 || (bytes[name + 1] === 0x2e && bytes[name + 2] === 0)))
          continue;
        let type = bytes[at + dirent.type]!;
        if (type === direntType.unknown) {
          counts.untyped++;
          type = this.#typeOf(row, fd, name);
          if (type === direntType.unknown) continue;
        }
        if (excludes && this.#excluded(row, name, type === direntType.dir)) continue;
        if (type === direntType.dir) {
          this.#pending.push(this.#addDir(row, this.#addName(name)));
          continue;
        }
        if (notes?.(words[at >> 2]!, words[(at >> 2) + 1]!, dev, bytes, name)) this.#note(row, fd, name);
        let stored = type === direntType.symlink && readsLinks ? this.#readLink(row, fd, name) : unstored;
        if (stored >= unstored && full && (!wanted || wanted(words[at >> 2]!, words[(at >> 2) + 1]!, dev))) {
          const result = probe.lstat(fd, name);
          if (result >= 0 && words[nlinkWord] === 1 && (halves[modeHalf]! & typeBits) >> 12 === type) {
            bytesSeen += words[sizeWord]! + words[sizeWord + 1]! * 2 ** 32;
            blocksSeen += words[blocksWord]! + words[blocksWord + 1]! * 2 ** 32;
          } else stored = this.#readInode(result, row, name, type, stored);
        }
        if (stored === gone) {
          counts.vanished++;
          continue;
        }
        if (type === direntType.file) files++;
        else if (type === direntType.symlink) links++;
        else others++;
      }
      counts.entries += files + links + others;
      counts.files += files;
      counts.links += links;
      counts.others += others;
      counts.bytes += bytesSeen;
      counts.blocks += blocksSeen;
    }
  }

  #addName(name: number): number {
    return this.census.strings.add(this.#probe.bytes, name, nameMax);
  }

  /** For file systems whose directories do not tell types. */
  #typeOf(row: number, fd: number, name: number): number {
    const result = this.#probe.lstat(fd, name);
    if (result >= 0) return (this.#probe.halves[modeHalf]! & typeBits) >> 12;
    const { counts } = this.census;
    if (this.#refused(result, row, name, 'statx') === gone) counts.vanished++;
    else {
      counts.entries++;
      counts.others++;
    }
    return direntType.unknown;
  }

  /** Tells an entry that has gone from one that may not be looked at, and records the latter. */
  #refused(result: number, row: number, name: number, call: string): number {
    if (result === -ENOENT) return gone;
    const { bytes } = this.#probe;
    const text = decodeBytes(bytes.subarray(name, bytes.indexOf(0, name)));
    this.#blind(`${this.census.dirPath(row)}/${text}`, call, -result);
    return closed;
  }

  #excluded(row: number, name: number, isDir: boolean): boolean {
    const { census } = this;
    const { bytes } = this.#probe;
    const path = [decodeBytes(bytes.subarray(name, bytes.indexOf(0, name)))];
    let at = row * dirField.width;
    while (census.dirs.words[at + dirField.parent] !== noDir) {
      path.unshift(decodeBytes(census.strings.at(census.dirs.words[at + dirField.name]!)));
      at = census.dirs.words[at + dirField.parent]! * dirField.width;
    }
    const root = census.roots[census.dirs.words[at + dirField.name]!]!;
    const excluded = this.#options.excludes!(path.join('/'), isDir, root);
    if (excluded) census.counts.excluded++;
    return excluded;
  }

  /** Records a symbolic link and where it leads; the place its name was stored at, or `gone` or `closed`. */
  #readLink(dir: number, fd: number, name: number): number {
    const { census } = this;
    const probe = this.#probe;
    if (this.#readsTexts) {
      const length = probe.readlink(fd, name);
      if (length < 0) return this.#unreadLink(length, dir, name);
      const place = this.#addName(name);
      const text = census.strings.add(probe.bytes, textAt, length);
      return this.#addLink(dir, name, place, text, this.#ask(dir, fd, name, place));
    }
    const before = census.strings.length;
    const place = this.#addName(name);
    const followed = this.#ask(dir, fd, name, place);
    if (followed >= 0) return this.#addLink(dir, name, place, noText, followed);
    const length = probe.readlink(fd, name);
    if (length >= 0) return this.#addLink(dir, name, place, census.strings.add(probe.bytes, textAt, length), followed);
    census.strings.length = before;
    return this.#unreadLink(length, dir, name);
  }

  /** EINVAL: no longer a link. */
  #unreadLink(result: number, dir: number, name: number): number {
    return result === -EINVAL ? gone : this.#refused(result, dir, name, 'readlinkat');
  }

  /** Follows the link whose name was stored at `place`. */
  #ask(dir: number, fd: number, name: number, place: number): number {
    const { root } = this.#options;
    return root ? this.#statInRoot(dir, place, root) : this.#probe.stat(fd, name);
  }

  #addLink(dir: number, name: number, place: number, text: number, followed: number): number {
    const { census } = this;
    const probe = this.#probe;
    const at = census.links.add();
    const { words } = census.links;
    words[at + linkField.dir] = dir;
    words[at + linkField.name] = place;
    words[at + linkField.text] = text;
    if (this.#options.remembers) this.#remember(name, followed);
    if (followed < 0) {
      const kind = followed === unasked ? unknownState : stateOfErrno(-followed);
      words[at + linkField.state] = kind;
      if (kind === unknownState) words[at + linkField.inoLow] = followed === unasked ? ENAMETOOLONG : -followed;
      return place;
    }
    words[at + linkField.inoLow] = probe.words[inoWord]!;
    words[at + linkField.inoHigh] = probe.words[inoWord + 1]!;
    words[at + linkField.device] = this.#device();
    words[at + linkField.state] = (probe.halves[modeHalf]! & typeBits) === dirMode ? leadsToDir : 0;
    return place;
  }

  /** Keeps what `statx` in the block says of a link's end, if it has one. */
  #remember(name: number, followed: number): void {
    const { words } = this.#probe;
    const { targets } = this.census;
    const at = targets.add();
    const row = targets.words;
    row[at + targetField.linkInoLow] = words[(name - dirent.name) >> 2]!;
    row[at + targetField.linkInoHigh] = words[((name - dirent.name) >> 2) + 1]!;
    if (followed < 0) return;
    row[at + targetField.sizeLow] = words[sizeWord]!;
    row[at + targetField.sizeHigh] = words[sizeWord + 1]!;
    row[at + targetField.mtime] = words[mtimeWord]!;
    row[at + targetField.born] = this.#born();
    row[at + targetField.mode] = this.#mode();
  }

  /** Looks at an entry and keeps what `statx` says of it. One that is gone, or may not be looked at, is nothing to note. */
  #note(dir: number, fd: number, name: number): void {
    if (this.#probe.lstat(fd, name) < 0) return;
    const { words } = this.#probe;
    const { noted } = this.census;
    const at = noted.add();
    const row = noted.words;
    row[at + notedField.dir] = dir;
    row[at + notedField.name] = this.#addName(name);
    row[at + notedField.inoLow] = words[inoWord]!;
    row[at + notedField.inoHigh] = words[inoWord + 1]!;
    row[at + notedField.device] = this.#device();
    row[at + notedField.born] = this.#born();
    row[at + notedField.sizeLow] = words[sizeWord]!;
    row[at + notedField.sizeHigh] = words[sizeWord + 1]!;
    row[at + notedField.mtime] = words[mtimeWord]!;
    row[at + notedField.mode] = this.#mode();
  }

  /** The links that a directory's count tells of are its own entries. */
  #mode(): number {
    const mode = this.#probe.halves[modeHalf]!;
    const hasOthers = (mode & typeBits) !== dirMode && this.#probe.words[nlinkWord]! > 1;
    return hasOthers ? mode | hasOtherNames : mode;
  }

  /** Follows a link as if `root` were `/`. */
  #statInRoot(dir: number, name: number, root: Handle): number {
    const { census } = this;
    const dirPath = encodeBytes(census.physicalPath(dir));
    const linkName = census.strings.at(name);
    const { bytes } = this.#probe;
    if (dirPath.length + 1 + linkName.length >= probeLayout.textBytes) return unasked;
    bytes.set(dirPath, probeLayout.name);
    bytes[probeLayout.name + dirPath.length] = 0x2f;
    bytes.set(linkName, probeLayout.name + dirPath.length + 1);
    bytes[probeLayout.name + dirPath.length + 1 + linkName.length] = 0;
    return this.#probe.statInRoot(root.fd, probeLayout.name);
  }

  /** Counts an inode that is not a directory, and records its name if it has several. Answers as `#readLink` does. */
  #readInode(result: number, dir: number, name: number, type: number, stored: number): number {
    const { census } = this;
    const { words, halves } = this.#probe;
    const mounted = result >= 0 && (words[attributesWord]! & mountRoot) !== 0;
    const same = mounted || (result >= 0 && (halves[modeHalf]! & typeBits) >> 12 === type);
    // A link was read before: that it has gone since takes nothing from what was found.
    if (!same) return stored !== unstored ? stored : result < 0 ? this.#refused(result, dir, name, 'statx') : gone;
    const { counts } = census;
    const nlink = words[nlinkWord]!;
    const known = nlink > 1 ? census.findFile(words[inoWord]!, words[inoWord + 1]!, this.#device()) : -1;
    if (known < 0) {
      counts.bytes += words[sizeWord]! + words[sizeWord + 1]! * 2 ** 32;
      counts.blocks += words[blocksWord]! + words[blocksWord + 1]! * 2 ** 32;
    }
    // A file mounted on this name is not one more name of it.
    if (nlink <= 1 || mounted) return stored;
    const file = known >= 0 ? known : this.#addFile();
    census.files.words[file * fileField.width + fileField.nlink] = nlink;
    census.files.words[file * fileField.width + fileField.seen]!++;
    const at = census.names.add();
    census.names.words[at + nameField.dir] = dir;
    census.names.words[at + nameField.name] = stored === unstored ? this.#addName(name) : stored;
    census.names.words[at + nameField.file] = file;
    return stored;
  }

  #addFile(): number {
    const { words, halves } = this.#probe;
    const file = this.census.addFile(words[inoWord]!, words[inoWord + 1]!, this.#device());
    const at = file * fileField.width;
    const row = this.census.files.words;
    row[at + fileField.mode] = halves[modeHalf]!;
    row[at + fileField.sizeLow] = words[sizeWord]!;
    row[at + fileField.sizeHigh] = words[sizeWord + 1]!;
    row[at + fileField.blocksLow] = words[blocksWord]!;
    row[at + fileField.blocksHigh] = words[blocksWord + 1]!;
    row[at + fileField.uid] = words[uidWord]!;
    return file;
  }
}
