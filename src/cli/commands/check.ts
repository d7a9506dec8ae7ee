import type { Writer } from '../check/report.ts';
import { openSources } from '../check/sources.ts';
import { type RenewalAids, renewalOf } from '../memory/renew.ts';
import { existingState, openState } from '../open-state.ts';
import { rehearsal } from '../this-rehearsal.ts';
import { checkCommand, type Format } from '../verbs/check.ts';
import { version } from '../version.ts';
import { walkAids } from '../walk-aids.ts';

/** Each is loaded when it is asked for. */
const writers: Readonly<Record<Format, () => Promise<Writer>>> = {
  jsonl: async () => (await import('../check/formats/json-lines.ts')).jsonLines,
  sarif: async () => (await import('../check/formats/sarif.ts')).sarif,
  github: async () => (await import('../check/formats/github.ts')).github,
  gitlab: async () => (await import('../check/formats/gitlab.ts')).gitlab,
  junit: async () => (await import('../check/formats/junit.ts')).junit,
  checkstyle: async () => (await import('../check/formats/checkstyle.ts')).checkstyle,
};

const renewalAids: RenewalAids = {
  existingState,
  uid: () => process.geteuid?.() ?? 0,
  now: Date.now,
  random: rehearsal.random,
};

export const command = checkCommand({
  version: version(),
  rehearsal,
  openState,
  walk: walkAids,
  sources: openSources,
  renewal: (world, request, roots) => renewalOf(renewalAids, world, request, roots),
  writer: (format) => writers[format](),
  settings: {
    parseToml: async () => (await import('smol-toml')).parse,
    patterns: async () => (await import('../excluder.ts')).patternSays,
  },
});
