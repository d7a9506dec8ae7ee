import { readLinkProtections } from '../kernel/capabilities.ts';
import type { Mount } from '../kernel/mounts.ts';
import type { MountFacts } from '../sketch/base.ts';
import type { SketchProcess } from '../sketch/process.ts';
import { Sketch } from '../sketch/sketch.ts';
import type { World } from './command.ts';

/** A process like this one in a sketch over the world: what it does there are steps, and nothing has happened. */
export const rehearse = ({ fs, root, from, mounts }: World): SketchProcess => {
  const byId = new Map(mounts().map((mount) => [mount.id, mount]));
  const { protectedHardlinks, protectedSymlinks } = readLinkProtections();
  const sketch = new Sketch({
    base: { fs, root: root.handle, mountOf: (id) => factsOf(byId.get(id)) },
    protectedHardlinks: protectedHardlinks !== 0,
    protectedSymlinks: protectedSymlinks !== 0,
  });
  const uid = process.geteuid?.() ?? 0;
  const here = sketch.process({
    uid,
    gid: process.getegid?.() ?? uid,
    groups: process.getgroups?.() ?? [],
    umask: process.umask(),
  });
  const refused = here.chdir(from.path);
  if (refused) throw new Error(`the working directory is not in its sketch: ${refused.errno}`);
  return here;
};

const factsOf = (mount: Mount | undefined): MountFacts | undefined =>
  mount && {
    type: mount.type,
    readOnly: mount.options.includes('ro') || mount.superOptions.includes('ro'),
    noSymlinks: mount.options.includes('nosymfollow'),
  };
