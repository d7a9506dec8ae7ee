import { type Bench, hardRefused, refused, softRefused } from './bench.ts';
import { type Difference, mainExperiment, saw, sentence } from './comparison.ts';
import { copies } from './copies.ts';
import { type Ground, newGround, statOf, symlink, writeFile } from './ground.ts';
import { textRoom } from './text-room.ts';

/** What a link costs on the storage, and what copies make of it. */
export const storage = ({ ground }: Bench): Difference => {
  const { hard, soft, experiment: main } = room(ground);
  const text = textRoom(ground);
  return {
    name: 'storage',
    title: 'Storage',
    hard,
    soft: text.brief ?? soft,
    experiments: [main, text.experiment, ...copies(ground)],
  };
};

const fileBytes = 65536;

const room = (ground: Ground) =>
  mainExperiment(
    'What each takes',
    [
      `head -c ${fileBytes} /dev/urandom > file; sync file`,
      'ln file hard; ln -s file soft; cp file copy; sync copy',
      "stat -c '%n %i %b blocks of %B' file hard soft copy",
    ],
    () => {
      using here = newGround(ground, 'room');
      const { fs, dir } = here;
      const content = crypto.getRandomValues(new Uint8Array(fileBytes));
      writeFile(here, 'file', content);
      const before = statOf(here, 'file').blocks;
      const noHard = fs.link(dir, 'file', dir, 'hard');
      const noSoft = symlink(here, 'file', 'soft');
      writeFile(here, 'copy', content);
      const after = statOf(here, 'file');
      const copy = statOf(here, 'copy').blocks;
      const observed = [saw('blocks of file', before), saw('blocks of file and its hard link together', after.blocks)];
      let soft = noSoft && refused(noSoft);
      let softClause = noSoft && softRefused(noSoft);
      if (!noSoft) {
        const link = statOf(here, 'soft');
        observed.push(saw('bytes of soft', link.size), saw('blocks of soft', link.blocks));
        soft = `an inode, ${blocksText(link.blocks)}`;
        softClause = `a symbolic link takes an inode for its ${link.size} bytes of text, for which stat counts ${blocksText(link.blocks)}`;
      }
      observed.push(saw('blocks of a copy', copy));
      const more = after.blocks - before;
      return {
        observed,
        verdict: sentence(
          noHard
            ? hardRefused(noHard)
            : more === 0
              ? 'a hard link takes no inode and no block, only an entry in a directory'
              : `with the hard link the file takes ${blocksText(more)} more`,
          softClause,
          `a copy takes ${blocksText(copy)}`,
        ),
        hard: noHard ? refused(noHard) : more === 0 ? 'an entry, no inode, no block' : `${blocksText(more)} more`,
        soft: soft ?? '',
      };
    },
  );

/** In units of 512 bytes, as stat(2) counts. */
const blocksText = (blocks: number): string => (blocks === 0 ? 'no block' : `${blocks / 2} KiB`);
