import { type Bench, hardRefused, refused, softRefused } from './bench.ts';
import { type Difference, mainExperiment, saw, sentence } from './comparison.ts';
import { editors } from './editors.ts';
import { type Ground, need, newGround, readFile, symlink, told, writeFile } from './ground.ts';

/** Who sees a change. */
export const visibility = ({ ground }: Bench): Difference => {
  const { hard, soft, experiment: main } = changes(ground);
  return { name: 'visibility', title: 'Visibility', hard, soft, experiments: [main, ...editors(ground)] };
};

const changes = (ground: Ground) =>
  mainExperiment(
    'Written to, and replaced',
    [
      'echo hello > file; ln file hard; ln -s file soft',
      'echo written > file; cat hard soft',
      'echo replaced > new; mv new file; cat hard soft',
    ],
    () => {
      using here = newGround(ground, 'changes');
      const { fs, dir } = here;
      writeFile(here, 'file', 'hello\n');
      const noHard = fs.link(dir, 'file', dir, 'hard');
      const noSoft = symlink(here, 'file', 'soft');
      const seenBy = (name: string, missing: typeof noHard): string => told(missing ?? readFile(here, name));
      writeFile(here, 'file', 'written\n');
      const hardWritten = seenBy('hard', noHard);
      const softWritten = seenBy('soft', noSoft);
      writeFile(here, 'new', 'replaced\n');
      need(fs.rename(dir, 'new', dir, 'file'));
      const hardReplaced = seenBy('hard', noHard);
      const softReplaced = seenBy('soft', noSoft);
      return {
        observed: [
          saw('hard after a write', hardWritten),
          saw('soft after a write', softWritten),
          saw('hard after a replacement', hardReplaced),
          saw('soft after a replacement', softReplaced),
        ],
        verdict: sentence(
          noHard ? hardRefused(noHard) : `a hard link shows ${what(hardWritten, hardReplaced)}`,
          noSoft ? softRefused(noSoft) : `a symbolic link shows ${what(softWritten, softReplaced)}`,
        ),
        hard: noHard ? refused(noHard) : briefly(hardWritten, hardReplaced),
        soft: noSoft ? refused(noSoft) : briefly(softWritten, softReplaced),
      };
    },
  );

const what = (afterWrite: string, afterRename: string): string => {
  const write = afterWrite === 'written';
  const rename = afterRename === 'replaced';
  if (write && rename) return 'both what is written to the file and a new file that is renamed to its name';
  if (write)
    return `what is written to the file, and not a new file that is renamed to its name (it reads ${afterRename})`;
  if (rename) return `a new file of that name, and not what was written before (it read ${afterWrite})`;
  return `neither (it read ${afterWrite}, then ${afterRename})`;
};

const briefly = (afterWrite: string, afterRename: string): string =>
  `${afterWrite === 'written' ? 'writes' : 'no writes'} ${(afterWrite === 'written') === (afterRename === 'replaced') ? 'and' : 'but'} ${
    afterRename === 'replaced' ? 'replacements' : 'no replacement'
  }`;
