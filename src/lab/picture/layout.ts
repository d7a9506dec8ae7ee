import { type Lane, type Lanes, lanesFor } from './lanes.ts';
import type { Band, Frame, Hop, InodeCard, Picture, Row } from './picture.ts';
import { reasonLines, rowText } from './row-text.ts';
import { spread } from './spread.ts';

/** Where everything stands, in pixels from the top left. */
export interface Layout {
  readonly lanes: Lanes;
  readonly height: number;
  readonly bands: readonly PlacedBand[];
  readonly rows: ReadonlyMap<string, PlacedRow>;
  readonly cards: ReadonlyMap<string, PlacedCard>;
  readonly hops: readonly PlacedHop[];
}

export interface PlacedBand {
  readonly band: Band;
  readonly y: number;
  readonly height: number;
  readonly frames: readonly PlacedFrame[];
  readonly rows: readonly PlacedRow[];
  readonly cards: readonly PlacedCard[];
  readonly orphans: Box | undefined;
}

export interface PlacedFrame {
  readonly frame: Frame;
  readonly box: Box;
}

export interface PlacedRow {
  readonly row: Row;
  readonly band: string;
  /** As it is written: shortened, controls escaped. */
  readonly text: string;
  readonly x: number;
  readonly width: number;
  /** Its middle. */
  readonly y: number;
}

export interface PlacedCard {
  readonly card: InodeCard;
  readonly box: Box;
  /** Where lines come in. */
  readonly port: number;
  readonly data: Box | undefined;
}

export interface PlacedHop {
  readonly hop: Hop;
  /** From the text to the name: corners. */
  readonly points: readonly Point[];
}

export interface Box extends Lane {
  readonly y: number;
  readonly height: number;
}

export type Point = readonly [x: number, y: number];

export const sizes = {
  heading: 30,
  band: 34,
  row: 30,
  pill: 24,
  indent: 16,
  card: 46,
  chip: 20,
  dataBelow: 6,
  gap: 12,
  channel: 8,
  note: 15,
  between: 18,
} as const;

export const layOut = (picture: Picture, room: number): Layout => {
  const lanes = lanesFor(room);
  const bands: PlacedBand[] = [];
  const gaps = new Map<string, readonly string[]>();
  let y = sizes.heading;
  for (const band of picture.bands) {
    const channels = lanes.narrow ? [] : channelsOf(band, picture);
    channels.forEach((targets, gap) => {
      gaps.set(`${band.id} ${gap}`, targets);
    });
    const placed = placeBand(band, y, lanes, channels);
    bands.push(placed);
    y += placed.height + sizes.between;
  }
  const rows = new Map(bands.flatMap((band) => band.rows.map((row) => [row.row.id, row] as const)));
  const cards = new Map(bands.flatMap((band) => band.cards.map((card) => [card.card.id, card] as const)));
  const partial = { lanes, bands, rows, cards, height: Math.max(y - sizes.between + 4, 60) };
  return { ...partial, hops: routeHops(partial, gaps) };
};

/** Height of a card with its data, where those stand below. */
const heightOf = (card: InodeCard, { narrow }: Lanes): number =>
  cardHeight(card) + (narrow && card.data ? sizes.dataBelow + sizes.card : 0);

/** Chips of descriptors that a card shows. */
export const chipsMax = 3;
const cardHeight = ({ opens, hidden }: InodeCard): number =>
  sizes.card + Math.min(opens.length, chipsMax) * sizes.chip + (hidden > 0 ? sizes.note : 0);

/** For each gap between the cards of a band, the names that hops lead to through it. */
const channelsOf = (band: Band, picture: Picture): readonly (readonly string[])[] => {
  const order = new Map(band.inodes.map(({ id }, index) => [id, index]));
  const channels: string[][] = Array.from({ length: band.inodes.length + 1 }, () => []);
  const gapOf = new Map<string, number>();
  let gap = 0;
  for (const row of band.frames.flatMap(({ rows }) => rows)) {
    const index = row.inode === undefined ? undefined : order.get(row.inode);
    if (index !== undefined) gap = index + 1;
    gapOf.set(row.id, gap);
  }
  for (const hop of hopsOf(picture)) {
    const at = hop.to === undefined ? undefined : gapOf.get(hop.to);
    const targets = at === undefined ? undefined : channels[at];
    if (targets && !targets.includes(hop.to as string)) targets.push(hop.to as string);
  }
  return channels;
};

const hopsOf = ({ bands }: Pick<Picture, 'bands'>): readonly Hop[] =>
  bands.flatMap(({ inodes }) => inodes.flatMap(({ data }) => (data?.kind === 'link' ? data.hops : [])));

const placeBand = (band: Band, top: number, lanes: Lanes, channels: readonly (readonly string[])[]): PlacedBand => {
  const start = top + sizes.band;
  const named = band.inodes.filter(({ orphan }) => !orphan);
  const gapBelow = new Map(
    named.map(({ id }, index) => [
      id,
      sizes.gap +
        Math.max(0, (channels[index + 1]?.length ?? 0) - 1) * sizes.channel +
        (channels[index + 1]?.length ? 4 : 0),
    ]),
  );
  const { frames, rows, bottom: rowsEnd } = placeRows(band, start, lanes, gapBelow);
  const middles = Map.groupBy(
    rows.filter(({ row }) => row.inode !== undefined),
    ({ row }) => row.inode as string,
  );
  const places = spread(
    named.map((card) => {
      const from = middles.get(card.id) ?? [];
      const middle = from.reduce((sum, { y }) => sum + y, 0) / Math.max(1, from.length);
      const size = heightOf(card, lanes) + (gapBelow.get(card.id) as number);
      return { at: middle - sizes.card / 2, size, weight: from.length || 1 };
    }),
    start,
  );
  const cards = named.map((card, index) => placeCard(card, places[index] as number, lanes));
  const cardsEnd = named.reduce(
    (end, card, index) =>
      Math.max(end, (places[index] as number) + heightOf(card, lanes) + (gapBelow.get(card.id) as number)),
    start,
  );
  const { orphans, box, bottom } = placeOrphans(band, Math.max(rowsEnd, cardsEnd), lanes);
  return { band, y: top, height: bottom - top + 4, frames, rows, cards: [...cards, ...orphans], orphans: box };
};

const placeRows = (
  band: Band,
  start: number,
  lanes: Lanes,
  gapBelow: ReadonlyMap<string, number>,
): { readonly frames: readonly PlacedFrame[]; readonly rows: readonly PlacedRow[]; readonly bottom: number } => {
  const { x, width } = lanes.names;
  const heights = new Map(band.inodes.map((card) => [card.id, heightOf(card, lanes)]));
  const met = new Set<string>();
  const rows: PlacedRow[] = [];
  const frames: PlacedFrame[] = [];
  let y = start;
  for (const frame of band.frames) {
    const top = y;
    for (const row of frame.rows) {
      const first = row.inode !== undefined && !met.has(row.inode);
      if (first) met.add(row.inode as string);
      const room = first
        ? (heights.get(row.inode as string) ?? 0) + (gapBelow.get(row.inode as string) ?? 0)
        : sizes.row;
      const indent = Math.min(row.depth * sizes.indent, width * 0.4);
      const { text, width: pill } = rowText(row, width - indent, lanes.narrow);
      rows.push({ row, band: band.id, text, x: x + indent, width: pill, y: y + (first ? sizes.card : sizes.row) / 2 });
      const notes = row.stopped ? reasonLines(row.stopped, width - indent).length : notesOf(frame, row);
      y += Math.max(room, sizes.row + notes * sizes.note);
    }
    frames.push({ frame, box: { x: x - 6, y: top - 4, width: width + 6, height: y - top } });
    y += frame === band.frames.at(-1) ? 0 : 14;
  }
  return { frames, rows, bottom: y };
};

/** Lines below the first row of a frame. */
const notesOf = ({ same, readOnly }: Frame, { kind }: Row): number =>
  kind === 'root' && (same !== undefined || readOnly) ? 1 : 0;

const placeCard = (card: InodeCard, y: number, { narrow, inodes, data }: Lanes): PlacedCard => {
  const height = cardHeight(card);
  return {
    card,
    box: { ...inodes, y, height },
    port: y + sizes.card / 2,
    data: card.data && { ...data, y: narrow ? y + height + sizes.dataBelow : y, height: sizes.card },
  };
};

/** Below everything else, since no name says where. */
const placeOrphans = (
  { inodes }: Band,
  y: number,
  lanes: Lanes,
): { readonly orphans: readonly PlacedCard[]; readonly box: Box | undefined; readonly bottom: number } => {
  const nameless = inodes.filter(({ orphan }) => orphan);
  if (nameless.length === 0) return { orphans: [], box: undefined, bottom: y };
  const top = y + 6;
  let at = top + (lanes.narrow ? 32 : 12);
  const orphans = nameless.map((card) => {
    const placed = placeCard(card, at, lanes);
    at += heightOf(card, lanes) + sizes.gap;
    return placed;
  });
  const box = { x: lanes.names.x - 6, y: top, width: lanes.width - 2 * lanes.names.x + 12, height: at - top };
  return { orphans, box, bottom: at + 8 };
};

/** Hops to the same name come together on the way, so that they are told apart from those to others. */
const routeHops = (
  layout: Omit<Layout, 'hops'>,
  gaps: ReadonlyMap<string, readonly string[]>,
): readonly PlacedHop[] => {
  const { lanes, rows, cards, bands } = layout;
  const routes = [...Map.groupBy(hopsOf({ bands: bands.map(({ band }) => band) }), ({ to }) => to)].flatMap(
    ([to, hops]) => {
      const row = to === undefined ? undefined : rows.get(to);
      return row ? [{ row, hops, channel: channelOf(layout, gaps, row) }] : [];
    },
  );
  const startOf = ({ inode }: Hop): number => {
    const box = cards.get(inode)?.data;
    return box ? box.y + hopPort : 0;
  };
  const spans = routes.map(({ row, hops, channel }) => ({
    arrive: row.y + arrival,
    starts: hops.map(startOf),
    channel,
  }));
  const left = tracks(
    spans.map(({ arrive, starts, channel }) => (channel === undefined ? [arrive, ...starts] : [arrive, channel])),
    Math.floor((lanes.lines.width - 26) / trackWidth),
  );
  const right = tracks(
    spans.map(({ starts, channel }) => (channel === undefined ? [0] : [channel, ...starts])),
    Math.floor((lanes.hops.width - 20) / trackWidth),
  );
  return routes.flatMap(({ row, hops, channel }, index) => {
    const end: Point = [row.x + row.width + 2, row.y + arrival];
    const x1 = lanes.lines.x + 12 + (left[index] as number) * trackWidth;
    const x2 = lanes.data.x - 14 - (right[index] as number) * trackWidth;
    return hops.map((hop) => {
      const y = startOf(hop);
      const start: Point = [lanes.data.x, y];
      const points: readonly Point[] =
        channel === undefined
          ? [start, [x1, y], [x1, end[1]], end]
          : [start, [x2, y], [x2, channel], [x1, channel], [x1, end[1]], end];
      return { hop, points };
    });
  });
};

/** Where a hop leaves its text box, below the line that comes in. */
export const hopPort = 33;
/** Where it comes to the name, below the line that goes out. */
const arrival = 7;
const trackWidth = 7;

/** The height at which hops to a name pass between the cards; none where no card is in the way. */
const channelOf = (
  { bands }: Pick<Layout, 'bands'>,
  gaps: ReadonlyMap<string, readonly string[]>,
  { row, band: id }: PlacedRow,
): number | undefined => {
  const band = bands.find((one) => one.band.id === id);
  if (!band) return undefined;
  for (let gap = 0; gap <= band.cards.length; gap++) {
    const index = gaps.get(`${id} ${gap}`)?.indexOf(row.id) ?? -1;
    if (index < 0) continue;
    const above = band.cards[gap - 1];
    const from = above ? above.box.y + above.box.height : band.y + sizes.band - sizes.gap;
    return from + 7 + index * sizes.channel;
  }
  return undefined;
};

/** A track for each span, such that spans on one track do not meet; the last track takes what is left. */
const tracks = (spans: readonly (readonly number[])[], most: number): readonly number[] => {
  const chosen = spans.map(() => 0);
  const ends: number[] = [];
  const order = spans.map((ys, index) => ({ index, from: Math.min(...ys), to: Math.max(...ys) }));
  for (const { index, from, to } of order.sort((a, b) => a.from - b.from)) {
    const free = ends.findIndex((end) => end + 6 < from);
    const track = Math.min(free < 0 ? ends.length : free, Math.max(1, most) - 1);
    chosen[index] = track;
    ends[track] = Math.max(ends[track] ?? 0, to);
  }
  return chosen;
};
