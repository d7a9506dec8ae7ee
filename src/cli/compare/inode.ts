import { Fault } from '../../fs/fault.ts';
import { sameFile } from '../../fs/identity.ts';
import { readLinkProtections } from '../../kernel/capabilities.ts';
import { asNobody } from './as-nobody.ts';
import { type Bench, hardRefused, refused, softRefused } from './bench.ts';
import { type Difference, experiment, mainExperiment, saw, sentence } from './comparison.ts';
import { type Ground, need, needLink, needSymlink, newGround, statOf, symlink, writeFile } from './ground.ts';
import { logRotation } from './log-rotation.ts';

/** Is a link the file, or something that leads to it? */
export const inode = ({ ground }: Bench): Difference => {
  const { hard, soft, experiment: main } = numbers(ground);
  return {
    name: 'inode',
    title: 'Inode number',
    hard,
    soft,
    experiments: [main, modes(ground), whoMay(ground), logRotation(ground)],
  };
};

const numbers = (ground: Ground) =>
  mainExperiment(
    'What the names lead to',
    [
      'echo hello > file',
      'ln file hard',
      'ln -s file soft',
      "stat -c '%n %i %h' file hard soft",
      "stat -Lc '%n %i' soft",
    ],
    () => {
      using here = newGround(ground, 'numbers');
      const { fs, dir } = here;
      writeFile(here, 'file', 'hello\n');
      const noHard = fs.link(dir, 'file', dir, 'hard');
      const noSoft = symlink(here, 'file', 'soft');
      const file = statOf(here, 'file');
      const observed = [saw('inode of file', file.ino), saw('names of file', file.nlink)];
      let hard = noHard && refused(noHard);
      let hardClause = noHard && hardRefused(noHard);
      if (!noHard) {
        const link = statOf(here, 'hard');
        observed.push(saw('inode of hard', link.ino));
        const same = sameFile(link, file);
        hard = same ? `the file's own: ${link.ino}` : `another: ${link.ino}`;
        hardClause = same
          ? `a hard link is the file's inode under one more name, and the inode counts ${file.nlink}`
          : 'the hard link shows another inode number than its file: this file system does not tell them honestly';
      }
      let soft = noSoft && refused(noSoft);
      let softClause = noSoft && softRefused(noSoft);
      if (!noSoft) {
        const link = statOf(here, 'soft');
        const end = fs.stat(dir, 'soft', 'follow');
        observed.push(
          saw('inode of soft', link.ino),
          saw('inode that soft leads to', end instanceof Fault ? end.errno : end.ino),
        );
        const own = !sameFile(link, file);
        soft = own ? `its own: ${link.ino}` : `the file's: ${link.ino}`;
        softClause = `a symbolic link ${own ? 'is an inode of its own' : "shows the file's inode number"}${
          end instanceof Fault
            ? `, and following it is refused (${end.errno})`
            : sameFile(end, file)
              ? ', whose text leads to the file'
              : ', and leads to another inode'
        }`;
      }
      return { observed, verdict: sentence(hardClause, softClause), hard: hard ?? '', soft: soft ?? '' };
    },
  );

const modes = (ground: Ground) =>
  experiment(
    'Mode and owner belong to the inode',
    [
      'echo hello > file',
      'ln file hard',
      'ln -s file soft',
      'chmod 600 hard; stat -c %a file',
      'chmod 640 soft; stat -c %a file soft',
    ],
    () => {
      using here = newGround(ground, 'modes');
      const { fs, dir } = here;
      writeFile(here, 'file', 'hello\n');
      const modeOf = (name: string): string => statOf(here, name).mode.toString(8);
      const noHard = fs.link(dir, 'file', dir, 'hard');
      needSymlink(here, 'file', 'soft');
      need(fs.chmod(dir, noHard ? 'file' : 'hard', 0o600, 'follow'));
      const afterHard = modeOf('file');
      need(fs.chmod(dir, 'soft', 0o640, 'follow'));
      const afterSoft = modeOf('file');
      const ofLink = modeOf('soft');
      const own = fs.chmod(dir, 'soft', 0o600);
      return {
        observed: [
          saw(noHard ? 'mode of file after chmod 600 file' : 'mode of file after chmod 600 hard', afterHard),
          saw('mode of file after chmod 640 soft', afterSoft),
          saw('mode of soft', ofLink),
          saw('chmod of soft itself', own ? own.errno : 'done'),
        ],
        verdict: sentence(
          noHard
            ? hardRefused(noHard)
            : afterHard === '600'
              ? 'what chmod does through one name is seen through all, because the inode has the mode and not the name'
              : 'this file system did not keep the mode that chmod gave a hard link',
          afterSoft === '640'
            ? 'chmod of a symbolic link changes the file that it leads to'
            : 'chmod of the symbolic link did not change the file',
          own
            ? `the link's own mode cannot be set (${own.errno})`
            : "the link's own mode was set, and Linux ignores it",
        ),
      };
    },
  );

const whoMay = (ground: Ground) =>
  experiment(
    'Root and other users',
    [
      'cat /proc/sys/fs/protected_hardlinks',
      'chmod 777 .; echo hello > file; chmod 644 file',
      'ln file by-root',
      'setpriv --reuid=65534 --regid=65534 --clear-groups ln file by-user',
      'setpriv --reuid=65534 --regid=65534 --clear-groups ln -s file soft-by-user',
    ],
    () => {
      using here = newGround(ground, 'who');
      const { fs, dir } = here;
      need(fs.chmod(ground.dir, 'who', 0o777, 'follow'));
      writeFile(here, 'file', 'hello\n');
      need(fs.chmod(dir, 'file', 0o644, 'follow'));
      const [byUser, softByUser] = asNobody(() => [
        fs.link(dir, 'file', dir, 'by-user'),
        symlink(here, 'file', 'soft-by-user'),
      ]);
      needLink(here, 'file', 'by-root');
      const { protectedHardlinks: rule } = readLinkProtections();
      return {
        observed: [
          saw('fs.protected_hardlinks', rule ?? 'not known'),
          saw("hard link to root's file by root", 'made'),
          saw("hard link to root's file by user 65534", byUser ? byUser.errno : 'made'),
          saw('symbolic link by user 65534', softByUser ? softByUser.errno : 'made'),
        ],
        verdict: sentence(
          byUser
            ? `root may hard-link a file of root's, a user who may only read it may not (${byUser.errno}${rule === 1 ? ', fs.protected_hardlinks is 1' : ''})`
            : `root and a user who may only read it may both hard-link a file of root's${rule === 0 ? ' (fs.protected_hardlinks is 0)' : ''}`,
          softByUser
            ? `the symbolic link was refused to the user (${softByUser.errno})`
            : 'a symbolic link both may make',
        ),
      };
    },
  );
