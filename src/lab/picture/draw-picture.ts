import { displayWidth } from '../../cli/display-width.ts';
import { fit } from '../../cli/fit.ts';
import { show } from '../../cli/show.ts';
import { byteLength } from '../../fs/bytes.ts';
import type { Lanes } from './lanes.ts';
import {
  type Box,
  chipsMax,
  headHeight,
  hopPort,
  type Layout,
  layOut,
  type PlacedBand,
  type PlacedCard,
  type PlacedFrame,
  type PlacedRow,
  type Point,
  sizes,
} from './layout.ts';
import { escaped } from './markup.ts';
import type { Data, Hop, InodeCard, Picture } from './picture.ts';
import { dataReach, type Extent, rowBody, rowReach, stopEdge } from './reach.ts';
import { columnWidth, nameSize, reasonLines } from './row-text.ts';
import { bytesText, cardLabel, dataLabel, endWords, kindWord, rowLabel, sizeWords } from './words.ts';

export interface DrawOptions {
  /** Room in pixels. Below 640 the data stand below their inodes. */
  readonly width?: number;
}

const usualWidth = 960;

/** A drawing in pieces, so that a page can change what differs and leave the rest. */
export interface Drawing {
  readonly narrow: boolean;
  readonly width: number;
  readonly height: number;
  readonly label: string;
  /** Of the lanes, within the first `sizes.heading` pixels. */
  readonly headings: string;
  /** What lies below the parts and cannot have the focus: frames. */
  readonly ground: string;
  readonly bands: readonly DrawnBand[];
  /** What is no more, where it was. */
  readonly gone: readonly DrawnPart[];
}

interface DrawnBand {
  readonly id: string;
  readonly label: string;
  /** In the order of reading. */
  readonly parts: readonly DrawnPart[];
}

/** What can have the focus. */
export interface DrawnPart {
  readonly id: string;
  readonly classes: string;
  readonly label: string;
  /** How far down it stands. Its shapes do not depend on that. */
  readonly y: number;
  /** With its lines. */
  readonly reach: Extent;
  /** Without them. */
  readonly body: Extent;
  /** Data whose only hop goes the same way as all that have this in common: of two, the longer one covers the other. */
  readonly way: string | undefined;
  /** Drawn when they are first asked for. */
  readonly shapes: () => string;
}

/**
 * The picture as SVG, which is well-formed XML. What is not in `previous` has the class `new`, what
 * says something else than there `changed`, and what is no more is drawn once more, where it was,
 * with the class `gone`: the style sheet makes it fade.
 */
export const drawPicture = (picture: Picture, previous?: Picture, options?: DrawOptions): string => {
  const { narrow, width, height, label, headings, ground, bands, gone } = drawingOf(picture, previous, options);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="picture${narrow ? ' narrow' : ''}" role="group"`,
    ` width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-label="${escaped(label)}">`,
    `<g aria-hidden="true" class="ground">${headings}${ground}</g>`,
    ...bands.map(
      (band) =>
        `<g id="${band.id}" role="group" aria-label="${escaped(band.label)}">${band.parts.map(drawPart).join('')}</g>`,
    ),
    `<g aria-hidden="true" class="past">${gone.map(drawGone).join('')}</g></svg>`,
  ].join('');
};

/** One part as SVG. */
export const drawPart = ({ id, classes, label, y, shapes }: DrawnPart): string => {
  const words = escaped(label);
  return `<g id="${id}" class="${classes}" transform="translate(0 ${y})" tabindex="0" role="img" aria-label="${words}"><title>${words}</title>${shapes()}</g>`;
};

/** What is no more, as SVG. */
export const drawGone = ({ id, classes, y, shapes }: DrawnPart): string =>
  `<g id="${id}" class="${classes} gone" transform="translate(0 ${y})">${shapes()}</g>`;

/** What `drawPicture` draws, in pieces. */
export const drawingOf = (
  picture: Picture,
  previous?: Picture,
  { width: room = usualWidth }: DrawOptions = {},
): Drawing => {
  const { layout, parts } = laidOut(picture, room);
  const before = previous && previous !== picture ? laidOut(previous, room).parts : undefined;
  const known = before && new Map(before.map((part) => [part.id, part]));
  const now = new Set(parts.map(({ id }) => id));
  const gone = before?.filter(({ id }) => !now.has(id)) ?? [];
  const { lanes, bands } = layout;
  const inBand = Map.groupBy(parts, ({ band }) => band);
  return {
    narrow: lanes.narrow,
    width: lanes.width,
    height: Math.ceil(Math.max(layout.height, ...gone.map(({ body }) => body.bottom))),
    label: pictureLabel(picture),
    headings: headings(lanes),
    ground: bands.map((band) => drawBand(lanes, band)).join(''),
    bands: bands.map(({ band }) => ({
      id: band.id,
      label: `device ${band.device}, ${band.type}`,
      parts: (inBand.get(band.id) ?? []).map((part) => ({ ...part, classes: `${part.classes}${newsOf(part, known)}` })),
    })),
    gone,
  };
};

interface LaidOut {
  readonly room: number;
  readonly layout: Layout;
  readonly parts: readonly Part[];
}

/** What was drawn once is soon the picture before: it need not be laid out again. */
const drawn = new WeakMap<Picture, LaidOut>();

const laidOut = (picture: Picture, room: number): LaidOut => {
  const before = drawn.get(picture);
  if (before?.room === room) return before;
  const layout = layOut(picture, room);
  const made = { room, layout, parts: partsOf(layout) };
  drawn.set(picture, made);
  return made;
};

interface Part extends DrawnPart {
  readonly band: string;
}

const newsOf = (part: Part, before: ReadonlyMap<string, Part> | undefined): string => {
  if (!before) return '';
  const old = before.get(part.id);
  if (!old || part.classes.includes('refused')) return ' new';
  return old.label === part.label ? '' : ' changed';
};

const pictureLabel = ({ bands }: Picture): string => {
  const names = bands.flatMap(({ frames }) => frames.flatMap(({ rows }) => rows)).filter(({ kind }) => kind === 'name');
  const inodes = bands.flatMap((band) => band.inodes);
  const devices = `${bands.length} ${bands.length === 1 ? 'device' : 'devices'}`;
  return `Names, inodes and data: ${names.length} names, ${inodes.length} inodes, ${devices}`;
};

const headings = ({ names, inodes, data, narrow }: Lanes): string => {
  const one = (x: number, text: string): string => `<text class="heading" x="${x}" y="18">${text}</text>`;
  const columns = narrow
    ? [one(names.x, 'Names'), one(inodes.x, 'Inodes, data')]
    : [one(names.x, 'Names'), one(inodes.x, 'Inodes'), one(data.x, 'Data')];
  return columns.join('');
};

const partsOf = (layout: Layout): readonly Part[] =>
  layout.bands.flatMap((band) => [
    ...band.rows.map((row) => rowPart(layout, band, row)),
    ...band.cards.flatMap((card) => {
      const { data } = card.card;
      const drawn = cardPart(band, card);
      return data && card.data ? [drawn, dataPart(layout, band, card, data, card.data)] : [drawn];
    }),
  ]);

const drawBand = (lanes: Lanes, { band, y, height, frames, orphans }: PlacedBand): string => {
  const facts = [`device ${band.device}`, ...(band.readOnly ? ['read-only'] : [])].join(', ');
  const edge = lanes.narrow ? 1 : 3;
  const views = frames.filter(({ frame }) => frame.same !== undefined);
  return [
    rect('band-frame', { x: edge, y, width: lanes.width - 2 * edge, height }, 14),
    `<text class="band-title" x="${lanes.names.x}" y="${round(y + 22)}">${escaped(band.type)}`,
    `<tspan class="band-facts" dx="8">${facts}</tspan></text>`,
    ...views.map(({ box }) => rect('view-frame', box, 10)),
    ...frames.map((frame) => frameNote(lanes, frame)),
    orphans ? drawOrphans(lanes, orphans) : '',
  ].join('');
};

const frameNote = ({ names }: Lanes, { frame, box }: PlacedFrame): string => {
  const same = frame.same === undefined ? [] : [`same names as ${show(frame.same)}`];
  const notes = [...same, ...(frame.readOnly ? ['read-only'] : [])].join(', ');
  if (notes === '') return '';
  const text = fitNote(notes, names.width - 18, (note) => note);
  return `<text class="note" x="${names.x + 9}" y="${round(box.y + 4 + sizes.row + 8)}">${escaped(text)}</text>`;
};

const drawOrphans = ({ names, narrow }: Lanes, box: Box): string => {
  const line = (y: number, text: string): string =>
    `<text class="note" x="${names.x + 9}" y="${round(y)}">${text}</text>`;
  const words = narrow
    ? line(box.y + 20, 'No name left, but still open:')
    : line(box.y + 32, 'No name left,') + line(box.y + 32 + sizes.note, 'but still open:');
  return rect('orphan-frame', box, 12) + words;
};

// Names

const rowPart = (layout: Layout, { band }: PlacedBand, placed: PlacedRow): Part => {
  const { row, y } = placed;
  const card = row.inode === undefined ? undefined : layout.cards.get(row.inode);
  const kind = row.fileKind ? ` kind-${row.fileKind}` : '';
  const shapes = (): string =>
    [card ? nameLine(layout, placed, card) : '', row.stopped ? stoppedArrow(layout, placed) : '', pill(placed)].join(
      '',
    );
  return {
    ...{ id: row.id, band: band.id, y, reach: rowReach(layout, placed), body: rowBody(layout, placed) },
    way: undefined,
    shapes: once(shapes),
    classes: `part row ${row.kind}${kind}${row.here ? ' here' : ''}`,
    label: rowLabel(row, card?.card),
  };
};

const pill = ({ text, tag, x, width }: PlacedRow): string => {
  const box = { x, y: -sizes.pill / 2, width, height: sizes.pill };
  return [
    rect('pill', box, 7),
    `<text class="name" x="${x + 9}" y="4.5">${escaped(text)}</text>`,
    tag === undefined ? '' : `<text class="tag" x="${round(x + width - 9)}" y="4">${escaped(tag)}</text>`,
  ].join('');
};

/** The line from a name to its inode. All lines to one card are apart where they come in, so they can be counted. */
const nameLine = (
  { lanes, linesInto }: Layout,
  { row, x, y, width }: PlacedRow,
  { card, port }: PlacedCard,
): string => {
  const lines = linesInto.get(card.id) ?? [];
  const own = row.kind === 'root' ? [row.id] : lines;
  const index = own.indexOf(row.id);
  const step = Math.min(6, 18 / Math.max(1, own.length - 1));
  const end = port - y + (index - (own.length - 1) / 2) * step;
  const from = lanes.lines.x;
  const to = lanes.inodes.x - 9;
  const bend = (to - from) * 0.5;
  return `<path class="line" pathLength="1" d="M${round(x + width)} 0H${from}C${from + bend} 0 ${round(to - bend)} ${round(end)} ${to} ${round(end)}"/>`;
};

/** From where the name would have been towards its inode, as far as it came: the edge of its band, or not beyond its lane. */
const stoppedArrow = (layout: Layout, placed: PlacedRow): string => {
  const { lanes } = layout;
  const { row, x, y, width } = placed;
  const { stopped } = row;
  if (!stopped) return '';
  const lines = reasonLines(stopped, lanes.names.x + lanes.names.width - x).map(
    (line, index) => `<text class="reason" x="${round(x + 9)}" y="${25 + index * sizes.note}">${escaped(line)}</text>`,
  );
  const from = round(x + width);
  const cross = (cx: number, cy: number): string =>
    `<g class="stop"><circle cx="${cx}" cy="${round(cy)}" r="8"/><path d="M${cx - 3} ${round(cy - 3)}l6 6m0 -6l-6 6"/></g>`;
  const stop = stopEdge(layout, placed);
  if (stop !== undefined) {
    const at = lanes.inodes.x - 20;
    const edge = stop - y;
    const corners: readonly Point[] = [
      [from, 0],
      [at, 0],
      [at, edge],
    ];
    return `<path class="arrow" d="${rounded(corners)}"/>${cross(at, edge)}${lines.join('')}`;
  }
  const at = lanes.lines.x;
  return `<path class="arrow" d="M${from} 0H${at - 8}"/>${cross(at, 0)}${lines.join('')}`;
};

// Inodes

const cardPart = ({ band }: PlacedBand, placed: PlacedCard): Part => {
  const { card, box } = placed;
  const body = { top: box.y, bottom: box.y + box.height };
  return {
    ...{ id: card.id, band: band.id, y: box.y, reach: body, body },
    way: undefined,
    shapes: once(() => cardShapes(placed)),
    classes: `part inode kind-${card.kind}${card.orphan ? ' orphan' : ''}`,
    label: cardLabel(card),
  };
};

const cardShapes = ({ card, box: place, port: middle }: PlacedCard): string => {
  const box = { ...place, y: 0 };
  const port = middle - place.y;
  const right = box.x + box.width - 12;
  const left = box.x + 20;
  const room = box.width - 32;
  const chips = card.opens.slice(0, chipsMax).map((text, index) => {
    const more = index === chipsMax - 1 && card.opens.length > chipsMax ? ` +${card.opens.length - chipsMax}` : '';
    const y = box.y + headHeight(card) + index * sizes.chip - 3;
    const words = fitNote(`${text}${more}`, room - 8, show);
    return `${rect('chip', { x: left - 4, y, width: room + 8, height: 17 }, 8)}<text class="chip-text" x="${left + 4}" y="${round(y + 12.5)}">${escaped(words)}</text>`;
  });
  const hidden =
    card.hidden === 0
      ? ''
      : `<text class="note" x="${left}" y="${round(box.y + box.height - 6)}">${card.hidden} more not shown</text>`;
  const digits = String(card.links);
  return [
    rect('card', box, 10),
    ...(card.kind === 'dir' ? dirFacts(card, left, right, box.y) : fileFacts(card, left, right, box.y)),
    ...chips,
    hidden,
    rect(
      'count',
      { x: box.x - 10 - (digits.length - 1) * 3, y: port - 10, width: 20 + (digits.length - 1) * 6, height: 20 },
      10,
    ),
    `<text class="count-text" x="${box.x}" y="${round(port + 4.2)}">${digits}</text>`,
  ].join('');
};

/** In two lines. */
const fileFacts = (card: InodeCard, left: number, right: number, y: number): readonly string[] => {
  const size = sizeText(card.size);
  const owner = ownerText(card, right - left - modeWidth - size.length * noteColumn - 8);
  return [
    `<text class="ino" x="${left}" y="${round(y + 19)}">#${card.ino}</text>`,
    `<text class="kind" x="${right}" y="${round(y + 19)}">${kindWord(card.kind)}</text>`,
    `<text class="mode" x="${left}" y="${round(y + 36)}">${card.mode}${owner}</text>`,
    `<text class="size" x="${right}" y="${round(y + 36)}">${size}</text>`,
  ];
};

/** In one line. */
const dirFacts = (card: InodeCard, left: number, right: number, y: number): readonly string[] => {
  const at = left + (String(card.ino).length + 1) * columnWidth(nameSize.wide) + 8;
  const owner = ownerText(card, right - at - modeWidth - 30);
  return [
    `<text class="ino" x="${left}" y="${round(y + 19.5)}">#${card.ino}</text>`,
    `<text class="mode" x="${round(at)}" y="${round(y + 19)}">${card.mode}${owner}</text>`,
    `<text class="kind" x="${right}" y="${round(y + 19)}">dir</text>`,
  ];
};

/** Nine columns of 11 pixels. */
const modeWidth = 9 * columnWidth(11);

const ownerText = ({ owner }: InodeCard, room: number): string => {
  const columns = Math.floor((room - 6) / noteColumn);
  return columns < Math.min(4, displayWidth(show(owner)))
    ? ''
    : `<tspan class="owner" dx="6">${escaped(fit(owner, columns, show))}</tspan>`;
};

const sizeText = (bytes: number): string => (bytes < 100_000 ? `${bytes} B` : `${Math.round(bytes / 1024)} KiB`);

// Data

const dataPart = (layout: Layout, { band }: PlacedBand, placed: PlacedCard, data: Data, place: Box): Part => {
  const { card } = placed;
  const own = data.kind === 'link' ? data.hops : [];
  const state = own.some(({ ending }) => ending === 'loop')
    ? ' loop'
    : own.some(({ errno }) => errno !== undefined)
      ? ' broken'
      : '';
  return {
    ...{ id: `data-${card.id}`, band: band.id, y: place.y },
    ...{ reach: dataReach(layout, placed, place), body: { top: place.y, bottom: place.y + place.height } },
    way: own.length === 1 ? own.map(({ to, ending }) => `${ending} ${to}`).join() : undefined,
    shapes: once(() => dataShapes(layout, placed, data, place)),
    classes: `part data data-${data.kind}${state}`,
    label: dataLabel(card, data),
  };
};

const dataShapes = (layout: Layout, placed: PlacedCard, data: Data, place: Box): string => {
  const box = { ...place, y: 0 };
  const { lanes, hops } = layout;
  const x = box.x + (data.kind === 'link' ? 16 : 12);
  const column = columnWidth(lanes.narrow ? nameSize.narrow : nameSize.wide);
  const columns = Math.floor((box.x + box.width - x - 8) / column);
  const own = data.kind === 'link' ? data.hops : [];
  const text = data.kind === 'link' ? fit(data.text, columns, show) : fitQuoted(data, columns);
  const below =
    data.kind === 'link' ? linkWords(layout, own, box.width - 24) : data.size === 0 ? '' : sizeWords(data.size);
  const link = lanes.narrow
    ? `M${box.x + box.width / 2} ${round(box.y)}V${round(placed.box.y + placed.box.height - place.y)}`
    : `M${placed.box.x + placed.box.width} ${round(box.y + 14)}H${box.x}`;
  return [
    `<path class="has" d="${link}"/>`,
    rect('data-box', box, 8),
    `<text class="content" x="${x}" y="${round(box.y + (data.kind === 'bytes' && data.size === 0 ? 18.5 : below === '' ? 27 : 19))}">${escaped(text)}</text>`,
    below === ''
      ? ''
      : `<text class="note verdict" x="${x}" y="${round(box.y + 36)}">${escaped(fitNote(below, box.width - 24, (note) => note))}</text>`,
    ...own.map((hop) => hopShapes(hop.number, hop.ending, hops.get(hop.id), place)),
  ].join('');
};

/** The first bytes in quotes, as many as fit. */
const fitQuoted = (data: Extract<Data, { kind: 'bytes' }>, columns: number): string => {
  const cut = data.size > byteLength(data.text) ? '…' : '';
  const whole = bytesText(data);
  if (displayWidth(whole) + cut.length <= columns) return whole + cut;
  return `${fit(data.text, columns - 3, (text) => bytesText({ kind: 'bytes', text, size: 1 }))}`;
};

const linkWords = ({ bands }: Layout, hops: readonly Hop[], room: number): string => {
  const [first, ...others] = hops;
  if (!first) return '';
  if (others.length > 0) return 'leads elsewhere from each name';
  const words = endWords(first);
  if (first.end === undefined || noteWidth(words) <= room) return words;
  const { end } = first;
  const tops = bands.flatMap(({ rows }) => rows.filter(({ row }) => row.kind === 'root').map(({ row }) => row.path));
  const top = tops.find((path) => end.startsWith(`${path}/`));
  if (top === undefined) return words;
  const below = end.slice(top.length + 1);
  const shorter = endWords({ ...first, end: below });
  return noteWidth(shorter) <= room ? shorter : `→ ${show(below)}`;
};

const hopShapes = (number: number, ending: string, points: readonly Point[] | undefined, { x, y }: Box): string => {
  if (!points) return '';
  // Drawn from its end: on the way that hops to one name share, their dashes fall together.
  const corners = points.map(([px, py]): Point => [px, py - y]).toReversed();
  const [ex, ey] = corners[0] as Point;
  return [
    `<path class="hop ${ending}" d="${rounded(corners)}"/>`,
    `<path class="hop-head ${ending}" d="M${round(ex)} ${round(ey)}l7 -4v8z"/>`,
    `<g class="hop-number"><circle cx="${x}" cy="${hopPort}" r="8.5"/><text x="${x}" y="${hopPort + 3.7}">${number}</text></g>`,
  ].join('');
};

// Shapes

const once = (make: () => string): (() => string) => {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** Width of a column of notes, which are of 11 pixels: an ordinary letter of a font that is not fixed takes less. */
const noteColumn = 6.8;

/** As much of a note as there is room for. */
const fitNote = (text: string, room: number, toShown: (text: string) => string): string => {
  const whole = toShown(text);
  return noteWidth(whole) <= room ? whole : fit(text, Math.floor(room / noteColumn), toShown);
};

/** At most so wide is a note, in the widest of the usual fonts. */
const noteWidth = (text: string): number => {
  let width = 0;
  for (const char of text) width += widthOf(char);
  return width;
};

const widthOf = (char: string): number => {
  if (/[ijlI.,:;'|!/ ]/.test(char)) return 3.9;
  if (/[frt()[\]"-]/.test(char)) return 5.1;
  if (/[mwMW@%]/.test(char)) return 11;
  return /[ -~…]/.test(char) ? 7.1 : 6.8 * displayWidth(char);
};

const rect = (classes: string, { x, y, width, height }: Box, radius: number): string =>
  `<rect class="${classes}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}"/>`;

/** Straight lines through these corners, which are rounded. */
const rounded = (points: readonly Point[]): string => {
  const [start, ...rest] = points;
  if (!start) return '';
  let path = `M${round(start[0])} ${round(start[1])}`;
  let from = start;
  rest.forEach((corner, index) => {
    const next = rest[index + 1];
    if (!next) path += `L${round(corner[0])} ${round(corner[1])}`;
    else {
      const radius = Math.min(7, distance(from, corner) / 2, distance(corner, next) / 2);
      const [ax, ay] = towards(corner, from, radius);
      const [bx, by] = towards(corner, next, radius);
      path += `L${round(ax)} ${round(ay)}Q${round(corner[0])} ${round(corner[1])} ${round(bx)} ${round(by)}`;
    }
    from = corner;
  });
  return path;
};

const distance = ([ax, ay]: Point, [bx, by]: Point): number => Math.hypot(bx - ax, by - ay);

const towards = (from: Point, to: Point, length: number): Point => {
  const whole = distance(from, to);
  const part = whole === 0 ? 0 : length / whole;
  return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
};

const round = (value: number): number => Math.round(value * 10) / 10;
