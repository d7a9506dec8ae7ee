import type { World } from '../../cli/command.ts';
import { errorText } from '../../fs/errno.ts';
import { Fault } from '../../fs/fault.ts';
import { join } from '../../fs/path.ts';
import type { Location, Mount as SketchMount } from '../../sketch/inode.ts';
import type { Sketch } from '../../sketch/sketch.ts';
import type { CommandIo, LabCommand } from '../session.ts';
import { complain, misused, parse, stat } from './tool.ts';

/** A mount of the lab as proc_pid_mountinfo(5) would have it, and how much room is left. */
type Mount = ReturnType<World['mounts']>[number];

/** A mount of the lab as proc_pid_mountinfo(5) would have it, and how much room is left. */
export interface LabMount extends Mount {
  readonly mount: SketchMount;
  readonly freeBytes: number;
  readonly freeInodes: number;
}

export const mountsOf = ({ session }: Pick<CommandIo, 'session'>): readonly LabMount[] => labMounts(session.sketch);

export const labMounts = (sketch: Sketch): readonly LabMount[] =>
  sketch.mounts.map((mount) => {
    const { id, volume, root, on, readOnly } = mount;
    return {
      mount,
      id,
      parent: on?.mount.id ?? 0,
      dev: volume.dev,
      root: pathWithin(root),
      point: on ? sketch.pathOf(on) : '/',
      options: [readOnly ? 'ro' : 'rw', 'relatime', ...(mount.noSymlinks ? ['nosymfollow'] : [])],
      type: volume.typeName,
      source: volume.typeName === 'tmpfs' ? 'tmpfs' : `/dev/sda${volume.dev % 0x100000}`,
      superOptions: [volume.readOnly ? 'ro' : 'rw'],
      freeBytes: volume.freeBytes,
      freeInodes: volume.freeInodes,
    };
  });

/** The path of a directory from the root of its own file system. */
const pathWithin = ({ home }: SketchMount['root']): string => {
  let path = '';
  for (let at = home; at; at = at.dir.home) path = `/${at.name}${path}`;
  return path || '/';
};

/** mount(8): --bind and new, empty file systems. The lab has no devices to mount. */
export const mount: LabCommand = (io, words) => {
  const args = parse(
    io,
    words,
    'a,all B,bind R,rbind o,options: r,read-only t,types: v,verbose w,rw M,move make-private make-shared',
  );
  if (typeof args === 'number') return args;
  const [source, point, extra] = args.operands;
  const options = args.given.flatMap(({ name, value }) => (name === 'o' ? (value ?? '').split(',') : []));
  if (source === undefined && args.given.length === (args.has('t') ? 1 : 0)) {
    for (const each of mountsOf(io)) {
      if (args.has('t') && each.type !== args.value('t')) continue;
      const state = each.options.includes('ro') || each.superOptions.includes('ro') ? 'ro' : 'rw';
      io.out(`${each.source} on ${each.point} type ${each.type} (${[state, ...each.options.slice(1)].join(',')})\n`);
    }
    return 0;
  }
  if (extra !== undefined || source === undefined) return misusedMount(io);
  if (io.fs.who.uid !== 0) return complain(io, `${point ?? source}: must be superuser to use mount.`);
  const readOnly = args.has('r') || options.includes('ro');
  if (options.includes('remount')) return remount(io, point ?? source, readOnly, options);
  if (point === undefined) return complain(io, `${source}: can't find in /etc/fstab.`);
  const fail = (text: string): number => {
    io.err(`${io.name}: ${text}\n       dmesg(1) may have more information after failed mount system call.\n`);
    return 32;
  };
  const on = io.fs.locate(point);
  if (typeof on === 'string') {
    const isLink = !(io.fs.readlink(io.fs.cwd, point) instanceof Fault);
    return fail(
      `${point}: mount point ${isLink ? 'is a symbolic link to nowhere' : on === 'ENOENT' ? 'does not exist' : `: ${errorText(on)}`}.`,
    );
  }
  const shown = pathOf(io, on, point);
  const { sketch } = io.session;
  const noSymlinks = options.includes('nosymfollow');
  if (args.has('B') || args.has('R') || options.includes('bind') || options.includes('rbind')) {
    const from = io.fs.locate(source);
    if (typeof from === 'string') return fail(`${shown}: special device ${source} does not exist.`);
    if (from.inode.kind === 'dir' && on.inode.kind !== 'dir') return fail(`${shown}: mount point is not a directory.`);
    const refused = sketch.mount(on, { source: from, readOnly, noSymlinks });
    if (refused) return fail(`${shown}: mount(2) system call failed: ${errorText(refused)}.`);
    if (args.has('v')) io.out(`${io.name}: ${pathOf(io, from, source)} bound on ${shown}.\n`);
    return 0;
  }
  const type = args.value('t') ?? 'ext4';
  const isDevice = type !== 'tmpfs' && type !== 'ramfs';
  if (isDevice && (source.startsWith('/') || args.value('t') === undefined) && stat(io, source) instanceof Fault)
    return fail(`${shown}: special device ${source} does not exist.`);
  if (!known.has(type))
    return complain(
      io,
      `${shown}: unknown filesystem type '${type}'.\n       dmesg(1) may have more information after failed mount system call.`,
      32,
    );
  if (on.inode.kind !== 'dir') return fail(`${shown}: mount point is not a directory.`);
  const size = /^size=(\d+)([kmg]?)$/i.exec(options.find((option) => option.startsWith('size=')) ?? '');
  const inodes = /^nr_inodes=(\d+)$/.exec(options.find((option) => option.startsWith('nr_inodes=')) ?? '');
  const bytes = size ? Number(size[1]) * 1024 ** ' kmg'.indexOf(size[2]?.toLowerCase() || ' ') : undefined;
  const refused = sketch.mount(on, {
    ...{ type, readOnly, noSymlinks },
    ...(bytes !== undefined && { bytes: Math.min(bytes, 2 ** 28) }),
    ...(inodes && { inodes: Number(inodes[1]) }),
  });
  return refused ? fail(`${shown}: mount(2) system call failed: ${errorText(refused)}.`) : 0;
};

const known: ReadonlySet<string> = new Set(['ext4', 'tmpfs', 'xfs', 'btrfs', 'vfat']);

const misusedMount = (io: CommandIo): number => misused(io, 'bad usage');

const remount = (io: CommandIo, point: string, readOnly: boolean, options: readonly string[]): number => {
  const found = io.fs.locate(point);
  if (typeof found === 'string' || found.inode !== found.mount.root)
    return complain(
      io,
      `${point}: mount point not mounted or bad option.\n       dmesg(1) may have more information after failed mount system call.`,
      32,
    );
  if (readOnly || options.includes('rw')) {
    if (options.includes('bind') || found.mount.on === undefined) found.mount.readOnly = readOnly;
    else found.mount.volume.readOnly = found.mount.readOnly = readOnly;
  }
  return 0;
};

/** umount(8). -l takes it out of sight at once. */
export const umount: LabCommand = (io, words) => {
  const args = parse(io, words, 'a,all f,force l,lazy R,recursive v,verbose q,quiet');
  if (typeof args === 'number') return args;
  if (args.operands.length === 0) return misusedMount(io);
  let code = 0;
  for (const path of args.operands) {
    const found = io.fs.locate(path);
    if (typeof found === 'string') {
      const text = found === 'ENOENT' ? 'no mount point specified.' : errorText(found);
      if (!args.has('q')) code = complain(io, `${path}: ${text}`, 32);
      continue;
    }
    const { mount: which, inode } = found;
    if (inode !== which.root || !which.on) {
      code =
        inode === which.root
          ? complain(io, `${pathOf(io, found, path)}: target is busy.`, 32)
          : complain(io, `${path}: not mounted.`, 32);
      continue;
    }
    const shown = pathOf(io, found, path);
    if (io.fs.who.uid !== 0) {
      code = complain(io, `${shown}: must be superuser to unmount.`, 32);
      continue;
    }
    const { session } = io;
    const inUse = [session.process, ...session.below.map(({ process }) => process)].some(
      ({ here, openFiles }) => here.mount === which || openFiles.some(({ location }) => location.mount === which),
    );
    const source = mountsOf(io).find(({ id }) => id === which.id)?.source ?? 'none';
    const refused = inUse && !args.has('l') ? 'EBUSY' : session.sketch.unmount(found);
    if (refused) code = complain(io, `${shown}: ${refused === 'EBUSY' ? 'target is busy.' : errorText(refused)}`, 32);
    else if (args.has('v')) io.out(`${io.name}: ${shown} (${source}) unmounted\n`);
  }
  return code;
};

const pathOf = (io: CommandIo, found: Location, path: string): string =>
  found.inode.kind === 'dir'
    ? io.session.sketch.pathOf(found)
    : path.startsWith('/')
      ? path
      : join(io.fs.workingDirectory, path);

/** findmnt(8), as a list; of a path with -T, or of a mount point. */
export const findmnt: LabCommand = (io, words) => {
  const args = parse(io, words, 'n,noheadings o,output: T,target: l,list t,types: r,raw');
  if (typeof args === 'number') return args;
  const mounts = mountsOf(io);
  const target = args.value('T');
  const [point] = args.operands;
  const found = target === undefined ? undefined : stat(io, target);
  const chosen = mounts.filter((each) => {
    if (target !== undefined) return found && !(found instanceof Fault) && found.mountId === each.id;
    return (
      (point === undefined || each.point === (point.replace(/(?<=.)\/+$/, '') || '/')) &&
      (!args.has('t') || each.type === args.value('t'))
    );
  });
  if (chosen.length === 0) return 1;
  const columns = (args.value('o') ?? 'TARGET,SOURCE,FSTYPE,OPTIONS').toUpperCase().split(',');
  const value = (each: LabMount, column: string): string =>
    ({
      TARGET: each.point,
      SOURCE: each.root === '/' ? each.source : `${each.source}[${each.root}]`,
      FSTYPE: each.type,
      OPTIONS: each.options.join(','),
      ID: String(each.id),
    })[column] ?? '';
  const rows = [
    ...(args.has('n') ? [] : [columns]),
    ...chosen.map((each) => columns.map((column) => value(each, column))),
  ];
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => (row[i] as string).length)));
  for (const row of rows)
    io.out(
      `${row.map((field, i) => (i === columns.length - 1 ? field : field.padEnd(widths[i] as number))).join(' ')}\n`,
    );
  return 0;
};
