import { type Box, type Layout, type PlacedCard, type PlacedRow, sizes } from './layout.ts';
import { reasonLines } from './row-text.ts';

/** From where to where something stands, in pixels from the top of the picture. */
export interface Extent {
  readonly top: number;
  readonly bottom: number;
}

export const meets = (a: Extent, b: Extent): boolean => a.top <= b.bottom && b.top <= a.bottom;

export const extentOf = (ys: readonly number[]): Extent => ({ top: Math.min(...ys), bottom: Math.max(...ys) });

/** A name with the reason why it was refused. */
export const rowBody = ({ lanes }: Layout, { row, x, y }: PlacedRow): Extent => {
  const lines = row.stopped ? reasonLines(row.stopped, lanes.names.x + lanes.names.width - x).length : 0;
  return { top: y - sizes.pill / 2, bottom: y + (lines === 0 ? sizes.pill / 2 : 14 + lines * sizes.note) };
};

/** A name with its line. */
export const rowReach = (layout: Layout, placed: PlacedRow): Extent => {
  const { top, bottom } = rowBody(layout, placed);
  const port = placed.row.inode === undefined ? undefined : layout.cards.get(placed.row.inode)?.port;
  const edge = stopEdge(layout, placed);
  return extentOf([
    top,
    bottom,
    ...(port === undefined ? [] : [port - sizes.pill / 2, port + sizes.pill / 2]),
    ...(edge === undefined ? [] : [edge - sizes.pill / 2, edge + sizes.pill / 2]),
  ]);
};

/** Where an arrow that wanted to leave its device stops; undefined where it did not want to. */
export const stopEdge = ({ bands }: Layout, { row: { stopped }, band }: PlacedRow): number | undefined => {
  if (!stopped?.crosses) return undefined;
  const own = bands.findIndex((one) => one.band.id === band);
  const other = bands.findIndex(({ cards }) => cards.some(({ card }) => card.id === stopped.to));
  const home = bands[own];
  if (!home || other < 0) return undefined;
  return other < own ? home.y : home.y + home.height;
};

/** Data with the line from their inode and all hops. */
export const dataReach = ({ hops }: Layout, { card, box }: PlacedCard, place: Box): Extent => {
  const own = card.data?.kind === 'link' ? card.data.hops : [];
  const corners = own.flatMap(({ id }) => (hops.get(id) ?? []).map(([, y]) => y));
  return extentOf([
    Math.min(box.y, place.y),
    place.y + place.height,
    ...corners.flatMap((y) => [y - arrowHalf, y + arrowHalf]),
  ]);
};

/** Of the head of a hop, and of the circle with its number. */
const arrowHalf = 10;
