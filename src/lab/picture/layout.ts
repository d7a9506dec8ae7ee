import { type Lane, type Lanes, lanesFor } from './lanes.ts';
import type { Band, Data, Frame, Hop, InodeCard, Picture, Row } from './picture.ts';
import { reasonLines, rowText } from './row-text.ts';
import { spread } from './spread.ts';

/** Where everything stands, in pixels from the top left. */
export interface Layout {
  readonly lanes: Lanes;
  readonly height: number;
  readonly bands: readonly PlacedBand[];
  readonly rows: ReadonlyMap<string, PlacedRow>;
  readonly cards: ReadonlyMap<string, PlacedCard>;
  /** Corners on the way from a text to a name, by the id of the hop. */
  readonly hops: ReadonlyMap<string, readonly Point[]>;
  /** The rows whose lines lead to a card, in their order. */
  readonly linesInto: ReadonlyMap<string, readonly string[]>;
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
  readonly tag: string | undefined;
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
  narrowIndent: 10,
  card: 46,
  dirCard: 30,
  empty: 28,
  chip: 20,
  dataBelow: 6,
  gap: 10,
  channel: 8,
  note: 15,
  between: 18,
} as const;

export const layOut = (picture: Picture, room: number): Layout => {
  const lanes = lanesFor(room, namesWanted(picture));
  const bands: PlacedBand[] = [];
  /** Heights at which hops pass between the cards, by the row that they lead to. */
  const passes = new Map<string, number>();
  let y = sizes.heading;
  for (const band of picture.bands) {
    const channels = lanes.narrow ? [] : channelsOf(band, picture);
    const placed = placeBand(band, y, lanes, channels);
    bands.push(placed);
    y += placed.height + sizes.between;
    channels.forEach((targets, gap) => {
      const above = placed.cards[gap - 1]?.box;
      const from = above ? above.y + above.height : placed.y + sizes.band - sizes.gap;
      targets.forEach((row, index) => {
        passes.set(row, from + 7 + index * sizes.channel);
      });
    });
  }
  const placedRows = bands.flatMap((band) => band.rows);
  const rows = new Map(placedRows.map((placed) => [placed.row.id, placed]));
  const cards = new Map(bands.flatMap((band) => band.cards.map((card) => [card.card.id, card] as const)));
  const linesInto = new Map<string, string[]>();
  for (const { row } of placedRows) {
    if (row.inode === undefined || row.kind === 'root') continue;
    const lines = linesInto.get(row.inode) ?? [];
    linesInto.set(row.inode, lines);
    lines.push(row.id);
  }
  const height = Math.max(y - sizes.between + 4, 60);
  return { lanes, height, bands, rows, cards, linesInto, hops: routeHops(hopsOf(picture), lanes, rows, cards, passes) };
};

/** How wide the longest row is. It grows in steps, so that the lanes seldom move. */
const namesWanted = ({ bands }: Picture): number => {
  const rows = bands.flatMap(({ frames }) => frames.flatMap((frame) => frame.rows));
  const widest = rows.reduce(
    (most, row) => Math.max(most, row.depth * sizes.indent + rowText(row, 400, false).width),
    0,
  );
  return Math.ceil((widest + 20) / namesStep) * namesStep;
};
const namesStep = 60;

/** Height of a card with its data, where those stand below. */
const heightOf = (card: InodeCard, { narrow }: Lanes): number =>
  cardHeight(card) + (narrow && card.data ? sizes.dataBelow + dataHeight(card.data) : 0);

/** What holds nothing takes one line. */
const dataHeight = (data: Data): number => (data.kind === 'bytes' && data.size === 0 ? sizes.empty : sizes.card);

/** Chips of descriptors that a card shows. */
export const chipsMax = 3;
const cardHeight = (card: InodeCard): number =>
  headHeight(card) + Math.min(card.opens.length, chipsMax) * sizes.chip + (card.hidden > 0 ? sizes.note : 0);

/** Of what each card has. Directories are many and say less. */
export const headHeight = ({ kind }: InodeCard): number => (kind === 'dir' ? sizes.dirCard : sizes.card);

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
  // Whole pixels: what moves as a whole stays the same within.
  const places = spread(
    named.map((card) => {
      const from = middles.get(card.id) ?? [];
      const middle = from.reduce((sum, { y }) => sum + y, 0) / Math.max(1, from.length);
      const size = heightOf(card, lanes) + (gapBelow.get(card.id) as number);
      return { at: middle - headHeight(card) / 2, size, weight: from.length || 1 };
    }),
    start,
  ).map(Math.round);
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
  const cards = new Map(band.inodes.map((card) => [card.id, card]));
  const beside = rowsBeside(band);
  const rows: PlacedRow[] = [];
  const frames: PlacedFrame[] = [];
  let y = start;
  for (const frame of band.frames) {
    const top = y;
    for (const row of frame.rows) {
      const card = beside.has(row.id) ? cards.get(row.inode ?? '') : undefined;
      const room = card ? heightOf(card, lanes) + (gapBelow.get(card.id) ?? 0) : sizes.row;
      const indent = Math.min(row.depth * (lanes.narrow ? sizes.narrowIndent : sizes.indent), width * 0.4);
      const { text, tag, width: pill } = rowText(row, width - indent, lanes.narrow);
      rows.push({
        row,
        band: band.id,
        text,
        tag,
        x: x + indent,
        width: pill,
        y: y + (card ? headHeight(card) : sizes.row) / 2,
      });
      const notes = row.stopped
        ? reasonLines(row.stopped, width - indent).length * sizes.note + 8
        : notesOf(frame, row) * sizes.note;
      y += Math.max(room, sizes.row + notes);
    }
    frames.push({ frame, box: { x: x - 6, y: top - 4, width: width + 6, height: y - top } });
    y += frame === band.frames.at(-1) ? 0 : 14;
  }
  return { frames, rows, bottom: y };
};

/** For each card the row that has it beside itself: the one in the middle of its names. */
const rowsBeside = ({ frames }: Band): ReadonlySet<string> => {
  const rows = frames.flatMap((frame) => frame.rows).filter(({ inode }) => inode !== undefined);
  const groups = Map.groupBy(rows, ({ inode }) => inode);
  return new Set([...groups.values()].map((group) => (group[(group.length - 1) >> 1] as Row).id));
};

/** Lines below the first row of a frame. */
const notesOf = ({ same, readOnly }: Frame, { kind }: Row): number =>
  kind === 'root' && (same !== undefined || readOnly) ? 1 : 0;

const placeCard = (card: InodeCard, y: number, { narrow, inodes, data }: Lanes): PlacedCard => {
  const height = cardHeight(card);
  return {
    card,
    box: { ...inodes, y, height },
    port: y + headHeight(card) / 2,
    data: card.data && { ...data, y: narrow ? y + height + sizes.dataBelow : y, height: dataHeight(card.data) },
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
  hops: readonly Hop[],
  lanes: Lanes,
  rows: ReadonlyMap<string, PlacedRow>,
  cards: ReadonlyMap<string, PlacedCard>,
  passes: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly Point[]> => {
  const { step, left0 } = trackSteps[lanes.narrow ? 'narrow' : 'wide'];
  const routes = [...Map.groupBy(hops, ({ to }) => to)].flatMap(([to, together]) => {
    const row = to === undefined ? undefined : rows.get(to);
    return row ? [{ row, hops: together, channel: passes.get(row.row.id) }] : [];
  });
  const startOf = ({ inode }: Hop): number => {
    const box = cards.get(inode)?.data;
    return box ? box.y + hopPort : 0;
  };
  const spans = routes.map(({ row, hops: together, channel }) => ({
    arrive: row.y + arrival,
    starts: together.map(startOf),
    channel,
  }));
  const left = tracks(
    spans.map(({ arrive, starts, channel }) => (channel === undefined ? [arrive, ...starts] : [arrive, channel])),
    Math.floor((lanes.lines.width - left0 - 10) / step),
  );
  const right = tracks(
    spans.map(({ starts, channel }) => (channel === undefined ? [0] : [channel, ...starts])),
    Math.floor((lanes.hops.width - 13) / step),
  );
  const corners = routes.flatMap(({ row, hops: together, channel }, index) => {
    const end: Point = [row.x + row.width + 2, row.y + arrival];
    const x1 = lanes.lines.x + left0 + (left[index] as number) * step;
    const x2 = lanes.data.x - 14 - (right[index] as number) * step;
    return together.map((hop) => {
      const y = startOf(hop);
      const start: Point = [lanes.data.x, y];
      const points: readonly Point[] =
        channel === undefined
          ? [start, [x1, y], [x1, end[1]], end]
          : [start, [x2, y], [x2, channel], [x1, channel], [x1, end[1]], end];
      return [hop.id, points] as const;
    });
  });
  return new Map(corners);
};

/** Where a hop leaves its text box, below the line that comes in. */
export const hopPort = 33;
/** Where it comes to the name, below the line that goes out. */
const arrival = 7;
/** Between hops to different names, and from the lane of names to the first of them. */
const trackSteps = { wide: { step: 7, left0: 12 }, narrow: { step: 5, left0: 8 } } as const;

/** A track for each span, such that spans on one track do not meet; where there are not enough, they meet for the shortest way. */
const tracks = (spans: readonly (readonly number[])[], most: number): readonly number[] => {
  const chosen = spans.map(() => 0);
  const ends: number[] = [];
  const order = spans.map((ys, index) => ({ index, from: Math.min(...ys), to: Math.max(...ys) }));
  for (const { index, from, to } of order.sort((a, b) => a.from - b.from)) {
    const free = ends.findIndex((end) => end + 6 < from);
    const fresh = ends.length < Math.max(1, most) ? ends.length : ends.indexOf(Math.min(...ends));
    const track = free < 0 ? fresh : free;
    chosen[index] = track;
    ends[track] = Math.max(ends[track] ?? 0, to);
  }
  return chosen;
};
