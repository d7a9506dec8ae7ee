import { displayWidth } from '../../cli/display-width.ts';
import { fit } from '../../cli/fit.ts';
import { show } from '../../cli/show.ts';
import type { Row, Stopped } from './picture.ts';

/** Width of a column of the fixed-width font, by its size in pixels: 0.602 of most, and some room. */
export const columnWidth = (fontSize: number): number => fontSize * 0.61;

/** What is left of and right of a name within its pill. */
const padding = 18;

/** How much of the arrow of a refused change is seen beside its name. */
const arrowLeast = 40;

export const nameSize = { wide: 13, narrow: 12 } as const;

export interface RowText {
  readonly text: string;
  /** A word beside the name, where there is room for it. */
  readonly tag: string | undefined;
  /** Of the pill around both. */
  readonly width: number;
}

/** What is written on a row. */
export const rowText = (row: Row, room: number, narrow: boolean): RowText => {
  const column = columnWidth(narrow ? nameSize.narrow : nameSize.wide);
  const slash = row.fileKind === 'dir' && row.kind !== 'root' && row.kind !== 'dot' ? '/' : '';
  const arrow = row.kind === 'refused' ? arrowLeast : 0;
  const columnsFor = (tagged: number): number => Math.floor((room - padding - arrow - tagged) / column) - slash.length;
  const wanted = tagOf(row);
  const needs = Math.min(displayWidth(row.name), nameLeast);
  const tag = wanted !== undefined && columnsFor(tagWidthOf(wanted)) >= needs ? wanted : undefined;
  const tagWidth = tag === undefined ? 0 : tagWidthOf(tag);
  const text = fit(row.name, Math.max(2, columnsFor(tagWidth)), row.kind === 'folded' ? plain : show) + slash;
  return { text, tag, width: Math.ceil(displayWidth(text) * column + padding) + tagWidth };
};

/** Columns that a name wants to keep before a tag stands beside it. */
const nameLeast = 8;

/** Names of a folded row come together. */
const plain = (names: string): string => `… ${names}`;

const tagOf = ({ here, mounted }: Row): string | undefined => mounted ?? (here ? 'you are here' : undefined);

const tagWidthOf = (tag: string): number => Math.ceil(tag.length * 6.3) + 12;

/** Why a change stopped, in lines of this width. */
export const reasonLines = ({ call, errno, reason }: Stopped, room: number): readonly string[] => {
  const columns = Math.max(12, Math.floor(room / 6));
  const lines: string[] = [];
  for (const word of `${call}: ${errno}, ${reason}`.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};
