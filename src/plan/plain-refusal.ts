import { basename, join } from '../fs/path.ts';
import type { Move, Slot } from './move.ts';
import type { Refusal } from './refusal.ts';

/** The refusal of a move in the words of its step: people know nothing of names that the plan gives. */
export const plainRefusal = (refusal: Refusal, move: Move, moves: readonly Move[]): Refusal => {
  if (!isOurs(basename(refusal.path))) return refusal;
  const steps = moves.filter(({ step }) => step === move.step);
  const swap = steps.find((other) => other.kind === 'swap');
  const shift = steps.find((other) => other.kind === 'shift');
  const slot = swap?.to ?? (shift && (isKept(shift.from) ? shift.to : shift.from));
  return slot ? { ...refusal, path: join(slot.path, slot.name) } : refusal;
};

/** Whether a slot is where things are before they have their name, or when they have lost it. */
export const isKept = ({ home, name }: Slot): boolean => home === 'state' || isOurs(name);

const isOurs = (name: string): boolean => name.startsWith('.lw-');
