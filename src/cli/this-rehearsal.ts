import { randomWord } from '../kernel/random.ts';
import { machineFacts } from './explain-refused.ts';
import type { Rehearsal } from './rehearsal.ts';
import { rehearse } from './rehearse.ts';

/** On the running machine. */
export const rehearsal: Rehearsal = { rehearse, machineFacts, random: randomWord };
