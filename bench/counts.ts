/** What GNU find says of a tree, for `lw map --json` to be compared with: `node bench/counts.ts DIR`. */
import { spawnSync } from 'node:child_process';

/** Counts of the entries below a directory and itself, as find counts them. */
export interface Counts {
  readonly entries: number;
  readonly directories: number;
  readonly files: number;
  readonly symlinks: number;
  /** `-xtype l`: symbolic links that end in ENOENT or ENOTDIR, which find does not tell apart. */
  readonly dangling: number;
  /** Symbolic links that end in ELOOP. */
  readonly loops: number;
  /** Symbolic links that find could not follow for another reason: EACCES, ENAMETOOLONG. */
  readonly unknown: number;
  readonly symlinksToDirectories: number;
  /** Names, directories aside, of inodes with more than one (`-links +1`). */
  readonly multiLinkNames: number;
  readonly multiLinkInodes: number;
  /** The same of regular files alone. */
  readonly multiLinkFileNames: number;
  readonly multiLinkFileInodes: number;
  /** Link counts of those inodes minus the names seen. */
  readonly namesOutside: number;
}

/** One pass of find(1). Records end in NUL and hold no name, so no name can disturb them. */
export const countTree = (dir: string): Counts => {
  const start = /^[-(),!]/.test(dir) ? `./${dir}` : dir;
  const found = spawnSync('find', [start, '-printf', '%y%Y %n %D %i\\0', '-xtype', 'l', '-printf', 'dangling\\0'], {
    encoding: 'latin1',
    maxBuffer: 2 ** 31,
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (found.error) throw found.error;
  // 1 is also the answer to a loop: `-xtype l` reports it as an error and does not match it.
  if (found.status !== 0 && found.status !== 1) throw new Error(`find ${dir} failed: ${found.stderr}`);
  return tally(found.stdout.split('\0'));
};

const tally = (records: readonly string[]): Counts => {
  const types = new Map<string, number>();
  const inodes = new Map<string, Inode>();
  let dangling = 0;
  for (const record of records) {
    if (record === '') continue;
    if (record === 'dangling') {
      dangling++;
      continue;
    }
    const type = record.slice(0, 2);
    types.set(type, (types.get(type) ?? 0) + 1);
    const [, links = '', device = '', number = ''] = record.split(' ');
    if (type[0] === 'd' || links === '1') continue;
    const key = `${device} ${number}`;
    const inode = inodes.get(key) ?? { file: type[0] === 'f', links: Number(links), names: 0 };
    inode.names++;
    inodes.set(key, inode);
  }
  const sum = (wanted: (type: string) => boolean): number =>
    types.entries().reduce((total, [type, count]) => (wanted(type) ? total + count : total), 0);
  const multi = [...inodes.values()];
  const names = (of: readonly Inode[]): number => of.reduce((total, inode) => total + inode.names, 0);
  const files = multi.filter((inode) => inode.file);
  return {
    entries: sum(() => true),
    directories: sum((type) => type[0] === 'd'),
    files: sum((type) => type[0] === 'f'),
    symlinks: sum((type) => type[0] === 'l'),
    dangling,
    // %Y writes the kind that a link leads to, L for a loop, ? for another error (find(1)).
    loops: sum((type) => type === 'lL'),
    unknown: sum((type) => type === 'l?'),
    symlinksToDirectories: sum((type) => type === 'ld'),
    multiLinkNames: names(multi),
    multiLinkInodes: multi.length,
    multiLinkFileNames: names(files),
    multiLinkFileInodes: files.length,
    namesOutside: multi.reduce((total, inode) => total + inode.links - inode.names, 0),
  };
};

interface Inode {
  readonly file: boolean;
  readonly links: number;
  names: number;
}

if (import.meta.main) {
  const dir = process.argv[2];
  if (dir === undefined) {
    process.stderr.write('usage: node bench/counts.ts DIR\n');
    process.exitCode = 2;
  } else process.stdout.write(`${JSON.stringify(countTree(dir), undefined, 2)}\n`);
}
