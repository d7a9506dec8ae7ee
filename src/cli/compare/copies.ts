import { Fault } from '../../fs/fault.ts';
import { sameFile } from '../../fs/identity.ts';
import { type Experiment, experiment, type Measured, saw, sentence } from './comparison.ts';
import { type Ground, needLink, needSymlink, newGround, statOf, writeFile } from './ground.ts';
import { runWell } from './run-program.ts';

/** What programs that copy make of the two names of a file and of a symbolic link. */
export const copies = (ground: Ground): readonly Experiment[] =>
  ways.map(({ title, commands, copy }, index) =>
    experiment(title, [...preparation, ...commands], () => {
      using here = newGround(ground, `copy-${index}`);
      newGround(here, 'from')[Symbol.dispose]();
      writeFile(here, 'from/a', 'hello\n');
      needLink(here, 'from/a', 'from/b');
      needSymlink(here, 'a', 'from/s');
      copy(here);
      return compared(here);
    }),
  );

const preparation = ['mkdir from; echo hello > from/a; ln from/a from/b; ln -s a from/s'];

interface Way {
  readonly title: string;
  readonly commands: readonly string[];
  readonly copy: (here: Ground) => void;
}

/** A program whose one call copies `from` to `to`. */
const oneCall = (program: string, ...args: readonly string[]): Way => ({
  title: [program, ...args.filter((arg) => arg.startsWith('-'))].join(' '),
  commands: [[program, ...args].join(' '), 'ls -li from to'],
  copy: (here) => runWell(here, program, ...args),
});

const ways: readonly Way[] = [
  {
    title: 'cp',
    commands: ['mkdir to; cp from/a from/b from/s to', 'ls -li from to'],
    copy: (here) => {
      newGround(here, 'to')[Symbol.dispose]();
      runWell(here, 'cp', 'from/a', 'from/b', 'from/s', 'to');
    },
  },
  oneCall('cp', '-a', 'from', 'to'),
  oneCall('cp', '-al', 'from', 'to'),
  {
    title: 'tar',
    commands: ['tar -cf archive -C from .; mkdir to; tar -xf archive -C to', 'ls -li from to'],
    copy: (here) => {
      newGround(here, 'to')[Symbol.dispose]();
      runWell(here, 'tar', '-cf', 'archive', '-C', 'from', '.');
      runWell(here, 'tar', '-xf', 'archive', '-C', 'to');
    },
  },
  oneCall('rsync', '-a', 'from/', 'to/'),
  oneCall('rsync', '-aH', 'from/', 'to/'),
  {
    title: 'git',
    commands: [
      'git -C from init -q; git -C from add a b s',
      'git -C from -c user.name=me -c user.email=me@localhost commit -qm first; git clone -q from to',
      'ls -li from to',
    ],
    copy: (here) => {
      runWell(here, 'git', '-C', 'from', 'init', '-q');
      runWell(here, 'git', '-C', 'from', 'add', 'a', 'b', 's');
      const who = ['-c', 'user.name=me', '-c', 'user.email=me@localhost', '-c', 'commit.gpgsign=false'];
      runWell(here, 'git', '-C', 'from', ...who, 'commit', '-qm', 'first');
      runWell(here, 'git', 'clone', '-q', 'from', 'to');
    },
  },
];

const compared = (here: Ground): Measured => {
  const a = statOf(here, 'from/a');
  const link = statOf(here, 'from/s');
  const newA = statOf(here, 'to/a');
  const newB = statOf(here, 'to/b');
  const newLink = here.fs.stat(here.dir, 'to/s');
  const oneFile = sameFile(newA, newB);
  const original = sameFile(newA, a);
  return {
    observed: [
      saw('inode of from/a and from/b', a.ino),
      saw('inode of to/a', newA.ino),
      saw('inode of to/b', newB.ino),
      saw('names of from/a now', statOf(here, 'from/a').nlink),
      saw('kind of to/s', newLink instanceof Fault ? newLink.errno : newLink.kind),
      saw('to/s is the inode of from/s', !(newLink instanceof Fault) && sameFile(newLink, link)),
    ],
    verdict: sentence(
      original
        ? 'the copies are more names of the same file'
        : oneFile
          ? 'the copy is one new file with both names'
          : 'the two names become two files',
      newLink instanceof Fault
        ? `the symbolic link is left out (${newLink.errno})`
        : sameFile(newLink, link)
          ? 'the symbolic link itself gets one more name'
          : newLink.kind === 'symlink'
            ? 'the symbolic link stays one'
            : 'in the place of the symbolic link is a copy of its file',
    ),
  };
};
