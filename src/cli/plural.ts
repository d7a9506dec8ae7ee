import { count } from './survey.ts';

/** `1 link`, `2,048 links`. */
export const plural = (number: number, noun: string): string => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
