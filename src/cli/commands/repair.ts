import { aids } from '../repair/aids.ts';
import { repairCommand } from '../verbs/repair.ts';

export const command = repairCommand(aids);
