import type { Scene, Thresholds } from './scene.ts';

export const usualThresholds: Thresholds = {
  hops: 5,
  machinePaths: ['/home', '/root', '/tmp', '/var/tmp', '/build', '/builds', '/buildd', '/run/user', '/Users'],
  // SYMLINK_MAX of POSIX: what every system takes at least (limits.h).
  textLength: 255,
};

/** What was walked, as rules want it. What is not said is not there. */
export const sceneOf = (
  walked: Pick<Scene, 'fs' | 'root' | 'absentVolumes' | 'census' | 'atlas'>,
  more: Partial<Scene> = {},
): Scene => ({
  thresholds: usualThresholds,
  fileSystemType: () => undefined,
  outside: undefined,
  git: undefined,
  declaredGroups: [],
  followingMounts: new Set(),
  ...walked,
  ...more,
});
