import { openState } from '../open-state.ts';
import { rehearsal } from '../this-rehearsal.ts';
import { makeCommand } from '../verbs/make.ts';

export const command = makeCommand(rehearsal, openState);
