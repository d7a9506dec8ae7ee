import { type Census, dirField, leadsToDir, linkField, noDir } from '../../scan/census.ts';
import { crosses } from '../../scan/tally.ts';
import type { Mark } from './rule.ts';
import type { Scene } from './scene.ts';

/** First how links end, by the numbers that the census has for that. */
const bits: Readonly<Record<Mark, number>> = {
  found: 1 << 0,
  missing: 1 << 1,
  loop: 1 << 2,
  'too-many-links': 1 << 3,
  'not-a-directory': 1 << 4,
  permission: 1 << 5,
  'name-too-long': 1 << 6,
  'absent-volume': 1 << 7,
  unknown: 1 << 8,
  'to-directory': 1 << 9,
  'to-other-device': 1 << 10,
  deep: 1 << 11,
  absolute: 1 << 12,
  'inner-dot-dot': 1 << 13,
  leaving: 1 << 14,
  returning: 1 << 15,
  untidy: 1 << 16,
  odd: 1 << 17,
  long: 1 << 18,
  reaching: 1 << 19,
};

/** Some marks as one number. */
export const maskOf = (marks: readonly Mark[]): number => marks.reduce((mask, mark) => mask | bits[mark], 0);

const ofText = maskOf(['absolute', 'inner-dot-dot', 'leaving', 'returning', 'untidy', 'odd', 'long', 'reaching']);

/** Those of `wanted` that a link has, and perhaps others. */
export const marksOf = (scene: Scene, row: number, wanted: number): number => {
  const marks = marksOfRow(scene.census, row);
  const text = wanted & ofText ? marksOfText(scene, row) : 0;
  const deep = marks & bits.found && wanted & bits.deep && scene.atlas.hops(row) > scene.thresholds.hops;
  return marks | text | (deep ? bits.deep : 0);
};

const marksOfRow = (census: Census, row: number): number => {
  const state = census.links.words[row * linkField.width + linkField.state]!;
  const end = 1 << (state & 0xff);
  if (end !== bits.found) return end;
  return end | (state & leadsToDir ? bits['to-directory'] : 0) | (crosses(census, row) ? bits['to-other-device'] : 0);
};

const slash = 0x2f;
const dot = 0x2e;

/** One look at each byte of a text. */
const marksOfText = ({ atlas, census, thresholds }: Scene, row: number): number => {
  const start = atlas.textAt(row);
  const { bytes } = census.strings;
  const isAbsolute = bytes[start] === slash;
  let marks = isAbsolute ? bits.absolute : 0;
  let ups = 0;
  let named = false;
  for (let at = start; ; at++) {
    const from = at;
    for (let byte = bytes[at]!; byte !== 0 && byte !== slash; byte = bytes[++at]!)
      if (isOdd[byte] === 1) marks |= bits.odd;
    const length = at - from;
    const isLast = bytes[at] === 0;
    if (length === 0) {
      const isRoot = isAbsolute && (from === start || (from === start + 1 && isLast));
      if (!isRoot) marks |= bits.untidy;
    } else if (length === 1 && bytes[from] === dot) {
      if (from !== start || !isLast) marks |= bits.untidy;
    } else if (length === 2 && bytes[from] === dot && bytes[from + 1] === dot) {
      if (named) marks |= bits['inner-dot-dot'];
      else ups++;
    } else if (!named) {
      named = true;
      if (ups > 0 && !isLast && returns(census, row, ups, from, length)) marks |= bits.returning;
    }
    if (!isLast) continue;
    if (at - start > thresholds.textLength) marks |= bits.long;
    if (ups === 0) return marks;
    return marks | (isAbsolute ? bits.leaving : upTo(census, row, ups));
  }
};

/**
 * Bytes that are seldom meant: controls, blanks, and what a shell would have expanded. 0xc2 and 0xe2 begin the invisible
 * characters of UTF-8.
 */
const isOdd = new Uint8Array(256);
for (let byte = 0; byte <= 0x20; byte++) isOdd[byte] = 1;
for (const byte of [0x7f, 0xc2, 0xe2]) isOdd[byte] = 1;
for (const char of `*$~"'`) isOdd[char.charCodeAt(0)] = 1;

/** Whether so many `..` from a link's directory lead out of the walk, or up to `/`. */
const upTo = ({ dirs, links, roots }: Census, row: number, ups: number): number => {
  let at = links.words[row * linkField.width + linkField.dir]! * dirField.width;
  for (let left = ups; ; left--) {
    const parent = dirs.words[at + dirField.parent]!;
    if (parent === noDir) {
      if (left > 0) return bits.leaving;
      return roots[dirs.words[at + dirField.name]!]!.physical === '/' ? bits.reaching : 0;
    }
    if (left === 0) return 0;
    at = parent * dirField.width;
  }
};

/** Whether the name in a text, after so many `..`, is that of the directory that the last of them came from. True where the walk does not know. */
const returns = (census: Census, row: number, ups: number, name: number, length: number): boolean => {
  const { dirs, links, strings } = census;
  let dir = links.words[row * linkField.width + linkField.dir]!;
  for (let left = ups; ; left--) {
    const at = dir * dirField.width;
    const parent = dirs.words[at + dirField.parent]!;
    if (parent === noDir) return true;
    if (left > 1) {
      dir = parent;
      continue;
    }
    const own = dirs.words[at + dirField.name]!;
    for (let i = 0; i < length; i++) if (strings.bytes[own + i] !== strings.bytes[name + i]) return false;
    return strings.bytes[own + length] === 0;
  }
};
