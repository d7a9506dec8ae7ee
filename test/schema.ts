/** Checks answers against the schemas that programs rely on. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** What is wrong with the answer of `lw <command> --json`; nothing when it keeps to schemas/<command>.json. */
export const schemaErrors = (command: string, answer: unknown): string => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: {} });
  const schema = JSON.parse(readFileSync(new URL(`../schemas/${command}.json`, import.meta.url), 'utf8'));
  const valid = ajv.validate(schema, answer);
  return valid ? '' : ajv.errorsText();
};
