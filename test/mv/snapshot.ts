/** A tree as plain data, and an oracle of where its links lead that shares nothing with the product. */
import type { Fs } from '../../src/fs/fs.ts';
import type { Kind } from '../../src/fs/stat.ts';
import { must } from '../plan/yard.ts';

export interface Node {
  readonly kind: Kind;
  readonly id: string;
  readonly text: string | undefined;
  readonly mode: number;
}

/** By absolute path. */
export type Snapshot = ReadonlyMap<string, Node>;

/** Everything below the root, but for the journals and what is kept for undo. */
export const snapshot = (fs: Fs): Snapshot => {
  const found = new Map<string, Node>();
  const visit = (path: string): void => {
    const stat = must(fs.stat(fs.cwd, path));
    const text = stat.kind === 'symlink' ? must(fs.readlink(fs.cwd, path)) : undefined;
    found.set(path, { kind: stat.kind, id: `${stat.dev}:${stat.ino}`, text, mode: stat.mode });
    if (stat.kind !== 'dir') return;
    using dir = must(fs.open(fs.cwd, path, { access: 'read', directory: true }));
    for (const { name } of must(fs.entries(dir)))
      if ((path !== '/' || name !== 'state') && !name.startsWith('.linkwright-'))
        visit(path === '/' ? `/${name}` : `${path}/${name}`);
  };
  visit('/');
  return found;
};

/** Where a path leads, or how it is broken; and which names were looked up on the way. */
export interface Led {
  readonly end: string;
  readonly looked: ReadonlySet<string>;
  /** Where the end lies, or would lie. */
  readonly path: string | undefined;
}

/** Follows a text from a directory, however many links that takes. */
export const leads = (tree: Snapshot, dir: string, text: string): Led => {
  const looked = new Set<string>();
  const expanding: string[] = [];
  type Result = { at: string } | { broken: string; path: string | undefined };
  const follow = (from: string, text: string): Result => {
    let at = text.startsWith('/') ? '/' : from;
    const names = text.split('/').filter((name) => name !== '');
    for (const [i, name] of names.entries()) {
      const here = tree.get(at);
      const rest = names
        .slice(i)
        .filter((name) => name !== '.')
        .join('/');
      if (!here) throw new Error(`the snapshot ends at ${at}`);
      if (here.kind !== 'dir') return { broken: `not a directory ${here.id}${rest && `/${rest}`}`, path: undefined };
      if (name === '.') continue;
      if (name === '..') {
        at = at.slice(0, at.lastIndexOf('/')) || '/';
        continue;
      }
      const entry = at === '/' ? `/${name}` : `${at}/${name}`;
      looked.add(entry);
      const found = tree.get(entry);
      if (!found)
        return {
          broken: `missing in ${here.id}: ${rest}`,
          path: /(^|\/)\.\.(\/|$)/.test(rest) ? undefined : at === '/' ? `/${rest}` : `${at}/${rest}`,
        };
      if (found.kind !== 'symlink') {
        at = entry;
        continue;
      }
      if (expanding.includes(entry)) return { broken: 'loop', path: undefined };
      expanding.push(entry);
      const led = follow(at, found.text as string);
      if ('broken' in led) {
        // The same words as for a text that says all of it by itself.
        const more = names.slice(i + 1).filter((name) => name !== '.');
        return led.broken === 'loop' ? led : { broken: [led.broken, ...more].join('/'), path: undefined };
      }
      expanding.pop();
      at = led.at;
    }
    if (text.endsWith('/') && tree.get(at)?.kind !== 'dir')
      return { broken: `not a directory ${tree.get(at)?.id}`, path: undefined };
    return { at };
  };
  const led = follow(dir, text);
  return 'broken' in led
    ? { end: led.broken, looked, path: led.path }
    : { end: `found ${tree.get(led.at)?.id}`, looked, path: led.at };
};
