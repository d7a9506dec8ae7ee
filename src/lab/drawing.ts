/**
 * Trees as text: the one notation of lessons, documentation and tests. Two spaces an indentation.
 *
 *     name              an empty file; the same `#1` elsewhere is one more name of it
 *     name "text\n"     a file with contents; `size 8192`: that many bytes
 *     name -> text      a symbolic link
 *     name/             a directory, what it holds below it; `./` is the drawing's own top
 *     name fifo
 *     name 0600 @ann:staff #1
 *     name/ mount tmpfs ro
 *     name/ bind of path
 *     'a name'  $'\xff' names and texts that hold spaces or other odd characters
 *
 * Goals of lessons also know: `*` alone, anything else may be here; `name ?`, whatever it is;
 * `name -> *`, any text; `absent name`; and `#same`, the inode that had this path at the start;
 * `#new`, one that was not there; `#?`, never mind which.
 */
import { decodeBytes, encodeBytes } from '../fs/bytes.ts';
import { Fault } from '../fs/fault.ts';
import type { Fs, Handle, Owner } from '../fs/fs.ts';
import { identityKey } from '../fs/identity.ts';
import { linkText } from '../fs/link-text.ts';
import { join } from '../fs/path.ts';
import type { Stat } from '../fs/stat.ts';
import { readWhole, writeAll } from '../fs/whole-file.ts';
import { SketchProcess } from '../sketch/process.ts';
import { filler, indentOf, quoteContents, quoteName, sizeMax } from './drawing-words.ts';
import type { Complaint, Drawn, DrawnMount } from './drawn.ts';
import { parseDrawing } from './parse-drawing.ts';

export interface BuildOptions {
  /** Whose everything is that says nothing else; who builds, unless it is said. */
  readonly owner?: Owner;
  /** What users and groups are called. Numbers and root are always known. */
  readonly users?: Names;
  readonly groups?: Names;
  /** The path of `at`: mounts are made by paths. `/` unless it is said. */
  readonly place?: string;
  /** Mounts, where `fs` is not a sketch. A bind mount's source is absolute. */
  readonly mount?: (path: string, mount: DrawnMount) => void;
}

/** Who is called what. A user's group is what `groups` calls the same, or the user's number. */
type Names = ReadonlyMap<string, number>;

/** A drawing that cannot be built: somebody wrote it wrongly. */
export class DrawingError extends Error {
  readonly complaint: Complaint;

  constructor(complaint: Complaint) {
    super(`line ${complaint.line}: ${complaint.message}`);
    this.complaint = complaint;
  }
}

/** Makes what the drawing shows below `at`, where directories may stand already. Throws a DrawingError. */
export const build = (fs: Fs, at: Handle, drawing: string, options: BuildOptions = {}): void => {
  const top = parseDrawing(drawing);
  if (Array.isArray(top)) throw new DrawingError(top[0] as Complaint);
  new Builder(fs, at, options).build(top as Drawn);
};

class Builder {
  readonly #fs: Fs;
  readonly #at: Handle;
  readonly #options: BuildOptions;
  readonly #labelled = new Map<string, string>();
  readonly #late: (() => void)[] = [];

  constructor(fs: Fs, at: Handle, options: BuildOptions) {
    this.#fs = fs;
    this.#at = at;
    this.#options = options;
  }

  build(top: Drawn): void {
    this.#dress(top);
    for (const drawn of top.below) this.#make(drawn);
    // What a directory allows is said last: it must not keep us from filling it.
    for (const finish of this.#late) finish();
  }

  #make(drawn: Drawn): void {
    const { path, label, kind } = drawn;
    const known = label === undefined ? undefined : this.#labelled.get(label);
    if (known !== undefined) {
      this.#must(drawn, this.#fs.link(this.#at, known, this.#at, path));
      return;
    }
    if (label !== undefined) this.#labelled.set(label, path);
    if (kind === 'dir') this.#mkdir(drawn);
    else if (kind === 'symlink') this.#must(drawn, this.#fs.symlink(linkText(drawn.text as string), this.#at, path));
    else if (kind === 'fifo') this.#must(drawn, this.#fs.mknod(this.#at, path, 'fifo', 0o644));
    else this.#write(drawn);
    if (drawn.mount?.kind === 'volume') this.#mount(drawn, drawn.mount);
    this.#dress(drawn);
    for (const inner of drawn.below) this.#make(inner);
    const { mount } = drawn;
    if (mount?.kind === 'bind') this.#late.push(() => this.#mount(drawn, mount));
  }

  #mkdir(drawn: Drawn): void {
    const refused = this.#fs.mkdir(this.#at, drawn.path, 0o755);
    const there = refused?.errno === 'EEXIST' ? this.#fs.stat(this.#at, drawn.path) : undefined;
    if (!there || there instanceof Fault || there.kind !== 'dir') this.#must(drawn, refused);
  }

  #write(drawn: Drawn): void {
    const made = this.#fs.open(this.#at, drawn.path, { access: 'write', create: 'exclusive', mode: 0o644 });
    if (made instanceof Fault) throw this.#refusal(drawn, made);
    using file = made;
    const wrote = writeAll(this.#fs, file, encodeBytes(drawn.contents ?? ''), 0);
    if (wrote instanceof Fault) throw this.#refusal(drawn, wrote);
  }

  #mount(drawn: Drawn, drawnMount: DrawnMount): void {
    const fs = this.#fs;
    const place = this.#options.place ?? '/';
    const path = join(place, drawn.path);
    const mount = drawnMount.kind === 'bind' ? { ...drawnMount, of: absolute(place, drawnMount.of) } : drawnMount;
    if (this.#options.mount) {
      this.#options.mount(path, mount);
      return;
    }
    if (!(fs instanceof SketchProcess)) throw complain(drawn.line, 'only a sketch can be drawn with mounts');
    const locate = (wanted: string) => {
      const found = fs.locate(wanted);
      if (typeof found === 'string')
        throw complain(drawn.line, `${quoteName(wanted)} is not there to be mounted: ${found}; draw it above`);
      return found;
    };
    const how = mount.kind === 'bind' ? { source: locate(mount.of) } : { type: mount.type };
    const refused = fs.sketch.mount(locate(path), how);
    if (refused) throw complain(drawn.line, `this cannot be mounted: ${refused}`);
    if (mount.readOnly)
      this.#late.push(() => {
        locate(path).mount.readOnly = true;
      });
  }

  /** Mode and owner. */
  #dress(drawn: Drawn): void {
    const { path, mode } = drawn;
    const owner = drawn.owner ? this.#ownerOf(drawn, drawn.owner) : this.#options.owner;
    if (owner) this.#must(drawn, this.#fs.chown(this.#at, path, owner));
    if (mode !== undefined) this.#late.push(() => this.#must(drawn, this.#fs.chmod(this.#at, path, mode, 'follow')));
  }

  #ownerOf({ line }: Drawn, { user, group }: NonNullable<Drawn['owner']>): Owner {
    const { users, groups } = this.#options;
    const uid = numberOf(user, users);
    if (uid === undefined) throw complain(line, `there is no user ${quoteName(user)}${knownAre(users)}`);
    const gid = group === undefined ? (numberOf(user, groups) ?? uid) : numberOf(group, groups);
    if (gid === undefined) throw complain(line, `there is no group ${quoteName(group as string)}${knownAre(groups)}`);
    return { uid, gid };
  }

  #must(drawn: Drawn, refused: Fault | undefined): void {
    if (refused) throw this.#refusal(drawn, refused);
  }

  #refusal({ line, path }: Drawn, { call, errno }: Fault): DrawingError {
    return complain(line, `${quoteName(path)} cannot be made: ${call}: ${errno}`);
  }
}

const absolute = (place: string, path: string): string => (path.startsWith('/') ? path : join(place, path));

const numberOf = (name: string, names: Names | undefined): number | undefined =>
  /^\d+$/.test(name) ? Number(name) : (names?.get(name) ?? (name === 'root' ? 0 : undefined));

const knownAre = (names: Names | undefined): string => (names ? `: only ${[...names.keys()].join(', ')}` : '');

const complain = (line: number, message: string): DrawingError => new DrawingError({ line, message });

export interface DrawOptions {
  /** Contents, modes and owners that are not the usual ones, and mounts. */
  readonly details?: boolean;
  /** What is usual, and what others are called. */
  readonly owner?: Owner;
  readonly users?: Names;
}

/** The drawing of what lies below `at`: names in order, files of several names numbered as they are met. */
export const draw = (fs: Fs, at: Handle, options: DrawOptions = {}): string => {
  const numbers = new Map<string, number>();
  const lines: string[] = [];
  const visit = (dir: Handle, indent: string, path: string): void => {
    const entries = fs.entries(dir);
    if (entries instanceof Fault) throw new Error(`entries: ${entries.errno}`);
    for (const name of entries.map((entry) => entry.name).sort()) {
      const stat = fs.stat(dir, name);
      if (stat instanceof Fault) throw new Error(`stat ${name}: ${stat.errno}`);
      const key = identityKey(stat);
      const several = stat.kind !== 'dir' && stat.nlink > 1;
      const isFirst = several && !numbers.has(key);
      if (isFirst) numbers.set(key, numbers.size + 1);
      const text = stat.kind === 'symlink' ? ` -> ${quoteName(String(fs.readlink(dir, name)))}` : '';
      const fifo = stat.kind === 'fifo' ? ' fifo' : '';
      const mount = options.details && stat.mountRoot ? mountOf(fs, `${path}/${name}`) : '';
      const isBind = mount.startsWith(' bind');
      const details =
        options.details && (isFirst || !several) && !isBind ? detailsOf(fs, dir, name, stat, options) : '';
      const number = several ? ` #${numbers.get(key)}` : '';
      lines.push(
        `${indent}${quoteName(name)}${stat.kind === 'dir' ? '/' : ''}${text}${fifo}${details}${mount}${number}`,
      );
      if (stat.kind === 'dir' && !isBind) below(dir, name, (inner) => visit(inner, `${indent}  `, `${path}/${name}`));
    }
  };
  below(at, '.', (dir) => visit(dir, '', ''));
  return lines.join('\n');

  function below(dir: Handle, name: string, visitor: (inner: Handle) => void): void {
    const opened = fs.open(dir, name, { access: 'read', directory: true, nofollow: true });
    if (opened instanceof Fault) throw new Error(`open ${name}: ${opened.errno}`);
    using inner = opened;
    visitor(inner);
  }
};

const detailsOf = (fs: Fs, dir: Handle, name: string, stat: Stat, { owner, users }: DrawOptions): string => {
  const parts: string[] = [];
  if (stat.kind === 'file' && stat.size > 0) parts.push(contentsOf(fs, dir, name, stat.size));
  if (stat.kind !== 'symlink' && stat.mode !== (stat.kind === 'dir' ? 0o755 : 0o644))
    parts.push(stat.mode.toString(8).padStart(4, '0'));
  const { uid = 0, gid = uid } = owner ?? {};
  if (stat.uid !== uid || stat.gid !== gid) {
    const user = [...(users ?? [])].find(([, number]) => number === stat.uid)?.[0] ?? String(stat.uid);
    parts.push(stat.gid === stat.uid ? `@${user}` : `@${user}:${stat.gid}`);
  }
  return parts.map((part) => ` ${part}`).join('');
};

const contentsOf = (fs: Fs, dir: Handle, name: string, size: number): string => {
  const bytes = size > sizeMax ? undefined : readWhole(fs, dir, name);
  if (!bytes || bytes instanceof Fault) return `size ${size}`;
  const text = decodeBytes(bytes);
  return size > 80 && text === filler(size) ? `size ${size}` : quoteContents(text);
};

const mountOf = (fs: Fs, path: string): string => {
  const found = fs instanceof SketchProcess ? fs.locate(path) : 'ENOENT';
  if (typeof found === 'string') return '';
  const { mount } = found;
  const { sketch } = fs as SketchProcess;
  // What is mounted a second time is a bind mount.
  const first = sketch.mounts.find(({ volume }) => volume === mount.volume);
  const kind =
    first && first !== mount
      ? `bind of ${quoteName(sketch.pathOf({ mount: first, inode: mount.root }))}`
      : `mount ${mount.volume.typeName}`;
  return ` ${kind}${mount.readOnly ? ' ro' : ''}`;
};

/** A drawing as it stands in a test, without its margin. */
export const drawing = (text: string): string => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const margin = Math.min(...lines.map(indentOf));
  return lines.map((line) => line.slice(margin).trimEnd()).join('\n');
};
