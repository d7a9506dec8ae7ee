import { errorText } from '../../fs/errno.ts';
import { Fault } from '../../fs/fault.ts';
import { fsProbe } from '../../fs/fs-probe.ts';
import type { Location } from '../../sketch/inode.ts';
import type { SketchProcess } from '../../sketch/process.ts';
import type { World } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { rehearse } from '../rehearse.ts';
import { show } from '../show.ts';
import type { Source } from './source.ts';

/**
 * A tree as if its contents were those of another directory, which need not exist: a sketch over the machine, in which
 * the tree is mounted there once more, on a device of its own. So texts that leave the tree, and absolute ones, lead from there. What is in
 * that directory now is covered.
 */
export const asIfCopied = (world: World, operand: string, directory: string): Source => {
  if (!directory.startsWith('/')) throw new UsageError(`--as-if-copied takes an absolute path, not ${show(directory)}`);
  const process = rehearse(world);
  const { sketch } = process;
  const tree = process.locate(operand);
  if (typeof tree === 'string') throw new CommandError(`cannot look at ${show(operand)}: ${errorText(tree)}`);
  if (tree.inode.kind !== 'dir') throw new CommandError(`cannot copy ${show(operand)}: it is not a directory`);
  const copied = { path: operand, physical: sketch.pathOf(tree) };
  const place = placeFor(process, directory);
  if (place.inode === sketch.root.inode)
    throw new UsageError('--as-if-copied / is what --root is for', `lw check --root ${show(operand)} /`);
  const refused = sketch.mount(place, { source: tree, asCopy: true });
  if (refused) throw new Error(`a directory cannot be mounted in a sketch: ${refused}`);
  const root = process.open(process.cwd, '/', { access: 'path', directory: true });
  if (root instanceof Fault) throw new Error(`a sketch has no root: ${root.errno}`);
  return {
    world: { ...world, fs: process, probe: () => fsProbe(process), root: { handle: root, path: '/' } },
    roots: [sketch.pathOf(sketch.top(place))],
    mendable: false,
    copied,
  };
};

/** The directory at a path, made in the sketch where it is missing, whoever may do that. */
const placeFor = (process: SketchProcess, path: string): Location => {
  const { sketch } = process;
  let at: Location = sketch.root;
  let way = '';
  for (const name of path.split('/').filter((each) => each !== '' && each !== '.')) {
    way += `/${name}`;
    const found = process.locate(way);
    if (found === 'ENOENT') {
      // A link that leads to nothing is in the way, too.
      if (sketch.child(at, name))
        throw new UsageError(`--as-if-copied cannot take ${show(path)}: ${show(way)} is a broken link`);
      at = newDirectory(process, at, name);
    } else if (typeof found === 'string')
      throw new UsageError(`--as-if-copied cannot take ${show(path)}: ${errorText(found)}`);
    else if (found.inode.kind !== 'dir')
      throw new UsageError(`--as-if-copied cannot take ${show(path)}: ${show(way)} is not a directory`);
    else at = found;
  }
  return at;
};

const newDirectory = ({ sketch }: SketchProcess, { mount, inode: dir }: Location, name: string): Location => {
  const made = sketch.make(dir, 'dir', { uid: 0, gid: 0, groups: [] }, 0o755);
  if (typeof made === 'string') throw new Error(`a sketch has no room for a directory: ${made}`);
  made.nlink = 2;
  made.home = { dir, name };
  dir.entries.set(name, made);
  return { mount, inode: made };
};
