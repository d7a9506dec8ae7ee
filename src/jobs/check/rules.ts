import type { Rule } from './rule.ts';
import { archiveRules } from './rules/archive.ts';
import { hardLinkRules } from './rules/hard-links.ts';
import { hygieneRules } from './rules/hygiene.ts';
import { portabilityRules } from './rules/portability.ts';
import { resolutionRules } from './rules/resolution.ts';
import { securityRules } from './rules/security.ts';

/** All of them, in the order of the documentation. */
export const rules: readonly Rule[] = [
  ...resolutionRules,
  ...portabilityRules,
  ...hygieneRules,
  ...hardLinkRules,
  ...securityRules,
  ...archiveRules,
];
