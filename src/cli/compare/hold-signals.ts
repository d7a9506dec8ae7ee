const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Until its end, no signal that asks a process to end keeps us from clearing up. At its end the
 * first of them that came is sent again, but for Ctrl-C, which the command answers itself.
 */
export const holdSignals = (): Disposable & { readonly came: () => boolean } => {
  let first: NodeJS.Signals | undefined;
  const note = (signal: NodeJS.Signals): void => {
    first ??= signal;
  };
  for (const signal of signals) process.on(signal, note);
  return {
    came: () => first !== undefined,
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, note);
      if (first !== undefined && first !== 'SIGINT') process.kill(process.pid, first);
    },
  };
};
