/** Loaded before the proofs: changes the text of one file of the sketch as it is read. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import type { Mutant } from './mutants.ts';

/** The sketch that is changed. */
const sketch = new URL('../../src/sketch/', import.meta.url).href;

/** The text with the mistake in it. */
export const planted = ({ name, file, find, replace }: Mutant): string => {
  const text = readFileSync(new URL(file, sketch), 'utf8');
  const pieces = text.split(find);
  if (pieces.length !== 2) throw new Error(`${name}: its text is ${pieces.length - 1} times in ${file}`);
  return pieces.join(replace);
};

const given = process.env.LINKWRIGHT_MUTANT;
if (given !== undefined) {
  const mutant: Mutant = JSON.parse(given);
  registerHooks({
    load: (url, context, next) =>
      url === sketch + mutant.file
        ? { format: 'module-typescript', source: planted(mutant), shortCircuit: true }
        : next(url, context),
  });
}
