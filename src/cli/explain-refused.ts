import { readFileSync } from 'node:fs';
import { fileSystemOf } from '../fs/file-systems.ts';
import { type Facts, obstacles } from '../jobs/make/causes.ts';
import type { Refused } from '../jobs/make/process.ts';
import { kernel } from '../kernel/kernel.ts';
import { readMounts } from '../kernel/mounts.ts';
import { harmless, show } from './show.ts';

/** Why the kernel did not make a link, in lines for people. */
export const explainRefused = (refused: Refused): readonly string[] =>
  obstacles(kernel, machineFacts(), refused, refused.fault).flatMap(({ why, tries }) => [
    harmless(`why: ${why}`),
    ...tries.map((what) => harmless(`try: ${what}`)),
  ]);

/** What the kernel tells of itself beside its calls. */
export const machineFacts = (): Facts => {
  const mounts = new Map(readMounts().map((mount) => [mount.id, mount]));
  return {
    uid: process.geteuid?.() ?? 0,
    protectedHardlinks: setting('/proc/sys/fs/protected_hardlinks') !== '0',
    mount: (id: number) => {
      const mount = mounts.get(id);
      const readOnly = [...(mount?.options ?? []), ...(mount?.superOptions ?? [])].includes('ro');
      return mount && { point: show(mount.point), type: mount.type, readOnly };
    },
    fileSystem: fileSystemOf,
  };
};

const setting = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    // Without /proc the kernel's default is taken for granted.
    return undefined;
  }
};
