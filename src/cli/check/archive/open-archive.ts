import { errorText } from '../../../fs/errno.ts';
import { Fault } from '../../../fs/fault.ts';
import type { Handle } from '../../../fs/fs.ts';
import { fsProbe } from '../../../fs/fs-probe.ts';
import { basename, dirname } from '../../../fs/path.ts';
import type { SketchProcess } from '../../../sketch/process.ts';
import type { World } from '../../command.ts';
import { openPhysical } from '../../open-physical.ts';
import { show } from '../../show.ts';
import { count } from '../../survey.ts';
import type { Source } from '../source.ts';
import { supplyOf } from './supply.ts';
import { Damage, type Supply, tarMembers } from './tar-members.ts';
import { Unpacker } from './unpacker.ts';

/** A tree of so many members takes some 3 GB of memory. */
const membersMax = 2_000_000;
/** Members between two looks at the terminal. */
const stride = 2048;
/** How many members that could not be put into the tree are named. */
const namedMax = 5;

/**
 * A tar archive as a tree in memory; nothing is written anywhere. Its top is a directory with the archive's own name, so
 * that what leads out of it is seen to, or `/` for the archive of a whole system. Throws a Damage where it is no
 * archive at all; one that breaks off is checked as far as it goes.
 */
export const openArchive = async (
  world: World,
  operand: string,
  path: string,
  wholeSystem: boolean,
): Promise<Source> => {
  using file = openFile(world, path);
  await using supply = supplyOf(world.fs, file);
  const top = wholeSystem ? '/' : `/${basename(path)}`;
  const unpacker = new Unpacker(top);
  const troubles = [...(await unpack(world, operand, supply, unpacker))];
  const { process, facts, leftOut } = unpacker;
  for (const { name, errno } of leftOut.slice(0, namedMax))
    troubles.push(`cannot tell where ${show(name)} of ${show(operand)} would be: ${errorText(errno)}`);
  if (leftOut.length > namedMax) troubles.push(`and ${count(leftOut.length - namedMax)} more members`);
  return {
    world: worldOf(world, process),
    roots: [top],
    archive: operand,
    members: facts,
    troubles,
    mendable: false,
  };
};

const unpack = async (
  world: World,
  operand: string,
  supply: Supply,
  unpacker: Unpacker,
): Promise<readonly string[]> => {
  let members = 0;
  try {
    for await (const member of tarMembers(supply)) {
      if (members === membersMax) throw new Damage(`it has more than ${count(membersMax)} members`);
      unpacker.add(member);
      if (++members % stride !== 0) continue;
      world.progress(() => `${count(members)} members of ${show(operand)}`);
      await world.pause?.();
      if (world.interrupted()) return [`${show(operand)} was not read to its end`];
    }
  } catch (error) {
    if (!(error instanceof Damage) || members === 0) throw error;
    return [`cannot read all of ${show(operand)}: ${error.message}`];
  }
  return [];
};

const openFile = (world: World, path: string): Handle => {
  const dir = openPhysical(world, dirname(path), 'path');
  if (dir instanceof Fault) throw new Damage(dir.reason);
  using held = dir;
  const file = world.fs.open(held, basename(path), { access: 'read', nofollow: true });
  if (file instanceof Fault) throw new Damage(file.reason);
  return file;
};

const worldOf = (world: World, process: SketchProcess): World => {
  const root = process.open(process.cwd, '/', { access: 'path', directory: true });
  if (root instanceof Fault) throw new Error(`a sketch has no root: ${root.errno}`);
  const place = { handle: root, path: '/' };
  return {
    ...world,
    fs: process,
    probe: () => fsProbe(process),
    from: place,
    root: place,
    absentVolumes: [],
    fileSystemType: () => undefined,
    mounts: () => [],
  };
};
