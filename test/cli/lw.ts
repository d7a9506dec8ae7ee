/** Runs the program as a user does. */
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';

export const lwPath = new URL('../../bin/lw.cjs', import.meta.url).pathname;

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export const lw = (args: readonly string[], options: SpawnSyncOptions = {}): Ran => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [lwPath, ...args], options);
  return { code: status, out: String(stdout), err: String(stderr) };
};

/** A line of bash in which $LW is the program: the only way to pass bytes that are not UTF-8. */
export const bash = (line: string, environment: Readonly<Record<string, string>> = {}): Ran => {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
    // script(1) gives its command to $SHELL.
    env: { ...process.env, LC_ALL: 'C.UTF-8', SHELL: '/bin/bash', LW: `${process.execPath} ${lwPath}`, ...environment },
  });
  return { code: status, out: String(stdout), err: String(stderr) };
};
