import type { Machine } from '../cli/causes/scene.ts';
import type { World } from '../cli/command.ts';
import { CommandError } from '../cli/command-error.ts';
import type { Holdable, Holder } from '../cli/holders.ts';
import type { Rehearsal } from '../cli/rehearsal.ts';
import { type OpenState, openStateAt } from '../cli/state-directory.ts';
import { encodeBytes } from '../fs/bytes.ts';
import { Fault } from '../fs/fault.ts';
import { fileSystemOf } from '../fs/file-systems.ts';
import { fsProbe } from '../fs/fs-probe.ts';
import { sameFile } from '../fs/identity.ts';
import { join } from '../fs/path.ts';
import { liesIn } from '../fs/relative.ts';
import { Sketch } from '../sketch/sketch.ts';
import { labMounts } from './commands/mounts.ts';
import { randomWord } from './commands/product.ts';
import { userName } from './commands/show-file.ts';
import { readText } from './commands/tool.ts';
import { journalsPlace } from './journals.ts';
import { type CommandIo, firstPid } from './session.ts';

/** The machine of a session as the world of the command line's verbs. It has no pauses: everything is done at once. */
export const labWorld = (io: CommandIo): World & Disposable => {
  const { fs, session } = io;
  const root = fs.open(fs.cwd, '/', { access: 'path', directory: true });
  if (root instanceof Fault) throw new CommandError(`cannot look at the root: ${root.reason}`);
  const here = fs.stat(fs.cwd, '');
  const path = here instanceof Fault || here.nlink === 0 ? '/' : fs.workingDirectory;
  return {
    fs,
    probe: () => fsProbe(fs),
    from: { handle: fs.cwd, path },
    root: { handle: root, path: '/' },
    absentVolumes: [],
    fileSystemType: (dev) => labMounts(session.sketch).find((mount) => mount.dev === dev)?.type,
    mounts: () => labMounts(session.sketch),
    progress: () => {},
    interrupted: () => false,
    [Symbol.dispose]: () => root[Symbol.dispose](),
  };
};

/** What `lw why` asks of the machine beyond the tree. */
export const labMachine = (io: CommandIo): Machine => ({
  read(path) {
    const text = readText(io, path);
    return text instanceof Fault ? undefined : encodeBytes(text);
  },
  rootPath: '/',
  mounts: new Map(labMounts(io.session.sketch).map((mount) => [mount.id, mount])),
  me: { uid: io.fs.who.uid, gids: [io.fs.who.gid, ...io.fs.who.groups] },
  home: io.variable('HOME'),
});

/** How `lw make` and `lw can` try things out first. */
export const labRehearsal = (io: CommandIo): Rehearsal => {
  const { sketch } = io.session;
  const mounts = new Map(labMounts(sketch).map((mount) => [mount.id, mount]));
  const isReadOnly = (id: number): boolean => {
    const mount = mounts.get(id);
    return [...(mount?.options ?? []), ...(mount?.superOptions ?? [])].includes('ro');
  };
  return {
    rehearse({ fs, root, from }) {
      const tried = new Sketch({
        base: {
          fs,
          root: root.handle,
          mountOf(id) {
            const mount = mounts.get(id);
            return (
              mount && { type: mount.type, readOnly: isReadOnly(id), noSymlinks: mount.options.includes('nosymfollow') }
            );
          },
        },
        now: sketch.now,
        protectedHardlinks: sketch.protectedHardlinks,
        protectedSymlinks: sketch.protectedSymlinks,
      });
      const here = tried.process({ ...io.fs.who, umask: io.fs.umask });
      const refused = here.chdir(from.path);
      if (refused) throw new CommandError(`cannot stand in ${from.path}: ${refused.reason}`);
      return here;
    },
    machineFacts: () => ({
      uid: io.fs.who.uid,
      protectedHardlinks: sketch.protectedHardlinks,
      mount(id) {
        const mount = mounts.get(id);
        return mount && { point: mount.point, type: mount.type, readOnly: isReadOnly(id) };
      },
      fileSystem: fileSystemOf,
    }),
    random: () => randomWord(io.session),
  };
};

/** The journals of who asks, in the lab's own tree but out of the way of lessons: what `lw make` did, `lw undo` takes back. */
export const labState =
  (io: CommandIo): OpenState =>
  (world, request) => {
    const { uid } = io.fs.who;
    return openStateAt(world, request, () => stateOf(io, uid), {
      uid,
      now: () => Number(io.session.clock.now() / 1_000_000n),
      random: (length) => randomWord(io.session).slice(0, length),
      process: 'lab',
      isAlive: () => false,
    });
  };

/** What runs in the background, and the shell itself, with the files that they hold. */
export const labHolders =
  ({ session }: CommandIo) =>
  (things: readonly Holdable[]): readonly Holder[] => {
    const processes = [
      { pid: firstPid - 1, name: 'bash', files: [...session.files.values()] },
      ...[...session.jobs.values()].map(({ pid, line, files }) => ({ pid, name: line.split(' ')[0] ?? line, files })),
    ];
    return processes.flatMap(({ pid, name, files }) =>
      files.flatMap((file) => {
        const stat = file.process.stat(file.handle, '');
        const path = join(file.process.workingDirectory, file.path);
        const holds =
          !(stat instanceof Fault) &&
          things.some((thing) => (thing.whole ? liesIn(thing.path, path) : sameFile(thing, stat)));
        return holds ? [{ pid, name, path }] : [];
      }),
    );
  };

/** Each user's own directory, made as an administrator would. */
const stateOf = (io: CommandIo, uid: number): string => {
  const root = io.session.sketch.process();
  for (const path of ['/var', '/var/lib', journalsPlace]) root.mkdir(root.cwd, path, 0o755);
  const own = join(journalsPlace, userName(uid));
  if (!root.mkdir(root.cwd, own, 0o700)) root.chown(root.cwd, own, { uid, gid: uid });
  return own;
};
