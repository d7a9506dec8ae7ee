/** Mistakes that models of a file system make, planted to see that the campaign finds them. */
import { Fault } from '../../src/fs/fault.ts';
import type { Fs, Handle } from '../../src/fs/fs.ts';
import { sameFile } from '../../src/fs/identity.ts';
import type { Stat } from '../../src/fs/stat.ts';
import type { User } from './sketch-script.ts';
import type { Side } from './sketch-sides.ts';

/** A side with one thing done wrong. `root` may look at anything. */
const planted = (side: Side, wrong: (fs: Fs, user: User, root: () => Fs) => Partial<Fs>): Side => ({
  begin: () => side.begin(),
  chdir: (path) => side.chdir(path),
  start: (umask) => side.start(umask),
  as(user) {
    const fs = side.as(user);
    const asRoot = (): Fs => side.as(0);
    const changed = wrong(fs, user, asRoot);
    return new Proxy(fs, {
      get: (_, name: keyof Fs) => {
        const own = changed[name];
        if (typeof own === 'function')
          return (...args: never[]) => {
            const answer = (own as (...args: never[]) => unknown)(...args);
            side.as(user);
            return answer;
          };
        const value = fs[name];
        return typeof value === 'function' ? (value as () => unknown).bind(fs) : value;
      },
    });
  },
});

export const bugs = {
  'a rename between two names of one file removes the first': (side: Side): Side =>
    planted(side, (fs) => ({
      rename(from: Handle, fromPath: string, to: Handle, path: string, how?: 'no-replace' | 'exchange') {
        const before = [fs.stat(from, fromPath), fs.stat(to, path)] as const;
        const refused = fs.rename(from, fromPath, to, path, how);
        if (!refused && how === undefined && areOne(...before) && fromPath !== path) fs.unlink(from, fromPath);
        return refused;
      },
    })),

  '45 links pass': (side: Side): Side =>
    planted(side, (fs) => ({
      stat(at: Handle, path: string, follow?: 'follow') {
        const stat = fs.stat(at, path, follow);
        if (!(stat instanceof Fault) || stat.errno !== 'ELOOP' || !follow) return stat;
        // Five links further on, by name.
        let dir = path;
        for (let i = 0; i < 5; i++) {
          const text = fs.readlink(at, dir);
          if (text instanceof Fault) return stat;
          dir = text.startsWith('/') ? text : dir.slice(0, dir.lastIndexOf('/') + 1) + text;
        }
        return fs.stat(at, dir, follow);
      },
    })),

  'a sticky directory keeps nobody from renaming': (side: Side): Side =>
    planted(side, (fs, _, root) => ({
      rename(from: Handle, fromPath: string, to: Handle, path: string, how?: 'no-replace' | 'exchange') {
        const refused = fs.rename(from, fromPath, to, path, how);
        return refused?.errno === 'EPERM' ? root().rename(from, fromPath, to, path, how) : refused;
      },
    })),
} as const;

const areOne = (a: Stat | Fault, b: Stat | Fault): boolean =>
  !(a instanceof Fault) && !(b instanceof Fault) && sameFile(a, b);
