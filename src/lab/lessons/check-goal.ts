import { decodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import type { Identity } from '../../fs/identity.ts';
import { identityKey, sameFile } from '../../fs/identity.ts';
import { join } from '../../fs/path.ts';
import type { Kind, Stat } from '../../fs/stat.ts';
import { readWhole } from '../../fs/whole-file.ts';
import type { SketchProcess } from '../../sketch/process.ts';
import { quoteContents, quoteName } from '../drawing-words.ts';
import type { Drawn } from '../drawn.ts';
import { newSession, type Session, type Start } from '../session.ts';
import { users } from '../users.ts';
import type { Condition, Lesson, Span } from './lesson.ts';
import { labelsOf } from './parse-lesson.ts';

/** Whether the machine is as the goal wants it, whatever was typed. */
export interface GoalReport {
  readonly met: boolean;
  /** What is still different, a sentence each; the first one is the one to say. */
  readonly differences: readonly (readonly Span[])[];
}

export const checkGoal = (session: Session, lesson: Pick<Lesson, 'start' | 'goal'>): GoalReport => {
  const differences = new Comparison(session, lesson.start).compare(lesson.goal.tree, lesson.goal.conditions);
  return { met: differences.length === 0, differences };
};

/** Where the tree of a start is drawn. */
export const directoryOf = (start: Start): string =>
  start.directory ?? users.find(({ name }) => name === (start.user ?? 'me'))?.home ?? '/';

class Comparison {
  readonly #session: Session;
  readonly #start: Start;
  readonly #place: string;
  readonly #fs: SketchProcess;
  readonly #before: Before;
  /** Inodes of the goal's marks, and the name that each was found by. */
  readonly #marks = new Map<string, { readonly stat: Identity; readonly path: string }>();
  /** The same by inode. */
  readonly #marked = new Map<string, { readonly label: string; readonly path: string }>();
  readonly #found: (readonly Span[])[] = [];
  /** What was told to be missing, so that where it leads need not be told as well. */
  readonly #absent = new Set<string>();

  constructor(session: Session, start: Start) {
    this.#session = session;
    this.#start = start;
    this.#place = directoryOf(start);
    this.#fs = session.sketch.process();
    this.#before = known.get(start) ?? lookBefore(start);
    known.set(start, this.#before);
    for (const [label, { stat, path }] of this.#before.labels) this.#mark(label, stat, path);
  }

  compare(tree: Drawn, conditions: readonly Condition[]): readonly (readonly Span[])[] {
    const refused = this.#fs.chdir(this.#place);
    if (refused) {
      this.#say`The directory ${code(this.#place)} is gone.`;
      return this.#found;
    }
    this.#directory(tree);
    for (const condition of conditions) this.#condition(condition);
    return this.#found;
  }

  #mark(label: string, stat: Identity, path: string): void {
    this.#marks.set(label, { stat, path });
    this.#marked.set(identityKey(stat), { label, path });
  }

  #directory(drawn: Drawn): void {
    for (const inner of drawn.below) this.#entry(inner);
    const isElsewhere = drawn.mount?.kind === 'bind' && drawn.below.length === 0;
    if (drawn.open || isElsewhere) return;
    const wanted = new Set(drawn.below.map(({ path }) => path));
    for (const name of this.#namesIn(drawn.path)) {
      const path = join(drawn.path, name).replace(/^\//, '');
      if (!wanted.has(path) && !isOurs(path)) this.#say`${code(path)} should not be there.`;
    }
  }

  #namesIn(path: string): readonly string[] {
    const opened = this.#fs.open(this.#fs.cwd, path || '.', { access: 'read', directory: true, nofollow: true });
    if (opened instanceof Fault) return [];
    using dir = opened;
    const entries = this.#fs.entries(dir);
    return entries instanceof Fault ? [] : entries.map(({ name }) => name).sort();
  }

  #entry(drawn: Drawn): void {
    const { path, kind } = drawn;
    const stat = this.#fs.stat(this.#fs.cwd, path);
    if (kind === 'absent') {
      if (!(stat instanceof Fault)) this.#say`${code(path)} should be gone.`;
      return;
    }
    if (stat instanceof Fault) {
      this.#missing(drawn);
      return;
    }
    if (kind !== 'any' && stat.kind !== kind) {
      this.#say`${code(path)} is ${kindWords(stat.kind)}; it should be ${kindWords(kind)}.`;
      return;
    }
    this.#identity(drawn, stat);
    if (kind === 'symlink') this.#text(drawn);
    if (drawn.contents !== undefined) this.#contents(drawn, drawn.contents);
    this.#rights(drawn, stat);
    if (drawn.mount) this.#mount(drawn, stat);
    if (kind === 'dir') this.#directory(drawn);
  }

  #missing({ path, label, kind, text }: Drawn): void {
    this.#absent.add(path);
    const mark = label === undefined ? undefined : this.#marks.get(label);
    if (mark && mark.path !== path)
      this.#say`${code(path)} is missing: the file ${code(mark.path)} should have that name.`;
    else if (kind === 'symlink' && text !== undefined)
      this.#say`The symlink ${code(path)} with the text ${code(text)} is missing.`;
    else if (kind === 'symlink') this.#say`The symlink ${code(path)} is missing.`;
    else this.#say`${code(path)} is missing.`;
  }

  #identity({ path, label, kind }: Drawn, stat: Stat): void {
    if (label === '?') return;
    if (label === 'same') {
      const before = this.#before.paths.get(path);
      if (!before) this.#say`${code(path)} was not there at the start, so there is no inode that it could still be.`;
      else if (!sameFile(before, stat)) this.#say`${code(path)} is another inode than at the start.`;
      return;
    }
    if (label === 'new') {
      if (this.#before.inodes.has(identityKey(stat)))
        this.#say`${code(path)} is still an inode of the start; it should be a new one.`;
      return;
    }
    if (label === undefined) {
      if (kind !== 'dir' && kind !== 'any' && stat.nlink > 1)
        this.#say`${code(path)} is one of ${stat.nlink} names of its file; it should be the only one.`;
      return;
    }
    const mark = this.#marks.get(label);
    if (mark && !sameFile(mark.stat, stat)) {
      const before = this.#before.paths.get(path);
      if (mark.path === path || (before && sameFile(before, mark.stat)))
        this.#say`${code(path)} is another inode than at the start.`;
      else if (this.#before.labels.has(label))
        this.#say`${code(path)} is not the file that was ${code(mark.path)} at the start: its inode is another.`;
      else this.#say`${code(path)} and ${code(mark.path)} should be two names of one file.`;
      return;
    }
    const twin = this.#marked.get(identityKey(stat));
    if (twin && twin.label !== label)
      this.#say`${code(path)} is the same file as ${code(twin.path)}; it should be another.`;
    else if (!mark) this.#mark(label, stat, path);
  }

  #text({ path, text }: Drawn): void {
    const found = this.#fs.readlink(this.#fs.cwd, path);
    if (text !== undefined && found !== text)
      this.#say`The text of ${code(path)} is ${code(String(found))}; it should be ${code(text)}.`;
  }

  #contents({ path }: Drawn, wanted: string): void {
    const bytes = readWhole(this.#fs, this.#fs.cwd, path);
    const held = bytes instanceof Fault ? '' : decodeBytes(bytes);
    if (held === wanted) return;
    if (held === '') this.#say`${code(path)} is empty; it should hold ${shown(wanted)}.`;
    else if (wanted === '') this.#say`${code(path)} holds ${shown(held)}; it should be empty.`;
    else this.#say`${code(path)} holds ${shown(held)}; it should hold ${shown(wanted)}.`;
  }

  #rights({ path, mode, owner }: Drawn, stat: Stat): void {
    if (mode !== undefined && stat.mode !== mode)
      this.#say`The mode of ${code(path)} is ${octal(stat.mode)}; it should be ${octal(mode)}.`;
    if (!owner) return;
    const user = users.find(({ uid }) => uid === stat.uid)?.name ?? String(stat.uid);
    if (user !== owner.user && String(stat.uid) !== owner.user)
      this.#say`${code(path)} belongs to ${code(user)}; it should belong to ${code(owner.user)}.`;
    const group = users.find(({ gid }) => gid === stat.gid)?.name ?? String(stat.gid);
    if (owner.group !== undefined && group !== owner.group && String(stat.gid) !== owner.group)
      this.#say`The group of ${code(path)} is ${code(group)}; it should be ${code(owner.group)}.`;
  }

  #mount({ path, mount }: Drawn, stat: Stat): void {
    const found = this.#fs.locate(path);
    if (!mount || typeof found === 'string') return;
    if (!stat.mountRoot) this.#say`Nothing is mounted on ${code(path)}.`;
    else if (mount.kind === 'volume' && found.mount.volume.typeName !== mount.type)
      this.#say`${code(found.mount.volume.typeName)} is mounted on ${code(path)}; it should be ${code(mount.type)}.`;
    else if (found.mount.readOnly !== mount.readOnly)
      this.#say`${code(path)} should be mounted ${mount.readOnly ? 'read-only' : 'for writing'}.`;
  }

  #condition(condition: Condition): void {
    switch (condition.kind) {
      case 'leads': {
        const { path, to } = condition;
        if (this.#absent.has(path)) return;
        const fs = this.#asUser();
        const found = fs.stat(fs.cwd, path, 'follow');
        const wanted = fs.stat(fs.cwd, to, 'follow');
        if (found instanceof Fault) this.#say`${code(path)} leads nowhere: ${found.reason}.`;
        else if (wanted instanceof Fault || !sameFile(found, wanted))
          this.#say`${code(path)} does not lead to ${code(to)}.`;
        return;
      }
      case 'fails': {
        const errno = this.#errnoOf(condition.path);
        if (errno === condition.errno) return;
        if (errno === undefined)
          this.#say`${code(condition.path)} can be opened; it should fail with ${code(condition.errno)}.`;
        else this.#say`${code(condition.path)} fails with ${code(errno)}; it should be ${code(condition.errno)}.`;
        return;
      }
      case 'here': {
        const place = this.#session.sketch.process();
        place.chdir(this.#place);
        const refused = place.chdir(condition.path);
        if (refused || place.workingDirectory !== this.#session.process.workingDirectory)
          this.#say`The shell should stand in ${code(condition.path)}: use ${typed('cd')}.`;
        return;
      }
      case 'undone':
        if (!this.#undidSomething()) this.#say`Nothing was taken back yet: use ${typed('lw undo')}.`;
        return;
      case 'open': {
        const mark = this.#before.labels.get(condition.label);
        const isOpen = mark !== undefined && openFiles(this.#session).has(identityKey(mark.stat));
        if (isOpen === condition.open) return;
        const before = code(mark?.path ?? condition.label);
        if (isOpen) this.#say`The file that was ${before} at the start is still open somewhere.`;
        else this.#say`The file that was ${before} at the start should be open.`;
      }
    }
  }

  /** The journal of an undo names the one that it takes back. */
  #undidSomething(): boolean {
    const journals = `/var/lib/linkwright/${this.#start.user ?? 'me'}/journals`;
    return this.#namesIn(journals).some((name) => {
      const bytes = readWhole(this.#fs, this.#fs.cwd, join(journals, name));
      return !(bytes instanceof Fault) && decodeBytes(bytes).includes('"undoes":');
    });
  }

  #errnoOf(path: string): string | undefined {
    const fs = this.#asUser();
    const opened = fs.open(fs.cwd, path, { access: 'read' });
    if (opened instanceof Fault) return opened.errno;
    opened[Symbol.dispose]();
    return undefined;
  }

  /** Where links lead depends on who follows them (protected_symlinks). */
  #asUser(): SketchProcess {
    const user = users.find(({ name }) => name === (this.#start.user ?? 'me'));
    const fs = this.#session.sketch.process(user);
    fs.chdir(this.#place);
    return fs;
  }

  #say(texts: TemplateStringsArray, ...parts: readonly (Span | string | number)[]): void {
    const spans = texts.flatMap((text, index): readonly Span[] => {
      const part = parts[index] ?? '';
      const next: Span = typeof part === 'object' ? part : { kind: 'text', text: String(part) };
      return [{ kind: 'text', text }, next];
    });
    this.#found.push(spans.filter(({ text }) => text !== ''));
  }
}

/** Where Linkwright puts aside what it replaces on another file system: whoever uses it did no more than was asked. */
const isOurs = (path: string): boolean => /(^|\/)\.(linkwright-\d+|lw-[\w-]+)$/.test(path);

/** What was where before anybody typed anything. */
interface Before {
  readonly labels: ReadonlyMap<string, { readonly stat: Identity; readonly path: string }>;
  readonly paths: ReadonlyMap<string, Identity>;
  readonly inodes: ReadonlySet<string>;
}

/** A goal is looked at after each line, and its start stays the same. */
const known = new WeakMap<Start, Before>();

/** A session begins in the same way each time, so its inodes are those of any other that began so. */
const lookBefore = (start: Start): Before => {
  const fs = newSession(start).sketch.process();
  fs.chdir(directoryOf(start));
  const paths = new Map<string, Identity>();
  const visit = (dir: string): void => {
    const opened = fs.open(fs.cwd, dir || '.', { access: 'read', directory: true, nofollow: true });
    if (opened instanceof Fault) return;
    using held = opened;
    const entries = fs.entries(held);
    for (const { name } of entries instanceof Fault ? [] : entries) {
      const path = dir === '' ? name : join(dir, name);
      const stat = fs.stat(fs.cwd, path);
      if (stat instanceof Fault) continue;
      paths.set(path, stat);
      if (stat.kind === 'dir') visit(path);
    }
  };
  visit('');
  const labels = new Map<string, { stat: Identity; path: string }>();
  for (const [label, { path }] of labelsOf(start)) {
    const stat = paths.get(path);
    if (stat) labels.set(label, { stat, path });
  }
  return { labels, paths, inodes: new Set([...paths.values()].map(identityKey)) };
};

/** Inodes that the shell or a job of it holds. */
const openFiles = (session: Session): ReadonlySet<string> => {
  const files = [...session.files.values(), ...[...session.jobs.values()].flatMap((job) => job.files)];
  const processes = new Set([session.process, ...files.map((file) => file.process)]);
  const inodes = [...processes].flatMap((process) => process.openFiles.map(({ location }) => location.inode));
  return new Set(inodes.map(({ volume, ino }) => identityKey({ dev: volume.dev, ino })));
};

/** A name within a sentence: whatever it is, it does not end its mark. */
const code = (name: string): Span => ({ kind: 'code', text: quoteName(name) });

/** What one may type. */
const typed = (text: string): Span => ({ kind: 'code', text });

/** The beginning of what a file holds. */
const shown = (text: string): Span => ({
  kind: 'code',
  text: quoteContents(text.length > 60 ? `${text.slice(0, 60)}…` : text),
});

const octal = (mode: number): Span => ({ kind: 'code', text: mode.toString(8).padStart(4, '0') });

const kindWords = (kind: Kind | Drawn['kind']): string => {
  switch (kind) {
    case 'file':
      return 'a regular file';
    case 'dir':
      return 'a directory';
    case 'symlink':
      return 'a symlink';
    case 'fifo':
      return 'a fifo';
    default:
      return 'something else';
  }
};
