/**
 * Whether Ctrl-C was pressed since the first time of asking; until then, and again once it was, it
 * ends the process at once. Node tells of signals between turns of its event loop: long work has
 * to `pause` now and then.
 */
export const interrupted = (): boolean => {
  if (!watching) process.once('SIGINT', onPressed);
  watching = true;
  return pressed;
};

/** One turn of the event loop. */
export const pause = (): Promise<void> => new Promise((resume) => setImmediate(resume));

/** Ends the watching, so that Ctrl-C ends the process again; whether it was pressed meanwhile. */
export const wasInterrupted = (): boolean => {
  process.off('SIGINT', onPressed);
  return pressed;
};

const onPressed = (): void => {
  pressed = true;
};

let watching = false;
let pressed = false;
