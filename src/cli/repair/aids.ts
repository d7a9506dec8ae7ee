import { createHash } from 'node:crypto';
import { randomWord } from '../../kernel/random.ts';
import { terminalWidth } from '../../kernel/terminal.ts';
import { thisMachine } from '../causes/this-machine.ts';
import { existingState, openState } from '../open-state.ts';
import { say } from '../output.ts';
import { rehearse } from '../rehearse.ts';
import { harmless } from '../show.ts';
import { readLine } from '../terminal.ts';
import type { RepairAids } from '../verbs/repair.ts';
import { walkAids } from '../walk-aids.ts';
import { gitRenames } from './git-renames.ts';
import { packageAdvice } from './package-advice.ts';

/** Those of the running machine. */
export const aids: RepairAids = {
  rehearsal: { rehearse, random: randomWord },
  openState,
  existingState,
  uid: () => process.geteuid?.() ?? 0,
  now: Date.now,
  hash: () => createHash('sha256'),
  gitRenames: (world) => {
    const { rootPath } = thisMachine(world);
    return gitRenames(world, rootPath === '/' ? '' : rootPath);
  },
  packageAdvice: (world) => packageAdvice(world, thisMachine(world)),
  talk: () =>
    terminalWidth(0) === undefined || terminalWidth(2) === undefined
      ? undefined
      : (lines, question) => {
          // The line of progress may stand there.
          say(`\r\x1b[K${lines.map((line) => `${harmless(line)}\n`).join('')}${question}`);
          return readLine();
        },
  walk: walkAids,
};
