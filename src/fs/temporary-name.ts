/**
 * Names of what is not yet or no longer in its place. Nobody can guess them, everybody can recognise
 * them: `.lw-` and twelve random characters while one name is being replaced, `.lw-`, the plan and a
 * number where a journal knows them.
 */
const plain = /^\.lw-[0-9a-z]{12}$/;

/** Random characters are never a nine: it marks what is more than a temporary. */
const keeper = '.lw-9';

/** `random`: twelve characters of 0-8 and a-z that nobody can guess. `keeps`: the name has for a moment what shall be a backup. */
export const temporaryName = (random: string, keeps?: 'keeps'): string => {
  const name = keeps ? keeper + random.slice(1) : `.lw-${random}`;
  if (!plain.test(name)) throw new Error(`not twelve characters of 0-9 and a-z: ${random}`);
  return name;
};

/** Whether what was to be a backup may have this name: a killed replacement had no time to give it a better one. */
export const mayBeBackup = (name: string): boolean => name.startsWith(keeper);

/** Left by a replacement that was killed, unless one is under way now. */
export const isTemporaryName = (name: string): boolean => plain.test(name);

/** The names that a plan gives are listed in its journal; `number` tells them apart. */
export const plannedName = (planId: string, number: number): string => `.lw-${planId}-${number}`;
