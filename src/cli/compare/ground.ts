import { decodeBytes, encodeBytes } from '../../fs/bytes.ts';
import { Fault } from '../../fs/fault.ts';
import type { Fs, Handle } from '../../fs/fs.ts';
import { linkText } from '../../fs/link-text.ts';
import type { Stat } from '../../fs/stat.ts';
import { randomWord } from '../../kernel/random.ts';
import { show } from '../show.ts';
import { Hindrance } from './comparison.ts';
import { emptyScratch, markScratch, scratchPrefix, sweep } from './left-behind.ts';

/** A directory of our own to try things in. */
export interface Ground extends Disposable {
  readonly fs: Fs;
  readonly dir: Handle;
}

/** The scratch directory itself. `remove` gives sentences about what it could not remove. */
export interface Scratch extends Ground {
  readonly name: string;
  /** Sentences about what earlier comparisons had left there. */
  readonly leftBehind: readonly string[];
  remove(): readonly string[];
}

/** Makes an empty directory with a name that nobody can foresee, closed to others. It outlives the handle of its parent. */
export const makeScratch = (fs: Fs, place: Handle): Scratch | Fault => {
  const parent = fs.open(place, '.', { access: 'path', directory: true });
  if (parent instanceof Fault) return parent;
  const leftBehind = sweep(fs, parent);
  const name = `${scratchPrefix}${randomWord()}`;
  const dir =
    fs.mkdir(parent, name, 0o700) ?? fs.open(parent, name, { access: 'read', directory: true, nofollow: true });
  if (dir instanceof Fault) {
    parent[Symbol.dispose]();
    return dir;
  }
  markScratch(fs, dir, name);
  return {
    fs,
    dir,
    name,
    leftBehind,
    remove() {
      const refused = [...emptyScratch(fs, dir)];
      const last = fs.rmdir(parent, name);
      if (last) refused.push(last);
      return refused.map(
        (fault) => `cannot remove ${show(fault.path)} of the scratch directory ${show(name)}: ${fault.reason}`,
      );
    },
    [Symbol.dispose]() {
      dir[Symbol.dispose]();
      parent[Symbol.dispose]();
    },
  };
};

/** A new directory in another one; the caller releases it. */
export const newGround = ({ fs, dir }: Ground, name: string, mode = 0o700): Ground => {
  need(fs.mkdir(dir, name, mode));
  const handle = need(fs.open(dir, name, { access: 'read', directory: true, nofollow: true }));
  return { fs, dir: handle, [Symbol.dispose]: () => handle[Symbol.dispose]() };
};

/** The answer of a call that has to work for the experiment to mean anything. */
export const need = <T>(answer: T | Fault): T => {
  if (answer instanceof Fault)
    throw new Hindrance(
      `${answer.call}${answer.path === '' ? '' : ` of ${show(answer.path)}`} was refused: ${answer.reason} (${answer.errno})`,
      true,
    );
  return answer;
};

/** Makes the second name of a file, without which there is nothing to try. */
export const needLink = ({ fs, dir }: Ground, file: string, name: string): void => {
  const refused = fs.link(dir, file, dir, name);
  if (refused) throw new Hindrance(`a hard link cannot be made here: ${refused.reason} (${refused.errno})`, false);
};

export const needSymlink = ({ fs, dir }: Ground, text: string, name: string): void => {
  const refused = fs.symlink(linkText(text), dir, name);
  if (refused) throw new Hindrance(`a symbolic link cannot be made here: ${refused.reason} (${refused.errno})`, false);
};

export const symlink = ({ fs, dir }: Ground, text: string, name: string): Fault | undefined =>
  fs.symlink(linkText(text), dir, name);

/** Writes a whole file; what stands there is written to, not replaced. */
export const writeFile = ({ fs, dir }: Ground, name: string, text: string | Uint8Array): void => {
  using file = need(fs.open(dir, name, { access: 'write', create: 'if-missing', truncate: true, mode: 0o644 }));
  const bytes = typeof text === 'string' ? encodeBytes(text) : text;
  const done = <T>(answer: T | Fault): T =>
    need(answer instanceof Fault ? new Fault(answer.call, answer.errno, name) : answer);
  for (let at = 0; at < bytes.length; ) at += done(fs.write(file, bytes.subarray(at), at));
  done(fs.sync(file));
};

/** The beginning of a file, links followed. */
export const readFile = ({ fs, dir }: Ground, name: string): string | Fault => {
  const opened = fs.open(dir, name, { access: 'read' });
  if (opened instanceof Fault) return opened;
  using file = opened;
  return readHandle(fs, file);
};

export const readHandle = (fs: Fs, file: Handle): string | Fault => {
  const bytes = new Uint8Array(256);
  const count = fs.read(file, bytes, 0);
  return count instanceof Fault ? count : decodeBytes(bytes.subarray(0, count));
};

export const statOf = ({ fs, dir }: Ground, name: string): Stat => need(fs.stat(dir, name));

/** What a text or a refusal is as an observation. */
export const told = (answer: string | Fault): string => (answer instanceof Fault ? answer.errno : answer.trim());
