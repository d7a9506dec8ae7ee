import type { Rule } from '../rule.ts';

export const resolutionRules: readonly Rule[] = [];
