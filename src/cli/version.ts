import { readFileSync } from 'node:fs';

/** Linkwright's own; package.json lies beside the directory of this file, dist/, or of that, src/cli/. */
export const version = (): string => {
  const home = import.meta.filename.endsWith('.ts') ? '../../' : '../';
  return JSON.parse(readFileSync(new URL(`${home}package.json`, import.meta.url), 'utf8')).version;
};
