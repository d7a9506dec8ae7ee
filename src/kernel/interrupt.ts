import { allocate, nativeFunction } from './libc.ts';

/**
 * Whether Ctrl-C was pressed since the first time of asking; until then, and again once it was, it
 * ends the process at once. Node tells of signals between turns of its event loop, which
 * synchronous work never reaches; so this runs a libuv loop of its own, of one signal watcher, for
 * one turn (docs.libuv.org, uv_signal_t: a one-shot watcher restores the default action).
 */
export const interrupted = (): boolean => {
  const now = performance.now();
  if (pressed || now < nextLook) return pressed;
  nextLook = now + millisecondsBetweenLooks;
  watch ??= startWatch();
  pressed = watch();
  return pressed;
};

let pressed = false;
let nextLook = 0;
let watch: (() => boolean) | undefined;
const millisecondsBetweenLooks = 20;

const SIGINT = 2;
const UV_SIGNAL = 16;
const UV_RUN_NOWAIT = 2;

const startWatch = (): (() => boolean) => {
  const whole = (bytes: number): number => Math.ceil(bytes / 8) * 8;
  const loop = allocate(whole(nativeFunction('uv_loop_size', 'size_t', 0)())).address;
  const watcher = allocate(whole(nativeFunction('uv_handle_size', 'size_t', 1)(UV_SIGNAL))).address;
  const run = nativeFunction('uv_run', 'int', 2);
  const isActive = nativeFunction('uv_is_active', 'int', 1);
  const done = (result: number): void => {
    if (result !== 0) throw new Error(`cannot watch for Ctrl-C: libuv error ${result}`);
  };
  done(nativeFunction('uv_loop_init', 'int', 1)(loop));
  done(nativeFunction('uv_signal_init', 'int', 2)(loop, watcher));
  // It calls back `uv_is_active`, which does nothing: being stopped is all we need to see.
  done(nativeFunction('uv_signal_start_oneshot', 'int', 3)(watcher, functionAddress('uv_is_active'), SIGINT));
  return () => {
    run(loop, UV_RUN_NOWAIT);
    return isActive(watcher) === 0;
  };
};

const functionAddress = (name: string): number => {
  const text = allocate(Math.ceil((name.length + 1) / 8) * 8);
  text.bytes.set(new TextEncoder().encode(name));
  return nativeFunction('dlsym', 'int64_t', 2)(0, text.address);
};
