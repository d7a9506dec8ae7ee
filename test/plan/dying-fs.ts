import type { Fs } from '../../src/fs/fs.ts';

/** The process that used this Fs is dead: whatever it calls throws. */
export class Died extends Error {}

const reading: ReadonlySet<string> = new Set([
  'open',
  'stat',
  'readlink',
  'entries',
  'access',
  'read',
  'xattrs',
  'xattr',
]);

/** An Fs whose process dies at a call. `at` counts the calls that change something, from 1; `when` tells whether that one still happens. */
export const dyingFs = (fs: Fs, at: number, when: 'before' | 'after' | 'torn'): Fs => {
  let calls = 0;
  let dead = false;
  const opened: Disposable[] = [];
  return new Proxy(fs, {
    get(target, name: string) {
      const member = target[name as keyof Fs];
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]) => {
        if (dead) throw new Died();
        const call = (...args: readonly unknown[]): unknown => {
          const result = Reflect.apply(member, target, args);
          if (result && typeof result === 'object' && Symbol.dispose in result) opened.push(result as Disposable);
          return result;
        };
        const makes = name === 'open' && (args[2] as { create?: unknown }).create !== undefined;
        if ((reading.has(name) && !makes) || ++calls !== at) return call(...args);
        dead = true;
        if (when === 'after') call(...args);
        // A line that is only half on the storage.
        if (when === 'torn' && name === 'write') {
          const [file, bytes, position] = args as Parameters<Fs['write']>;
          target.write(file, bytes.subarray(0, bytes.length >> 1), position);
        }
        // The kernel closes what a dead process held.
        for (const handle of opened) handle[Symbol.dispose]();
        throw new Died();
      };
    },
  });
};
