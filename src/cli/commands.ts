import type { Command } from './command.ts';

/** Every command by name; each is loaded when it is called for. */
export const commands: Readonly<Record<string, () => Promise<{ readonly command: Command<unknown> }>>> = {
  map: () => import('./commands/map.ts'),
  ls: () => import('./commands/ls.ts'),
  why: () => import('./commands/why.ts'),
  names: () => import('./commands/names.ts'),
  who: () => import('./commands/who.ts'),
  check: () => import('./commands/check.ts'),
  doctor: () => import('./commands/doctor.ts'),
  compare: () => import('./commands/compare.ts'),
  make: () => import('./commands/make.ts'),
  rm: () => import('./commands/rm.ts'),
  can: () => import('./commands/can.ts'),
  mv: () => import('./commands/mv.ts'),
  repair: () => import('./commands/repair.ts'),
  history: () => import('./commands/history.ts'),
  undo: () => import('./commands/undo.ts'),
  recover: () => import('./commands/recover.ts'),
  learn: () => import('./commands/learn.ts'),
};
