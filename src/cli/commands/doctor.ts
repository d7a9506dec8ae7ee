/** lw doctor: what this kernel, these mounts and this user allow, and what that means for links. */
import { type Errno, errorText } from '../../fs/errno.ts';
import { Fault } from '../../fs/fault.ts';
import { type FileSystem, fileSystemOf, keepsFiles } from '../../fs/file-systems.ts';
import type { Handle } from '../../fs/fs.ts';
import { deviceText } from '../../fs/identity.ts';
import { dirname } from '../../fs/path.ts';
import * as ask from '../../kernel/ask-mount.ts';
import { type Capabilities, type Privilege, readCapabilities } from '../../kernel/capabilities.ts';
import { type Mount, readMounts } from '../../kernel/mounts.ts';
import { trace } from '../../trace/trace.ts';
import type { Command, Look, Style, World } from '../command.ts';
import { displayWidth } from '../display-width.ts';
import { openPhysical } from '../open-physical.ts';
import { show } from '../show.ts';

export interface Diagnosis {
  readonly kernel: readonly Fact[];
  readonly user: readonly Fact[];
  readonly mounts: readonly MountFacts[];
  /** Sentences: operands that could not be asked about. */
  readonly problems: readonly string[];
}

export interface MountFacts {
  readonly mount: Mount;
  /** Mount points of the same file system. */
  readonly others: readonly string[];
  readonly facts: readonly Fact[];
}

export interface Fact {
  readonly name: string;
  /** `unknown` is said where nothing could be asked: never guessed. */
  readonly verdict: Verdict;
  readonly value: string;
  /** What it means for links. */
  readonly meaning: string;
  /** Linkwright does not work without it. */
  readonly required: boolean;
}
export type Verdict = 'good' | 'limited' | 'unknown';

export const command: Command<Diagnosis> = {
  name: 'doctor',
  summary: 'what this kernel, these mounts and this user allow',
  operands: '[PATH…]',
  options: { all: { type: 'boolean', help: 'every mount that keeps files, not only those that hold the PATHs' } },
  details: `Each line is one fact: good, limited or unknown; what was found; what that means for links. The kernel is asked by calls that change nothing, so nothing is written; where a file system cannot be asked, its type tells; where that does not tell either, the fact is unknown.

The mounts are those that hold the PATHs; without any, the working directory, the home directory and /tmp. A mount is not a file system: two mounts of one file system have the same device, and yet no link or rename goes from one to the other.

The exit code is 1 if something is missing that Linkwright cannot do without (openat2, mount ids of statx), or if a PATH could not be looked at.`,
  examples: [
    ['lw doctor', 'the working directory, the home directory and /tmp'],
    ['lw doctor /mnt/media', 'what the file system there can do'],
    ['lw doctor --all --json', 'every mount, for programs'],
  ],

  run(world, request) {
    const capabilities = readCapabilities();
    const mounts = readMounts();
    const problems: string[] = [];
    const places = [...placesOf(world, request.operands, problems), ...(request.flag('all') ? everyMount(mounts) : [])];
    const examined = new Map<number, MountFacts>();
    for (const place of places) {
      const mount = mounts.find(({ id }) => id === place.mountId);
      if (!mount)
        problems.push(`cannot find the mount that holds ${show(place.path)}: /proc/self/mountinfo does not list it`);
      else if (!examined.has(mount.id)) examined.set(mount.id, examine(world, place, mount, mounts));
    }
    return {
      kernel: kernelFacts(capabilities),
      user: userFacts(capabilities),
      mounts: [...examined.values()],
      problems,
    };
  },

  *render({ kernel, user, mounts }, look) {
    yield* section('Kernel', kernel, look);
    yield '';
    yield* section('User', user, look);
    for (const { mount, facts } of mounts) {
      yield '';
      yield* section(`${look.show(mount.point)}  ${mount.type} on ${look.show(mount.source)}`, facts, look);
    }
  },

  json: ({ kernel, user, mounts }) => ({
    mounts: mounts.map(({ mount, others }) => ({
      id: mount.id,
      point: mount.point,
      type: mount.type,
      source: mount.source,
      device: deviceText(mount.dev),
      root: mount.root,
      otherMounts: others,
    })),
    facts: [
      ...kernel.map((fact) => ({ about: 'kernel', mount: null, ...fact })),
      ...user.map((fact) => ({ about: 'user', mount: null, ...fact })),
      ...mounts.flatMap(({ mount, facts }) => facts.map((fact) => ({ about: 'mount', mount: mount.id, ...fact }))),
    ],
  }),

  *paths({ mounts }) {
    for (const { mount } of mounts) yield mount.point;
  },

  exitCode: ({ kernel, problems }) =>
    problems.length > 0 || kernel.some(({ required, verdict }) => required && verdict !== 'good') ? 1 : 0,
  problems: ({ problems }) => problems,
};

const fact = (name: string, verdict: Verdict, value: string, meaning: string): Fact => ({
  name,
  verdict,
  value,
  meaning,
  required: false,
});

const required = (name: string, found: boolean, value: string, meaning: string): Fact => ({
  ...fact(name, found ? 'good' : 'limited', value, found ? meaning : 'Linkwright cannot work without it'),
  required: true,
});

const unknown = (name: string, why: string): Fact => fact(name, 'unknown', 'not known', why);

const count = (number: number): string => (number === Infinity ? 'no limit' : number.toLocaleString('en-US'));

// The kernel.

const kernelFacts = (found: Capabilities): readonly Fact[] => [
  fact('kernel', 'good', `Linux ${found.release}`, 'what follows was really tried'),
  fact('processor', 'good', found.machine, 'its system calls are known'),
  required('openat2', found.openat2 === 'yes', answerText(found.openat2), 'paths can be kept beneath a root'),
  required(
    'mount ids',
    found.statxMountId,
    found.statxMountId ? 'told' : 'not told',
    'refusals between mounts are foreseen',
  ),
  found.linkByHandle === 'yes'
    ? fact('link by handle', 'good', 'allowed', 'what was checked is what gets linked')
    : fact('link by handle', 'limited', answerText(found.linkByHandle), 'links go through /proc/self/fd instead'),
  found.fanotify === 'yes'
    ? fact('fanotify', 'good', 'works', 'changes come with names and inodes')
    : fact('fanotify', 'limited', answerText(found.fanotify), 'watching is by inotify, without inodes'),
  inotifyFact(found),
  hardLinkRule(found),
  symlinkRule(found),
  fileRules(found),
];

const answerText = (answer: 'yes' | Errno): string => (answer === 'yes' ? 'works' : `refused (${errorText(answer)})`);

const inotifyFact = ({ inotifyWatchesMax: watches, inotifyInstancesMax: watchers }: Capabilities): Fact =>
  watches === undefined || watchers === undefined
    ? unknown('inotify', '/proc/sys/fs/inotify could not be read')
    : fact('inotify', 'good', `${count(watches)} watches`, `one a directory, by ${count(watchers)} watchers`);

/** May an unprivileged user hard-link a file of someone else's? proc_sys_fs(5), protected_hardlinks. */
const hardLinkRule = ({ protectedHardlinks: rule, privileges }: Capabilities): Fact => {
  const name = 'hard-link rule';
  if (rule === undefined) return unknown(name, '/proc/sys/fs/protected_hardlinks could not be read');
  if (rule === 0) return fact(name, 'good', 'off', 'any file that is seen may be hard-linked');
  if (privileges?.has('CAP_FOWNER')) return fact(name, 'good', 'on', 'this user is exempt (CAP_FOWNER)');
  return fact(name, 'limited', 'on', 'only to files you own or may read and write');
};

/** proc_sys_fs(5), protected_symlinks: it binds root as well. */
const symlinkRule = ({ protectedSymlinks: rule }: Capabilities): Fact => {
  const name = 'symlink rule';
  if (rule === undefined) return unknown(name, '/proc/sys/fs/protected_symlinks could not be read');
  if (rule === 0) return fact(name, 'good', 'off', 'in /tmp, links by anyone are followed');
  return fact(name, 'limited', 'on', 'in /tmp, links by you or its owner are followed');
};

/** proc_sys_fs(5), protected_regular and protected_fifos: they concern O_CREAT without O_EXCL only. */
const fileRules = ({ protectedRegular: regular, protectedFifos: fifos }: Capabilities): Fact =>
  regular === undefined || fifos === undefined
    ? unknown('file rules', '/proc/sys/fs/protected_regular or protected_fifos could not be read')
    : fact('file rules', 'good', `regular ${regular}, fifos ${fifos}`, 'new files are made exclusively');

// The user.

const userFacts = (found: Capabilities): readonly Fact[] => [
  identityFact(found),
  ...privilegeFacts.map(({ name, needs, having, lacking }) => {
    if (!found.privileges) return unknown(name, 'the capabilities in /proc/self/status could not be read');
    const held = needs.find((privilege) => found.privileges?.has(privilege));
    return held ? fact(name, 'good', held, having) : fact(name, 'limited', `no ${needs.at(-1)}`, lacking);
  }),
  found.openFilesMax === undefined
    ? unknown('open files', '/proc/self/limits could not be read')
    : fact(
        'open files',
        found.openFilesMax < 256 ? 'limited' : 'good',
        count(found.openFilesMax),
        'at once, for a walk by several workers',
      ),
];

const identityFact = ({ userId, inUserNamespace }: Capabilities): Fact => {
  const value = userId === undefined ? 'not known' : userId === 0 ? 'root (0)' : String(userId);
  if (inUserNamespace === undefined) return fact('user', 'unknown', value, '/proc/self/uid_map could not be read');
  return inUserNamespace
    ? fact('user', 'limited', value, 'in a user namespace: rights end at mapped files')
    : fact('user', 'good', value, 'not confined to a user namespace');
};

/** In words, what a capability is good for (capabilities(7)); any of `needs` will do. */
const privilegeFacts: readonly {
  readonly name: string;
  readonly needs: readonly Privilege[];
  readonly having: string;
  readonly lacking: string;
}[] = [
  {
    name: 'looking',
    needs: ['CAP_DAC_OVERRIDE', 'CAP_DAC_READ_SEARCH'],
    having: 'every directory can be looked into',
    lacking: 'closed places stay unknown',
  },
  {
    name: 'changing',
    needs: ['CAP_DAC_OVERRIDE'],
    having: 'every directory can be changed',
    lacking: 'only where you may write',
  },
  {
    name: 'owning',
    needs: ['CAP_FOWNER'],
    having: 'no sticky bit or hard-link rule binds it',
    lacking: "others' files in /tmp stay",
  },
  {
    name: 'immutable',
    needs: ['CAP_LINUX_IMMUTABLE'],
    having: 'chattr +i can be lifted',
    lacking: 'files with chattr +i stay',
  },
  {
    name: 'administering',
    needs: ['CAP_SYS_ADMIN'],
    having: 'whole file systems can be watched',
    lacking: 'watching is by single directories',
  },
];

// The mounts.

/** A path, the mount that it was reached through, and how to open the directory to ask. */
interface Place {
  readonly path: string;
  readonly mountId: number;
  readonly open: (world: World, access: 'path' | 'read') => Handle | Fault;
}

/** Without operands, of the usual places those that there are. */
const placesOf = (world: World, operands: readonly string[], problems: string[]): readonly Place[] => {
  const usual = operands.length === 0;
  const places: Place[] = [];
  for (const operand of usual ? ['.', process.env.HOME || '/', '/tmp'] : operands) {
    const { end } = trace(world.fs, operand, {
      from: world.from,
      root: world.root,
      absentVolumes: world.absentVolumes,
    });
    if (end.kind === 'found') {
      const directory = end.stat.kind === 'dir' ? end.path : dirname(end.path);
      const open: Place['open'] = (in_, access) => openPhysical(in_, directory, access);
      places.push({ path: operand, mountId: end.stat.mountId, open });
    } else if (!usual) problems.push(`cannot look at ${show(operand)}: ${errorText(end.errno)}`);
  }
  return places;
};

const everyMount = (mounts: readonly Mount[]): readonly Place[] =>
  mounts
    .filter(({ type }) => keepsFiles(type))
    .map(({ point, id }) => ({
      path: point,
      mountId: id,
      open: ({ fs }, access) => fs.open(fs.cwd, point, { access, directory: true, nofollow: true }),
    }));

const examine = (world: World, place: Place, mount: Mount, mounts: readonly Mount[]): MountFacts => {
  using held = openIn(world, place, mount);
  const others = mounts.filter(({ dev, id }) => dev === mount.dev && id !== mount.id).map(({ point }) => point);
  const directory = held?.handle;
  const fileSystem = { ...fileSystemOf(mount.type), ...(directory && askedOf(directory, mount.type)) };
  return { mount, others, facts: mountFacts(mount, fileSystem, directory, others) };
};

/** The directory to ask, if it is in that mount still: another mount may cover it. */
const openIn = (world: World, place: Place, mount: Mount): (Disposable & { readonly handle: Handle }) | undefined => {
  const readable = place.open(world, 'read');
  const handle = readable instanceof Fault ? place.open(world, 'path') : readable;
  if (handle instanceof Fault) return undefined;
  const stat = world.fs.stat(handle, '');
  if (!(stat instanceof Fault) && stat.mountId === mount.id)
    return { handle, [Symbol.dispose]: () => handle[Symbol.dispose]() };
  handle[Symbol.dispose]();
  return undefined;
};

/** What depends on how this one was made. */
const askedOf = (directory: Handle, type: string): FileSystem => {
  if (type === 'xfs') {
    const geometry = ask.xfsGeometry(directory);
    if (!geometry) return {};
    const { reflink, foldsCase, inodeBytes } = geometry;
    return { reflink, foldsCase, textBlockFrom: inodeBytes - xfsInodeCore + 1 };
  }
  if (type === 'btrfs') {
    const info = ask.btrfsInfo(directory);
    // A text lies in one node of the tree, and must be shorter than a sector.
    return info && info.nodeBytes >= 8192 && info.sectorBytes >= 4096 ? { textMax: 4095 } : {};
  }
  const known = fileSystemOf(type);
  const block = known.textMax === 'block' ? ask.blockSize(directory) : undefined;
  const folds = known.foldsCase === 'directory' ? ask.foldsCase(directory) : undefined;
  return {
    ...(block === undefined ? {} : { textMax: Math.min(block, 4096) - 1 }),
    ...(folds === undefined ? {} : { foldsCase: folds }),
  };
};

/** What an inode of version 5 needs for itself; the rest holds short texts, if no extended attributes do. */
const xfsInodeCore = 176;

const mountFacts = (
  mount: Mount,
  fileSystem: FileSystem,
  directory: Handle | undefined,
  others: readonly string[],
): readonly Fact[] => [
  accessFact(mount),
  mount.options.includes('nosymfollow')
    ? fact('following', 'limited', 'nosymfollow', 'no symbolic link on this mount is followed')
    : fact('following', 'good', 'links are followed', 'the mount does not forbid it'),
  ...typeFacts(mount.type, fileSystem),
  birthFact(directory),
  watchFact(directory),
  ...(mount.type === 'btrfs' ? [inodePathsFact(directory)] : []),
  others.length === 0
    ? fact('other mounts', 'good', 'none', 'the file system is visible here only')
    : fact('other mounts', 'limited', listed(others), 'no link or rename goes between them (EXDEV)'),
];

const accessFact = ({ options, superOptions }: Mount): Fact =>
  options.includes('ro') || superOptions.includes('ro')
    ? fact('access', 'limited', 'read-only', 'links can be looked at, not made')
    : fact('access', 'good', 'read and write', 'links can be made here');

const typeFacts = (type: string, has: FileSystem): readonly Fact[] => {
  const untold = type === 'overlay' ? 'it depends on the upper layer' : `${type} does not tell`;
  const either = (name: string, answer: boolean | undefined, yes: string, no: string): Fact => {
    if (answer === undefined) return unknown(name, untold);
    return answer ? fact(name, 'good', 'yes', yes) : fact(name, 'limited', 'no', no);
  };
  return [
    either('hard links', has.hardLinks, 'a file can have several names', 'a file has one name'),
    ...(has.hardLinks === false ? [] : [namesFact(has.namesMax, untold)]),
    either('symbolic links', has.symlinks, 'can be made', 'none can be made'),
    ...(has.symlinks === false ? [] : [textFact(has.textMax, untold), textRoomFact(has.textBlockFrom, untold)]),
    either('exchange', has.exchange, 'two entries swap at once', 'an entry can be replaced, not swapped'),
    either(
      'no replacing',
      has.noReplace,
      'a rename can refuse to replace',
      'a rename may replace what has just appeared',
    ),
    either('reflink', has.reflink, 'copies can share data', 'only hard links save room'),
    caseFact(has.foldsCase, untold),
  ];
};

const caseFact = (folds: FileSystem['foldsCase'], untold: string): Fact => {
  if (folds === undefined || folds === 'directory') return unknown('letter case', untold);
  return folds
    ? fact('letter case', 'limited', 'ignored here', '"A" and "a" are one name')
    : fact('letter case', 'good', 'kept apart', '"A" and "a" are two names');
};

const namesFact = (most: number | undefined, untold: string): Fact => {
  if (most === undefined) return unknown('names a file', untold);
  if (most === Infinity) return fact('names a file', 'good', 'no limit', 'memory alone ends it');
  return fact('names a file', 'good', `up to ${count(most)}`, 'one more is refused (EMLINK)');
};

const textFact = (most: number | 'block' | undefined, untold: string): Fact => {
  if (most === undefined || most === 'block') return unknown('link text', untold);
  return fact(
    'link text',
    most < 4095 ? 'limited' : 'good',
    `up to ${count(most)} bytes`,
    'more is refused (ENAMETOOLONG)',
  );
};

const textRoomFact = (from: number | undefined, untold: string): Fact => {
  if (from === undefined) return unknown('room of text', untold);
  if (from === Infinity) return fact('room of text', 'good', 'none', 'any text lies with the inode');
  return fact('room of text', 'good', `from ${count(from)} bytes`, 'a block; shorter lies in the inode');
};

const birthFact = (directory: Handle | undefined): Fact => {
  const kept = directory && ask.keepsBirthTime(directory);
  if (kept === undefined) return unknown('birth times', 'the directory could not be asked');
  return kept
    ? fact('birth times', 'good', 'kept', 'a reused inode number is noticed')
    : fact('birth times', 'limited', 'not kept', 'a reused inode number can be mistaken');
};

const watchFact = (directory: Handle | undefined): Fact => {
  if (!directory) return unknown('watching', 'the directory could not be asked');
  const answer = ask.watchesWhole(directory);
  if (answer === 'yes') return fact('watching', 'good', 'whole', 'one mark sees every change of names');
  if (answer === 'EPERM') return fact('watching', 'limited', 'by directory', 'the whole needs CAP_SYS_ADMIN');
  return fact('watching', 'limited', 'by directory', `the whole is refused (${errorText(answer)})`);
};

const inodePathsFact = (directory: Handle | undefined): Fact => {
  if (!directory) return unknown('inode paths', 'the directory could not be asked');
  return ask.tellsInodePaths(directory)
    ? fact('inode paths', 'good', 'told', 'all names of a file are known at once')
    : fact('inode paths', 'limited', 'not told (CAP_DAC_READ_SEARCH)', 'a walk finds names');
};

/** The first few, and how many more. */
const listed = (points: readonly string[]): string => {
  const first = points.slice(0, 3).map(show);
  return points.length > 3 ? `${first.join(', ')} and ${points.length - 3} more` : first.join(', ');
};

// How it looks.

const styles: Readonly<Record<Verdict, Style>> = { good: 'good', limited: 'doubt', unknown: 'dim' };

function* section(title: string, facts: readonly Fact[], look: Look): Generator<string> {
  yield look.paint('bold', title);
  for (const each of facts) yield* factLines(each, look);
}

/** One line where it fits; otherwise folded below itself. */
function* factLines({ name, verdict, value, meaning, required: needed }: Fact, look: Look): Generator<string> {
  const style = needed && verdict !== 'good' ? 'bad' : styles[verdict];
  const [first = '', ...rest] = folded(`${value}: ${meaning}`, (look.width ?? Infinity) - indent);
  yield `  ${look.paint(style, verdict.padEnd(7))}  ${name.padEnd(nameWidth)}  ${first}`;
  for (const line of rest) yield ' '.repeat(indent) + line;
}

const nameWidth = 'symbolic links'.length;
const indent = 2 + 7 + 2 + nameWidth + 2;

const folded = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(last) + 1 + displayWidth(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};
