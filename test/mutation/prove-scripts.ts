/** Whether this sketch answers the random scripts as recorded in the file that the arguments name: `FILE SEED`. */
import { readFileSync } from 'node:fs';
import { answers, shares } from './answers.ts';

const [file = '', seed = ''] = process.argv.slice(2);
const recorded: readonly (readonly string[])[] = JSON.parse(readFileSync(file, 'utf8'));

for (const [index, [type, scripts]] of Object.entries(shares).entries()) {
  let at = 0;
  for (const text of answers(type, Number(seed), scripts)) {
    const wanted = recorded[index]?.[at++];
    if (text === wanted) continue;
    const lines = text.split('\n');
    const line = lines.findIndex((one, number) => one !== wanted?.split('\n')[number]);
    console.log(`${type}, script ${at}, line ${line + 1}: ${wanted?.split('\n')[line]} | ${lines[line]}`);
    process.exit(1);
  }
}
