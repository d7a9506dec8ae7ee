import { whoCommand } from '../verbs/who.ts';
import { walkAids } from '../walk-aids.ts';

export const command = whoCommand(walkAids);
