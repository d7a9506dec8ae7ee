import type { Rule } from '../rule.ts';

export const hardLinksRules: readonly Rule[] = [];
