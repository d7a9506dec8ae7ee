/**
 * Names of what is not yet or no longer in its place. Nobody can guess them, everybody can recognise
 * them: `.lw-` and twelve random characters while one name is being replaced, `.lw-`, the plan and a
 * number where a journal knows them.
 */
const plain = /^\.lw-[0-9a-z]{12}$/;

/** `random`: twelve characters of 0-9 and a-z that nobody can guess. */
export const temporaryName = (random: string): string => {
  const name = `.lw-${random}`;
  if (!plain.test(name)) throw new Error(`not twelve characters of 0-9 and a-z: ${random}`);
  return name;
};

/** Left by a replacement that was killed, unless one is under way now. */
export const isTemporaryName = (name: string): boolean => plain.test(name);

/** The names that a plan gives are listed in its journal; `number` tells them apart. */
export const plannedName = (planId: string, number: number): string => `.lw-${planId}-${number}`;
