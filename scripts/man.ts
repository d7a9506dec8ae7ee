/** Writes man/: one page for the program and one for each command, from what the commands say of themselves. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manualPages } from './manual-pages.ts';

const folder = join(import.meta.dirname, '../man');
mkdirSync(folder, { recursive: true });
for (const [name, text] of await manualPages()) writeFileSync(join(folder, name), text);
