import type { Errno } from '../../fs/errno.ts';
import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import { identityKey, sameFile } from '../../fs/identity.ts';
import { dirname, join } from '../../fs/path.ts';
import type { Stat } from '../../fs/stat.ts';
import { type BackupControl, backupNames } from '../../gnu/backup.ts';
import { inDirectory, lastName, parentOf } from '../../gnu/file-name.ts';
import { modeText } from '../../gnu/mode-text.ts';
import { quote } from '../../gnu/quote.ts';
import { type Place, trace } from '../../trace/trace.ts';
import type { MovedThing } from './moved-thing.ts';

/** What mv works on. */
export interface MoveProcess {
  readonly fs: Fs;
  readonly from: Place;
  readonly root: Place;
  /** The locale's text is UTF-8: for names in messages. */
  readonly utf8: boolean;
  /** Whether questions that were not asked for may be asked: standard input is a terminal. */
  readonly mayAsk: boolean;
  /** Puts a question; whether the answer is yes. */
  ask(question: string): boolean;
  /** Moves a thing to another file system, in the place of what has the name there. */
  moveByCopy(source: string, destination: string): Fault | undefined;
}

export interface MvRequest {
  readonly operands: readonly string[];
  /** -t */
  readonly into: string | undefined;
  /** -T */
  readonly exact: boolean;
  readonly interactive: 'force' | 'ask' | 'never' | 'unspecified';
  readonly update: boolean;
  readonly backup: BackupControl;
  readonly suffix: string;
}

/** What became of it. */
export interface MvOutcome {
  readonly moved: readonly MovedThing[];
  /** Sentences in the words of GNU's mv. */
  readonly problems: readonly string[];
  /** What -v tells. */
  readonly told: readonly string[];
  readonly ok: boolean;
}

/** A command line that makes no sense: in the words of GNU's mv. */
export interface Misuse {
  readonly misuse: string;
}

/** mv(1), with the order of checks and the messages of coreutils 9.1; a declined question is a failure, as since 9.2. */
export const mv = (process: MoveProcess, request: MvRequest): MvOutcome | Misuse => {
  const { operands, exact, into } = request;
  const quoted = (text: string): string => quote(text, process.utf8);
  const [first] = operands;
  if (first === undefined) return { misuse: 'missing file operand' };
  if (operands.length < (into === undefined ? 2 : 1))
    return { misuse: `missing destination file operand after ${quoted(first)}` };
  if (exact && into !== undefined)
    return { misuse: 'cannot combine --target-directory (-t) and --no-target-directory (-T)' };
  if (exact && operands.length > 2) return { misuse: `extra operand ${quoted(operands[2] as string)}` };
  if (request.backup !== 'none' && request.interactive === 'never')
    return { misuse: 'options --backup and --no-clobber are mutually exclusive' };
  return new Mover(process, request).run();
};

class Mover {
  readonly #process: MoveProcess;
  readonly #fs: Fs;
  readonly #request: MvRequest;
  readonly #moved: MovedThing[] = [];
  readonly #problems: string[] = [];
  readonly #told: string[] = [];
  /** Where several things go into one directory: what this run has put there. */
  readonly #made = new Set<string>();
  /** By the name that something was given: which move that was. */
  readonly #reached = new Map<string, MovedThing>();
  /** Directories that could not go into themselves, and where they were to go. */
  readonly #tried = new Map<string, string>();
  #into: string | undefined;
  #several = false;

  constructor(process: MoveProcess, request: MvRequest) {
    this.#process = process;
    this.#fs = process.fs;
    this.#request = request;
  }

  run(): MvOutcome {
    const ok = this.#all();
    return { moved: this.#moved, problems: this.#problems, told: this.#told, ok };
  }

  #all(): boolean {
    const { operands, exact, into } = this.#request;
    const last = operands.at(-1) as string;
    let sources = operands.slice(0, -1);
    let tried: Errno | 'done' | undefined;
    if (into !== undefined) {
      const refused = this.#notDirectory(into);
      if (refused) return this.#complain(`target directory ${this.#quoted(into)}: ${refused.reason}`);
      sources = [...operands];
      this.#into = into;
    } else if (!exact) {
      const [source] = sources as [string];
      if (sources.length === 1) tried = this.#rename(source, last, 'no-replace');
      const refused = tried === 'done' ? undefined : this.#notDirectory(last);
      if (tried !== 'done' && !refused) {
        this.#into = last;
        tried = undefined;
      } else if (refused && sources.length > 1)
        return this.#complain(`target ${this.#quoted(last)}: ${refused.reason}`);
    }
    this.#several = this.#into !== undefined && sources.length > 1;
    let ok = true;
    for (const source of sources) {
      const destination = this.#into === undefined ? last : inDirectory(this.#into, lastName(source));
      ok = this.#one(source, destination, tried) && ok;
    }
    return ok;
  }

  #one(source: string, destination: string, tried: Errno | 'done' | undefined): boolean {
    let errno: Errno | 'done' | undefined = tried ?? this.#rename(source, destination, 'no-replace');
    const { interactive, backup: control } = this.#request;
    if (errno === 'done' || (errno === 'EEXIST' && interactive === 'never')) return true;
    const seen = this.#lstat(source);
    if (seen instanceof Fault) return this.#complain(`cannot stat ${this.#quoted(source)}: ${seen.reason}`);
    const found = this.#lstat(destination);
    if (found instanceof Fault && found.errno !== 'ENOENT')
      return this.#complain(`cannot stat ${this.#quoted(destination)}: ${found.reason}`);
    let there = found instanceof Fault ? undefined : found;
    let backup: string | undefined;
    // Perhaps its path leads through what gets another name now.
    const place = control === 'none' ? undefined : this.#physical(destination);
    if (there) {
      errno = 'EEXIST';
      const met = this.#meet(source, seen, destination, there);
      if (met !== 'go on') return met;
      if (control !== 'none' && !['.', '..'].includes(lastName(source))) {
        const kept = this.#keep(source, seen, destination, control);
        if (kept === false) return false;
        backup = kept;
        if (kept !== undefined) there = undefined;
      }
    }
    const earlier = seen.kind === 'dir' ? this.#tried.get(identityKey(seen)) : undefined;
    if (earlier !== undefined) return this.#again(source, destination, earlier);
    if (seen.kind === 'dir') this.#tried.set(identityKey(seen), destination);
    if (errno === 'EEXIST') errno = this.#rename(source, destination, undefined, { seen, there, backup });
    if (errno === 'done') return true;
    if (errno === 'EXDEV') errno = this.#copy(source, seen, destination, there, backup);
    if (errno === 'done') return true;
    if (errno !== 'EINVAL') this.#tried.delete(identityKey(seen));
    if (errno === 'EINVAL')
      this.#complain(`cannot move ${this.#quoted(source)} to a subdirectory of itself, ${this.#quoted(destination)}`);
    else if (errno !== undefined)
      this.#complain(
        `cannot move ${this.#quoted(source)} to ${this.#quoted(destination)}: ${new Fault('rename', errno, '').reason}`,
      );
    if (backup !== undefined && place !== undefined)
      this.#fs.rename(this.#fs.cwd, join(dirname(place), lastName(backup)), this.#fs.cwd, place);
    return false;
  }

  /** A directory that was tried before. */
  #again(source: string, destination: string, earlier: string): boolean {
    if (this.#isSameName(source, earlier))
      return this.#complain(
        `cannot copy a directory, ${this.#quoted(source)}, into itself, ${this.#quoted(destination)}`,
      );
    if (destination !== earlier)
      return this.#complain(
        `will not create hard link ${this.#quoted(destination)} to directory ${this.#quoted(earlier)}`,
      );
    this.#complain(`warning: source directory ${this.#quoted(source)} specified more than once`);
    return true;
  }

  /** Nothing where what went wrong has been said. */
  #copy(
    source: string,
    seen: Stat,
    destination: string,
    there: Stat | undefined,
    backup: string | undefined,
  ): Errno | 'done' | undefined {
    const names = this.#namesOf(source, destination);
    const refused = this.#process.moveByCopy(source, destination);
    if (refused) {
      const what =
        there && refused.errno === 'ENOTEMPTY'
          ? `inter-device move failed: ${this.#quoted(source)} to ${this.#quoted(destination)}; unable to remove target`
          : `cannot move ${this.#quoted(source)} to ${this.#quoted(destination)}`;
      this.#complain(`${what}: ${refused.reason}`);
      return undefined;
    }
    this.#note(names, { source, destination, stat: seen, replaced: there, backup, copied: true });
    return 'done';
  }

  #rename(
    source: string,
    destination: string,
    how: 'no-replace' | undefined,
    known?: { readonly seen: Stat; readonly there: Stat | undefined; readonly backup: string | undefined },
  ): Errno | 'done' {
    const { fs } = this.#process;
    const names = this.#namesOf(source, destination);
    const stat = known?.seen ?? this.#lstat(source);
    const fault = fs.rename(fs.cwd, source, fs.cwd, destination, how);
    if (fault) return fault.errno;
    if (stat instanceof Fault) throw new Error('something was moved that could not be looked at');
    const { there: replaced, backup } = known ?? { there: undefined, backup: undefined };
    this.#note(names, { source, destination, stat, replaced, backup, copied: false });
    return 'done';
  }

  /** The physical paths of two names, which have to be asked for before they change. */
  #namesOf(source: string, destination: string): { readonly from: string; readonly to: string } | undefined {
    const from = this.#physical(source);
    const to = this.#physical(destination);
    return from === undefined || to === undefined ? undefined : { from, to };
  }

  #physical(path: string): string | undefined {
    const { fs, from, root } = this.#process;
    const { end } = trace(fs, parentOf(path), { from, root });
    return end.kind === 'found' ? join(end.path, lastName(path)) : undefined;
  }

  #note(names: { readonly from: string; readonly to: string } | undefined, thing: Noted): void {
    if (!names) throw new Error('something was moved whose place is not known');
    const { source, destination, stat, backup, copied } = thing;
    const moved = { ...thing, ...names, began: this.#beganAt(names.from) };
    this.#moved.push(moved);
    this.#reached.set(names.to, moved);
    if (this.#several) this.#made.add(fileKey(destination, stat));
    const kept = backup === undefined ? '' : ` (backup: ${this.#quoted(backup)})`;
    this.#told.push(
      `${copied ? 'copied' : 'renamed'} ${this.#quoted(source)} -> ${this.#quoted(destination)}${kept}`,
      ...(copied ? [`removed ${stat.kind === 'dir' ? 'directory ' : ''}${this.#quoted(source)}`] : []),
    );
  }

  /** What a path was before anything was moved. */
  #beganAt(path: string): string {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const above = this.#reached.get(path.slice(0, end));
      if (above) return above.began + path.slice(end);
    }
    return path;
  }

  /** What is to be done where something stands at the destination already: the answer, or on with it. */
  #meet(source: string, seen: Stat, destination: string, there: Stat): boolean | 'go on' {
    const { interactive, update, backup } = this.#request;
    const isDir = seen.kind === 'dir';
    if (interactive !== 'never' && this.#isSame(source, seen, destination, there))
      return this.#complain(`${this.#quoted(source)} and ${this.#quoted(destination)} are the same file`);
    if (update && !isDir && there.mtime >= seen.mtime) return true;
    if (interactive === 'never') return true;
    const mayWrite = there.kind === 'symlink' || !this.#fs.access(this.#fs.cwd, destination, 'write');
    const asks = interactive === 'ask' || (interactive === 'unspecified' && this.#process.mayAsk && !mayWrite);
    if (asks && !this.#process.ask(this.#question(destination, there, mayWrite))) return false;
    if (there.kind !== 'dir') {
      if (isDir && backup === 'none')
        return this.#complain(
          `cannot overwrite non-directory ${this.#quoted(destination)} with directory ${this.#quoted(source)}`,
        );
      if (backup !== 'numbered' && this.#made.has(fileKey(destination, there)))
        return this.#complain(
          `will not overwrite just-created ${this.#quoted(destination)} with ${this.#quoted(source)}`,
        );
    } else if (!isDir && backup === 'none')
      return this.#complain(`cannot overwrite directory ${this.#quoted(destination)} with non-directory`);
    return 'go on';
  }

  #question(path: string, there: Stat, mayWrite: boolean): string {
    const mode = there.mode.toString(8).padStart(4, '0');
    return mayWrite
      ? `overwrite ${this.#quoted(path)}? `
      : `replace ${this.#quoted(path)}, overriding mode ${mode} (${modeText(there.kind, there.mode).slice(1)})? `;
  }

  /** Whether both are one file in a way that a move would lose it: same_file_ok() of coreutils' copy.c. */
  #isSame(source: string, seen: Stat, destination: string, there: Stat): boolean {
    const same = sameFile(seen, there);
    const keeps = this.#request.backup !== 'none';
    const sameName = (): boolean => this.#isSameName(source, destination);
    if (seen.kind === 'symlink' && there.kind === 'symlink') return sameName() || (!keeps && same);
    if (keeps) return same && sameName();
    if (there.kind === 'symlink') return false;
    if (same && there.nlink > 1 && !sameName()) return true;
    if (seen.kind !== 'symlink' && !same) return false;
    if (seen.kind === 'symlink' && there.nlink > 1) {
      const end = this.#endOf(source);
      if (end !== undefined) return this.#isSameName(end, destination);
    }
    const [a, b] = [this.#stat(source), this.#stat(destination)];
    return !(a instanceof Fault) && !(b instanceof Fault) && sameFile(a, b);
  }

  /** Both are one name of one directory. A link to it is another place, but for the directory that the command was given. */
  #isSameName(a: string, b: string): boolean {
    if (lastName(a) !== lastName(b)) return false;
    const parent = parentOf(b);
    const into = this.#into;
    const isInto = into !== undefined && parent === (into.replace(/(?<=.)\/+$/s, '') || into);
    const [left, right] = [this.#lstat(parentOf(a)), isInto ? this.#stat(parent) : this.#lstat(parent)];
    return !(left instanceof Fault) && !(right instanceof Fault) && sameFile(left, right);
  }

  /** The name that a link leads to in the end. */
  #endOf(path: string): string | undefined {
    let at = path;
    for (let hops = 0; hops <= 40; hops++) {
      const text = this.#fs.readlink(this.#fs.cwd, at);
      if (text instanceof Fault) return this.#lstat(at) instanceof Fault ? undefined : at;
      at = text.startsWith('/') ? text : inDirectory(parentOf(at), text);
    }
    return undefined;
  }

  /** Gives what stands there the name of a backup: that name, or false where it cannot be. */
  #keep(
    source: string,
    seen: Stat,
    destination: string,
    control: Exclude<BackupControl, 'none'>,
  ): string | undefined | false {
    const { suffix } = this.#request;
    const base = lastName(destination);
    const bare = destination.replace(/\/+$/, '');
    const link = bare === destination ? undefined : this.#lstat(bare);
    if (link && !(link instanceof Fault) && link.kind === 'symlink')
      return this.#complain(`cannot backup ${this.#quoted(destination)}: ${new Fault('rename', 'ENOTDIR', '').reason}`);
    if (control !== 'numbered') {
      const found = lastName(source) === base + suffix ? this.#stat(bare + suffix) : undefined;
      if (found && !(found instanceof Fault) && sameFile(found, seen))
        return this.#complain(
          `backing up ${this.#quoted(destination)} might destroy source;  ${this.#quoted(source)} not moved`,
        );
    }
    const opened = this.#fs.open(this.#fs.cwd, parentOf(destination), { access: 'path', directory: true });
    if (opened instanceof Fault) return undefined;
    using at = opened;
    for (const { name, numbered } of backupNames(this.#fs, at, base, control, suffix)) {
      const fault = this.#fs.rename(at, base, at, name, numbered ? 'no-replace' : undefined);
      if (!fault) return bare.slice(0, -base.length) + name;
      if (numbered && fault.errno === 'EEXIST') continue;
      if (fault.errno === 'ENOENT') return undefined;
      return this.#complain(`cannot backup ${this.#quoted(destination)}: ${fault.reason}`);
    }
    return undefined;
  }

  #notDirectory(path: string): Fault | undefined {
    const opened =
      path === ''
        ? new Fault('openat', 'ENOENT', path)
        : this.#fs.open(this.#fs.cwd, path, { access: 'path', directory: true });
    if (opened instanceof Fault) return opened;
    opened[Symbol.dispose]();
    return undefined;
  }

  #lstat(path: string): Stat | Fault {
    return path === '' ? new Fault('lstat', 'ENOENT', '') : this.#fs.stat(this.#fs.cwd, path);
  }

  #stat(path: string): Stat | Fault {
    return path === '' ? new Fault('stat', 'ENOENT', '') : this.#fs.stat(this.#fs.cwd, path, 'follow');
  }

  #quoted(text: string): string {
    return quote(text, this.#process.utf8);
  }

  #complain(sentence: string): false {
    this.#problems.push(sentence);
    return false;
  }
}

type Noted = Omit<MovedThing, 'from' | 'to' | 'began'>;

const fileKey = (path: string, found: Stat): string => `${identityKey(found)} ${path}`;
