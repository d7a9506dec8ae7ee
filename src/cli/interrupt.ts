/**
 * Whether Ctrl-C was pressed since the first time of asking; until then, and again once it was, it
 * ends the process at once. Node tells of signals between turns of its event loop: long work has
 * to `pause` now and then.
 */
export const interrupted = (): boolean => {
  if (!watching) process.once('SIGINT', () => (pressed = true));
  watching = true;
  return pressed;
};

/** One turn of the event loop. */
export const pause = (): Promise<void> => new Promise((resume) => setImmediate(resume));

let watching = false;
let pressed = false;
