import { deviceText } from '../../fs/identity.ts';
import { shellWord } from '../causes/shell-word.ts';
import { show } from '../show.ts';
import { isRoot } from './as-nobody.ts';
import { type Bench, pathOf, refused } from './bench.ts';
import { type Difference, experiment, Hindrance, mainExperiment, saw, sentence } from './comparison.ts';
import { type Ground, need, newGround, readFile, statOf, symlink, told, writeFile } from './ground.ts';
import { runProgram } from './run-program.ts';

/** Do links leave the file system? */
export const fileSystems = (bench: Bench): Difference => {
  const { hard, soft, experiment: main } = across(bench);
  return { name: 'file-systems', title: 'File systems', hard, soft, experiments: [main, bindMount(bench.ground)] };
};

const across = ({ ground, other }: Bench) => {
  const there = other ? shellWord(other.path) : '/dev/shm';
  return mainExperiment(
    'From one to another',
    [
      'echo hello > file',
      `stat -c '%n %Hd:%Ld' file ${there}`,
      `ln file ${there}/hard`,
      `ln -s "$PWD/file" ${there}/soft; cat ${there}/soft; rm ${there}/soft`,
    ],
    () => {
      if (!other)
        throw new Hindrance('there is no other file system here to which one may write; --other DIR names one', true);
      using here = newGround(ground, 'across');
      const { fs, dir } = here;
      writeFile(here, 'file', 'hello\n');
      const file = statOf(here, 'file');
      const noHard = fs.link(dir, 'file', other.ground.dir, 'hard');
      const place = need(pathOf(here));
      const noSoft = symlink(other.ground, `${place}/file`, 'soft');
      const content = noSoft ?? readFile(other.ground, 'soft');
      const oneDevice = file.dev === other.identity.dev;
      return {
        observed: [
          saw('device of file', deviceText(file.dev)),
          saw(`device of ${show(other.path)}`, deviceText(other.identity.dev)),
          saw(`hard link in ${show(other.path)}`, noHard ? noHard.errno : 'made'),
          saw(`symbolic link in ${show(other.path)}`, noSoft ? noSoft.errno : 'made'),
          saw('text through it', told(content)),
        ],
        verdict: sentence(
          noHard
            ? `a hard link in ${named(other)} is refused (${noHard.errno})${noHard.errno === 'EXDEV' ? `: ${oneDevice ? 'the device is the same, but it is another mount' : 'an inode number means nothing on another device'}` : ''}`
            : `a hard link in ${named(other)} was made: both places take links from each other`,
          noSoft
            ? `a symbolic link there is refused (${noSoft.errno})`
            : content === 'hello\n'
              ? 'a symbolic link there leads to the file, since its text is a path'
              : `a symbolic link there was made, and leads to no file (${told(content)})`,
        ),
        hard: noHard ? refused(noHard) : 'works',
        soft: noSoft ? refused(noSoft) : content === 'hello\n' ? 'works' : `made, leads nowhere (${told(content)})`,
      };
    },
  );
};

const named = ({ path, type }: { readonly path: string; readonly type: string }): string =>
  type === '' ? show(path) : `${show(path)} (${type})`;

const script = `mount --bind here there || exit 90
stat -c %d here/file there/file || exit 91
ln here/file here/within 2>&1 && echo made
ln here/file there/across 2>&1 && echo made
exit 0`;

/** Mounts end with the namespace, which ends with the program. */
const bindMount = (ground: Ground) =>
  experiment(
    'Two mounts of one file system',
    [
      'mkdir here there; echo hello > here/file',
      'sudo unshare --mount   # a shell whose mounts are its own; exit ends them',
      'mount --bind here there',
      "stat -c '%n %Hd:%Ld' here/file there/file",
      'ln here/file here/within',
      'ln here/file there/across',
    ],
    () => {
      if (!isRoot()) throw new Hindrance('to mount needs root', false);
      using bound = newGround(ground, 'bind-mount');
      newGround(bound, 'here')[Symbol.dispose]();
      newGround(bound, 'there')[Symbol.dispose]();
      writeFile(bound, 'here/file', 'hello\n');
      const ran = runProgram(bound, 'unshare', '--mount', '--propagation', 'private', 'sh', '-c', script);
      const [device, deviceThere, within, between] = ran.out.trim().split('\n');
      if (ran.code !== 0 || device === undefined || deviceThere === undefined || between === undefined)
        throw new Hindrance(`this process may not mount: ${ran.err.trim().split('\n')[0] ?? ''}`, false);
      if (within !== 'made') throw new Hindrance('a hard link cannot be made here', false);
      const across = between === 'made' ? 'made' : /cross-device link/i.test(between) ? 'EXDEV' : between;
      return {
        observed: [
          saw('device of the file', deviceText(statOf(bound, 'here/file').dev)),
          saw('the other mount shows the same device', device === deviceThere),
          saw('hard link on one mount', within),
          saw('hard link from one mount to the other', across),
        ],
        verdict: sentence(
          across === 'EXDEV'
            ? `a bind mount refuses hard links from the other mount (EXDEV)${device === deviceThere ? ' though the device is equal: what counts is the mount' : ''}`
            : across === 'made'
              ? 'a hard link from one mount to the other was made'
              : `a hard link from one mount to the other failed (${across})`,
        ),
      };
    },
  );
