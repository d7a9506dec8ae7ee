import type { Refusal } from '../plan/refusal.ts';
import { refusalSentence } from '../plan/refusal.ts';
import { condensed, type Said, toShell } from '../plan/to-shell.ts';
import { shellWord } from './causes/shell-word.ts';
import { show } from './show.ts';

/** A step as a line that people read, and could paste. */
const stepLine = (said: Said): string => toShell(said, shellWord);

/** Steps as people think of them. */
export const stepLines = (steps: readonly Said[]): readonly string[] => condensed(steps).map(stepLine);

/** Every name that a step changes. */
export const stepPaths = (said: Said): readonly string[] => {
  switch (said.kind) {
    case 'link':
    case 'symlink':
    case 'mkdir':
    case 'restore':
      return [said.to.path];
    case 'rename':
    case 'copy':
    case 'exchange':
      return [said.from.path, said.to.path];
    case 'unlink':
    case 'rmdir':
    case 'take-away':
    case 'chmod':
      return [said.at.path];
  }
};

export const stepJson = (said: Said): Record<string, unknown> => ({
  kind: said.kind,
  path: 'at' in said ? said.at.path : said.to.path,
  from: 'from' in said ? said.from.path : undefined,
  text: said.kind === 'symlink' ? said.text : undefined,
  mode: said.kind === 'mkdir' || said.kind === 'chmod' ? said.mode : undefined,
  shell: stepLine(said),
});

export const refusalJson = (refusal: Refusal): Record<string, unknown> => ({
  path: refusal.path,
  kind: refusal.refused === 'failed' ? 'failed' : refusal.how.kind,
  errno: refusal.refused === 'failed' ? refusal.fault.errno : undefined,
  sentence: refusalText(refusal),
});

export const refusalText = (refusal: Refusal): string => refusalSentence(refusal, show);

/** 4: the world changed; 1: the system refused. */
export const refusalCode = (refusal: Refusal): 1 | 4 => (refusal.refused === 'changed' ? 4 : 1);
