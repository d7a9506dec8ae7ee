import { Fault } from '../../fs/fault.ts';
import type { Fs, Handle } from '../../fs/fs.ts';
import { sameFile } from '../../fs/identity.ts';
import type { Stat } from '../../fs/stat.ts';

/**
 * The path of the working directory, as getcwd(3) has it: the kernel's own word where /proc gives it and it is
 * true, otherwise found by climbing: then each directory above must be readable. ENOENT where it was removed.
 */
export const workingDirectory = (fs: Fs): string | Fault => {
  const here = fs.stat(fs.cwd, '');
  if (here instanceof Fault) return here;
  const told = fs.readlink(fs.cwd, '/proc/self/cwd');
  return typeof told === 'string' && isTrue(fs, told, here) ? told : climb(fs, here);
};

/** A removed directory's path ends in ` (deleted)`, and another machine's /proc tells of another process. */
const isTrue = (fs: Fs, told: string, here: Stat): boolean => {
  if (!told.startsWith('/')) return false;
  const there = fs.stat(fs.cwd, told);
  return there instanceof Fault ? there.errno === 'EACCES' && here.nlink > 0 : sameFile(there, here);
};

const climb = (fs: Fs, bottom: Stat): string | Fault => {
  const names: string[] = [];
  let child = bottom;
  let at: Handle = fs.cwd;
  try {
    for (;;) {
      const above = fs.open(at, '..', { access: 'read', directory: true });
      if (above instanceof Fault) return above;
      release(fs, at);
      at = above;
      const parent = fs.stat(above, '');
      if (parent instanceof Fault) return parent;
      if (sameFile(parent, child)) return `/${names.reverse().join('/')}`;
      const name = nameIn(fs, above, child);
      if (name instanceof Fault) return name;
      names.push(name);
      child = parent;
    }
  } finally {
    release(fs, at);
  }
};

/** The name that a directory has in the one above: at a mount point, entries give another inode's number. */
const nameIn = (fs: Fs, above: Handle, child: Stat): string | Fault => {
  const entries = fs.entries(above);
  if (entries instanceof Fault) return entries;
  const likely = entries.filter(({ ino }) => ino === child.ino);
  for (const { name } of [...likely, ...entries]) {
    const stat = fs.stat(above, name);
    if (!(stat instanceof Fault) && sameFile(stat, child)) return name;
  }
  return new Fault('getcwd', 'ENOENT', '.');
};

const release = (fs: Fs, handle: Handle): void => {
  if (handle !== fs.cwd) handle[Symbol.dispose]();
};
