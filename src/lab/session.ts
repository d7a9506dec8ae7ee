import { Fault } from '../fs/fault.ts';
import type { Handle } from '../fs/fs.ts';
import type { Stat } from '../fs/stat.ts';
import { nullDevice } from '../sketch/process.ts';
import { Sketch } from '../sketch/sketch.ts';
import { type Clock, newClock } from './clock.ts';
import { build, DrawingError } from './drawing.ts';
import { LabProcess } from './lab-process.ts';
import type { Command } from './shell/syntax.ts';
import type { Refused, Tally } from './tally.ts';
import { type User, users } from './users.ts';

/** A shell somebody sits at, and the machine below it: all that a line may change. */
export interface Session {
  readonly sketch: Sketch;
  /** Whose the shell is and where it stands: another one after `su`, and within `( … )`. */
  process: LabProcess;
  /** The shell's variables; those in `exported` are the environment of commands. */
  readonly variables: Map<string, string>;
  readonly exported: Set<string>;
  readonly aliases: Map<string, string>;
  readonly functions: Map<string, Command>;
  /** `$1` and on. */
  positional: readonly string[];
  /** Letters of `set`: f, u, x, C. */
  readonly options: Set<string>;
  /** The working directory as the shell went there: through links, unlike `process.workingDirectory`. */
  directory: string;
  /** Lines as they were typed (`!!` as what it stands for), the oldest first. */
  readonly history: string[];
  /** `$?` */
  status: number;
  readonly clock: Clock;
  /** Descriptors from 3 on that `exec 3<file` opened. */
  readonly files: Map<number, OpenFile>;
  /** What runs in the background, by its number. */
  readonly jobs: Map<number, Job>;
  /** Shells below this one: `su` puts one on top, `exit` takes it away. */
  readonly below: Shell[];
  /** Changes that the sketch refused since the line began, and how much was done. */
  readonly tally: Tally;
  /** What came to the terminal since the line began. */
  readonly output: Piece[];
  nextPid: number;
  /** False after the last `exit`. */
  alive: boolean;
}

/** What `su` sets aside and `exit` brings back. */
export interface Shell {
  readonly process: LabProcess;
  readonly directory: string;
  readonly positional: readonly string[];
  readonly functions: ReadonlyMap<string, Command>;
  readonly options: ReadonlySet<string>;
  readonly variables: ReadonlyMap<string, string>;
  readonly exported: ReadonlySet<string>;
  readonly aliases: ReadonlyMap<string, string>;
}

/** An open file description of the shell: it has a position, which its descriptors share. */
export interface OpenFile {
  readonly process: LabProcess;
  readonly handle: Handle;
  /** As it was opened. */
  readonly path: string;
  readonly access: 'read' | 'write' | 'read-write';
  readonly append: boolean;
  position: number;
  /** How many descriptors there are: the last one closes it. */
  uses: number;
}

/** A command in the background. */
export interface Job {
  readonly number: number;
  readonly pid: number;
  /** Whose it is: another user's shell does not know it. */
  readonly uid: number;
  readonly line: string;
  /** A job that is done is told of once, and is gone. */
  readonly state: 'running' | 'done';
  /** Files that it has open. */
  readonly files: readonly OpenFile[];
  /** Called after each later line: `tail -f` writes what came. */
  readonly turn: () => void;
  readonly end: () => void;
}

/** How a lesson or the sandbox begins. */
export interface Start {
  /** Drawn in `directory`; see drawing.ts for the notation. */
  readonly tree: string;
  /** root, me or other; me unless said otherwise. */
  readonly user?: string;
  /** The user's home unless said otherwise; made if it is missing. */
  readonly directory?: string;
}

/** What a line did, besides what it did to the session. */
export interface Answer {
  readonly out: string;
  readonly err: string;
  /** Both, in the order in which they were written. */
  readonly output: readonly Piece[];
  readonly code: number;
  readonly refused: readonly Refused[];
}

export interface Piece {
  readonly stream: 'out' | 'err';
  readonly text: string;
}

/** A command of the table in commands/commands.ts; answers with its exit code. `args` are without its name. */
export type LabCommand = (io: CommandIo, args: readonly string[]) => number;

/** What a command finds around it. Texts are as bytes.ts has them: bytes that are no text survive. */
export interface CommandIo {
  readonly session: Session;
  /** The process of this command: its user, working directory and umask. */
  readonly fs: LabProcess;
  readonly name: string;
  /** All of its standard input; undefined where that is the terminal, at which nobody types. */
  readonly stdin: string | undefined;
  /** Why standard input cannot be read: it is a directory. */
  readonly stdinFault: Fault | undefined;
  /** fstat(2) of standard input where that is a file: wc makes its columns as wide as its size. */
  readonly stdinStat: Stat | undefined;
  /** fstat(2) of standard output where that is a file: `cat a >> a` looks at it. */
  readonly stdout: Stat | undefined;
  out(text: string): void;
  err(text: string): void;
  /** Whether there is a program of this name. */
  runs(name: string): boolean;
  /** A variable of its environment. */
  variable(name: string): string | undefined;
  /**
   * For a command that does not end by itself (`tail -f`): in the background it goes on after it
   * returned, holding `files`, and `turn` is called after each later line. True if it may; in the
   * foreground it is as if Ctrl-C was pressed at once: return 130.
   */
  stay(handles: readonly { readonly handle: Handle; readonly path: string }[], turn: () => void): boolean;
  /** Runs another command with these words, as `find -exec` and `xargs` do; its exit code. It may start in another directory. */
  run(words: readonly string[], stdin?: string, directory?: string): number;
}

/** Of what runs in the background first. */
export const firstPid = 1001;

/** A machine with /etc, /home, /tmp and the drawn tree, and a shell on it. */
export const newSession = (start: Start): Session => {
  const clock = newClock();
  const tally: Tally = { refused: [], settled: 0, calls: Infinity };
  const sketch = new Sketch({ type: 'ext4', now: () => clock.now() });
  const root = new LabProcess(sketch, { uid: 0, gid: 0, groups: [] }, tally);
  const user = users.find(({ name }) => name === (start.user ?? 'me')) ?? (users[1] as User);
  const directory = start.directory ?? user.home;
  furnish(root);
  makeAbove(root, directory, user);
  drawTree(root, directory, start.tree, user);
  const process = new LabProcess(sketch, user, tally);
  process.chdir(directory);
  tally.refused.length = 0;
  return {
    ...{ sketch, process, clock, tally },
    variables: new Map([
      ['HOME', user.home],
      ['IFS', ' \t\n'],
      ['LC_ALL', 'C.UTF-8'],
      ['LOGNAME', user.name],
      ['PATH', '/usr/local/bin:/usr/bin:/bin'],
      ['PWD', directory],
      ['SHELL', '/bin/bash'],
      ['USER', user.name],
    ]),
    exported: new Set(['HOME', 'LC_ALL', 'LOGNAME', 'PATH', 'PWD', 'SHELL', 'USER']),
    ...{ aliases: new Map(), functions: new Map(), positional: [], options: new Set(), directory },
    ...{
      history: [],
      status: 0,
      files: new Map(),
      jobs: new Map(),
      below: [],
      output: [],
      nextPid: firstPid,
      alive: true,
    },
  };
};

/** The directories that each machine has. */
const furnish = (root: LabProcess): void => {
  for (const dir of ['etc', 'home', 'mnt', 'root', 'tmp']) must(root.mkdir(root.cwd, `/${dir}`, 0o755));
  must(root.mkdir(root.cwd, '/dev', 0o755));
  must(root.mknod(root.cwd, '/dev/null', 'char', 0o666, nullDevice));
  must(root.chmod(root.cwd, '/dev/null', 0o666));
  must(root.chmod(root.cwd, '/root', 0o700));
  must(root.chmod(root.cwd, '/tmp', 0o1777));
  for (const user of users) {
    if (user.uid === 0) continue;
    must(root.mkdir(root.cwd, user.home, 0o755));
    must(root.chown(root.cwd, user.home, user));
  }
  writeFile(
    root,
    '/etc/passwd',
    users.map(({ name, uid, gid, home }) => `${name}:x:${uid}:${gid}::${home}:/bin/bash\n`),
  );
  writeFile(
    root,
    '/etc/group',
    users.map(({ name, gid }) => `${name}:x:${gid}:\n`),
  );
};

const makeAbove = (root: LabProcess, directory: string, owner: User): void => {
  let path = '';
  for (const name of directory.split('/').filter((part) => part !== '')) {
    path += `/${name}`;
    if (!(root.stat(root.cwd, path, 'follow') instanceof Fault)) continue;
    const refused = root.mkdir(root.cwd, path, 0o755);
    if (refused) throw new DrawingError({ line: 1, message: `${path} cannot be made: ${refused.reason}` });
    must(root.chown(root.cwd, path, owner));
  }
};

const drawTree = (root: LabProcess, directory: string, tree: string, owner: User): void => {
  const dir = root.open(root.cwd, directory, { access: 'path', directory: true });
  if (dir instanceof Fault) throw new DrawingError({ line: 1, message: `${directory}: ${dir.reason}` });
  using at = dir;
  const names = new Map(users.map(({ name, uid }) => [name, uid]));
  build(root, at, tree, { owner: { uid: owner.uid, gid: owner.gid }, users: names, groups: names, place: directory });
};

const writeFile = (root: LabProcess, path: string, lines: readonly string[]): void => {
  const made = root.open(root.cwd, path, { access: 'write', create: 'exclusive', mode: 0o644 });
  if (made instanceof Fault) throw new Error(`${path}: ${made.reason}`);
  using file = made;
  root.write(file, new TextEncoder().encode(lines.join('')), 0);
};

const must = (fault: Fault | undefined): void => {
  if (fault) throw new Error(`${fault.call} ${fault.path}: ${fault.reason}`);
};
