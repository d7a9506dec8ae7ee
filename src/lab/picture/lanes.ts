/** Where the lanes stand, in pixels. */
export interface Lanes {
  /** The data stand below their inodes. */
  readonly narrow: boolean;
  readonly width: number;
  readonly names: Lane;
  /** Between names and inodes: lines, and no text. */
  readonly lines: Lane;
  readonly inodes: Lane;
  /** Between inodes and data. */
  readonly hops: Lane;
  readonly data: Lane;
}

export interface Lane {
  readonly x: number;
  readonly width: number;
}

const wideFrom = 640;
const narrowMin = 320;
/** Beyond this, lines only get longer. */
const namesMax = 360;
const dataMax = 300;

/** `names`: how wide the lane of names would like to be. */
export const lanesFor = (room: number, names: number): Lanes => {
  const namesMost = clamp(240, names, namesMax);
  if (room < wideFrom) {
    const width = Math.max(room, narrowMin);
    const inodes = clamp(150, Math.round(width * 0.4), 200);
    const lines = 42;
    return build(true, 10, [Math.min(width - 20 - inodes - lines, namesMost), lines, inodes, 0, 0], inodes);
  }
  const inodes = 190;
  const lines = 66;
  const hops = 48;
  const least = clamp(150, Math.round(room * 0.25), dataMax);
  const rest = room - 32 - inodes - lines - hops;
  const namesWidth = Math.min(rest - least, namesMost);
  // What the names leave is for the data.
  const data = clamp(least, rest - namesWidth, dataMax);
  return build(false, 16, [namesWidth, lines, inodes, hops, data], data);
};

const build = (
  narrow: boolean,
  margin: number,
  [names, lines, inodes, hops, data]: readonly [number, number, number, number, number],
  dataWidth: number,
): Lanes => {
  const x1 = margin + names;
  const x2 = x1 + lines;
  const x3 = x2 + inodes;
  const x4 = x3 + hops;
  return {
    narrow,
    width: x4 + data + margin,
    names: { x: margin, width: names },
    lines: { x: x1, width: lines },
    inodes: { x: x2, width: inodes },
    hops: { x: x3, width: hops },
    data: { x: narrow ? x2 : x4, width: dataWidth },
  };
};

const clamp = (least: number, value: number, most: number): number => Math.max(least, Math.min(value, most));
