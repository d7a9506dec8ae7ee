import type { Rule } from '../rule.ts';

export const hardLinkRules: readonly Rule[] = [];
