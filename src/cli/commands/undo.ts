import { openState } from '../open-state.ts';
import { undoCommand } from '../verbs/undo.ts';

export const command = undoCommand(openState);
