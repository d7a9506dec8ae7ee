import { Fault } from '../../fs/fault.ts';
import { sameFile } from '../../fs/identity.ts';
import { asNobody, isRoot } from './as-nobody.ts';
import { type Bench, refused, softRefused } from './bench.ts';
import { type Difference, experiment, Hindrance, mainExperiment, saw, sentence } from './comparison.ts';
import { type Ground, need, needSymlink, newGround, readFile, statOf, symlink, told, writeFile } from './ground.ts';
import { runProgram } from './run-program.ts';

/** Links to directories, and those that directories are made of. */
export const directories = ({ ground }: Bench): Difference => {
  const { hard, soft, experiment: main } = toDirectory(ground);
  return {
    name: 'directories',
    title: 'Directories',
    hard,
    soft,
    experiments: [main, dots(ground), wayBack(ground)],
  };
};

const toDirectory = (ground: Ground) =>
  mainExperiment(
    'A link to a directory',
    [
      'mkdir dir; echo hello > dir/file',
      'ln -d dir hard   # -d: ln asks the kernel even so',
      'ln -s dir soft',
      'cat soft/file',
    ],
    () => {
      using here = newGround(ground, 'to-directory');
      const { fs, dir } = here;
      newGround(here, 'dir')[Symbol.dispose]();
      writeFile(here, 'dir/file', 'hello\n');
      const noHard = fs.link(dir, 'dir', dir, 'hard');
      const byNobody = linkedByNobody(ground, here);
      const noSoft = symlink(here, 'dir', 'soft');
      const content = noSoft ?? readFile(here, 'soft/file');
      const me = isRoot() ? 'root' : 'this user';
      return {
        observed: [
          saw(`hard link by ${me}`, noHard ? noHard.errno : 'made'),
          ...(byNobody === 'not tried' ? [] : [saw('hard link by user 65534', byNobody ? byNobody.errno : 'made')]),
          saw('symbolic link', noSoft ? noSoft.errno : 'made'),
          saw('text of soft/file', told(content)),
        ],
        verdict: sentence(
          noHard
            ? `a hard link to a directory is refused (${noHard.errno})${byNobody instanceof Fault && byNobody.errno === noHard.errno ? ', to root as to any user' : isRoot() ? ', even to root' : ''}`
            : `a hard link to a directory was made by ${me}: a tree with two ways to one directory`,
          noSoft
            ? softRefused(noSoft)
            : content === 'hello\n'
              ? 'a symbolic link to it works as the directory does'
              : `a symbolic link was made, and does not lead into it (${told(content)})`,
        ),
        hard: noHard ? refused(noHard) : 'works',
        soft: noSoft ? refused(noSoft) : content === 'hello\n' ? 'works' : `leads nowhere (${told(content)})`,
      };
    },
  );

const linkedByNobody = (ground: Ground, here: Ground): Fault | undefined | 'not tried' => {
  if (!isRoot()) return 'not tried';
  const { fs, dir } = here;
  need(fs.chmod(ground.dir, 'to-directory', 0o777, 'follow'));
  try {
    return asNobody(() => fs.link(dir, 'dir', dir, 'hard-by-nobody'));
  } catch (error) {
    if (error instanceof Hindrance) return 'not tried';
    throw error;
  }
};

const children = 3;

const dots = (ground: Ground) =>
  experiment(
    'The hard links that every directory has',
    ['mkdir dir; stat -c %h dir', 'mkdir dir/1 dir/2 dir/3; stat -c %h dir', "stat -c '%n %i' dir dir/. dir/1/.."],
    () => {
      using here = newGround(ground, 'dots');
      newGround(here, 'dir')[Symbol.dispose]();
      const empty = statOf(here, 'dir');
      for (let i = 1; i <= children; i++) newGround(here, `dir/${i}`)[Symbol.dispose]();
      const full = statOf(here, 'dir');
      const self = sameFile(statOf(here, 'dir/.'), full);
      const up = sameFile(statOf(here, 'dir/1/..'), full);
      const leads = self && up;
      return {
        observed: [
          saw('count of an empty directory', empty.nlink),
          saw(`count with ${children} directories in it`, full.nlink),
          saw('inode of dir', full.ino),
          saw('dir/. is dir', self),
          saw('dir/1/.. is dir', up),
        ],
        verdict: sentence(
          empty.nlink === 2 && full.nlink === 2 + children
            ? `a directory's count is 2 and one more for each directory in it, ${full.nlink} with ${children}: its name, its own "." and each ".." are hard links to it`
            : empty.nlink === 1 && full.nlink === 1
              ? `this file system says 1 for every directory and does not count "." and ".."${leads ? ', though they lead where they should' : ''}`
              : `the count of a directory is ${empty.nlink}, and ${full.nlink} with ${children} directories in it`,
        ),
      };
    },
  );

const wayBack = (ground: Ground) =>
  experiment(
    'The way back out of a symbolic link',
    ['mkdir -p a/b; ln -s a/b soft', 'ls -di a soft/..', "sh -c 'cd soft && cd .. && ls -d a'"],
    () => {
      using here = newGround(ground, 'way-back');
      newGround(here, 'a')[Symbol.dispose]();
      newGround(here, 'a/b')[Symbol.dispose]();
      needSymlink(here, 'a/b', 'soft');
      const up = here.fs.stat(here.dir, 'soft/..', 'follow');
      const physical = !(up instanceof Fault) && sameFile(up, statOf(here, 'a'));
      const byName = runProgram(here, 'sh', '-c', 'cd soft && cd .. && ls -d a').out === 'a\n';
      return {
        observed: [
          saw('soft/.. is the directory a', physical),
          saw("the shell's cd soft, cd .. is back at the start", byName),
        ],
        verdict: sentence(
          up instanceof Fault
            ? `soft/.. is refused (${up.errno})`
            : physical
              ? 'to the kernel, soft/.. is what holds the target'
              : 'to the kernel, soft/.. is not what holds the target',
          byName
            ? "to a shell's cd, .. is what holds the link, because it goes by the words of the path"
            : 'the shell did not come back to where the link is',
        ),
      };
    },
  );
