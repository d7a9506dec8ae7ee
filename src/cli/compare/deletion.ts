import { Fault } from '../../fs/fault.ts';
import { type Bench, hardRefused, refused, softRefused } from './bench.ts';
import { type Difference, experiment, mainExperiment, saw, sentence } from './comparison.ts';
import { type Ground, need, needSymlink, newGround, readFile, readHandle, symlink, told, writeFile } from './ground.ts';

/** What is left when a name is removed. */
export const deletion = ({ ground }: Bench): Difference => {
  const { hard, soft, experiment: main } = removed(ground);
  return { name: 'deletion', title: 'Deletion', hard, soft, experiments: [main, openStill(ground), newFile(ground)] };
};

const text = 'hello\n';

const removed = (ground: Ground) =>
  mainExperiment(
    'The file is removed',
    [
      'echo hello > file',
      'ln file hard',
      'ln -s file soft',
      'rm file',
      'cat hard; stat -c %h hard',
      'cat soft; readlink soft',
    ],
    () => {
      using here = newGround(ground, 'removed');
      const { fs, dir } = here;
      writeFile(here, 'file', text);
      const noHard = fs.link(dir, 'file', dir, 'hard');
      const noSoft = symlink(here, 'file', 'soft');
      need(fs.unlink(dir, 'file'));
      const observed = [];
      let hard = noHard && refused(noHard);
      let hardClause = noHard && hardRefused(noHard);
      if (!noHard) {
        const content = readFile(here, 'hard');
        const { nlink } = need(fs.stat(dir, 'hard'));
        observed.push(saw('text of hard', told(content)), saw('names of hard', nlink));
        const kept = content === text;
        hard = kept ? 'the data stays' : 'the data is gone';
        hardClause = kept
          ? `the data stays under the hard link, whose inode now counts ${nlink}`
          : 'the data is gone from under the hard link';
      }
      let soft = noSoft && refused(noSoft);
      let softClause = noSoft && softRefused(noSoft);
      if (!noSoft) {
        const content = readFile(here, 'soft');
        const link = fs.readlink(dir, 'soft');
        observed.push(saw('text of soft', told(content)), saw('soft still says', told(link)));
        soft = content instanceof Fault ? `leads nowhere (${content.errno})` : 'leads to a file';
        softClause = `the symbolic link ${link === 'file' ? 'still says "file"' : 'does not say "file" any more'} and ${
          content instanceof Fault ? `leads nowhere (${content.errno})` : 'still leads to a file'
        }`;
      }
      return { observed, verdict: sentence(hardClause, softClause), hard: hard ?? '', soft: soft ?? '' };
    },
  );

const openStill = (ground: Ground) =>
  experiment(
    'The last name goes while the file is open',
    ['echo hello > file', 'exec 3< file', 'rm file', 'stat -Lc %h /proc/self/fd/3', 'cat <&3', 'exec 3<&-'],
    () => {
      using here = newGround(ground, 'open-still');
      const { fs, dir } = here;
      writeFile(here, 'file', text);
      using file = need(fs.open(dir, 'file', { access: 'read' }));
      need(fs.unlink(dir, 'file'));
      const { nlink, blocks } = need(fs.stat(file, ''));
      const content = readHandle(fs, file);
      return {
        observed: [
          saw('names by the descriptor', nlink),
          saw('text by the descriptor', told(content)),
          saw('blocks by the descriptor', blocks),
        ],
        verdict:
          content === text
            ? sentence(
                nlink === 0
                  ? 'without any name the data still lives as long as it is open: only the last close frees it'
                  : `the data still lives as long as it is open; this file system says it has ${nlink} names then`,
              )
            : sentence(`the open file cannot be read any more (${told(content)})`),
      };
    },
  );

const newFile = (ground: Ground) =>
  experiment(
    'A new file with the old name',
    ['echo hello > file', 'ln file hard', 'ln -s file soft', 'rm file; echo new > file', 'cat hard soft'],
    () => {
      using here = newGround(ground, 'new-file');
      const { fs, dir } = here;
      writeFile(here, 'file', text);
      const noHard = fs.link(dir, 'file', dir, 'hard');
      needSymlink(here, 'file', 'soft');
      need(fs.unlink(dir, 'file'));
      writeFile(here, 'file', 'new\n');
      const byHard = noHard ?? readFile(here, 'hard');
      const bySoft = readFile(here, 'soft');
      return {
        observed: [saw('text of hard', told(byHard)), saw('text of soft', told(bySoft))],
        verdict: sentence(
          noHard
            ? hardRefused(noHard)
            : byHard === text
              ? 'the hard link stays with the old file'
              : 'the hard link does not show the old file',
          bySoft === 'new\n'
            ? 'the symbolic link leads to the new one, since it follows the name'
            : `the symbolic link does not lead to the new one (${told(bySoft)})`,
        ),
      };
    },
  );
