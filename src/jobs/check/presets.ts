import type { Severity } from './finding.ts';

/** What a tree is for: that decides what is a mistake in it. */
export type PresetName = 'repo' | 'deploy' | 'image' | 'home';

export interface Preset {
  /** In one line, for people. */
  readonly summary: string;
  /** By id of rule, where it is not the rule's own. */
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
}

export const presets: Readonly<Record<PresetName, Preset>> = {
  repo: {
    summary: 'a work tree of git: every link has to be good in each clone of it',
    severities: {
      'escapes-root': 'error',
      'machine-path': 'error',
      'absolute-inside-root': 'error',
      'untracked-target': 'error',
      'destroyed-symlink': 'error',
      'cross-filesystem': 'off',
    },
  },
  deploy: {
    summary: 'a directory that is copied to where it will run: a release, an artifact, a build context',
    severities: {
      'escapes-root': 'error',
      'machine-path': 'error',
      'ancestor-cycle': 'error',
      'cross-filesystem': 'warning',
    },
  },
  image: {
    summary: 'a whole system in a directory: a chroot, the root of a container or of a package; use it with --root',
    severities: {
      'machine-path': 'error',
      'root-dependent': 'warning',
      'volume-absent': 'info',
      'cross-filesystem': 'off',
    },
  },
  home: {
    summary: 'what one person has on one machine: only what is broken',
    severities: {
      'absolute-inside-root': 'off',
      'machine-path': 'off',
      'ancestor-cycle': 'info',
      messy: 'info',
      lengthy: 'info',
    },
  },
};
