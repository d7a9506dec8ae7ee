import type { Picture } from './picture.ts';

export interface DrawOptions {
  /** Room in pixels. Below 640 the data stand below their inodes. */
  readonly width?: number;
}

/**
 * The picture as SVG. What is not in `previous` has the class `new`, what differs `changed`, and
 * what is no more is drawn once more with the class `gone`.
 */
export const drawPicture = (_picture: Picture, _previous?: Picture, _options: DrawOptions = {}): string => '<svg/>';
