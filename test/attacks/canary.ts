/** A tree that nobody may touch: what it is, down to identities, counts of names and times of change. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** It has the names that attacks lead to. */
export const plantCanary = (path: string): void => {
  for (const dir of ['', 'dir', 'inner', 'empty']) mkdirSync(join(path, dir));
  for (const file of ['name', 'secret', 'src', 'dir/name', 'inner/name', 'inner/src', 'name~', 'text'])
    writeFileSync(join(path, file), `canary ${file}`);
  symlinkSync('secret', join(path, 'link'));
};

export const canaryState = (path: string): readonly string[] =>
  ['', ...namesBelow(path)].map((name) => {
    const full = join(path, name);
    const { dev, ino, mode, nlink, uid, gid, size, mtimeNs, ctimeNs } = lstatSync(full, { bigint: true });
    const kind = mode & 0o170000n;
    const holds = kind === 0o120000n ? readlinkSync(full) : kind === 0o100000n ? readFileSync(full, 'utf8') : '';
    return [name, dev, ino, mode.toString(8), nlink, uid, gid, size, mtimeNs, ctimeNs, holds].join(' ');
  });

/** Every name below a directory, through no link. */
export const namesBelow = (path: string, below = ''): readonly string[] =>
  readdirSync(join(path, below), { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = join(below, entry.name);
      return entry.isDirectory() ? [name, ...namesBelow(path, name)] : [name];
    });

/** What a name is, told by what it holds: inode numbers are used again, contents of tests are not. */
export const contentOf = (path: string): string => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return 'nothing';
  if (stat.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  if (stat.isFile()) return readFileSync(path, 'utf8');
  return stat.isDirectory() ? 'a directory' : stat.isFIFO() ? 'a pipe' : 'special';
};
