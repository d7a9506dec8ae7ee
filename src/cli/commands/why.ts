import { whyCommand } from '../verbs/why.ts';

/** The machine is loaded only when a path is asked about: it reads files by Node's own calls. */
export const command = whyCommand(async (world) => {
  const { thisMachine } = await import('../causes/this-machine.ts');
  return thisMachine(world);
});
