import { say } from './output.ts';
import { harmless } from './show.ts';

/** One line on the terminal that says where a long job stands. */
export interface Progress {
  readonly show: (state: () => string) => void;
  /** Before anything else is written. */
  readonly erase: () => void;
}

const firstAfter = 1000;
const between = 100;

/** `width`: columns of the terminal on standard error; undefined where there is none, or nothing is wanted. */
export const terminalProgress = (width: number | undefined): Progress => {
  if (width === undefined) return { show() {}, erase() {} };
  let next = performance.now() + firstAfter;
  let shown = false;
  return {
    show(state) {
      const now = performance.now();
      if (now < next) return;
      next = now + between;
      shown = true;
      const line = harmless(state()).replaceAll('\n', ' ');
      say(`\r${[...line].slice(0, width - 1).join('')}\x1b[K`);
    },
    erase() {
      if (shown) say('\r\x1b[K');
      shown = false;
    },
  };
};
