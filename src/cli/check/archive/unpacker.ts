import { byteLength } from '../../../fs/bytes.ts';
import type { Errno } from '../../../fs/errno.ts';
import { Fault } from '../../../fs/fault.ts';
import type { Handle } from '../../../fs/fs.ts';
import { linkText } from '../../../fs/link-text.ts';
import { join } from '../../../fs/path.ts';
import { liesIn } from '../../../fs/relative.ts';
import type { ArchiveFact } from '../../../jobs/check/scene.ts';
import type { SketchProcess } from '../../../sketch/process.ts';
import { Sketch } from '../../../sketch/sketch.ts';
import type { Member } from './tar-members.ts';

/** PATH_MAX without its NUL (limits.h): nobody can unpack a longer name. */
const pathMax = 4095;

/** A member that cannot be put where it wants to be. */
export interface LeftOut {
  readonly name: string;
  readonly errno: Errno;
}

/**
 * An archive as it would be after unpacking: a tree in memory with its names, links, owners and modes. Members come in
 * their order and later ones replace earlier ones, as with tar; but nothing is ever put outside of `top`, and what a
 * program would have done there is told.
 */
export class Unpacker {
  readonly process: SketchProcess;
  readonly facts: ArchiveFact[] = [];
  readonly leftOut: LeftOut[] = [];
  readonly #top: Dir;
  /** Directories reached through no link, by their names from the top. */
  readonly #dirs = new Map<string, Dir>();
  /** Places where a symbolic link was before. */
  readonly #wereLinks = new Set<string>();

  /** `top`: where it is unpacked, `/` or a directory below that. */
  constructor(top: string) {
    // Who unpacks and who follows are not known: nobody is kept from anything.
    const sketch = new Sketch({ now: () => 0n, protectedHardlinks: false, protectedSymlinks: false });
    this.process = sketch.process({ umask: 0 });
    if (top !== '/') this.process.mkdir(this.process.cwd, top, 0o755);
    const handle = this.process.open(this.process.cwd, top, { access: 'path', directory: true });
    if (handle instanceof Fault) throw new Error(`cannot open ${top} in a sketch: ${handle.errno}`);
    this.#top = { handle, path: top };
  }

  add(member: Member): undefined {
    const names = namesOf(member.name);
    if (byteLength(member.name) > pathMax) return this.#leaveOut(member, 'ENAMETOOLONG');
    if (names.includes('..')) return this.#tell(member, { kind: 'outside', climbs: true });
    // tar takes the first slash away, other programs do not.
    if (member.name.startsWith('/')) this.#tell(member, { kind: 'outside', climbs: false });
    const name = names.at(-1);
    if (name === undefined) return this.#dress(member, this.#top.handle, '.');
    const dir = this.#directory(member, names.slice(0, -1).join('/'));
    if (dir) this.#put(member, dir, name);
  }

  /** A directory for a member, made where it is missing. */
  #directory(member: Member, path: string): Dir | undefined {
    if (path === '') return this.#top;
    const known = this.#dirs.get(path);
    if (known) return known;
    const end = path.lastIndexOf('/');
    const above = this.#directory(member, path.slice(0, Math.max(0, end)));
    if (!above) return undefined;
    const { process } = this;
    const name = path.slice(end + 1);
    const stat = process.stat(above.handle, name);
    if (stat instanceof Fault) {
      const refused = stat.errno === 'ENOENT' ? process.mkdir(above.handle, name, 0o755) : stat;
      if (refused) return this.#leaveOut(member, refused.errno);
    } else if (stat.kind === 'symlink') {
      const inside = this.#leadsInside(above, name);
      const [link, text] = [join(above.path, name), this.#textOf(above, name)];
      this.#tell(member, { kind: 'through', link, text, stays: inside !== undefined });
      return inside;
    } else if (stat.kind !== 'dir') return this.#leaveOut(member, 'ENOTDIR');
    const dir = this.#open(above, name);
    // Below a link that stays inside, the same directory has another name.
    if (dir && dir.path === join(this.#top.path, path)) this.#dirs.set(path, dir);
    return dir;
  }

  #put(member: Member, dir: Dir, name: string): undefined {
    const { process } = this;
    const place = join(dir.path, name);
    const target = member.kind === 'hard-link' ? this.#target(member) : undefined;
    if (member.kind === 'hard-link' && (!target || join(target.dir.path, target.name) === place)) return undefined;
    const there = process.stat(dir.handle, name);
    if (!(there instanceof Fault)) {
      if (there.kind === 'dir' && member.kind === 'dir') return this.#dress(member, dir.handle, name);
      if (there.kind === 'symlink') this.#wereLinks.add(place);
      const refused = there.kind === 'dir' ? process.rmdir(dir.handle, name) : process.unlink(dir.handle, name);
      if (refused) return this.#leaveOut(member, refused.errno);
      // It may have been one of them, or above.
      if (there.kind === 'dir') this.#dirs.clear();
    }
    if (this.#wereLinks.has(place) && member.kind !== 'symlink') this.#tell(member, { kind: 'over-link' });
    const refused = this.#make(member, dir, name, target);
    if (refused) this.#leaveOut(member, refused.errno);
    else if (!target) this.#dress(member, dir.handle, name);
  }

  #make({ kind, text, mode }: Member, { handle }: Dir, name: string, target: Spot | undefined): Fault | undefined {
    const { process } = this;
    if (target) return process.link(target.dir.handle, target.name, handle, name);
    if (kind === 'dir') return process.mkdir(handle, name, 0o755);
    if (kind === 'symlink') return process.symlink(linkText(text), handle, name);
    return process.mknod(handle, name, kind === 'hard-link' ? 'file' : kind, mode);
  }

  /** What a hard link names, which must be in the archive already: tar makes it by link(2). */
  #target(member: Member): Spot | undefined {
    const { process } = this;
    const missing = { kind: 'hard-link-missing', target: member.text } as const;
    const outside = { kind: 'hard-link-outside', target: member.text } as const;
    const names = namesOf(member.text);
    const last = names.at(-1);
    if (names.includes('..')) return this.#tell(member, outside);
    if (last === undefined || byteLength(member.text) > pathMax) return this.#tell(member, missing);
    let dir: Dir | undefined = this.#dirs.get(names.slice(0, -1).join('/'));
    if (!dir) {
      dir = this.#top;
      for (const name of names.slice(0, -1)) {
        const stat = process.stat(dir.handle, name);
        if (stat instanceof Fault) return this.#tell(member, missing);
        const isLink: boolean = stat.kind === 'symlink';
        dir = isLink ? this.#leadsInside(dir, name) : this.#open(dir, name);
        if (!dir) return this.#tell(member, isLink ? outside : missing);
      }
    }
    const stat = process.stat(dir.handle, last);
    return stat instanceof Fault || stat.kind === 'dir' ? this.#tell(member, missing) : { dir, name: last };
  }

  /** The directory below the top that a link leads to. */
  #leadsInside(dir: Dir, name: string): Dir | undefined {
    const { process } = this;
    // An absolute text leads out of the directory that the archive is unpacked in, whatever that is.
    const found = this.#textOf(dir, name).startsWith('/') ? 'EXDEV' : process.locate(join(dir.path, name));
    if (typeof found === 'string' || found.inode.kind !== 'dir') return undefined;
    const path = process.sketch.pathOf(found);
    if (!liesIn(this.#top.path, path)) return undefined;
    const handle = process.open(process.cwd, path, { access: 'path', directory: true });
    return handle instanceof Fault ? undefined : { handle, path };
  }

  #open(above: Dir, name: string): Dir | undefined {
    const handle = this.process.open(above.handle, name, { access: 'path', directory: true, nofollow: true });
    return handle instanceof Fault ? undefined : { handle, path: join(above.path, name) };
  }

  #textOf({ handle }: Dir, name: string): string {
    const text = this.process.readlink(handle, name);
    return text instanceof Fault ? '' : text;
  }

  #dress({ kind, mode, uid, gid }: Member, dir: Handle, name: string): undefined {
    this.process.chown(dir, name, { uid, gid });
    if (kind !== 'symlink') this.process.chmod(dir, name, mode);
  }

  #leaveOut({ name }: Member, errno: Errno): undefined {
    this.leftOut.push({ name, errno });
  }

  #tell({ name }: Member, what: What): undefined {
    this.facts.push({ ...what, name, physical: join(this.#top.path, namesOf(name).join('/')) });
  }
}

interface Dir {
  readonly handle: Handle;
  /** Physical. */
  readonly path: string;
}

interface Spot {
  readonly dir: Dir;
  readonly name: string;
}

/** A fact without the member that it is of. */
type What = ArchiveFact extends infer Fact
  ? Fact extends ArchiveFact
    ? Omit<Fact, 'name' | 'physical'>
    : never
  : never;

const namesOf = (path: string): readonly string[] => path.split('/').filter((name) => name !== '' && name !== '.');
