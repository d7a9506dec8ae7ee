/** Writes docs/RULES.md from what the rules of `lw check` say of themselves. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rulesDocument } from './rules-document.ts';

writeFileSync(join(import.meta.dirname, '../docs/RULES.md'), rulesDocument());
