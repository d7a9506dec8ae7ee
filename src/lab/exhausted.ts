/** Thrown where a line has used up what it may: no line takes forever or fills the memory. */
export class Exhausted extends Error {}
