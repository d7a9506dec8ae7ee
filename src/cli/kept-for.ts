import { UsageError } from './command-error.ts';
import { show } from './show.ts';

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How long what was displaced is kept, in milliseconds, where nobody has said. */
export const usuallyKept = 30 * 86_400_000;

/** What --keep says, in milliseconds. */
export const keptFor = (text: string): number => {
  const [, number, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const milliseconds = unit === undefined ? undefined : units[unit];
  if (milliseconds === undefined) throw new UsageError(`--keep takes a time, as 30d or 12h: ${show(text)}`);
  return Number(number) * milliseconds;
};
