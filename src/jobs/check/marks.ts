import { leadsToDir, linkField } from '../../scan/census.ts';
import { crosses } from '../../scan/tally.ts';
import type { Mark } from './rule.ts';
import type { Scene } from './scene.ts';

/** The bits of `marksOf`: first how links end, by their numbers in the census, then what their texts are like. */
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
  absolute: 1 << 11,
  'dot-dot': 1 << 12,
  'inner-dot-dot': 1 << 13,
  untidy: 1 << 14,
  odd: 1 << 15,
  long: 1 << 16,
};

const ofText: readonly Mark[] = ['absolute', 'dot-dot', 'inner-dot-dot', 'untidy', 'odd', 'long'];

/** Some marks as one number. */
export const maskOf = (marks: readonly Mark[]): number => marks.reduce((mask, mark) => mask | bits[mark], 0);

/** Whether a mask asks for anything that only the text tells. */
export const needsText = (mask: number): boolean => (mask & maskOf(ofText)) !== 0;

/** The marks of a link that its row in the census tells. */
export const marksOfRow = ({ census }: Scene, row: number): number => {
  const state = census.links.words[row * linkField.width + linkField.state]!;
  const end = 1 << (state & 0xff);
  if (end !== bits.found) return end;
  return end | (state & leadsToDir ? bits['to-directory'] : 0) | (crosses(census, row) ? bits['to-other-device'] : 0);
};

const slash = 0x2f;
const dot = 0x2e;

/** The marks of a link that its text tells: one look at each byte. */
export const marksOfText = ({ census, thresholds }: Scene, row: number): number => {
  const { bytes } = census.strings;
  const start = census.textAt(row);
  let marks = bytes[start] === slash ? bits.absolute : 0;
  let named = false;
  let at = start;
  for (;;) {
    const from = at;
    for (let byte = bytes[at]!; byte !== 0 && byte !== slash; byte = bytes[++at]!)
      if (isOdd[byte] === 1) marks |= bits.odd;
    const length = at - from;
    const isLast = bytes[at] === 0;
    if (length === 0) {
      if (from !== start) marks |= from === start + 1 && isLast && bytes[start] === slash ? 0 : bits.untidy;
    } else if (length === 1 && bytes[from] === dot) {
      if (from !== start || !isLast) marks |= bits.untidy;
    } else if (length === 2 && bytes[from] === dot && bytes[from + 1] === dot)
      marks |= named ? bits['dot-dot'] | bits['inner-dot-dot'] : bits['dot-dot'];
    else named = true;
    if (isLast) break;
    at++;
  }
  return at - start > thresholds.textLength ? marks | bits.long : marks;
};

/**
 * Bytes that are seldom meant: controls, blanks, and what a shell would have expanded. From 0xc2 and 0xe2 on begin the
 * invisible characters of UTF-8.
 */
const isOdd = new Uint8Array(256);
for (let byte = 0; byte <= 0x20; byte++) isOdd[byte] = 1;
for (const char of `\x7f*?[{$~"'\``) isOdd[char.charCodeAt(0)] = 1;
isOdd[0xc2] = 1;
isOdd[0xe2] = 1;
