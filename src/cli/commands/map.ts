import { mapCommand } from '../verbs/map.ts';
import { walkAids } from '../walk-aids.ts';

export const command = mapCommand(walkAids);
