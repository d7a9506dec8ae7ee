import type { Rule } from '../rule.ts';

export const hygieneRules: readonly Rule[] = [];
