/** `lw mv` and `lw undo` on a machine in memory. */
import type { World } from '../../src/cli/command.ts';
import { parseRequest } from '../../src/cli/parse-request.ts';
import type { Prompter } from '../../src/cli/prompter.ts';
import { openStateAt } from '../../src/cli/state-directory.ts';
import { mvCommand, type Report } from '../../src/cli/verbs/mv.ts';
import { undoCommand } from '../../src/cli/verbs/undo.ts';
import { fsProbe } from '../../src/fs/fs-probe.ts';
import type { Who } from '../../src/plan/ledger.ts';
import type { SketchProcess } from '../../src/sketch/process.ts';
import { Sketch } from '../../src/sketch/sketch.ts';
import { must } from '../plan/yard.ts';

const prompter: Prompter = { isTerminal: false, utf8: true, variable: () => undefined, ask: () => true };

/** A process with commands; `/state` holds its journals. */
export const commandsIn = (fs: SketchProcess) => {
  const { sketch } = fs;
  const mounts = new Map(sketch.mounts.map((mount) => [mount.id, mount]));
  let words = 0;
  const random = (): string => (words++).toString(36).padStart(12, 'a').replaceAll('9', 'x');
  let clock = 1_800_000_000_000;
  const who: Who = {
    uid: fs.who.uid,
    now: () => (clock += 1000),
    random: (length) => random().slice(-length),
    process: 'test',
    isAlive: () => false,
  };
  const openState = (world: Pick<World, 'fs' | 'fileSystemType'>, request: Parameters<typeof openStateAt>[1]) =>
    openStateAt(world, request, () => '/state', who);
  const rehearsal = {
    rehearse({ root, from }: World): SketchProcess {
      const tried = new Sketch({
        base: {
          fs,
          root: root.handle,
          mountOf: (id) => {
            const mount = mounts.get(id);
            return mount && { type: mount.volume.typeName, readOnly: mount.readOnly, noSymlinks: false };
          },
        },
        now: sketch.now,
      });
      const here = tried.process({ ...fs.who, umask: fs.umask });
      here.chdir(from.path);
      return here;
    },
    machineFacts: () => {
      throw new Error('nobody asks for that');
    },
    random,
  };
  const inWorld = <T>(work: (world: World) => T): T => {
    using root = must(fs.open(fs.cwd, '/', { access: 'path', directory: true }));
    return work({
      fs,
      probe: () => fsProbe(fs),
      from: { handle: fs.cwd, path: fs.workingDirectory },
      root: { handle: root, path: '/' },
      absentVolumes: [],
      fileSystemType: (dev) => sketch.mounts.find(({ volume }) => volume.dev === dev)?.volume.typeName,
      mounts: () => [],
      progress: () => {},
      interrupted: () => false,
    });
  };
  const mv = mvCommand(rehearsal, openState, prompter);
  const undo = undoCommand(openState);
  return {
    mv(args: readonly string[]): Report {
      const request = parseRequest(mv, args, () => new Uint8Array());
      if (request === 'help') throw new Error('help');
      const report = inWorld((world) => mv.run(world, request));
      if (report instanceof Promise) throw new Error('a promise');
      return report;
    },
    undo() {
      const request = parseRequest(undo, [], () => new Uint8Array());
      if (request === 'help') throw new Error('help');
      return inWorld((world) => undo.run(world, request));
    },
  };
};
