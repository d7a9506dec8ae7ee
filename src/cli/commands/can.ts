import { xfsGeometry } from '../../kernel/ask-mount.ts';
import { rehearsal } from '../this-rehearsal.ts';
import { canCommand } from '../verbs/can.ts';

export const command = canCommand(rehearsal, xfsGeometry);
