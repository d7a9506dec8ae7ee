import { openState } from '../open-state.ts';
import { historyCommand } from '../verbs/history.ts';

export const command = historyCommand(openState);
