import { Fault } from '../../fs/fault.ts';
import type { Fs } from '../../fs/fs.ts';
import { identityKey } from '../../fs/identity.ts';
import { dirname, join } from '../../fs/path.ts';

/** What must be there: every part of the path, every part but the last, or none. */
export type Presence = 'existing' | 'all-but-last' | 'missing';

/** Where paths begin. A `Process` is one. */
export interface Standpoint {
  readonly fs: Fs;
  /** The absolute path of the working directory, as getcwd(3) gives it: it may be longer than PATH_MAX. */
  workingDirectory(): string | Fault;
}

/**
 * The absolute path without links and dots, by the rules of GNU's readlink and realpath. They differ
 * from the kernel's lookup (`trace`): any number of links may be passed, `..` goes up in the text of
 * what is resolved so far, and a directory is only asked for where nothing later would notice.
 *
 * `keep` leaves symbolic links as they are. The Fault is that of the call which refused.
 */
export const canonicalize = (
  from: Standpoint,
  path: string,
  presence: Presence,
  links: 'resolve' | 'keep' = 'resolve',
): string | Fault => {
  if (path === '') return new Fault('readlinkat', 'ENOENT', path);
  const start = path.startsWith('/') ? '/' : from.workingDirectory();
  if (start instanceof Fault) return start;

  const { fs } = from;
  let here = start;
  /** What is still to come; after a name was taken it is empty or begins with a slash. */
  let rest = path;
  const cycles = new Cycles(fs);

  for (;;) {
    rest = rest.slice(slashes(rest));
    if (rest === '') return here;
    const coming = rest;
    const slash = rest.indexOf('/');
    const name = slash < 0 ? rest : rest.slice(0, slash);
    rest = rest.slice(name.length);
    if (name === '.') continue;
    if (name === '..') {
      here = dirname(here);
      continue;
    }

    const at = join(here, name);
    const text = links === 'keep' ? undefined : fs.readlink(fs.cwd, at);
    if (typeof text === 'string') {
      const met = cycles.meet(here, coming, rest);
      if (met instanceof Fault) return met;
      if (met === 'new') {
        if (text.startsWith('/')) here = '/';
        rest = text + rest;
        continue;
      }
      if (presence !== 'missing') return new Fault('readlinkat', 'ELOOP', at);
    } else if (presence !== 'missing') {
      const refused = whyNot(fs, at, rest, text);
      const mayBeMissing = presence === 'all-but-last' && slashes(rest) === rest.length;
      if (refused && !(mayBeMissing && refused.errno === 'ENOENT')) return refused;
    }
    here = at;
  }
};

/** Why the walk cannot stand at something that is no link: `noLink` is what readlink said of it, if it was asked. */
const whyNot = (fs: Fs, at: string, rest: string, noLink: Fault | undefined): Fault | undefined => {
  if (mustBeDirectory(rest)) return refusal(fs, `${at}/`);
  if (noLink) return noLink.errno === 'EINVAL' ? undefined : noLink;
  return rest === '' ? refusal(fs, at) : undefined;
};

/** Whether what follows says nothing of its own that would fail in a file: a final `/` or `/.`, or `/..`. */
const mustBeDirectory = (rest: string): boolean => /^(?:\/+\.(?=\/))*\/+(?:\.{0,2}$|\.\.\/)/.test(rest);

const refusal = (fs: Fs, path: string): Fault | undefined => {
  const stat = fs.stat(fs.cwd, path, 'follow');
  return stat instanceof Fault ? stat : undefined;
};

/** How many slashes a text begins with. */
const slashes = (text: string): number => {
  let count = 0;
  while (text[count] === '/') count++;
  return count;
};

/** Links that are followed before cycles are looked for, as in gnulib: where -m stops in a cycle depends on it. */
const unwatched = 20;

/** Links whose texts name others twice over can take longer than anyone waits; no honest tree comes near. */
const mostLinks = 100_000;

/**
 * Knows a cycle in three ways: the same directory with the same path still to come (gnulib's own rule);
 * a link that is met inside its own text with more to come than before (`ln -s a/ a`, which gnulib's
 * rule never ends); and more links than can be meant.
 */
class Cycles {
  readonly #fs: Fs;
  readonly #seen = new Set<string>();
  /** Links inside whose text the walk is, outermost first, and how much was to come after each. */
  readonly #inside: { readonly link: string; readonly left: number }[] = [];
  readonly #leftOf = new Map<string, number>();
  #followed = 0;

  constructor(fs: Fs) {
    this.#fs = fs;
  }

  /** A link in the directory `dir`; `coming` is its name and what follows it, `rest` what follows. */
  meet(dir: string, coming: string, rest: string): 'new' | 'again' | Fault {
    this.#leave(coming.length);
    const link = join(dir, coming.slice(0, coming.length - rest.length));
    const left = this.#leftOf.get(link);
    if (left === undefined) {
      this.#inside.push({ link, left: rest.length });
      this.#leftOf.set(link, rest.length);
    } else if (rest.length > left) return 'again';

    if (++this.#followed > mostLinks) return new Fault('readlinkat', 'ELOOP', link);
    if (this.#followed <= unwatched) return 'new';
    const stat = this.#fs.stat(this.#fs.cwd, dir, 'follow');
    if (stat instanceof Fault) return stat;
    const key = `${identityKey(stat)} ${coming}`;
    if (this.#seen.has(key)) return 'again';
    this.#seen.add(key);
    return 'new';
  }

  /** Forgets the links whose text the walk has left behind. */
  #leave(coming: number): void {
    for (;;) {
      const last = this.#inside.at(-1);
      if (!last || coming > last.left) return;
      this.#inside.pop();
      this.#leftOf.delete(last.link);
    }
  }
}
