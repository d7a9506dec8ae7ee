import type { LabCommand } from '../session.ts';

/** Every program of the lab by its name; what the shell itself does (cd, history, …) is the shell's. */
export const commands: Readonly<Record<string, LabCommand>> = {};
