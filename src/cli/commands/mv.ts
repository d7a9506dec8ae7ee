import { openState } from '../open-state.ts';
import { thisTerminal } from '../terminal.ts';
import { rehearsal } from '../this-rehearsal.ts';
import { mvCommand } from '../verbs/mv.ts';
import { walkAids } from '../walk-aids.ts';

export const command = mvCommand(rehearsal, openState, thisTerminal, walkAids);
