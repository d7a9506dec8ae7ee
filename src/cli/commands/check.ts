import { openSources } from '../check/sources.ts';
import { openState } from '../open-state.ts';
import { rehearsal } from '../this-rehearsal.ts';
import { checkCommand } from '../verbs/check.ts';
import { version } from '../version.ts';
import { walkAids } from '../walk-aids.ts';

export const command = checkCommand({
  version: version(),
  rehearsal,
  openState,
  walk: walkAids,
  sources: openSources,
  settings: {
    parseToml: async () => (await import('smol-toml')).parse,
    patterns: async () => (await import('../excluder.ts')).patternSays,
  },
});
