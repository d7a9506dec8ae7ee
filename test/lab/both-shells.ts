/**
 * Command lines in the lab and in bash with coreutils, compared: what they write, their exit codes, and the tree they
 * leave. The real side is in a root directory of its own with the same users, in a mount namespace of its own.
 */
import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeBytes, encodeBytes } from '../../src/fs/bytes.ts';
import { Fault } from '../../src/fs/fault.ts';
import type { Fs, Handle } from '../../src/fs/fs.ts';
import { identityKey } from '../../src/fs/identity.ts';
import { linkText } from '../../src/fs/link-text.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { build } from '../../src/lab/drawing.ts';
import { newSession, type Session } from '../../src/lab/session.ts';
import { runLine } from '../../src/lab/shell/run-line.ts';
import { users } from '../../src/lab/users.ts';
import { nullDevice } from '../../src/sketch/process.ts';
import { openPlace, Scratch } from '../scratch.ts';

/** Lines typed one after the other where a tree stands. */
export interface Script {
  readonly tree: string;
  readonly lines: readonly string[];
  readonly user?: 'me' | 'root' | undefined;
}

/** Where a script went different ways. */
export interface Difference {
  readonly tree: string;
  readonly user: Script['user'];
  /** The lines that led there, the one that differs last. */
  readonly lines: readonly string[];
  readonly what: 'output' | 'errors' | 'code' | 'tree';
  readonly bash: string;
  readonly lab: string;
  /** All that the last line wrote on each side, for a tree all lines; where it went into a file, the tree at the end too. */
  readonly wrote: { readonly bash: string; readonly lab: string };
  /** The names of each file of the real side that has several. */
  readonly names: readonly (readonly string[])[];
}

interface Written {
  readonly out: string;
  readonly err: string;
  readonly code: string;
}

interface Outcome {
  readonly written: readonly Written[];
  readonly tree: string;
  /** Inode numbers by path, for what `ls -i` writes. */
  readonly inodes: ReadonlyMap<string, string>;
}

type Tree = Pick<Outcome, 'tree' | 'inodes'>;

/** With the inode numbers of what is gone by now: a line may have shown them. */
const bothTimes = (before: Tree, after: Tree): Tree => ({
  tree: after.tree,
  inodes: new Map([...[...before.inodes].map(([path, ino]) => [`before: ${path}`, ino] as const), ...after.inodes]),
});

/** What differs, one at most a script. */
export const compareShells = (scripts: readonly Script[]): readonly Difference[] => {
  const real = inBash(scripts);
  return scripts.flatMap((script, index) => {
    const found = firstDifference(script, real[index] as Outcome, inLab(script));
    if (found?.what !== 'tree' || script.lines.length === 1) return found ?? [];
    return earliest(script) ?? found;
  });
};

/**
 * What differed in the tree before the line that shows it. What differs by the order of a real directory or by the inode
 * numbers that are free is otherwise the next time, so it is tried often.
 */
export const causeOf = ({ tree, lines, user }: Difference): Difference | undefined => {
  const script = { tree, lines: lines.slice(0, -1), user };
  if (script.lines.length === 0) return undefined;
  const lab = inLab(script);
  const tries = inBash(Array.from({ length: 50 }, () => script));
  return tries.map((bash) => firstDifference(script, bash, lab)).find((difference) => difference !== undefined);
};

/** The shortest beginning of a script that differs. */
const earliest = (script: Script): Difference | undefined => {
  const beginnings = script.lines.map((_, index) => ({ ...script, lines: script.lines.slice(0, index + 1) }));
  const real = inBash(beginnings);
  for (const [index, beginning] of beginnings.entries()) {
    const found = firstDifference(beginning, real[index] as Outcome, inLab(beginning));
    if (found) return found;
  }
  return undefined;
};

const firstDifference = (script: Script, bash: Outcome, lab: Outcome): Difference | undefined => {
  const numbers = new Map([...bash.inodes].map(([place, ino]) => [ino, lab.inodes.get(place) ?? ino]));
  const names = namesOfFiles(bash);
  for (const [index, line] of script.lines.entries()) {
    const [theirs, ours] = [bash.written[index], lab.written[index]];
    if (!theirs || !ours) return undefined;
    const [theirOut, ourOut] = [sameNumbers(line, theirs.out, numbers), sameNumbers(line, ours.out, new Map())];
    const wrote = { bash: allWritten(line, bash, index), lab: allWritten(line, lab, index) };
    const told = { tree: script.tree, user: script.user, lines: script.lines.slice(0, index + 1), wrote, names };
    const sameOut = theirOut === ourOut || (showsInodes.test(line) && unknown(theirOut, lab) === unknown(ourOut, lab));
    if (!sameOut) return { ...told, what: 'output', bash: theirOut, lab: ourOut };
    const [theirErr, ourErr] = [plainErrors(theirs.err), plainErrors(ours.err)];
    if (theirErr !== ourErr) return { ...told, what: 'errors', bash: theirErr, lab: ourErr };
    if (theirs.code !== ours.code) return { ...told, what: 'code', bash: theirs.code, lab: ours.code };
  }
  if (bash.tree === lab.tree) return undefined;
  // Any of its lines may have made it: the order of a real directory is another one at the next try.
  const everything = (side: Outcome): string => script.lines.map((line, at) => allWritten(line, side, at)).join('');
  const wrote = { bash: everything(bash), lab: everything(lab) };
  return { ...script, user: script.user, what: 'tree', bash: bash.tree, lab: lab.tree, wrote, names };
};

/** Before the lines or after them. */
const namesOfFiles = ({ inodes }: Outcome): readonly (readonly string[])[] => {
  const files = Map.groupBy(inodes, ([path, ino]) => `${/^before: /.exec(path)?.[0] ?? ''}${ino}`);
  return [...files.values()]
    .map((entries) => entries.map(([path]) => path.replace(/^before: /, '')))
    .filter((names) => names.length > 1);
};

const allWritten = (line: string, { written, tree }: Outcome, index: number): string =>
  `${written[index]?.err}${written[index]?.out}${line.includes('>') ? tree : ''}`;

/** How bash begins its complaints in the files that it reads the lines from. */
const shellName = /(?:\/io\/line-\d+|\bbash): (?:eval: )?(?:line \d+: )+/g;
/** A line is read with `.` there, which `set -x` counts. */
const tracedTwice = /^( *\d+\t)?\+(?=\++ )/gm;

/** Who complains, and in which line of a script, is not of interest. */
const plainErrors = (text: string): string =>
  text
    .replace(shellName, 'bash: ')
    .replace(/^bash: `.*'\n/gm, '')
    .replace(ofTheMachine, '')
    // A race inside of bash, about a process of its own.
    .replace(/^bash: wait_for: No record of process \d+\n/gm, '')
    .replace(/^exit\n/gm, '');

/** Times of day and inode numbers are each side's own, and with them the widths of columns. */
const sameNumbers = (line: string, written: string, numbers: ReadonlyMap<string, string>): string => {
  const told = written.replace(shellName, 'bash: ').replace(/^bash: `.*'\n/gm, '');
  const text = /\bfind\b/.test(line) ? told.replace(ofTheMachine, '') : told;
  if (!/\b(ls|stat|find|df|du|namei|lw)\b/.test(line)) return text;
  return text
    .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4}/g, 'TIME')
    .replace(/\b[A-Z][a-z]{2} +\d{1,2} +(\d\d:\d\d|\d{4})\b/g, 'TIME')
    .replace(/\d{2,}/g, (number) => numbers.get(number) ?? number)
    .replace(/^ +/gm, '')
    .replace(/ {2,}/g, ' ');
};

const showsInodes = /%i|\bls\b.* -\w*i/;

/** Of a file that was made and is gone again nobody knows the number. */
const unknown = (text: string, { inodes }: Outcome): string => {
  const known = new Set(inodes.values());
  return text.replace(/\d{2,}/g, (number) => (known.has(number) ? number : '?'));
};

/** What find comes to where it begins above the homes. */
const ofTheMachine = /^(?:find: ‘)?(?:\.\.\/*|\/)+(?:io|proc|usr|etc|dev|root|bin|lib\w*)\b.*\n/gm;

const rootTree = ({ sketch }: Session): Tree => {
  const root = sketch.process();
  return treeOf(root, root.cwd);
};

const inLab = ({ tree, lines, user = 'me' }: Script): Outcome => {
  const session = newSession({ tree, user, directory: '/home/me' });
  const before = rootTree(session);
  const root = session.sketch.process();
  // What the real side needs to run at all is there too.
  for (const name of ['usr', 'io', 'proc']) root.mkdir(root.cwd, name, 0o755);
  for (const name of libraries) if (existsSync(`/${name}`)) root.symlink(linkText(`usr/${name}`), root.cwd, name);
  const written: Written[] = [];
  for (const line of lines) {
    if (!session.alive) break;
    const { out, err, code } = runLine(session, line);
    written.push({ out, err, code: String(code) });
  }
  return { written, ...bothTimes(before, treeOf(root, root.cwd)) };
};

const inBash = (scripts: readonly Script[]): readonly Outcome[] => {
  using scratch = new Scratch();
  const before = scripts.map((script, index) => prepare(scratch.at(String(index)), script));
  writeFileSync(scratch.at('run'), runAll);
  const { status, stderr } = spawnSync(
    'unshare',
    ['--mount', '--propagation=private', 'sh', scratch.at('run'), scratch.path, String(scripts.length)],
    { encoding: 'utf8', env: { PATH: process.env.PATH }, input: '' },
  );
  // A line may leave `set -x` on; where bash itself crashes, what it had not run by then is not compared.
  const trouble = stderr.replace(/^\++ .*\n|^(?:Segmentation fault|Aborted).*\n/gm, '');
  if (status !== 0 || trouble !== '') throw new Error(`the real side did not run: ${status} ${trouble}`);
  return scripts.map((script, index) => outcomeOf(scratch.at(String(index)), script, before[index] as Tree));
};

const runAll = `set -e
cd "$1"
i=0
while [ $i -lt "$2" ]; do
  # Read-only: \`chmod -R\` of root may come there by way of \`..\`.
  for dir in usr proc; do
    mount --bind /$dir $i/$dir
    mount -o remount,bind,ro $i/$dir
  done
  read -r uid < $i/io/uid
  home=/home/me; [ $uid = 0 ] && home=/root
  env -i HOME=$home LC_ALL=C.UTF-8 LOGNAME=me PATH=/usr/local/bin:/usr/bin:/bin PWD=/home/me SHELL=/bin/bash USER=me \\
    /usr/sbin/chroot $i /usr/bin/setpriv --reuid=$uid --regid=$uid --clear-groups /bin/bash --norc /io/driver < /dev/null || { status=$?; [ $status = 134 ] || [ $status = 139 ] || test -e $i/io/code-0; }
  # What a line left in the background may still run.
  umount --lazy $i/usr $i/proc
  i=$((i + 1))
done
`;

/**
 * Reads each line from a file, and leaves what it wrote in others. An \`exit\` ends it, and so does a mistake within
 * \`$(…)\`, with 257; where lines are typed that is 2, and the shell goes on.
 */
const driver = (count: number): string => `umask 022
shopt -s expand_aliases
cd /home/me
unset OLDPWD
${Array.from(
  { length: count },
  (_, index) => `trap 'case $? in 257) echo 2 ;; *) echo $? ;; esac > /io/code-${index}' EXIT
( exit ${index === 0 ? 0 : `$(< /io/code-${index - 1})`} )
. /io/line-${index} > /io/out-${index} 2> /io/err-${index}
echo $? > /io/code-${index}
`,
).join('')}trap - EXIT
`;

const libraries = ['bin', 'lib', 'lib64'];

const prepare = (root: string, { tree, lines, user = 'me' }: Script): Tree => {
  for (const name of ['', 'usr', 'proc', 'io', 'etc', 'dev', 'home', 'mnt', 'tmp', 'root']) mkdirSync(join(root, name));
  for (const name of libraries) if (existsSync(`/${name}`)) symlinkSync(`usr/${name}`, join(root, name));
  cpSync('/etc/ld.so.cache', join(root, 'etc/ld.so.cache'));
  writeFileSync(
    join(root, 'etc/passwd'),
    users.map(({ name, uid, gid, home }) => `${name}:x:${uid}:${gid}::${home}:/bin/bash\n`).join(''),
  );
  writeFileSync(join(root, 'etc/group'), users.map(({ name, gid }) => `${name}:x:${gid}:\n`).join(''));
  for (const { name, uid, gid } of users) {
    if (uid === 0) continue;
    mkdirSync(join(root, 'home', name));
    chownSync(join(root, 'home', name), uid, gid);
  }
  using place = openPlace(root);
  const fs: Fs = kernel;
  fs.mknod(place.handle, 'dev/null', 'char', 0o666, nullDevice);
  fs.chmod(place.handle, 'dev/null', 0o666);
  fs.chmod(place.handle, 'tmp', 0o1777);
  fs.chmod(place.handle, 'root', 0o700);
  fs.chmod(place.handle, 'io', 0o777);
  const uid = users.find(({ name }) => name === user)?.uid ?? 0;
  using home = openPlace(join(root, 'home/me'));
  const names = new Map(users.map((known) => [known.name, known.uid]));
  build(fs, home.handle, tree, { owner: { uid, gid: uid }, users: names, groups: names });
  giveTimes(fs, home.handle, { tree, lines, user });
  writeFileSync(join(root, 'io/uid'), `${uid}\n`);
  writeFileSync(join(root, 'io/driver'), driver(lines.length));
  lines.forEach((line, index) => {
    writeFileSync(join(root, `io/line-${index}`), encodeBytes(line));
  });
  return treeOf(fs, place.handle);
};

/**
 * The kernel's clock moves by ticks, so what is built at once may be of one age: the files get the order in time that
 * they have in the lab, a minute ago.
 */
const giveTimes = (fs: Fs, home: Handle, { tree, user = 'me' }: Script): void => {
  const { sketch } = newSession({ tree, user, directory: '/home/me' });
  const lab = sketch.process();
  const start = BigInt(Date.now() - 60_000) * 1_000_000n;
  const found: { readonly path: string; readonly time: bigint }[] = [];
  const visit = (path: string): void => {
    const stat = lab.stat(lab.cwd, `home/me/${path}`);
    if (stat instanceof Fault) throw new Error(`${path}: ${stat.reason}`);
    found.push({ path, time: stat.mtime });
    if (stat.kind !== 'dir') return;
    const opened = lab.open(lab.cwd, `home/me/${path}`, { access: 'read', directory: true });
    if (opened instanceof Fault) throw new Error(`${path}: ${opened.reason}`);
    using dir = opened;
    const entries = lab.entries(dir);
    if (entries instanceof Fault) throw new Error(`${path}: ${entries.reason}`);
    for (const { name } of entries) visit(path === '.' ? name : `${path}/${name}`);
  };
  visit('.');
  const first = found.toSorted((a, b) => (a.time < b.time ? -1 : 1))[0]?.time ?? 0n;
  for (const { path, time } of found) {
    const mtime = start + time - first;
    const fault = fs.setTimes(home, path, { atime: mtime, mtime });
    if (fault) throw new Error(`${path}: ${fault.reason}`);
  }
};

const outcomeOf = (root: string, { lines }: Script, before: Tree): Outcome => {
  const read = (name: string): string => decodeBytes(readFileSync(join(root, 'io', name))).replace(tracedTwice, '$1');
  const written: Written[] = [];
  for (const index of lines.keys()) {
    if (!existsSync(join(root, `io/code-${index}`)) || !existsSync(join(root, `io/out-${index}`))) break;
    written.push({ out: read(`out-${index}`), err: read(`err-${index}`), code: read(`code-${index}`).trim() });
  }
  using place = openPlace(root);
  return { written, ...bothTimes(before, treeOf(kernel, place.handle)) };
};

/** What lies in the directories that lines may change: kinds, modes, owners, names of one file, texts and contents. */
const treeOf = (fs: Fs, root: Handle): Tree => {
  const lines: string[] = [];
  const inodes = new Map<string, string>();
  const numbers = new Map<string, number>();
  const visit = (path: string): void => {
    // `cp -rL` into a directory that a link leads to ends only where paths become too long.
    if (path.split('/').length > deepest) {
      lines.push(`${JSON.stringify(path)} goes on`);
      return;
    }
    const stat = fs.stat(root, path);
    if (stat instanceof Fault) throw new Error(`${path}: ${stat.reason}`);
    inodes.set(path, String(stat.ino));
    const key = identityKey(stat);
    const several = stat.kind !== 'dir' && stat.nlink > 1;
    if (several && !numbers.has(key)) numbers.set(key, numbers.size + 1);
    const number = several ? ` #${numbers.get(key)} of ${stat.nlink}` : '';
    const text =
      stat.kind === 'symlink'
        ? ` -> ${fs.readlink(root, path)}`
        : stat.kind === 'file'
          ? ` ${JSON.stringify(fs === kernel ? contents(fs, root, path).replace(tracedTwice, '$1') : contents(fs, root, path))}`
          : '';
    const mode = stat.kind === 'symlink' ? '' : ` ${stat.mode.toString(8)}`;
    lines.push(`${JSON.stringify(path)} ${stat.kind}${mode} ${stat.uid}:${stat.gid}${number}${text}`);
    if (stat.kind !== 'dir') return;
    const opened = fs.open(root, path, { access: 'read', directory: true });
    if (opened instanceof Fault) throw new Error(`${path}: ${opened.reason}`);
    using dir = opened;
    const entries = fs.entries(dir);
    if (entries instanceof Fault) throw new Error(`${path}: ${entries.reason}`);
    for (const name of entries.map((entry) => entry.name).sort()) visit(`${path}/${name}`);
  };
  const top = fs.stat(root, '');
  if (!(top instanceof Fault)) inodes.set('/', String(top.ino));
  for (const name of ['home', 'mnt', 'tmp'])
    if (fs.stat(root, name) instanceof Fault) lines.push(`${JSON.stringify(name)} is gone`);
    else visit(name);
  return { tree: lines.join('\n'), inodes };
};

const deepest = 40;

const contents = (fs: Fs, root: Handle, path: string): string => {
  const opened = fs.open(root, path, { access: 'read' });
  if (opened instanceof Fault) return opened.errno;
  using file = opened;
  const bytes = new Uint8Array(1 << 16);
  const count = fs.read(file, bytes, 0);
  return count instanceof Fault
    ? count.errno
    : decodeBytes(bytes.subarray(0, count))
        .replace(shellName, 'bash: ')
        .replace(/^bash: `.*'\n/gm, '');
};
