import { Fault } from '../../fs/fault.ts';
import { sameFile } from '../../fs/identity.ts';
import { type Experiment, experiment, Hindrance, type Measured, saw, sentence } from './comparison.ts';
import { type Ground, need, newGround, readFile, statOf, symlink, told, writeFile } from './ground.ts';
import { runWell } from './run-program.ts';

/**
 * What ways to save a changed file do to its other names, and to a symbolic link through which it was opened.
 * Without `backupskip=` vim writes in place in directories like /tmp, whatever backupcopy says.
 */
export const editors = (ground: Ground): readonly Experiment[] =>
  ways.map(({ title, commands, edit }, index) =>
    experiment(
      title,
      [
        'echo hello > file; ln file hard; ln -s target soft; echo hello > target',
        ...commands,
        'ls -li; cat hard target',
      ],
      () => {
        using here = newGround(ground, `editor-${index}`);
        return edited(here, (name) => edit(here, name));
      },
    ),
  );

interface Way {
  readonly title: string;
  readonly commands: readonly string[];
  readonly edit: (here: Ground, name: string) => void;
}

const oldText = 'hello\n';
const newText = 'changed\n';
const substitution = 's/hello/changed/';

const vim = (backupcopy: 'auto' | 'yes' | 'no'): Way => {
  const args = [
    '-Nu',
    'NONE',
    '-i',
    'NONE',
    '-n',
    '-es',
    '-c',
    `set backupskip= backupcopy=${backupcopy}`,
    '-c',
    `%${substitution}`,
    '-c',
    'wq',
    '-c',
    'qa!',
  ];
  return {
    title: `vim, backupcopy=${backupcopy} and an empty backupskip`,
    commands: ['file', 'soft'].map(
      (name) => `vim -Nu NONE -c 'set backupskip= backupcopy=${backupcopy}' -c '%${substitution}' -c wq ${name}`,
    ),
    edit: (here, name) => runWell(here, 'vim', ...args, name),
  };
};

const ways: readonly Way[] = [
  {
    title: 'sed -i',
    commands: [`sed -i ${substitution} file`, `sed -i ${substitution} soft`],
    edit: (here, name) => runWell(here, 'sed', '-i', substitution, name),
  },
  vim('auto'),
  vim('yes'),
  vim('no'),
  {
    title: 'Written in place, as VS Code and the shell do',
    commands: ['echo changed > file', 'echo changed > soft'],
    edit: (here, name) => writeFile(here, name, newText),
  },
  {
    title: 'Written aside and renamed, as many editors do',
    commands: ['echo changed > new; mv new file', 'echo changed > new; mv new soft'],
    edit: (here, name) => {
      writeFile(here, 'new', newText);
      need(here.fs.rename(here.dir, 'new', here.dir, name));
    },
  },
];

const edited = (here: Ground, edit: (name: string) => void): Measured => {
  const { fs, dir } = here;
  writeFile(here, 'file', oldText);
  const noHard = fs.link(dir, 'file', dir, 'hard');
  const before = statOf(here, 'file');
  edit('file');
  if (readFile(here, 'file') !== newText) throw new Hindrance('the program did not change the file', true);
  const after = statOf(here, 'file');
  const split = !sameFile(before, after);

  writeFile(here, 'target', oldText);
  const noSoft = symlink(here, 'target', 'soft');
  if (!noSoft) edit('soft');
  const link = fs.stat(dir, 'soft');
  const target = readFile(here, 'target');
  const byHard = noHard ?? readFile(here, 'hard');
  return {
    observed: [
      saw('inode of file before', before.ino),
      saw('inode of file after', after.ino),
      saw('text of hard', told(byHard)),
      saw('kind of soft after', link instanceof Fault ? link.errno : link.kind),
      saw("text of soft's target", told(target)),
    ],
    verdict: sentence(
      noHard
        ? `a hard link cannot be made here (${noHard.errno}), the file ${split ? 'became a new inode' : 'stayed the same inode'}`
        : split
          ? `the name got a new inode, so the hard link is split off and ${byHard === oldText ? 'keeps the old text' : `reads ${told(byHard)}`}`
          : `the inode stays, so the hard link ${byHard === newText ? 'shows the change' : `reads ${told(byHard)}`}`,
      noSoft
        ? `a symbolic link cannot be made here (${noSoft.errno})`
        : link instanceof Fault
          ? `the symbolic link is gone (${link.errno})`
          : link.kind !== 'symlink'
            ? `a symbolic link is replaced by a file, and its target ${target === oldText ? 'keeps the old text' : 'is changed as well'}`
            : target === newText
              ? 'a symbolic link stays, and its target is changed'
              : 'a symbolic link stays, and its target is not changed',
    ),
  };
};
