import type { Facts } from '../jobs/make/causes.ts';
import type { SketchProcess } from '../sketch/process.ts';
import type { World } from './command.ts';

/** How to try a change out in memory, and what is known of the machine beyond the tree. */
export interface Rehearsal {
  /** A process like this one in a sketch over the world: what it does there are steps, and nothing has happened. */
  readonly rehearse: (world: World) => SketchProcess;
  readonly machineFacts: () => Facts;
  /** Twelve characters that nobody can foresee. */
  readonly random: () => string;
}
